//! What a goal is measured by, and its scores, each an Observation: goal attainment scaling by its LOINC codes, any other
//! measure by its own code or its name.
//!
//! Phase and scorer ride as categories of our own, since only four pairs of them have a code.

use super::{Saying, Written, crosswalk, observations};
use crate::{
    fhir::{
        claim::{self, GoalFacts, Scaling},
        datatype::{Coding, Concept, Decimal, Extension, Link, Quantity, Reference, Value},
        lexical,
        resource::{self, ObservationBody, Target},
        system::{code, extension, profile, sid},
    },
    plan::{
        Goal,
        code::Vocabulary,
        goal::{AttainmentLevel, ScaleLevel, Score, ScoredBy, TargetScore},
    },
};

/// Writes the scores of a goal and gives what the goal points to.
pub(super) fn write<'a>(
    saying: &Saying<'a>,
    goal: &'a Goal,
    of: Link,
    facts: GoalFacts,
    written: &mut Written,
) -> Vec<Reference<'a>> {
    let scores = goal.scores.iter().enumerate().filter(|(_, score)| **score != Score::default());
    scores
        .map(|(at, score)| {
            let link = observations::within(saying, of, &format!("score-{}", at + 1));
            let body = body(saying, score, of);
            let is_gas = facts.is_gas()
                && crosswalk::attainment_code(score.phase.as_ref(), score.by.as_ref()).is_some()
                && body.effective_date_time.is_some()
                && body.value_codeable_concept.is_some();
            let is_prom = facts.is_prom()
                && is_answered(score.instrument.as_ref())
                && body.effective_date_time.is_some()
                && body.value_quantity.is_some();
            let profiles = claim::chosen([
                (true, profile::CORE_SCREENING),
                (is_gas, profile::PCO_GAS_SCORE),
                (is_prom, profile::PCO_PROM_SCORE),
            ]);
            let head = saying.head(link, sid::OBSERVATION, profiles);
            written.record(resource::write(&head, &body));
            Reference::from(link)
        })
        .collect()
}

fn body<'a>(saying: &Saying<'a>, score: &'a Score, of: Link) -> ObservationBody<'a> {
    let phase = lexical::known(score.phase.as_ref()).map(|phase| Concept::of(code::OWN_SCORE_PHASE, phase));
    let scorer = lexical::known(score.by.as_ref()).map(|by| Concept::of(code::OWN_SCORED_BY, by));
    let by_person = score.by == Some(ScoredBy::Person);
    let category = [observations::survey()].into_iter().chain(phase).chain(scorer).collect();
    let attained = attained(score).map(|answer| Concept::of(code::LOINC, answer));
    let number = score.value.as_ref().filter(|_| attained.is_none());
    let number = number.map(|number| Quantity { value: Decimal(number.as_str()) });
    let absent = score.value.is_none().then(observations::without_value);
    ObservationBody {
        focus: vec![Reference::from(of)],
        effective_date_time: lexical::date_time(score.date.as_ref()),
        value_codeable_concept: attained,
        value_quantity: number,
        data_absent_reason: absent,
        ..observations::body(saying, category, named(score), None, by_person.then_some(saying.patient))
    }
}

/// By when the goal is to be reached, and by what it is measured: one target for each measure, the day in the first.
pub(super) fn targets(goal: &Goal) -> Vec<Target<'_>> {
    let due_date = lexical::date(goal.target_date.as_ref());
    let scale = is_scaled(goal).then(|| Concept::of(code::LOINC, crosswalk::ATTAINMENT_SCALE));
    let score = goal.target_score.as_ref().filter(|score| **score != TargetScore::default()).map(score_to_reach);
    let (first, second) = match (scale, score) {
        (None, Some(score)) => (Target { due_date, ..score }, None),
        (measure, score) => (Target { measure, detail_quantity: None, due_date }, score),
    };
    first.given().into_iter().chain(second).collect()
}

/// A score without its measure says that the measure is not known, since FHIR takes no detail alone.
fn score_to_reach(score: &TargetScore) -> Target<'_> {
    let name = lexical::given(score.instrument.as_ref());
    let loinc = name.filter(|name| lexical::is_loinc(name));
    let measure = Concept {
        extension: name.is_none().then(|| Extension::absent("unknown")).into_iter().collect(),
        coding: loinc.map(|loinc| Coding::of(code::LOINC, loinc)).into_iter().collect(),
        text: name,
        ..Concept::default()
    };
    let detail_quantity = score.value.as_ref().map(|value| Quantity { value: Decimal(value.as_str()) });
    Target { measure: Some(measure), detail_quantity, due_date: None }
}

/// By what PCO takes the goal to be measured.
pub(super) fn scaling(goal: &Goal) -> Scaling {
    let score = goal.target_score.as_ref().filter(|score| **score != TargetScore::default());
    match (is_scaled(goal), score) {
        (true, None) => Scaling::Attainment,
        (false, Some(score)) if score.value.is_some() && is_answered(score.instrument.as_ref()) => Scaling::Answered,
        _ => Scaling::None,
    }
}

fn is_answered(instrument: Option<&String>) -> bool {
    lexical::given(instrument).is_some_and(crosswalk::is_answered_by_the_person)
}

/// Whether a goal is scaled by goal attainment scaling: it has such a score, or says what the levels are like.
fn is_scaled(goal: &Goal) -> bool {
    let levels = levels(goal).count();
    levels <= code::ATTAINMENT.len() && (levels > 0 || goal.scores.iter().any(is_scaling))
}

/// What each level would be like, as PCO says it.
pub(super) fn levels(goal: &Goal) -> impl Iterator<Item = Extension<'_>> {
    let given = goal.scale.iter().filter(|level| **level != ScaleLevel::default());
    given.map(|given| {
        let level = lexical::known(given.level.as_ref())
            .and_then(|level| AttainmentLevel::CODES.iter().position(|known| *known == level));
        let level =
            level.map(|at| Extension::of("level", Value::Coding(Coding::of(code::LOINC, code::ATTAINMENT[at]))));
        let text = lexical::said(given.text.as_ref()).map_or(Value::NoText, Value::Text);
        let text = Extension::of("progressText", text);
        Extension::of(extension::SCALE, Value::Parts(level.into_iter().chain([text]).collect()))
    })
}

fn is_scaling(score: &Score) -> bool {
    score.instrument.as_deref() == Some("gas")
}

/// What was measured with: a word of ours that it is a score, LOINC's code where there is one, and the source's name.
fn named(score: &Score) -> Concept<'_> {
    let name = lexical::given(score.instrument.as_ref());
    let scaling =
        if is_scaling(score) { crosswalk::attainment_code(score.phase.as_ref(), score.by.as_ref()) } else { None };
    let loinc = scaling.or(name.filter(|name| lexical::is_loinc(name)));
    let mut coding = vec![Coding::of(code::OWN_PLAN_CONCEPT, "score")];
    coding.extend(loinc.map(|loinc| Coding::of(code::LOINC, loinc)));
    Concept { coding, text: name, ..Concept::default() }
}

/// LOINC's answer, for a level of goal attainment scaling written plainly.
fn attained(score: &Score) -> Option<&'static str> {
    let value = score.value.as_ref().filter(|_| is_scaling(score))?;
    let level = value.as_i64().filter(|level| level.to_string() == value.as_str())?;
    usize::try_from(level + 2).ok().and_then(|at| code::ATTAINMENT.get(at)).copied()
}
