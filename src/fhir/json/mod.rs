//! Writes the structs of `resource` as compact JSON, as `serde_json` would.
//!
//! Most of what we write is short names and URLs that need no escape. It knows only what our structs use: texts, booleans,
//! whole numbers, decimals as text, lists and maps with text keys, and bytes that are JSON already.

mod paper;

use std::fmt;

use serde::{Serialize, Serializer, ser};

use paper::Paper;

/// The name of a newtype whose text is a number.
pub(super) const DECIMAL: &str = "Decimal";

/// The name of the struct as which `serde_json` says a number of any precision.
const NUMBER: &str = "$serde_json::private::Number";

/// The JSON of one object whose members are those of two structs, one after the other.
pub(super) fn text_of(head: &impl Serialize, body: &impl Serialize) -> String {
    let mut writer = Writer::new();
    write(&mut writer, head, body).expect("the structs of `resource` above hold texts, lists and maps only");
    let text =
        std::str::from_utf8(writer.paper.written()).expect("texts above are written whole, or cut at ASCII").to_owned();
    writer.paper.put_away();
    text
}

/// Does something with the JSON of a value, where this writer knows all that it holds.
pub(super) fn with_bytes<T>(value: &impl Serialize, then: impl FnOnce(&[u8]) -> T) -> Option<T> {
    let mut writer = Writer::new();
    let done = value.serialize(&mut writer).is_ok().then(|| then(writer.paper.written()));
    writer.paper.put_away();
    done
}

fn write(writer: &mut Writer, head: &impl Serialize, body: &impl Serialize) -> Result<(), Unknown> {
    head.serialize(&mut *writer)?;
    writer.paper.back();
    writer.goes_on = true;
    body.serialize(writer)
}

struct Writer {
    paper: Paper,
    /// The next struct goes on with the object that stands open.
    goes_on: bool,
    /// The next text is a number.
    is_decimal: bool,
}

impl Writer {
    fn new() -> Self {
        Self { paper: Paper::take(), goes_on: false, is_decimal: false }
    }
}

/// A list or map that is being written, and how it ends.
struct Inside<'w> {
    writer: &'w mut Writer,
    is_first: bool,
    end: u8,
}

impl<'w> Inside<'w> {
    fn begin(writer: &'w mut Writer, start: u8, end: u8) -> Self {
        writer.paper.put(start);
        Self { writer, is_first: true, end }
    }

    fn next(&mut self) {
        if !std::mem::replace(&mut self.is_first, false) {
            self.writer.paper.put(b',');
        }
    }

    fn close(self) {
        self.writer.paper.put(self.end);
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
            self.paper.put_all(text.as_bytes());
        } else {
            self.paper.text(text);
        }
        Ok(())
    }
    fn serialize_bool(self, answer: bool) -> Result<(), Unknown> {
        self.paper.put_all(if answer { b"true" } else { b"false" });
        Ok(())
    }
    fn serialize_u64(self, number: u64) -> Result<(), Unknown> {
        self.paper.put_all(number.to_string().as_bytes());
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
        Ok(Inside::begin(self, b'[', b']'))
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Inside<'w>, Unknown> {
        Ok(Inside::begin(self, b'{', b'}'))
    }
    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Inside<'w>, Unknown> {
        if name == NUMBER {
            return unknown("number of any precision");
        }
        if std::mem::take(&mut self.goes_on) {
            return Ok(Inside { writer: self, is_first: false, end: b'}' });
        }
        Ok(Inside::begin(self, b'{', b'}'))
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
    /// JSON that stands as it is.
    fn serialize_bytes(self, json: &[u8]) -> Result<(), Unknown> {
        self.paper.put_all(json);
        Ok(())
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
        self.writer.paper.put(b':');
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

    #[expect(clippy::inline_always, reason = "names are known when this is compiled, and so is their length")]
    #[inline(always)]
    fn serialize_field<T: ?Sized + Serialize>(&mut self, key: &'static str, value: &T) -> Result<(), Unknown> {
        if std::mem::replace(&mut self.is_first, false) {
            self.writer.paper.name(key);
        } else {
            self.writer.paper.next_name(key);
        }
        value.serialize(&mut *self.writer)
    }
    fn end(self) -> Result<(), Unknown> {
        self.close();
        Ok(())
    }
}
