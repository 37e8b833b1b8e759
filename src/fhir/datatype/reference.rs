//! What resources are known by and point to each other with: links of ours, identifiers, references.

use serde::{Serialize, Serializer, ser::SerializeMap};
use uuid::{Uuid, fmt::Hyphenated};

use super::{Beside, Concept, Extension};

/// The identity of a resource of ours, said as `Type/id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::fhir) struct Link {
    pub(in crate::fhir) kind: &'static str,
    pub(in crate::fhir) id: Uuid,
}

impl Link {
    /// Writes `before`, `Type/id` and `after`, all of them ASCII, and gives what was written.
    fn between<'b>(&self, before: &[u8], after: &[u8], buffer: &'b mut [u8; 80]) -> &'b [u8] {
        let mut at = 0;
        for part in [before, self.kind.as_bytes(), b"/"] {
            buffer[at..at + part.len()].copy_from_slice(part);
            at += part.len();
        }
        self.id.hyphenated().encode_lower(&mut buffer[at..]);
        at += Hyphenated::LENGTH;
        buffer[at..at + after.len()].copy_from_slice(after);
        &buffer[..at + after.len()]
    }
}

impl Serialize for Link {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.between(b"\"", b"\"", &mut [0; 80]))
    }
}

/// `urn:uuid:…`, the value of every identifier that we give.
#[derive(Clone, Copy, Debug)]
pub(in crate::fhir) struct Urn(pub(in crate::fhir) Uuid);

impl Serialize for Urn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.urn().encode_lower(&mut Uuid::encode_buffer()))
    }
}

/// An identifier's value: ours, or one that the source gave.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(in crate::fhir) enum IdentifierValue<'a> {
    Ours(Urn),
    Theirs(&'a str),
    Joined(String),
}

/// FHIR Identifier.
#[derive(Clone, Debug, Default, Serialize)]
pub(in crate::fhir) struct Identifier<'a> {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) kind: Option<Concept<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) system: Option<&'a str>,
    #[serde(rename = "_system", skip_serializing_if = "Beside::is_empty")]
    pub(in crate::fhir) beside_system: Beside<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) value: Option<IdentifierValue<'a>>,
    #[serde(rename = "_value", skip_serializing_if = "Beside::is_empty")]
    pub(in crate::fhir) beside_value: Beside<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) assigner: Option<Box<Reference<'a>>>,
}

impl<'a> Identifier<'a> {
    pub(in crate::fhir) fn ours(system: &'a str, id: Uuid) -> Self {
        Self { system: Some(system), value: Some(IdentifierValue::Ours(Urn(id))), ..Self::default() }
    }

    pub(in crate::fhir) fn theirs(system: &'a str, value: &'a str) -> Self {
        Self { system: Some(system), value: Some(IdentifierValue::Theirs(value)), ..Self::default() }
    }
}

/// FHIR Reference.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_field_names, reason = "FHIR names the field so")]
pub(in crate::fhir) struct Reference<'a> {
    pub(in crate::fhir) extension: Vec<Extension<'a>>,
    pub(in crate::fhir) reference: Option<Link>,
    pub(in crate::fhir) kind: Option<&'static str>,
    pub(in crate::fhir) identifier: Option<Box<Identifier<'a>>>,
    pub(in crate::fhir) display: Option<&'a str>,
}

/// A plan has a hundred references, nearly all of them to a resource of ours and nothing else: those are written in one piece.
impl Serialize for Reference<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Self { reference: Some(link), kind: None, identifier: None, display: None, extension } = self
            && extension.is_empty()
        {
            return serializer.serialize_bytes(link.between(br#"{"reference":""#, br#""}"#, &mut [0; 80]));
        }
        let mut members = serializer.serialize_map(None)?;
        if !self.extension.is_empty() {
            members.serialize_entry("extension", &self.extension)?;
        }
        if let Some(link) = &self.reference {
            members.serialize_entry("reference", link)?;
        }
        if let Some(kind) = self.kind {
            members.serialize_entry("type", kind)?;
        }
        if let Some(identifier) = &self.identifier {
            members.serialize_entry("identifier", identifier)?;
        }
        if let Some(display) = self.display {
            members.serialize_entry("display", display)?;
        }
        members.end()
    }
}

impl From<Link> for Reference<'_> {
    fn from(link: Link) -> Self {
        Self { reference: Some(link), ..Self::default() }
    }
}
