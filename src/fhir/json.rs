//! Writes the structs of `resource` as compact JSON, as `serde_json` would.
//!
//! Most of what we write is URLs that need no escape, so a text is looked at without a branch and copied whole. It
//! knows only what our structs use: texts, booleans, whole numbers, decimals as text, lists and maps with text keys.

use std::{cell::Cell, fmt};

use serde::{Serialize, Serializer, ser};

thread_local! {
    /// Where this thread writes before a text is cut to its length: a plan becomes some twenty texts of a few kilobytes.
    static PAPER: Cell<String> = const { Cell::new(String::new()) };
}

/// Paper that has grown beyond this goes back, so that one huge plan does not hold its memory for good.
const PAPER_KEPT: usize = 256 << 10;

/// The name of a newtype whose text is a number.
pub(super) const DECIMAL: &str = "Decimal";

/// The JSON of one object whose members are those of two structs, one after the other.
pub(super) fn text_of(head: &impl Serialize, body: &impl Serialize) -> String {
    let mut writer = Writer { out: PAPER.take(), goes_on: false, is_decimal: false };
    writer.out.clear();
    write(&mut writer, head, body).expect("the structs of `resource` above hold texts, lists and maps only");
    let text = writer.out.as_str().to_owned();
    if writer.out.capacity() <= PAPER_KEPT {
        PAPER.set(writer.out);
    }
    text
}

fn write(writer: &mut Writer, head: &impl Serialize, body: &impl Serialize) -> Result<(), Unknown> {
    head.serialize(&mut *writer)?;
    writer.out.pop();
    writer.goes_on = true;
    body.serialize(writer)
}

struct Writer {
    out: String,
    /// The next struct goes on with the object that stands open.
    goes_on: bool,
    /// The next text is a number.
    is_decimal: bool,
}

impl Writer {
    fn text(&mut self, text: &str) {
        self.out.push('"');
        if text.bytes().fold(false, |found, byte| found | needs_escape(byte)) {
            self.escaped(text);
        } else {
            self.out.push_str(text);
        }
        self.out.push('"');
    }

    /// A name that our structs give and that needs no escape.
    fn name(&mut self, name: &str) {
        self.out.push('"');
        self.out.push_str(name);
        self.out.push_str("\":");
    }

    #[cold]
    fn escaped(&mut self, text: &str) {
        let mut copied = 0;
        for (at, byte) in text.bytes().enumerate() {
            if needs_escape(byte) {
                self.out.push_str(&text[copied..at]);
                self.escape(byte);
                copied = at + 1;
            }
        }
        self.out.push_str(&text[copied..]);
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
                self.out.push_str("\\u00");
                self.out.push(char::from(DIGITS[usize::from(byte >> 4)]));
                return self.out.push(char::from(DIGITS[usize::from(byte & 15)]));
            }
        };
        self.out.push('\\');
        self.out.push(char::from(short));
    }
}

const fn needs_escape(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

/// A list or map that is being written, and how it ends.
struct Inside<'w> {
    writer: &'w mut Writer,
    is_first: bool,
    end: char,
}

impl<'w> Inside<'w> {
    fn begin(writer: &'w mut Writer, start: char, end: char) -> Self {
        writer.out.push(start);
        Self { writer, is_first: true, end }
    }

    fn next(&mut self) {
        if !std::mem::replace(&mut self.is_first, false) {
            self.writer.out.push(',');
        }
    }

    fn close(self) {
        self.writer.out.push(self.end);
    }
}

/// A struct that holds what this writer does not know.
#[derive(Debug)]
struct Unknown(String);

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unknown {}

impl ser::Error for Unknown {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

fn unknown<T>(what: &str) -> Result<T, Unknown> {
    Err(Unknown(format!("FHIR resources of ours hold no {what}")))
}

impl<'w> Serializer for &'w mut Writer {
    type Ok = ();
    type Error = Unknown;
    type SerializeSeq = Inside<'w>;
    type SerializeTuple = ser::Impossible<(), Unknown>;
    type SerializeTupleStruct = ser::Impossible<(), Unknown>;
    type SerializeTupleVariant = ser::Impossible<(), Unknown>;
    type SerializeMap = Inside<'w>;
    type SerializeStruct = Inside<'w>;
    type SerializeStructVariant = ser::Impossible<(), Unknown>;

    fn serialize_str(self, text: &str) -> Result<(), Unknown> {
        if std::mem::take(&mut self.is_decimal) {
            self.out.push_str(text);
        } else {
            self.text(text);
        }
        Ok(())
    }
    fn serialize_bool(self, answer: bool) -> Result<(), Unknown> {
        self.out.push_str(if answer { "true" } else { "false" });
        Ok(())
    }
    fn serialize_u64(self, number: u64) -> Result<(), Unknown> {
        self.out.push_str(&number.to_string());
        Ok(())
    }
    fn serialize_u8(self, number: u8) -> Result<(), Unknown> {
        self.serialize_u64(number.into())
    }
    fn serialize_u16(self, number: u16) -> Result<(), Unknown> {
        self.serialize_u64(number.into())
    }
    fn serialize_u32(self, number: u32) -> Result<(), Unknown> {
        self.serialize_u64(number.into())
    }
    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Result<(), Unknown> {
        value.serialize(self)
    }
    fn serialize_newtype_struct<T: ?Sized + Serialize>(self, name: &'static str, value: &T) -> Result<(), Unknown> {
        self.is_decimal = name == DECIMAL;
        value.serialize(self)
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Inside<'w>, Unknown> {
        Ok(Inside::begin(self, '[', ']'))
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Inside<'w>, Unknown> {
        Ok(Inside::begin(self, '{', '}'))
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Inside<'w>, Unknown> {
        if std::mem::take(&mut self.goes_on) {
            return Ok(Inside { writer: self, is_first: false, end: '}' });
        }
        Ok(Inside::begin(self, '{', '}'))
    }

    fn serialize_i8(self, _: i8) -> Result<(), Unknown> {
        unknown("signed number")
    }
    fn serialize_i16(self, _: i16) -> Result<(), Unknown> {
        unknown("signed number")
    }
    fn serialize_i32(self, _: i32) -> Result<(), Unknown> {
        unknown("signed number")
    }
    fn serialize_i64(self, _: i64) -> Result<(), Unknown> {
        unknown("signed number")
    }
    fn serialize_f32(self, _: f32) -> Result<(), Unknown> {
        unknown("fraction")
    }
    fn serialize_f64(self, _: f64) -> Result<(), Unknown> {
        unknown("fraction")
    }
    fn serialize_char(self, _: char) -> Result<(), Unknown> {
        unknown("single character")
    }
    fn serialize_bytes(self, _: &[u8]) -> Result<(), Unknown> {
        unknown("bytes")
    }
    fn serialize_none(self) -> Result<(), Unknown> {
        unknown("null")
    }
    fn serialize_unit(self) -> Result<(), Unknown> {
        unknown("null")
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Unknown> {
        unknown("null")
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<(), Unknown> {
        unknown("variant")
    }
    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), Unknown> {
        unknown("variant")
    }
    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Unknown> {
        unknown("tuple")
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Unknown> {
        unknown("tuple")
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Unknown> {
        unknown("variant")
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Unknown> {
        unknown("variant")
    }
}

impl ser::SerializeSeq for Inside<'_> {
    type Ok = ();
    type Error = Unknown;

    fn serialize_element<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), Unknown> {
        self.next();
        value.serialize(&mut *self.writer)
    }
    fn end(self) -> Result<(), Unknown> {
        self.close();
        Ok(())
    }
}

impl ser::SerializeMap for Inside<'_> {
    type Ok = ();
    type Error = Unknown;

    fn serialize_key<T: ?Sized + Serialize>(&mut self, key: &T) -> Result<(), Unknown> {
        self.next();
        key.serialize(&mut *self.writer)
    }
    fn serialize_value<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), Unknown> {
        self.writer.out.push(':');
        value.serialize(&mut *self.writer)
    }
    fn end(self) -> Result<(), Unknown> {
        self.close();
        Ok(())
    }
}

impl ser::SerializeStruct for Inside<'_> {
    type Ok = ();
    type Error = Unknown;

    fn serialize_field<T: ?Sized + Serialize>(&mut self, key: &'static str, value: &T) -> Result<(), Unknown> {
        self.next();
        self.writer.name(key);
        value.serialize(&mut *self.writer)
    }
    fn end(self) -> Result<(), Unknown> {
        self.close();
        Ok(())
    }
}
