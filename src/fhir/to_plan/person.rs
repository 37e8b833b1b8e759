//! Whose plan it is, from Patient; without one, from the reference alone.

use super::{
    reading::Reading,
    world::{Node, type_and_id},
};
use crate::{
    fhir::system::{OWN_BASE, code, extension, sid},
    plan::people::{Answer, Demographics, Identifier, Name},
};

const SEX_AT_BIRTH: &str = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex";

/// Reads the person.
pub(super) fn read(reading: &mut Reading<'_>) {
    let Some(subject) = reading.care_plan.get("subject") else { return };
    let Some(patient) = reading.follow(subject).filter(|target| target.entry().kind == "Patient") else {
        let by = subject.get("reference").or_else(|| subject.get("identifier")?.get("value"));
        let written: Option<String> = reading.read("/person/local_id", by);
        // The id, never a version or a place in a file: those are alike for many people.
        let id = |written: String| type_and_id(&written).rsplit('/').next().unwrap_or_default().to_owned();
        reading.plan.person.local_id = written.map(id).filter(|id| !id.is_empty() && !id.starts_with('#'));
        subject.mark();
        return;
    };
    reading.patient = Some(patient.of);
    identifiers(reading, patient);
    names(reading, patient);
    let word = patient.get("_gender").and_then(|beside| beside.part(extension::AS_RECORDED));
    let gender = word.or(patient.get("gender").filter(|gender| gender.text() != Some("unknown")));
    reading.plan.person.sex = reading.read("/person/sex", gender);
    reading.plan.person.birth_date = reading.read("/person/birth_date", patient.get("birthDate"));
    reading.plan.person.pronouns = patient
        .extensions(extension::PRONOUNS)
        .first()
        .and_then(|pronouns| pronouns.part("value")?.in_words())
        .and_then(|node| reading.read("/person/pronouns", Some(node)));
    language(reading, patient);
    for (at, mode) in patient.extensions(extension::COMMUNICATION_MODE).into_iter().enumerate() {
        let mode = reading.read(format!("/person/communication_modes/{at}"), mode.any_value());
        reading.plan.person.communication_modes.extend(mode);
    }
    if !reading.wrote(patient) {
        demographics(reading, patient);
    }
}

fn identifiers<'w>(reading: &mut Reading<'w>, patient: Node<'w>) {
    let mut others: Vec<Node<'w>> = Vec::new();
    for identifier in patient.items("identifier") {
        let value = identifier.get("value");
        match identifier.str("system") {
            Some(sid::STATE_PERSON) => reading.plan.person.state_id = reading.read("/person/state_id", value),
            Some(sid::PERSON) => {}
            Some(system) if system.starts_with(OWN_BASE) && system.ends_with("/person") => {
                reading.plan.person.local_id = reading.read("/person/local_id", value);
            }
            _ if value.is_some() || reading.wrote(patient) => others.push(identifier),
            _ => {}
        }
    }
    if reading.plan.person.local_id.is_none() && !reading.wrote(patient) {
        let is_record_number = |one: &Node<'w>| {
            one.get("type").is_some_and(|kind| kind.items("coding").iter().any(|coding| coding.says("code", "MR")))
        };
        let best = others.iter().position(is_record_number);
        let best = best.or_else(|| others.iter().position(|one| one.says("use", "official")));
        let best = best.or((!others.is_empty()).then_some(0)).map(|at| others.remove(at));
        if let Some(best) = best {
            best.mark();
        }
        let id = best.and_then(|best| best.get("value")).or(patient.get("id"));
        reading.plan.person.local_id = reading.read("/person/local_id", id);
    }
    for identifier in others {
        let at = format!("/person/identifiers/{}", reading.plan.person.identifiers.len());
        reading.note(&at, identifier);
        identifier.mark();
        let kind = identifier.get("type");
        let kind = kind.and_then(|kind| kind.get("text").or_else(|| kind.items("coding").first()?.get("code")));
        reading.plan.person.identifiers.push(Identifier {
            system: identifier.str("system").or_else(|| named(identifier)).map(str::to_owned),
            value: identifier.str("value").map(str::to_owned),
            r#type: kind.and_then(Node::text).map(str::to_owned),
        });
    }
}

/// The name of a system that is no URI.
fn named(identifier: Node<'_>) -> Option<&str> {
    identifier.get("_system")?.part(extension::AS_RECORDED)?.text()
}

/// The usual name is what the person likes to be called, unless it is the only one a stranger gives.
fn names<'w>(reading: &mut Reading<'w>, patient: Node<'w>) {
    let names = patient.items("name");
    let is_usual = |name: &&Node<'w>| name.says("use", "usual") || name.says("use", "nickname");
    let usual = names.iter().find(is_usual).copied();
    let legal = names.iter().find(|name| !is_usual(name) && !name.says("use", "old")).copied();
    let (legal, usual) = if legal.is_none() && !reading.wrote(patient) { (usual, None) } else { (legal, usual) };
    if let Some(name) = legal {
        let given = name.items("given").into_iter().filter_map(Node::text).map(str::to_owned).collect();
        let family = name.str("family").map(str::to_owned);
        let text = name.str("text").map(str::to_owned);
        let read = Name { family, given, text };
        reading.note("/person/name", name);
        name.mark();
        reading.plan.person.name = Some(read).filter(|name| *name != Name::default());
    }
    if let Some(name) = usual {
        let called = name.get("text").or_else(|| name.items("given").first().copied());
        reading.plan.person.preferred_name = reading.read("/person/preferred_name", called);
        name.mark();
    }
}

fn language<'w>(reading: &mut Reading<'w>, patient: Node<'w>) {
    let spoken = patient.items("communication");
    let preferred = spoken.iter().find(|one| one.get("preferred").is_some_and(|yes| yes.value == true));
    let Some(one) = preferred.or(spoken.first().filter(|_| spoken.len() == 1)).copied() else { return };
    let tag = one.get("language").and_then(|language| {
        let coded = language.code_in(&[code::LANGUAGE]).or_else(|| language.items("coding").first()?.get("code"));
        coded.or(language.get("text").filter(|_| reading.wrote(patient)))
    });
    reading.plan.person.primary_language = reading.read("/person/primary_language", tag);
    if reading.plan.person.primary_language.is_some() {
        one.mark();
    }
}

/// Race, ethnicity, tribe, gender, religion and sex at birth, as US Core and HL7 say them.
fn demographics<'w>(reading: &mut Reading<'w>, patient: Node<'w>) {
    let mut read = Demographics::default();
    for (url, answers) in [(extension::RACE, &mut read.race), (extension::ETHNICITY, &mut read.ethnicity)] {
        for one in patient.extensions(url) {
            let codings = ["ombCategory", "detailed"].iter().flat_map(|part| one.extensions(part));
            for coding in codings.filter_map(Node::any_value) {
                let (code, text) = (coding.str("code").map(str::to_owned), coding.str("display").map(str::to_owned));
                answers.push(Answer { code, text, ..Answer::default() });
            }
            if answers.is_empty()
                && let Some(text) = one.part("text").and_then(Node::text)
            {
                answers.push(Answer { text: Some(text.to_owned()), ..Answer::default() });
            }
            one.mark();
        }
    }
    for one in patient.extensions(extension::TRIBE) {
        read.tribal_affiliation.extend(one.part("tribalAffiliation").and_then(in_code_and_words));
        one.extensions("tribalAffiliation").iter().for_each(|one| one.mark());
        one.get("url").iter().for_each(|url| url.mark());
    }
    let gender = patient.extensions(extension::GENDER_IDENTITY).into_iter();
    let gender = gender.filter_map(|one| Some((one, one.any_value()?)));
    let newer = patient.extensions(extension::INDIVIDUAL_GENDER).into_iter();
    let gender = gender.chain(newer.filter_map(|one| Some((one, one.part("value")?))));
    for (one, said) in gender {
        read.gender.extend(in_code_and_words(said));
        one.mark();
    }
    for one in patient.extensions(extension::RELIGION) {
        read.religion.extend(one.any_value().and_then(in_code_and_words));
        one.mark();
    }
    for one in patient.extensions(SEX_AT_BIRTH) {
        let code = one.any_value().and_then(Node::text).map(str::to_owned);
        one.mark();
        read.sex.push(Answer { code, ..Answer::default() });
    }
    if read != Demographics::default() {
        reading.plan.person.demographics = Some(read);
    }
}

/// What a concept says, by its first code and in words.
fn in_code_and_words(concept: Node<'_>) -> Option<Answer> {
    let code = concept.items("coding").first().and_then(|coding| coding.str("code")).map(str::to_owned);
    let text = concept.in_words().and_then(Node::text).map(str::to_owned);
    (code.is_some() || text.is_some()).then_some(Answer { code, text, ..Answer::default() })
}
