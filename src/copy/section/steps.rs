//! Who does what: the smaller steps toward a goal, and the steps of each, the person's own first.

use super::{filled, given};
use crate::{
    copy::{Copy, Kind, phrase::Phrase, spoken},
    plan::{Action, Objective, Plan, action::Actor, ties::Ties},
};

/// Who comes first.
const PARTS: [(Option<Actor>, Phrase); 6] = [
    (Some(Actor::Person), Phrase::MyPart),
    (Some(Actor::NaturalSupport), Phrase::PeoplePart),
    (Some(Actor::Peer), Phrase::PeerPart),
    (Some(Actor::Professional), Phrase::StaffPart),
    (Some(Actor::Community), Phrase::CommunityPart),
    (None, Phrase::OtherPart),
];

/// What belongs to a goal, by its place.
pub(super) fn of_goal(ties: &Ties, place: usize, copy: &mut Copy) {
    let objectives = ties.plan.objectives.iter();
    let objectives: Vec<&Objective> =
        objectives.filter(|one| one.is_live() && ties.goal_of_objective(one) == Some(place)).collect();
    on_the_way(&objectives, copy);
    by_part(ties.plan.actions.iter().filter(|step| ties.goal_of_action(step) == Some(place)), copy);
}

/// Steps and objectives that hang on no goal of the plan, or on one that was left behind.
pub(super) fn without_goal(plan: &Plan, copy: &mut Copy) {
    let ties = Ties::of(plan);
    let is_told = |place: Option<usize>| place.is_some_and(|place| plan.goals[place].is_live());
    let objectives: Vec<&Objective> =
        plan.objectives.iter().filter(|one| one.is_live() && !is_told(ties.goal_of_objective(one))).collect();
    let steps: Vec<&Action> =
        plan.actions.iter().filter(|step| step.is_step() && !is_told(ties.goal_of_action(step))).collect();
    if objectives.is_empty() && steps.is_empty() && plan.peer_support.is_none() {
        return;
    }
    copy.heading(Phrase::OtherSteps);
    on_the_way(&objectives, copy);
    by_part(steps.into_iter(), copy);
    copy.coded(Phrase::PeerSupport, plan.peer_support.as_ref().and_then(|peer| peer.status.as_ref()));
}

fn on_the_way(objectives: &[&Objective], copy: &mut Copy) {
    if objectives.is_empty() {
        return;
    }
    copy.lead(Phrase::OnTheWay);
    for one in objectives {
        let mut lines = vec![one.text.as_ref().map(|words| words.reveal().to_owned()).unwrap_or_default()];
        lines.extend(given(one.measure.as_ref()).map(|words| entry(copy, Phrase::Measure, words.reveal())));
        let due = one.due_date.as_ref().map(|date| spoken::date(date, copy.language));
        lines.extend(due.map(|date| entry(copy, Phrase::Due, &date)));
        let stands = one.status.as_ref().map(|status| spoken::code(status, copy.language));
        lines.extend(stands.map(|stands| entry(copy, Phrase::Stands, stands)));
        item(lines, copy);
    }
}

fn by_part<'p>(steps: impl Iterator<Item = &'p Action>, copy: &mut Copy) {
    let steps: Vec<&Action> = steps.filter(|step| step.is_step()).collect();
    for (actor, phrase) in PARTS {
        let known = |step: &Action| PARTS.iter().any(|(part, _)| part.is_some() && *part == step.actor);
        let of_part = |step: &&&Action| if actor.is_some() { step.actor == actor } else { !known(step) };
        let theirs: Vec<&&Action> = steps.iter().filter(of_part).collect();
        if !theirs.is_empty() {
            copy.lead(phrase);
            theirs.into_iter().for_each(|one| step(one, copy));
        }
    }
}

fn step(step: &Action, copy: &mut Copy) {
    let name = match (filled(step.actor_name.as_ref()), filled(step.relationship.as_ref())) {
        (Some(name), Some(relationship)) => Some(format!("{name} ({relationship})")),
        (name, relationship) => name.or(relationship).map(str::to_owned),
    };
    let words = given(step.text.as_ref()).map(|words| words.reveal().to_owned());
    let first = match (name, words) {
        (Some(name), Some(words)) => format!("{name}: {words}"),
        (name, words) => name.or(words).unwrap_or_else(|| copy.say(Phrase::NoWords).to_owned()),
    };
    let mut lines = vec![first];
    lines.extend(given(step.purpose.as_ref()).map(|words| entry(copy, Phrase::WhatFor, words.reveal())));
    for (phrase, value) in
        [(Phrase::HowOften, &step.frequency), (Phrase::HowLong, &step.duration), (Phrase::Where, &step.setting)]
    {
        lines.extend(filled(value.as_ref()).map(|value| entry(copy, phrase, value)));
    }
    let stands = step.status.as_ref().map(|status| spoken::code(status, copy.language));
    lines.extend(stands.map(|stands| entry(copy, Phrase::Stands, stands)));
    for note in &step.progress {
        let Some(words) = given(note.text.as_ref()) else { continue };
        let day = note.date.as_ref().map(|date| format!("{}: ", spoken::date(date, copy.language)));
        lines.push(entry(copy, Phrase::LookedBack, &format!("{}{}", day.unwrap_or_default(), words.reveal())));
    }
    item(lines, copy);
}

fn entry(copy: &Copy, phrase: Phrase, value: &str) -> String {
    format!("{}: {value}", copy.say(phrase))
}

/// One of several with what belongs to it, a line each.
fn item(lines: Vec<String>, copy: &mut Copy) {
    let lines: Vec<String> = lines.into_iter().filter(|line| !line.is_empty()).collect();
    if !lines.is_empty() {
        copy.push(Kind::Item, lines.join("\n  "));
    }
}
