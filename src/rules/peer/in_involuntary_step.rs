//! PEER-004: a peer is to take part in an involuntary measure, or their step is not voluntary.

use super::{first_text, open_steps};
use crate::{
    plan::YesNoUnknown,
    rules::{Domain, Found, Rule, Stage, reading::Reading, wording::steps::is_involuntary},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "PEER-004",
    name: "peer-in-involuntary-step",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::C,
    code: "business-rule",
    elements: &[
        ("/voluntary", "ServiceRequest.extension('https://ownwords.org/fhir/StructureDefinition/action-choice')"),
        ("/text", "ServiceRequest.code.text"),
        ("/purpose", "ServiceRequest.note.text"),
    ],
    overridable: true,
    basis: &["B:36", "A:526-533"],
    page: include_str!("in_involuntary_step.md"),
    check: Some(check),
};

const MESSAGE: &str =
    "Peer support is voluntary and does not take part in involuntary measures. Please change who does this step.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    for (place, action) in open_steps(reading.plan) {
        if action.voluntary == Some(YesNoUnknown::No) {
            found.at(format!("/actions/{place}/voluntary"), MESSAGE, "voluntary=no".to_owned());
        } else if let Some(field) = first_text(action, is_involuntary) {
            found.at(format!("/actions/{place}/{field}"), MESSAGE, "markers=involuntary".to_owned());
        }
    }
}
