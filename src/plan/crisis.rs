//! Crisis preferences, transition, and whether the person agrees.

use serde::{Deserialize, Serialize};

use super::{YesNoUnknown, code::vocabulary, date::PlanDate, lenient};
use crate::words::Words;

/// Crisis preferences; another plan is linked, never copied.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Crisis {
    /// Where crisis planning stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<CrisisStatus>,
    /// Whether there is a psychiatric advance directive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pad_exists: Option<YesNoUnknown>,
    /// The plan linked to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linked_plan: Option<LinkedPlan>,
    /// Who decides on care when the person cannot, as their advance directive names them; in its order.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub agents: Vec<HealthcareAgent>,
    /// What helps.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub what_helps: Vec<Words>,
    /// What to avoid.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub what_to_avoid: Vec<Words>,
    /// Whom to call.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub people_to_call: Vec<Words>,
    /// Anything else the person prefers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferences: Option<Words>,
}

/// A plan that lives elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LinkedPlan {
    /// `wrap`, `pad`, `safety-plan`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#ref: Option<String>,
}

/// Somebody whom the person named to decide on their care.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct HealthcareAgent {
    /// Their name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The first to decide, or in their place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<AgentRole>,
    /// What they are to the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relationship: Option<String>,
    /// Their telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

impl LinkedPlan {
    /// What a source may call a psychiatric advance directive.
    const DIRECTIVES: [&str; 4] =
        ["pad", "psychiatric-advance-directive", "psychiatric advance directive", "mental health advance directive"];

    /// Whether it is a psychiatric advance directive.
    pub fn is_advance_directive(&self) -> bool {
        let is = |known: &&str| self.kind.as_deref().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(known));
        Self::DIRECTIVES.iter().any(is)
    }
}

/// How the person will know that they need less support.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Transition {
    /// The signs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub criteria_text: Option<Words>,
    /// What is there afterwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supports_after: Option<Words>,
}

/// Whether the person agrees; disagreement is allowed and kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Agreement {
    /// Their answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person_agrees: Option<PersonAgrees>,
    /// When they signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person_signed_on: Option<PlanDate>,
    /// How.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Whether they were offered a copy.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copy_offered: Option<YesNoUnknown>,
    /// What they disagree with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disagreement_text: Option<Words>,
    /// When a representative signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub representative_signed_on: Option<PlanDate>,
}

impl Crisis {
    /// Whether it says what the person prefers.
    pub fn says_preferences(&self) -> bool {
        let mut all = self.what_helps.iter().chain(&self.what_to_avoid).chain(&self.preferences);
        all.any(|words| !words.is_blank())
    }

    /// Whether there is anything to go by in the plan itself.
    pub fn is_in_plan(&self) -> bool {
        self.says_preferences() || self.people_to_call.iter().any(|words| !words.is_blank())
    }

    /// Whether another plan is named.
    pub fn is_linked(&self) -> bool {
        let named = self.linked_plan.as_ref().map(|plan| [&plan.kind, &plan.r#ref]);
        self.status == Some(CrisisStatus::Linked)
            || named.into_iter().flatten().flatten().any(|name| !name.trim().is_empty())
    }
}

vocabulary! {
    /// Where crisis planning stands.
    CrisisStatus "crisis-status" { InPlan = "in-plan", Linked = "linked", Declined = "declined", OfferedLater = "offered-later",
        NotOffered = "not-offered" }
}
vocabulary! {
    /// Which of those who may decide on care.
    AgentRole "healthcare-agent-role" { Agent = "agent", Alternate = "alternate" }
}
vocabulary! {
    /// Whether the person agrees.
    PersonAgrees "person-agrees" { Yes = "yes", Partly = "partly", No = "no", NotAsked = "not-asked" }
}
