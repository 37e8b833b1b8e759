//! ACT-002: every step of the plan is taken by a professional.

use crate::rules::{Domain, Found, Rule, Stage, reading::Reading};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "ACT-002",
    name: "only-professional-steps",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::B,
    code: "business-rule",
    elements: &[("", "CarePlan.activity.reference")],
    overridable: true,
    basis: &["A:156", "A:289", "S3", "S15", "S16"],
    page: include_str!("only_professional_steps.md"),
    check: Some(check),
};

const MESSAGE: &str = "All steps here are professional services. What will the person do, and who or what in their community \
    might help? If there is no one yet, you can say so.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    let steps = reading.thread.steps;
    if steps.all() > 0 && steps.professional == steps.all() {
        found.at("/actions".to_owned(), MESSAGE, format!("steps={}", steps.all()));
    }
}
