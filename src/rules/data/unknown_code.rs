//! DATA-003: a code is outside its vocabulary.

use crate::{
    plan::{
        PlanStatus,
        code::{Vocabulary, one_of},
    },
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

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    reading.plan.codes(&mut |at, coded| {
        if coded.is_other() && coded.vocabulary() != PlanStatus::NAME {
            // Never the value itself: a mistaken mapping may put a name or a sentence where the code should be.
            let message = format!(
                "{} takes {}. What stands there is none of these; we kept it as text. Please add it to your mapping.",
                at.path(),
                one_of(coded.codes())
            );
            found.at(at.to_string(), message, format!("vocabulary={}", coded.vocabulary()));
        }
    });
}
