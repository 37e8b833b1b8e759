//! Reads the bytes of one form into records that remember where every value stood. It understands the form, never the meaning.
//!
//! Every reader streams: it holds one record at a time, and no record above `RECORD_CAP`. A record that cannot be read is
//! an item of its own (`BrokenRecord`), after which reading goes on at the next record.

mod window;
pub mod encoding;
pub mod row;
pub mod delimited;
pub mod pointer;
pub mod json;
pub mod ndjson;

/// The largest record held in memory, in bytes; a longer one is reported and passed over.
pub const RECORD_CAP: usize = 16 << 20;

/// What is wrong with a file or a record, where, and what to do. The text never holds the record's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The line, counted from 1.
    pub line: u32,
    /// The field (delimited) or the character (JSON), counted from 1; 0 when the whole line is meant.
    pub column: u32,
    /// What is wrong and what to do.
    pub message: String,
}

/// A record that cannot be read.
#[derive(Clone, Debug)]
pub struct BrokenRecord {
    /// What is wrong.
    pub broken: Broken,
    /// Its bytes, as received; of a record above the cap, the first of them.
    pub raw: Vec<u8>,
    /// The line it starts on.
    pub line: u32,
    /// Its fields as far as they can be told, when it is a row with too few or too many.
    pub row: Option<Box<row::Row>>,
    /// Whether nothing after it can be read either.
    pub is_last: bool,
}

impl BrokenRecord {
    fn new(line: u32, column: u32, message: String, raw: Vec<u8>) -> Self {
        Self { broken: Broken { line, column, message }, raw, line, row: None, is_last: false }
    }
}

/// A name for what the first bytes of a file say it is, when it is no text at all.
fn foreign_form(head: &[u8]) -> Option<&'static str> {
    const SIGNS: [(&[u8], &str); 8] = [
        (b"\xFF\xFE", "This file is in UTF-16. Please export it as UTF-8."),
        (b"\xFE\xFF", "This file is in UTF-16. Please export it as UTF-8."),
        (b"PK\x03\x04", "This is a zip file or an Excel workbook. Please unpack it, or save the sheet as CSV."),
        (b"\xD0\xCF\x11\xE0", "This is an old Excel or Word file. Please save the sheet as CSV (UTF-8)."),
        (b"\x1F\x8B", "This file is packed with gzip. Please unpack it first."),
        (b"%PDF", "This is a PDF. Please export the record as CSV or JSON."),
        (b"{\\rtf", "This is a rich-text document. Please export the record as CSV or JSON."),
        (b"<", "This is XML or HTML. Please give a mapping for that form, or export the record as CSV or JSON."),
    ];
    if let Some((_, what)) = SIGNS.iter().find(|(sign, _)| head.starts_with(sign)) {
        return Some(what);
    }
    let sample = &head[..head.len().min(512)];
    sample
        .contains(&0)
        .then_some("This file holds zero bytes, so it is no plain text (or UTF-16). Please export it as UTF-8.")
}
