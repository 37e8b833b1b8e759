//! GOAL-019: a goal's text is cut off, garbled, or holds leftover markup.

use crate::{
    rules::{Domain, Found, Rule, Severity, Stage, reading::Reading, wording::tables::tables},
    words::Words,
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "GOAL-019",
    name: "goal-text-damaged",
    stage: Stage::Stable { since: "0.1.0" },
    floor: Some(Severity::Information),
    domain: Domain::E,
    code: "value",
    elements: &[("", "Goal.description.text")],
    overridable: false,
    basis: &["A:92"],
    page: include_str!("damaged.md"),
    check: Some(check),
};

const MESSAGE: &str = "The goal seems to be cut off or damaged on its way from the record system. Please check the source field \
    length and export settings.";

/// Lengths at which record systems cut a text.
const FIELD_LENGTHS: [usize; 5] = [255, 256, 500, 1000, 4000];

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    let lossy = reading.plan.source.lossy == Some(true);
    for goal in reading.goals.iter().filter(|goal| goal.judged.is_some()) {
        let words = goal.goal.statement.text.as_ref().map_or("", Words::reveal);
        if let Some(damage) = damage(words, lossy) {
            found.at(goal.pointer("statement/text"), MESSAGE, format!("damage={damage}"));
        }
    }
}

fn damage(text: &str, lossy: bool) -> Option<&'static str> {
    if text.len() >= FIELD_LENGTHS[0] && FIELD_LENGTHS.contains(&text.chars().count()) {
        return Some("field-length");
    }
    let tables = tables();
    if !text.is_ascii() && tables.common.garbled.regex().is_match(text) {
        return Some("garbled");
    }
    if text.contains(['<', '&']) && tables.common.markup.regex().is_match(text) {
        return Some("markup");
    }
    (lossy && stops_short(text)).then_some("cut-off")
}

/// Whether a text ends its sentences, but not its last one.
fn stops_short(text: &str) -> bool {
    let ends = |word: &str| word.ends_with(['.', '!', '?']);
    let mut words = text.split_whitespace().rev();
    let last = words.next().unwrap_or_default();
    last.ends_with(char::is_alphanumeric) && words.any(|word| ends(word) && word.len() > 2)
}
