//! FILE-004: the same bytes were received before. The pipeline raises it: the file is not read again.

use crate::rules::{Domain, Rule, Stage};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "FILE-004",
    name: "file-received-before",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::E,
    code: "duplicate",
    elements: &[],
    overridable: false,
    basis: &["domain model, section 8.2"],
    page: include_str!("received_before.md"),
    check: None,
};
