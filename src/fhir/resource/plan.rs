//! The plan, its goals and steps, and where they came from.
//!
//! Structs only: how they are filled from a plan is in `from_plan`.

use std::borrow::Cow;

use serde::Serialize;

use crate::fhir::datatype::{Beside, Concept, Note, Period, Quantity, Reference};

/// FHIR Goal.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::fhir) struct GoalBody<'a> {
    pub(in crate::fhir) lifecycle_status: &'static str,
    #[serde(rename = "_lifecycleStatus", skip_serializing_if = "Beside::is_empty")]
    pub(in crate::fhir) beside_lifecycle: Beside<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) achievement_status: Option<Concept<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) category: Vec<Concept<'a>>,
    pub(in crate::fhir) description: Concept<'a>,
    pub(in crate::fhir) subject: Reference<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) start_date: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) target: Vec<Target<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) status_date: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) status_reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) expressed_by: Option<Reference<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) addresses: Vec<Reference<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) note: Vec<Note<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) outcome_reference: Vec<Reference<'a>>,
}

/// FHIR `List`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::fhir) struct ListBody<'a> {
    pub(in crate::fhir) status: &'static str,
    pub(in crate::fhir) mode: &'static str,
    pub(in crate::fhir) title: &'static str,
    pub(in crate::fhir) code: Concept<'a>,
    pub(in crate::fhir) subject: Reference<'a>,
    pub(in crate::fhir) ordered_by: Concept<'a>,
    pub(in crate::fhir) entry: Vec<ListEntry<'a>>,
}

/// FHIR `List.entry`.
#[derive(Clone, Debug, Serialize)]
pub(in crate::fhir) struct ListEntry<'a> {
    pub(in crate::fhir) item: Reference<'a>,
}

/// FHIR `EpisodeOfCare`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::fhir) struct EpisodeBody<'a> {
    pub(in crate::fhir) status: &'static str,
    #[serde(rename = "type", skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) kind: Vec<Concept<'a>>,
    pub(in crate::fhir) patient: Reference<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) managing_organization: Option<Reference<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) period: Option<Period<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) care_manager: Option<Reference<'a>>,
}

/// FHIR Goal.target.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::fhir) struct Target<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) measure: Option<Concept<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) detail_quantity: Option<Quantity<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) due_date: Option<&'a str>,
}

impl<'a> Target<'a> {
    /// The target, where it says anything.
    pub(in crate::fhir) fn given(self) -> Option<Target<'a>> {
        let is_something = self.measure.is_some() || self.detail_quantity.is_some() || self.due_date.is_some();
        is_something.then_some(self)
    }
}

/// FHIR `ServiceRequest`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::fhir) struct ServiceRequestBody<'a> {
    pub(in crate::fhir) status: &'static str,
    pub(in crate::fhir) intent: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) code: Option<Concept<'a>>,
    pub(in crate::fhir) subject: Reference<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) occurrence_timing: Option<Timing<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) authored_on: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) requester: Option<Reference<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) performer: Vec<Reference<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) reason_reference: Vec<Reference<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) note: Vec<Note<'a>>,
}

/// FHIR Timing.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::fhir) struct Timing<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) repeat: Option<Repeat>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) code: Option<Concept<'a>>,
}

/// FHIR Repeat.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::fhir) struct Repeat {
    pub(in crate::fhir) frequency: u32,
    pub(in crate::fhir) period: u32,
    pub(in crate::fhir) period_unit: &'static str,
}

/// FHIR Task.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::fhir) struct TaskBody<'a> {
    pub(in crate::fhir) status: &'static str,
    pub(in crate::fhir) intent: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) code: Option<Concept<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) description: Option<&'a str>,
    #[serde(rename = "for")]
    pub(in crate::fhir) person: Reference<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) authored_on: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) requester: Option<Reference<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) owner: Option<Reference<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) reason_reference: Option<Reference<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) note: Vec<Note<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) restriction: Option<Restriction<'a>>,
}

/// FHIR Task.restriction.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::fhir) struct Restriction<'a> {
    pub(in crate::fhir) period: Period<'a>,
}

/// FHIR `CarePlan`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::fhir) struct CarePlanBody<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) replaces: Vec<Reference<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) part_of: Vec<Reference<'a>>,
    pub(in crate::fhir) status: &'a str,
    #[serde(rename = "_status", skip_serializing_if = "Beside::is_empty")]
    pub(in crate::fhir) beside_status: Beside<'a>,
    pub(in crate::fhir) intent: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) category: Vec<Concept<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) title: Option<&'a str>,
    pub(in crate::fhir) subject: Reference<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) period: Option<Period<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) created: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) author: Option<Reference<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) contributor: Vec<Reference<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) care_team: Vec<Reference<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) addresses: Vec<Reference<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) supporting_info: Vec<Reference<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) goal: Vec<Reference<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) activity: Vec<Activity<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) note: Vec<Note<'a>>,
}

/// FHIR CarePlan.activity.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::fhir) struct Activity<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) outcome_reference: Vec<Reference<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) progress: Vec<Note<'a>>,
    pub(in crate::fhir) reference: Reference<'a>,
}

/// FHIR Provenance.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::fhir) struct ProvenanceBody<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) target: Vec<Reference<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) occurred_date_time: Option<&'a str>,
    pub(in crate::fhir) recorded: Cow<'a, str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) agent: Vec<Agent<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) entity: Vec<Entity<'a>>,
}

/// FHIR Provenance.agent.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::fhir) struct Agent<'a> {
    #[serde(rename = "type")]
    pub(in crate::fhir) kind: Concept<'a>,
    pub(in crate::fhir) who: Reference<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) on_behalf_of: Option<Reference<'a>>,
}

/// FHIR Provenance.entity.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::fhir) struct Entity<'a> {
    pub(in crate::fhir) role: &'static str,
    pub(in crate::fhir) what: Reference<'a>,
}
