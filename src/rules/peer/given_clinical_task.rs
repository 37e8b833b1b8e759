//! PEER-003: a peer's step reads like a clinician's task.

use super::{first_text, open_steps};
use crate::rules::{Domain, Found, Rule, Stage, reading::Reading, wording::steps::is_clinical_task};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "PEER-003",
    name: "peer-given-clinical-task",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::D,
    code: "business-rule",
    elements: &[("/text", "ServiceRequest.code.text"), ("/purpose", "ServiceRequest.note.text")],
    overridable: true,
    basis: &["B:158-166", "A:190"],
    page: include_str!("given_clinical_task.md"),
    check: Some(check),
};

const MESSAGE: &str = "This peer step reads like a clinical task. What will they do together, as peers?";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    for (place, action) in open_steps(reading.plan) {
        if let Some(field) = first_text(action, is_clinical_task) {
            found.at(format!("/actions/{place}/{field}"), MESSAGE, "markers=drift".to_owned());
        }
    }
}
