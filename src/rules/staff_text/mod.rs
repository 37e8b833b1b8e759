//! Rules on what staff write, never on what the person says. One pair of files a rule.
//!
//! Which texts these are is told in `plan/staff_text.rs`.

pub(super) mod wording_may_hurt;
pub(super) mod hard_to_read;

/// Where each text stands in FHIR.
const ELEMENTS: &[(&str, &str)] = &[
    ("/progress/*/text", "Goal.note.text"),
    ("/objectives/*/text", "Goal.description.text"),
    ("/objectives/*/measure", "Goal.target.measure.text"),
    ("/actions/*/text", "ServiceRequest.code.text | Task.description"),
    ("/actions/*/purpose", "ServiceRequest.note.text | Task.note.text"),
    ("/barriers/*/text", "Observation.valueString"),
    ("/strengths/*/text", "Observation.valueString"),
    ("/risks/*/text", "RiskAssessment.note.text"),
    ("/risks/*/mitigation", "RiskAssessment.mitigation"),
    ("/interpretive_summary/text", "CarePlan.note.text"),
    ("/transition/supports_after", "CarePlan.note.text"),
    ("/no_goal/explanation", "CarePlan.extension('https://ownwords.org/fhir/StructureDefinition/section-absence')"),
];
