//! How important a goal is to the person, how sure they are, and where staff see them; from Observation.

use super::{reading::Reading, world::Node};
use crate::fhir::system::code;

/// The stage of change that staff see.
pub(super) fn stage<'w>(reading: &mut Reading<'w>, told: Node<'w>) -> bool {
    let (goals, _) = reading.goals_named(told.items("focus"));
    let [place] = goals[..] else { return false };
    let value = told.get("valueCodeableConcept").and_then(|value| value.code_in(&[code::OWN_STAGE]));
    reading.plan.goals[place].stage_of_change = reading.read(format!("/goals/{place}/stage_of_change"), value);
    told.get("valueCodeableConcept").iter().for_each(|value| value.mark());
    true
}

/// Importance and confidence, and the panel around them.
pub(super) fn read<'w>(reading: &mut Reading<'w>, told: Node<'w>, concept: Node<'w>) -> bool {
    let (goals, _) = reading.goals_named(told.items("focus"));
    told.items("hasMember").iter().for_each(|member| member.mark());
    told.items("derivedFrom").iter().for_each(|member| member.mark());
    let kind = concept.code_in(&[code::PCO_READINESS]).and_then(Node::text);
    let answer = told.get("valueCodeableConcept").and_then(|value| value.code_in(&[code::LOINC]));
    let number =
        answer.and_then(Node::text).and_then(|answer| code::ZERO_TO_TEN.iter().position(|known| *known == answer));
    if let ([place], Some(answer), Some(number)) = (&goals[..], answer, number) {
        let name = if kind == Some("importance") { "importance" } else { "confidence" };
        reading.note(format!("/goals/{place}/{name}"), answer);
        told.get("valueCodeableConcept").iter().for_each(|value| value.mark());
        let goal = &mut reading.plan.goals[*place];
        let slot = if name == "importance" { &mut goal.importance } else { &mut goal.confidence };
        *slot = u8::try_from(number).ok();
    }
    !goals.is_empty()
}
