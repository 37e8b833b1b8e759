//! Parameters that `$check-plan` answers with: the verdict, the findings and the plan as a Bundle.
//!
//! The operation itself is in `http`; it stores nothing.

use serde_json::{Map, Value, json};

use crate::rules::Outcome;

/// The answer to a check. `bundle` is left out when the plan could not be said in FHIR.
pub fn checked(verdict: Outcome, outcome: Value, bundle: Option<Value>) -> Value {
    let part = |name: &str, resource: Value| {
        let mut part = Map::new();
        part.insert("name".to_owned(), json!(name));
        part.insert("resource".to_owned(), resource);
        Value::Object(part)
    };
    let mut parts = vec![json!({"name": "verdict", "valueCode": code_of(verdict)}), part("outcome", outcome)];
    parts.extend(bundle.map(|bundle| part("plan", bundle)));
    json!({"resourceType": "Parameters", "parameter": parts})
}

/// The verdict as our `CodeSystem` `verdict` spells it.
fn code_of(verdict: Outcome) -> &'static str {
    match verdict {
        Outcome::Accepted => "accepted",
        Outcome::AcceptedWithWarnings => "accepted-with-warnings",
        Outcome::Rejected => "rejected",
    }
}
