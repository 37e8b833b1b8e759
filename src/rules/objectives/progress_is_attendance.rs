//! OBJ-001: every objective measures attendance or following treatment.

use crate::{
    plan::{Objective, objective::OutcomeType},
    rules::{Domain, Found, Rule, Stage, reading::Reading, wording::steps::measures_attendance},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "OBJ-001",
    name: "progress-is-attendance",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::E,
    code: "business-rule",
    elements: &[("", "Goal.target")],
    overridable: true,
    basis: &["A:157"],
    page: include_str!("progress_is_attendance.md"),
    check: Some(check),
};

const MESSAGE: &str = "Progress here is measured by attendance or following treatment. What change in the person's life would \
    show progress?";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    let language = reading.plan.person.primary_language.as_deref();
    let live = reading.plan.objectives.iter().filter(|objective| objective.is_live());
    let mut told = live.filter_map(|objective| is_attendance(objective, language)).peekable();
    if told.peek().is_some() && told.all(|is_attendance| is_attendance) {
        found.at("/objectives".to_owned(), MESSAGE, String::new());
    }
}

/// By its code, else by its text; nothing when it has neither.
fn is_attendance(objective: &Objective, language: Option<&str>) -> Option<bool> {
    match &objective.outcome_type {
        Some(OutcomeType::AttendanceOrCompliance) => Some(true),
        Some(OutcomeType::Other(_)) | None => {
            let text = objective.text.as_ref().filter(|text| !text.is_blank());
            text.map(|text| measures_attendance(text, language))
        }
        Some(_) => Some(false),
    }
}
