//! The language list: words in staff text that may hurt or say little, each with what to write in its place (rule LANG-001).
//!
//! The entries stand in `lexicon_en.toml` and `lexicon_es.toml`. Text without any of them costs one pass of one small
//! automaton; only text that may hold one is read closer.

use std::sync::LazyLock;

use regex::bytes;
use serde::Deserialize;

use super::{
    About, Language,
    pattern::{Exact, Pattern, any_of},
    tables::tables,
    text::Text,
};

/// All entries.
#[derive(Debug)]
pub struct Lexicon {
    /// The entries, English first.
    pub entries: Vec<Entry>,
    any: bytes::Regex,
}

/// One entry.
#[derive(Debug)]
pub struct Entry {
    /// Its name in diagnostics and in the sources.
    pub id: String,
    /// The language of the texts it is tried on.
    pub language: Language,
    /// What the message calls the word.
    pub label: String,
    /// What to write instead.
    pub alternatives: Vec<String>,
    /// Who says so, by the short names told in the files.
    pub sources: Vec<String>,
    /// Whether it never weighs more than information.
    pub is_suggestion: bool,
    /// A sentence it speaks of.
    pub example: String,
    pattern: Pattern,
    except: Option<Exact>,
}

impl Lexicon {
    /// The places of the entries that a text holds. In the person's words, `unless_spoken`, none is looked for.
    pub fn found_in(&self, text: &str, unless_spoken: bool) -> Vec<usize> {
        let text = Text::of(text);
        if text.folded().is_some_and(|folded| !self.any.is_match(folded)) {
            return Vec::new();
        }
        let language = Language::of(&text, &About::default(), tables());
        let unquoted = tables().common.quoted.blank(text.normal());
        if unless_spoken && speaks(&unquoted, language) {
            return Vec::new();
        }
        let entries = self.entries.iter().enumerate().filter(|(_, entry)| entry.language == language);
        let found = entries.filter(|(_, entry)| entry.pattern.is_in(&text) && entry.is_in(&unquoted));
        found.map(|(place, _)| place).collect()
    }
}

impl Entry {
    /// Whether the entry's word is one of those that the person chose for themselves.
    pub(crate) fn is_chosen_in(&self, how_described: &str) -> bool {
        self.pattern.matches(how_described)
    }

    fn is_in(&self, unquoted: &str) -> bool {
        match &self.except {
            Some(except) => self.pattern.is_in_plain(&except.blank(unquoted)),
            None => self.pattern.is_in_plain(unquoted),
        }
    }
}

/// Whether someone speaks as "I": where a record does not say who wrote a text, it may be the person.
fn speaks(text: &str, language: Language) -> bool {
    let text = Text::of(text);
    match language {
        Language::English => tables().en.person.p1a.is_in(&text),
        Language::Spanish => tables().es.person.p1.is_in(&text),
        Language::Other => true,
    }
}

/// The language list.
pub fn lexicon() -> &'static Lexicon {
    static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
        let english = entries(include_str!("lexicon_en.toml"), Language::English);
        let spanish = entries(include_str!("lexicon_es.toml"), Language::Spanish);
        let entries: Vec<Entry> = english.chain(spanish).collect();
        let any = any_of(entries.iter().map(|entry| &entry.pattern));
        Lexicon { entries, any }
    });
    &LEXICON
}

/// A file as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    entry: Vec<WrittenEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenEntry {
    id: String,
    label: String,
    pattern: String,
    except: Option<String>,
    alternatives: Vec<String>,
    sources: Vec<String>,
    #[serde(default)]
    suggestion: bool,
    example: String,
}

fn entries(text: &str, language: Language) -> impl Iterator<Item = Entry> {
    let written: Written =
        toml::from_str(text).expect("the test of the language list above made sure that each file can be read");
    let any_case = |pattern: String| format!("(?i){pattern}");
    written.entry.into_iter().map(move |entry| Entry {
        id: entry.id,
        language,
        label: entry.label,
        alternatives: entry.alternatives,
        sources: entry.sources,
        is_suggestion: entry.suggestion,
        example: entry.example,
        pattern: Pattern::from(any_case(entry.pattern)),
        except: entry.except.map(|except| Exact::from(any_case(except))),
    })
}
