//! GOAL-021: every goal is about symptoms or treatment, and none about daily life.

use crate::{
    plan::goal::GoalDomain,
    rules::{
        Domain, Found, Rule, Stage,
        reading::{GoalReading, Line, Reading},
        wording::{Markers, says},
    },
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "GOAL-021",
    name: "goals-only-about-symptoms",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::C,
    code: "business-rule",
    elements: &[("", "CarePlan.goal")],
    overridable: true,
    basis: &["A:157", "A:362", "S14"],
    page: include_str!("only_symptoms.md"),
    check: Some(check),
};

const MESSAGE: &str = "All goals here are about symptoms or treatment. If that is what the person wants, nothing to change. \
    Otherwise, ask what a good life looks like to them.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    if !reading.goals.is_empty() && reading.goals.iter().all(|goal| is_about_symptoms(goal, reading)) {
        found.at("/goals".to_owned(), MESSAGE, format!("goals={}", reading.goals.len()));
    }
}

/// Whether a goal whose words are not in question is about symptoms or treatment: by its area of life, else by its text.
fn is_about_symptoms(goal: &GoalReading<'_>, reading: &Reading<'_>) -> bool {
    const IN_QUESTION: [Line; 3] = [Line::NotInOwnWords, Line::TreatmentWording, Line::Confirmed];
    if goal.is_stopped() || reading.is_clinical(goal) || goal.line.is_some_and(|line| IN_QUESTION.contains(&line)) {
        return false;
    }
    match goal.goal.domain {
        Some(
            GoalDomain::EmotionalAndMentalHealth
            | GoalDomain::ManagingConditions
            | GoalDomain::Medication
            | GoalDomain::AccessToServices,
        ) => true,
        None | Some(GoalDomain::Unspecified | GoalDomain::Other(_)) => {
            goal.open_text().is_some_and(|(text, language)| {
                let of_symptoms =
                    goal.judged.is_some_and(|judged| judged.markers.any(Markers::of(&[Markers::C4, Markers::S4])));
                (of_symptoms || says(text, language, |sense| &sense.symptom))
                    && !says(text, language, |sense| &sense.life)
            })
        }
        Some(_) => false,
    }
}
