//! What a check finds, and where: a `FHIRPath` expression, and line and character of the text.

use std::borrow::Cow;

use super::NoJson;
use crate::{
    fhir::{outcome::Issue, wire},
    plan::Place,
    rules::Severity,
    source::pointer::line_and_column,
};

/// Something that is not as FHIR R4 wants it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// How much it weighs.
    pub severity: Severity,
    /// FHIR's issue-type.
    pub code: &'static str,
    /// What is wrong, without any value of the resource.
    pub message: Cow<'static, str>,
    /// The invariant's key, such as `cpl-3`; empty where none speaks.
    pub key: &'static str,
    /// The element, as simple `FHIRPath` with indices.
    pub expression: String,
    /// The place in the text; its file is for the caller to name.
    pub place: Place,
}

impl Fault {
    /// The fault as an issue of an `OperationOutcome`.
    pub fn issue(&self) -> Issue<'_> {
        Issue {
            severity: self.severity,
            rule: None,
            code: self.code,
            message: &self.message,
            diagnostics: self.key,
            expression: Some(&self.expression),
            pointer: None,
            place: Some(&self.place),
        }
    }
}

impl Fault {
    /// The fault at its place in the XML that the JSON was made of.
    #[must_use]
    pub fn within_xml(mut self, xml: &str) -> Self {
        (self.place.line, self.place.column) = wire::place_in_xml(xml, &self.expression);
        self
    }
}

impl From<wire::NoXml> for Fault {
    fn from(error: wire::NoXml) -> Self {
        NoJson { line: error.line, column: error.column, message: error.message }.into()
    }
}

impl From<NoJson> for Fault {
    fn from(error: NoJson) -> Self {
        Self {
            severity: Severity::Error,
            code: "structure",
            message: error.message.into(),
            key: "",
            expression: String::new(),
            place: Place { line: error.line, column: error.column, ..Place::default() },
        }
    }
}

/// How many faults are told of one text; a resource with more is not the one that was meant.
pub(super) const MOST: usize = 500;

/// A fault with its byte offset.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) at: usize,
    pub(super) fault: Fault,
}

impl Found {
    /// Whether another need not be told after this: the same place and kind, or the same invariant.
    pub(super) fn says_as_much(&self, other: &Self) -> bool {
        let (told, new) = (&self.fault, &other.fault);
        let is_same = told.code == new.code && told.expression == new.expression && told.key == new.key;
        is_same || (!new.key.is_empty() && told.key == new.key && self.at == other.at)
    }
}

/// Where an element is: its name, its index where it repeats, and what it lies in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Path<'p> {
    pub(super) above: Option<&'p Path<'p>>,
    pub(super) name: &'p str,
    pub(super) index: Option<usize>,
}

impl<'p> Path<'p> {
    /// The path of an element within this one.
    pub(super) fn to(&'p self, name: &'p str) -> Path<'p> {
        Path { above: Some(self), name, index: None }
    }

    /// The path of one of several.
    pub(super) fn nth(self, index: usize) -> Self {
        Self { index: Some(index), ..self }
    }

    /// As `FHIRPath` says it.
    pub(super) fn expression(&self) -> String {
        let mut said = self.above.map(Self::expression).unwrap_or_default();
        if !said.is_empty() {
            said.push('.');
        }
        said.push_str(self.name);
        if let Some(index) = self.index {
            said.extend(["[", &index.to_string(), "]"]);
        }
        said
    }
}

/// The faults in the order of their places, with lines and characters.
pub(super) fn placed(text: &str, mut found: Vec<Found>) -> Vec<Fault> {
    found.sort_by_key(|one| one.at);
    let (mut at, mut line, mut column) = (0, 1, 1);
    let placed = found.into_iter().map(|one| {
        (line, column) = line_and_column(&text[at..], one.at - at, line, column);
        at = one.at;
        let place = Place { line, column, ..Place::default() };
        Fault { place, ..one.fault }
    });
    placed.collect()
}

/// Line and character of a byte offset.
pub(super) fn place_of(text: &str, at: usize) -> (u32, u32) {
    line_and_column(text, at, 1, 1)
}
