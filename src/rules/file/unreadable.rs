//! FILE-001: a file, or a record of it, cannot be read. The pipeline raises it: there is no plan yet.

use crate::rules::{Domain, Rule, Severity, Stage};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "FILE-001",
    name: "file-unreadable",
    stage: Stage::Stable { since: "0.1.0" },
    floor: Some(Severity::Error),
    domain: Domain::E,
    code: "structure",
    elements: &[],
    overridable: false,
    basis: &["domain model, section 8.2"],
    page: include_str!("unreadable.md"),
    check: None,
};
