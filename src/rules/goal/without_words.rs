//! GOAL-002: a goal has a category but no words.

use crate::rules::{
    Domain, Found, Rule, Severity, Stage,
    reading::{Line, Reading},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "GOAL-002",
    name: "goal-without-words",
    stage: Stage::Stable { since: "0.1.0" },
    floor: Some(Severity::Warning),
    domain: Domain::C,
    code: "required",
    elements: &[("", "Goal.description.text")],
    overridable: false,
    basis: &["A:367", "S11"],
    page: include_str!("without_words.md"),
    check: Some(check),
};

const MESSAGE: &str = "This goal has a category but no words. Please add what the person said they want.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    for goal in reading.goals_with(Line::NoText) {
        found.when(reading.beside_goals(), goal.pointer("statement/text"), MESSAGE, String::new());
    }
}
