//! OVR-001: the agency answered a finding with a reason, and the plan is accepted as it stands. `overrides/mod.rs` raises it.

use super::ELEMENTS;
use crate::{
    plan::{Override, code::Vocabulary},
    rules::{Domain, Finding, Rule, Severity, Stage},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "OVR-001",
    name: "finding-answered",
    stage: Stage::Stable { since: "0.1.0" },
    floor: Some(Severity::Information),
    domain: Domain::E,
    code: "informational",
    elements: ELEMENTS,
    overridable: false,
    basis: &["domain model, section 5.9", "S17"],
    page: include_str!("answered.md"),
    check: None,
};

const MESSAGE: &str = "Accepted with the reason recorded by your agency.";

/// Puts the answer in place of the finding. Only fixed codes of the answer are told.
pub(super) fn replace(finding: &mut Finding, given: &Override, severity: Severity) {
    let reason = given.reason_code.as_ref().map_or("", Vocabulary::as_str);
    finding.diagnostics = format!("answered={}; reason={reason}", finding.rule);
    finding.rule = RULE.id;
    finding.severity = severity;
    MESSAGE.clone_into(&mut finding.message);
}

/// The rule that was answered.
pub(super) fn rule(finding: &Finding) -> Option<&str> {
    part(finding, "answered=")
}

/// The code of the reason.
pub(super) fn reason(finding: &Finding) -> Option<&str> {
    part(finding, "reason=")
}

fn part<'f>(finding: &'f Finding, name: &str) -> Option<&'f str> {
    finding.diagnostics.split("; ").find_map(|part| part.strip_prefix(name))
}
