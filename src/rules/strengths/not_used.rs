//! STR-005: strengths are listed, and no goal says that one of them helps.

use crate::rules::{Domain, Found, Rule, Stage, reading::Reading};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "STR-005",
    name: "strengths-not-used",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::A,
    code: "informational",
    elements: &[("", "Observation.extension('http://hl7.org/fhir/StructureDefinition/resource-pertainsToGoal')")],
    overridable: false,
    basis: &["S2", "S10"],
    page: include_str!("not_used.md"),
    check: Some(check),
};

const MESSAGE: &str = "Strengths are listed but not yet used in the plan. How could one of them help with the goal?";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    if reading.goals.is_empty() || reading.told_strengths().next().is_none() {
        return;
    }
    let helps = |used: &String| reading.told_strengths().any(|(_, told)| told.strength_id.as_ref() == Some(used));
    if !reading.goals.iter().any(|goal| goal.goal.strengths_used.iter().any(helps)) {
        found.at("/strengths".to_owned(), MESSAGE, String::new());
    }
}
