//! FILE-002: a record names another agency than the one that sends it. The pipeline raises it: the plan does not know the sender.

use crate::rules::{Domain, Rule, Severity, Stage};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "FILE-002",
    name: "record-of-another-agency",
    stage: Stage::Stable { since: "0.1.0" },
    floor: Some(Severity::Error),
    domain: Domain::E,
    code: "not-found",
    elements: &[],
    overridable: false,
    basis: &["domain model, section 8.2"],
    page: include_str!("another_agency.md"),
    check: None,
};
