//! Status and demographics as we write them: one Observation an answer, in the source's own codes and words.

use super::{reading::Reading, synonym, world::Node};
use crate::{
    fhir::system::{code, extension},
    plan::people::{Answer, Demographics, Missing, PersonStatus},
};

/// Reads the answer to a question.
pub(super) fn answer<'w>(reading: &mut Reading<'w>, told: Node<'w>, question: &str) -> bool {
    let Some(name) = path_of(question) else { return false };
    let at = match list(reading, question) {
        Some(list) => format!("{name}/{}", list.len()),
        None => name.to_owned(),
    };
    reading.note(&at, told);
    let value = told.get("valueCodeableConcept");
    let codings = value.map(|value| value.items("coding")).unwrap_or_default();
    let is_missing = |coding: &Node<'w>| coding.says("system", code::OWN_MISSING);
    let own = codings.iter().find(|coding| !is_missing(coding));
    let beside = codings.iter().find(|coding| is_missing(coding)).and_then(|coding| coding.get("code"));
    let read = Answer {
        code: reading.read(format!("{at}/code"), own.and_then(|own| own.get("code").or(own.get("display")))),
        text: reading.read(format!("{at}/text"), value.and_then(|value| value.get("text"))),
        missing: reading.read(format!("{at}/missing"), beside).or_else(|| missing(told)),
        as_of: reading.read(format!("{at}/as_of"), told.get("effectiveDateTime")),
    };
    value.iter().for_each(|value| value.mark());
    keep(reading, question, read)
}

/// What pays, as the behavioral health guide says it; the numbers of grant and program stay beside the plan.
pub(super) fn funding<'w>(reading: &mut Reading<'w>, told: Node<'w>) -> bool {
    let Some(value) = told.get("valueCodeableConcept") else { return false };
    let known = reading.plan.person.status.as_ref().map_or(0, |status| status.funding.len());
    let at = format!("/person/status/funding/{known}");
    reading.note(&at, told);
    let read = Answer {
        code: reading.read(format!("{at}/code"), value.code_in(&synonym::FUNDING)),
        text: reading.read(format!("{at}/text"), value.in_words()),
        missing: None,
        as_of: reading.read(format!("{at}/as_of"), told.get("effectiveDateTime")),
    };
    if read.code.is_none() && read.text.is_none() {
        return false;
    }
    value.mark();
    keep(reading, "funding", read)
}

fn missing(told: Node<'_>) -> Option<Missing> {
    let reason = told.get("dataAbsentReason")?;
    reason.mark();
    if reason.part(extension::ASSUMED).is_some() {
        return None;
    }
    Some(match reason.code_in(&[code::DATA_ABSENT])?.text()? {
        "not-asked" => Missing::NotCollected,
        "asked-declined" => Missing::Declined,
        _ => Missing::Unknown,
    })
}

fn path_of(question: &str) -> Option<&'static str> {
    Some(match question {
        "smi-sed" => "/person/status/smi_sed",
        "living-situation" => "/person/status/living_situation",
        "employment" => "/person/status/employment",
        "not-in-labor-force" => "/person/status/not_in_labor_force",
        "school-attendance" => "/person/status/school_attendance",
        "county" => "/person/status/county",
        "funding" => "/person/status/funding",
        "race" => "/person/demographics/race",
        "ethnicity" => "/person/demographics/ethnicity",
        "sex" => "/person/demographics/sex",
        "gender" => "/person/demographics/gender",
        "tribal-affiliation" => "/person/demographics/tribal_affiliation",
        "religion" => "/person/demographics/religion",
        _ => return None,
    })
}

/// The list that answers to a question stand in, where there may be several.
fn list<'r>(reading: &'r mut Reading<'_>, question: &str) -> Option<&'r mut Vec<Answer>> {
    let person = &mut reading.plan.person;
    if question == "funding" {
        return Some(&mut person.status.get_or_insert_with(PersonStatus::default).funding);
    }
    let pick: fn(&mut Demographics) -> &mut Vec<Answer> = match question {
        "race" => |all| &mut all.race,
        "ethnicity" => |all| &mut all.ethnicity,
        "sex" => |all| &mut all.sex,
        "gender" => |all| &mut all.gender,
        "tribal-affiliation" => |all| &mut all.tribal_affiliation,
        "religion" => |all| &mut all.religion,
        _ => return None,
    };
    Some(pick(person.demographics.get_or_insert_with(Demographics::default)))
}

/// Keeps an answer; a second one to a question that has one is not read.
fn keep(reading: &mut Reading<'_>, question: &str, answer: Answer) -> bool {
    if let Some(list) = list(reading, question) {
        list.push(answer);
        return true;
    }
    let status = reading.plan.person.status.get_or_insert_with(PersonStatus::default);
    let slot = match question {
        "smi-sed" => &mut status.smi_sed,
        "living-situation" => &mut status.living_situation,
        "employment" => &mut status.employment,
        "not-in-labor-force" => &mut status.not_in_labor_force,
        "school-attendance" => &mut status.school_attendance,
        _ => &mut status.county,
    };
    let is_first = slot.is_none();
    slot.get_or_insert(answer);
    is_first
}
