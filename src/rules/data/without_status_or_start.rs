//! DATA-002: the plan's status or start date is missing or cannot be used.

use crate::{
    plan::{PlanStatus, code::Vocabulary, date::PlanDate},
    rules::{Domain, Found, Rule, Severity, Stage, reading::Reading},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "DATA-002",
    name: "record-without-status-or-start",
    stage: Stage::Stable { since: "0.1.0" },
    floor: Some(Severity::Error),
    domain: Domain::E,
    code: "required",
    elements: &[("/status", "CarePlan.status"), ("/period/start", "CarePlan.period.start")],
    overridable: false,
    basis: &["domain model, section 4", "FHIR request-status"],
    page: include_str!("without_status_or_start.md"),
    check: Some(check),
};

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    if reading.plan.status.as_ref().is_none_or(Vocabulary::is_other) {
        let message = "The record has no usable status. Please check the mapping of that field.";
        found.at("/status".to_owned(), message, format!("usable={}", PlanStatus::CODES.join(",")));
    }
    if !reading.plan.period.start.as_ref().is_some_and(PlanDate::is_valid) {
        let message = "The record has no usable start date. Please check the mapping of that field.";
        found.at("/period/start".to_owned(), message, "usable=YYYY-MM-DD".to_owned());
    }
}
