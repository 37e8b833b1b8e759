//! PROC-002: the person uses another language than English, and no language access is recorded.

use crate::{
    plan::{
        Goal, Person, Planning,
        goal::{AttestationStatement, CaptureMethod},
        people::CommunicationMode,
        planning::ParticipantRole,
    },
    rules::{Domain, Found, Rule, Stage, reading::Reading},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "PROC-002",
    name: "language-access-not-recorded",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::A,
    code: "business-rule",
    elements: &[("", "Patient.communication")],
    overridable: false,
    basis: &["S15"],
    page: include_str!("language_access_not_recorded.md"),
    check: Some(check),
};

/// Languages by the first part of their tag, as a message names them.
const NAMES: [(&str, &str); 36] = [
    ("am", "Amharic"),
    ("ar", "Arabic"),
    ("ase", "sign language"),
    ("bn", "Bengali"),
    ("de", "German"),
    ("es", "Spanish"),
    ("fa", "Farsi"),
    ("fil", "Filipino"),
    ("fr", "French"),
    ("gu", "Gujarati"),
    ("hi", "Hindi"),
    ("hmn", "Hmong"),
    ("ht", "Haitian Creole"),
    ("hy", "Armenian"),
    ("it", "Italian"),
    ("ja", "Japanese"),
    ("km", "Khmer"),
    ("ko", "Korean"),
    ("lo", "Lao"),
    ("my", "Burmese"),
    ("ne", "Nepali"),
    ("nv", "Navajo"),
    ("pa", "Punjabi"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("ru", "Russian"),
    ("sgn", "sign language"),
    ("so", "Somali"),
    ("spa", "Spanish"),
    ("sw", "Swahili"),
    ("tl", "Tagalog"),
    ("uk", "Ukrainian"),
    ("ur", "Urdu"),
    ("vi", "Vietnamese"),
    ("yi", "Yiddish"),
    ("zh", "Chinese"),
];

/// Tags that name English, or no language.
const NONE_NEEDED: [&str; 6] = ["en", "eng", "mul", "und", "zxx", "mis"];

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    let Some(language) = language_needed(&reading.plan.person) else { return };
    let planning = reading.plan.planning.as_ref();
    let recorded = planning.is_some_and(is_recorded) || reading.goals.iter().any(|goal| was_interpreted(goal.goal));
    if !recorded {
        let message = format!("The person uses {language}. Please record how language access was provided.");
        found.at("/planning/interpreter".to_owned(), message, String::new());
    }
}

/// By how the person communicates, else by their language; nothing when no access is needed or none can be told.
fn language_needed(person: &Person) -> Option<&'static str> {
    if person.communication_modes.contains(&CommunicationMode::Signed) {
        return Some("sign language");
    }
    let tag = person.primary_language.as_deref()?.trim().split(['-', '_']).next()?;
    let names_a_language = matches!(tag.len(), 2 | 3) && tag.bytes().all(|b| b.is_ascii_alphabetic());
    if !names_a_language || NONE_NEEDED.iter().any(|none| none.eq_ignore_ascii_case(tag)) {
        return None;
    }
    let name = NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(tag));
    Some(name.map_or("a language other than English", |(_, name)| name))
}

/// An interpreter, or the language in which the team met.
fn is_recorded(planning: &Planning) -> bool {
    let said = planning.interpreter.as_ref().is_some_and(|interpreter| {
        let language = interpreter.language.as_ref().is_some_and(|language| !language.trim().is_empty());
        interpreter.used == Some(true) || language || interpreter.kind.is_some()
    });
    said || planning.participants.iter().any(|one| one.role == Some(ParticipantRole::Interpreter))
}

fn was_interpreted(goal: &Goal) -> bool {
    let statement = &goal.statement;
    let attested = statement.attestation.as_ref().and_then(|attestation| attestation.statement.as_ref());
    let how = statement.capture_method.as_ref();
    matches!(how, Some(CaptureMethod::Interpreted | CaptureMethod::SignedAndVoiced))
        || matches!(
            attested,
            Some(AttestationStatement::ToldInMyLanguageThroughInterpreter | AttestationStatement::SignedAndVoiced)
        )
}
