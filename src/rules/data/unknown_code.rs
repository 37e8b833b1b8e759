//! DATA-003: a code is outside its vocabulary.

use crate::{
    plan::{PlanStatus, code::Vocabulary},
    rules::{Domain, Found, Rule, Severity, Stage, reading::Reading},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "DATA-003",
    name: "code-outside-vocabulary",
    stage: Stage::Stable { since: "0.1.0" },
    floor: Some(Severity::Warning),
    domain: Domain::E,
    code: "code-invalid",
    elements: &[],
    overridable: false,
    basis: &["domain model, section 4"],
    page: include_str!("unknown_code.md"),
    check: Some(check),
};

const LONGEST_CODE: usize = 32;

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    reading.plan.codes(&mut |at, coded| {
        if coded.is_other() && coded.vocabulary() != PlanStatus::NAME {
            let message = format!("We kept {} as text. Please add it to your mapping.", shown(coded.as_str()));
            found.at(at.to_string(), message, format!("vocabulary={}", coded.vocabulary()));
        }
    });
}

/// The code, unless a mistaken mapping put prose where the code should be.
fn shown(code: &str) -> String {
    let is_code = code.chars().count() <= LONGEST_CODE && !code.is_empty() && !code.contains(char::is_whitespace);
    if is_code { format!("\"{code}\"") } else { "the value".to_owned() }
}
