//! GOAL-012: nothing tells whose words a goal is in.

use crate::rules::{
    Domain, Found, Rule, Stage,
    reading::{Line, Reading},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "GOAL-012",
    name: "whose-words-unknown",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::C,
    code: "informational",
    elements: &[("", "Goal.expressedBy")],
    overridable: true,
    basis: &["S2"],
    page: include_str!("whose_words_unknown.md"),
    check: Some(check),
};

const MESSAGE: &str = "We cannot tell whose words these are. If you can, record who said them and how.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    for goal in reading.goals_with(Line::WhoseWordsUnknown) {
        found.at(goal.pointer("statement/expressed_by"), MESSAGE, String::new());
    }
}
