//! DATA-010: a goal of the person has no start date.

use crate::{
    plan::goal::GoalKind,
    rules::{Domain, Found, Rule, Severity, Stage, reading::Reading},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "DATA-010",
    name: "goal-without-start",
    stage: Stage::Stable { since: "0.1.0" },
    floor: Some(Severity::Information),
    domain: Domain::E,
    code: "informational",
    elements: &[("/start_date", "Goal.start")],
    overridable: false,
    basis: &["FHIR mapping, D12"],
    page: include_str!("goal_without_start.md"),
    check: Some(check),
};

const MESSAGE: &str = "This goal has no start date, so measures of person-centered outcomes do not count it.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    for goal in &reading.goals {
        let is_others = matches!(goal.goal.kind, Some(GoalKind::ClinicalGoal | GoalKind::RequiredByOthers));
        if goal.goal.is_open() && !goal.is_stopped() && !is_others && goal.goal.start_date.is_none() {
            found.at(format!("/goals/{}/start_date", goal.index), MESSAGE, String::new());
        }
    }
}
