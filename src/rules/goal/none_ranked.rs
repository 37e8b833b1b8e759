//! GOAL-023: more than three goals are active, and nothing says which comes first.

use crate::{
    plan::goal::GoalStatus,
    rules::{Domain, Found, Rule, Stage, reading::Reading},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "GOAL-023",
    name: "goals-not-ranked",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::C,
    code: "informational",
    elements: &[("", "CarePlan.goal")],
    overridable: false,
    basis: &["A:397-413", "S12"],
    page: include_str!("none_ranked.md"),
    check: Some(check),
};

const MESSAGE: &str = "Several goals are active. It may help to note which comes first for the person.";
const FEW: usize = 3;

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    let waits = |status: Option<&GoalStatus>| {
        matches!(status, Some(GoalStatus::Proposed | GoalStatus::OnHold | GoalStatus::Achieved))
    };
    let active = || reading.goals.iter().map(|read| read.goal).filter(|goal| !waits(goal.status.as_ref()));
    let count = active().count();
    if count > FEW && active().all(|goal| goal.rank.is_none()) {
        found.at("/goals".to_owned(), MESSAGE, format!("active={count}"));
    }
}
