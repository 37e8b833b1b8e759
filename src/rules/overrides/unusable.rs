//! OVR-002: an answer to a finding cannot be used, and the finding stands. `overrides/mod.rs` raises it.

use super::{ELEMENTS, Fault};
use crate::rules::{Domain, Finding, Rule, Severity, Stage};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "OVR-002",
    name: "answer-not-usable",
    stage: Stage::Stable { since: "0.1.0" },
    floor: Some(Severity::Information),
    domain: Domain::E,
    code: "business-rule",
    elements: ELEMENTS,
    overridable: false,
    basis: &["domain model, section 5.9"],
    page: include_str!("unusable.md"),
    check: None,
};

/// The finding, at the place of the one that stands.
pub(super) fn finding(pointer: String, index: usize, fault: Fault, severity: Severity) -> Finding {
    let stands = if matches!(fault, Fault::UnknownRule) { "" } else { " The finding stands." };
    let message = format!("This override could not be used ({}).{stands}", fault.in_words());
    let diagnostics = format!("override={index}; fault={}", fault.as_str());
    Finding { rule: RULE.id, severity, pointer, message, diagnostics }
}
