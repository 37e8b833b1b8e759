//! What is told, asked and found besides goals: observations, needs, answers, risks, and what was done.
//!
//! Structs only: how they are filled from a plan is in `from_plan`.

use std::borrow::Cow;

use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::fhir::datatype::{Beside, Concept, Identifier, Note, Quantity, Reference, Value};

/// FHIR Condition.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::fhir) struct ConditionBody<'a> {
    pub(in crate::fhir) clinical_status: Concept<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) category: Vec<Concept<'a>>,
    pub(in crate::fhir) code: Concept<'a>,
    pub(in crate::fhir) subject: Reference<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) evidence: Vec<Evidence<'a>>,
}

/// FHIR Condition.evidence.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::fhir) struct Evidence<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) detail: Vec<Reference<'a>>,
}

/// FHIR Observation.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::fhir) struct ObservationBody<'a> {
    pub(in crate::fhir) status: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) category: Vec<Concept<'a>>,
    pub(in crate::fhir) code: Concept<'a>,
    pub(in crate::fhir) subject: Reference<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) focus: Vec<Reference<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) effective_date_time: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) performer: Vec<Reference<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) value_string: Option<&'a str>,
    #[serde(rename = "_valueString", skip_serializing_if = "Beside::is_empty")]
    pub(in crate::fhir) beside_value: Beside<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) value_codeable_concept: Option<Concept<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) value_quantity: Option<Quantity<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) data_absent_reason: Option<Concept<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) has_member: Vec<Reference<'a>>,
}

/// FHIR `QuestionnaireResponse`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::fhir) struct AnswersBody<'a> {
    pub(in crate::fhir) identifier: Identifier<'a>,
    pub(in crate::fhir) questionnaire: &'static str,
    pub(in crate::fhir) status: &'static str,
    pub(in crate::fhir) subject: Reference<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) authored: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) author: Option<Reference<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) source: Option<Reference<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) item: Vec<Item<'a>>,
}

/// FHIR QuestionnaireResponse.item.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::fhir) struct Item<'a> {
    pub(in crate::fhir) link_id: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) answer: Vec<Answer<'a>>,
}

/// FHIR `RiskAssessment`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::fhir) struct RiskAssessmentBody<'a> {
    pub(in crate::fhir) status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) code: Option<Concept<'a>>,
    pub(in crate::fhir) subject: Reference<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) occurrence_date_time: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) mitigation: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) note: Vec<Note<'a>>,
}

/// FHIR Procedure.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::fhir) struct ProcedureBody<'a> {
    pub(in crate::fhir) status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) category: Option<Concept<'a>>,
    pub(in crate::fhir) code: Concept<'a>,
    pub(in crate::fhir) subject: Reference<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) performed_date_time: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) note: Vec<Note<'a>>,
}

/// One answer, and what was asked further because of it.
#[derive(Clone, Debug)]
pub(in crate::fhir) struct Answer<'a> {
    pub(in crate::fhir) value: Value<'a>,
    pub(in crate::fhir) item: Vec<Item<'a>>,
}

impl Serialize for Answer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.value.write(&mut map)?;
        if !self.item.is_empty() {
            map.serialize_entry("item", &self.item)?;
        }
        map.end()
    }
}
