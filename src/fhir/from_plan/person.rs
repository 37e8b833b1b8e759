//! The person as Patient, and the agency as Organization.
//!
//! What a plan does not say about the person is said to be unknown where US Core asks for it; nothing is guessed.

use super::{Saying, Written, crosswalk};
use crate::{
    fhir::{
        claim,
        datatype::{Coding, Concept, Extension, Identifier, IdentifierValue, Meta, Reference, Value},
        lexical,
        resource::{self, Communication, Head, HumanName, OrganizationBody, PatientBody},
        system::{code, extension, profile, sid},
    },
    plan::{Plan, people},
};

/// What makes a person one within the agency: the local id, else the state's, else the plan itself.
pub(super) fn key<'a>(plan: &'a Plan, plan_key: &[&'a str]) -> Vec<&'a str> {
    match (lexical::given(plan.person.local_id.as_ref()), lexical::given(plan.person.state_id.as_ref())) {
        (Some(local), _) => vec![local],
        (None, Some(state)) => vec!["", "state", state],
        (None, None) => ["", "plan"].into_iter().chain(plan_key.iter().copied()).collect(),
    }
}

/// Whether the Patient is a Patient-eltss: an identifier, family and given name, and a gender that the source stated.
pub(super) fn is_eltss(plan: &Plan) -> bool {
    let person = &plan.person;
    let has_name = person.name.as_ref().is_some_and(|name| {
        lexical::given(name.family.as_ref()).is_some() && name.given.iter().any(|given| lexical::text(given).is_some())
    });
    let is_known_by_id = lexical::given(person.local_id.as_ref()).is_some()
        || lexical::given(person.state_id.as_ref()).is_some()
        || person.identifiers.iter().any(|identifier| identifier_of(identifier).is_some());
    has_name && is_known_by_id && stated_gender(person).is_some()
}

/// Writes the agency and the person.
pub(super) fn write(saying: &Saying<'_>, written: &mut Written) {
    if let Some(link) = saying.organization {
        let head = Head {
            resource_type: link.kind,
            id: link.id,
            meta: Meta { profile: vec![profile::CORE_ORGANIZATION], security: Vec::new() },
            text: None,
            extension: Vec::new(),
            identifier: vec![
                Identifier::ours(sid::AGENCY, link.id),
                Identifier::theirs(sid::AGENCY_CODE, saying.agency),
            ],
        };
        written.name(resource::write(&head, &OrganizationBody { active: true, name: saying.agency }));
    }
    let person = &saying.plan.person;
    let profiles = claim::core_and_eltss(profile::CORE_PATIENT, profile::ELTSS_PATIENT, saying.eltss);
    let mut head = saying.head(saying.patient, sid::PERSON, profiles);
    head.identifier.extend(identifiers(saying));
    head.extension = extensions(saying);
    let body = PatientBody {
        active: None,
        name: names(person, saying.eltss),
        gender: Some(stated_gender(person).unwrap_or("unknown")),
        birth_date: lexical::date(person.birth_date.as_ref()),
        communication: communication(person),
        managing_organization: saying.organization.map(Reference::from),
    };
    written.name(resource::write(&head, &body));
}

fn stated_gender(person: &people::Person) -> Option<&'static str> {
    person.sex.as_deref().and_then(crosswalk::gender)
}

fn identifiers<'a>(saying: &Saying<'a>) -> impl Iterator<Item = Identifier<'a>> {
    let person = &saying.plan.person;
    let system = saying.ground.person_system.as_str();
    let local = lexical::given(person.local_id.as_ref()).map(|id| Identifier::theirs(system, id));
    let state = lexical::given(person.state_id.as_ref()).map(|id| Identifier::theirs(sid::STATE_PERSON, id));
    local.into_iter().chain(state).chain(person.identifiers.iter().filter_map(identifier_of))
}

fn identifier_of(identifier: &people::Identifier) -> Option<Identifier<'_>> {
    let system = lexical::uri(identifier.system.as_deref()?)?;
    let value = lexical::given(identifier.value.as_ref())?;
    if system == "urn:ietf:rfc:3986" && lexical::uri(value).is_none() {
        return None;
    }
    let kind = lexical::given(identifier.r#type.as_ref()).map(Concept::said);
    Some(Identifier { kind, system: Some(system), value: IdentifierValue::Theirs(value), assigner: None })
}

fn names(person: &people::Person, is_whole: bool) -> Vec<HumanName<'_>> {
    let family = person.name.as_ref().and_then(|name| lexical::given(name.family.as_ref()));
    let mut names = Vec::new();
    if let Some(name) = &person.name {
        let given = name.given.iter().filter_map(|given| lexical::text(given)).collect();
        names.push(HumanName { family, given, ..HumanName::called(lexical::given(name.text.as_ref())) });
    }
    if let Some(preferred) = lexical::given(person.preferred_name.as_ref()) {
        // Patient-eltss wants family and given of every name, so the family name stands beside the preferred one.
        let family = family.filter(|_| is_whole);
        let called = HumanName::called(Some(preferred));
        names.push(HumanName { usage: Some("usual"), family, given: vec![preferred], ..called });
    }
    if names.is_empty() {
        names.push(HumanName::called(None));
    }
    for name in &mut names {
        if name.family.is_none() && name.given.is_empty() {
            name.extension.push(Extension::absent("unknown"));
        }
    }
    names
}

fn communication(person: &people::Person) -> Vec<Communication<'_>> {
    let language = person.primary_language.as_deref().and_then(lexical::language);
    language
        .map(|tag| Communication { language: Concept::of(code::LANGUAGE, tag), preferred: true })
        .into_iter()
        .collect()
}

fn extensions<'a>(saying: &Saying<'a>) -> Vec<Extension<'a>> {
    let person = &saying.plan.person;
    let interpreter = saying.plan.planning.as_ref().and_then(|planning| planning.interpreter.as_ref());
    let mut extensions = Vec::new();
    if let Some(used) = interpreter.and_then(|interpreter| interpreter.used) {
        extensions.push(Extension::of(extension::INTERPRETER_REQUIRED, Value::Boolean(used)));
    }
    if let Some(pronouns) = lexical::given(person.pronouns.as_ref()) {
        let value = Extension::of("value", Value::Concept(Concept::said(pronouns)));
        extensions.push(Extension::of(extension::PRONOUNS, Value::Parts(vec![value])));
    }
    let modes = person.communication_modes.iter().filter_map(|mode| lexical::known(Some(mode)));
    extensions.extend(modes.map(|mode| Extension::of(extension::COMMUNICATION_MODE, Value::Code(mode))));
    extensions
}

/// A coding of a language, where the tag has its form.
pub(super) fn language_coding(tag: &str) -> Option<Coding<'_>> {
    lexical::language(tag).map(|tag| Coding::of(code::LANGUAGE, tag))
}
