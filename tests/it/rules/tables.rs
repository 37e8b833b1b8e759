//! The marker tables are the design page's, every pattern compiles, and its quick twin never misses what it would find.

use std::collections::BTreeSet;

use ownwords::rules::wording::{About, judge_text, tables::tables};
use proptest::prelude::{ProptestConfig, Strategy, prop, prop_assert_eq, proptest};
use regex::Regex;

/// Patterns that differ from the design page's, or that it does not have, each with the test that shows why: `see \w+` took
/// "See the good in people" for a placeholder (`strengths.toml`); damage is told there in prose (`hard_texts.rs`).
const OURS: [&str; 6] = [
    "garbled",
    "markup",
    "en.peer.involuntary",
    "en.strength.placeholder",
    "es.peer.involuntary",
    "es.strength.placeholder",
];

/// A part of each of the design's patterns that was mended, since it spoke of what people say of a good day.
const MENDED: [&str; 4] = ["none(?: (?:noted", "desconocid", "commitment hearing", "internamiento"];

/// Each pattern's name and table source.
fn sources() -> Vec<(String, String)> {
    let files = ["common", "en", "es", "first_person"];
    let texts = files.map(|file| std::fs::read_to_string(format!("src/rules/wording/{file}.toml")).expect(file));
    let tables = texts.map(|text| text.parse::<toml::Table>().expect("a table"));
    let mut sources = Vec::new();
    for (file, table) in files.iter().zip(&tables) {
        for (name, value) in table {
            match value {
                toml::Value::Table(inner) => sources.extend(
                    inner.iter().filter_map(|(key, v)| Some((format!("{file}.{name}.{key}"), v.as_str()?.to_owned()))),
                ),
                other => sources.extend(other.as_str().map(|source| (name.clone(), source.to_owned()))),
            }
        }
    }
    sources
}

#[test]
fn every_pattern_compiles_as_it_is_and_as_its_twin() {
    tables();
    let sources = sources();
    assert!(sources.len() >= 68);
    for (_, source) in &sources {
        Regex::new(source).unwrap_or_else(|error| panic!("{source}: {error}"));
    }
    for pattern in tables().patterns() {
        assert_eq!(pattern.matches("x"), pattern.matches_slowly("x"), "{}", pattern.source());
    }
}

#[test]
fn the_tables_are_the_design_pages() {
    let Some(page) = super::shared_examples::design("domain.md") else { return };
    let quoted = |line: &str| Some(line.split_once(" = '''")?.1.strip_suffix("'''")?.to_owned());
    let designed: BTreeSet<_> = page.lines().filter_map(quoted).collect();
    let sources = sources();
    let ours: BTreeSet<_> = sources.iter().map(|(_, source)| source.clone()).collect();
    let missing: Vec<_> = designed.difference(&ours).collect();
    assert_eq!(missing.len(), MENDED.len(), "the ones that were mended: {missing:?}");
    assert!(missing.iter().all(|pattern| MENDED.iter().any(|part| pattern.contains(part))));
    let not_designed = sources.iter().filter(|(_, source)| !designed.contains(source)).map(|(name, _)| name.as_str());
    assert_eq!(not_designed.collect::<Vec<_>>(), OURS);
}

/// Bits of text near the patterns: whole words of the tables, letters with accents, signs and marks.
fn bits() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "Patient",
        "paciente",
        "will",
        "deberá",
        "DEBERÁ",
        "deberÁ",
        "Mr.",
        "señora",
        "reducir",
        "Reducción",
        "síntomas",
        "sintomas",
        "anxiety",
        "insight",
        "I",
        "i'm",
        "yo",
        "mí",
        "mi",
        "quiero",
        "cumplirá",
        "cumplira",
        "conſume",
        "compliance",
        "as",
        "prescribed",
        "x 6",
        "50%",
        "½",
        "4/5",
        "¿",
        "—",
        "…",
        "”",
        "“",
        "e\u{301}",
        "a\u{301}",
        "\u{200d}",
        "🏠",
        "ﬁ",
        "ß",
        "K",
        "tôi",
        "muốn",
        "хочу",
        "我",
        "within",
        "30",
        "days",
        "٣",
        "N/A",
        "n/a",
    ]);
    prop::collection::vec((words, prop::sample::select(vec![" ", "", "-", ".", "’", "\u{a0}"])), 0..9)
        .prop_map(|parts| parts.into_iter().flat_map(|(word, gap)| [word, gap]).collect::<String>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_twin_never_misses_what_the_pattern_finds(text in bits()) {
        for pattern in tables().patterns() {
            prop_assert_eq!(pattern.matches(&text), pattern.matches_slowly(&text), "{} on {:?}", pattern.source(), text);
        }
    }

    #[test]
    fn no_text_makes_the_judge_panic(text in "\\PC{0,200}") {
        let judged = judge_text(&text, &About::default());
        prop_assert_eq!(judged, judge_text(&text, &About::default()));
    }
}
