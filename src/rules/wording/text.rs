//! A text made ready for matching: a copy in one spelling, and the same copy with its letters folded to ASCII.
//!
//! Folding exists for speed. Patterns are tried on the folded copy by small ASCII automata first; whatever they cannot
//! find is not there, and whatever they find is confirmed on the real copy. The stored text is never touched.

use std::{borrow::Cow, fmt};

use unicode_normalization::{IsNormalized, UnicodeNormalization, char::decompose_canonical, is_nfc_quick};

/// Stands for any sign that is neither letter nor digit nor mark.
const SIGN: u8 = 1;

/// A text ready for matching.
pub(crate) struct Text<'a> {
    normal: Cow<'a, str>,
    folded: Folded,
}

/// The copy with folded letters.
enum Folded {
    /// The text is ASCII and stands for itself.
    Itself,
    /// One byte a character.
    Bytes(Vec<u8>),
    /// Some character has no sure fold; only the text itself can be matched.
    Unsure,
}

impl<'a> Text<'a> {
    /// Normalizes (NFC, straight apostrophes, single spaces, no space around) and folds.
    pub(crate) fn of(text: &'a str) -> Self {
        let normal = normalize(text);
        let folded =
            if normal.is_ascii() { Folded::Itself } else { fold(&normal).map_or(Folded::Unsure, Folded::Bytes) };
        Self { normal, folded }
    }

    /// The normalized copy.
    pub(crate) fn normal(&self) -> &str {
        &self.normal
    }

    /// The folded copy, where there is a sure one.
    pub(crate) fn folded(&self) -> Option<&[u8]> {
        match &self.folded {
            Folded::Itself => Some(self.normal.as_bytes()),
            Folded::Bytes(bytes) => Some(bytes),
            Folded::Unsure => None,
        }
    }

    /// Whether the text is ASCII, so that its folded copy is the text itself.
    pub(crate) fn is_ascii(&self) -> bool {
        matches!(self.folded, Folded::Itself)
    }

    /// Whether another text says the same but for case.
    pub(crate) fn says_the_same_as(&self, other: &str) -> bool {
        let other = normalize(other);
        self.normal.chars().flat_map(char::to_lowercase).eq(other.chars().flat_map(char::to_lowercase))
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({} bytes)", self.normal.len())
    }
}

/// Unicode NFC; typographic apostrophes to `'`; runs of white space to one space; trimmed. Borrows what is so already.
fn normalize(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    let nfc = text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes;
    if nfc && is_tidy(text) {
        return Cow::Borrowed(text);
    }
    let mut tidy = String::with_capacity(text.len());
    let mut after_space = false;
    for c in text.nfc() {
        let is_space = c.is_whitespace();
        if !(is_space && after_space) {
            tidy.push(match c {
                '’' | '‘' => '\'',
                _ if is_space => ' ',
                _ => c,
            });
        }
        after_space = is_space;
    }
    Cow::Owned(tidy)
}

/// Whether only single, plain spaces and straight apostrophes occur.
fn is_tidy(text: &str) -> bool {
    let mut after_space = false;
    text.chars().all(|c| {
        let is_space = c.is_whitespace();
        let tidy = !(is_space && (after_space || c != ' ')) && !matches!(c, '’' | '‘');
        after_space = is_space;
        tidy
    })
}

/// One ASCII byte for each character: letters to a letter, signs to one sign. Nothing when a character is neither surely.
pub(crate) fn fold(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.chars() {
        bytes.push(fold_one(c)?);
    }
    Some(bytes)
}

fn fold_one(c: char) -> Option<u8> {
    match c {
        _ if c.is_ascii() => u8::try_from(c).ok(),
        'ſ' => Some(b's'),
        _ if c.is_alphabetic() => {
            let mut base = None;
            decompose_canonical(c, |part| {
                base.get_or_insert(part);
            });
            Some(base.filter(char::is_ascii_alphabetic).and_then(|letter| u8::try_from(letter).ok()).unwrap_or(b'x'))
        }
        _ if c.is_numeric() => None,
        '\u{a1}'..='\u{bf}' | '×' | '÷' | '\u{2010}'..='\u{203e}' | '€' => Some(SIGN),
        _ => None,
    }
}
