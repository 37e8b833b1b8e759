//! Delimited text: comma, pipe, tab or semicolon; quotes, doubled quotes and line breaks within them, as RFC 4180 and Excel
//! write them. All values are text, so leading zeros stay. Blank rows are passed over.
//!
//! The reader keeps the bytes of every row and the line of every field, and holds one row at a time. After a quote that
//! never closes, reading goes on at the next line that is a whole row by itself, so that one stray quote costs one row.

use std::io::BufRead;

use memchr::memchr2;

use super::{
    Broken, BrokenRecord, RECORD_CAP,
    encoding::{Decoder, Encoding},
    foreign_form,
    row::{Row, RowEnd, field_end, fields_in, line_end_length, row_end},
    window::{Window, line_break_end, line_breaks},
};

/// What a mapping states of the form; what it leaves open is read from the header line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// The character between fields.
    pub delimiter: Option<u8>,
    /// The encoding.
    pub encoding: Encoding,
}

/// A delimited file, read row by row.
pub struct Table {
    window: Window,
    decoder: Decoder,
    delimiter: u8,
    headers: Vec<String>,
    preamble: Vec<u8>,
    failed: bool,
}

impl Table {
    /// Reads the header line.
    pub fn open(input: Box<dyn BufRead + Send>, layout: Layout) -> Result<Self, Broken> {
        let at_start = |message: String| Broken { line: 1, column: 0, message };
        let (window, marked) = Window::open(input).map_err(|error| at_start(cannot_go_on(&error)))?;
        if let Some(what) = foreign_form(window.rest()) {
            return Err(at_start(what.to_owned()));
        }
        let decoder = Decoder::new(layout.encoding, marked, window.rest());
        let mut table =
            Self { window, decoder, delimiter: b',', headers: Vec::new(), preamble: Vec::new(), failed: false };
        if marked {
            table.preamble.extend_from_slice(b"\xEF\xBB\xBF");
        }
        table.read_header(layout.delimiter)?;
        Ok(table)
    }

    /// The names of the columns, white space around them taken off.
    pub fn headers(&self) -> &[String] {
        &self.headers
    }

    /// The header line as received, and what stands before it.
    pub fn preamble(&self) -> &[u8] {
        &self.preamble
    }

    /// The character between fields.
    pub fn delimiter(&self) -> u8 {
        self.delimiter
    }

    fn read_header(&mut self, stated: Option<u8>) -> Result<(), Broken> {
        let mut delimiter = stated;
        loop {
            let line = self.window.line;
            let fault = |message: &str| Broken { line, column: 0, message: message.to_owned() };
            let Some(raw) = self.header_line(delimiter)? else {
                return Err(fault(
                    "This file is empty: there is no header line. Please export it again with the names of the columns in the first line.",
                ));
            };
            let text = self.decoder.decode(&raw).map_err(|bad| fault(bad.why))?.into_owned();
            let text = text.trim_end_matches(['\r', '\n']);
            if let Some(&[separator]) = text.strip_prefix("sep=").map(str::as_bytes) {
                delimiter = delimiter.or(Some(separator));
            } else if !text.trim().is_empty() {
                self.delimiter = delimiter.unwrap_or_else(|| most_likely_delimiter(text));
                let mut row = Row::default();
                row.split(text, self.delimiter);
                self.headers = (0..row.width()).map(|index| row.field(index).trim().to_owned()).collect();
                self.preamble.extend_from_slice(&raw);
                return Ok(());
            }
            self.preamble.extend_from_slice(&raw);
        }
    }

    /// The next line, in which a quoted name may hold line breaks.
    fn header_line(&mut self, delimiter: Option<u8>) -> Result<Option<Vec<u8>>, Broken> {
        let line = self.window.line;
        let fault = |message: String| Broken { line, column: 0, message };
        loop {
            // Until the delimiter is known a quote counts as opening only at the start of the line.
            let end = row_end(self.window.rest(), delimiter.unwrap_or(b','), self.window.ended());
            if let RowEnd::At(end) = end {
                let raw = self.window.rest()[..end].to_vec();
                self.window.advance(end);
                return Ok((!raw.is_empty()).then_some(raw));
            }
            if self.window.ended() {
                return Err(fault("A quote in the header line never closes. Please export the file again.".to_owned()));
            }
            if self.window.rest().len() >= RECORD_CAP {
                return Err(fault(format!(
                    "The header line is longer than {} MB, so this is no delimited text. Please check the file and the mapping's form.",
                    RECORD_CAP >> 20
                )));
            }
            self.window.more().map_err(|error| fault(cannot_go_on(&error)))?;
        }
    }

    fn next_row(&mut self) -> Option<Result<Row, BrokenRecord>> {
        loop {
            let rest = self.window.rest();
            if rest.is_empty() && self.window.ended() {
                return None;
            }
            match row_end(rest, self.delimiter, self.window.ended()) {
                RowEnd::At(end) => match self.row_of(end) {
                    Ok(row) if row.is_blank() => {}
                    row => return Some(row),
                },
                RowEnd::Open(_) | RowEnd::Unknown if !self.window.ended() && rest.len() < RECORD_CAP => {
                    if let Err(error) = self.window.more() {
                        self.failed = true;
                        return Some(Err(self.reading_failed(&error)));
                    }
                }
                RowEnd::Open(quote) => return Some(Err(self.never_closing(quote))),
                RowEnd::Unknown => return Some(Err(self.too_long())),
            }
        }
    }

    fn row_of(&mut self, end: usize) -> Result<Row, BrokenRecord> {
        let line = self.window.line;
        let raw = &self.window.rest()[..end];
        let content = &raw[..raw.len() - line_end_length(raw)];
        let text = match self.decoder.decode(content) {
            Ok(text) => text,
            Err(bad) => {
                let (line, column) = self.spot(&raw[..bad.at]);
                return Err(self.broken(end, line, column, bad.why.to_owned()));
            }
        };
        let mut row = Row::beginning(line, raw, self.headers.len());
        row.split(&text, self.delimiter);
        if row.width() != self.headers.len() && !row.is_blank() {
            return Err(self.wrong_width(row));
        }
        if let Some(field) = row.misquoted {
            return Err(self.wrong_quotes(row, field));
        }
        self.window.advance(end);
        Ok(row)
    }

    fn wrong_width(&mut self, row: Row) -> BrokenRecord {
        let (has, wants) = (row.width(), self.headers.len());
        let hint = if has > wants {
            "Look for a separator inside text that has no quotes around it."
        } else {
            "Look for a missing separator, or a quote that opens and does not close."
        };
        let message = format!("This row has {has} fields where the header has {wants}. {hint}");
        let end = self.whole_row_within(row.raw.len(), true).unwrap_or(row.raw.len());
        let mut record = self.broken(end, row.line, u32::try_from(has.min(wants)).unwrap_or(0), message);
        record.row = Some(Box::new(row));
        record
    }

    /// Reading on would leave quotes out of somebody's words, or take the rows below into one field.
    fn wrong_quotes(&mut self, row: Row, field: usize) -> BrokenRecord {
        let end = self.whole_row_within(row.raw.len(), true).unwrap_or(row.raw.len());
        let line = row.line_of(field, self.delimiter);
        let why = "Text follows a closing quote in this field. Please double every quote that belongs to the text.";
        let mut record = self.broken(end, line, u32::try_from(field + 1).unwrap_or(0), why.to_owned());
        record.row = Some(Box::new(row));
        record
    }

    fn never_closing(&mut self, quote: usize) -> BrokenRecord {
        let (line, column) = self.spot(&self.window.rest()[..quote]);
        let held = self.window.rest().len();
        let end = self.whole_row_within(held, self.window.ended()).unwrap_or(held);
        let whole = end < held || self.window.ended();
        let record = self.broken(
            end,
            line,
            column,
            "A quote opens here and never closes. Please double a quote that belongs to the text, and close the others.".to_owned(),
        );
        if !whole {
            self.pass_over();
        }
        record
    }

    fn too_long(&mut self) -> BrokenRecord {
        let (line, held) = (self.window.line, self.window.rest().len());
        let message = format!(
            "This row is longer than {} MB, which is more than one record may be. Its beginning was kept; please check the export.",
            RECORD_CAP >> 20
        );
        let record = self.broken(held, line, 0, message);
        self.pass_over();
        record
    }

    fn pass_over(&mut self) {
        if self.window.skip_line().is_err() {
            self.failed = true;
        }
    }

    fn reading_failed(&mut self, error: &std::io::Error) -> BrokenRecord {
        let held = self.window.rest().len();
        let mut record = self.broken(held, self.window.line, 0, cannot_go_on(error));
        record.is_last = true;
        record
    }

    fn broken(&mut self, end: usize, line: u32, column: u32, message: String) -> BrokenRecord {
        let start = self.window.line;
        let raw = self.window.rest()[..end].to_vec();
        self.window.advance(end);
        let mut record = BrokenRecord::new(line, column, message, raw);
        record.line = start;
        record
    }

    /// Line and field number after these bytes of the current row.
    fn spot(&self, before: &[u8]) -> (u32, u32) {
        let (mut start, mut column) = (0, 1);
        while let Some(end) = field_end(before, start, self.delimiter) {
            start = end + 1;
            column += 1;
        }
        (self.window.line.saturating_add(line_breaks(before)), column)
    }

    /// Where, after the first line of a broken row, a line starts that is a row of the right width by itself. Only files of
    /// four columns or more are searched: in narrower ones a line of somebody's text could pass for a row.
    fn whole_row_within(&self, held: usize, is_all: bool) -> Option<usize> {
        let bytes = &self.window.rest()[..held];
        if self.headers.len() < 4 {
            return None;
        }
        let next_line = |from: usize| {
            let at = from + memchr2(b'\n', b'\r', &bytes[from..])?;
            line_break_end(bytes, at).or(Some(at + 1)).filter(|end| *end < bytes.len())
        };
        let mut start = next_line(0)?;
        loop {
            let end = next_line(start);
            let line = &bytes[start..end.unwrap_or(bytes.len())];
            let is_closed = matches!(row_end(line, self.delimiter, true), RowEnd::At(at) if at == line.len());
            let is_whole = end.is_some() || is_all;
            if is_closed && is_whole && fields_in(line, self.delimiter) == self.headers.len() {
                return Some(start);
            }
            start = end?;
        }
    }
}

impl Iterator for Table {
    type Item = Result<Row, BrokenRecord>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed { None } else { self.next_row() }
    }
}

fn most_likely_delimiter(header: &str) -> u8 {
    let count = |delimiter: &u8| fields_in(header.as_bytes(), *delimiter);
    [b';', b'|', b'\t', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

pub(super) fn cannot_go_on(error: &std::io::Error) -> String {
    format!("Reading broke off ({}). What came before was read; please send the file again.", error.kind())
}
