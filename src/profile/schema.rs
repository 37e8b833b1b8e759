//! Checks JSON against our own schemas, compiled once, without any network. Messages never quote the value they speak of.
//!
//! The schema of a mapping file is for editors and for a first check; what a mapping means is judged when it is compiled.

use std::sync::LazyLock;

use jsonschema::{Draft, Validator};
use serde_json::Value;

/// Where and why JSON does not fit a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaFault {
    /// JSON pointer into what was checked.
    pub pointer: String,
    /// What is wrong, the value itself left out.
    pub message: String,
}

static PLAN: LazyLock<Validator> = LazyLock::new(|| compiled(include_str!("../../profiles/plan.schema.json")));
static MAPPING: LazyLock<Validator> = LazyLock::new(|| compiled(include_str!("../../mappings/mapping.schema.json")));

/// Checks a plan in our own model against `profiles/plan.schema.json`.
pub fn plan_schema_faults(plan: &Value) -> Vec<SchemaFault> {
    faults(&PLAN, plan)
}

/// Checks a mapping file, as JSON, against `mappings/mapping.schema.json`.
pub fn mapping_schema_faults(mapping: &Value) -> Vec<SchemaFault> {
    faults(&MAPPING, mapping)
}

fn compiled(schema: &str) -> Validator {
    let schema: Value =
        serde_json::from_str(schema).expect("the tests of the schemas above made sure that they are JSON");
    let options = jsonschema::options().offline().with_draft(Draft::Draft202012);
    options.build(&schema).expect("the tests of the schemas above made sure that they compile")
}

fn faults(schema: &Validator, value: &Value) -> Vec<SchemaFault> {
    let fault = |error: jsonschema::ValidationError<'_>| SchemaFault {
        pointer: error.instance_path().to_string(),
        message: error.masked().to_string(),
    };
    schema.iter_errors(value).map(fault).collect()
}
