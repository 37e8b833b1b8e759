//! GOAL-018: a goal is told in another language than the person's, and their own words are not beside it.

use crate::{
    plan::goal::{CaptureMethod, Statement},
    rules::{Domain, Found, Rule, Stage, reading::Reading, wording},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "GOAL-018",
    name: "goal-without-original-language",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::A,
    code: "business-rule",
    elements: &[("", "Goal.description.text")],
    overridable: true,
    basis: &["S5"],
    page: include_str!("without_original.md"),
    check: Some(check),
};

/// Languages that are signed and have no usual written form: what was voiced from them is the text there is.
const SIGNED: [&str; 8] = ["sgn", "ase", "fcs", "psl", "mfs", "lsp", "csn", "bfi"];

/// What the message calls a language. Any other is not named: a mistaken mapping may put anything into the field.
const NAMES: [(&str, &str); 17] = [
    ("en", "English"),
    ("es", "Spanish"),
    ("pt", "Portuguese"),
    ("fr", "French"),
    ("ht", "Haitian Creole"),
    ("vi", "Vietnamese"),
    ("tl", "Tagalog"),
    ("ru", "Russian"),
    ("zh", "Chinese"),
    ("ko", "Korean"),
    ("ja", "Japanese"),
    ("ar", "Arabic"),
    ("de", "German"),
    ("it", "Italian"),
    ("pl", "Polish"),
    ("so", "Somali"),
    ("nv", "Navajo"),
];

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    let person = reading.plan.person.primary_language.as_deref().and_then(wording::base);
    let Some(person) = person.filter(|language| !SIGNED.contains(&language.as_str())) else { return };
    let planning = reading.plan.planning.as_ref();
    let interpreted =
        planning.and_then(|planning| planning.interpreter.as_ref()).is_some_and(|one| one.used == Some(true));
    for goal in reading.goals.iter().filter(|goal| !goal.is_stopped()) {
        if lacks_original(&goal.goal.statement, &person, interpreted) {
            let name = NAMES.iter().find(|(code, _)| *code == person).map_or("another one", |(_, name)| name);
            let message = format!(
                "The person's language is {name}. If you have their words in that language, please keep them next to the \
                 translation."
            );
            found.at(goal.pointer("statement/text"), message, String::new());
        }
    }
}

/// Whether the text is declared to be in another language, no part of the statement is in the person's, and the person did not
/// choose to say it so themselves.
fn lacks_original(statement: &Statement, person: &str, interpreted: bool) -> bool {
    let is_theirs = |tag: &Option<String>| tag.as_deref().and_then(wording::base).is_some_and(|base| base == person);
    let declared = statement.lang.as_deref().and_then(wording::base).is_some();
    let has_theirs = is_theirs(&statement.lang) || statement.translation.iter().any(|other| is_theirs(&other.lang));
    declared && !has_theirs && (interpreted || !is_verbatim(statement.capture_method.as_ref()))
}

fn is_verbatim(method: Option<&CaptureMethod>) -> bool {
    matches!(
        method,
        Some(CaptureMethod::WrittenByPerson | CaptureMethod::TypedByPerson | CaptureMethod::SpokenVerbatim)
    )
}
