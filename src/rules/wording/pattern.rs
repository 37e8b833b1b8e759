//! One pattern of the marker tables, compiled when first tried, and the order in which it is tried.
//!
//! What a pattern means stands in the tables; this file knows only how to try it quickly. Unicode word boundaries make
//! `regex` slow on text with accents, so each pattern has a folded ASCII twin that finds at least as much (see `text.rs`).

use std::{borrow::Cow, sync::OnceLock};

use regex::{Regex, bytes};
use serde::Deserialize;

use super::text::{Text, fold};

/// A pattern tried on the folded copy first.
#[derive(Debug, Deserialize)]
#[serde(from = "String")]
pub struct Pattern {
    exact: Exact,
    twin: OnceLock<bytes::Regex>,
}

/// A pattern tried on the text as it is.
#[derive(Debug, Deserialize)]
#[serde(from = "String")]
pub struct Exact {
    source: String,
    regex: OnceLock<Regex>,
}

impl Pattern {
    /// Whether the pattern matches.
    pub(crate) fn is_in(&self, text: &Text<'_>) -> bool {
        let Some(folded) = text.folded() else { return self.exact.is_in(text) };
        let same = text.is_ascii() && self.exact.source.is_ascii();
        self.twin().is_match(folded) && (same || self.exact.is_in(text))
    }

    /// What the first group caught, when the pattern matches.
    pub(crate) fn first_group<'t>(&self, text: &'t Text<'_>) -> Option<&'t str> {
        if text.folded().is_some_and(|folded| !self.twin().is_match(folded)) {
            return None;
        }
        self.exact.regex().captures(text.normal())?.get(1).map(|group| group.as_str())
    }

    /// Whether the pattern matches a text that is in no need of a twin.
    pub(crate) fn is_in_plain(&self, text: &str) -> bool {
        self.exact.regex().is_match(text)
    }

    /// The pattern as the table writes it.
    pub fn source(&self) -> &str {
        &self.exact.source
    }

    /// Whether the pattern matches a text, by way of its twin.
    pub fn matches(&self, text: &str) -> bool {
        self.is_in(&Text::of(text))
    }

    /// Whether the pattern matches a text, tried on the text alone: what `matches` must never differ from.
    pub fn matches_slowly(&self, text: &str) -> bool {
        self.exact.is_in(&Text::of(text))
    }

    fn twin(&self) -> &bytes::Regex {
        self.twin.get_or_init(|| {
            let regex = bytes::RegexBuilder::new(&self.folded_source()).unicode(false).build();
            regex.expect("the test of the marker tables above made sure that every folded pattern compiles")
        })
    }

    fn folded_source(&self) -> String {
        let folded = fold(&self.exact.source).and_then(|bytes| String::from_utf8(bytes).ok());
        folded.expect("the test of the marker tables above made sure that every pattern folds")
    }
}

/// All twins as one: what it does not find, none of the patterns finds in a text that has a folded copy.
pub(crate) fn any_of<'a>(patterns: impl Iterator<Item = &'a Pattern>) -> bytes::Regex {
    let twins: Vec<String> = patterns.map(|pattern| format!("(?:{})", pattern.folded_source())).collect();
    let regex = bytes::RegexBuilder::new(&twins.join("|")).unicode(false).build();
    regex.expect("the test of the language list above made sure that its patterns compile together")
}

impl Exact {
    /// Whether the pattern matches.
    pub(crate) fn is_in(&self, text: &Text<'_>) -> bool {
        self.regex().is_match(text.normal())
    }

    /// The text with a space in place of whatever the pattern matches.
    pub(crate) fn blank<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.regex().replace_all(text, " ")
    }

    /// How often the pattern matches.
    pub(crate) fn count(&self, text: &Text<'_>) -> usize {
        self.regex().find_iter(text.normal()).count()
    }

    /// The compiled pattern.
    pub(crate) fn regex(&self) -> &Regex {
        self.regex.get_or_init(|| {
            let regex = Regex::new(&self.source);
            regex.expect("the test of the marker tables above made sure that every pattern compiles")
        })
    }
}

impl From<String> for Pattern {
    fn from(source: String) -> Self {
        Self { exact: Exact::from(source), twin: OnceLock::new() }
    }
}

impl From<String> for Exact {
    fn from(source: String) -> Self {
        Self { source, regex: OnceLock::new() }
    }
}
