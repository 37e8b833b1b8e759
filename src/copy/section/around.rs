//! What stands around the goals: opening, preferences, the person apart from services, barriers, hard times, the team, what
//! comes afterwards, reviews, the professional's view, and agreement.

use super::{filled, given};
use crate::{
    copy::{Copy, Kind, phrase::Phrase, spoken},
    plan::{
        Person, Plan, Preference,
        crisis::{Crisis, HealthcareAgent},
        planning::ParticipantRole,
    },
    words::Words,
};

/// Title, whose plan it is, and when it holds.
pub(super) fn opening(plan: &Plan, copy: &mut Copy) {
    copy.push(Kind::Title, copy.say(Phrase::Title));
    copy.line(Phrase::Name, &name(&plan.person));
    copy.dated(Phrase::Starts, plan.period.start.as_ref());
    copy.dated(Phrase::Ends, plan.period.end.as_ref());
    copy.dated(Phrase::LookAgain, plan.next_review_due.as_ref());
    if plan.source.part2 == Some(true) {
        copy.push(Kind::Line, copy.say(Phrase::PartTwo));
    }
}

/// What they like to be called, else their name.
fn name(person: &Person) -> String {
    let whole = person.name.as_ref().map(|name| {
        let parts = name.given.iter().chain(&name.family).map(String::as_str).collect::<Vec<_>>().join(" ");
        filled(name.text.as_ref()).map_or(parts, str::to_owned)
    });
    filled(person.preferred_name.as_ref()).map(str::to_owned).or(whole).unwrap_or_default()
}

/// What works for the person.
pub(super) fn preferences(plan: &Plan, copy: &mut Copy) {
    let told = plan.preferences.iter().filter_map(|one| Some((given(one.text.as_ref())?, one)));
    let told: Vec<Words> = told.map(|(words, one)| in_its_situation(one, words)).collect();
    if !told.is_empty() {
        copy.heading(Phrase::Works);
        told.into_iter().for_each(|words| copy.push(Kind::Item, words));
    }
}

/// A preference after the situation in which it holds.
fn in_its_situation(preference: &Preference, words: &Words) -> Words {
    given(preference.condition.as_ref())
        .map_or_else(|| words.clone(), |when| Words::from(format!("{}: {}", when.reveal(), words.reveal()).as_str()))
}

/// Who the person is apart from services.
pub(super) fn about_me(plan: &Plan, copy: &mut Copy) {
    let start = copy.blocks.len();
    copy.led(Phrase::Described, plan.person.how_described.as_ref());
    if let Some(whole) = &plan.whole_person {
        copy.led(Phrase::Vision, whole.vision.as_ref());
        copy.led(Phrase::Important, whole.important_to_me.as_ref());
        copy.led(Phrase::GivesLife, whole.what_gives_life.as_ref());
        copy.listed(Phrase::Roles, &whole.roles);
        copy.listed(Phrase::Interests, &whole.interests);
        copy.led(Phrase::Culture, whole.culture.as_ref());
        copy.led(Phrase::Faith, whole.faith.as_ref());
        copy.led(Phrase::Understand, whole.how_i_understand_it.as_ref());
    }
    under(Phrase::AboutMe, start, copy);
}

/// What stands in the way, and risks with what lessens them.
pub(super) fn in_the_way(plan: &Plan, copy: &mut Copy) {
    let start = copy.blocks.len();
    plan.barriers
        .iter()
        .filter_map(|one| given(one.text.as_ref()))
        .for_each(|words| copy.push(Kind::Item, words.clone()));
    under(Phrase::InTheWay, start, copy);
    let start = copy.blocks.len();
    for risk in &plan.risks {
        let lines = [
            given(risk.text.as_ref()).map(|words| words.reveal().to_owned()),
            given(risk.mitigation.as_ref()).map(|words| format!("{}: {}", copy.say(Phrase::Lessens), words.reveal())),
        ];
        let lines: Vec<String> = lines.into_iter().flatten().collect();
        if !lines.is_empty() {
            copy.push(Kind::Item, lines.join("\n  "));
        }
    }
    under(Phrase::Risks, start, copy);
}

/// Crisis preferences.
pub(super) fn hard_times(plan: &Plan, copy: &mut Copy) {
    let Some(crisis) = &plan.crisis else { return };
    let start = copy.blocks.len();
    copy.listed(Phrase::HelpsThen, &crisis.what_helps);
    copy.listed(Phrase::Avoid, &crisis.what_to_avoid);
    copy.listed(Phrase::Call, &crisis.people_to_call);
    copy.led(Phrase::Else, crisis.preferences.as_ref());
    let agents: Vec<Words> = crisis.agents.iter().map(agent).collect();
    copy.listed(Phrase::Agents, &agents);
    copy.line(Phrase::OtherPlan, &linked(crisis));
    if copy.blocks.len() == start {
        copy.coded(Phrase::Stands, crisis.status.as_ref());
    }
    under(Phrase::Hard, start, copy);
}

fn agent(agent: &HealthcareAgent) -> Words {
    let parts = [&agent.name, &agent.relationship, &agent.phone].map(|part| filled(part.as_ref()));
    Words::from(parts.into_iter().flatten().collect::<Vec<_>>().join(", ").as_str())
}

fn linked(crisis: &Crisis) -> String {
    let parts = crisis.linked_plan.as_ref().map(|plan| [filled(plan.kind.as_ref()), filled(plan.r#ref.as_ref())]);
    parts.into_iter().flatten().flatten().collect::<Vec<_>>().join(", ")
}

/// Who is on the team.
pub(super) fn team(plan: &Plan, copy: &mut Copy) {
    let Some(planning) = &plan.planning else { return };
    let start = copy.blocks.len();
    for one in planning.participants.iter().filter(|one| one.role != Some(ParticipantRole::Person)) {
        let role = one.role.as_ref().map(|role| spoken::code(role, copy.language));
        let line = match (filled(one.name.as_ref()), role) {
            (Some(name), Some(role)) => format!("{name} ({role})"),
            (name, role) => name.or(role).unwrap_or_default().to_owned(),
        };
        if !line.is_empty() {
            copy.push(Kind::Item, line);
        }
    }
    under(Phrase::Team, start, copy);
}

/// How the person will know that they need less support.
pub(super) fn less_support(plan: &Plan, copy: &mut Copy) {
    let Some(transition) = &plan.transition else { return };
    let start = copy.blocks.len();
    if let Some(words) = given(transition.criteria_text.as_ref()) {
        copy.told(words);
    }
    copy.led(Phrase::Afterwards, transition.supports_after.as_ref());
    under(Phrase::LessSupport, start, copy);
}

/// What reviews noted.
pub(super) fn looking_back(plan: &Plan, copy: &mut Copy) {
    let start = copy.blocks.len();
    for review in &plan.reviews {
        let notes: Vec<&Words> = review.progress.iter().filter_map(|one| given(one.text.as_ref())).collect();
        let date = review.date.as_ref().map(|date| spoken::date(date, copy.language));
        if let Some(date) = date.filter(|_| !notes.is_empty()) {
            copy.push(Kind::Lead, format!("{date}:"));
        }
        notes.into_iter().for_each(|words| copy.told(words));
    }
    under(Phrase::LookedBack, start, copy);
}

/// The professional's understanding.
pub(super) fn staff_view(plan: &Plan, copy: &mut Copy) {
    let Some(summary) = &plan.interpretive_summary else { return };
    let Some(words) = given(summary.text.as_ref()) else { return };
    copy.heading(Phrase::StaffView);
    copy.told(words);
    copy.line(Phrase::WrittenBy, filled(summary.author.as_ref()).unwrap_or_default());
}

/// Whether the person agrees, and who signed.
pub(super) fn agreement(plan: &Plan, copy: &mut Copy) {
    let start = copy.blocks.len();
    agreed(plan, copy);
    let choices = plan.planning.as_ref().and_then(|planning| planning.choices.as_ref());
    copy.led(Phrase::Considered, choices.and_then(|choices| choices.alternatives.as_ref()));
    under(Phrase::Agreement, start, copy);
}

fn agreed(plan: &Plan, copy: &mut Copy) {
    let Some(agreement) = &plan.agreement else { return };
    if let Some(agrees) = &agreement.person_agrees {
        copy.push(Kind::Line, spoken::code(agrees, copy.language));
    }
    copy.led(Phrase::Disagree, agreement.disagreement_text.as_ref());
    copy.dated(Phrase::Signed, agreement.person_signed_on.as_ref());
    copy.dated(Phrase::RepresentativeSigned, agreement.representative_signed_on.as_ref());
}

/// Puts a heading over what was laid down since, if anything was.
fn under(phrase: Phrase, start: usize, copy: &mut Copy) {
    if copy.blocks.len() > start {
        let rest = copy.blocks.split_off(start);
        copy.heading(phrase);
        copy.blocks.extend(rest);
    }
}
