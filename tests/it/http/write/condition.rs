//! Conditional create, conditional update, references by condition, and creating one plan alone.

use ownwords::{fhir::Resource, store::Store};
use reqwest::{StatusCode, header};
use serde_json::{Value, json};

use super::{OTHER, OWN, STRENGTH, bundle, keep, outcome, post, put, said, send, versions};
use crate::{
    service::start,
    store::{begun, plan_record, resource_id},
};

/// A plan with all its parts inside.
fn alone(identifier: Option<&str>, person: &str) -> Value {
    let goal = json!({ "resourceType": "Goal", "id": "g", "lifecycleStatus": "active", "description": { "text": OWN },
        "subject": { "reference": person }, "startDate": "2026-09-01", "expressedBy": { "reference": person } });
    let strength = json!({ "resourceType": "Observation", "id": "s", "status": "final", "valueString": STRENGTH,
        "subject": { "reference": person }, "performer": [{ "reference": person }],
        "code": { "coding": [{ "code": "strength",
            "system": "http://hl7.org/fhir/us/eltss/CodeSystem/eltss-observation-codes-temporary" }] } });
    let mut plan = json!({ "resourceType": "CarePlan", "contained": [goal, strength], "status": "active", "intent": "plan",
        "subject": { "reference": person }, "period": { "start": "2026-09-01" },
        "goal": [{ "reference": "#g" }], "supportingInfo": [{ "reference": "#s" }] });
    if let Some(value) = identifier {
        plan["identifier"] = json!([{ "system": "urn:ehr:plan", "value": value }]);
    }
    plan
}

#[tokio::test]
async fn a_plan_with_its_parts_inside_is_created_for_a_person_we_know() {
    let service = start(|_| {}).await;
    let person = keep(&service, &bundle("P-1", OTHER)).await[0].clone();
    for identifier in [Some("P-2"), None] {
        let sent = alone(identifier, &person);
        let response = post(&service, "/fhir/CarePlan?agency=ag-1", &[], &sent).await;
        assert_eq!(response.status(), StatusCode::CREATED, "{identifier:?}");
        let place = response.headers()[header::LOCATION].to_str().unwrap().to_owned();
        let made: Value = response.json().await.unwrap();
        assert_eq!(made["subject"]["reference"], *person, "the same person");
        assert!(place.ends_with(&format!("CarePlan/{}/_history/1", made["id"].as_str().unwrap())));
        let goal = made["goal"][0]["reference"].as_str().unwrap();
        assert_eq!(service.json(&format!("/fhir/{goal}")).await["description"]["text"], OWN);
        let again = post(&service, "/fhir/CarePlan?agency=ag-1", &[], &sent).await;
        assert_eq!((again.status(), again.headers()[header::LOCATION].to_str().unwrap()), (StatusCode::OK, &*place));
    }
    let found = service.json(&format!("/fhir/CarePlan?patient={person}&_count=0")).await;
    assert_eq!(found["total"], 3);
    service.stop().await;
}

#[tokio::test]
async fn conditional_create_makes_one_and_then_names_it() {
    let service = start(|_| {}).await;
    let mut sent = alone(Some("P-1"), "Patient/1");
    let once = [("if-none-exist", "identifier=urn:ehr:plan|P-1")];
    let first = post(&service, "/fhir/CarePlan?agency=ag-1", &once, &sent).await;
    assert_eq!(first.status(), StatusCode::CREATED);
    let place = first.headers()[header::LOCATION].to_str().unwrap().to_owned();
    sent["title"] = json!("said otherwise");
    let second = post(&service, "/fhir/CarePlan?agency=ag-1", &once, &sent).await;
    assert_eq!((second.status(), second.headers()[header::LOCATION].to_str().unwrap()), (StatusCode::OK, &*place));
    let other = alone(Some("P-2"), "Patient/1");
    assert_eq!(post(&service, "/fhir/CarePlan?agency=ag-1", &[], &other).await.status(), StatusCode::CREATED);
    let many = [("if-none-exist", "status=active")];
    let third = alone(Some("P-3"), "Patient/1");
    let (status, answer) = outcome(post(&service, "/fhir/CarePlan?agency=ag-1", &many, &third).await).await;
    assert_eq!((status, said(&answer)), (412, vec![("multiple-matches".into(), "error".into())]));
    for wrong in ["nonsense=1", "", "identifier="] {
        let asked = post(&service, "/fhir/CarePlan?agency=ag-1", &[("if-none-exist", wrong)], &third).await;
        assert_eq!(asked.status(), 400, "{wrong}: a condition that is not understood makes nothing");
    }
    assert_eq!(service.json("/fhir/CarePlan?_count=0").await["total"], 2);
    service.stop().await;
}

#[tokio::test]
async fn conditional_update_makes_or_changes_the_one() {
    let service = start(|_| {}).await;
    let path = "/fhir/CarePlan?agency=ag-1&identifier=urn:ehr:plan%7CP-1";
    let mut sent = alone(Some("P-1"), "Patient/1");
    assert_eq!(put(&service, path, &[], &sent).await.status(), StatusCode::CREATED);
    sent["period"]["end"] = json!("2027-08-31");
    let (status, answer) = outcome(put(&service, path, &[], &sent).await).await;
    assert_eq!(
        (status, &answer["period"]["end"], &answer["meta"]["versionId"]),
        (200, &json!("2027-08-31"), &json!("2")),
        "{answer:#}"
    );
    sent["period"]["end"] = json!("2027-09-30");
    assert_eq!(put(&service, path, &[("if-match", "W/\"1\"")], &sent).await.status(), 412);
    assert_eq!(
        put(&service, "/fhir/Goal?agency=ag-1&lifecycle-status=on-hold", &[], &sent["contained"][0]).await.status(),
        405
    );
    assert_eq!(versions(&service, "P-1").await, 2);
    service.stop().await;
}

#[tokio::test]
async fn who_is_known_is_named_by_a_condition() {
    let service = start(|_| {}).await;
    let first = keep(&service, &bundle("P-1", OWN)).await;
    let mut known = bundle("P-2", OWN);
    known["entry"][0]["request"]["ifNoneExist"] = json!("identifier=urn:ehr:mrn|person-of-P-1");
    let places = keep(&service, &known).await;
    assert_eq!(places[0], first[0]);
    assert_eq!(service.json(&format!("/fhir/{}", places[1])).await["subject"]["reference"], *first[0]);
    let by_condition = |value: &str| {
        let text = bundle("P-3", OWN).to_string();
        let text = text.replace(&super::url(1), &format!("Patient?identifier=urn:ehr:mrn|{value}"));
        let mut sent: Value = serde_json::from_str(&text).unwrap();
        sent["entry"].as_array_mut().unwrap().remove(0);
        sent
    };
    let places = keep(&service, &by_condition("person-of-P-1")).await;
    assert_eq!(service.json(&format!("/fhir/{}", places[0])).await["subject"]["reference"], *first[0]);
    let (status, _) = outcome(post(&service, "/fhir?agency=ag-1", &[], &by_condition("nobody")).await).await;
    assert_eq!(status, 412);
    service.stop().await;
}

#[tokio::test]
async fn xml_is_taken_and_answered() {
    let service = start(|_| {}).await;
    let places = keep(&service, &bundle("P-1", OWN)).await;
    let path = format!("/fhir/{}", places[2]);
    let xml = service.get(&format!("{path}?_format=xml")).await.text().await.unwrap();
    let changed = xml.replace(OWN, "I want to grow tomatoes &amp; sell some.");
    assert_ne!(changed, xml);
    let request = service
        .client
        .put(service.url(&format!("{path}?_format=xml")))
        .header(header::CONTENT_TYPE, "application/fhir+xml");
    let response = request.body(changed.clone()).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let answer = response.text().await.unwrap();
    assert!(answer.contains("tomatoes &#38; sell some."), "{answer}");
    let read = service.json(&path).await;
    assert_eq!(read["description"]["text"], "I want to grow tomatoes & sell some.");
    let twice = send(&service, reqwest::Method::PUT, &path, &[("if-none-match", "*")], &read).await;
    assert_eq!(twice.status(), 412, "it is here");
    service.stop().await;
}

/// Plans before the one that fits: more than one page looks through.
const BEFORE: u64 = 2000;

#[tokio::test]
async fn what_fits_far_behind_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    let store = Store::open(&url).await.unwrap();
    store.migrate().await.unwrap();
    let submission = begun(&store, "north", "aa").await;
    let record = |at: u64| {
        let mut record = plan_record(submission, at, &format!("P{at}"), &format!("person-{at}"), &at.to_string());
        let id = resource_id("CarePlan", &format!("P{at}"));
        let start = if at > BEFORE { "2031-01-01" } else { "2026-09-01" };
        let json = json!({ "resourceType": "CarePlan", "id": id, "status": "active", "intent": "plan",
            "period": { "start": start, "end": start } });
        let care_plan = Resource { kind: "CarePlan", id, json: json.to_string() };
        record.plan.as_mut().unwrap().resources = vec![care_plan];
        record
    };
    store.keep((1..=BEFORE + 1).map(record).collect()).await.unwrap();
    drop(store);
    let service = start(|config| config.store.url = url).await;
    let path = "/fhir/CarePlan?agency=north";
    let late = format!("/CarePlan/{}/_history/1", resource_id("CarePlan", &format!("P{}", BEFORE + 1)));
    let found = post(&service, path, &[("if-none-exist", "date=ge2031-01-01")], &alone(Some("P-1"), "Patient/1")).await;
    assert_eq!(found.status(), StatusCode::OK, "it is here");
    assert!(found.headers()[header::LOCATION].to_str().unwrap().ends_with(&late));
    assert_eq!(service.get("/plans/north/P-1").await.status(), StatusCode::NOT_FOUND, "no second one was made");
    let none = post(&service, path, &[("if-none-exist", "date=ge2032-01-01")], &alone(Some("P-1"), "Patient/1")).await;
    assert_eq!(none.status(), StatusCode::CREATED, "and what is not there is made");
    service.stop().await;
}
