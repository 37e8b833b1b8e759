//! The merge by itself: cases of base, ours and theirs, and what holds for all of them.

use std::{collections::BTreeMap, fs};

use ownwords::{
    fhir::{self, Ids, Origin, Part, Resource, origins},
    plan::Plan,
    rules::Gates,
    sync::back::{
        echo::{content_hash, is_as_kept},
        field::fields,
        merge::{Merged, merge, set},
    },
};
use proptest::{
    arbitrary::any,
    collection,
    prelude::{ProptestConfig, Strategy},
    prop_assert, prop_assert_eq, proptest,
    sample::select,
};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Case {
    name: String,
    part: String,
    persons: bool,
    base: Value,
    ours: Value,
    theirs: Value,
    #[serde(default)]
    taken: BTreeMap<String, Value>,
    #[serde(default)]
    beside: BTreeMap<String, String>,
    sign: Option<String>,
}

fn part(name: &str) -> Part {
    match name {
        "plan" => Part::Plan,
        "goal" => Part::Goal,
        "objective" => Part::Objective,
        "transition" => Part::Transition,
        "told" => Part::Told,
        "service" => Part::Service,
        other => panic!("no part {other}"),
    }
}

fn data(path: &str) -> String {
    fs::read_to_string(format!("{}/tests/data/{path}", env!("CARGO_MANIFEST_DIR"))).expect("test data")
}

#[test]
fn every_case_comes_to_what_it_says() {
    let cases: Vec<Case> = serde_json::from_str(&data("sync/merge.json")).expect("cases");
    assert!(cases.len() > 20);
    for case in cases {
        let merged = merge(part(&case.part), case.persons, &case.base, &case.ours, &case.theirs);
        let taken: BTreeMap<String, Value> =
            merged.taken.iter().map(|one| (one.field.to_owned(), json!(one.value))).collect();
        let beside: BTreeMap<String, String> =
            merged.beside.iter().map(|one| (one.field.to_owned(), one.reason.as_str().to_owned())).collect();
        let sign = merged.sign.map(|sign| sign.as_str().to_owned());
        assert_eq!((taken, beside, sign), (case.taken, case.beside, case.sign), "{}", case.name);
    }
}

/// Plans of the golden files with their resources and origins.
fn said(name: &str) -> (Plan, Vec<Resource>, Vec<Origin>) {
    let plan: Plan = serde_json::from_str(&data(&format!("fhir/{name}.plan.json"))).expect("the plan model");
    let ids = Ids::public();
    let resources = fhir::resources(&plan, &ids, Gates { own_words: true, strengths: true });
    let origins = origins(&plan, &ids);
    (plan, resources, origins)
}

#[test]
fn every_origin_leads_to_what_the_resource_says() {
    let mut texts = 0;
    for name in ["everything", "minimal", "no-goal", "odd", "part2", "spanish"] {
        let (plan, resources, origins) = said(name);
        let model = json!(plan);
        for resource in &resources {
            let tree: Value = serde_json::from_str(&resource.json).expect("JSON");
            let Some(origin) = origins.iter().find(|one| one.id == resource.id) else {
                let is_text = resource.kind == "Goal" || tree.get("valueString").is_some();
                let is_crisis = tree["code"]["text"].as_str().is_some_and(|text| text.contains("crisis"));
                assert!(!is_text || is_crisis, "{name}: {} {} has no origin", resource.kind, tree["code"]);
                continue;
            };
            assert_eq!(origin.kind, resource.kind);
            for field in fields(origin.part).iter().filter(|field| field.is_text()) {
                let said = tree.pointer(field.element);
                let kept = model.pointer(&format!("{}{}", origin.pointer, field.name));
                if let (Some(said), Some(kept)) = (said, kept) {
                    assert_eq!(said, kept, "{name} {}", origin.pointer);
                    texts += 1;
                }
                assert!(said.is_none() || kept.is_some(), "{name} {}", origin.pointer);
            }
        }
    }
    assert!(texts > 25, "only {texts} texts");
}

#[test]
fn what_a_server_rewrites_is_no_other_content() {
    let ours = json!({ "resourceType": "Goal", "id": "a", "description": { "text": "I" }, "subject": { "reference": "Patient/a" } });
    let back = json!({ "subject": { "reference": "https://ehr/Patient/7", "display": "x" }, "resourceType": "Goal", "id": "7",
        "meta": { "versionId": "3" }, "text": { "status": "generated" }, "description": { "text": "I" } });
    let mut same = back.clone();
    same["subject"].as_object_mut().expect("an object").remove("display");
    assert_eq!(content_hash(&ours), content_hash(&same));
    assert_ne!(content_hash(&ours), content_hash(&back));
    same["description"]["text"] = json!("i");
    assert_ne!(content_hash(&ours), content_hash(&same));
    let long = "word ".repeat(1000);
    assert!(is_as_kept(&long, &long[..4000]) && is_as_kept("a  b", "a b") && is_as_kept("a & b", "a &amp; b"));
    assert!(!is_as_kept(&long, &long[..3000]) && !is_as_kept("a b", "a c"));
}

/// Anything that an EHR may make of a resource.
fn tampered() -> impl Strategy<Value = Value> {
    let status = select(vec!["active", "completed", "entered-in-error", "cancelled", "on-hold", "final", "nonsense"]);
    ("\\PC{0,40}", status, "[0-9-]{0,12}", any::<bool>()).prop_map(|(text, status, date, drops)| {
        let mut changed = json!({ "description": { "text": text }, "valueString": text, "code": { "text": text },
            "lifecycleStatus": status, "status": status, "startDate": date, "period": { "end": date },
            "target": [{ "dueDate": date, "measure": { "text": text } }] });
        if drops {
            changed = json!({ "status": status, "lifecycleStatus": status });
        }
        changed
    })
}

fn merge_all(name: &str, changes: &[Value]) -> (Value, Value, Vec<Merged>) {
    let (plan, resources, origins) = said(name);
    let before = json!(plan);
    let mut after = before.clone();
    let mut all = Vec::new();
    for (origin, change) in origins.iter().zip(changes.iter().cycle()) {
        let Some(resource) = resources.iter().find(|one| one.id == origin.id) else { continue };
        let base: Value = serde_json::from_str(&resource.json).expect("JSON");
        let mut theirs = base.clone();
        for (member, value) in change.as_object().expect("an object") {
            theirs[member] = value.clone();
        }
        let merged = merge(origin.part, origin.is_persons, &base, &base, &theirs);
        for taken in &merged.taken {
            assert!(set(&mut after, &format!("{}{}", origin.pointer, taken.field), json!(taken.value)));
        }
        all.push(merged);
    }
    (before, after, all)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_persons_words_stay_byte_for_byte(changes in collection::vec(tampered(), 1..6)) {
        for name in ["everything", "spanish", "odd"] {
            let (before, after, merged) = merge_all(name, &changes);
            let (.., origins) = said(name);
            for origin in origins.iter().filter(|origin| origin.is_persons) {
                for field in fields(origin.part).iter().filter(|field| field.is_text()) {
                    let at = format!("{}{}", origin.pointer, field.name);
                    prop_assert_eq!(before.pointer(&at), after.pointer(&at));
                }
            }
            for kept in ["/strengths", "/agreement", "/preferences", "/whole_person", "/crisis"] {
                prop_assert_eq!(before.pointer(kept), after.pointer(kept));
            }
            prop_assert!(serde_json::from_value::<Plan>(after.clone()).is_ok());
            let (_, again, same) = merge_all(name, &changes);
            prop_assert_eq!((after, merged), (again, same));
        }
    }

    #[test]
    fn theirs_as_base_gives_ours(ours in tampered(), base in tampered()) {
        for part in [Part::Plan, Part::Goal, Part::Objective, Part::Transition, Part::Told, Part::Service] {
            for is_persons in [true, false] {
                let merged = merge(part, is_persons, &base, &ours, &base);
                prop_assert!(merged.taken.is_empty() && merged.beside.is_empty());
            }
        }
    }
}
