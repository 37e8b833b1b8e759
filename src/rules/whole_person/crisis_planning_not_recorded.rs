//! CRI-001: crisis planning is neither in the plan, nor linked, nor declined.

use crate::{
    plan::{Crisis, crisis::CrisisStatus},
    rules::{Domain, Found, Rule, Stage, reading::Reading},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "CRI-001",
    name: "crisis-planning-not-recorded",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::C,
    code: "business-rule",
    elements: &[("", "CarePlan.partOf")],
    overridable: false,
    basis: &["A:93", "CCBHC criteria, 4.e"],
    page: include_str!("crisis_planning_not_recorded.md"),
    check: Some(check),
};

const MESSAGE: &str = "No crisis preferences are recorded. If offered and declined, please record that.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    if !reading.plan.crisis.as_ref().is_some_and(is_settled) {
        found.at("/crisis/status".to_owned(), MESSAGE, String::new());
    }
}

/// There are three ways out: it is in the plan, it is linked, or the person declined.
fn is_settled(crisis: &Crisis) -> bool {
    let by_status = matches!(crisis.status, Some(CrisisStatus::InPlan | CrisisStatus::Declined));
    by_status || crisis.is_in_plan() || crisis.is_linked()
}
