//! `OperationOutcome`: findings and faults for whoever has to act on them, with the place in the plan and in the source.
//!
//! No text of a record ever stands in one; what an issue says comes from a rule's page or from our own code.

use std::cmp::Reverse;

use serde_json::{Map, Value, json};

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

/// An `OperationOutcome` of the issues, the heaviest first and otherwise in their order; all being well is an issue too,
/// since FHIR wants at least one.
pub fn operation_outcome<'a>(issues: impl Iterator<Item = Issue<'a>>) -> Value {
    let mut issues: Vec<Issue<'a>> = issues.collect();
    issues.sort_by_key(|issue| Reverse(issue.severity));
    let mut said: Vec<Value> = issues.iter().map(issue_of).collect();
    if said.is_empty() {
        let details = json!({"text": "All OK"});
        said.push(json!({"severity": "information", "code": "informational", "details": details}));
    }
    json!({"resourceType": "OperationOutcome", "issue": said})
}

fn issue_of(issue: &Issue<'_>) -> Value {
    let mut said = Map::new();
    let mut put = |name: &str, value: Value| said.insert(name.to_owned(), value);
    let extensions = extensions(issue);
    if !extensions.is_empty() {
        put("extension", Value::Array(extensions));
    }
    put("severity", json!(issue.severity.as_str()));
    put("code", json!(issue.code));
    let mut details = Map::new();
    if let Some(rule) = issue.rule {
        details.insert("coding".to_owned(), json!([{"system": code::OWN_RULE, "code": rule}]));
    }
    if !issue.message.is_empty() {
        details.insert("text".to_owned(), json!(issue.message));
    }
    if !details.is_empty() {
        put("details", Value::Object(details));
    }
    if !issue.diagnostics.is_empty() {
        put("diagnostics", json!(issue.diagnostics));
    }
    if let Some(expression) = issue.expression.filter(|expression| !expression.is_empty()) {
        put("expression", json!([expression]));
    }
    Value::Object(said)
}

/// The places: HL7's extensions for file, line and column, ours for the field and for the pointer into the plan.
fn extensions(issue: &Issue<'_>) -> Vec<Value> {
    let mut extensions = Vec::new();
    if let Some(place) = issue.place {
        if !place.file.is_empty() {
            extensions.push(json!({"url": extension::ISSUE_FILE, "valueString": &*place.file}));
        }
        if place.line > 0 {
            extensions.push(json!({"url": extension::ISSUE_LINE, "valueInteger": place.line}));
        }
        if place.column > 0 {
            extensions.push(json!({"url": extension::ISSUE_COLUMN, "valueString": place.column.to_string()}));
        }
        if let Some(field) = place.field.as_deref().filter(|field| !field.is_empty()) {
            extensions.push(json!({"url": extension::SOURCE_FIELD, "valueString": field}));
        }
    }
    if let Some(pointer) = issue.pointer.filter(|pointer| !pointer.is_empty()) {
        extensions.push(json!({"url": extension::PLAN_POINTER, "valueString": pointer}));
    }
    extensions
}
