//! The person as Patient, and the agency as Organization.
//!
//! What a plan does not say about the person is said to be unknown where US Core asks for it; nothing is guessed.

use super::{Saying, Written, crosswalk};
use crate::{
    fhir::{
        claim,
        datatype::{Beside, Coding, Concept, Extension, Identifier, IdentifierValue, Meta, Reference, Value},
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
        || person
            .identifiers
            .iter()
            .any(|one| system_of(one).is_some() && lexical::given(one.value.as_ref()).is_some());
    has_name && is_known_by_id && stated_gender(person).is_some()
}

/// Writes the agency and the person.
pub(super) fn write(saying: &Saying<'_>, written: &mut Written) {
    if let Some(link) = saying.organization {
        let head = Head {
            resource_type: link.kind,
            id: link.id,
            meta: Meta { profile: vec![profile::CORE_ORGANIZATION], ..Meta::default() },
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
        beside_gender: gender_as_recorded(person),
        birth_date: lexical::date(person.birth_date.as_ref()),
        communication: communication(person),
        managing_organization: saying.organization.map(Reference::from),
    };
    written.name(resource::write(&head, &body));
}

fn stated_gender(person: &people::Person) -> Option<&'static str> {
    person.sex.as_deref().and_then(crosswalk::gender)
}

/// The source's own word for sex, where FHIR's four do not say as much.
fn gender_as_recorded(person: &people::Person) -> Beside<'_> {
    let word = lexical::given(person.sex.as_ref());
    let says_more = word.filter(|word| *word == "unknown" || stated_gender(person) != Some(word));
    says_more.map_or_else(Beside::default, Beside::as_recorded)
}

fn identifiers<'a>(saying: &Saying<'a>) -> impl Iterator<Item = Identifier<'a>> {
    let person = &saying.plan.person;
    let system = saying.ground.person_system.as_str();
    let local = lexical::given(person.local_id.as_ref()).map(|id| Identifier::theirs(system, id));
    let state = lexical::given(person.state_id.as_ref()).map(|id| Identifier::theirs(sid::STATE_PERSON, id));
    local.into_iter().chain(state).chain(person.identifiers.iter().filter_map(identifier_of))
}

fn identifier_of(identifier: &people::Identifier) -> Option<Identifier<'_>> {
    let value = lexical::given(identifier.value.as_ref());
    let system = system_of(identifier);
    let named = lexical::given(identifier.system.as_ref());
    let kind = lexical::given(identifier.r#type.as_ref()).map(Concept::said);
    if value.is_none() && named.is_none() && kind.is_none() {
        return None;
    }
    let beside_system = match (system, named) {
        (Some(_), _) => Beside::default(),
        (None, Some(named)) => Beside::as_recorded(named),
        (None, None) => Beside::absent("unknown"),
    };
    Some(Identifier {
        kind,
        system,
        beside_system,
        value: value.map(IdentifierValue::Theirs),
        beside_value: if value.is_some() { Beside::default() } else { Beside::absent("unknown") },
        assigner: None,
    })
}

/// The URI of the system that gave an id, where it is one and fits the id.
fn system_of(identifier: &people::Identifier) -> Option<&str> {
    let system = identifier.system.as_deref().and_then(lexical::uri)?;
    let is_uri = identifier.value.as_deref().is_some_and(|value| lexical::uri(value).is_some());
    (system != "urn:ietf:rfc:3986" || is_uri).then_some(system)
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
    let Some(named) = lexical::given(person.primary_language.as_ref()) else { return Vec::new() };
    let tag = lexical::language(named).map(|tag| Concept::of(code::LANGUAGE, tag));
    vec![Communication { language: tag.unwrap_or_else(|| Concept::said(named)), preferred: true }]
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
    if let Some(demographics) = &person.demographics {
        extensions.extend(categories(extension::RACE, &demographics.race));
        extensions.extend(categories(extension::ETHNICITY, &demographics.ethnicity));
        let gender = demographics
            .gender
            .iter()
            .find_map(|answer| lexical::given(answer.text.as_ref()).or_else(|| lexical::given(answer.code.as_ref())));
        let gender = gender.map(|word| Value::Concept(Concept::said(word)));
        extensions.extend(gender.map(|word| Extension::of(extension::GENDER_IDENTITY, word)));
        for tribe in demographics.tribal_affiliation.iter().filter_map(in_words) {
            let tribe = Extension::of("tribalAffiliation", Value::Concept(tribe));
            extensions.push(Extension::of(extension::TRIBE, Value::Parts(vec![tribe])));
        }
        let religion = demographics.religion.iter().filter_map(in_words);
        extensions.extend(religion.map(|word| Extension::of(extension::RELIGION, Value::Concept(word))));
    }
    extensions
}

/// An answer in the source's words. Its code is the agency's own, which its Observation tells.
fn in_words(answer: &people::Answer) -> Option<Concept<'_>> {
    lexical::given(answer.text.as_ref()).or_else(|| lexical::given(answer.code.as_ref())).map(Concept::said)
}

/// Race or ethnicity as US Core asks, where the answers are codes of its own categories.
fn categories<'a>(url: &'static str, answers: &'a [people::Answer]) -> Option<Extension<'a>> {
    let is_race = url == extension::RACE;
    let known = answers.iter().filter_map(|answer| {
        let (code, label) = crosswalk::race_or_ethnicity(answer.code.as_deref()?)?;
        ((label.contains("Hispanic")) != is_race).then_some((code, label, answer))
    });
    let known: Vec<_> = known.take(if is_race { 5 } else { 1 }).collect();
    let (_, label, first) = known.first()?;
    let text = lexical::given(first.text.as_ref()).unwrap_or(label);
    let coded = known.iter().map(|(code, label, _)| {
        Extension::of("ombCategory", Value::Coding(Coding::shown(code::CDC_RACE, code, label)))
    });
    let mut parts: Vec<Extension<'a>> = coded.collect();
    parts.push(Extension::of("text", Value::Text(text)));
    Extension::group(url, parts)
}

/// A coding of a language, where the tag has its form.
pub(super) fn language_coding(tag: &str) -> Option<Coding<'_>> {
    lexical::language(tag).map(|tag| Coding::of(code::LANGUAGE, tag))
}
