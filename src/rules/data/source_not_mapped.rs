//! DATA-005: fields of the source were kept, and no mapping reads them.

use std::collections::BTreeSet;

use crate::rules::{Domain, Found, Rule, Severity, Stage, reading::Reading};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "DATA-005",
    name: "source-not-mapped",
    stage: Stage::Stable { since: "0.1.0" },
    floor: Some(Severity::Information),
    domain: Domain::E,
    code: "informational",
    elements: &[],
    overridable: false,
    basis: &["A:92"],
    page: include_str!("source_not_mapped.md"),
    check: Some(check),
};

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    let fields: BTreeSet<&str> = reading.plan.unmapped.iter().map(|left| left.path.as_str()).collect();
    let message = match fields.len() {
        0 => return,
        1 => "1 field of the source was kept but not mapped.".to_owned(),
        count => format!("{count} fields of the source were kept but not mapped."),
    };
    found.at("/unmapped".to_owned(), message, format!("fields={}", fields.len()));
}
