//! Bytes to text: UTF-8 or Windows-1252, stated or told apart as the file streams by.
//!
//! Told apart record by record. Valid UTF-8 is UTF-8. A record that is not is Windows-1252, unless the file or the record
//! shows that it is UTF-8 with a broken character: that is refused, for reading it as Windows-1252 would garble words.

use std::{borrow::Cow, str};

/// The encoding a mapping states.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 only.
    Utf8,
    /// Windows-1252 only; a byte order mark of UTF-8 still wins.
    Windows1252,
    /// Either.
    #[default]
    Detect,
}

impl Encoding {
    /// The encoding of that name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "utf-8" => Some(Self::Utf8),
            "windows-1252" => Some(Self::Windows1252),
            "detect" => Some(Self::Detect),
            _ => None,
        }
    }
}

/// Text that cannot be read: where its first bad byte stands, and what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BadText {
    pub(super) at: usize,
    pub(super) why: &'static str,
}

const NOT_UTF8: &str = "The text here is not valid UTF-8: a character is cut off or broken. Please export the record again, or state the file's encoding in the mapping (encoding = \"windows-1252\").";
const MIXED: &str = "The text here is UTF-8 with a character cut off or broken. Please export the record again; if the file is in Windows-1252, state it in the mapping (encoding = \"windows-1252\").";
const ZERO: &str = "There is a zero byte here, which no text holds. Please export the record again as UTF-8.";

/// Reads records of one file as text.
#[derive(Debug)]
pub(super) struct Decoder {
    stated: Encoding,
    seen_utf8: bool,
    seen_1252: bool,
}

impl Decoder {
    /// For a file that states an encoding; `head` is what is known of it, to tell encodings apart before the first record.
    pub(super) fn new(stated: Encoding, marked: bool, head: &[u8]) -> Self {
        let stated = if marked { Encoding::Utf8 } else { stated };
        let evidence = Evidence::of(head);
        let seen_utf8 = marked || evidence.utf8 > evidence.other;
        Self { stated, seen_utf8, seen_1252: false }
    }

    pub(super) fn decode<'b>(&mut self, bytes: &'b [u8]) -> Result<Cow<'b, str>, BadText> {
        if let Some(at) = memchr::memchr(0, bytes) {
            return Err(BadText { at, why: ZERO });
        }
        let fault = match str::from_utf8(bytes) {
            Ok(text) if self.stated != Encoding::Windows1252 => {
                self.seen_utf8 |= !self.seen_1252 && !self.seen_utf8 && !bytes.is_ascii();
                return Ok(Cow::Borrowed(text));
            }
            Ok(text) if text.is_ascii() => return Ok(Cow::Borrowed(text)),
            Ok(_) => return Ok(windows_1252(bytes)),
            Err(fault) => fault.valid_up_to(),
        };
        match self.stated {
            Encoding::Utf8 => Err(BadText { at: fault, why: NOT_UTF8 }),
            Encoding::Windows1252 => Ok(windows_1252(bytes)),
            Encoding::Detect => {
                let evidence = Evidence::of(bytes);
                if self.seen_utf8 || evidence.utf8 > 0 || (evidence.cut && evidence.other == 1 && !self.seen_1252) {
                    return Err(BadText { at: fault, why: MIXED });
                }
                self.seen_1252 = true;
                Ok(windows_1252(bytes))
            }
        }
    }
}

fn windows_1252(bytes: &[u8]) -> Cow<'_, str> {
    encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0
}

/// What bytes say about their encoding.
struct Evidence {
    /// Whole characters of more than one byte, and sequences that only text in UTF-8 begins with.
    utf8: usize,
    /// Bytes that are no UTF-8.
    other: usize,
    /// The first half of an accented letter in UTF-8 stands right before the end of a field, as when text was cut to a
    /// length; in Windows-1252 it would be a capital A with a circumflex or a tilde.
    cut: bool,
}

impl Evidence {
    fn of(bytes: &[u8]) -> Self {
        let mut found = Self { utf8: 0, other: 0, cut: false };
        for chunk in bytes.utf8_chunks() {
            found.utf8 += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
            let bad = chunk.invalid();
            if bad.is_empty() {
                continue;
            }
            let begun = matches!(bad, [0xE2, 0x80 | 0x82] | [0xF0, 0x9F, ..]);
            *(if begun { &mut found.utf8 } else { &mut found.other }) += 1;
            let next = bad.as_ptr().addr() - bytes.as_ptr().addr() + bad.len();
            let ends_here = matches!(bytes.get(next), None | Some(b',' | b'\t' | b'|' | b';' | b'"' | b'\r' | b'\n'));
            found.cut |= matches!(bad, [0xC2 | 0xC3]) && ends_here;
        }
        found
    }
}
