//! PEER-002: a peer supporter was at the meeting, and nothing says that the person asked for it.

use super::peers;
use crate::{
    plan::YesNoUnknown,
    rules::{Domain, Found, Rule, Stage, reading::Reading},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "PEER-002",
    name: "peer-invitation-not-recorded",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::C,
    code: "business-rule",
    elements: &[(
        "",
        "CareTeam.participant.extension('https://ownwords.org/fhir/StructureDefinition/participant-planning')",
    )],
    overridable: true,
    basis: &["A:476", "B:137"],
    page: include_str!("invitation_not_recorded.md"),
    check: Some(check),
};

const MESSAGE: &str = "Peer supporters join by the person's request. Please record that the person asked.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    for (place, one) in peers(reading.plan) {
        if one.invited_by_person != Some(YesNoUnknown::Yes) {
            found.at(format!("/planning/participants/{place}/invited_by_person"), MESSAGE, String::new());
        }
    }
}
