//! FILE-003: a file that says it holds everyone of a period names none, names no days, or overlaps one that is being received. The pipeline
//! raises it: nothing is kept.

use crate::rules::{Domain, Rule, Stage};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "FILE-003",
    name: "reporting-period-unclear",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::E,
    code: "business-rule",
    elements: &[],
    overridable: false,
    basis: &["domain model, section 8.2"],
    page: include_str!("period_unclear.md"),
    check: None,
};
