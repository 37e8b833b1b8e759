//! STR-001: the plan lists no strength, and no reason for that.

use crate::rules::{
    Domain, Found, Rule, Severity, Stage,
    reading::{Reading, StrengthReading},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "STR-001",
    name: "no-strength",
    stage: Stage::Stable { since: "0.1.0" },
    floor: Some(Severity::Warning),
    domain: Domain::A,
    code: "required",
    elements: &[("", "CarePlan.supportingInfo")],
    overridable: false,
    basis: &["A:336-340", "A:367", "A:443-451", "S2", "S3", "S4", "S24"],
    page: include_str!("no_strength.md"),
    check: Some(check),
};

const MESSAGE: &str = "This plan lists no strengths. Please add at least one: something the person is good at, proud of, cares \
    about, or can count on.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    let nothing_given = reading.strengths.iter().all(|strength| *strength == StrengthReading::Missing);
    if nothing_given && !reading.no_strengths_stands() {
        found.at("/strengths".to_owned(), MESSAGE, String::new());
    }
}
