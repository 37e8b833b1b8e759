//! `CapabilityStatement` of our own FHIR endpoint: reading and searching what we keep, writing plans, checking a resource, and
//! judging a plan.
//!
//! The list of types is the list of what `from_plan` writes; a test holds the two together.

use serde_json::{Value, json};

use super::{
    search::{Form, Searched, TYPES},
    system::OWN_BASE,
    written,
};

/// The types that can be read, in the alphabet's order.
pub const READABLE: [&str; TYPES.len()] = {
    let mut all = [""; TYPES.len()];
    let mut at = 0;
    while at < all.len() {
        all[at] = TYPES[at].kind;
        at += 1;
    }
    all
};

/// Types without which a plan is still whole: a server that does not take one gets the plan without it.
pub const SPARED: [&str; 4] = ["Consent", "Contract", "DocumentReference", "Provenance"];

/// HL7's operation that holds a resource against FHIR; ours does so with every type of R4.
const VALIDATE: &str = "http://hl7.org/fhir/OperationDefinition/Resource-validate";

/// HL7's Bulk Data Access.
const BULK: &str = "http://hl7.org/fhir/uv/bulkdata/";

/// What the server at `base` can do. `published` is the day (`2026-11-25`) of the software it runs.
pub fn statement(base: &str, version: &str, published: &str) -> Value {
    let resources: Vec<Value> = TYPES.iter().map(readable).chain([group()]).collect();
    json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": published,
        "kind": "instance",
        "instantiates": [format!("{BULK}CapabilityStatement/bulk-data")],
        "software": {"name": "ownwords", "version": version},
        "implementation": {"description": "Person-centered recovery plans, to read, to search and to write", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["json", "xml"],
        "rest": [{
            "mode": "server",
            "documentation": "The plan is what is judged and has versions: a transaction holds one, and a part that is put makes a new version \
                of its plan. Plans also come in by POST /submissions.",
            "security": {"description": "Bearer token, bound to one agency; an agency sees only its own records."},
            "resource": resources,
            "interaction": [{"code": "transaction"}, {"code": "batch"}, {"code": "history-system"}],
            "operation": [export("export")]
        }]
    })
}

const TIES: &str = "A Patient that is posted or put here with link replaced-by or replaces tells that two ids are one person. It \
    becomes no resource (202); both are read with their link, and the one whose id was given up is not active.";

/// What is offered of every type.
const INTERACTIONS: [&str; 5] = ["read", "vread", "history-instance", "history-type", "search-type"];

fn readable(searched: &Searched) -> Value {
    let kind = searched.kind;
    let of_form = |form: Form| match form {
        Form::Token => "token",
        Form::Date => "date",
        Form::Reference => "reference",
        Form::Text => "string",
    };
    let general = [("_id", "token"), ("_lastUpdated", "date")];
    let own = searched.parameters.iter().map(|one| (one.name, of_form(one.form)));
    let parameters: Vec<Value> =
        general.into_iter().chain(own).map(|(name, form)| json!({"name": name, "type": form})).collect();
    let pointing = searched.parameters.iter().filter(|one| one.form == Form::Reference && one.points_somewhere());
    let includes: Vec<String> = pointing.map(|one| format!("{kind}:{}", one.name)).collect();
    let ways = written::ways(kind);
    let interactions: Vec<Value> = INTERACTIONS.iter().chain(ways).map(|code| json!({"code": code})).collect();
    let mut resource = json!({
        "type": kind,
        "interaction": interactions,
        "versioning": "versioned",
        "readHistory": true
    });
    if !ways.is_empty() {
        resource["updateCreate"] = json!(false);
        resource["conditionalCreate"] = json!(ways.contains(&"create"));
        resource["conditionalUpdate"] = json!(true);
        resource["conditionalDelete"] = json!("not-supported");
    }
    if !includes.is_empty() {
        resource["searchInclude"] = json!(includes);
    }
    resource["searchRevInclude"] = json!(["Provenance:target"]);
    resource["searchParam"] = json!(parameters);
    let mut operations = vec![json!({"name": "validate", "definition": VALIDATE})];
    if kind == "CarePlan" {
        let definition = format!("{OWN_BASE}OperationDefinition/check-plan");
        operations.push(json!({"name": "check-plan", "definition": definition}));
    }
    if kind == "Patient" {
        operations.push(export("patient-export"));
        resource["documentation"] = json!(TIES);
    }
    resource["operation"] = operations.into();
    resource
}

/// One Group an agency: made of what is kept, and never written.
fn group() -> Value {
    json!({
        "type": "Group",
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "operation": [export("group-export")]
    })
}

fn export(definition: &str) -> Value {
    json!({"name": "export", "definition": format!("{BULK}OperationDefinition/{definition}")})
}
