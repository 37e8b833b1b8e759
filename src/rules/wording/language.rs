//! Which marker tables a text can be held against. A guess only ever chooses tables; it never speaks against a plan.

use super::{About, tables::Tables, text::Text};

/// The languages we tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English: its tables, and no others.
    English,
    /// Spanish: its tables, and the English clinician's.
    Spanish,
    /// Any other: no clinician's table.
    Other,
}

impl Language {
    /// The declared language, else the one the words look like, else the person's, else English.
    pub(crate) fn of(text: &Text<'_>, about: &About<'_>, tables: &Tables) -> Self {
        if let Some(declared) = about.language.and_then(Self::declared) {
            return declared;
        }
        if (!text.is_ascii() && tables.common.script.is_in(text)) || tables.common.words.is_in(text) {
            return Self::Other;
        }
        let letters = if text.is_ascii() { 0 } else { tables.es.letters.count(text) };
        let spanish = tables.es.words.count(text) + 2 * letters;
        let english = tables.en.words.count(text);
        match (spanish, english) {
            (0, 0) => about.primary_language.and_then(Self::declared).unwrap_or(Self::English),
            _ if spanish > english => Self::Spanish,
            _ => Self::English,
        }
    }

    /// By the first subtag; nothing when there is none that names a language.
    fn declared(tag: &str) -> Option<Self> {
        base(tag).map(|base| match base.as_str() {
            "en" => Self::English,
            "es" => Self::Spanish,
            _ => Self::Other,
        })
    }
}

/// The first subtag in lower case, two letters where we know them; nothing when it names no language.
pub(crate) fn base(tag: &str) -> Option<String> {
    const TWO_LETTERS: [(&str, &str); 12] = [
        ("eng", "en"),
        ("spa", "es"),
        ("por", "pt"),
        ("fra", "fr"),
        ("fre", "fr"),
        ("hat", "ht"),
        ("vie", "vi"),
        ("rus", "ru"),
        ("zho", "zh"),
        ("chi", "zh"),
        ("kor", "ko"),
        ("ara", "ar"),
    ];
    let first = tag.trim().split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    let is_language = matches!(first.len(), 2 | 3) && first.bytes().all(|b| b.is_ascii_lowercase()) && first != "und";
    let short = TWO_LETTERS.iter().find(|(three, _)| *three == first).map(|(_, two)| (*two).to_owned());
    is_language.then(|| short.unwrap_or(first))
}
