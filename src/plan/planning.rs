//! How the plan was made: who took part, who was invited, what came before.

use serde::{Deserialize, Serialize};

use super::{YesNoUnknown, code::vocabulary, date::PlanDate, lenient};
use crate::words::Words;

/// How the plan was made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Planning {
    /// Whether the person took part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person_took_part: Option<TookPart>,
    /// Interpreter at the meeting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interpreter: Option<Interpreter>,
    /// When the meeting was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meeting_date: Option<PlanDate>,
    /// What the person could choose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choices: Option<Choices>,
    /// Link to an experience survey.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub experience_survey_ref: Option<String>,
    /// What came before the meeting.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub preplanning: Vec<Preplanning>,
    /// Who was there.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub participants: Vec<Participant>,
}

/// What the person could choose, as the record says it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Choices {
    /// Whether they chose where they live and are supported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub setting: Option<YesNoUnknown>,
    /// What else was considered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alternatives: Option<Words>,
    /// Whether they could choose among services.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub services: Option<YesNoUnknown>,
    /// Whether they could choose who gives them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub providers: Option<YesNoUnknown>,
    /// Whether they knew enough to choose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub informed: Option<YesNoUnknown>,
}

/// Interpreter at the meeting.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Interpreter {
    /// Whether one was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used: Option<bool>,
    /// BCP-47.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<InterpreterKind>,
}

/// A talk or piece of work before the meeting.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preplanning {
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<PlanDate>,
    /// What kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<PreplanningKind>,
    /// The tool used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// Who supported it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supported_by: Option<ParticipantRole>,
    /// SAMHSA core competency, category V.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub competency: Option<Competency>,
    /// The skill worked on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skill: Option<String>,
    /// How long, in minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u32>,
    /// Billing code; we carry it and decide nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_code: Option<String>,
    /// Whether the agency bills it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub billable: Option<YesNoUnknown>,
}

/// Someone at the meeting.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Participant {
    /// The agency's id of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#ref: Option<String>,
    /// Their name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Their role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<ParticipantRole>,
    /// Natural, peer or professional.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relationship: Option<Relationship>,
    /// Their part in the meeting.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function: Option<ParticipantFunction>,
    /// Whether the person asked for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invited_by_person: Option<YesNoUnknown>,
}

impl Participant {
    /// Whether they are there as a peer supporter.
    pub fn is_peer(&self) -> bool {
        self.role == Some(ParticipantRole::Peer) || self.relationship == Some(Relationship::Peer)
    }
}

vocabulary! {
    /// Whether the person took part.
    TookPart "took-part" { Yes = "yes", Partly = "partly", No = "no", Declined = "declined", Unknown = "unknown" }
}
vocabulary! {
    /// Kind of interpreter.
    InterpreterKind "interpreter-kind" { Spoken = "spoken", Signed = "signed", Deafblind = "deafblind", Cart = "cart" }
}
vocabulary! {
    /// Kind of preparation.
    PreplanningKind "preplanning-kind" { ExploratoryTool = "exploratory-tool", GoalDiscovery = "goal-discovery", RightsAndSelfAdvocacy =
        "rights-and-self-advocacy", Preparation = "preparation", SkillBuilding = "skill-building",
        AppointmentPreparation = "appointment-preparation", FollowUp = "follow-up", Unspecified = "other" }
}
vocabulary! {
    /// SAMHSA core competencies, category V, items 1 to 5.
    Competency "peer-planning-support" { V1 = "v-1", V2 = "v-2", V3 = "v-3", V4 = "v-4", V5 = "v-5" }
}
vocabulary! {
    /// Role of a participant.
    ParticipantRole "participant-role" { Person = "person", Family = "family", Friend = "friend", Guardian = "guardian", Peer = "peer",
        Clinician = "clinician", Prescriber = "prescriber", CaseManager = "case-manager", Interpreter =
        "interpreter", Advocate = "advocate", Unspecified = "other" }
}
vocabulary! {
    /// Kind of relationship.
    Relationship "relationship" { Natural = "natural", Peer = "peer", Professional = "professional" }
}
vocabulary! {
    /// Part in the meeting.
    ParticipantFunction "participant-function" { Facilitator = "facilitator", Author = "author", Ally = "ally", Reminder = "reminder",
        CommunicationSupport = "communication-support", Attendee = "attendee" }
}
