//! What the person wants: goals, the statement each rests on, and the record that there is none today.

use serde::{Deserialize, Serialize};

use super::{code::vocabulary, date::PlanDate, lenient};
use crate::words::Words;

/// Something the person wants.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Goal {
    /// Key within the plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub goal_id: Option<String>,
    /// What was said, and how it came here.
    #[serde(deserialize_with = "lenient::or_default")]
    pub statement: Statement,
    /// Whose kind of goal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<GoalKind>,
    /// Area of life.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<GoalDomain>,
    /// What comes first for the person, 1 first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rank: Option<u32>,
    /// From when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_date: Option<PlanDate>,
    /// By when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_date: Option<PlanDate>,
    /// Where the goal stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<GoalStatus>,
    /// The goal that took its place, by its `goal_id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// Whether the person agrees to this very goal, and how much it counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acceptance: Option<Acceptance>,
    /// What each level of goal attainment scaling would be like.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub scale: Vec<ScaleLevel>,
    /// The score that the person wants to reach on a measure that they answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_score: Option<TargetScore>,
    /// How far it has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub achievement: Option<Achievement>,
    /// Scaled scores.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub scores: Vec<Score>,
    /// Why, in the person's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why_it_matters: Option<Words>,
    /// 0 to 10, as the person says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub importance: Option<u8>,
    /// 0 to 10, as the person says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<u8>,
    /// A guess by staff, never shown as a trait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage_of_change: Option<StageOfChange>,
    /// Strengths that help, by `strength_id`.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub strengths_used: Vec<String>,
}

/// What was said, and how it came here.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Statement {
    /// What the person said, wrote or signed, byte for byte, in the language given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Words>,
    /// The rich text that `text` was taken from, when formatting was stripped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw: Option<Words>,
    /// Codes that the source has beside the words, which never stand for them.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub coding: Vec<Coding>,
    /// Its language, BCP-47.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// Translations beside the text, never instead of it.
    #[serde(deserialize_with = "lenient::or_default", skip_serializing_if = "Vec::is_empty")]
    pub translation: Vec<Translation>,
    /// Who spoke.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expressed_by: Option<ExpressedBy>,
    /// How the words were taken down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capture_method: Option<CaptureMethod>,
    /// The record that these are their words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attestation: Option<Attestation>,
}

/// A code as the source has it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Coding {
    /// Code system, a URI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// Code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What the code is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
}

/// What the person says to a goal.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Acceptance {
    /// FHIR goal-acceptance-status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<AcceptanceStatus>,
    /// FHIR goal-priority.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<GoalPriority>,
}

/// A translation beside the original.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Translation {
    /// Language, BCP-47.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lang: Option<String>,
    /// The translation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Words>,
    /// Who translated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// A record that the words are the person's (domain model, section 5.8).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Attestation {
    /// What is attested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statement: Option<AttestationStatement>,
    /// Who attests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<AttestedBy>,
    /// How.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<AttestationMethod>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<PlanDate>,
    /// Who saw it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witness: Option<String>,
}

/// How far a goal has come.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Achievement {
    /// FHIR goal-achievement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<AchievementCode>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<PlanDate>,
}

/// A level of goal attainment scaling.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScaleLevel {
    /// Which level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<AttainmentLevel>,
    /// What it would be like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Words>,
}

/// A score to reach on a measure that the person answers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TargetScore {
    /// The measure: its LOINC code, or its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instrument: Option<String>,
    /// The score, in the measure's own points.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<serde_json::Number>,
}

/// A scaled score.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Score {
    /// `gas`, or the code of a measure that the person answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instrument: Option<String>,
    /// The score.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<serde_json::Number>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<PlanDate>,
    /// Baseline or follow-up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<ScorePhase>,
    /// Who scored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<ScoredBy>,
}

/// The record that there is no goal to give today, which is respected.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NoGoal {
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<NoGoalReason>,
    /// In words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Words>,
    /// When it was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_on: Option<PlanDate>,
    /// When to talk again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_conversation_by: Option<PlanDate>,
    /// Who recorded it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_by: Option<String>,
}

vocabulary! {
    /// Whose kind of goal.
    GoalKind "goal-kind" { LifeGoal = "life-goal", ClinicalGoal = "clinical-goal", RequiredByOthers = "required-by-others" }
}
vocabulary! {
    /// Area of life.
    GoalDomain "goal-domain" { Housing = "housing", Work = "work", Education = "education", RelationshipsAndSocial =
        "relationships-and-social", FamilyAndParenting = "family-and-parenting", HealthAndWellness =
        "health-and-wellness", PhysicalFunction = "physical-function", EmotionalAndMentalHealth =
        "emotional-and-mental-health", ManagingConditions = "managing-conditions", Medication = "medication",
        Money = "money", Transportation = "transportation", Legal = "legal", Spirituality = "spirituality",
        RecreationAndHobbies = "recreation-and-hobbies", CommunityAndValuedRole = "community-and-valued-role",
        Independence = "independence", AccessToServices = "access-to-services", CaregiverNeeds =
        "caregiver-needs", EndOfLife = "end-of-life", Unspecified = "other" }
}
vocabulary! {
    /// Where a goal stands.
    GoalStatus "goal-status" { Proposed = "proposed", Active = "active", OnHold = "on-hold", Achieved = "achieved", ChangedMyMind =
        "changed-my-mind", NoLongerWanted = "no-longer-wanted", Replaced = "replaced" }
}
vocabulary! {
    /// What the person says to a goal.
    AcceptanceStatus "goal-acceptance-status" { Agree = "agree", Disagree = "disagree", Pending = "pending" }
}
vocabulary! {
    /// How much a goal counts for the person.
    GoalPriority "goal-priority" { High = "high-priority", Medium = "medium-priority", Low = "low-priority" }
}
vocabulary! {
    /// Who spoke.
    ExpressedBy "expressed-by" { Person = "person", PersonWithSupport = "person-with-support", Guardian = "guardian", Family =
        "family", Staff = "staff", CourtOrAgency = "court-or-agency", Unknown = "unknown" }
}
vocabulary! {
    /// How the words were taken down.
    CaptureMethod "capture-method" { WrittenByPerson = "written-by-person", TypedByPerson = "typed-by-person", SpokenVerbatim =
        "spoken-verbatim", SignedAndVoiced = "signed-and-voiced", Interpreted = "interpreted", AacDevice =
        "aac-device", PicturesOrObjects = "pictures-or-objects", WrittenDownByStaffAndReadBack =
        "written-down-by-staff-and-read-back", ObservedAndConfirmedByPeopleWhoKnowMe =
        "observed-and-confirmed-by-people-who-know-me", StaffSummary = "staff-summary", SelectedFromList =
        "selected-from-list", Unknown = "unknown" }
}
vocabulary! {
    /// What is attested.
    AttestationStatement "attestation-statement" { MyOwnWords = "my-own-words", MyIdeasWrittenDownAndReadBack = "my-ideas-written-down-and-read-back",
        ToldInMyLanguageThroughInterpreter = "told-in-my-language-through-interpreter", SignedAndVoiced =
        "signed-and-voiced", ChosenWithMyDeviceOrPictures = "chosen-with-my-device-or-pictures",
        UnderstoodFromMyBehaviorByPeopleWhoKnowMe = "understood-from-my-behavior-by-people-who-know-me",
        DecidedWithMyFamilyAndIAgree = "decided-with-my-family-and-i-agree", SaidByMyGuardianWithMePresent =
        "said-by-my-guardian-with-me-present", SaidByMyGuardianWithoutMe = "said-by-my-guardian-without-me" }
}
vocabulary! {
    /// Who attests.
    AttestedBy "attested-by" { Person = "person", Supporter = "supporter", Interpreter = "interpreter", StaffWitness =
        "staff-witness" }
}
vocabulary! {
    /// How it was attested.
    AttestationMethod "attestation-method" { Signature = "signature", SpokenYes = "spoken-yes", SignedYes = "signed-yes", DeviceYes = "device-yes",
        Gesture = "gesture", Unspecified = "other" }
}
vocabulary! {
    /// FHIR goal-achievement.
    AchievementCode "goal-achievement" { InProgress = "in-progress", Improving = "improving", Worsening = "worsening", NoChange = "no-change",
        Achieved = "achieved", Sustaining = "sustaining", NotAchieved = "not-achieved", NoProgress =
        "no-progress", NotAttainable = "not-attainable" }
}
vocabulary! {
    /// A level of goal attainment scaling, from the lowest.
    AttainmentLevel "attainment-level" { MuchLess = "much-less-than-expected", Less = "less-than-expected",
        Expected = "expected", Better = "better-than-expected", MuchBetter = "much-better-than-expected" }
}
vocabulary! {
    /// When in the goal a score was taken.
    ScorePhase "score-phase" { Baseline = "baseline", FollowUp = "follow-up" }
}
vocabulary! {
    /// Who scored.
    ScoredBy "scored-by" { Person = "person", Practitioner = "practitioner", Caregiver = "caregiver" }
}
vocabulary! {
    /// Stage of change.
    StageOfChange "stage-of-change" { Precontemplation = "precontemplation", Contemplation = "contemplation", Preparation = "preparation",
        Action = "action", Maintenance = "maintenance", Unknown = "unknown" }
}
vocabulary! {
    /// Why there is no goal today.
    NoGoalReason "no-goal-reason" { Declined = "declined", StillExploring = "still-exploring", UnableAtThisTime = "unable-at-this-time",
        CrisisAdmission = "crisis-admission", Unspecified = "other" }
}

impl Goal {
    /// Whether the goal counts: everything but changed-my-mind, no-longer-wanted and replaced.
    pub fn is_live(&self) -> bool {
        self.status.as_ref().is_none_or(GoalStatus::is_live)
    }

    /// Whether an attestation says that the person had a part in the words.
    pub fn is_attested(&self) -> bool {
        self.statement.is_attested()
    }

    /// Whether there is still a way to go: live, and not achieved.
    pub fn is_open(&self) -> bool {
        self.is_live() && self.status != Some(GoalStatus::Achieved)
    }
}

impl Statement {
    /// Whether an attestation says that the person had a part in the words.
    pub fn is_attested(&self) -> bool {
        let attested = self.attestation.as_ref().and_then(|attestation| attestation.statement.as_ref());
        attested.is_some_and(|what| {
            !matches!(what, AttestationStatement::SaidByMyGuardianWithoutMe | AttestationStatement::Other(_))
        })
    }
}

impl GoalStatus {
    /// Everything but changed-my-mind, no-longer-wanted and replaced.
    pub fn is_live(&self) -> bool {
        !matches!(self, Self::ChangedMyMind | Self::NoLongerWanted | Self::Replaced)
    }
}

impl CaptureMethod {
    /// Whether the method itself says that the person gave the words.
    pub fn is_person_given(&self) -> bool {
        !matches!(self, Self::StaffSummary | Self::SelectedFromList | Self::Unknown | Self::Other(_))
    }
}

impl NoGoal {
    /// Reason and day are there, and a next talk unless the person declined.
    pub fn is_valid(&self) -> bool {
        let talk_planned = self.next_conversation_by.as_ref().is_some_and(PlanDate::is_valid);
        let declined = self.reason == Some(NoGoalReason::Declined);
        self.reason.is_some() && self.recorded_on.as_ref().is_some_and(PlanDate::is_valid) && (declined || talk_planned)
    }
}
