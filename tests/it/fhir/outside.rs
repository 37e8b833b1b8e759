//! What the outside reads besides Bundles: outcomes, the answer to a check, the capability statement; and samples for the
//! validator.
//!
//! That FHIR's own rules hold for them is for the HL7 validator to say; here it is looked at what they tell.

use std::{collections::BTreeSet, fs, path::Path};

use ownwords::{
    fhir::{self, Ids, capability, outcome, parameters},
    plan::Place,
    rules::{Outcome, Severity, Verdict, thread::Shown},
};
use serde_json::json;

use super::{BOTH, bundle_of, case, cases, plan_in};

fn issue(place: &Place) -> outcome::Issue<'_> {
    outcome::Issue {
        severity: Severity::Error,
        rule: Some("GOAL-002"),
        code: "required",
        message: "The goal has no words; ask for them.",
        diagnostics: "markers=C1",
        expression: Some("CarePlan.goal"),
        pointer: Some("/goals/0"),
        place: Some(place),
    }
}

fn place() -> Place {
    Place { file: "plans.csv".into(), line: 12, column: 3, field: Some("GOAL".into()) }
}

#[test]
fn an_outcome_says_where_and_what() {
    let place = place();
    let said = outcome::operation_outcome([issue(&place)].into_iter());
    let issue = &said["issue"][0];
    assert_eq!(issue["details"]["coding"][0]["system"], "https://ownwords.org/fhir/CodeSystem/ownwords-rule");
    assert_eq!(issue["details"]["coding"][0]["code"], "GOAL-002");
    assert_eq!((&issue["severity"], &issue["code"]), (&json!("error"), &json!("required")));
    assert_eq!(issue["expression"], json!(["CarePlan.goal"]));
    let at =
        |url: &str| issue["extension"].as_array().and_then(|all| all.iter().find(|one| one["url"] == url).cloned());
    let core = |name: &str| at(&format!("http://hl7.org/fhir/StructureDefinition/{name}")).expect("the place is said");
    assert_eq!(core("operationoutcome-file")["valueString"], "plans.csv");
    assert_eq!(core("operationoutcome-issue-line")["valueInteger"], 12);
    assert_eq!(core("operationoutcome-issue-col")["valueString"], "3");
    let own = |name: &str| at(&format!("{}StructureDefinition/{name}", fhir::OWN_BASE)).expect("the place is said");
    assert_eq!(own("source-field")["valueString"], "GOAL");
    assert_eq!(own("plan-pointer")["valueString"], "/goals/0");
    let well = outcome::operation_outcome(std::iter::empty());
    assert_eq!(well["issue"][0]["severity"], "information");
    let checked = parameters::checked(Outcome::AcceptedWithWarnings, well, Some(bundle_of(&case("minimal"))), None);
    assert_eq!(checked["parameter"][0]["valueCode"], "accepted-with-warnings");
    assert_eq!(checked["parameter"][2]["resource"]["resourceType"], "Bundle");
}

#[test]
fn the_statement_lists_what_we_write() {
    let statement = capability::statement("http://127.0.0.1:8080/fhir", "0.1.0", "2026-11-25");
    let listed: BTreeSet<String> = statement["rest"][0]["resource"]
        .as_array()
        .expect("resources")
        .iter()
        .map(|one| one["type"].as_str().expect("a type").to_owned())
        // Made of what is kept, for exports.
        .filter(|kind| kind != "Group")
        .collect();
    let written: BTreeSet<String> = cases()
        .iter()
        .flat_map(|path| fhir::resources(&plan_in(path), &Ids::public(), BOTH))
        .map(|one| one.kind.to_owned())
        .collect();
    assert_eq!(listed, written);
}

/// Writes what only a test makes, so that the HL7 validator can look at it too: `OWNWORDS_SAMPLES=folder`.
#[test]
fn samples_for_the_validator() {
    let Some(folder) = std::env::var_os("OWNWORDS_SAMPLES") else {
        println!("skipped: OWNWORDS_SAMPLES names no folder");
        return;
    };
    let put =
        |name: &str, text: String| fs::write(Path::new(&folder).join(name), text).expect("the sample can be written");
    put("capability.json", capability::statement("http://127.0.0.1:8080/fhir", "0.1.0", "2026-11-25").to_string());
    let place = place();
    let said = outcome::operation_outcome([issue(&place)].into_iter());
    put("outcome.json", said.to_string());
    for path in cases() {
        let plan = plan_in(&path);
        let resources = fhir::resources(&plan, &Ids::public(), BOTH);
        let name = path.file_name().expect("a file").to_string_lossy().replace(".plan.json", "");
        put(&format!("{name}.json"), fhir::transaction(&resources));
        let thread = Shown::of(&plan, &Verdict::default());
        let checked = parameters::checked(Outcome::Rejected, said.clone(), Some(bundle_of(&plan)), Some(&thread));
        put(&format!("{name}.parameters.json"), checked.to_string());
    }
}
