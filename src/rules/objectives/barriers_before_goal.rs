//! BAR-002: barriers or needs are listed, and no goal is told.

use crate::{
    plan::Barrier,
    rules::{
        Domain, Found, Rule, Stage,
        reading::{GoalReading, Reading},
    },
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "BAR-002",
    name: "barriers-before-goal",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::E,
    code: "informational",
    elements: &[("", "CarePlan.addresses")],
    overridable: false,
    basis: &["A:167"],
    page: include_str!("barriers_before_goal.md"),
    check: Some(check),
};

const MESSAGE: &str = "Needs are listed before the person's goal is known.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    let is_told = |one: &Barrier| !one.diagnosis.is_empty() || one.text.as_ref().is_some_and(|text| !text.is_blank());
    let goal_is_known = !reading.goals.iter().all(GoalReading::is_stopped);
    if !goal_is_known && reading.plan.barriers.iter().any(is_told) {
        found.at("/barriers".to_owned(), MESSAGE, String::new());
    }
}
