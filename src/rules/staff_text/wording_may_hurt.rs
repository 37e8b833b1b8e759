//! LANG-001: a word in staff text may hurt the person, or says little.

use super::ELEMENTS;
use crate::{
    plan::StaffText,
    rules::{
        Circumstance, Domain, Found, Rule, Stage,
        reading::Reading,
        wording::lexicon::{Entry, lexicon},
    },
    words::Words,
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "LANG-001",
    name: "wording-may-hurt",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::A,
    code: "business-rule",
    elements: ELEMENTS,
    overridable: true,
    basis: &["A:32-53", "B:42", "B:199", "S26", "S27"],
    page: include_str!("wording_may_hurt.md"),
    check: Some(check),
};

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    let list = lexicon();
    let chosen = reading.plan.person.how_described.as_ref().map(Words::reveal);
    let mut said: Vec<usize> = Vec::new();
    for text in reading.plan.staff_texts() {
        for place in list.found_in(text.words.reveal(), text.may_be_the_persons) {
            let entry = &list.entries[place];
            if !said.contains(&place) && !chosen.is_some_and(|chosen| entry.is_chosen_in(chosen)) {
                said.push(place);
                say(entry, &text, found);
            }
        }
    }
}

/// Once an entry and plan, at the first place.
fn say(entry: &Entry, text: &StaffText<'_>, found: &mut Found<'_>) {
    let circumstance = if entry.is_suggestion { Circumstance::Suggestion } else { Circumstance::Usual };
    let message = format!(
        "The word \"{}\" may hurt or say little. You could write: {}. If the person chose this word, keep it and say so.",
        entry.label,
        entry.alternatives.join("; ")
    );
    found.when(circumstance, text.pointer(), message, format!("entry={}", entry.id));
}
