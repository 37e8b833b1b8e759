//! GOAL-017: a goal is in a language that we have no tables for; it is kept exactly as written.

use crate::rules::{
    Domain, Found, Rule, Stage,
    reading::{Line, Reading},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "GOAL-017",
    name: "goal-wording-not-checked",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::A,
    code: "informational",
    elements: &[("", "Goal.description.text")],
    overridable: false,
    basis: &["domain model, section 5.2"],
    page: include_str!("wording_not_checked.md"),
    check: Some(check),
};

const MESSAGE: &str = "We do not check wording in this language. The goal is kept exactly as written.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    for goal in reading.goals_with(Line::NotChecked) {
        found.at(goal.pointer("statement/text"), MESSAGE, String::new());
    }
}
