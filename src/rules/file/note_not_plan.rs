//! FILE-006: a `CarePlan` resource is a note and no plan. The FHIR reader raises it: nothing is judged.

use crate::rules::{Domain, Rule, Severity, Stage};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "FILE-006",
    name: "note-not-plan",
    stage: Stage::Stable { since: "0.1.0" },
    floor: Some(Severity::Information),
    domain: Domain::E,
    code: "informational",
    elements: &[("", "CarePlan.text")],
    overridable: false,
    basis: &["A:92"],
    page: include_str!("note_not_plan.md"),
    check: None,
};
