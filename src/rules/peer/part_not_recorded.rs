//! PEER-005: a peer supporter was at the meeting, and their part is not recorded.

use super::peers;
use crate::rules::{Domain, Found, Rule, Stage, reading::Reading};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "PEER-005",
    name: "peer-part-not-recorded",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::D,
    code: "informational",
    elements: &[(
        "",
        "CareTeam.participant.extension('https://ownwords.org/fhir/StructureDefinition/participant-planning')",
    )],
    overridable: false,
    basis: &["B:148"],
    page: include_str!("part_not_recorded.md"),
    check: Some(check),
};

const MESSAGE: &str = "What was the peer supporter's part (ally, reminder, communication support)?";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    for (place, one) in peers(reading.plan) {
        if one.function.is_none() {
            found.at(format!("/planning/participants/{place}/function"), MESSAGE, String::new());
        }
    }
}
