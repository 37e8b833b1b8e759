//! The paper that is written on: bytes that are there already, so that each piece asks for room once and is copied whole.

use std::cell::Cell;

thread_local! {
    /// What this thread writes on before a text is cut to its length: a plan becomes some twenty texts of a few kilobytes.
    static PAPER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// How much paper there is at first.
const FIRST: usize = 16 << 10;

/// Paper that has grown beyond this goes back, so that one huge plan does not hold its memory for good.
const KEPT: usize = 256 << 10;

pub(super) struct Paper {
    bytes: Vec<u8>,
    /// Up to where something is written.
    at: usize,
}

impl Paper {
    pub(super) fn take() -> Self {
        Self { bytes: PAPER.take(), at: 0 }
    }

    /// Takes the last byte back.
    pub(super) fn back(&mut self) {
        self.at -= 1;
    }

    pub(super) fn written(&self) -> &[u8] {
        &self.bytes[..self.at]
    }

    pub(super) fn put_away(self) {
        if self.bytes.len() <= KEPT {
            PAPER.set(self.bytes);
        }
    }

    /// The next bytes of the paper, to be written on.
    #[expect(clippy::inline_always, reason = "how much is mostly known where it is asked for, once this is inlined")]
    #[inline(always)]
    fn room(&mut self, bytes: usize) -> &mut [u8] {
        let end = self.at + bytes;
        if end > self.bytes.len() {
            self.more(end);
        }
        let room = &mut self.bytes[self.at..end];
        self.at = end;
        room
    }

    #[cold]
    fn more(&mut self, least: usize) {
        self.bytes.resize((least * 2).max(FIRST), 0);
    }

    #[inline]
    pub(super) fn put(&mut self, byte: u8) {
        self.room(1)[0] = byte;
    }

    #[inline]
    pub(super) fn put_all(&mut self, bytes: &[u8]) {
        self.room(bytes.len()).copy_from_slice(bytes);
    }

    pub(super) fn text(&mut self, text: &str) {
        let bytes = text.as_bytes();
        if any_needs_escape(bytes) {
            return self.escaped(bytes);
        }
        let [first, room @ .., last] = self.room(bytes.len() + 2) else { return };
        *first = b'"';
        room.copy_from_slice(bytes);
        *last = b'"';
    }

    /// A name that our structs give and that needs no escape.
    #[expect(clippy::inline_always, reason = "names are known when this is compiled, and so is their length")]
    #[inline(always)]
    pub(super) fn name(&mut self, name: &str) {
        let [first, room @ .., quote, colon] = self.room(name.len() + 3) else { return };
        *first = b'"';
        room.copy_from_slice(name.as_bytes());
        (*quote, *colon) = (b'"', b':');
    }

    /// The same behind another member.
    #[expect(clippy::inline_always, reason = "names are known when this is compiled, and so is their length")]
    #[inline(always)]
    pub(super) fn next_name(&mut self, name: &str) {
        let [comma, first, room @ .., quote, colon] = self.room(name.len() + 4) else { return };
        (*comma, *first) = (b',', b'"');
        room.copy_from_slice(name.as_bytes());
        (*quote, *colon) = (b'"', b':');
    }

    #[cold]
    fn escaped(&mut self, text: &[u8]) {
        self.put(b'"');
        let mut copied = 0;
        for (at, byte) in text.iter().enumerate() {
            if needs_escape(*byte) {
                self.put_all(&text[copied..at]);
                self.escape(*byte);
                copied = at + 1;
            }
        }
        self.put_all(&text[copied..]);
        self.put(b'"');
    }

    /// Backspace and form feed go by number: the HL7 validator does not read their short escapes.
    fn escape(&mut self, byte: u8) {
        let short = match byte {
            b'"' | b'\\' => byte,
            0x09 => b't',
            0x0a => b'n',
            0x0d => b'r',
            _ => {
                const DIGITS: &[u8; 16] = b"0123456789abcdef";
                let (high, low) = (DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]);
                return self.put_all(&[b'\\', b'u', b'0', b'0', high, low]);
            }
        };
        self.put_all(&[b'\\', short]);
    }
}

/// Looks at 16 bytes at once, and at the last 16 or 8 once more rather than one by one.
fn any_needs_escape(text: &[u8]) -> bool {
    fn any<const N: usize>(bytes: &[u8; N]) -> bool {
        bytes.iter().fold(false, |found, byte| found | needs_escape(*byte))
    }
    let (whole, rest) = text.as_chunks::<16>();
    if whole.iter().any(any) {
        return true;
    }
    match (text.last_chunk::<16>(), rest.first_chunk::<8>(), rest.last_chunk::<8>()) {
        (Some(last), ..) => any(last),
        (None, Some(first), Some(last)) => any(first) | any(last),
        _ => rest.iter().any(|byte| needs_escape(*byte)),
    }
}

const fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}
