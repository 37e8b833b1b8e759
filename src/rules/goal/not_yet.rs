//! GOAL-004: no goal is recorded yet, with a good reason.

use crate::{
    plan::{date::PlanDate, goal::NoGoalReason},
    rules::{Circumstance, Domain, Found, Rule, Stage, reading::Reading},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "GOAL-004",
    name: "goal-not-yet",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::C,
    code: "business-rule",
    elements: &[("", "CarePlan.goal")],
    overridable: false,
    basis: &["A:319-331", "A:364", "S12"],
    page: include_str!("not_yet.md"),
    check: Some(check),
};

/// So long after the next conversation was due, a policy may make more of a goal that is still open.
const OVERDUE_DAYS: i64 = 60;

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    let Some(no_goal) = reading.plan.no_goal.as_ref().filter(|_| reading.no_goal_stands()) else { return };
    let talk = no_goal.next_conversation_by.as_ref().and_then(PlanDate::date_part);
    let waiting = matches!(no_goal.reason, Some(NoGoalReason::StillExploring | NoGoalReason::UnableAtThisTime));
    let overdue = talk.is_some_and(|day| reading.is_past(day, OVERDUE_DAYS));
    let circumstance = if waiting && overdue { Circumstance::Overdue60Days } else { Circumstance::Usual };
    found.when(circumstance, "/no_goal".to_owned(), message(reading, talk), String::new());
}

fn message(reading: &Reading<'_>, talk: Option<&str>) -> String {
    const SO_FAR: &str = "No goal is recorded yet, with a reason. That is all right.";
    match talk {
        Some(day) if reading.is_past(day, 0) => {
            format!(
                "{SO_FAR} The day of the next conversation has passed. Please see whether the person is ready to talk about what they want."
            )
        }
        Some(day) => format!("{SO_FAR} A next conversation is planned for {day}."),
        None => SO_FAR.to_owned(),
    }
}
