//! The resources that we write: our own small structs, in FHIR's element order, serialised straight to text.
//!
//! They hold what a plan can say and nothing else; reading what others send never goes through them.

mod people;
mod told;
mod plan;
mod agreed;

use serde::Serialize;
use uuid::Uuid;

use super::{
    Resource,
    datatype::{Extension, Identifier, Meta, Narrative},
    json,
};

pub(super) use agreed::{
    Attachment, ConsentBody, Content, ContractBody, DocumentBody, Provision, ProvisionActor, Signature, Signer,
};
pub(super) use people::{
    CareTeamBody, Communication, HumanName, OrganizationBody, Participant, PatientBody, PractitionerBody,
    PractitionerRoleBody, RelatedPersonBody, Telecom,
};
pub(super) use plan::{
    Activity, Agent, CarePlanBody, Entity, EpisodeBody, GoalBody, ListBody, ListEntry, ProvenanceBody, Repeat,
    Restriction, ServiceRequestBody, Target, TaskBody, Timing,
};
pub(super) use told::{
    Answer, AnswersBody, ConditionBody, Evidence, Item, ObservationBody, ProcedureBody, RiskAssessmentBody,
};

/// What every resource begins with.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Head<'a> {
    pub(super) resource_type: &'static str,
    pub(super) id: Uuid,
    #[serde(skip_serializing_if = "Meta::is_empty")]
    pub(super) meta: Meta<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<Narrative>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) extension: Vec<Extension<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) identifier: Vec<Identifier<'a>>,
}

/// Writes a resource.
pub(super) fn write(head: &Head<'_>, body: &impl Serialize) -> Resource {
    Resource { kind: head.resource_type, id: head.id, json: json::text_of(head, body) }
}
