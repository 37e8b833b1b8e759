//! The part of a stream that is in memory: bytes not yet taken, refilled on demand, with the line they start on.
//! It knows no form; where a record ends is for the readers to say.

use std::io::{self, BufRead};

use memchr::{memchr2, memchr2_iter};

const CHUNK: usize = 64 << 10;

pub(super) struct Window {
    input: Box<dyn BufRead + Send>,
    bytes: Vec<u8>,
    start: usize,
    ended: bool,
    /// Line of the first byte not yet taken.
    pub(super) line: u32,
    /// Character within that line, counted from 1.
    pub(super) column: u32,
    after_cr: bool,
}

impl Window {
    /// Fills the window for the first time; a UTF-8 byte order mark is taken and handed back as a flag.
    pub(super) fn open(input: Box<dyn BufRead + Send>) -> io::Result<(Self, bool)> {
        let mut window = Self { input, bytes: Vec::new(), start: 0, ended: false, line: 1, column: 1, after_cr: false };
        window.more()?;
        let marked = window.bytes.starts_with(b"\xEF\xBB\xBF");
        if marked {
            window.start = 3;
        }
        Ok((window, marked))
    }

    pub(super) fn rest(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// Reads on, at least doubling what is held, so that scanning anew from the start stays linear in all.
    pub(super) fn more(&mut self) -> io::Result<()> {
        self.bytes.drain(..self.start);
        self.start = 0;
        let wanted = self.bytes.len().saturating_mul(2).max(CHUNK);
        while self.bytes.len() < wanted && !self.ended {
            let chunk = match self.input.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let taken = chunk.len().min(wanted - self.bytes.len());
            self.ended = taken == 0;
            self.bytes.extend_from_slice(&chunk[..taken]);
            self.input.consume(taken);
        }
        Ok(())
    }

    /// Takes bytes off the front and counts the lines within.
    pub(super) fn advance(&mut self, count: usize) {
        let taken = &self.bytes[self.start..self.start + count];
        for at in memchr2_iter(b'\n', b'\r', taken) {
            let second_of_pair = taken[at] == b'\n' && if at == 0 { self.after_cr } else { taken[at - 1] == b'\r' };
            if !second_of_pair {
                self.line = self.line.saturating_add(1);
            }
        }
        match memchr::memrchr2(b'\n', b'\r', taken) {
            Some(at) => self.column = 1 + characters(&taken[at + 1..]),
            None => self.column = self.column.saturating_add(characters(taken)),
        }
        if let Some(last) = taken.last() {
            self.after_cr = *last == b'\r';
        }
        self.start += count;
    }

    /// Drops bytes up to the start of the next line, however far that is. Says whether there is one.
    pub(super) fn skip_line(&mut self) -> io::Result<bool> {
        loop {
            if let Some(at) = memchr2(b'\n', b'\r', self.rest()) {
                let end = line_break_end(self.rest(), at);
                if end.is_some() || self.ended {
                    self.advance(end.unwrap_or(at + 1));
                    return Ok(true);
                }
            } else {
                self.advance(self.rest().len());
            }
            if self.ended {
                return Ok(false);
            }
            self.more()?;
        }
    }
}

fn characters(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.iter().filter(|byte| (**byte & 0xC0) != 0x80).count()).unwrap_or(u32::MAX)
}

/// Where the line break at `at` ends; nothing when a `\r` is the last byte held and a `\n` may follow.
pub(super) fn line_break_end(bytes: &[u8], at: usize) -> Option<usize> {
    match (bytes[at], bytes.get(at + 1)) {
        (b'\r', Some(b'\n')) => Some(at + 2),
        (b'\r', None) => None,
        _ => Some(at + 1),
    }
}

/// How many line breaks there are: `\n`, `\r\n` and a lone `\r` each count once.
pub(super) fn line_breaks(bytes: &[u8]) -> u32 {
    let breaks =
        memchr2_iter(b'\n', b'\r', bytes).filter(|at| !(bytes[*at] == b'\n' && *at > 0 && bytes[*at - 1] == b'\r'));
    u32::try_from(breaks.count()).unwrap_or(u32::MAX)
}
