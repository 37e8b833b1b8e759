//! STR-007: no strength is recorded yet, with a reason.

use crate::{
    plan::date::PlanDate,
    rules::{Domain, Found, Rule, Severity, Stage, reading::Reading},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "STR-007",
    name: "strengths-not-yet",
    stage: Stage::Stable { since: "0.1.0" },
    floor: Some(Severity::Information),
    domain: Domain::A,
    code: "business-rule",
    elements: &[("", "CarePlan.supportingInfo")],
    overridable: false,
    basis: &["A:445"],
    page: include_str!("not_yet.md"),
    check: Some(check),
};

const SO_FAR: &str = "No strengths are recorded yet, with a reason.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    let Some(none) = reading.plan.no_strengths.as_ref().filter(|_| reading.no_strengths_stands()) else { return };
    let message = match none.next_conversation_by.as_ref().and_then(PlanDate::date_part) {
        Some(day) => format!("{SO_FAR} A next conversation is planned for {day}."),
        None => format!("{SO_FAR} Please note when you will talk again."),
    };
    found.at("/no_strengths".to_owned(), message, String::new());
}
