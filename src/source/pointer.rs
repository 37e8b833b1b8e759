//! Finds a spot in the text of a JSON value: from a JSON pointer to its line and character, and back. It walks the text only
//! when a finding needs it, keeps no tree, and takes broken text without complaint (then there is no spot).

use std::borrow::Cow;

/// Walks JSON text. The text may be broken; then a step says nothing.
#[derive(Clone, Copy, Debug)]
pub struct Cursor<'t> {
    text: &'t str,
    /// Byte offset.
    pub at: usize,
}

impl<'t> Cursor<'t> {
    /// At the first value.
    pub fn new(text: &'t str) -> Self {
        let mut cursor = Self { text, at: 0 };
        cursor.space();
        cursor
    }

    /// The byte here, white space passed over.
    pub fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        self.space();
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// Steps into an object or an array.
    pub fn enter(&mut self) {
        self.at += 1;
        self.space();
    }

    /// The next member's name; the cursor then stands at its value. Nothing at the object's end, which is passed.
    pub fn member(&mut self) -> Option<&'t str> {
        if self.take(b',').is_none() && self.take(b'}').is_some() {
            return None;
        }
        self.space();
        let start = self.at + 1;
        self.string()?;
        let name = &self.text[start..self.at - 1];
        self.take(b':')?;
        self.space();
        Some(name)
    }

    /// Moves to the next element. Nothing at the array's end, which is passed.
    pub fn element(&mut self) -> Option<()> {
        if self.take(b',').is_none() && self.take(b']').is_some() {
            return None;
        }
        self.space();
        self.peek().map(|_| ())
    }

    /// Passes a value and gives its text.
    pub fn value(&mut self) -> Option<&'t str> {
        let start = self.at;
        match self.peek()? {
            b'"' => self.string()?,
            b'{' | b'[' => self.nested()?,
            _ => self.scalar(),
        }
        Some(&self.text[start..self.at])
    }

    fn string(&mut self) -> Option<()> {
        let bytes = self.text.as_bytes();
        (self.peek()? == b'"').then_some(())?;
        let mut at = self.at + 1;
        loop {
            at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
            if bytes[at] == b'"' {
                self.at = at + 1;
                return Some(());
            }
            at += 2;
        }
    }

    fn nested(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Some(());
            }
        }
    }

    fn scalar(&mut self) {
        while !matches!(self.peek(), None | Some(b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }
}

/// The offset of the value at a JSON pointer.
pub fn find(text: &str, pointer: &str) -> Option<usize> {
    let mut cursor = Cursor::new(text);
    for token in pointer.split('/').skip(1) {
        let token = unescape(token);
        match cursor.peek()? {
            b'{' => {
                cursor.enter();
                while same_name(cursor.member()?, &token).is_none() {
                    cursor.value()?;
                }
            }
            b'[' => {
                cursor.enter();
                for _ in 0..token.parse::<u32>().ok()? {
                    cursor.element()?;
                    cursor.value()?;
                }
                cursor.element()?;
            }
            _ => return None,
        }
    }
    Some(cursor.at)
}

/// The pointer of the innermost value that holds the offset.
pub fn around(text: &str, offset: usize) -> String {
    let mut pointer = String::new();
    let mut cursor = Cursor::new(text);
    while let Some(step) = child_at(&mut cursor, offset) {
        pointer.push('/');
        pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
    }
    pointer
}

fn child_at(cursor: &mut Cursor<'_>, offset: usize) -> Option<String> {
    let is_object = match cursor.peek()? {
        b'{' => true,
        b'[' => false,
        _ => return None,
    };
    cursor.enter();
    let mut index = 0_usize;
    loop {
        let begin = cursor.at;
        let name = if is_object { plain_name(cursor.member()?) } else { index.to_string() };
        if !is_object {
            cursor.element()?;
        }
        if begin > offset {
            return None;
        }
        let mut after = *cursor;
        if after.value().is_none() || after.at >= offset {
            return Some(name);
        }
        *cursor = after;
        index += 1;
    }
}

/// Line and character of an offset in a text that itself starts at this line and character.
pub fn line_and_column(text: &str, offset: usize, line: u32, column: u32) -> (u32, u32) {
    let before = text.get(..offset).unwrap_or(text);
    let breaks = super::window::line_breaks(before.as_bytes());
    let last = before.rfind(['\n', '\r']).map_or(before, |at| &before[at + 1..]);
    let characters = u32::try_from(last.chars().count()).unwrap_or(u32::MAX);
    if breaks == 0 { (line, column.saturating_add(characters)) } else { (line.saturating_add(breaks), characters + 1) }
}

fn unescape(token: &str) -> Cow<'_, str> {
    if token.contains('~') { token.replace("~1", "/").replace("~0", "~").into() } else { token.into() }
}

fn same_name(written: &str, wanted: &str) -> Option<()> {
    (written == wanted || (written.contains('\\') && plain_name(written) == wanted)).then_some(())
}

/// A member's name without JSON escapes.
pub fn plain_name(written: &str) -> String {
    serde_json::from_str(&format!("\"{written}\"")).unwrap_or_else(|_| written.to_owned())
}
