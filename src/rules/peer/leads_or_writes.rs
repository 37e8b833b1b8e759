//! PEER-001: a peer supporter is recorded as leading the meeting or writing the plan.

use super::peers;
use crate::{
    plan::planning::ParticipantFunction,
    rules::{Domain, Found, Rule, Stage, reading::Reading},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "PEER-001",
    name: "peer-leads-or-writes",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::D,
    code: "business-rule",
    elements: &[(
        "",
        "CareTeam.participant.extension('https://ownwords.org/fhir/StructureDefinition/participant-planning')",
    )],
    overridable: true,
    basis: &["A:479-480"],
    page: include_str!("leads_or_writes.md"),
    check: Some(check),
};

const MESSAGE: &str = "A peer supporter is listed as leading the meeting or writing the plan. That is not usually their role. \
    Please check who did.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    for (place, one) in peers(reading.plan) {
        if matches!(one.function, Some(ParticipantFunction::Facilitator | ParticipantFunction::Author)) {
            found.at(format!("/planning/participants/{place}/function"), MESSAGE, String::new());
        }
    }
}
