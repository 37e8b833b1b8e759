//! The marker tables are the design page's, every pattern compiles, and its quick twin never misses what it would find.

use std::collections::BTreeSet;

use ownwords::rules::wording::{About, judge_text, tables::tables};
use proptest::prelude::{ProptestConfig, Strategy, prop, prop_assert_eq, proptest};
use regex::Regex;
use toml::de::{DeTable, DeValue};

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

const FILES: [&str; 4] = ["common", "en", "es", "first_person"];

/// Each pattern of a table that cannot be compiled, with file and line, for the reviewer who wrote it.
fn pattern_faults(path: &str, text: &str) -> Vec<String> {
    let line_of = |at: usize| 1 + text[..at].matches('\n').count();
    let mut open: Vec<_> = match DeTable::parse(text) {
        Ok(table) => table.into_inner().into_iter().collect(),
        Err(error) => {
            let line = line_of(error.span().map_or(0, |span| span.start));
            return vec![format!("{path} line {line}: {}", error.message())];
        }
    };
    let mut faults = Vec::new();
    while let Some((name, value)) = open.pop() {
        let (line, name) = (line_of(value.span().start), name.into_inner());
        match value.into_inner() {
            DeValue::Table(inner) => open.extend(inner),
            DeValue::String(pattern) => {
                let why = Regex::new(&pattern).err().map(|error| error.to_string());
                let why =
                    why.as_deref().and_then(|why| why.lines().last()).map(|why| why.trim_start_matches("error: "));
                faults.extend(why.map(|why| format!("{path} line {line}: {name}: {why}")));
            }
            _ => faults.push(format!("{path} line {line}: {name} is no pattern")),
        }
    }
    faults
}

#[test]
fn a_pattern_that_does_not_compile_is_named_with_file_and_line() {
    let faults = |text: &str| pattern_faults("xx.toml", text);
    assert_eq!(faults("a = '(?i)x'\n[b]\nC1 = '''x(y'''\n"), ["xx.toml line 3: C1: unclosed group"]);
    let look_around = "xx.toml line 1: a: look-around, including look-ahead and look-behind, is not supported";
    assert_eq!(faults("a = 'x(?=y)'"), [look_around]);
    assert_eq!(faults("a = 'x'\nb = 3"), ["xx.toml line 2: b is no pattern"]);
    assert!(faults("\na = 'x").concat().starts_with("xx.toml line 2: "));
}

/// Each pattern's name and table source.
fn sources() -> Vec<(String, String)> {
    let files = FILES;
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
    assert!(sources().len() >= 68);
    for file in FILES {
        let path = format!("src/rules/wording/{file}.toml");
        let text = std::fs::read_to_string(&path).expect(file);
        assert_eq!(pattern_faults(&path, &text), Vec::<String>::new());
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
