//! The marker tables are the design page's, every pattern compiles, and its quick twin never misses what it would find.

use std::collections::BTreeSet;

use ownwords::rules::wording::{About, judge_text, tables::tables};
use proptest::prelude::{ProptestConfig, Strategy, prop, prop_assert_eq, proptest};
use regex::Regex;

/// Patterns that differ from the design page's, or that it does not have, each with a test that shows why: a second reader's
/// goals (`second_reader.rs`), strengths (`strengths.toml`), damage (`hard_texts.rs`), restraints (`peer.rs`). First person in
/// languages without a table only accepts, and may grow freely.
const OURS: [&str; 33] = [
    "common.garbled",
    "common.markup",
    "common.script",
    "common.words",
    "en.clinician.C1a",
    "en.clinician.C1b",
    "en.clinician.C1b_not",
    "en.clinician.C2",
    "en.clinician.C3",
    "en.clinician.C4",
    "en.clinician.C5",
    "en.clinician.C8",
    "en.peer.involuntary",
    "en.person.P1_es",
    "en.person.P1a",
    "en.person.plain",
    "en.placeholder",
    "en.sense.D",
    "en.strength.placeholder",
    "en.words",
    "es.clinician.S1a",
    "es.clinician.S1b",
    "es.clinician.S3",
    "es.clinician.S4",
    "es.clinician.S5",
    "es.clinician.S8",
    "es.clinician.S9",
    "es.peer.involuntary",
    "es.person.P1",
    "es.person.plain",
    "es.placeholder",
    "es.sense.D",
    "es.strength.placeholder",
];

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
                other => sources.extend(other.as_str().map(|source| (format!("{file}.{name}"), source.to_owned()))),
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
    assert_eq!(missing.len(), 38, "designed patterns that were mended: {missing:?}");
    let not_designed = sources.iter().filter(|(_, source)| !designed.contains(source)).map(|(name, _)| name.as_str());
    let not_designed = not_designed.filter(|name| !name.starts_with("first_person."));
    assert_eq!(not_designed.collect::<BTreeSet<_>>(), BTreeSet::from(OURS));
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
