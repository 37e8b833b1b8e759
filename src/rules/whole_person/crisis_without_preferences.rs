//! CRI-002: the crisis part says nothing that the person prefers.

use crate::{
    plan::crisis::CrisisStatus,
    rules::{Domain, Found, Rule, Stage, reading::Reading},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "CRI-002",
    name: "crisis-part-without-preferences",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::C,
    code: "informational",
    elements: &[("", "CarePlan.supportingInfo")],
    overridable: false,
    basis: &["A:93"],
    page: include_str!("crisis_without_preferences.md"),
    check: Some(check),
};

const MESSAGE: &str = "What helps, and what should be avoided, in the person's view?";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    let Some(crisis) = &reading.plan.crisis else { return };
    let is_here = crisis.status == Some(CrisisStatus::InPlan) || crisis.is_in_plan();
    let is_elsewhere = crisis.is_linked() || crisis.status == Some(CrisisStatus::Declined);
    if is_here && !is_elsewhere && !crisis.says_preferences() {
        found.at("/crisis".to_owned(), MESSAGE, String::new());
    }
}
