//! One plan in one transaction: kept in one commit and answered entry by entry, or sent back whole.

use ownwords::config::Operation::{Read, Submit};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

use super::{CLINICAL, OTHER, OWN, STRENGTH, address, bundle, keep, outcome, post, put, said, send, url, versions};
use crate::service::{caller, start};

#[tokio::test]
async fn a_plan_that_is_accepted_is_answered_entry_by_entry_and_can_be_read() {
    let service = start(|_| {}).await;
    let response = post(&service, "/fhir?agency=ag-1", &[], &bundle("P-1", OWN)).await;
    assert_eq!(response.status(), StatusCode::OK);
    let answer: Value = response.json().await.unwrap();
    assert_eq!(answer["type"], "transaction-response", "{answer:#}");
    let entries = answer["entry"].as_array().unwrap();
    let kinds = ["Patient", "CarePlan", "Goal", "Goal", "Observation", "Task"];
    assert_eq!(entries.len(), kinds.len());
    for (entry, kind) in entries.iter().zip(kinds) {
        let response = &entry["response"];
        assert_eq!(
            (&response["status"], &response["etag"]),
            (&json!("201 Created"), &json!("W/\"1\"")),
            "{kind}: {answer:#}"
        );
        let place = address(response["location"].as_str().unwrap());
        let read = service.json(&format!("/fhir/{place}")).await;
        assert_eq!((&read["resourceType"], &read["meta"]["lastUpdated"]), (&json!(kind), &response["lastModified"]));
        assert_eq!(response["outcome"].is_null(), kind != "CarePlan", "the plan's outcome stands with the CarePlan");
    }
    let text = |at: usize| address(entries[at]["response"]["location"].as_str().unwrap());
    let goals = [(text(2), OWN), (text(3), OTHER)];
    for (place, words) in goals {
        assert_eq!(service.json(&format!("/fhir/{place}")).await["description"]["text"], words);
    }
    assert_eq!(service.json(&format!("/fhir/{}", text(4))).await["valueString"], STRENGTH);
    let plan = service.json("/plans/ag-1/P-1").await;
    assert_eq!(plan["versions"][0]["plan"]["goals"][1]["statement"]["text"], OTHER);
    service.stop().await;
}

#[tokio::test]
async fn a_plan_without_own_words_is_kept_visible_and_not_passed_on() {
    let service = start(|_| {}).await;
    let mut sent = bundle("P-1", CLINICAL);
    sent["entry"][3]["resource"]["description"]["text"] = json!(CLINICAL);
    let (status, answer) = outcome(post(&service, "/fhir?agency=ag-1", &[], &sent).await).await;
    assert_eq!(status, 422);
    assert!(said(&answer).contains(&("GOAL-010".into(), "error".into())), "{answer:#}");
    let issues = answer["issue"].as_array().unwrap();
    let issue = issues.iter().find(|issue| issue["details"]["coding"][0]["code"] == "GOAL-010").unwrap();
    let expression = issue["expression"][0].as_str().unwrap();
    assert!(expression.starts_with("Bundle.entry[2].resource"), "{issue:#}");
    assert!(!issue["details"]["text"].as_str().unwrap().is_empty());
    assert!(!answer.to_string().contains("compliance"), "no finding repeats the plan's words");
    assert_eq!(service.json("/plans/ag-1/P-1").await["versions"][0]["verdict"], "rejected");
    assert_eq!(service.json("/fhir/CarePlan?_count=0").await["total"], 0);
    let (again, same) = outcome(post(&service, "/fhir?agency=ag-1", &[], &sent).await).await;
    assert_eq!((again, said(&same).contains(&("GOAL-010".into(), "error".into()))), (422, true), "as before");
    let places = keep(&service, &bundle("P-1", OWN)).await;
    assert_eq!((versions(&service, "P-1").await, places[1].is_empty()), (2, false), "its correction takes its place");
    service.stop().await;
}

#[tokio::test]
async fn the_same_bytes_are_received_once_and_a_plan_is_created_once() {
    let service = start(|_| {}).await;
    let first = keep(&service, &bundle("P-1", OWN)).await;
    let response = post(&service, "/fhir?agency=ag-1", &[], &bundle("P-1", OWN)).await;
    let answer: Value = response.json().await.unwrap();
    for (entry, place) in answer["entry"].as_array().unwrap().iter().zip(&first) {
        assert_eq!(entry["response"]["status"], "200 OK", "{answer:#}");
        assert_eq!(&address(entry["response"]["location"].as_str().unwrap()), place);
    }
    assert_eq!(versions(&service, "P-1").await, 1);
    let (status, answer) = outcome(post(&service, "/fhir?agency=ag-1", &[], &bundle("P-1", OTHER)).await).await;
    assert_eq!((status, said(&answer)), (409, vec![("conflict".into(), "error".into())]));
    assert_eq!(versions(&service, "P-1").await, 1, "nothing was kept of it");
    service.stop().await;
}

#[tokio::test]
async fn a_plan_that_is_sent_again_by_its_identifier_is_its_next_version() {
    let service = start(|_| {}).await;
    let first = keep(&service, &bundle("P-1", OWN)).await;
    let mut next = bundle("P-1", "I want to grow tomatoes and herbs, and to share them.");
    next["entry"][1]["request"] = json!({ "method": "PUT", "url": "CarePlan?identifier=urn:ehr:plan|P-1" });
    let second = keep(&service, &next).await;
    assert_eq!(first, second, "everything keeps its address");
    let goal = service.json(&format!("/fhir/{}", second[2])).await;
    assert_eq!(
        (&goal["meta"]["versionId"], &goal["description"]["text"]),
        (&json!("2"), &json!("I want to grow tomatoes and herbs, and to share them."))
    );
    assert_eq!(service.json(&format!("/fhir/{}", second[3])).await["meta"]["versionId"], "1", "what did not change");
    let again = keep(&service, &next).await;
    assert_eq!((again, versions(&service, "P-1").await), (second, 2), "restated");
    service.stop().await;
}

#[tokio::test]
async fn what_becomes_no_resource_is_not_said_to_be_one() {
    let service = start(|_| {}).await;
    let mut sent = bundle("P-1", OWN);
    let extra = json!({ "fullUrl": url(9), "request": { "method": "POST", "url": "Encounter" },
        "resource": { "resourceType": "Encounter", "status": "planned", "subject": { "reference": url(1) },
            "class": { "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB" } } });
    sent["entry"].as_array_mut().unwrap().push(extra);
    sent["entry"][2]["resource"]["outcomeCode"] = json!([{ "text": "a canary in a coal mine" }]);
    let answer: Value = post(&service, "/fhir?agency=ag-1", &[], &sent).await.json().await.unwrap();
    let last = &answer["entry"][6]["response"];
    assert_eq!((&last["status"], &last["location"]), (&json!("202 Accepted"), &Value::Null), "{answer:#}");
    let outcome = answer["entry"][1]["response"]["outcome"].to_string();
    assert!(outcome.contains("Goal.outcomeCode[].text") && outcome.contains("Encounter"), "{outcome}");
    assert!(!answer.to_string().contains("canary"));
    service.stop().await;
}

#[tokio::test]
async fn an_agency_writes_its_own_plans_only() {
    let mut service = start(|config| {
        config.caller = vec![
            caller("one", "ag-1", "token-1", &[Submit, Read]),
            caller("two", "ag-2", "token-2", &[Submit, Read]),
            caller("reader", "ag-1", "token-3", &[Read]),
        ];
    })
    .await
    .with_token("token-1");
    let response = service.post_json("/fhir", bundle("P-1", OWN)).await;
    let answer: Value = response.json().await.unwrap();
    let goal = address(answer["entry"][2]["response"]["location"].as_str().unwrap());
    let changed = service.json(&format!("/fhir/{goal}")).await;
    for (token, status) in [("token-2", 405), ("token-3", 403), ("nonsense", 401), ("token-1", 200)] {
        let request = service.client.put(service.url(&format!("/fhir/{goal}"))).bearer_auth(token);
        assert_eq!(request.json(&changed).send().await.unwrap().status(), status, "{token}");
    }
    service.set_token("token-1");
    assert_eq!(service.post_json("/fhir?agency=ag-2", bundle("P-2", OWN)).await.status(), 403);
    assert_eq!(service.post_json("/fhir/CarePlan?agency=ag-2", json!({})).await.status(), 400);
    service.stop().await;
}

#[tokio::test]
async fn a_batch_takes_each_entry_by_itself() {
    let service = start(|_| {}).await;
    let places = keep(&service, &bundle("P-1", OWN)).await;
    let mut goal = service.json(&format!("/fhir/{}", places[2])).await;
    goal["description"]["text"] = json!("I want to grow beans on my balcony.");
    let alone = json!({ "resourceType": "CarePlan", "status": "active", "intent": "plan",
        "identifier": [{ "system": "urn:ehr:plan", "value": "P-2" }], "subject": { "reference": &places[0] } });
    let entry = |method: &str, url: &str, resource: &Value| {
        let mut entry = json!({ "request": { "method": method, "url": url } });
        if !resource.is_null() {
            entry["resource"] = resource.clone();
        }
        entry
    };
    let wrong = json!({ "resourceType": "Goal", "lifecycleStatus": "active" });
    let entries = [
        entry("GET", &places[0], &Value::Null),
        entry("PUT", &places[2], &goal),
        entry("POST", "CarePlan", &alone),
        entry("POST", "Goal", &wrong),
        entry("DELETE", &places[2], &Value::Null),
    ];
    let batch = json!({ "resourceType": "Bundle", "type": "batch", "entry": entries });
    let response = send(&service, Method::POST, "/fhir?agency=ag-1", &[], &batch).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.headers()[header::CONTENT_TYPE].to_str().unwrap().contains("fhir+json"));
    let answer: Value = response.json().await.unwrap();
    let status = |at: usize| answer["entry"][at]["response"]["status"].as_str().unwrap()[..3].to_owned();
    assert_eq!([0, 1, 2, 3, 4].map(status), ["200", "200", "422", "405", "405"], "{answer:#}");
    assert_eq!(answer["entry"][1]["response"]["etag"], "W/\"2\"");
    assert_eq!(service.json("/plans/ag-1/P-2").await["versions"][0]["verdict"], "rejected", "kept and visible");
    let read = service.json(&format!("/fhir/{}", places[2])).await;
    assert_eq!(read["description"]["text"], goal["description"]["text"]);
    assert_eq!(put(&service, &format!("/fhir/{}", places[2]), &[], &read).await.status(), 200);
    assert_eq!(versions(&service, "P-1").await, 2, "nothing changed");
    service.stop().await;
}

#[tokio::test]
async fn what_is_written_here_is_delivered_like_any_other() {
    let service = start(|config| "http://127.0.0.1:9/fhir".clone_into(&mut config.delivery.base_url)).await;
    let places = keep(&service, &bundle("P-1", OWN)).await;
    let path = format!("/fhir/{}", places[2]);
    let mut goal = service.json(&path).await;
    let mut poor = bundle("P-2", CLINICAL);
    poor["entry"][3]["resource"]["description"]["text"] = json!(CLINICAL);
    assert_eq!(post(&service, "/fhir?agency=ag-1", &[], &poor).await.status(), 422);
    goal["description"]["text"] = json!("I want to grow beans on my balcony.");
    assert_eq!(put(&service, &path, &[], &goal).await.status(), 200);
    let all = service.json("/deliveries").await;
    let of: Vec<(&Value, &Value)> =
        all["deliveries"].as_array().unwrap().iter().map(|one| (&one["plan_id"], &one["plan_version"])).collect();
    let is = |plan: &str, version: u32| of.contains(&(&json!(plan), &json!(version)));
    assert!(is("P-1", 1) && is("P-1", 2) && of.len() == 2, "{all:#}");
    service.stop().await;
}
