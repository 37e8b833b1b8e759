//! TRN-001: the plan does not say how the person will know that they need less support.

use crate::{
    rules::{Domain, Found, Rule, Stage, reading::Reading},
    words::Words,
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "TRN-001",
    name: "no-transition-criteria",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::B,
    code: "informational",
    elements: &[("", "CarePlan.goal")],
    overridable: false,
    basis: &["S2", "S5"],
    page: include_str!("no_transition_criteria.md"),
    check: Some(check),
};

const MESSAGE: &str = "How will the person know they need less support?";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    let criteria = reading.plan.transition.as_ref().and_then(|transition| transition.criteria_text.as_ref());
    if criteria.is_none_or(Words::is_blank) {
        found.at("/transition/criteria_text".to_owned(), MESSAGE, String::new());
    }
}
