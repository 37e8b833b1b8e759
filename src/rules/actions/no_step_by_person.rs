//! ACT-003: no step of the plan is one that the person takes.

use crate::rules::{Domain, Found, Rule, Stage, reading::Reading};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "ACT-003",
    name: "no-step-by-the-person",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::B,
    code: "informational",
    elements: &[("", "Task.owner")],
    overridable: false,
    basis: &["S10"],
    page: include_str!("no_step_by_person.md"),
    check: Some(check),
};

const MESSAGE: &str = "You may want to add a step the person chose to take.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    let steps = reading.thread.steps;
    if steps.all() > 0 && steps.person == 0 && steps.unknown == 0 {
        found.at("/actions".to_owned(), MESSAGE, format!("steps={}", steps.all()));
    }
}
