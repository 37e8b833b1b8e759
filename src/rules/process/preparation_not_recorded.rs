//! PROC-006: no preparation before the meeting is recorded.

use crate::rules::{Domain, Found, Rule, Stage, reading::Reading};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "PROC-006",
    name: "preparation-not-recorded",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::D,
    code: "informational",
    elements: &[("", "CarePlan.supportingInfo")],
    overridable: false,
    basis: &["A:345-352"],
    page: include_str!("preparation_not_recorded.md"),
    check: Some(check),
};

const MESSAGE: &str = "Preparing before the meeting can help. Record it if it happened.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    let prepared = reading.plan.planning.as_ref().is_some_and(|planning| !planning.preplanning.is_empty());
    if !prepared && !reading.is_short_crisis() {
        found.at("/planning/preplanning".to_owned(), MESSAGE, String::new());
    }
}
