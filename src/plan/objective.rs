//! Measurable steps toward a goal; professional wording is right here.

use serde::{Deserialize, Serialize};

use super::{
    code::vocabulary,
    date::PlanDate,
    goal::{Coding, GoalStatus},
    lenient,
};
use crate::words::Words;

/// One objective.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Objective {
    /// Key within the plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The goal it serves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goal_id: Option<String>,
    /// The objective.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Words>,
    /// Codes that the source has beside the text, which never stand for it.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub coding: Vec<Coding>,
    /// What is measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measure: Option<Words>,
    /// By when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_date: Option<PlanDate>,
    /// Where it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<GoalStatus>,
    /// What kind of change it measures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome_type: Option<OutcomeType>,
}

impl Objective {
    /// Whether it counts, as a goal of the same status would.
    pub fn is_live(&self) -> bool {
        self.status.as_ref().is_none_or(GoalStatus::is_live)
    }

    /// Whether there is still a way to go: live, and not achieved.
    pub fn is_open(&self) -> bool {
        self.is_live() && self.status != Some(GoalStatus::Achieved)
    }
}

vocabulary! {
    /// What kind of change an objective measures.
    OutcomeType "outcome-type" { LifeOutcome = "life-outcome", Skill = "skill", Symptom = "symptom", AttendanceOrCompliance =
        "attendance-or-compliance", Unspecified = "other" }
}
