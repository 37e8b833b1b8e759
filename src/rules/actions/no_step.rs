//! ACT-001: the plan lists no step toward the goal.

use crate::rules::{Domain, Found, Rule, Stage, reading::Reading};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "ACT-001",
    name: "no-step",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::B,
    code: "required",
    elements: &[("", "CarePlan.activity")],
    overridable: false,
    basis: &["S23"],
    page: include_str!("no_step.md"),
    check: Some(check),
};

const MESSAGE: &str = "No steps are listed yet toward the goal.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    let all_reached = !reading.goals.is_empty() && !reading.goals.iter().any(|goal| goal.goal.is_open());
    if reading.thread.steps.all() == 0 && !all_reached && !reading.no_goal_stands() {
        found.at("/actions".to_owned(), MESSAGE, String::new());
    }
}
