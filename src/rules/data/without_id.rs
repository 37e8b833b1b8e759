//! DATA-001: the record lacks the plan's id or the person's.

use crate::rules::{Domain, Found, Rule, Severity, Stage, reading::Reading};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "DATA-001",
    name: "record-without-id",
    stage: Stage::Stable { since: "0.1.0" },
    floor: Some(Severity::Error),
    domain: Domain::E,
    code: "required",
    elements: &[("/person/local_id", "Patient.identifier"), ("/plan_id", "CarePlan.identifier")],
    overridable: false,
    basis: &["domain model, section 4"],
    page: include_str!("without_id.md"),
    check: Some(check),
};

const LONGEST_PLAN_ID: usize = 64;

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    let plan_id = reading.plan.plan_id.as_deref().unwrap_or_default();
    if plan_id.trim().is_empty() {
        found.at("/plan_id".to_owned(), "The record has no plan id, so it cannot be filed.", String::new());
    } else if plan_id.chars().count() > LONGEST_PLAN_ID {
        let message =
            format!("The record's plan id is longer than {LONGEST_PLAN_ID} characters, so it cannot be filed.");
        found.at("/plan_id".to_owned(), message, String::new());
    }
    if reading.plan.person.local_id.as_deref().unwrap_or_default().trim().is_empty() {
        let message = "The record has no person id (the agency's own), so it cannot be filed.";
        found.at("/person/local_id".to_owned(), message, String::new());
    }
}
