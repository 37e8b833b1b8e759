//! PROC-007: nothing says whether the person agrees: no answer, no signature, and no reason why not.

use crate::{
    plan::{Agreement, crisis::PersonAgrees, planning::TookPart},
    rules::{Domain, Found, Rule, Stage, reading::Reading},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "PROC-007",
    name: "agreement-not-recorded",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::C,
    code: "business-rule",
    elements: &[("", "QuestionnaireResponse.item")],
    overridable: false,
    basis: &["S15"],
    page: include_str!("agreement_not_recorded.md"),
    check: Some(check),
};

const MESSAGE: &str =
    "Please record whether the person agrees with this plan, or that they preferred not to sign and why.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    let part = reading.plan.planning.as_ref().and_then(|planning| planning.person_took_part.as_ref());
    let is_told = part == Some(&TookPart::Declined) || reading.plan.agreement.as_ref().is_some_and(is_told);
    if !is_told && !reading.is_draft() {
        found.at("/agreement/person_agrees".to_owned(), MESSAGE, String::new());
    }
}

/// An answer, a signature (of which only the way may be known), or a reason why there is none.
fn is_told(agreement: &Agreement) -> bool {
    let answered = !matches!(agreement.person_agrees, None | Some(PersonAgrees::NotAsked));
    let how = agreement.method.as_ref().is_some_and(|how| !how.trim().is_empty());
    let signed = how || agreement.person_signed_on.is_some() || agreement.representative_signed_on.is_some();
    answered || signed || agreement.disagreement_text.as_ref().is_some_and(|text| !text.is_blank())
}
