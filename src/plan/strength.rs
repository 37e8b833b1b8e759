//! What is strong in the person and their life, and the record that nothing is noted yet.

use serde::{Deserialize, Serialize};

use super::{code::vocabulary, date::PlanDate, goal::NoGoalReason};
use crate::words::Words;

/// One strength.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Strength {
    /// Key within the plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strength_id: Option<String>,
    /// The strength, as told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Words>,
    /// What kind of strength.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<StrengthCategory>,
    /// Who told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub told_by: Option<ToldBy>,
    /// The sentence starter it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<Words>,
}

/// The record that no strength is noted yet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NoStrengths {
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<NoGoalReason>,
    /// When to talk again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_conversation_by: Option<PlanDate>,
}

vocabulary! {
    /// What kind of strength.
    StrengthCategory "strength-category" { PersonalQuality = "personal-quality", SkillOrTalent = "skill-or-talent", Interest = "interest",
        LivedExperience = "lived-experience", PastSuccess = "past-success", HopeOrAspiration =
        "hope-or-aspiration", CultureOrFaith = "culture-or-faith", RelationshipOrNaturalSupport =
        "relationship-or-natural-support", CommunityResource = "community-resource", WellnessTool =
        "wellness-tool", Unspecified = "other" }
}
vocabulary! {
    /// Who told it.
    ToldBy "told-by" { Person = "person", Family = "family", Peer = "peer", Staff = "staff" }
}
