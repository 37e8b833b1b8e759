//! STR-002: a strength's text only fills an empty field.

use crate::rules::{
    Domain, Found, Rule, Severity, Stage,
    reading::{Reading, StrengthReading},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "STR-002",
    name: "strength-placeholder",
    stage: Stage::Stable { since: "0.1.0" },
    floor: Some(Severity::Information),
    domain: Domain::A,
    code: "value",
    elements: &[("", "Observation.valueString")],
    overridable: false,
    basis: &["A:336-340", "A:443-451", "S4"],
    page: include_str!("placeholder.md"),
    check: Some(check),
};

const MESSAGE: &str =
    "The strengths field holds a placeholder. Everyone has strengths. Asking \"What are you most proud of?\" can help.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    for (index, strength) in reading.strengths.iter().enumerate() {
        if *strength == StrengthReading::Placeholder {
            found.when(reading.beside_strengths(), format!("/strengths/{index}/text"), MESSAGE, String::new());
        }
    }
}
