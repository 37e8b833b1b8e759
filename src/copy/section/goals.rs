//! Goals with what belongs to each, the record that there is none, goals left behind, and strengths.

use super::{filled, given, steps};
use crate::{
    copy::{Copy, Kind, phrase::Phrase, spoken},
    plan::{
        Goal, Plan,
        goal::{ExpressedBy, GoalKind, Statement},
        ties::Ties,
    },
};

/// What the person wants: ranked first, then as written.
pub(super) fn goals(plan: &Plan, copy: &mut Copy) {
    let ties = Ties::of(plan);
    let mut live: Vec<(usize, &Goal)> = plan.live_goals().collect();
    live.sort_by_key(|(_, goal)| goal.rank.unwrap_or(u32::MAX));
    for (place, goal) in live {
        copy.heading(voice(goal));
        statement(&goal.statement, copy);
        copy.led(Phrase::Why, goal.why_it_matters.as_ref());
        helps(plan, goal, copy);
        let levels: Vec<_> = goal.scale.iter().filter_map(|level| given(level.text.as_ref()).cloned()).collect();
        copy.listed(Phrase::Levels, &levels);
        when(goal, copy);
        steps::of_goal(&ties, place, copy);
    }
    no_goal(plan, copy);
}

/// In whose voice a goal is told. Own words are called so only where the record bears it out.
fn voice(goal: &Goal) -> Phrase {
    let said = &goal.statement;
    if goal.kind == Some(GoalKind::RequiredByOthers) {
        return Phrase::AskedGoal;
    }
    let is_staff_text = said.capture_method.as_ref().is_some_and(|how| !how.is_person_given());
    match &said.expressed_by {
        _ if said.is_attested() => Phrase::MyGoal,
        Some(ExpressedBy::Guardian) => Phrase::GuardianGoal,
        Some(ExpressedBy::Family) => Phrase::FamilyGoal,
        Some(ExpressedBy::Staff) => Phrase::StaffGoal,
        Some(ExpressedBy::CourtOrAgency) => Phrase::AskedGoal,
        Some(ExpressedBy::Person | ExpressedBy::PersonWithSupport) if !is_staff_text => Phrase::MyGoal,
        _ if is_staff_text => Phrase::RecordGoal,
        _ if said.capture_method.is_some() => Phrase::MyGoal,
        _ => Phrase::RecordGoal,
    }
}

fn statement(said: &Statement, copy: &mut Copy) {
    match given(said.text.as_ref()) {
        Some(words) => copy.told_in(said.lang.as_ref(), words),
        None => copy.push(Kind::Line, copy.say(Phrase::NoWords)),
    }
    copy.coded(Phrase::HowTakenDown, said.capture_method.as_ref());
    for translation in &said.translation {
        if let Some(words) = given(translation.text.as_ref()) {
            copy.lead(Phrase::Translation);
            copy.told_in(translation.lang.as_ref(), words);
        }
        copy.line(Phrase::TranslatedBy, filled(translation.by.as_ref()).unwrap_or_default());
    }
}

/// The strengths that this goal draws on.
fn helps(plan: &Plan, goal: &Goal, copy: &mut Copy) {
    let used = goal.strengths_used.iter().filter_map(|key| {
        let named = plan.strengths.iter().find(|strength| strength.strength_id.as_ref() == Some(key))?;
        given(named.text.as_ref()).cloned()
    });
    let used: Vec<_> = used.collect();
    copy.listed(Phrase::Helps, &used);
}

fn when(goal: &Goal, copy: &mut Copy) {
    copy.dated(Phrase::WantFrom, goal.start_date.as_ref());
    copy.dated(Phrase::WantBy, goal.target_date.as_ref());
    let status = goal.status.as_ref().map(|status| spoken::code(status, copy.language));
    let come = goal.achievement.as_ref().and_then(|come| come.code.as_ref());
    let come = come.map(|code| spoken::code(code, copy.language)).filter(|come| status != Some(come));
    let stands: Vec<&str> = status.into_iter().chain(come).collect();
    copy.line(Phrase::Stands, &stands.join(", "));
}

fn no_goal(plan: &Plan, copy: &mut Copy) {
    let Some(none) = &plan.no_goal else { return };
    copy.heading(Phrase::NoGoal);
    match &none.reason {
        Some(reason) => copy.coded(Phrase::NoGoalWhy, Some(reason)),
        None => copy.push(Kind::Line, format!("{}.", copy.say(Phrase::NoGoalWhy))),
    }
    if let Some(words) = given(none.explanation.as_ref()) {
        copy.told(words);
    }
    copy.dated(Phrase::NextTalk, none.next_conversation_by.as_ref());
}

/// What is strong in the person and their life.
pub(super) fn strengths(plan: &Plan, copy: &mut Copy) {
    let told: Vec<_> = plan.strengths.iter().filter(|strength| given(strength.text.as_ref()).is_some()).collect();
    if !told.is_empty() {
        copy.heading(Phrase::Bring);
        for words in told.into_iter().filter_map(|strength| strength.text.as_ref()) {
            copy.push(Kind::Item, words.clone());
        }
    } else if let Some(none) = &plan.no_strengths {
        copy.heading(Phrase::Bring);
        copy.push(Kind::Line, format!("{}.", copy.say(Phrase::NoStrengths)));
        copy.dated(Phrase::NextTalk, none.next_conversation_by.as_ref());
    }
}

/// Goals that are no longer theirs, with the words they had.
pub(super) fn left_behind(plan: &Plan, copy: &mut Copy) {
    let left: Vec<&Goal> = plan.goals.iter().filter(|goal| !goal.is_live()).collect();
    if left.is_empty() {
        return;
    }
    copy.heading(Phrase::LetGo);
    for goal in left {
        if let Some(words) = given(goal.statement.text.as_ref()) {
            copy.told(words);
        }
        copy.coded(Phrase::Stands, goal.status.as_ref());
    }
}
