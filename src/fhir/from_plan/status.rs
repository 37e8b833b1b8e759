//! What is asked of everybody and counted by states: status and demographics, one Observation an answer, in the source's own
//! codes and words (state codes are views of them).
//!
//! What US Core has an extension for on the Patient is said there too, by `person`.

use super::{Saying, Written, observations};
use crate::{
    fhir::{
        claim,
        datatype::{Coding, Concept, Extension},
        lexical,
        resource::{self, ObservationBody},
        system::{code, profile, sid},
    },
    plan::people::{Answer, Missing},
};

/// Writes every answer.
pub(super) fn write(saying: &Saying<'_>, written: &mut Written) {
    for (question, label, at, answer) in asked(saying) {
        if *answer == Answer::default() {
            continue;
        }
        let link = saying.link("Observation", &["status", question, &(at + 1).to_string()]);
        let profiles = claim::core_and_eltss(profile::CORE_OBSERVATION, profile::ELTSS_OBSERVATION, saying.eltss);
        let head = saying.head(link, sid::OBSERVATION, profiles);
        written.supporting.push(link);
        written.record(resource::write(&head, &body(saying, question, label, answer)));
    }
}

fn asked<'a>(saying: &Saying<'a>) -> Vec<(&'static str, &'static str, usize, &'a Answer)> {
    let mut all = Vec::new();
    let person = &saying.plan.person;
    if let Some(status) = &person.status {
        let mut one = |question, label, answer: &'a Option<Answer>| {
            all.extend(answer.as_ref().map(|answer| (question, label, 0, answer)));
        };
        one("smi-sed", "Serious mental illness or emotional disturbance", &status.smi_sed);
        one("living-situation", "Living situation", &status.living_situation);
        one("employment", "Employment", &status.employment);
        one("not-in-labor-force", "Why not in the labor force", &status.not_in_labor_force);
        one("school-attendance", "School attendance", &status.school_attendance);
        one("county", "County", &status.county);
        many(&mut all, "funding", "Funding", &status.funding);
    }
    if let Some(demographics) = &person.demographics {
        many(&mut all, "race", "Race", &demographics.race);
        many(&mut all, "ethnicity", "Ethnicity", &demographics.ethnicity);
        many(&mut all, "sex", "Sex", &demographics.sex);
        many(&mut all, "gender", "Gender", &demographics.gender);
        many(&mut all, "tribal-affiliation", "Tribal affiliation", &demographics.tribal_affiliation);
        many(&mut all, "religion", "Religion", &demographics.religion);
    }
    all
}

fn many<'a>(
    all: &mut Vec<(&'static str, &'static str, usize, &'a Answer)>,
    question: &'static str,
    label: &'static str,
    answers: &'a [Answer],
) {
    all.extend(answers.iter().enumerate().map(|(at, answer)| (question, label, at, answer)));
}

fn body<'a>(
    saying: &Saying<'a>,
    question: &'static str,
    label: &'static str,
    answer: &'a Answer,
) -> ObservationBody<'a> {
    let value = value(saying, answer);
    let absent = value.is_none().then(|| absent(answer.missing.as_ref()));
    let code = Concept::of(code::OWN_PERSON_STATUS, question).with_text(label);
    ObservationBody {
        effective_date_time: lexical::date_time(answer.as_of.as_ref()),
        value_codeable_concept: value,
        data_absent_reason: absent,
        ..observations::body(saying, vec![observations::social_history()], code, None, None)
    }
}

/// The answer as the source gave it; that it is missing too is said beside it.
fn value<'a>(saying: &Saying<'a>, answer: &'a Answer) -> Option<Concept<'a>> {
    let given = lexical::given(answer.code.as_ref());
    let text = lexical::given(answer.text.as_ref());
    if given.is_none() && text.is_none() {
        return None;
    }
    let own = given.map(|given| {
        let code = lexical::code(given);
        let display = if code.is_some() { None } else { Some(given) };
        Coding { system: Some(saying.ground.answer_system.as_str()), code, display, ..Coding::default() }
    });
    let missing = lexical::known(answer.missing.as_ref()).map(|why| Coding::of(code::OWN_MISSING, why));
    Some(Concept { coding: own.into_iter().chain(missing).collect(), text, ..Concept::default() })
}

/// Why there is no answer; FHIR wants a reason even where the source has none.
fn absent<'a>(missing: Option<&Missing>) -> Concept<'a> {
    let reason = |reason| Concept::of(code::DATA_ABSENT, reason);
    match missing {
        Some(Missing::Unknown) => reason("unknown"),
        Some(Missing::NotCollected) => reason("not-asked"),
        Some(Missing::Declined) => reason("asked-declined"),
        Some(Missing::Other(_)) | None => Concept { extension: vec![Extension::assumed()], ..reason("unknown") },
    }
}
