//! DATA-006: the same version of the record came before with other content.

use crate::rules::{Domain, Found, Rule, Severity, Stage, reading::Reading};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "DATA-006",
    name: "record-version-with-other-content",
    stage: Stage::Stable { since: "0.1.0" },
    floor: Some(Severity::Warning),
    domain: Domain::E,
    code: "conflict",
    elements: &[("", "Provenance.entity.what.identifier")],
    overridable: false,
    basis: &["domain model, section 8.8"],
    page: include_str!("version_with_other_content.md"),
    check: Some(check),
};

const MESSAGE: &str =
    "We have this version of the record with other content, too. Please raise the version when a record changes.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    if reading.others.has_other_content() {
        found.at("/source/record_version".to_owned(), MESSAGE, String::new());
    }
}
