//! The checker of base FHIR R4 from outside: what is accepted, what each fault is told as, and where.
//!
//! `mutate` makes the faults, one a resource, out of `tests/data/fhir/check`; `tests/interop/differential` shows the same
//! resources to the HL7 validator.

mod claimed;
mod forms;
mod mutate;
mod table;

use std::{fs, path::Path};

use ownwords::{
    fhir::{
        self, Ids, capability,
        check::{Fault, check, check_text},
        outcome::operation_outcome,
    },
    rules::Severity,
};
use serde_json::{Value, json};

use super::{BOTH, bundle_of, cases, plan_in};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The resources that faults are made in, each without any.
fn base() -> Vec<Value> {
    let text = fs::read_to_string(root().join("tests/data/fhir/check/base.json")).expect("the resources can be read");
    serde_json::from_str(&text).expect("they are a list")
}

fn faults(text: &str) -> Vec<Fault> {
    check_text(text).expect("the text is JSON")
}

/// What sends a resource back: code, invariant and expression of each error.
fn errors(text: &str) -> Vec<(&'static str, &'static str, String)> {
    let found = faults(text).into_iter().filter(|fault| fault.severity == Severity::Error);
    found.map(|fault| (fault.code, fault.key, fault.expression)).collect()
}

fn accepted(name: &str, text: &str) {
    assert_eq!(errors(text), [], "{name}");
}

#[test]
fn all_that_we_write_is_accepted() {
    for path in cases() {
        let name = path.display().to_string();
        accepted(&name, &bundle_of(&plan_in(&path)).to_string());
        for resource in fhir::resources(&plan_in(&path), &Ids::public(), BOTH) {
            accepted(&format!("{name} {}", resource.kind), &resource.json);
        }
    }
    let statement = capability::statement("http://127.0.0.1:8080/fhir", "0.1.0", "2026-11-25");
    accepted("capability statement", &statement.to_string());
}

#[test]
fn the_bundles_of_all_mapping_examples_are_accepted() {
    let mappings = fs::read_dir(root().join("mappings")).expect("mappings can be listed");
    let mut looked_at = 0;
    for mapping in mappings.map(|entry| entry.expect("an entry").path().join("examples")).filter(|path| path.is_dir()) {
        for example in fs::read_dir(mapping).expect("examples can be listed") {
            let file = example.expect("an entry").path().join("bundle.json");
            let Ok(text) = fs::read_to_string(&file) else { continue };
            // One Bundle, a list of them, or one a line.
            for read in serde_json::Deserializer::from_str(&text).into_iter::<Value>() {
                let read = read.expect("Bundles are JSON");
                for bundle in read.as_array().unwrap_or(&vec![read.clone()]) {
                    accepted(&file.display().to_string(), &bundle.to_string());
                    looked_at += 1;
                }
            }
        }
    }
    assert!(looked_at >= 12, "only {looked_at} Bundles");
}

#[test]
fn resources_of_every_type_we_read_are_accepted() {
    for resource in base() {
        accepted(&resource["id"].to_string(), &resource.to_string());
    }
}

/// The guides' own samples. Those that HL7's validator refuses too are named with the reason.
#[test]
fn published_samples_are_accepted() {
    let Some(shared) = std::env::var_os("OWNWORDS_SHARED") else {
        println!("skipped: no published samples (set OWNWORDS_SHARED)");
        return;
    };
    let folder = Path::new(&shared).join("data/fhir-examples");
    let mut looked_at = 0;
    for guide in
        ["eltss-2.0.0", "pco-1.0.0", "r4-4.0.1", "reference-plan", "us-core-6.1.0", "us-core-7.0.0", "us-core-9.0.0"]
    {
        for file in fs::read_dir(folder.join(guide)).expect("samples can be listed") {
            let file = file.expect("an entry").path();
            let text = fs::read_to_string(&file).expect("a sample can be read");
            let name = file.file_name().expect("a name").to_string_lossy().into_owned();
            let known = KNOWN.iter().find(|(known, _)| *known == name).map_or(&[][..], |(_, known)| known);
            let found: Vec<String> = errors(&text).into_iter().map(|(_, _, expression)| expression).collect();
            assert_eq!(found, known, "{}", file.display());
            looked_at += 1;
        }
    }
    assert!(looked_at > 130, "only {looked_at} samples");
}

/// Samples with errors of their own.
const KNOWN: &[(&str, &[&str])] = &[];

#[test]
fn the_traps_of_the_json_schema_are_refused() {
    let plan = json!({"resourceType": "CarePlan", "status": "active", "intent": "plan", "subject": {"reference": "Patient/p"}});
    let with = |change: fn(&mut Value)| {
        let mut plan = plan.clone();
        change(&mut plan);
        errors(&plan.to_string()).into_iter().map(|(_, _, expression)| expression).collect::<Vec<_>>()
    };
    assert_eq!(with(|_| {}), Vec::<String>::new());
    let nothing_said = |plan: &mut Value| {
        let plan = plan.as_object_mut().expect("an object");
        plan.remove("status");
        plan.remove("intent");
    };
    assert_eq!(with(nothing_said), ["CarePlan.status", "CarePlan.intent"]);
    assert_eq!(with(|plan| plan["goal"] = json!([{"reference": "Observation/o"}])), ["CarePlan.goal[0]"]);
    let both = |plan: &mut Value| {
        plan["activity"] = json!([{"reference": {"reference": "Task/t"}, "detail": {"status": "scheduled"}}]);
    };
    assert_eq!(with(both), ["CarePlan.activity[0]"]);
    let goal = json!({"resourceType": "Goal", "description": {"text": "x"}, "subject": {"reference": "Patient/p"}});
    assert_eq!(errors(&goal.to_string()), [("required", "", "Goal.lifecycleStatus".to_owned())]);
    let wrong = [
        ("statusReason", json!({"text": "x"}), "Goal.statusReason"),
        ("expressedBy", json!({"reference": "CareTeam/t"}), "Goal.expressedBy"),
        ("addresses", json!([{"reference": "Goal/g"}]), "Goal.addresses[0]"),
    ];
    for (name, value, expression) in wrong {
        let mut goal = goal.clone();
        goal["lifecycleStatus"] = json!("active");
        goal[name] = value;
        assert_eq!(errors(&goal.to_string()).into_iter().map(|one| one.2).collect::<Vec<_>>(), [expression]);
    }
}

#[test]
fn claims_on_us_core_wake_its_invariants() {
    let mut all = base();
    let mut one = |id: &str| all.iter_mut().find(|one| one["id"] == id).expect("it is there").take();
    let (mut provenance, mut procedure) = (one("w1"), one("y1"));
    provenance["agent"][1].as_object_mut().expect("an agent").remove("onBehalfOf");
    procedure.as_object_mut().expect("a procedure").remove("performedDateTime");
    accepted("no claim", &provenance.to_string());
    accepted("no claim", &procedure.to_string());
    let claim =
        |name: &str| json!({"profile": [format!("http://hl7.org/fhir/us/core/StructureDefinition/{name}|6.1.0")]});
    provenance["meta"] = claim("us-core-provenance");
    procedure["meta"] = claim("us-core-procedure");
    assert_eq!(errors(&provenance.to_string()), [("invariant", "provenance-1", "Provenance.agent".to_owned())]);
    assert_eq!(errors(&procedure.to_string()), [("invariant", "us-core-7", "Procedure.performed".to_owned())]);
    let notes = faults(&procedure.to_string()).into_iter().filter(|fault| fault.severity == Severity::Information);
    assert_eq!(
        notes.map(|note| note.code).collect::<Vec<_>>(),
        ["not-supported"],
        "a claim is never passed over in silence"
    );
}

#[test]
fn a_fault_knows_its_line_and_character() {
    let text = "{\n \"resourceType\": \"Goal\",\n \"lifecycleStatus\": \"active\",\n \"description\": {\"text\": \"ñandú\"},\n  \"subject\": {\"reference\": \"Patient/p\"}, \"note\": 7\n}";
    let found = faults(text);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].place.line, found[0].place.column, found[0].expression.as_str()), (5, 50, "Goal.note"));
    accepted("the outcome", &operation_outcome(found.iter().map(Fault::issue)).to_string());
}

#[test]
fn what_is_no_json_is_told_with_its_place() {
    let place = |bytes: &[u8]| check(bytes).map(|_| ()).map_err(|error| (error.line, error.column));
    assert_eq!(place(b"{\"resourceType\": \"Goal\",\n }"), Err((2, 2)));
    assert_eq!(place(b"{\"resourceType\": \"Goal\""), Err((1, 23)));
    assert_eq!(place(b"{\"a\": 01}"), Err((1, 8)));
    assert_eq!(place(b"{} {}"), Err((1, 4)));
    assert_eq!(place(b""), Err((1, 1)));
    assert_eq!(place(b"{\"a\":\n \"\xff\"}"), Err((2, 3)));
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    assert_eq!(place(deep.as_bytes()), Err((1, 128)));
}

#[test]
fn a_doubled_name_is_told_at_the_second() {
    let text = r#"{"resourceType":"Flag","status":"active","status":"inactive","code":{"text":"a","\u0074ext":"b"},"subject":{"reference":"Patient/p"}}"#;
    let expressions: Vec<String> = errors(text).into_iter().map(|one| one.2).collect();
    assert_eq!(expressions, ["Flag.status", "Flag.code.text"]);
}

#[test]
fn a_thousand_faults_are_cut_off() {
    let names: Vec<Value> = (0..1000).map(|_| json!({"family": 7})).collect();
    let found = faults(&json!({"resourceType": "Patient", "name": names}).to_string());
    assert_eq!(found.len(), 500);
    assert_eq!(found.iter().filter(|fault| fault.code == "too-costly").count(), 1);
}

#[test]
fn no_message_and_no_expression_holds_a_value_or_prose() {
    let secret = "Marisol Quintero";
    let text = json!({
        "resourceType": "Goal", "lifecycleStatus": secret, "description": secret, "subject": {"reference": secret},
        "startDate": secret, secret: secret, "note": [{secret: 1, "text": 7}], "category": secret,
        "contained": [{"resourceType": secret}], "extension": [{"url": secret}], "addresses": [{"reference": format!("#{secret}")}],
        "text": {"status": secret, "div": secret}, "language": secret, "meta": {"lastUpdated": secret, "profile": [secret]}
    });
    let found = faults(&text.to_string());
    assert!(found.len() > 12, "{found:?}");
    for fault in found {
        let said = format!("{fault:?}");
        assert!(!said.contains("Marisol") && !said.contains("Quintero"), "{said}");
    }
}
