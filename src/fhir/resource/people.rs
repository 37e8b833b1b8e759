//! The person, whoever is around them, and the team.
//!
//! Structs only: how they are filled from a plan is in `from_plan`.

use serde::Serialize;

use crate::fhir::datatype::{Beside, Concept, Extension, Reference};

/// FHIR Patient.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::fhir) struct PatientBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) active: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) name: Vec<HumanName<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) gender: Option<&'static str>,
    #[serde(rename = "_gender", skip_serializing_if = "Beside::is_empty")]
    pub(in crate::fhir) beside_gender: Beside<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) birth_date: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) communication: Vec<Communication<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) managing_organization: Option<Reference<'a>>,
}

/// FHIR `HumanName`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::fhir) struct HumanName<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) extension: Vec<Extension<'a>>,
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) usage: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) family: Option<&'a str>,
    #[serde(rename = "_family", skip_serializing_if = "Beside::is_empty")]
    pub(in crate::fhir) beside_family: Beside<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) given: Vec<&'a str>,
}

/// FHIR Patient.communication.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::fhir) struct Communication<'a> {
    pub(in crate::fhir) language: Concept<'a>,
    pub(in crate::fhir) preferred: bool,
}

/// FHIR Organization.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::fhir) struct OrganizationBody<'a> {
    pub(in crate::fhir) active: bool,
    pub(in crate::fhir) name: &'a str,
}

/// FHIR Practitioner.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::fhir) struct PractitionerBody<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) name: Vec<HumanName<'a>>,
}

/// FHIR `PractitionerRole`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::fhir) struct PractitionerRoleBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) practitioner: Option<Reference<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) organization: Option<Reference<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) code: Vec<Concept<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) telecom: Vec<Telecom<'a>>,
}

/// FHIR `ContactPoint`, known or known to be missing.
#[derive(Clone, Debug, Default, Serialize)]
pub(in crate::fhir) struct Telecom<'a> {
    pub(in crate::fhir) system: &'static str,
    #[serde(rename = "_system", skip_serializing_if = "Beside::is_empty")]
    pub(in crate::fhir) beside_system: Beside<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) value: Option<&'a str>,
    #[serde(rename = "_value", skip_serializing_if = "Beside::is_empty")]
    pub(in crate::fhir) beside_value: Beside<'a>,
}

/// FHIR `RelatedPerson`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::fhir) struct RelatedPersonBody<'a> {
    pub(in crate::fhir) active: bool,
    pub(in crate::fhir) patient: Reference<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) relationship: Vec<Concept<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) name: Vec<HumanName<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) telecom: Vec<Telecom<'a>>,
}

/// FHIR `CareTeam`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::fhir) struct CareTeamBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) status: Option<&'static str>,
    pub(in crate::fhir) subject: Reference<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) participant: Vec<Participant<'a>>,
}

/// FHIR CareTeam.participant.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::fhir) struct Participant<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) extension: Vec<Extension<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) role: Vec<Concept<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) member: Option<Reference<'a>>,
}

impl<'a> Telecom<'a> {
    /// A telephone number.
    pub(in crate::fhir) fn phone(number: &'a str) -> Self {
        Self { system: "phone", value: Some(number), ..Self::default() }
    }
}

impl<'a> HumanName<'a> {
    /// A name as one text, or none yet.
    pub(in crate::fhir) fn called(text: Option<&'a str>) -> Self {
        Self {
            extension: Vec::new(),
            usage: None,
            text,
            family: None,
            beside_family: Beside::default(),
            given: Vec::new(),
        }
    }
}
