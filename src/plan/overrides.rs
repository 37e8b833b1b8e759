//! Answers of the agency to findings, and source content that found no field.

use serde::{Deserialize, Serialize};

use super::{code::vocabulary, date::PlanDate};
use crate::words::Words;

/// An agency's answer to a finding (domain model, section 5.9).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Override {
    /// The rule answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_id: Option<String>,
    /// Where, a JSON pointer into the plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Why, as a code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason_code: Option<OverrideReason>,
    /// Why, in at least 15 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason_text: Option<Words>,
    /// Role of who answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_role: Option<String>,
    /// Id of who answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_id: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<PlanDate>,
    /// Until when it holds: the next review.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<PlanDate>,
}

/// Source content that found no field in this model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Unmapped {
    /// Its column or element path in the source.
    pub path: String,
    /// Its value, as given.
    pub value: Words,
}

vocabulary! {
    /// Why a finding was answered.
    OverrideReason "override-reason" { WordsConfirmedByPerson = "words-confirmed-by-person",
        PersonSpeaksInThirdPerson = "person-speaks-in-third-person", NonSpeakingCommunication = "non-speaking-communication",
        InterpretedOrTranslated = "interpreted-or-translated", SupportedDecisionMaking = "supported-decision-making",
        GuardianExpressedPersonPresent = "guardian-expressed-person-present", FamilyGoalAgreed = "family-goal-agreed",
        SymptomGoalIsWhatThePersonWants = "symptom-goal-is-what-the-person-wants",
        RequiredByStateRule = "required-by-state-rule", CommonWordsCoincidence = "common-words-coincidence",
        PersonChoseThisWord = "person-chose-this-word", CrisisAdmission = "crisis-admission",
        CheckerMistake = "checker-mistake" }
}

impl OverrideReason {
    /// Whether the reason says that the words are the person's, or what the person wants.
    pub fn says_the_words_are_theirs(&self) -> bool {
        !matches!(self, Self::RequiredByStateRule | Self::CrisisAdmission | Self::Other(_))
    }
}
