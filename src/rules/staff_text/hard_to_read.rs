//! LANG-010: a longer text by staff reads harder than a tenth-grade text.

use super::ELEMENTS;
use crate::rules::{
    Domain, Found, Rule, Stage,
    reading::Reading,
    wording::{About, Grade, Language, Text, tables::tables},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "LANG-010",
    name: "text-hard-to-read",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::A,
    code: "informational",
    elements: ELEMENTS,
    overridable: false,
    basis: &["S15"],
    page: include_str!("hard_to_read.md"),
    check: Some(check),
};

const MESSAGE: &str = "Shorter sentences may help the person use their plan.";
/// Counting syllables is right on the average only, so short texts are not graded.
const FEWEST_WORDS: u32 = 100;
const HIGHEST_GRADE: f64 = 10.0;

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    for text in reading.plan.staff_texts() {
        let words = text.words.reveal();
        // A word and its space take two bytes at least.
        if words.len() < 2 * FEWEST_WORDS as usize {
            continue;
        }
        let Some(read) = Grade::of(words).filter(|read| read.words >= FEWEST_WORDS && read.grade > HIGHEST_GRADE)
        else {
            continue;
        };
        if Language::of(&Text::of(words), &About::default(), tables()) == Language::English {
            found.at(text.pointer(), MESSAGE, format!("grade={:.0}; words={}", read.grade, read.words));
        }
    }
}
