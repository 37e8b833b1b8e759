//! What newer versions of US Core are told beside what 6.1 is, and what never changes.

use ownwords::fhir::receiver::{Receiver, UsCore};
use serde_json::{Value, json};

use super::{bundle_of, case, cases, plan_in};

fn fitted(us_core: UsCore, mut resource: Value) -> Option<Value> {
    Receiver { us_core, ..Receiver::default() }.fit(&mut resource).then_some(resource)
}

fn patient() -> Value {
    json!({ "resourceType": "Patient", "extension": [
        { "url": "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired", "valueBoolean": true },
        { "url": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-genderIdentity", "valueCodeableConcept": { "text": "as I say" } },
    ] })
}

fn preference(loinc: &str) -> Value {
    json!({ "resourceType": "Observation", "valueString": "Sit beside me, not across.",
        "category": [{ "coding": [{ "code": "social-history" }] }],
        "code": { "coding": [{ "system": "http://loinc.org", "code": loinc }] } })
}

#[test]
fn a_receiver_of_6_1_is_told_what_is_kept() {
    for path in cases() {
        for entry in bundle_of(&plan_in(&path))["entry"].as_array().expect("entries") {
            assert_eq!(fitted(UsCore::V6, entry["resource"].clone()), None);
        }
    }
}

#[test]
fn from_7_on_preferences_have_their_own_category_and_profile() {
    for (loinc, name) in [("95541-9", "care-experience-preference"), ("75773-2", "treatment-intervention-preference")] {
        assert_eq!(fitted(UsCore::V6, preference(loinc)), None);
        for us_core in [UsCore::V7, UsCore::V8, UsCore::V9] {
            let told = fitted(us_core, preference(loinc)).expect("more is told");
            let coding = &told["category"][1]["coding"][0];
            assert_eq!(
                coding,
                &json!({ "system": "http://hl7.org/fhir/us/core/CodeSystem/us-core-category", "code": name })
            );
            let profile = format!("http://hl7.org/fhir/us/core/StructureDefinition/us-core-{name}");
            assert_eq!(told["meta"]["profile"], json!([profile]));
            assert_eq!(told["valueString"], "Sit beside me, not across.");
        }
    }
    let mut silent = preference("95541-9");
    silent.as_object_mut().expect("an object").shift_remove("valueString");
    assert_eq!(fitted(UsCore::V9, silent), None, "the profile asks for a value");
    assert_eq!(fitted(UsCore::V9, preference("8302-2")), None);
}

#[test]
fn from_8_on_the_person_and_directives_are_said_as_there() {
    assert_eq!(fitted(UsCore::V7, patient()), None);
    let told = fitted(UsCore::V8, patient()).expect("more is told");
    let urls: Vec<_> = told["extension"].as_array().expect("extensions").iter().map(|one| one["url"].clone()).collect();
    assert_eq!(
        urls,
        [
            "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired",
            "http://hl7.org/fhir/StructureDefinition/individual-genderIdentity",
            "http://hl7.org/fhir/us/core/StructureDefinition/us-core-interpreter-needed",
        ]
    );
    assert_eq!(told["extension"][1]["extension"][0]["valueCodeableConcept"]["text"], "as I say");
    assert_eq!(told["extension"][2]["valueCoding"]["code"], "373066001");
    let directive = |code: &str| json!({ "resourceType": "DocumentReference", "category": [{ "coding": [{ "system": "http://loinc.org", "code": code }] }] });
    let told = fitted(UsCore::V8, directive("42348-3")).expect("more is told");
    let profile = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-adi-documentreference";
    assert_eq!(told["meta"]["profile"], json!([profile]));
    assert_eq!(fitted(UsCore::V8, directive("34133-9")), None);
}

#[test]
fn a_category_and_a_code_that_were_asked_for_stand_beside_ours() {
    let asked = ("http://snomed.info/sct".to_owned(), "734163000".to_owned());
    let of = |us_core| Receiver {
        us_core,
        care_plan_category: Some(asked.clone()),
        uk_barrier_code: true,
        ..Receiver::default()
    };
    let bundle = bundle_of(&case("everything"));
    let all = || bundle["entry"].as_array().expect("entries").iter().map(|entry| entry["resource"].clone());
    let is_barrier = |one: &Value| one["code"]["coding"][0]["code"] == "452341000124107";
    for mut plan in all().filter(|one| one["resourceType"] == "CarePlan") {
        assert!(!of(UsCore::V8).fit(&mut plan));
        let before = plan["category"].as_array().expect("categories").clone();
        assert!(of(UsCore::V9).fit(&mut plan));
        let after = plan["category"].as_array().expect("categories");
        assert_eq!(&after[..before.len()], &before[..]);
        assert_eq!(after[before.len()]["coding"][0]["code"], "734163000");
        assert!(!of(UsCore::V9).fit(&mut plan), "once is enough");
    }
    let mut barrier = all().find(is_barrier).expect("a barrier");
    assert!(of(UsCore::V6).fit(&mut barrier));
    assert_eq!(barrier["code"]["coding"][1]["code"], "811791000000103");
}
