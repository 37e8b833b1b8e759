//! ACT-005: a professional's step does not say who, how often, for how long or what for.

use crate::{
    plan::{Action, action::Actor},
    rules::{Domain, Found, Rule, Stage, reading::Reading},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "ACT-005",
    name: "professional-step-half-told",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::B,
    code: "business-rule",
    elements: &[
        ("/actor_name", "ServiceRequest.performer"),
        ("/frequency", "ServiceRequest.occurrence"),
        ("/duration", "ServiceRequest.extension('https://ownwords.org/fhir/StructureDefinition/action-choice')"),
        ("/purpose", "ServiceRequest.note"),
    ],
    overridable: false,
    basis: &["S3", "S15"],
    page: include_str!("professional_step_half_told.md"),
    check: Some(check),
};

/// Field and question, in the order in which they are asked.
const ASKED: [(&str, &str); 4] = [
    ("actor_name", "who provides this"),
    ("frequency", "how often"),
    ("duration", "for how long"),
    ("purpose", "what for"),
];

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    for (place, action) in reading.plan.actions.iter().enumerate() {
        if action.is_open() && action.actor == Some(Actor::Professional) {
            ask(place, action, found);
        }
    }
}

fn ask(place: usize, action: &Action, found: &mut Found<'_>) {
    let is_told = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
    let told = [
        is_told(&action.actor_name) || is_told(&action.relationship),
        is_told(&action.frequency),
        is_told(&action.duration),
        action.purpose.as_ref().is_some_and(|purpose| !purpose.is_blank()),
    ];
    let (fields, questions): (Vec<_>, Vec<_>) =
        ASKED.iter().zip(told).filter(|(_, told)| !told).map(|(asked, _)| *asked).unzip();
    if let (Some(field), Some((last, before))) = (fields.first(), questions.split_last()) {
        let joint = if before.is_empty() { "" } else { " and " };
        let message = format!("Please say {}{joint}{last}.", before.join(", "));
        found.at(format!("/actions/{place}/{field}"), message, format!("missing={}", fields.join(",")));
    }
}
