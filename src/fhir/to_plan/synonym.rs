//! The codes and names under which others say what we read: tables, no judgement (fhir.md, sections 4, 6 and 14).

use super::world::{Node, same};
use crate::{
    fhir::system::code,
    plan::{
        action::ActionStatus,
        goal::{GoalDomain, GoalStatus},
        planning::ParticipantRole,
    },
};

/// eLTSS's code system of observations, in its two spellings.
pub(super) const ELTSS_OBSERVATIONS: [&str; 2] =
    [code::ELTSS_OBSERVATION, "http://hl7.org/fhir/us/eltss/CodeSystem/eltss-observation-code"];
/// Barrier to a goal, in the United States' edition and the United Kingdom's.
const BARRIERS: [&str; 2] = ["452341000124107", "811791000000103"];
/// PCO's concepts and areas, as files and guide text spell them.
pub(super) const PCO_CONCEPTS: [&str; 2] = [code::PCO, "http://hl7.org/fhir/us/pco/CodeSystem/pco-concepts"];
pub(super) const PCO_DOMAINS: [&str; 2] = [code::PCO_DOMAIN, "http://hl7.org/fhir/us/pco/CodeSystem/pco-goal-domains"];
/// The situation in which a preference holds, as PACIO's guide says it.
pub(super) const PRECONDITION: &str =
    "http://hl7.org/fhir/us/pacio-adi/StructureDefinition/adi-enclosedPrecondition-extension";
const CORE_PREFERENCES: &str = "http://hl7.org/fhir/us/core/CodeSystem/us-core-category";
const ADI_PREFERENCES: &str = "http://hl7.org/fhir/us/pacio-adi/CodeSystem/ADIPreferenceCategoryCS";
/// What pays for the program, in the two bases of the behavioral health guide.
pub(super) const FUNDING: [&str; 2] = [
    "http://hl7.org/fhir/us/bhp/CodeSystem/bh-funding-type-codes",
    "http://fhir.org/guides/astp/bhp/CodeSystem/bh-funding-type-codes",
];
pub(super) const BARRIER: &str = "http://hl7.org/fhir/StructureDefinition/workflow-barrier";
pub(super) const DIRECTED_BY: &str = "http://hl7.org/fhir/us/eltss/StructureDefinition/eltss-directedBy";
const PROTECTIVE_CATEGORY: &str = "http://hl7.org/fhir/us/sdoh-clinicalcare/CodeSystem/SDOHCC-CodeSystemTemporaryCodes";
const PEER_TAXONOMY: &str = "175T00000X";
/// Referral to peer support, and the service code of peer support.
const PEER_SERVICES: [(&str, &str); 2] = [(code::SNOMED, "461481000124109"), (code::HCPCS, "H0038")];
/// Relationships of someone who decides for or with the person.
const DECIDING: [&str; 6] = ["GUARD", "HPOWATT", "POWATT", "DPOWATT", "SPOWATT", "SUBDM"];

/// Whether an Observation's code says that it is a barrier.
pub(super) fn is_barrier(concept: Node<'_>) -> bool {
    BARRIERS.iter().any(|known| concept.has_code(code::SNOMED, known))
}

/// Whether a code, or the heading above it, says strength.
pub(super) fn is_strength(concept: Node<'_>) -> bool {
    ELTSS_OBSERVATIONS.iter().any(|system| concept.has_code(system, "strength"))
        || concept.in_words().and_then(Node::text).is_some_and(says_strength)
}

/// Whether a heading says strength.
pub(super) fn says_strength(heading: &str) -> bool {
    let words = heading.to_lowercase();
    words
        .split(|letter: char| !letter.is_alphabetic())
        .any(|word| matches!(word, "strength" | "strengths" | "fortalezas"))
}

/// Whether an Observation is a preference by its category, or says when it holds.
pub(super) fn is_preference(told: Node<'_>) -> bool {
    let by_category = |one: &Node<'_>| {
        one.code_in(&[ADI_PREFERENCES, CORE_PREFERENCES]).is_some_and(|code| {
            matches!(
                code.text(),
                Some("care-experience-preference" | "intervention-preference" | "treatment-intervention-preference")
            )
        })
    };
    told.items("category").iter().any(by_category) || !told.extensions(PRECONDITION).is_empty()
}

/// Whether a Condition is a strength (SDOH, protective factor).
pub(super) fn is_protective(category: Node<'_>) -> bool {
    category.has_code(PROTECTIVE_CATEGORY, "protective-factor")
}

/// Whether a role is that of a peer supporter.
pub(super) fn is_peer_role(concept: Node<'_>) -> bool {
    concept.has_code(code::NUCC, PEER_TAXONOMY)
}

/// Whether a service is peer support.
pub(super) fn is_peer_service(concept: Node<'_>) -> bool {
    PEER_SERVICES.iter().any(|(system, known)| concept.has_code(system, known))
}

/// Whether a relationship is that of someone who decides for or with the person.
pub(super) fn decides(concept: Node<'_>) -> bool {
    DECIDING.iter().any(|known| concept.has_code(code::ROLE, known))
}

/// Goal.lifecycleStatus; a goal that ended without our reason is no longer wanted.
pub(super) fn goal_status(lifecycle: &str, reason: Option<&str>) -> GoalStatus {
    match (lifecycle, reason) {
        ("proposed" | "planned", _) => GoalStatus::Proposed,
        ("accepted" | "active", _) => GoalStatus::Active,
        ("on-hold", _) => GoalStatus::OnHold,
        ("completed", _) => GoalStatus::Achieved,
        ("cancelled" | "rejected", Some("changed-my-mind")) => GoalStatus::ChangedMyMind,
        ("cancelled" | "rejected", Some("replaced")) => GoalStatus::Replaced,
        ("cancelled" | "rejected", _) => GoalStatus::NoLongerWanted,
        (other, _) => GoalStatus::Other(other.into()),
    }
}

/// An area of PCO's twelve.
pub(super) fn domain(code: &str) -> Option<GoalDomain> {
    Some(match code {
        "medication-management" => GoalDomain::Medication,
        "improving-health-and-wellness" => GoalDomain::HealthAndWellness,
        "social-functioning" => GoalDomain::RelationshipsAndSocial,
        "emotional-and-mental-health" | "emotional-and-mental-wellbeing" | "emotional-and-mental-well-being" => {
            GoalDomain::EmotionalAndMentalHealth
        }
        same => Some(GoalDomain::from(same)).filter(|domain| !matches!(domain, GoalDomain::Other(_)))?,
    })
}

/// Status of a Task, a ServiceRequest or an activity's detail.
pub(super) fn step_status(status: &str) -> Option<ActionStatus> {
    Some(match status {
        "requested" | "received" | "accepted" | "ready" | "active" | "not-started" | "scheduled" | "draft" => {
            ActionStatus::Planned
        }
        "in-progress" => ActionStatus::UnderWay,
        "completed" => ActionStatus::Done,
        "cancelled" | "revoked" | "rejected" | "failed" | "stopped" => ActionStatus::Stopped,
        "on-hold" => ActionStatus::Paused,
        _ => return None,
    })
}

/// A role in a care team.
pub(super) fn role(concept: Node<'_>) -> Option<ParticipantRole> {
    let family = concept.code_in(&[code::ROLE]).and_then(Node::text);
    if is_peer_role(concept) {
        Some(ParticipantRole::Peer)
    } else if concept.has_code(code::NUCC, "171M00000X") {
        Some(ParticipantRole::CaseManager)
    } else if concept.has_code(code::SNOMED, "116154003") {
        Some(ParticipantRole::Person)
    } else if decides(concept) {
        Some(ParticipantRole::Guardian)
    } else {
        family.map(|code| if code == "FRND" { ParticipantRole::Friend } else { ParticipantRole::Family })
    }
}

/// Whether a code system is one whose codes say only what the resource already is.
pub(super) fn is_bookkeeping(system: &str) -> bool {
    const KNOWN: [&str; 6] = [
        code::CAREPLAN_CATEGORY,
        code::OBSERVATION_CATEGORY,
        code::CONDITION_CATEGORY,
        code::ELTSS_CONDITION,
        ADI_PREFERENCES,
        CORE_PREFERENCES,
    ];
    KNOWN.iter().chain(&PCO_CONCEPTS).any(|known| same(known, system))
}
