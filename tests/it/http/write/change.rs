//! A part of a plan is put: a new version of the plan, judged whole; and what cannot be done without loss.

use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

use super::{CLINICAL, OTHER, OWN, STRENGTH, bundle, keep, outcome, put, said, send, versions};
use crate::service::{plan, start};

const NEXT: &str = "I want to grow tomatoes, and to sell some at the Saturday market.";

#[tokio::test]
async fn a_goal_is_put_and_its_plan_has_a_new_version() {
    let service = start(|_| {}).await;
    let places = keep(&service, &bundle("P-1", OWN)).await;
    let path = format!("/fhir/{}", places[2]);
    let mut goal = service.json(&path).await;
    goal["description"]["text"] = json!(NEXT);
    let response = put(&service, &path, &[("if-match", "W/\"1\"")], &goal).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[header::ETAG], "W/\"2\"");
    assert!(response.headers().contains_key(header::LAST_MODIFIED));
    assert!(response.headers()[header::LOCATION].to_str().unwrap().ends_with(&format!("{}/_history/2", places[2])));
    let answer: Value = response.json().await.unwrap();
    assert_eq!((&answer["description"]["text"], &answer["meta"]["versionId"]), (&json!(NEXT), &json!("2")));
    assert_eq!(service.json(&format!("{path}/_history/1")).await["description"]["text"], OWN);
    for (place, words) in [(&places[3], OTHER), (&places[4], STRENGTH)] {
        let beside = service.json(&format!("/fhir/{place}")).await;
        assert!(beside.to_string().contains(words) && beside["meta"]["versionId"] == "1", "{place} stays as it is");
    }
    assert_eq!(versions(&service, "P-1").await, 2);

    let (status, answer) = outcome(put(&service, &path, &[("if-match", "W/\"1\"")], &goal).await).await;
    assert_eq!((status, said(&answer)), (412, vec![("conflict".into(), "error".into())]));
    assert_eq!(versions(&service, "P-1").await, 2);
    let minimal = put(&service, &path, &[("prefer", "return=minimal"), ("if-match", "W/\"2\"")], &goal).await;
    assert_eq!((minimal.status(), minimal.text().await.unwrap()), (StatusCode::OK, String::new()));
    let told = put(&service, &path, &[("prefer", "return=OperationOutcome")], &goal).await;
    assert_eq!(told.json::<Value>().await.unwrap()["resourceType"], "OperationOutcome");
    service.stop().await;
}

#[tokio::test]
async fn a_part_that_would_take_the_own_words_away_is_sent_back_and_stays_as_it_was() {
    let service = start(|_| {}).await;
    let places = keep(&service, &bundle("P-1", OWN)).await;
    for (at, status) in [(2, 200), (3, 422)] {
        let path = format!("/fhir/{}", places[at]);
        let mut goal = service.json(&path).await;
        goal["description"]["text"] = json!(CLINICAL);
        let (is, answer) = outcome(put(&service, &path, &[], &goal).await).await;
        assert_eq!(is, status, "{answer:#}");
        if status == 422 {
            assert!(said(&answer).iter().any(|(rule, severity)| rule.starts_with("GOAL-") && severity == "error"));
            assert_eq!(service.json(&path).await["description"]["text"], OTHER, "as it was");
        }
    }
    let all = service.json("/plans/ag-1/P-1").await;
    let verdicts: Vec<&Value> = all["versions"].as_array().unwrap().iter().map(|one| &one["verdict"]).collect();
    assert!(
        verdicts.len() == 3 && verdicts.iter().filter(|verdict| **verdict == "rejected").count() == 1,
        "{verdicts:?}"
    );
    service.stop().await;
}

#[tokio::test]
async fn what_the_care_plan_leaves_out_is_gone_and_what_it_keeps_stays() {
    let service = start(|_| {}).await;
    let places = keep(&service, &bundle("P-1", OWN)).await;
    let path = format!("/fhir/{}", places[1]);
    let mut care_plan = service.json(&path).await;
    let goals = care_plan["goal"].as_array_mut().unwrap();
    goals.retain(|goal| goal["reference"] != *places[3]);
    care_plan["period"]["end"] = json!("2027-08-31");
    let response = put(&service, &path, &[("prefer", "return=OperationOutcome")], &care_plan).await;
    let (status, answer) = outcome(response).await;
    assert_eq!(status, 200, "{answer:#}");
    assert!(answer.to_string().contains("no longer part"), "{answer:#}");
    assert_eq!(service.get(&format!("/fhir/{}", places[3])).await.status(), StatusCode::GONE);
    assert_eq!(service.json(&format!("/fhir/{}", places[2])).await["description"]["text"], OWN);
    let now = service.json("/plans/ag-1/P-1").await["versions"].as_array().unwrap().last().unwrap()["plan"].clone();
    assert_eq!((&now["period"]["end"], now["strengths"].as_array().unwrap().len()), (&json!("2027-08-31"), 1));
    let gone = json!({ "resourceType": "Goal", "id": places[3].split_once('/').unwrap().1, "lifecycleStatus": "active",
        "description": { "text": OTHER }, "subject": { "reference": &places[0] } });
    assert_eq!(put(&service, &format!("/fhir/{}", places[3]), &[], &gone).await.status(), StatusCode::GONE);

    let mut withdrawn = service.json(&path).await;
    withdrawn["status"] = json!("entered-in-error");
    let (status, answer) = outcome(put(&service, &path, &[], &withdrawn).await).await;
    assert_eq!((status, &answer["status"]), (200, &json!("entered-in-error")), "{answer:#}");
    assert_eq!(send(&service, Method::DELETE, &path, &[], &json!({})).await.status(), 405);
    service.stop().await;
}

#[tokio::test]
async fn what_did_not_come_through_is_told() {
    let service = start(|_| {}).await;
    let places = keep(&service, &bundle("P-1", OWN)).await;
    let path = format!("/fhir/{}", places[2]);
    let mut goal = service.json(&path).await;
    goal["outcomeCode"] = json!([{ "text": "a canary in a coal mine" }]);
    goal["expressedBy"]["display"] = json!("canary");
    let (status, answer) = outcome(put(&service, &path, &[("prefer", "return=OperationOutcome")], &goal).await).await;
    let text = answer.to_string();
    assert_eq!(status, 200, "{answer:#}");
    assert!(text.contains("Goal.outcomeCode[].text") && text.contains("Goal.expressedBy.display"), "{answer:#}");
    assert!(!text.contains("canary"));
    service.stop().await;
}

#[tokio::test]
async fn a_plan_that_holds_more_than_fhir_says_is_not_changed_part_by_part() {
    let service = start(|_| {}).await;
    let mut whole: Value = serde_json::from_str(&plan("P-1", OWN, STRENGTH)).unwrap();
    whole["goals"][0]["translation"] = json!("unknown to the model");
    whole["person"]["communication_modes"] = json!(["a mode that is in no vocabulary"]);
    let (status, _) = service.submit(&whole.to_string()).await;
    assert_eq!(status, StatusCode::CREATED);
    let goal = service.json("/fhir/Goal").await["entry"][0]["resource"].clone();
    let path = format!("/fhir/Goal/{}", goal["id"].as_str().unwrap());
    let (status, answer) = outcome(put(&service, &path, &[], &goal).await).await;
    assert_eq!(status, 422, "{answer:#}");
    let text = answer["issue"][0]["details"]["text"].as_str().unwrap();
    assert!(text.contains("/person/communication_modes") && !text.contains("no vocabulary"), "{text}");
    assert_eq!(versions(&service, "P-1").await, 1);

    let (_, _) = service.submit(&plan("P-2", OTHER, STRENGTH)).await;
    let all = service.json("/fhir/Goal").await;
    let goal = all["entry"].as_array().unwrap().iter().find(|one| one["resource"]["description"]["text"] == OTHER);
    let mut goal = goal.unwrap()["resource"].clone();
    goal["description"]["text"] = json!(NEXT);
    let path = format!("/fhir/Goal/{}", goal["id"].as_str().unwrap());
    let (status, answer) = outcome(put(&service, &path, &[], &goal).await).await;
    assert_eq!((status, &answer["description"]["text"]), (200, &json!(NEXT)), "one that FHIR says whole: {answer:#}");
    service.stop().await;
}
