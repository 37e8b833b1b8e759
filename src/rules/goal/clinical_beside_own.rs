//! GOAL-011: a clinical goal stands beside the person's own.

use crate::rules::{Domain, Found, Rule, Severity, Stage, reading::Reading};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "GOAL-011",
    name: "clinical-goal-beside-own",
    stage: Stage::Stable { since: "0.1.0" },
    floor: Some(Severity::Information),
    domain: Domain::C,
    code: "informational",
    elements: &[("", "Goal.category")],
    overridable: false,
    basis: &["S3"],
    page: include_str!("clinical_beside_own.md"),
    check: Some(check),
};

const FINE: &str = "This goal reads as a clinical goal. That is fine alongside the person's own goal.";
const CAN_MARK: &str = "You can mark it \"clinical\".";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    for goal in &reading.goals {
        if reading.is_clinical(goal) {
            let message = if goal.is_marked_clinical() { FINE.to_owned() } else { format!("{FINE} {CAN_MARK}") };
            found.at(goal.pointer("kind"), message, goal.marker_ids());
        }
    }
}
