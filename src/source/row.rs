//! One row of delimited text: where it ends, and its fields. Quotes open only at the start of a field; doubled ones stand for
//! one. Reading files row by row is in `delimited`.

use memchr::{memchr, memchr3};

use super::window::{line_break_end, line_breaks};

/// One row.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// The line it starts on.
    pub line: u32,
    /// Its bytes as received, line end included.
    pub raw: Vec<u8>,
    text: String,
    ends: Vec<usize>,
    /// The first field in which text follows a closing quote.
    pub(super) misquoted: Option<usize>,
}

impl Row {
    pub(super) fn beginning(line: u32, raw: &[u8], width: usize) -> Self {
        Self { line, raw: raw.to_vec(), ends: Vec::with_capacity(width), ..Self::default() }
    }

    /// The field of that index; blank beyond the last.
    pub fn field(&self, index: usize) -> &str {
        let start = if index == 0 { 0 } else { self.ends.get(index - 1).copied().unwrap_or(self.text.len()) };
        self.text.get(start..self.ends.get(index).copied().unwrap_or(start)).unwrap_or_default()
    }

    /// How many fields there are.
    pub fn width(&self) -> usize {
        self.ends.len()
    }

    /// The line on which a field starts, line breaks in the fields before it counted.
    pub fn line_of(&self, index: usize, delimiter: u8) -> u32 {
        let mut start = 0;
        for _ in 0..index {
            match field_end(&self.raw, start, delimiter) {
                Some(end) => start = end + 1,
                None => break,
            }
        }
        self.line.saturating_add(line_breaks(&self.raw[..start.min(self.raw.len())]))
    }

    pub(super) fn split(&mut self, text: &str, delimiter: u8) {
        let bytes = text.as_bytes();
        self.text.reserve(bytes.len());
        let mut at = 0;
        loop {
            if bytes.get(at) == Some(&b'"') {
                at = self.quoted(text, at + 1);
                if bytes.get(at).is_some_and(|next| *next != delimiter) {
                    self.misquoted.get_or_insert(self.ends.len());
                }
            }
            let end = memchr(delimiter, &bytes[at..]).map_or(bytes.len(), |found| at + found);
            self.text.push_str(&text[at..end]);
            self.ends.push(self.text.len());
            if end == bytes.len() {
                return;
            }
            at = end + 1;
        }
    }

    /// Takes the text within quotes and says where it ends; doubled quotes stand for one.
    fn quoted(&mut self, text: &str, mut at: usize) -> usize {
        let bytes = text.as_bytes();
        while let Some(found) = memchr(b'"', &bytes[at..]) {
            self.text.push_str(&text[at..at + found]);
            at += found + 1;
            if bytes.get(at) != Some(&b'"') {
                return at;
            }
            self.text.push('"');
            at += 1;
        }
        self.text.push_str(&text[at..]);
        bytes.len()
    }

    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

pub(super) enum RowEnd {
    /// The row and its line end are this long.
    At(usize),
    /// The bytes end within quotes that opened here.
    Open(usize),
    /// The bytes end before the row does.
    Unknown,
}

pub(super) fn row_end(bytes: &[u8], delimiter: u8, is_all: bool) -> RowEnd {
    let mut at = 0;
    while let Some(found) = memchr3(b'"', b'\n', b'\r', &bytes[at..]) {
        let here = at + found;
        if bytes[here] != b'"' {
            return match line_break_end(bytes, here) {
                Some(end) => RowEnd::At(end),
                None if is_all => RowEnd::At(here + 1),
                None => RowEnd::Unknown,
            };
        }
        at = here + 1;
        if here > 0 && bytes[here - 1] != delimiter {
            continue;
        }
        match closing_quote(bytes, at) {
            Some(close) if close + 1 < bytes.len() || is_all => at = close + 1,
            Some(_) => return RowEnd::Unknown,
            None => return RowEnd::Open(here),
        }
    }
    if is_all { RowEnd::At(bytes.len()) } else { RowEnd::Unknown }
}

fn closing_quote(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr(b'"', &bytes[at..])?;
        if bytes.get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

/// Where the field that starts here ends, when a delimiter ends it.
pub(super) fn field_end(bytes: &[u8], start: usize, delimiter: u8) -> Option<usize> {
    let after_quotes = match bytes.get(start) {
        Some(b'"') => closing_quote(bytes, start + 1)? + 1,
        _ => start,
    };
    memchr(delimiter, bytes.get(after_quotes..)?).map(|found| after_quotes + found)
}

pub(super) fn fields_in(line: &[u8], delimiter: u8) -> usize {
    let (mut start, mut count) = (0, 1);
    while let Some(end) = field_end(line, start, delimiter) {
        start = end + 1;
        count += 1;
    }
    count
}

pub(super) fn line_end_length(raw: &[u8]) -> usize {
    match raw {
        [.., b'\r', b'\n'] => 2,
        [.., b'\r' | b'\n'] => 1,
        _ => 0,
    }
}
