//! GOAL-015: a goal uses clinical wording, and the record says that these are the person's words.

use crate::rules::{
    Domain, Found, Rule, Stage,
    reading::{Line, Reading},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "GOAL-015",
    name: "goal-confirmed-in-treatment-wording",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::C,
    code: "informational",
    elements: &[("", "Goal.description.text")],
    overridable: false,
    basis: &["S4", "S14"],
    page: include_str!("confirmed_treatment_wording.md"),
    check: Some(check),
};

const MESSAGE: &str = "Thank you for recording that these are the person's words. Nothing to change.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    for goal in reading.goals_with(Line::Confirmed) {
        found.at(goal.pointer("statement/text"), MESSAGE, goal.marker_ids());
    }
}
