//! `CapabilityStatement` of our own FHIR endpoint: reading what we keep, checking a resource, and judging a plan. It takes no writes.
//!
//! The list of types is the list of what `from_plan` writes; a test holds the two together.

use serde_json::{Value, json};

use super::system::OWN_BASE;

/// The types that can be read, in the alphabet's order.
pub const READABLE: &[&str] = &[
    "CarePlan",
    "CareTeam",
    "Condition",
    "Goal",
    "Observation",
    "Organization",
    "Patient",
    "Practitioner",
    "PractitionerRole",
    "Procedure",
    "Provenance",
    "QuestionnaireResponse",
    "RelatedPerson",
    "RiskAssessment",
    "ServiceRequest",
    "Task",
];

/// HL7's operation that holds a resource against FHIR; ours does so with every type of R4.
const VALIDATE: &str = "http://hl7.org/fhir/OperationDefinition/Resource-validate";

/// What the server at `base` can do. `published` is the day (`2026-11-25`) of the software it runs.
pub fn statement(base: &str, version: &str, published: &str) -> Value {
    let resources: Vec<Value> = READABLE.iter().map(|kind| readable(kind)).collect();
    json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": published,
        "kind": "instance",
        "software": {"name": "ownwords", "version": version},
        "implementation": {"description": "Person-centered recovery plans, read only", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["json", "xml"],
        "rest": [{
            "mode": "server",
            "documentation": "Plans come in by POST /submissions; here they can be read back and judged.",
            "security": {"description": "Bearer token, bound to one agency; an agency sees only its own records."},
            "resource": resources
        }]
    })
}

fn readable(kind: &str) -> Value {
    let mut resource = json!({"type": kind, "interaction": [{"code": "read"}]});
    let mut operations = vec![json!({"name": "validate", "definition": VALIDATE})];
    if kind == "CarePlan" {
        let definition = format!("{OWN_BASE}OperationDefinition/check-plan");
        operations.push(json!({"name": "check-plan", "definition": definition}));
    }
    resource["operation"] = operations.into();
    resource
}
