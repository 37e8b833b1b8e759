//! FILE-005: a file holds far fewer people than the one of the same period before. The pipeline raises it: nothing is kept until
//! somebody confirms it.

use crate::rules::{Domain, Rule, Stage};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "FILE-005",
    name: "far-fewer-people",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::E,
    code: "business-rule",
    elements: &[],
    overridable: false,
    basis: &["domain model, section 8.2"],
    page: include_str!("fewer_people.md"),
    check: None,
};
