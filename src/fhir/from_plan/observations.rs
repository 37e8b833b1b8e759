//! What is told beside goals: strengths, preferences, the whole person, barriers and needs, why a goal matters, readiness.
//!
//! One Observation each, the text in `valueString` byte for byte; a text that is blank is not written. Diagnoses tied to a
//! barrier are Conditions (D6).

use super::{Saying, Written, provenance, speaker};
use crate::{
    fhir::{
        claim,
        datatype::{Beside, Coding, Concept, Extension, Link, Reference, Value},
        label, lexical,
        resource::{self, ConditionBody, Evidence, ObservationBody},
        system::{code, extension, profile, sid},
    },
    plan::{Barrier, Diagnosis, Goal, Preference, Strength, goal::ExpressedBy},
    words::Words,
};

/// Writes everything that is told of the person and is no goal.
pub(super) fn write(saying: &Saying<'_>, written: &mut Written) {
    write_barriers(saying, written);
    write_strengths(saying, written);
    write_preferences(saying, written);
    write_whole_person(saying, written);
}

fn write_strengths(saying: &Saying<'_>, written: &mut Written) {
    let strengths = &saying.plan.strengths;
    let links = saying.links("Observation", "strength", strengths.iter().map(|one| one.strength_id.as_deref()));
    for (strength, link) in strengths.iter().zip(links) {
        if *strength == Strength::default() {
            continue;
        }
        let text = lexical::said(strength.text.as_ref());
        let speaker = speaker::speaker_of_strength(strength);
        let teller = speaker::teller(saying, strength);
        let told = Concept::of(code::ELTSS_OBSERVATION, "strength").with_text("Strength");
        let mut body = body(saying, vec![social_history()], told, text, teller);
        let kind = lexical::known(strength.category.as_ref());
        body.category.extend(kind.map(|kind| Concept::of(code::OWN_STRENGTH_KIND, kind)));
        let profiles = claim::core_and_eltss(profile::CORE_OBSERVATION, profile::ELTSS_OBSERVATION, saying.eltss);
        let mut head = saying.vouched_head(link, sid::STRENGTH, profiles, label::vouched(speaker, None));
        head.extension = goals_it_helps(saying, strength);
        head.extension.extend(speaker::capture_of_strength(strength));
        head.identifier.extend(saying.own_key("strength", strength.strength_id.as_ref()));
        written.supporting.push(link);
        let spoken = text.and_then(|_| provenance::Spoken::of_teller(saying, speaker, teller));
        written.words(resource::write(&head, &body), spoken);
    }
}

fn goals_it_helps<'a>(saying: &Saying<'a>, strength: &Strength) -> Vec<Extension<'a>> {
    let Some(id) = &strength.strength_id else { return Vec::new() };
    let goals = saying.plan.goals.iter().zip(&saying.goals);
    let helped = goals.filter(|(goal, _)| goal.strengths_used.contains(id));
    helped.map(|(_, link)| Extension::of(extension::PERTAINS_TO_GOAL, Value::Reference(*link))).collect()
}

fn write_preferences(saying: &Saying<'_>, written: &mut Written) {
    let none = saying.plan.preferences.iter().map(|_| None);
    let links = saying.links("Observation", "preference", none);
    for (preference, link) in saying.plan.preferences.iter().zip(links) {
        if *preference == Preference::default() {
            continue;
        }
        let text = lexical::said(preference.text.as_ref());
        let code = Concept::of(code::LOINC, "95541-9").with_text("Care experience preference");
        let mut body = body(saying, vec![social_history()], code, text, Some(saying.patient));
        let language = preference.lang.as_deref().and_then(lexical::language);
        body.beside_value = language.map_or_else(Beside::default, in_language);
        if text.is_none() && language.is_some() {
            // The language alone is a value for FHIR, beside which there may be no other word that there is none.
            body.beside_value.extension.insert(0, Extension::absent("unknown"));
            body.data_absent_reason = None;
        }
        let condition = lexical::said(preference.condition.as_ref());
        let condition = condition.map(|words| Extension::of(extension::APPLIES_WHEN, Value::Text(words)));
        write_told_with(saying, link, &body, condition, written);
    }
}

fn in_language(tag: &str) -> Beside<'_> {
    Beside { extension: vec![Extension::of(extension::LANGUAGE, Value::Code(tag))] }
}

/// Who the person is apart from services; vision, what is important and what gives life are what matters to them.
fn write_whole_person<'a>(saying: &Saying<'a>, written: &mut Written) {
    let described = saying.plan.person.how_described.as_ref();
    let mut told: Vec<(&'static str, &'static str, usize, &'a Words)> = Vec::new();
    if let Some(whole) = &saying.plan.whole_person {
        let mut one =
            |concept, label, words: Option<&'a Words>| told.extend(words.map(|words| (concept, label, 0, words)));
        one("vision", "Vision of a good life", whole.vision.as_ref());
        one("important-to-me", "Important to me", whole.important_to_me.as_ref());
        one("what-gives-life", "What gives life", whole.what_gives_life.as_ref());
        one("culture", "Culture", whole.culture.as_ref());
        one("faith", "Faith", whole.faith.as_ref());
        one("own-explanation", "How I understand it", whole.how_i_understand_it.as_ref());
        told.extend(whole.roles.iter().enumerate().map(|(at, words)| ("role", "Role", at, words)));
        told.extend(whole.interests.iter().enumerate().map(|(at, words)| ("interest", "Interest", at, words)));
    }
    told.extend(described.map(|words| ("how-described", "How I want to be described", 0, words)));
    for (concept, label, at, words) in told {
        let Some(text) = lexical::said(Some(words)) else { continue };
        let link = saying.link("Observation", &["whole-person", concept, &(at + 1).to_string()]);
        let matters = matches!(concept, "vision" | "important-to-me" | "what-gives-life");
        let category = if matters { what_matters() } else { vec![social_history()] };
        let code = Concept::of(code::OWN_PLAN_CONCEPT, concept).with_text(label);
        write_told(saying, link, &body(saying, category, code, Some(text), Some(saying.patient)), written);
    }
}

/// Writes words that the person told, which the `CarePlan` then points to.
pub(super) fn write_told<'a>(saying: &Saying<'a>, link: Link, body: &ObservationBody<'a>, written: &mut Written) {
    write_told_with(saying, link, body, None, written);
}

fn write_told_with<'a>(
    saying: &Saying<'a>,
    link: Link,
    body: &ObservationBody<'a>,
    more: Option<Extension<'a>>,
    written: &mut Written,
) {
    let matters = body.category.len() > 1;
    let profiles = if matters { what_matters_claims(saying) } else { simple_claims(saying) };
    let mut head = saying.vouched_head(link, sid::OBSERVATION, profiles, Some("PATRPT"));
    head.extension.extend(more);
    written.supporting.push(link);
    written.record(resource::write(&head, body));
}

fn simple_claims(saying: &Saying<'_>) -> Vec<&'static str> {
    claim::core_and_eltss(profile::CORE_OBSERVATION, profile::ELTSS_OBSERVATION, saying.eltss)
}

fn what_matters_claims(saying: &Saying<'_>) -> Vec<&'static str> {
    claim::chosen([
        (true, profile::CORE_SCREENING),
        (true, profile::PCO_WHAT_MATTERS),
        (saying.eltss, profile::ELTSS_OBSERVATION),
    ])
}

/// Writes why a goal matters, and how important it is and how sure the person is.
pub(super) fn write_why<'a>(saying: &Saying<'a>, goal: &'a Goal, of: Link, written: &mut Written) -> Option<Link> {
    write_readiness(saying, goal, of, written);
    let text = lexical::said(goal.why_it_matters.as_ref())?;
    let link = within(saying, of, "why-it-matters");
    let code = Concept::of(code::OWN_PLAN_CONCEPT, "why-it-matters").with_text("Why it matters");
    write_told(saying, link, &body(saying, what_matters(), code, Some(text), Some(saying.patient)), written);
    Some(link)
}

fn write_readiness<'a>(saying: &Saying<'a>, goal: &'a Goal, of: Link, written: &mut Written) {
    let answer = |score: Option<u8>| code::ZERO_TO_TEN.get(usize::from(score?)).copied();
    let answers = [("importance", answer(goal.importance)), ("confidence", answer(goal.confidence))];
    let mut members = Vec::new();
    for (concept, answer) in answers {
        let Some(answer) = answer else { continue };
        let link = within(saying, of, concept);
        members.push(Reference::from(link));
        let value = Concept::of(code::LOINC, answer);
        write_readiness_part(
            saying,
            link,
            &ObservationBody { value_codeable_concept: Some(value), ..readiness(saying, concept, of) },
            written,
        );
    }
    if !members.is_empty() {
        let panel = ObservationBody { has_member: members, ..readiness(saying, "readiness-assessment", of) };
        write_readiness_part(saying, within(saying, of, "readiness-assessment"), &panel, written);
    }
    let stage = lexical::known(goal.stage_of_change.as_ref());
    if let Some(stage) = stage {
        let code = Concept::of(code::OWN_PLAN_CONCEPT, "stage-of-change").with_text("Stage of change");
        let body = ObservationBody {
            code,
            performer: Vec::new(),
            value_codeable_concept: Some(Concept::of(code::OWN_STAGE, stage)),
            ..readiness(saying, "stage-of-change", of)
        };
        let link = within(saying, of, "stage-of-change");
        written.supporting.push(link);
        let head = saying.head(link, sid::OBSERVATION, vec![profile::CORE_SCREENING]);
        written.record(resource::write(&head, &body));
    }
}

fn readiness<'a>(saying: &Saying<'a>, concept: &'static str, of: Link) -> ObservationBody<'a> {
    let code = Concept::of(code::PCO_READINESS, concept);
    ObservationBody {
        focus: vec![Reference::from(of)],
        data_absent_reason: None,
        ..body(saying, vec![survey()], code, None, Some(saying.patient))
    }
}

fn write_readiness_part<'a>(saying: &Saying<'a>, link: Link, body: &ObservationBody<'a>, written: &mut Written) {
    let head = saying.head(link, sid::OBSERVATION, vec![profile::PCO_READINESS]);
    written.supporting.push(link);
    written.record(resource::write(&head, body));
}

/// The link of something that is told of one goal.
pub(super) fn within(saying: &Saying<'_>, goal: Link, concept: &str) -> Link {
    saying.link("Observation", &["of-goal", &goal.id.to_string(), concept])
}

fn write_barriers(saying: &Saying<'_>, written: &mut Written) {
    let barriers = &saying.plan.barriers;
    let links = saying.links("Observation", "barrier", barriers.iter().map(|one| one.id.as_deref()));
    for (barrier, link) in barriers.iter().zip(links) {
        let observed = write_barrier(saying, barrier, link, written);
        for (at, diagnosis) in barrier.diagnosis.iter().enumerate() {
            let need = saying.link("Condition", &["need", &link.id.to_string(), &(at + 1).to_string()]);
            write_need(saying, diagnosis, need, observed, written);
        }
    }
}

fn write_barrier<'a>(saying: &Saying<'a>, barrier: &'a Barrier, link: Link, written: &mut Written) -> Option<Link> {
    if *barrier == Barrier::default() {
        return None;
    }
    let text = lexical::said(barrier.text.as_ref());
    let code = Concept::of(code::SNOMED, "452341000124107").with_text("Barrier to the goal");
    let mut body = body(saying, vec![survey()], code, text, None);
    let kind = lexical::known(barrier.kind.as_ref());
    body.category.extend(kind.map(|kind| Concept::of(code::OWN_BARRIER_KIND, kind)));
    body.focus = saying.only_goal().map(Reference::from).into_iter().collect();
    let mut head = saying.head(
        link,
        sid::OBSERVATION,
        claim::core_and_eltss(profile::CORE_OBSERVATION, profile::PCO_BARRIER, text.is_some()),
    );
    head.identifier.extend(saying.own_key("barrier", barrier.id.as_ref()));
    written.supporting.push(link);
    written.record(resource::write(&head, &body));
    Some(link)
}

fn write_need<'a>(
    saying: &Saying<'a>,
    diagnosis: &'a Diagnosis,
    link: Link,
    barrier: Option<Link>,
    written: &mut Written,
) {
    let named = lexical::given(diagnosis.system.as_ref());
    let system = named.and_then(lexical::uri);
    let code = diagnosis.code.as_deref().and_then(lexical::code);
    let recorded = named.filter(|_| system.is_none());
    let extension = recorded.map(|word| Extension::of(extension::AS_RECORDED, Value::Text(word))).into_iter().collect();
    let coding = (code.or(named).is_some()).then_some(Coding { extension, system, code, display: None });
    let concept = Concept {
        coding: coding.into_iter().collect(),
        text: lexical::said(diagnosis.text.as_ref()),
        ..Concept::default()
    };
    if concept.is_empty() {
        return;
    }
    let body = ConditionBody {
        clinical_status: Concept::of(code::CONDITION_CLINICAL, "active"),
        category: vec![
            Concept::of(code::CONDITION_CATEGORY, "health-concern"),
            Concept::of(code::ELTSS_CONDITION, "assessed-need"),
        ],
        code: concept,
        subject: Reference::from(saying.patient),
        evidence: barrier.map(|barrier| Evidence { detail: vec![Reference::from(barrier)] }).into_iter().collect(),
    };
    let profiles = claim::core_and_eltss(profile::CORE_CONDITION, profile::ELTSS_CONDITION, saying.eltss);
    written.needs.push(link);
    written.record(resource::write(&saying.head(link, sid::NEED, profiles), &body));
}

/// An Observation that holds a text.
pub(super) fn body<'a>(
    saying: &Saying<'a>,
    category: Vec<Concept<'a>>,
    code: Concept<'a>,
    text: Option<&'a str>,
    performer: Option<Link>,
) -> ObservationBody<'a> {
    ObservationBody {
        status: "final",
        category,
        code,
        subject: Reference::from(saying.patient),
        focus: Vec::new(),
        effective_date_time: saying.told_on,
        performer: performer.map(Reference::from).into_iter().collect(),
        value_string: text,
        beside_value: Beside::default(),
        value_codeable_concept: None,
        value_quantity: None,
        data_absent_reason: text.is_none().then(without_value),
        has_member: Vec::new(),
    }
}

/// That there is no value.
pub(super) fn without_value<'a>() -> Concept<'a> {
    Concept::of(code::DATA_ABSENT, "unknown")
}

/// The category of what is told of a life.
pub(super) fn social_history<'a>() -> Concept<'a> {
    Concept::of(code::OBSERVATION_CATEGORY, "social-history")
}

/// The category of what is asked.
pub(super) fn survey<'a>() -> Concept<'a> {
    Concept::of(code::OBSERVATION_CATEGORY, "survey")
}

/// What matters is a survey for PCO and social history for eLTSS, so it carries both (D11).
fn what_matters<'a>() -> Vec<Concept<'a>> {
    vec![survey(), social_history(), Concept::of(code::PCO, "what-matters")]
}

/// Whether the person is the one who speaks.
pub(super) fn is_person(speaker: Option<&ExpressedBy>) -> bool {
    matches!(speaker, Some(ExpressedBy::Person | ExpressedBy::PersonWithSupport))
}
