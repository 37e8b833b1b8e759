//! PROC-001: the record does not show that the person took part in making the plan.

use crate::{
    plan::planning::TookPart,
    rules::{Domain, Found, Rule, Stage, reading::Reading},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "PROC-001",
    name: "taking-part-not-recorded",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::D,
    code: "business-rule",
    elements: &[("", "CarePlan.contributor")],
    overridable: false,
    basis: &["A:154"],
    page: include_str!("taking_part_not_recorded.md"),
    check: Some(check),
};

const MESSAGE: &str = "Please record how the person took part in making this plan.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    let part = reading.plan.planning.as_ref().and_then(|planning| planning.person_took_part.as_ref());
    if matches!(part, None | Some(TookPart::No | TookPart::Unknown)) {
        found.at("/planning/person_took_part".to_owned(), MESSAGE, String::new());
    }
}
