//! GOAL-001: the plan has no live goal, and no good reason for that is recorded.

use crate::rules::{Domain, Found, Rule, Severity, Stage, reading::Reading};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "GOAL-001",
    name: "no-goal",
    stage: Stage::Stable { since: "0.1.0" },
    floor: Some(Severity::Warning),
    domain: Domain::C,
    code: "required",
    elements: &[("", "CarePlan.goal")],
    overridable: false,
    basis: &["A:366-367", "S2", "S3", "S23"],
    page: include_str!("no_goal.md"),
    check: Some(check),
};

const MESSAGE: &str = "This plan has no goal yet. Please add at least one goal in the person's own words, or record that they \
    chose not to share one or are still thinking, and when you will talk again.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    if reading.goals.is_empty() && !reading.no_goal_stands() {
        let given = if reading.plan.no_goal.is_some() { "incomplete" } else { "none" };
        found.at("/goals".to_owned(), MESSAGE, format!("goals=0; no_goal={given}"));
    }
}
