//! `ownwords person` as staff and scripts see it, and that reports count a merged person once.

use std::process::Output;

use serde_json::{Value, json};

use super::{Desk, OWN, STRENGTH, err, out};
use crate::{fake_fhir::Fake, service::plan};

fn desk() -> Desk {
    let desk = Desk::new();
    let other = plan("P-2", "I want to sing in the choir on Thursdays again.", STRENGTH);
    desk.file("plans.ndjson", format!("{}\n{other}\n", plan("P-1", OWN, STRENGTH)));
    assert_eq!(desk.code(&["submit", "plans.ndjson", "--mapping", "plan-json", "--agency", "ag-1"]), 0);
    desk
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("the command ends by itself")
}

fn listed(desk: &Desk, more: &[&str]) -> Vec<Value> {
    let arguments = [&["person", "list", "--format", "json"], more].concat();
    out(&desk.run(&arguments)).lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect()
}

fn people(desk: &Desk) -> Value {
    let report = desk.run(&["report", "--from", "2020-01-01", "--to", "2100-01-01", "--format", "json"]);
    serde_json::from_str::<Value>(&out(&report)).expect("JSON")["agencies"][0].clone()
}

const OLD: [&str; 4] = ["--agency", "ag-1", "--person", "person-of-P-1"];

#[test]
fn a_merge_is_told_listed_confirmed_and_taken_back() {
    let desk = desk();
    assert_eq!((&people(&desk)["plans_received"], &people(&desk)["people"]), (&2.into(), &2.into()));
    let why = ["--by", "A. Lee", "--why", "two charts"];
    let merge = [&["person", "merge", "--into", "person-of-P-2"], &OLD[..], &why].concat();
    let told = desk.run(&merge);
    assert_eq!(code(&told), 0, "{}", err(&told));
    assert!(out(&told).contains("person-of-P-1 is now person-of-P-2, waits to be confirmed"), "{}", out(&told));
    assert!(out(&desk.run(&merge)).starts_with("recorded before: "));
    assert_eq!((&people(&desk)["plans_received"], &people(&desk)["people"]), (&2.into(), &1.into()), "counted once");
    assert_eq!(listed(&desk, &["--waiting"]).len(), 1);
    assert!(listed(&desk, &["--agency", "ag-2"]).is_empty());
    let text = out(&desk.run(&["person", "list"]));
    assert!(text.contains("told by A. Lee (cli): two charts"), "{text}");

    let confirm = [&["person", "confirm", "--by", "B. Roe"], &OLD[..]].concat();
    assert_eq!(desk.code(&confirm), 0);
    assert_eq!(desk.code(&confirm), 2, "nothing waits");
    assert!(listed(&desk, &["--waiting"]).is_empty());
    let otherwise = [&["person", "merge", "--into", "person-of-P-3"], &OLD[..], &why].concat();
    let refused = desk.run(&otherwise);
    assert_eq!((code(&refused), out(&refused).contains("since this stands")), (1, true));

    let unmerge = [&["person", "unmerge", "--by", "A. Lee", "--why", "a mistake"], &OLD[..]].concat();
    let undone = desk.run(&unmerge);
    assert!(out(&undone).contains("is not any more person-of-P-2, waits to be confirmed"), "{}", out(&undone));
    assert_eq!(people(&desk)["people"], 2);
    assert_eq!(desk.code(&unmerge), 2, "it does not stand");
    assert_eq!(desk.code(&confirm), 0);
    assert_eq!(desk.code(&confirm), 2);
    let acts: Vec<String> = listed(&desk, &[])[0]["acts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|act| act["act"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(acts, ["told", "confirmed", "undone", "confirmed"]);
    for wrong in [
        &["person", "merge", "--agency", "ag-1", "--person", "7", "--into", "7", "--by", "A", "--why", "x"][..],
        &["person", "merge", "--agency", "ag-1", "--person", "7", "--into", "8", "--by", " ", "--why", "x"],
        &["person", "merge", "--agency", "ag-1", "--person", "7", "--by", "A", "--why", "x"],
        &["person", "merge", "--agency", "ag-1", "--by", "A"],
        &["person", "unmerge", "--agency", "ag-1", "--person", "8", "--by", "A", "--why", "x"],
    ] {
        assert_eq!(desk.code(wrong), 2, "{wrong:?}");
    }
}

#[test]
fn patients_in_a_file_tell_of_merges() {
    let desk = desk();
    let patient = |id: &str, link: &Value| {
        json!({
            "resourceType": "Patient", "id": id, "link": link,
            "identifier": [{ "type": { "coding": [{ "code": "MR" }] }, "system": "urn:mrn", "value": format!("person-of-{id}") }],
        })
    };
    let link = json!([{ "other": { "reference": "Patient/P-2" }, "type": "replaced-by" }]);
    let bundle = json!({ "resourceType": "Bundle", "type": "searchset", "entry": [
        { "resource": patient("P-1", &link) }, { "resource": patient("P-2", &Value::Null) } ] });
    desk.file("people.json", bundle.to_string());
    let command = ["person", "merge", "--agency", "ag-1", "--fhir", "people.json", "--by", "nightly export"];
    let told = desk.run(&command);
    assert_eq!(code(&told), 0, "{}", err(&told));
    assert!(out(&told).contains("person-of-P-1 is now person-of-P-2"), "{}", out(&told));
    desk.file("people.json", patient("P-1", &json!([])).to_string());
    assert_eq!(desk.code(&command), 2, "it tells of none");
    assert_eq!(listed(&desk, &[]).len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_ehr_suggests_and_nothing_is_chosen_or_named() {
    let fake = Fake::own_ids().await;
    let desk = desk();
    let run = async |more: &[&str]| {
        let arguments = [&["person", "suggest"], &OLD[..], more].concat();
        let mut command = desk.command(&arguments);
        command.env("OWNWORDS_DELIVERY_BASE_URL", fake.base());
        tokio::task::spawn_blocking(move || command.output().expect("the command runs")).await.expect("no panic")
    };
    let refused = run(&[]).await;
    assert_eq!(code(&refused), 2);
    assert!(err(&refused).contains("does not offer $match for us (HTTP 404)"), "{}", err(&refused));
    let grade = json!([{ "url": "http://hl7.org/fhir/StructureDefinition/match-grade", "valueCode": "certain" }]);
    fake.inside().matches = Some((
        200,
        json!({ "resourceType": "Bundle", "type": "searchset", "entry": [
        { "resource": { "resourceType": "Patient", "id": "9", "name": [{ "text": "Zebrafinch" }],
            "identifier": [{ "system": "https://ownwords.org/fhir/sid/agency/ag-1/person", "value": "person-of-P-1" }] },
          "search": { "mode": "match", "score": 0.99, "extension": grade } },
        { "resource": { "resourceType": "Patient", "id": "10" }, "search": { "mode": "match", "score": 0.4 } },
    ] }),
    ));
    let told = run(&[]).await;
    assert_eq!(out(&told), "Patient/9, score 99 of 100, certain, has the agency's id\nPatient/10, score 40 of 100\n");
    let lines = out(&run(&["--format", "json"]).await);
    let first: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(first, json!({ "id": "9", "score": 0.99, "grade": "certain", "has_our_id": true }));
    assert!(!out(&told).contains("Zebrafinch") && !err(&told).contains("Zebrafinch") && !lines.contains("Zebrafinch"));
    let inside = fake.inside();
    assert_eq!(inside.asked_who[0]["parameter"][0]["resource"]["resourceType"], "Patient");
    assert_eq!(inside.asked_who[0]["parameter"][1]["valueBoolean"], false);
    assert_eq!((inside.resources.len(), inside.transactions.len()), (0, 0), "even a certain match is only shown");
    drop(inside);
    assert!(listed(&desk, &[]).is_empty());
}
