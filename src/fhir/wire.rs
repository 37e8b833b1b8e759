//! FHIR's other form on the wire: XML made from the JSON that we answer, and JSON of the XML that is sent. Nothing is added,
//! dropped or reordered.

use std::{
    borrow::Cow,
    io::{self, Read},
};

use fhirbolt::{FhirReleases, element::Element};
use serde_json::Value;

use super::markup::{self, NARRATIVE, Plain};
use crate::source::pointer::line_and_column;

/// A resource that cannot be said in XML; its content is not told.
#[derive(Debug, thiserror::Error)]
#[error("the resource cannot be said in XML")]
pub struct NotInXml;

/// A resource in XML.
///
/// Line ends and tabs inside attributes are written as character references, since an XML reader makes spaces of them
/// otherwise, and a person's words may hold them.
pub fn xml_of(json: &str) -> Result<String, NotInXml> {
    let mut resource: Value = serde_json::from_str(json).map_err(|_| NotInXml)?;
    let mut narratives = Vec::new();
    take_narratives(&mut resource, &mut narratives);
    let element: Element<{ FhirReleases::R4 }> =
        fhirbolt::json::from_str(&resource.to_string(), None).map_err(|_| NotInXml)?;
    let xml = with_references(&fhirbolt::xml::to_string(&element, None).map_err(|_| NotInXml)?);
    let mut pieces = xml.split(NARRATIVE);
    let mut whole = pieces.next().unwrap_or_default().to_owned();
    for (narrative, piece) in narratives.iter().zip(pieces) {
        whole.push_str(narrative.as_str().unwrap_or_default());
        whole.push_str(piece);
    }
    Ok(whole)
}

/// A text that is no FHIR in XML: where it ends to be, and why. Its content is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct NoXml {
    /// The line, counted from 1.
    pub line: u32,
    /// The character, counted from 1.
    pub column: u32,
    /// What is wrong.
    pub message: &'static str,
}

/// Whether a body or a file begins as XML does.
pub fn is_xml(head: &[u8]) -> bool {
    markup::begins(head)
}

/// A resource in JSON, of one in XML. Narratives come over letter for letter.
pub fn json_of(xml: &str) -> Result<String, NoXml> {
    let xml = xml.strip_prefix('\u{feff}').unwrap_or(xml);
    let plain = markup::plain(xml).map_err(|fault| {
        let (line, column) = line_and_column(xml, fault.at, 1, 1);
        NoXml { line, column, message: fault.message }
    })?;
    let refused = || refused(xml, &plain);
    let element: Element<{ FhirReleases::R4 }> = fhirbolt::xml::from_str(&plain.text, None).map_err(|_| refused())?;
    let json = fhirbolt::json::to_string(&element, None).map_err(|_| refused())?;
    if plain.narratives.is_empty() {
        return Ok(json);
    }
    let mut resource: Value = serde_json::from_str(&json).map_err(|_| refused())?;
    let mut narratives = plain.narratives.iter();
    give_narratives(&mut resource, &mut narratives);
    Ok(resource.to_string())
}

const NO_RESOURCE: &str = "This XML is no FHIR resource in the namespace of FHIR.";
const NO_PLACE: &str = "Something here has no place in FHIR: an element or an attribute that its type does not have or has once, or text beside it.";

/// Where the reader stops, which says no place of its own.
fn refused(xml: &str, plain: &Plain<'_>) -> NoXml {
    let mut read = TagByTag { rest: plain.text.as_bytes() };
    let stopped = fhirbolt::xml::from_reader::<_, Element<{ FhirReleases::R4 }>>(&mut read, None).is_err();
    let (at, before) = plain.last_within(plain.text.len() - read.rest.len());
    let message = if stopped && before > 0 { NO_PLACE } else { NO_RESOURCE };
    let (line, column) = line_and_column(xml, at, 1, 1);
    NoXml { line, column, message }
}

/// Gives a text out tag by tag, so that what was taken of it tells how far its reader is.
struct TagByTag<'x> {
    rest: &'x [u8],
}

impl Read for TagByTag<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let tag = self.rest.iter().position(|byte| *byte == b'>').map_or(self.rest.len(), |end| end + 1);
        let (given, rest) = self.rest.split_at(tag.min(into.len()));
        into[..given.len()].copy_from_slice(given);
        self.rest = rest;
        Ok(given.len())
    }
}

/// Line and character of what stands in the JSON of this XML at a JSON pointer, or at an expression such as
/// `Bundle.entry[1].resource.status`.
pub fn place_in_xml(xml: &str, path: &str) -> (u32, u32) {
    line_and_column(xml, markup::find(xml, path), 1, 1)
}

/// The XML of what stands in its JSON at a JSON pointer.
pub fn part_of_xml<'x>(xml: &'x str, pointer: &str) -> &'x str {
    markup::element(xml, markup::find(xml, pointer))
}

/// Puts the narratives back, in the order in which they stand.
fn give_narratives<'x>(value: &mut Value, narratives: &mut impl Iterator<Item = &'x Cow<'x, str>>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(div) if name == "div" && div == NARRATIVE => {
                        *div = narratives.next().map_or_else(String::new, ToString::to_string);
                    }
                    _ => give_narratives(member, narratives),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| give_narratives(item, narratives)),
        _ => {}
    }
}

/// Takes out the narratives of a resource and, of a Bundle, of its entries, in their order.
fn take_narratives(resource: &mut Value, taken: &mut Vec<Value>) {
    taken.extend(resource.pointer_mut("/text/div").map(|div| std::mem::replace(div, NARRATIVE.into())));
    let entries = resource.get_mut("entry").and_then(Value::as_array_mut).map(Vec::as_mut_slice).unwrap_or_default();
    entries.iter_mut().filter_map(|entry| entry.get_mut("resource")).for_each(|one| take_narratives(one, taken));
}

fn with_references(xml: &str) -> String {
    let mut out = String::with_capacity(xml.len() + 64);
    let (mut in_tag, mut in_value) = (false, false);
    for letter in xml.chars() {
        match letter {
            '<' => in_tag = true,
            '>' if !in_value => in_tag = false,
            '"' if in_tag => in_value = !in_value,
            _ => {}
        }
        match letter {
            '\n' if in_value => out.push_str("&#xA;"),
            '\r' if in_value => out.push_str("&#xD;"),
            '\t' if in_value => out.push_str("&#x9;"),
            other => out.push(other),
        }
    }
    out
}
