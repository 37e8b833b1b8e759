//! JSON: one object, an array of objects, or objects one after the other. Objects are cut out one by one by their brackets,
//! so an array of any length streams; what an object holds is for the mapping to parse.
//!
//! After an object whose end cannot be found, reading goes on at the next line that begins one in the same character column.

use std::{io::BufRead, mem, str};

use memchr::memchr3;

use super::{
    Broken, BrokenRecord, RECORD_CAP,
    delimited::cannot_go_on,
    encoding::{Decoder, Encoding},
    foreign_form,
    window::Window,
};

const DEPTH: usize = 128;

/// The text of one JSON object and where it starts.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// The line, counted from 1.
    pub line: u32,
    /// The character within the line, counted from 1.
    pub column: u32,
    /// Its text.
    pub text: String,
    /// Its bytes as received, when they are not the bytes of `text`.
    pub recoded: Option<Vec<u8>>,
}

impl Document {
    /// Its bytes as received.
    pub fn into_raw(mut self) -> Vec<u8> {
        self.recoded.take().unwrap_or_else(|| mem::take(&mut self.text).into_bytes())
    }

    /// A copy of its bytes as received.
    pub fn raw(&self) -> Vec<u8> {
        self.recoded.clone().unwrap_or_else(|| self.text.as_bytes().to_vec())
    }
}

/// A JSON file, read object by object.
pub struct Documents {
    window: Window,
    decoder: Decoder,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Between,
    InArray,
    Failed,
}

impl Documents {
    /// Looks at the beginning of a file.
    pub fn open(input: Box<dyn BufRead + Send>, encoding: Encoding) -> Result<Self, Broken> {
        let (window, decoder) = open_text(input, encoding)?;
        let mut documents = Self { window, decoder, state: State::Between };
        let first = documents.next_byte().map_err(|error| at_start(cannot_go_on(&error)))?;
        match first {
            Some(b'{' | b'[') => Ok(documents),
            None => Err(at_start("This file is empty.".to_owned())),
            Some(_) => Err(Broken {
                line: documents.window.line,
                column: documents.window.column,
                message: "This is no JSON: it begins with neither { nor [. If the file is delimited text, please name its mapping.".to_owned(),
            }),
        }
    }

    fn next_byte(&mut self) -> std::io::Result<Option<u8>> {
        loop {
            let blank = self.window.rest().iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            self.window.advance(blank);
            match self.window.rest().first() {
                Some(byte) => return Ok(Some(*byte)),
                None if self.window.ended() => return Ok(None),
                None => self.window.more()?,
            }
        }
    }

    fn step(&mut self) -> std::io::Result<Option<Result<Document, BrokenRecord>>> {
        loop {
            match (self.next_byte()?, self.state) {
                (None, State::InArray) => {
                    self.state = State::Failed;
                    return Ok(Some(Err(self.here("The file ends within a list: its closing ] is missing. Records may be missing too; please export the file again.", 0))));
                }
                (None, _) => return Ok(None),
                (Some(b'['), State::Between) => self.enter(State::InArray),
                (Some(b']'), State::InArray) => self.enter(State::Between),
                (Some(b','), _) => self.window.advance(1),
                (Some(b'{'), _) => return self.object().map(Some),
                (Some(_), _) => {
                    let length = self.stray_length();
                    return Ok(Some(Err(self.here(
                        "There is something here that is no JSON object; a record is one object in { }.",
                        length,
                    ))));
                }
            }
        }
    }

    fn enter(&mut self, state: State) {
        self.window.advance(1);
        self.state = state;
    }

    fn object(&mut self) -> std::io::Result<Result<Document, BrokenRecord>> {
        loop {
            let rest = self.window.rest();
            match object_end(rest) {
                End::At(end) => return Ok(self.cut(end)),
                End::Broken(at, why) => return self.broken(at, why),
                End::Unknown if self.window.ended() => {
                    let at = rest.len();
                    return self.broken(
                        at,
                        "The file ends within this record: a closing } or quote is missing. Please export it again.",
                    );
                }
                End::Unknown if rest.len() >= RECORD_CAP => {
                    return self.broken(0, "This record is longer than 16 MB, which is more than one may be. Its beginning was kept; please check the export.");
                }
                End::Unknown => self.window.more()?,
            }
        }
    }

    fn cut(&mut self, end: usize) -> Result<Document, BrokenRecord> {
        let (line, column) = (self.window.line, self.window.column);
        let document = decoded(&mut self.decoder, &self.window.rest()[..end], line, column);
        self.window.advance(end);
        document
    }

    /// Reports the record that begins here and looks for the next one.
    fn broken(&mut self, at: usize, why: &str) -> std::io::Result<Result<Document, BrokenRecord>> {
        let (line, column) = (self.window.line, self.window.column);
        let rest = self.window.rest();
        let (next, held) = (next_beginning(rest, column), rest.len());
        let raw = rest[..next.unwrap_or(held)].to_vec();
        let spot = str::from_utf8(&rest[..at]).map(|text| super::pointer::line_and_column(text, at, line, column));
        let (bad_line, bad_column) = spot.unwrap_or((line, column));
        self.window.advance(next.unwrap_or(held));
        let mut found = next.is_some();
        while !found && self.window.skip_line()? {
            found = begins_here(self.window.rest(), column);
        }
        let mut record = BrokenRecord::new(bad_line, bad_column, why.to_owned(), raw);
        record.line = line;
        if !found {
            self.state = State::Failed;
        }
        Ok(Err(record))
    }

    fn stray_length(&self) -> usize {
        let rest = self.window.rest();
        rest.iter().position(|byte| matches!(byte, b',' | b']' | b'\n' | b'{')).unwrap_or(rest.len()).max(1)
    }

    fn here(&mut self, why: &str, length: usize) -> BrokenRecord {
        let raw = self.window.rest()[..length].to_vec();
        let record = BrokenRecord::new(self.window.line, self.window.column, why.to_owned(), raw);
        self.window.advance(length);
        record
    }
}

impl Iterator for Documents {
    type Item = Result<Document, BrokenRecord>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.state == State::Failed {
            return None;
        }
        self.step().unwrap_or_else(|error| {
            self.state = State::Failed;
            let mut record = self.here(&cannot_go_on(&error), 0);
            record.is_last = true;
            Some(Err(record))
        })
    }
}

pub(super) fn at_start(message: String) -> Broken {
    Broken { line: 1, column: 0, message }
}

pub(super) fn open_text(input: Box<dyn BufRead + Send>, encoding: Encoding) -> Result<(Window, Decoder), Broken> {
    let (window, marked) = Window::open(input).map_err(|error| at_start(cannot_go_on(&error)))?;
    if let Some(what) = foreign_form(window.rest()) {
        return Err(at_start(what.to_owned()));
    }
    let decoder = Decoder::new(encoding, marked, window.rest());
    Ok((window, decoder))
}

pub(super) fn decoded(decoder: &mut Decoder, raw: &[u8], line: u32, column: u32) -> Result<Document, BrokenRecord> {
    match decoder.decode(raw) {
        Ok(text) => {
            let recoded = (text.as_bytes() != raw).then(|| raw.to_vec());
            Ok(Document { line, column, text: text.into_owned(), recoded })
        }
        Err(bad) => {
            let before = String::from_utf8_lossy(&raw[..bad.at]);
            let (bad_line, bad_column) = super::pointer::line_and_column(&before, before.len(), line, column);
            let mut record = BrokenRecord::new(bad_line, bad_column, bad.why.to_owned(), raw.to_vec());
            record.line = line;
            Err(record)
        }
    }
}

enum End {
    At(usize),
    Broken(usize, &'static str),
    Unknown,
}

fn object_end(bytes: &[u8]) -> End {
    let (mut at, mut depth) = (0, 0_usize);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => match string_end(bytes, at) {
                End::At(end) => {
                    at = end;
                    continue;
                }
                other => return other,
            },
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return End::At(at);
        }
        if depth > DEPTH {
            return End::Broken(
                at - 1,
                "Too many brackets open within each other here. Please check that every record is closed with }.",
            );
        }
    }
    End::Unknown
}

fn string_end(bytes: &[u8], open: usize) -> End {
    let mut at = open + 1;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr3(b'"', b'\\', b'\n', rest)) {
        at += found;
        match bytes[at] {
            b'"' => return End::At(at + 1),
            b'\\' => at += 2,
            _ => {
                return End::Broken(
                    at,
                    "A quote opens on this line and does not close before the line ends. Please export this record again (a line break in text is written \\n).",
                );
            }
        }
    }
    End::Unknown
}

/// Where a later line begins an object in this character column.
fn next_beginning(bytes: &[u8], column: u32) -> Option<usize> {
    let mut lines = memchr::memchr_iter(b'\n', bytes).map(|at| at + 1);
    lines.find(|start| begins_here(&bytes[*start..], column))
}

fn begins_here(line: &[u8], column: u32) -> bool {
    let blank = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    line.get(blank) == Some(&b'{') && u32::try_from(blank + 1) == Ok(column)
}
