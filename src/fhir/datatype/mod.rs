//! FHIR's data types as we write them: they borrow from the plan, leave out what is empty and serialise straight to text.
//! Bytes among them are JSON as it stands (`json`).
//!
//! Resources are in `resource`; which values fit a type is in `lexical`.

mod reference;

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{
    json,
    system::{code, extension},
};

pub(super) use reference::{Identifier, IdentifierValue, Link, Reference};

/// FHIR Coding.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Coding<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) extension: Vec<Extension<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) system: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) display: Option<&'a str>,
}

impl<'a> Coding<'a> {
    pub(super) fn of(system: &'a str, code: &'a str) -> Self {
        Self { system: Some(system), code: Some(code), ..Self::default() }
    }

    pub(super) fn shown(system: &'a str, code: &'a str, display: &'a str) -> Self {
        Self { display: Some(display), ..Self::of(system, code) }
    }
}

/// FHIR `CodeableConcept`.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Concept<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) extension: Vec<Extension<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) coding: Vec<Coding<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<&'a str>,
    #[serde(rename = "_text", skip_serializing_if = "Beside::is_empty")]
    pub(super) beside_text: Beside<'a>,
}

impl<'a> Concept<'a> {
    pub(super) fn of(system: &'a str, code: &'a str) -> Self {
        Self { coding: vec![Coding::of(system, code)], ..Self::default() }
    }

    pub(super) fn said(text: &'a str) -> Self {
        Self { text: Some(text), ..Self::default() }
    }

    pub(super) fn with_text(mut self, text: &'a str) -> Self {
        self.text = Some(text);
        self
    }

    /// Whether nothing at all would be written.
    pub(super) fn is_empty(&self) -> bool {
        self.extension.is_empty() && self.coding.is_empty() && self.text.is_none()
    }
}

/// Extensions on a primitive, written as `_name` beside it.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Beside<'a> {
    pub(super) extension: Vec<Extension<'a>>,
}

impl<'a> Beside<'a> {
    pub(super) fn is_empty(&self) -> bool {
        self.extension.is_empty()
    }

    /// That the value stands in for one which the source did not give.
    pub(super) fn assumed() -> Self {
        Self { extension: vec![Extension::assumed()] }
    }

    /// The source's own word for the value.
    pub(super) fn as_recorded(word: &'a str) -> Self {
        Self { extension: vec![Extension::of(extension::AS_RECORDED, Value::Text(word))] }
    }

    /// Why the primitive has no value.
    pub(super) fn absent(reason: &'static str) -> Self {
        Self { extension: vec![Extension::absent(reason)] }
    }
}

/// FHIR Extension.
#[derive(Clone, Debug)]
pub(super) struct Extension<'a> {
    pub(super) url: &'static str,
    pub(super) value: Value<'a>,
}

/// What an extension or an answer holds.
#[derive(Clone, Debug)]
pub(super) enum Value<'a> {
    Parts(Vec<Extension<'a>>),
    Text(&'a str),
    /// A text, a code or an answer that was not given.
    NoText,
    NoCode,
    NoAnswer,
    Code(&'a str),
    /// A code that stands in for one which was not given.
    AssumedCode(&'a str),
    Uri(&'a str),
    Date(&'a str),
    DateTime(&'a str),
    Boolean(bool),
    Whole(u32),
    Coding(Coding<'a>),
    Concept(Concept<'a>),
    Reference(Link),
}

impl<'a> Extension<'a> {
    pub(super) const fn of(url: &'static str, value: Value<'a>) -> Self {
        Self { url, value }
    }

    /// Why there is no value.
    pub(super) const fn absent(reason: &'static str) -> Self {
        Self::of(extension::DATA_ABSENT, Value::Code(reason))
    }

    /// That a value stands in for one which the source did not give.
    pub(super) const fn assumed() -> Self {
        Self::of(extension::ASSUMED, Value::Boolean(true))
    }

    /// A part that says what the source has, where a reference beside it tells something else.
    pub(super) fn push_unlike(parts: &mut Vec<Self>, url: &'static str, has: Option<&'a str>, told: Option<&str>) {
        if has != told {
            parts.push(Self::of(url, has.map_or(Value::NoText, Value::Text)));
        }
    }

    /// An extension of parts, when there is a part.
    pub(super) fn group(url: &'static str, parts: Vec<Extension<'a>>) -> Option<Self> {
        (!parts.is_empty()).then_some(Self::of(url, Value::Parts(parts)))
    }
}

impl Value<'_> {
    /// Writes the value as `value[x]`.
    pub(super) fn write<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        match self {
            Self::Parts(parts) => map.serialize_entry("extension", parts),
            Self::Text(text) => map.serialize_entry("valueString", text),
            Self::NoText => map.serialize_entry("_valueString", &Beside::absent("unknown")),
            Self::NoCode => map.serialize_entry("_valueCode", &Beside::absent("unknown")),
            Self::NoAnswer => map.serialize_entry("_valueBoolean", &Beside::absent("unknown")),
            Self::Code(code) => map.serialize_entry("valueCode", code),
            Self::AssumedCode(code) => {
                map.serialize_entry("valueCode", code)?;
                map.serialize_entry("_valueCode", &Beside::assumed())
            }
            Self::Uri(uri) => map.serialize_entry("valueUri", uri),
            Self::Date(date) => map.serialize_entry("valueDate", date),
            Self::DateTime(moment) => map.serialize_entry("valueDateTime", moment),
            Self::Whole(number) => map.serialize_entry("valueUnsignedInt", number),
            Self::Boolean(answer) => map.serialize_entry("valueBoolean", answer),
            Self::Coding(coding) => map.serialize_entry("valueCoding", coding),
            Self::Concept(concept) => map.serialize_entry("valueCodeableConcept", concept),
            Self::Reference(link) => map.serialize_entry("valueReference", &Reference::from(*link)),
        }
    }
}

impl Serialize for Extension<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("url", self.url)?;
        self.value.write(&mut map)?;
        map.end()
    }
}

/// FHIR Period, to the day.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Period<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) start: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) end: Option<&'a str>,
}

impl<'a> Period<'a> {
    /// A period of days, when one is known. An end that is not surely at or after the start is left out, as FHIR asks.
    pub(super) fn of(start: Option<&'a str>, end: Option<&'a str>) -> Option<Self> {
        let end = end.filter(|end| start.is_none_or(|start| is_in_order(start, end)));
        (start.is_some() || end.is_some()).then_some(Self { start, end })
    }
}

/// Whether two dates, perhaps partial, are surely in order.
fn is_in_order(start: &str, end: &str) -> bool {
    let shared = start.len().min(end.len());
    let (start_part, end_part) = (&start[..shared], &end[..shared]);
    start_part < end_part || (start_part == end_part && start.len() == end.len())
}

/// FHIR Annotation.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Note<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) extension: Vec<Extension<'a>>,
    #[serde(rename = "authorString", skip_serializing_if = "Option::is_none")]
    pub(super) author: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) time: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<&'a str>,
    #[serde(rename = "_text", skip_serializing_if = "Beside::is_empty")]
    pub(super) beside_text: Beside<'a>,
}

impl<'a> Note<'a> {
    pub(super) fn said(text: &'a str) -> Self {
        Self::or_absent(Some(text))
    }

    /// A note whose text may not be given.
    pub(super) fn or_absent(text: Option<&'a str>) -> Self {
        let beside_text = if text.is_some() { Beside::default() } else { Beside::absent("unknown") };
        Self { extension: Vec::new(), author: None, time: None, text, beside_text }
    }

    /// A note whose kind is a plan concept of ours.
    pub(super) fn about(concept: &'static str, text: &'a str) -> Self {
        Self::said(text).of_kind(concept)
    }

    /// The note, said to be of a kind.
    pub(super) fn of_kind(mut self, concept: &'static str) -> Self {
        let kind = Value::Concept(Concept::of(code::OWN_PLAN_CONCEPT, concept));
        self.extension.push(Extension::of(extension::ANNOTATION_TYPE, kind));
        self
    }
}

/// FHIR decimal, digit for digit as the source wrote it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decimal<'a>(pub(super) &'a str);

impl Serialize for Decimal<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(json::DECIMAL, self.0)
    }
}

/// FHIR Quantity: a bare number.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Quantity<'a> {
    pub(super) value: Decimal<'a>,
}

/// FHIR Meta.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Meta<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) profile: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) security: Vec<Coding<'a>>,
}

impl Meta<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.source.is_none() && self.profile.is_empty() && self.security.is_empty()
    }
}

/// FHIR Narrative.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Narrative {
    pub(super) status: &'static str,
    pub(super) div: String,
}
