//! OBJ-002: an objective has neither a date nor a measure.

use crate::rules::{Domain, Found, Rule, Stage, reading::Reading};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "OBJ-002",
    name: "objective-without-date-or-measure",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::E,
    code: "business-rule",
    elements: &[("", "Goal.target.due")],
    overridable: false,
    basis: &["S4"],
    page: include_str!("without_date_or_measure.md"),
    check: Some(check),
};

const MESSAGE: &str = "This objective has no date or measure yet.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    for (place, objective) in reading.plan.objectives.iter().enumerate() {
        let is_measured = objective.measure.as_ref().is_some_and(|measure| !measure.is_blank());
        if objective.is_open() && objective.due_date.is_none() && !is_measured {
            found.at(format!("/objectives/{place}/due_date"), MESSAGE, String::new());
        }
    }
}
