//! OBJ-003: a goal has no objective that leads toward it.

use crate::rules::{Domain, Found, Rule, Stage, reading::Reading};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "OBJ-003",
    name: "goal-without-objective",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::E,
    code: "informational",
    elements: &[("", "CarePlan.goal")],
    overridable: false,
    basis: &["A:419"],
    page: include_str!("goal_without_objective.md"),
    check: Some(check),
};

const MESSAGE: &str = "No short steps yet for this goal.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    for goal in reading.goals.iter().filter(|goal| goal.goal.is_open() && !goal.is_stopped()) {
        if reading.thread.strands[goal.index].objectives.is_empty() {
            found.at(format!("/goals/{}", goal.index), MESSAGE, String::new());
        }
    }
}
