//! GOAL-032: a goal is a ready-made phrase, word for word.

use crate::rules::{Domain, Found, Rule, Severity, Stage, reading::Reading};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "GOAL-032",
    name: "goal-is-a-ready-made-phrase",
    stage: Stage::Stable { since: "0.1.0" },
    floor: Some(Severity::Information),
    domain: Domain::E,
    code: "business-rule",
    elements: &[("", "Goal.description.text")],
    overridable: true,
    basis: &["S1", "S11"],
    page: include_str!("ready_made.md"),
    check: Some(check),
};

const MESSAGE: &str =
    "This goal matches a ready-made phrase in your record system. Please add the person's own words beside it.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    for goal in reading.goals.iter().filter(|goal| goal.ready_made && !goal.is_stopped()) {
        found.at(goal.pointer("statement/text"), MESSAGE, goal.marker_ids());
    }
}
