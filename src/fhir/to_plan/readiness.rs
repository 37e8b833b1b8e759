//! How important a goal is to the person, how sure they are, where staff see them, and scaled scores; from Observation.

use super::{reading::Reading, synonym, world::Node};
use crate::{
    fhir::system::code,
    plan::goal::{Score, ScorePhase, ScoredBy},
};

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

/// A scaled score of a goal: goal attainment scaling, or a measure that the person answers.
pub(super) fn score<'w>(reading: &mut Reading<'w>, told: Node<'w>, concept: Node<'w>) -> bool {
    let Some(instrument) = concept.code_in(&[code::LOINC]).and_then(Node::text) else { return false };
    let (phase, by, is_scaling) = match instrument {
        "107332-9" => (Some(ScorePhase::Baseline), None, true),
        "107333-7" => (Some(ScorePhase::FollowUp), Some(ScoredBy::Practitioner), true),
        "107334-5" => (Some(ScorePhase::FollowUp), Some(ScoredBy::Person), true),
        "107331-1" => (Some(ScorePhase::FollowUp), Some(ScoredBy::Caregiver), true),
        _ => (None, None, false),
    };
    let answer = told.get("valueCodeableConcept").and_then(|value| value.code_in(&[code::LOINC]));
    let value = match told.get("valueQuantity").and_then(|quantity| quantity.get("value")) {
        Some(value) => value.value.as_number().cloned(),
        None => answer.and_then(Node::text).and_then(synonym::attainment).map(serde_json::Number::from),
    };
    let (goals, _) = reading.goals_named(told.items("focus"));
    let ([place], Some(value)) = (&goals[..], value) else { return false };
    let at = format!("/goals/{place}/scores/{}", reading.plan.goals[*place].scores.len());
    reading.note(&at, told);
    let date = reading.read(format!("{at}/date"), told.get("effectiveDateTime"));
    let instrument = Some(if is_scaling { "gas".to_owned() } else { instrument.to_owned() });
    ["valueQuantity", "valueCodeableConcept"].iter().filter_map(|name| told.get(name)).for_each(Node::mark);
    told.items("performer").iter().for_each(|one| one.mark());
    reading.plan.goals[*place].scores.push(Score { instrument, value: Some(value), date, phase, by });
    true
}
