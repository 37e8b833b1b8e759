//! GOAL-014: a goal uses treatment wording, and nothing says that these are the person's words.

use crate::rules::{
    Domain, Found, Rule, Severity, Stage,
    reading::{Line, Reading},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "GOAL-014",
    name: "goal-in-treatment-wording",
    stage: Stage::Stable { since: "0.1.0" },
    floor: Some(Severity::Information),
    domain: Domain::C,
    code: "business-rule",
    elements: &[("", "Goal.description.text")],
    overridable: true,
    basis: &["S12", "S13"],
    page: include_str!("treatment_wording.md"),
    check: Some(check),
};

const SAYS_I: &str = "This goal says \"I\" but uses treatment wording. Please ask what the person hopes this will make possible in \
    their life, and add it in their words.";
const SAYS_NO_I: &str = "This goal uses treatment wording and we cannot tell whose words it is in. Please ask what the person \
    hopes this will make possible in their life, and add it in their words.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    for goal in reading.goals_with(Line::TreatmentWording) {
        let says_i = goal.judged.is_some_and(|judged| judged.in_first_person);
        let message = if says_i { SAYS_I } else { SAYS_NO_I };
        found.at(goal.pointer("statement/text"), message, goal.marker_ids());
    }
}
