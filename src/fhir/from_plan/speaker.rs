//! Who spoke and how the words came here (fhir.md, 4.1): the reference, the label, and the words-capture extension.
//!
//! Turning speakers into Provenance agents is in `provenance`.

use super::Saying;
use crate::{
    fhir::{
        datatype::{Beside, Extension, Link, Value},
        lexical,
        system::extension,
    },
    plan::{
        Strength,
        goal::{ExpressedBy, Statement},
        strength::ToldBy,
    },
};

/// Who the record says spoke.
pub(super) fn reference(saying: &Saying<'_>, speaker: Option<&ExpressedBy>) -> Option<Link> {
    match speaker? {
        ExpressedBy::Person | ExpressedBy::PersonWithSupport => Some(saying.patient),
        ExpressedBy::Guardian => saying.people.guardian,
        ExpressedBy::Family => saying.people.family,
        ExpressedBy::Staff => saying.people.one_of_staff,
        ExpressedBy::CourtOrAgency => saying.people.court_or_agency,
        ExpressedBy::Unknown | ExpressedBy::Other(_) => None,
    }
}

/// Who spoke, as recorded, or as a method that only the person can use says by itself.
pub(super) fn speaker_of(statement: &Statement) -> Option<&ExpressedBy> {
    let by_method = statement.capture_method.as_ref().filter(|method| method.is_person_given());
    statement.expressed_by.as_ref().or(by_method.map(|_| &ExpressedBy::Person))
}

/// Who told a strength.
pub(super) fn teller(saying: &Saying<'_>, strength: &Strength) -> Option<Link> {
    match strength.told_by.as_ref()? {
        ToldBy::Person => Some(saying.patient),
        ToldBy::Family => saying.people.family,
        ToldBy::Peer => saying.people.peer,
        ToldBy::Staff => saying.people.one_of_staff,
        ToldBy::Other(_) => None,
    }
}

/// The speaker that a strength's teller stands for, where it has one.
pub(super) fn speaker_of_strength(strength: &Strength) -> Option<&'static ExpressedBy> {
    Some(match strength.told_by.as_ref()? {
        ToldBy::Person => &ExpressedBy::Person,
        ToldBy::Family => &ExpressedBy::Family,
        ToldBy::Staff => &ExpressedBy::Staff,
        ToldBy::Peer | ToldBy::Other(_) => return None,
    })
}

/// How a goal's words were taken down, and the record that they are the person's.
pub(super) fn capture_of_goal<'a>(saying: &Saying<'a>, statement: &'a Statement) -> Option<Extension<'a>> {
    let mut parts = Vec::new();
    let method = lexical::known(statement.capture_method.as_ref());
    push_code(&mut parts, "expressedBy", lexical::known(statement.expressed_by.as_ref()));
    // One a translation, since they are told apart by their order alone.
    if statement.translation.iter().any(|translation| translation.by.is_some()) {
        let by = statement.translation.iter().map(|translation| translation.by.as_deref().and_then(lexical::code));
        parts.extend(by.map(|by| Extension::of("translatedBy", by.map_or(Value::NoCode, Value::Code))));
    }
    if let Some(lossy) = saying.plan.source.lossy {
        parts.push(Extension::of("lossy", Value::Boolean(lossy)));
    }
    if let Some(raw) = lexical::said(statement.raw.as_ref()) {
        parts.push(Extension::of("raw", Value::Text(raw)));
    }
    if let Some(attestation) = &statement.attestation {
        push_code(&mut parts, "attestationStatement", lexical::known(attestation.statement.as_ref()));
        push_code(&mut parts, "attestedBy", lexical::known(attestation.by.as_ref()));
        push_code(&mut parts, "attestationMethod", lexical::known(attestation.method.as_ref()));
        let date = lexical::date(attestation.date.as_ref());
        parts.extend(date.map(|date| Extension::of("attestedOn", Value::Date(date))));
        let witness = lexical::given(attestation.witness.as_ref());
        parts.extend(witness.map(|witness| Extension::of("witness", Value::Text(witness))));
    }
    with_method(method, parts)
}

/// Who told a strength, and the sentence starter that it answers.
pub(super) fn capture_of_strength(strength: &Strength) -> Option<Extension<'_>> {
    let mut parts = Vec::new();
    push_code(&mut parts, "expressedBy", lexical::known(strength.told_by.as_ref()));
    let prompt = lexical::said(strength.prompt.as_ref());
    parts.extend(prompt.map(|prompt| Extension::of("prompt", Value::Text(prompt))));
    with_method(None, parts)
}

/// The extension always has a method; where the record names none, it says that this is not known.
fn with_method<'a>(method: Option<&'a str>, mut parts: Vec<Extension<'a>>) -> Option<Extension<'a>> {
    if method.is_none() && parts.is_empty() {
        return None;
    }
    parts.insert(0, Extension::of("method", method.map_or(Value::AssumedCode("unknown"), Value::Code)));
    Extension::group(extension::WORDS_CAPTURE, parts)
}

fn push_code<'a>(parts: &mut Vec<Extension<'a>>, url: &'static str, code: Option<&'a str>) {
    parts.extend(code.map(|code| Extension::of(url, Value::Code(code))));
}

/// The language of the words, and translations beside them.
pub(super) fn language_of_goal<'a>(saying: &Saying<'a>, statement: &'a Statement) -> Beside<'a> {
    let primary = saying.plan.person.primary_language.as_deref();
    let known = statement.lang.as_deref().and_then(lexical::language);
    let is_told = known.is_some() || lexical::said(statement.text.as_ref()).is_some();
    let language =
        known.map_or_else(|| Value::AssumedCode(primary.and_then(lexical::language).unwrap_or("und")), Value::Code);
    let mut extension: Vec<Extension<'a>> =
        is_told.then(|| Extension::of(extension::LANGUAGE, language)).into_iter().collect();
    for translation in &statement.translation {
        let content = lexical::said(translation.text.as_ref()).map_or(Value::NoText, Value::Text);
        let language = translation.lang.as_deref().and_then(lexical::language);
        let language = language.map_or(Value::AssumedCode("und"), Value::Code);
        let parts = vec![Extension::of("lang", language), Extension::of("content", content)];
        extension.push(Extension::of(extension::TRANSLATION, Value::Parts(parts)));
    }
    Beside { extension }
}
