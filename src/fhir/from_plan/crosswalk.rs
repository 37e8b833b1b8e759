//! Crosswalks from the plan's vocabularies to FHIR's (fhir.md, section 4): tables, no judgement.
//!
//! What a vocabulary has no twin for stays with our own code or with the text alone.

use crate::{
    fhir::{datatype::Beside, system::code},
    plan::{
        PlanStatus,
        action::ActionStatus,
        goal::{GoalDomain, GoalStatus, ScorePhase, ScoredBy},
        planning::ParticipantRole,
    },
};

/// Goal status: lifecycle, achievement, and the reason of a goal that ended.
pub(super) fn goal_status(status: &GoalStatus) -> Option<(&'static str, Option<&'static str>, Option<&'static str>)> {
    Some(match status {
        GoalStatus::Proposed => ("proposed", None, None),
        GoalStatus::Active => ("active", None, None),
        GoalStatus::OnHold => ("on-hold", None, None),
        GoalStatus::Achieved => ("completed", Some("achieved"), None),
        GoalStatus::ChangedMyMind => ("cancelled", None, Some("changed-my-mind")),
        GoalStatus::NoLongerWanted => ("cancelled", None, Some("no-longer-wanted")),
        GoalStatus::Replaced => ("cancelled", None, Some("replaced")),
        GoalStatus::Other(_) => return None,
    })
}

/// Lifecycle of a goal that does not say, or says something else: it stands in its plan, as FHIR wants a code.
pub(super) fn goal_status_in(plan: Option<&PlanStatus>) -> &'static str {
    if plan == Some(&PlanStatus::Draft) { "proposed" } else { "active" }
}

/// A goal's area of life among PCO's twelve.
pub(super) fn pco_domain(domain: &GoalDomain) -> Option<&'static str> {
    Some(match domain {
        GoalDomain::Housing => "housing",
        GoalDomain::AccessToServices | GoalDomain::Transportation => "access-to-services",
        GoalDomain::CaregiverNeeds => "caregiver-needs",
        GoalDomain::EndOfLife => "end-of-life",
        GoalDomain::Independence => "independence",
        GoalDomain::Legal => "legal",
        GoalDomain::ManagingConditions => "managing-conditions",
        GoalDomain::Medication => "medication-management",
        GoalDomain::HealthAndWellness => "improving-health-and-wellness",
        GoalDomain::PhysicalFunction => "physical-function",
        GoalDomain::RelationshipsAndSocial | GoalDomain::FamilyAndParenting | GoalDomain::CommunityAndValuedRole => {
            "social-functioning"
        }
        GoalDomain::EmotionalAndMentalHealth => "emotional-and-mental-health",
        GoalDomain::Work
        | GoalDomain::Education
        | GoalDomain::Money
        | GoalDomain::Spirituality
        | GoalDomain::RecreationAndHobbies
        | GoalDomain::Unspecified
        | GoalDomain::Other(_) => return None,
    })
}

/// CarePlan.status; a plan that does not say, or says something else, is `unknown`.
pub(super) fn plan_status(status: Option<&PlanStatus>) -> &'static str {
    match status {
        Some(PlanStatus::Draft) => "draft",
        Some(PlanStatus::Active) => "active",
        Some(PlanStatus::OnHold) => "on-hold",
        Some(PlanStatus::Revoked) => "revoked",
        Some(PlanStatus::Completed) => "completed",
        Some(PlanStatus::EnteredInError) => "entered-in-error",
        Some(PlanStatus::Unknown | PlanStatus::Other(_)) | None => "unknown",
    }
}

/// Whether that status stands in for one that was not given.
pub(super) fn beside_plan_status<'a>(status: Option<&PlanStatus>) -> Beside<'a> {
    if status.is_some() { Beside::default() } else { Beside::assumed() }
}

/// EpisodeOfCare.status.
pub(super) fn episode_status(status: Option<&PlanStatus>) -> &'static str {
    match status {
        Some(PlanStatus::Draft) => "planned",
        Some(PlanStatus::OnHold) => "onhold",
        Some(PlanStatus::Revoked) => "cancelled",
        Some(PlanStatus::Completed) => "finished",
        Some(PlanStatus::EnteredInError) => "entered-in-error",
        Some(PlanStatus::Active | PlanStatus::Unknown | PlanStatus::Other(_)) | None => "active",
    }
}

/// LOINC's code of goal attainment scaling itself, which is also that of the first score.
pub(super) const ATTAINMENT_SCALE: &str = "107332-9";

/// The LOINC code of a score of goal attainment scaling.
pub(super) fn attainment_code(phase: Option<&ScorePhase>, by: Option<&ScoredBy>) -> Option<&'static str> {
    match (phase, by) {
        (Some(ScorePhase::Baseline), _) => Some(ATTAINMENT_SCALE),
        (Some(ScorePhase::FollowUp), Some(ScoredBy::Practitioner)) => Some("107333-7"),
        (Some(ScorePhase::FollowUp), Some(ScoredBy::Person)) => Some("107334-5"),
        (Some(ScorePhase::FollowUp), Some(ScoredBy::Caregiver)) => Some("107331-1"),
        _ => None,
    }
}

/// Whether a LOINC code is that of a measure which the person answers, as PCO lists them (value set `prom-target-measures`).
pub(super) fn is_answered_by_the_person(loinc: &str) -> bool {
    const MEASURES: [&str; 34] = [
        "70274-6", "44261-6", "77854-8", "77848-0", "89921-1", "77862-1", "81531-6", "71965-8", "92149-4", "77864-7",
        "77851-4", "77850-6", "91614-8", "77856-3", "77865-4", "91721-1", "77855-5", "92391-2", "92329-2", "92418-3",
        "92448-0", "77859-7", "92266-6", "92305-2", "77849-8", "92213-8", "89676-1", "71969-0", "71971-6", "71955-9",
        "71957-5", "71959-1", "71961-7", "71963-3",
    ];
    MEASURES.contains(&loinc)
}

/// A code of race or ethnicity among the categories that US Core asks for, and what it is called.
pub(super) fn race_or_ethnicity(code: &str) -> Option<(&'static str, &'static str)> {
    const KNOWN: [(&str, &str); 7] = [
        ("1002-5", "American Indian or Alaska Native"),
        ("2028-9", "Asian"),
        ("2054-5", "Black or African American"),
        ("2076-8", "Native Hawaiian or Other Pacific Islander"),
        ("2106-3", "White"),
        ("2135-2", "Hispanic or Latino"),
        ("2186-5", "Not Hispanic or Latino"),
    ];
    KNOWN.into_iter().find(|(known, _)| *known == code)
}

/// CareTeam.status.
pub(super) fn team_status(status: Option<&PlanStatus>) -> Option<&'static str> {
    Some(match status? {
        PlanStatus::Draft => "proposed",
        PlanStatus::Active => "active",
        PlanStatus::OnHold => "suspended",
        PlanStatus::Revoked | PlanStatus::Completed => "inactive",
        PlanStatus::EnteredInError => "entered-in-error",
        PlanStatus::Unknown | PlanStatus::Other(_) => return None,
    })
}

/// Task.status; a step that does not say is asked for, or still a draft with its plan.
pub(super) fn task_status(status: Option<&ActionStatus>, plan: Option<&PlanStatus>) -> &'static str {
    match status {
        Some(ActionStatus::Planned) => "accepted",
        Some(ActionStatus::UnderWay) => "in-progress",
        Some(ActionStatus::Done) => "completed",
        Some(ActionStatus::Stopped) => "cancelled",
        Some(ActionStatus::Paused) => "on-hold",
        Some(ActionStatus::EnteredInError) => "entered-in-error",
        Some(ActionStatus::Other(_)) | None if plan == Some(&PlanStatus::Draft) => "draft",
        Some(ActionStatus::Other(_)) | None => "requested",
    }
}

/// ServiceRequest.status; a service that does not say stands as its plan does.
pub(super) fn service_status(status: Option<&ActionStatus>, plan: Option<&PlanStatus>) -> &'static str {
    match status {
        Some(ActionStatus::Planned | ActionStatus::UnderWay) => "active",
        Some(ActionStatus::Done) => "completed",
        Some(ActionStatus::Stopped) => "revoked",
        Some(ActionStatus::Paused) => "on-hold",
        Some(ActionStatus::EnteredInError) => "entered-in-error",
        Some(ActionStatus::Other(_)) | None => plan_status(plan),
    }
}

/// Administrative gender, where the source's word is one.
pub(super) fn gender(word: &str) -> Option<&'static str> {
    let is = |known: &[&str]| known.iter().any(|one| word.eq_ignore_ascii_case(one));
    if is(&["female", "f"]) {
        Some("female")
    } else if is(&["male", "m"]) {
        Some("male")
    } else if is(&["other"]) {
        Some("other")
    } else {
        is(&["unknown"]).then_some("unknown")
    }
}

/// A team role: standard coding (system, code, display), and what to call it.
pub(super) fn role(role: &ParticipantRole) -> (Option<(&'static str, &'static str, &'static str)>, &'static str) {
    match role {
        ParticipantRole::Person => (Some((code::SNOMED, "116154003", "Patient")), "The person"),
        ParticipantRole::Peer => (Some((code::NUCC, "175T00000X", "Peer Specialist")), "Peer specialist"),
        ParticipantRole::CaseManager => {
            (Some((code::NUCC, "171M00000X", "Case Manager/Care Coordinator")), "Care coordinator")
        }
        ParticipantRole::Guardian => (Some((code::ROLE, "GUARD", "guardian")), "Guardian"),
        ParticipantRole::Family => (Some((code::ROLE, "FAMMEMB", "family member")), "Family"),
        ParticipantRole::Friend => (Some((code::ROLE, "FRND", "unrelated friend")), "Friend"),
        ParticipantRole::Clinician => (None, "Clinician"),
        ParticipantRole::Prescriber => (None, "Prescriber"),
        ParticipantRole::Interpreter => (None, "Interpreter"),
        ParticipantRole::Advocate => (None, "Advocate"),
        ParticipantRole::Unspecified | ParticipantRole::Other(_) => (None, "Other"),
    }
}

const RELATIONSHIPS: &[(&str, &str)] = &[
    ("aunt", "AUNT"),
    ("tía", "AUNT"),
    ("uncle", "UNCLE"),
    ("tío", "UNCLE"),
    ("sister", "SIS"),
    ("hermana", "SIS"),
    ("brother", "BRO"),
    ("hermano", "BRO"),
    ("mother", "MTH"),
    ("mom", "MTH"),
    ("mamá", "MTH"),
    ("madre", "MTH"),
    ("father", "FTH"),
    ("dad", "FTH"),
    ("papá", "FTH"),
    ("padre", "FTH"),
    ("parent", "PRN"),
    ("son", "SONC"),
    ("hijo", "SONC"),
    ("daughter", "DAUC"),
    ("hija", "DAUC"),
    ("husband", "HUSB"),
    ("esposo", "HUSB"),
    ("wife", "WIFE"),
    ("esposa", "WIFE"),
    ("spouse", "SPS"),
    ("partner", "SIGOTHR"),
    ("grandmother", "GRMTH"),
    ("abuela", "GRMTH"),
    ("grandfather", "GRFTH"),
    ("abuelo", "GRFTH"),
    ("cousin", "COUSN"),
    ("niece", "NIECE"),
    ("nephew", "NEPHEW"),
    ("friend", "FRND"),
    ("neighbor", "NBOR"),
    ("roommate", "ROOM"),
    ("guardian", "GUARD"),
];

/// The v3-RoleCode of a relationship named in a word.
pub(super) fn relationship(word: &str) -> Option<&'static str> {
    let word = word.trim().to_lowercase();
    RELATIONSHIPS.iter().find(|(known, _)| *known == word).map(|(_, code)| *code)
}

const RHYTHMS: &[(&str, (u32, u32, &str))] = &[
    ("daily", (1, 1, "d")),
    ("every day", (1, 1, "d")),
    ("weekly", (1, 1, "wk")),
    ("every week", (1, 1, "wk")),
    ("once a week", (1, 1, "wk")),
    ("twice a week", (2, 1, "wk")),
    ("twice weekly", (2, 1, "wk")),
    ("every two weeks", (1, 2, "wk")),
    ("every 2 weeks", (1, 2, "wk")),
    ("monthly", (1, 1, "mo")),
    ("every month", (1, 1, "mo")),
    ("once a month", (1, 1, "mo")),
    ("twice a month", (2, 1, "mo")),
    ("quarterly", (1, 3, "mo")),
    ("yearly", (1, 1, "a")),
];

/// How often, where the words are plain: times, in how many, of which unit.
pub(super) fn rhythm(words: &str) -> Option<(u32, u32, &'static str)> {
    let words = words.trim().to_lowercase();
    RHYTHMS.iter().find(|(known, _)| *known == words).map(|(_, rhythm)| *rhythm)
}

/// Whether a service code has the form of HCPCS level II.
pub(super) fn is_hcpcs(code: &str) -> bool {
    code.len() == 5 && code.as_bytes()[0].is_ascii_uppercase() && code.bytes().skip(1).all(|b| b.is_ascii_digit())
}
