//! NDJSON: a line a record. Blank lines are passed over; a line that cannot be read costs that line only.

use std::io::BufRead;

use memchr::memchr;

use super::{
    Broken, BrokenRecord, RECORD_CAP,
    delimited::cannot_go_on,
    encoding::{Decoder, Encoding},
    json::{Document, at_start, decoded, open_text},
    window::Window,
};

/// An NDJSON file, read line by line.
pub struct Lines {
    window: Window,
    decoder: Decoder,
    failed: bool,
}

impl Lines {
    /// Looks at the beginning of a file.
    pub fn open(input: Box<dyn BufRead + Send>, encoding: Encoding) -> Result<Self, Broken> {
        let (window, decoder) = open_text(input, encoding)?;
        if window.rest().iter().all(u8::is_ascii_whitespace) && window.ended() {
            return Err(at_start("This file is empty.".to_owned()));
        }
        Ok(Self { window, decoder, failed: false })
    }

    fn step(&mut self) -> std::io::Result<Option<Result<Document, BrokenRecord>>> {
        loop {
            let rest = self.window.rest();
            let line_end = memchr(b'\n', rest);
            if line_end.is_none() && !self.window.ended() {
                if rest.len() >= RECORD_CAP {
                    return self.too_long().map(Some);
                }
                self.window.more()?;
                continue;
            }
            if rest.is_empty() {
                return Ok(None);
            }
            let end = line_end.map_or(rest.len(), |at| at + 1);
            match rest[..end].iter().position(|byte| !byte.is_ascii_whitespace()) {
                None => self.window.advance(end),
                Some(start) => return Ok(Some(self.line(start, end))),
            }
        }
    }

    fn line(&mut self, start: usize, end: usize) -> Result<Document, BrokenRecord> {
        self.window.advance(start);
        let (line, column) = (self.window.line, self.window.column);
        let raw = &self.window.rest()[..end - start];
        let content = raw.trim_ascii_end();
        let document = if content[0] == b'{' && content.ends_with(b"}") {
            decoded(&mut self.decoder, content, line, column)
        } else {
            let why = "This line is no whole JSON object: it must begin with { and end with }. If one object covers several lines, the mapping's form is json, not ndjson.";
            Err(BrokenRecord::new(line, column, why.to_owned(), content.to_vec()))
        };
        self.window.advance(end - start);
        document
    }

    fn too_long(&mut self) -> std::io::Result<Result<Document, BrokenRecord>> {
        let why = format!(
            "This line is longer than {} MB, which is more than one record may be. Its beginning was kept; please check the export.",
            RECORD_CAP >> 20
        );
        let record = BrokenRecord::new(self.window.line, 0, why, self.window.rest().to_vec());
        self.window.advance(self.window.rest().len());
        self.window.skip_line()?;
        Ok(Err(record))
    }
}

impl Iterator for Lines {
    type Item = Result<Document, BrokenRecord>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        self.step().unwrap_or_else(|error| {
            self.failed = true;
            let mut record = BrokenRecord::new(self.window.line, 0, cannot_go_on(&error), Vec::new());
            record.is_last = true;
            Some(Err(record))
        })
    }
}
