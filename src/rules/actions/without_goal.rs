//! ACT-004: a step hangs on no goal of the plan.

use crate::rules::{Domain, Found, Rule, Stage, reading::Reading};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "ACT-004",
    name: "step-without-goal",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::B,
    code: "business-rule",
    elements: &[("", "CarePlan.activity.reference")],
    overridable: false,
    basis: &["S24", "domain model, section 3"],
    page: include_str!("without_goal.md"),
    check: Some(check),
};

const MESSAGE: &str = "This step is not linked to a goal.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    if reading.plan.goals.is_empty() {
        return;
    }
    for place in &reading.thread.loose.actions {
        found.at(format!("/actions/{place}/goal_id"), MESSAGE, String::new());
    }
}
