//! PROC-005: the day of the next review has passed, and no review since is recorded.

use crate::{
    plan::{PlanStatus, date::PlanDate},
    rules::{Domain, Found, Rule, Stage, reading::Reading},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "PROC-005",
    name: "review-overdue",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::E,
    code: "business-rule",
    elements: &[("", "Task.restriction.period")],
    overridable: false,
    basis: &["S15"],
    page: include_str!("review_overdue.md"),
    check: Some(check),
};

const MESSAGE: &str = "This plan's review date has passed.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    let plan = reading.plan;
    let Some(due) = plan.next_review_due.as_ref().and_then(PlanDate::date_part) else { return };
    let was_reviewed = plan.reviews.iter().filter_map(|review| review.date.as_ref()?.date_part()).any(|day| {
        let known = day.len().min(due.len());
        day[..known] >= due[..known]
    });
    if plan.status == Some(PlanStatus::Active) && reading.is_past(due, 0) && !was_reviewed {
        found.at("/next_review_due".to_owned(), MESSAGE, String::new());
    }
}
