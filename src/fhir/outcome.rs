//! `OperationOutcome`: findings and faults for whoever has to act on them, with the place in the plan and in the source.
//!
//! No text of a record ever stands in one; what an issue says comes from a rule's page or from our own code.

use std::{borrow::Cow, cmp::Reverse};

use serde::Serialize;
use serde_json::{Value, json};

use super::system::{code, extension};
use crate::{plan::Place, rules::Severity};

/// One thing to say.
#[derive(Clone, Copy, Debug)]
pub struct Issue<'a> {
    /// How much it weighs.
    pub severity: Severity,
    /// The rule's permanent id, where a rule speaks.
    pub rule: Option<&'a str>,
    /// FHIR issue-type, such as `business-rule`.
    pub code: &'a str,
    /// What is wrong and what to do, for people.
    pub message: &'a str,
    /// Marker ids and counts, for machines; may be empty.
    pub diagnostics: &'a str,
    /// `FHIRPath` of the element, where there is one.
    pub expression: Option<&'a str>,
    /// JSON pointer into the plan; `None` where there is no plan, empty for the whole of it.
    pub pointer: Option<&'a str>,
    /// The place in the source.
    pub place: Option<&'a Place>,
}

/// An `OperationOutcome` as JSON: see [`OperationOutcome::of`].
pub fn operation_outcome<'a>(issues: impl Iterator<Item = Issue<'a>>) -> Value {
    json!(OperationOutcome::of(issues))
}

/// What is said of findings and faults.
#[derive(Debug, Serialize)]
#[serde(tag = "resourceType")]
pub struct OperationOutcome<'a> {
    issue: Vec<Said<'a>>,
}

impl<'a> OperationOutcome<'a> {
    /// Of the issues, the heaviest first and otherwise in their order; all being well is an issue too, since FHIR wants at least
    /// one.
    pub fn of(issues: impl Iterator<Item = Issue<'a>>) -> Self {
        let mut issues: Vec<Issue<'a>> = issues.collect();
        issues.sort_by_key(|issue| Reverse(issue.severity));
        let mut said: Vec<Said<'a>> = issues.iter().map(Said::of).collect();
        if said.is_empty() {
            said.push(Said::ALL_WELL);
        }
        Self { issue: said }
    }
}

/// An issue as FHIR has it.
#[derive(Debug, Serialize)]
struct Said<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    extension: Vec<Extension<'a>>,
    severity: &'a str,
    code: &'a str,
    #[serde(skip_serializing_if = "Details::is_empty")]
    details: Details<'a>,
    #[serde(skip_serializing_if = "str::is_empty")]
    diagnostics: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expression: Option<[&'a str; 1]>,
}

#[derive(Debug, Serialize)]
struct Details<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    coding: Option<[Coding<'a>; 1]>,
    #[serde(skip_serializing_if = "str::is_empty")]
    text: &'a str,
}

#[derive(Debug, Serialize)]
struct Coding<'a> {
    system: &'static str,
    code: &'a str,
}

/// An extension with the value of its kind.
#[derive(Debug, Serialize)]
struct Extension<'a> {
    url: &'static str,
    #[serde(flatten)]
    value: At<'a>,
}

#[derive(Debug, Serialize)]
enum At<'a> {
    #[serde(rename = "valueString")]
    Text(Cow<'a, str>),
    #[serde(rename = "valueInteger")]
    Number(u32),
}

impl Details<'_> {
    fn is_empty(&self) -> bool {
        self.coding.is_none() && self.text.is_empty()
    }
}

impl<'a> Said<'a> {
    const ALL_WELL: Self = Self {
        extension: Vec::new(),
        severity: "information",
        code: "informational",
        details: Details { coding: None, text: "All OK" },
        diagnostics: "",
        expression: None,
    };

    fn of(issue: &Issue<'a>) -> Self {
        Self {
            extension: extensions(issue),
            severity: issue.severity.as_str(),
            code: issue.code,
            details: Details {
                coding: issue.rule.map(|code| [Coding { system: code::OWN_RULE, code }]),
                text: issue.message,
            },
            diagnostics: issue.diagnostics,
            expression: issue.expression.filter(|expression| !expression.is_empty()).map(|expression| [expression]),
        }
    }
}

/// The places: HL7's extensions for file, line and column, ours for the field and for the pointer into the plan.
fn extensions<'a>(issue: &Issue<'a>) -> Vec<Extension<'a>> {
    let text = |url, text: &'a str| (!text.is_empty()).then(|| Extension { url, value: At::Text(text.into()) });
    let pointer = issue.pointer.and_then(|pointer| text(extension::PLAN_POINTER, pointer));
    let Some(place) = issue.place else { return pointer.into_iter().collect() };
    let line = Extension { url: extension::ISSUE_LINE, value: At::Number(place.line) };
    let column = || Extension { url: extension::ISSUE_COLUMN, value: At::Text(place.column.to_string().into()) };
    let places = [
        text(extension::ISSUE_FILE, &place.file),
        (place.line > 0).then_some(line),
        (place.column > 0).then(column),
        place.field.as_deref().and_then(|field| text(extension::SOURCE_FIELD, field)),
        pointer,
    ];
    places.into_iter().flatten().collect()
}
