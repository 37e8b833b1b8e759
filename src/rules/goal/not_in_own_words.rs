//! GOAL-010: every goal reads as a clinician's, and none is recorded as the person's words.

use crate::rules::{
    Domain, Found, Rule, Severity, Stage,
    reading::{Line, Reading},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "GOAL-010",
    name: "goal-not-in-own-words",
    stage: Stage::Stable { since: "0.1.0" },
    floor: Some(Severity::Warning),
    domain: Domain::C,
    code: "business-rule",
    elements: &[("", "Goal.description.text")],
    overridable: true,
    basis: &["A:374-377", "B:163", "S1", "S2"],
    page: include_str!("not_in_own_words.md"),
    check: Some(check),
};

const MESSAGE: &str = "We could not find a goal in the person's own words. The goal here reads like a treatment goal written for \
    them. Please add what the person wants, in their words and language. If these are their words, record how they were \
    given (spoken, signed, through an interpreter, read back and confirmed) and send the plan again.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    for goal in reading.goals_with(Line::NotInOwnWords) {
        let diagnostics = format!("{}; goals={}; attested=0", goal.marker_ids(), reading.goals.len());
        found.at(goal.pointer("statement/text"), MESSAGE, diagnostics);
    }
}
