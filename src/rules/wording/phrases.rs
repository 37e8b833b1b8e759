//! Ready-made phrases: what record systems offer in pick lists. A starter list of our own (`phrases.toml`), and lists that
//! agencies bring.
//!
//! A goal is held against them word by word, whatever its case and punctuation. Only the whole text counts: a phrase inside
//! a longer goal is a phrase that someone made their own.

use std::{collections::BTreeMap, sync::LazyLock};

use regex::Regex;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::text::Text;

static WORD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\w+").expect("the pattern above compiles"));

static STARTER: LazyLock<Phrases> = LazyLock::new(|| {
    let lists: BTreeMap<String, StarterList> =
        toml::from_str(include_str!("phrases.toml")).expect("a test reads phrases.toml as it is");
    Phrases(lists.into_values().flat_map(|list| list.phrases).map(|phrase| (plain(&phrase), 0)).collect())
});

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StarterList {
    phrases: Vec<String>,
}

/// A list of ready-made phrases.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Phrases(BTreeMap<String, usize>);

/// A line of a list that says nothing, or nothing new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhraseFault {
    /// The line, counted from 1.
    pub line: usize,
    /// What to do.
    pub fault: String,
}

impl Phrases {
    /// Reads a list: one phrase a line; empty lines and lines that start with `#` are left out.
    pub fn read(text: &str) -> Result<Self, PhraseFault> {
        let mut phrases = BTreeMap::new();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        for (line, phrase) in (1..).zip(text.lines()) {
            if phrase.trim().is_empty() || phrase.starts_with('#') {
                continue;
            }
            let plain = plain(phrase);
            let fault = |fault: String| Err(PhraseFault { line, fault });
            if plain.is_empty() {
                return fault("there is no word in this phrase; take the line out, or start it with #".to_owned());
            }
            if let Some(before) = phrases.insert(plain, line) {
                return fault(format!("this phrase stands in line {before} already; take one of them out"));
            }
        }
        if phrases.is_empty() {
            return Err(PhraseFault { line: 1, fault: "there is no phrase in this file; write one a line".to_owned() });
        }
        Ok(Self(phrases))
    }

    /// What tells the list from another; nothing for an empty one.
    pub(crate) fn digest(&self) -> Option<String> {
        if self.0.is_empty() {
            return None;
        }
        let lines: Vec<&str> = self.0.keys().map(String::as_str).collect();
        Some(Sha256::digest(lines.join("\n")).iter().map(|byte| format!("{byte:02x}")).collect())
    }

    fn hold(&self, plain: &str) -> bool {
        self.0.contains_key(plain)
    }
}

/// Whether a text is a phrase of the starter list or of an agency's own, word for word.
pub(crate) fn is_ready_made(text: &Text<'_>, own: &Phrases) -> bool {
    let plain = plain_words(text.normal());
    own.hold(&plain) || STARTER.hold(&plain)
}

/// The words of a text without what stands between them, as they are written.
pub(crate) fn words_of(text: &str) -> impl Iterator<Item = &str> {
    WORD.find_iter(text).map(|found| found.as_str())
}

/// A text as its words in lower case with single spaces between them.
pub(crate) fn plain_words(normal: &str) -> String {
    let mut plain = String::with_capacity(normal.len());
    for word in words_of(normal) {
        if !plain.is_empty() {
            plain.push(' ');
        }
        plain.extend(word.chars().flat_map(char::to_lowercase));
    }
    plain
}

fn plain(text: &str) -> String {
    plain_words(Text::of(text).normal())
}
