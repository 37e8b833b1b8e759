//! Who does what: steps by the person, natural supports, peers, professionals and the community.

use serde::{Deserialize, Serialize};

use super::{YesNoUnknown, code::vocabulary, date::PlanDate, lenient};
use crate::words::Words;

/// One step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Action {
    /// Key within the plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The goal it serves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goal_id: Option<String>,
    /// The objective it serves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub objective_id: Option<String>,
    /// Who does it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<Actor>,
    /// Their name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor_name: Option<String>,
    /// What they are to the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relationship: Option<String>,
    /// What is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Words>,
    /// What for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Words>,
    /// The agency's service code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_code: Option<String>,
    /// How often.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frequency: Option<String>,
    /// How long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<String>,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub setting: Option<String>,
    /// Individual, group, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modality: Option<String>,
    /// Whether it is voluntary.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voluntary: Option<YesNoUnknown>,
    /// Whether the person chose it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chosen_by_person: Option<YesNoUnknown>,
    /// What a peer does here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer_function: Option<PeerFunction>,
    /// What a professional does here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub professional_function: Option<ProfessionalFunction>,
    /// Where it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<ActionStatus>,
    /// What was noted of it on the way.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub progress: Vec<StepNote>,
}

/// What was noted of a step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StepNote {
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<PlanDate>,
    /// The note.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Words>,
    /// Who noted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
}

/// Peer support, offered and taken or not.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PeerSupport {
    /// Where the offer stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<PeerSupportStatus>,
}

impl Action {
    /// Whether it says anything of who does what, and was not entered in error.
    pub fn is_step(&self) -> bool {
        let text = self.text.as_ref().is_some_and(|text| !text.is_blank());
        let code = self.service_code.as_ref().is_some_and(|code| !code.trim().is_empty());
        (text || code || self.actor.is_some()) && self.status != Some(ActionStatus::EnteredInError)
    }

    /// Whether it is still to be taken: neither done nor stopped.
    pub fn is_open(&self) -> bool {
        self.is_step() && !matches!(self.status, Some(ActionStatus::Done | ActionStatus::Stopped))
    }
}

vocabulary! {
    /// Who does a step.
    Actor "action-actor" { Person = "person", NaturalSupport = "natural-support", Peer = "peer", Professional = "professional",
        Community = "community" }
}
vocabulary! {
    /// What a peer does.
    PeerFunction "peer-function" { AdvocacyWith = "advocacy-with", SpeakingUp = "speaking-up", SharingExperience = "sharing-experience",
        SkillBuilding = "skill-building", Navigation = "navigation", Company = "company", Preparation =
        "preparation", BridgeBuilding = "bridge-building", RelationshipBuilding = "relationship-building",
        CreativeNarratives = "creative-narratives", CoCreatingWellnessTools = "co-creating-wellness-tools",
        TeamCulture = "team-culture" }
}
vocabulary! {
    /// What a professional does.
    ProfessionalFunction "professional-function" { Support = "support", Outreach = "outreach", NeedsAssessment = "needs-assessment", PsychoEducation =
        "psycho-education", RecoveryCoaching = "recovery-coaching", SafetyPlanning = "safety-planning",
        Linkage = "linkage" }
}
vocabulary! {
    /// Where a step stands.
    ActionStatus "action-status" { Planned = "planned", UnderWay = "under-way", Done = "done", Stopped = "stopped", Paused = "paused",
        EnteredInError = "entered-in-error" }
}
vocabulary! {
    /// Where the offer of peer support stands.
    PeerSupportStatus "peer-support-status" { Accepted = "accepted", Declined = "declined", EndedByPerson = "ended-by-person", OfferedWaiting =
        "offered-waiting", NotOffered = "not-offered", NotAvailable = "not-available" }
}
