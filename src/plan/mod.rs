//! The plan as the person would recognise it (domain model, section 4). No FHIR, no database, no agency's column names.
//!
//! Every field is optional here, the required ones too: what is missing is for the rules to say, not for the reader to
//! stumble over. Text is kept byte for byte. `Plan::codes` and `Plan::dates` visit what rules check everywhere.

pub mod action;
pub mod code;
pub mod crisis;
pub mod date;
pub mod goal;
pub mod lenient;
pub mod objective;
pub mod overrides;
pub mod people;
pub mod place;
pub mod planning;
pub mod staff_text;
pub mod strength;
pub mod ties;
pub mod visit;

use code::vocabulary;
use date::PlanDate;
use serde::{Deserialize, Serialize};

use crate::words::Words;

pub use action::{Action, PeerSupport};
pub use crisis::{Agreement, Crisis, Transition};
pub use goal::{Goal, NoGoal};
pub use objective::Objective;
pub use overrides::{Override, Unmapped};
pub use people::Person;
pub use place::{Place, Places};
pub use planning::Planning;
pub use staff_text::StaffText;
pub use strength::{NoStrengths, Strength};

/// One version of one person's recovery plan.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Plan {
    /// Version of this model, `1.0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema_version: Option<String>,
    /// Unique per agency, at most 64 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan_id: Option<String>,
    /// Where the record came from.
    #[serde(deserialize_with = "lenient::or_default")]
    pub source: Source,
    /// What kind of plan this is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan_type: Option<PlanType>,
    /// FHIR request-status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<PlanStatus>,
    /// Why it stands so, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_reason: Option<Words>,
    /// The plans in whose place this one came, by their `plan_id`.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub replaces: Vec<String>,
    /// From when to when the plan holds.
    #[serde(deserialize_with = "lenient::or_default")]
    pub period: Period,
    /// When the plan was agreed or signed off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finalized_on: Option<PlanDate>,
    /// When the plan is to be looked at again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_review_due: Option<PlanDate>,
    /// Reviews done.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub reviews: Vec<Review>,
    /// The program the plan belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub program: Option<Program>,
    /// Whose plan it is.
    #[serde(deserialize_with = "lenient::or_default")]
    pub person: Person,
    /// How the plan was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub planning: Option<Planning>,
    /// Who the person is apart from services, in their words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub whole_person: Option<WholePerson>,
    /// What works for the person.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub preferences: Vec<Preference>,
    /// The professional's understanding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interpretive_summary: Option<InterpretiveSummary>,
    /// What the person wants.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub goals: Vec<Goal>,
    /// Why there is no goal today.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_goal: Option<NoGoal>,
    /// What is strong in the person and their life.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub strengths: Vec<Strength>,
    /// Why no strength is recorded today.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_strengths: Option<NoStrengths>,
    /// What stands between the person and a goal.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub barriers: Vec<Barrier>,
    /// Risks, kept apart from goals.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub risks: Vec<Risk>,
    /// Measurable steps toward a goal.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub objectives: Vec<Objective>,
    /// Who does what.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<Action>,
    /// Whether peer support was offered and taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer_support: Option<PeerSupport>,
    /// Crisis preferences.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crisis: Option<Crisis>,
    /// How the person will know that they need less support.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transition: Option<Transition>,
    /// Whether the person agrees.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreement: Option<Agreement>,
    /// Answers of the agency to findings.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<Override>,
    /// Source content that found no field.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub unmapped: Vec<Unmapped>,
}

/// Where a record came from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Source {
    /// The agency that sent it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agency_id: Option<String>,
    /// The agency's key of the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record_id: Option<String>,
    /// The record system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// The record's version there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record_version: Option<String>,
    /// When it was exported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exported_at: Option<PlanDate>,
    /// The mapping that read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mapping_id: Option<String>,
    /// That mapping's version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mapping_version: Option<String>,
    /// Whether the record system cuts or reformats text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lossy: Option<bool>,
    /// Whether the record comes from a 42 CFR Part 2 program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part2: Option<bool>,
}

/// From when to when.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Period {
    /// First day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<PlanDate>,
    /// Last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<PlanDate>,
}

/// A review that took place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Review {
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<PlanDate>,
    /// Review or rewrite.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<ReviewKind>,
    /// What was noted a goal.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub progress: Vec<Progress>,
}

/// What a review noted of one goal.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Progress {
    /// The goal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goal_id: Option<String>,
    /// The note.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Words>,
}

/// The program a plan belongs to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Program {
    /// Kind of program.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<ProgramType>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Level of care, as the agency says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level_of_care: Option<String>,
}

/// Who the person is apart from services.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct WholePerson {
    /// Vision of a good life.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vision: Option<Words>,
    /// Roles, such as sister, drummer, neighbor.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Words>,
    /// Interests.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub interests: Vec<Words>,
    /// Culture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub culture: Option<Words>,
    /// Faith.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub faith: Option<Words>,
    /// What matters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub important_to_me: Option<Words>,
    /// What gives life.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what_gives_life: Option<Words>,
    /// The person's own explanation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how_i_understand_it: Option<Words>,
}

/// What works for the person.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preference {
    /// The preference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Words>,
    /// Its language, BCP-47.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// The situation in which it holds, where it does not always.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<Words>,
}

/// The professional's understanding of the person's situation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct InterpretiveSummary {
    /// The text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Words>,
    /// Who wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
}

/// What stands between the person and a goal.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Barrier {
    /// Key within the plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The barrier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Words>,
    /// What kind of barrier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<BarrierKind>,
    /// Diagnoses the agency ties to it; a plan needs none.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub diagnosis: Vec<Diagnosis>,
}

/// A diagnosis as the source gave it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Diagnosis {
    /// Code system, a URI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// Code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Label.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Words>,
}

/// A risk and what lessens it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Risk {
    /// Key within the plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The risk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Words>,
    /// What lessens it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mitigation: Option<Words>,
}

vocabulary! {
    /// What kind of plan.
    PlanType "plan-type" { Initial = "initial", Review = "review", Revision = "revision", Annual = "annual",
        CrisisShortTerm = "crisis-short-term" }
}
vocabulary! {
    /// FHIR request-status.
    PlanStatus "plan-status" { Draft = "draft", Active = "active", OnHold = "on-hold", Revoked = "revoked",
        Completed = "completed", EnteredInError = "entered-in-error", Unknown = "unknown" }
}
vocabulary! {
    /// Looked at again, or written anew.
    ReviewKind "review-kind" { Review = "review", Rewrite = "rewrite" }
}
vocabulary! {
    /// Kind of program.
    ProgramType "program-type" { CmhcOutpatient = "cmhc-outpatient", Ccbhc = "ccbhc", Pros = "pros", Act = "act",
        CscFirstEpisode = "csc-first-episode", CrisisStabilization = "crisis-stabilization", Residential = "residential",
        Hcbs = "hcbs", PeerRun = "peer-run", Unspecified = "other" }
}
vocabulary! {
    /// What kind of barrier.
    BarrierKind "barrier-kind" { Internal = "internal", External = "external", System = "system", Health = "health",
        Resource = "resource" }
}
vocabulary! {
    /// Yes, no, or not known.
    YesNoUnknown "yes-no-unknown" { Yes = "yes", No = "no", Unknown = "unknown" }
}

impl Plan {
    /// Goals that count: proposed, active, on hold or achieved; a status outside the vocabulary, or none, counts too.
    pub fn live_goals(&self) -> impl Iterator<Item = (usize, &Goal)> {
        self.goals.iter().enumerate().filter(|(_, goal)| goal.is_live())
    }
}
