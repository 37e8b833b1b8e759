//! Scores of a goal, from Observation: ours, which say phase and scorer, and others', whose LOINC code says both.

use serde_json::Number;

use super::{reading::Reading, world::Node};
use crate::{
    fhir::system::{code, extension},
    plan::{
        code::Vocabulary,
        goal::{AttainmentLevel, ScaleLevel, Score, ScorePhase, ScoredBy, TargetScore},
    },
};

/// What each level of goal attainment scaling would be like. That the goal is scaled so is said by them, or by its scores.
pub(super) fn levels<'w>(reading: &mut Reading<'w>, goal: Node<'w>, at: &str) -> Vec<ScaleLevel> {
    for target in goal.items("target") {
        let measure = target.get("measure").filter(|measure| measure.has_code(code::LOINC, "107332-9"));
        measure.filter(|_| reading.wrote(goal)).iter().for_each(|measure| measure.mark());
    }
    let scale = goal.extensions(extension::SCALE).into_iter();
    scale
        .enumerate()
        .map(|(place, one)| {
            reading.note(format!("{at}/{place}"), one);
            let answer = one.part("level").and_then(|level| level.get("code")).and_then(Node::text);
            let known = answer.and_then(|answer| code::ATTAINMENT.iter().position(|known| *known == answer));
            let text = reading.read(format!("{at}/{place}/text"), one.part("progressText"));
            if known.is_some() || answer.is_none() {
                one.mark();
            }
            ScaleLevel { level: known.map(|at| AttainmentLevel::CODES[at].into()), text }
        })
        .collect()
}

/// The score to reach on a measure that the person answers. A quantity with a unit is of another kind (a weight, a dose),
/// and stays with what was not read.
pub(super) fn to_reach<'w>(reading: &mut Reading<'w>, goal: Node<'w>, at: &str) -> Option<TargetScore> {
    let is_scale =
        |target: &Node<'w>| target.get("measure").is_some_and(|measure| measure.has_code(code::LOINC, "107332-9"));
    let is_plain = |quantity: Node<'w>| quantity.get("comparator").is_none() && is_without_unit(quantity);
    let mut targets = goal.items("target").into_iter().filter(|target| !is_scale(target));
    let target = targets.find(|target| match target.get("detailQuantity") {
        Some(quantity) => is_plain(quantity),
        None => reading.wrote(goal) && target.get("measure").is_some(),
    })?;
    let measure = target.get("measure")?;
    let loinc = measure.code_in(&[code::LOINC]);
    let name = if reading.wrote(goal) { measure.get("text") } else { loinc.or_else(|| measure.in_words()) };
    let quantity = target.get("detailQuantity");
    let value = quantity.and_then(|quantity| quantity.get("value"));
    reading.note(at, target);
    let read = TargetScore {
        instrument: reading.read(format!("{at}/instrument"), name),
        value: value.and_then(|value| value.value.as_number().cloned()),
    };
    [Some(measure), quantity].into_iter().flatten().for_each(Node::mark);
    Some(read)
}

/// Whether a quantity is a number of points: no unit, or UCUM's for none.
fn is_without_unit(quantity: Node<'_>) -> bool {
    let is_points = |code: Option<&str>| code.is_none_or(|code| code == "1" || code.starts_with('{'));
    is_points(quantity.str("code")) && (quantity.get("code").is_some() || quantity.get("unit").is_none())
}

/// A score as we write it.
pub(super) fn own<'w>(reading: &mut Reading<'w>, told: Node<'w>, concept: Node<'w>) -> bool {
    let (goals, _) = reading.goals_named(told.items("focus"));
    let [place] = goals[..] else { return false };
    let at = format!("/goals/{place}/scores/{}", reading.plan.goals[place].scores.len());
    reading.note(&at, told);
    let of = |system: &str| told.items("category").into_iter().find_map(|category| category.code_in(&[system]));
    let score = Score {
        instrument: reading.read(format!("{at}/instrument"), concept.get("text")),
        value: value(told),
        date: reading.read(format!("{at}/date"), told.get("effectiveDateTime")),
        phase: reading.read(format!("{at}/phase"), of(code::OWN_SCORE_PHASE)),
        by: reading.read(format!("{at}/by"), of(code::OWN_SCORED_BY)),
    };
    ["valueQuantity", "valueCodeableConcept"].iter().filter_map(|name| told.get(name)).for_each(Node::mark);
    reading.plan.goals[place].scores.push(score);
    true
}

fn value(told: Node<'_>) -> Option<Number> {
    if let Some(value) = told.get("valueQuantity").and_then(|quantity| quantity.get("value")) {
        return value.value.as_number().cloned();
    }
    let answer = told.get("valueCodeableConcept")?.code_in(&[code::LOINC])?.text()?;
    let at = code::ATTAINMENT.iter().position(|known| *known == answer)?;
    i64::try_from(at).ok().map(|at| Number::from(at - 2))
}

/// A scaled score of a goal: goal attainment scaling, or a measure that the person answers.
pub(super) fn theirs<'w>(reading: &mut Reading<'w>, told: Node<'w>, concept: Node<'w>) -> bool {
    let Some(instrument) = concept.code_in(&[code::LOINC]).and_then(Node::text) else { return false };
    let (phase, by, is_scaling) = match instrument {
        "107332-9" => (Some(ScorePhase::Baseline), None, true),
        "107333-7" => (Some(ScorePhase::FollowUp), Some(ScoredBy::Practitioner), true),
        "107334-5" => (Some(ScorePhase::FollowUp), Some(ScoredBy::Person), true),
        "107331-1" => (Some(ScorePhase::FollowUp), Some(ScoredBy::Caregiver), true),
        _ => (None, None, false),
    };
    let value = value(told);
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
