//! PROC-003: the person does not agree with the plan, or not with all of it.

use crate::{
    plan::crisis::PersonAgrees,
    rules::{Domain, Found, Rule, Stage, reading::Reading},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "PROC-003",
    name: "person-does-not-fully-agree",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::C,
    code: "informational",
    elements: &[("", "QuestionnaireResponse.item")],
    overridable: false,
    basis: &["S15"],
    page: include_str!("person_does_not_fully_agree.md"),
    check: Some(check),
};

const MESSAGE: &str = "The person's disagreement is kept with the plan.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    let answer = reading.plan.agreement.as_ref().and_then(|agreement| agreement.person_agrees.as_ref());
    if matches!(answer, Some(PersonAgrees::No | PersonAgrees::Partly)) {
        found.at("/agreement/person_agrees".to_owned(), MESSAGE, String::new());
    }
}
