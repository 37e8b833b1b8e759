//! GOAL-003: the goal's text fills an empty field, or repeats a diagnosis or barrier.

use crate::rules::{
    Domain, Found, Rule, Severity, Stage,
    reading::{Line, Reading, Repeats},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "GOAL-003",
    name: "goal-placeholder",
    stage: Stage::Stable { since: "0.1.0" },
    floor: Some(Severity::Warning),
    domain: Domain::C,
    code: "value",
    elements: &[("", "Goal.description.text")],
    overridable: false,
    basis: &["S1"],
    page: include_str!("placeholder.md"),
    check: Some(check),
};

const MESSAGE: &str = "The goal field holds a placeholder. Please add the person's goal. If they prefer not to say, use \"no goal \
    yet\" and give the reason.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    for goal in reading.goals_with(Line::Placeholder) {
        let diagnostics = match goal.repeats {
            Some(Repeats::Diagnosis) => "repeats=diagnosis",
            Some(Repeats::Barrier) => "repeats=barrier",
            None => "markers=placeholder",
        };
        found.when(reading.beside_goals(), goal.pointer("statement/text"), MESSAGE, diagnostics.to_owned());
    }
}
