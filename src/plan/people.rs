//! The person whose plan it is. Names and status serve sync and reports; they never appear in a finding.

use serde::{Deserialize, Serialize};

use super::{code::vocabulary, date::PlanDate, lenient};
use crate::words::Words;

/// The person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Person {
    /// The agency's id of the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_id: Option<String>,
    /// State-wide id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state_id: Option<String>,
    /// Further ids.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// Name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// Date of birth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birth_date: Option<PlanDate>,
    /// FHIR administrative-gender, or as the source says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sex: Option<String>,
    /// Every answer given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub demographics: Option<Demographics>,
    /// Living, work, school, funding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<PersonStatus>,
    /// What they like to be called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_name: Option<String>,
    /// Pronouns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pronouns: Option<String>,
    /// How they want to be described.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how_described: Option<Words>,
    /// BCP-47.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_language: Option<String>,
    /// How they communicate.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub communication_modes: Vec<CommunicationMode>,
    /// Who helps decide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision_support: Option<DecisionSupport>,
}

/// An id of the person in some system.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Identifier {
    /// URI of the system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// The id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What kind of id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<String>,
}

/// A name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Name {
    /// Family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// Given names.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub given: Vec<String>,
    /// The whole name as written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// Every answer given, in detailed codes with the source text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Demographics {
    /// Race.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub race: Vec<Answer>,
    /// Ethnicity.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub ethnicity: Vec<Answer>,
    /// Sex.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub sex: Vec<Answer>,
    /// Gender.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub gender: Vec<Answer>,
    /// Tribe or nation.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub tribal_affiliation: Vec<Answer>,
    /// Religion.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub religion: Vec<Answer>,
}

/// Neutral status answers; each state maps them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PersonStatus {
    /// Serious mental illness or emotional disturbance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smi_sed: Option<Answer>,
    /// Living situation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub living_situation: Option<Answer>,
    /// Employment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employment: Option<Answer>,
    /// Why not in the labor force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_in_labor_force: Option<Answer>,
    /// School attendance.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub school_attendance: Option<Answer>,
    /// County.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub county: Option<Answer>,
    /// Funding.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub funding: Vec<Answer>,
}

/// One answer to a question about the person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Answer {
    /// Code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// As the source says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Why there is no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<Missing>,
    /// When it was true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<PlanDate>,
}

/// Who helps decide.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DecisionSupport {
    /// What kind of support.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<DecisionSupportType>,
}

vocabulary! {
    /// Why there is no answer.
    Missing "missing" { Unknown = "unknown", NotCollected = "not-collected", Declined = "declined" }
}
vocabulary! {
    /// How the person communicates.
    CommunicationMode "communication-mode" { Spoken = "spoken", Signed = "signed", AacDevice = "aac-device", PicturesOrObjects =
        "pictures-or-objects", Written = "written", BehaviorReadByPeopleWhoKnowMe =
        "behavior-read-by-people-who-know-me", WithSupportPerson = "with-support-person" }
}
vocabulary! {
    /// Kind of decision support.
    DecisionSupportType "decision-support-type" { None = "none", SupportedDecisionMaking = "supported-decision-making", GuardianLimited =
        "guardian-limited", GuardianFull = "guardian-full", HealthCareProxyOrPoa = "health-care-proxy-or-poa",
        ParentOfMinor = "parent-of-minor" }
}
