//! `$validate` from outside: what it answers for a resource, for Parameters, and for what cannot be checked.

use reqwest::{StatusCode, header};
use serde_json::{Value, json};

use crate::service::{TestService, start};

fn goal() -> Value {
    json!({"resourceType": "Goal", "lifecycleStatus": "active", "description": {"text": "I want my own place."},
        "subject": {"reference": "Patient/p1"}})
}

async fn asked(service: &TestService, path: &str, body: String) -> (StatusCode, Value) {
    let response = service.post(path, body).await;
    (response.status(), response.json().await.unwrap())
}

fn told(outcome: &Value) -> Vec<(&str, &str, &str)> {
    let said = |value: &'_ Value| value.as_str().unwrap_or_default().len();
    let issues = outcome["issue"].as_array().unwrap().iter();
    let errors = issues.filter(|issue| issue["severity"] == "error");
    errors
        .map(|issue| {
            let expression = &issue["expression"][0];
            assert!(said(&issue["details"]["text"]) > 0, "{issue}");
            (
                issue["code"].as_str().unwrap(),
                expression.as_str().unwrap_or_default(),
                issue["diagnostics"].as_str().unwrap_or_default(),
            )
        })
        .collect()
}

#[tokio::test]
async fn a_resource_is_valid_or_told_where_it_is_not() {
    let service = start(|_| {}).await;
    let (status, outcome) = asked(&service, "/fhir/Goal/$validate", goal().to_string()).await;
    assert_eq!((status, &outcome["issue"][0]["severity"]), (StatusCode::OK, &json!("information")));
    let mut wrong = goal();
    wrong["lifecycleStatus"] = json!("achieved");
    let (status, outcome) = asked(&service, "/fhir/Goal/$validate", wrong.to_string()).await;
    assert_eq!(status, StatusCode::OK, "an invalid resource is an answer, no failure");
    assert_eq!(told(&outcome), [("code-invalid", "Goal.lifecycleStatus", "")]);
    assert!(!outcome.to_string().contains("achieved"), "the value is not repeated");
    let plan = json!({"resourceType": "CarePlan", "status": "active", "intent": "plan", "subject": {"reference": "Patient/p1"},
        "activity": [{"reference": {"reference": "Task/t"}, "detail": {"status": "scheduled"}}]});
    let (_, outcome) = asked(&service, "/fhir/CarePlan/$validate", plan.to_string()).await;
    assert_eq!(told(&outcome), [("invariant", "CarePlan.activity[0]", "cpl-3")]);
    let (_, outcome) = asked(&service, "/fhir/CarePlan/$validate", goal().to_string()).await;
    assert_eq!(told(&outcome), [("invalid", "Goal", "")], "another type than the address says");
    service.stop().await;
}

#[tokio::test]
async fn parameters_carry_the_resource_its_profile_and_the_mode() {
    let service = start(|_| {}).await;
    let wrapped = |more: Value| {
        let mut parts = vec![json!({"name": "resource", "resource": {"resourceType": "Goal"}})];
        parts.extend(more.as_array().unwrap().iter().cloned());
        serde_json::to_string_pretty(&json!({"resourceType": "Parameters", "parameter": parts})).unwrap()
    };
    let (status, outcome) =
        asked(&service, "/fhir/Goal/$validate", wrapped(json!([{"name": "mode", "valueCode": "create"}]))).await;
    let missing = ["Goal.lifecycleStatus", "Goal.description", "Goal.subject"].map(|name| ("required", name, ""));
    assert_eq!((status, told(&outcome)), (StatusCode::OK, missing.to_vec()));
    let line = outcome["issue"][0]["extension"].as_array().unwrap().iter().find(|one| one["valueInteger"].is_i64());
    assert_eq!(line.unwrap()["valueInteger"], 6, "the line is one of the whole body");
    for (more, code) in [
        (
            json!([{"name": "profile", "valueUri": "http://hl7.org/fhir/us/core/StructureDefinition/us-core-goal"}]),
            "not-supported",
        ),
        (json!([{"name": "mode", "valueCode": "delete"}]), "not-supported"),
        (json!([{"name": "mode", "valueCode": "burn"}]), "code-invalid"),
    ] {
        let (status, outcome) = asked(&service, "/fhir/Goal/$validate", wrapped(more)).await;
        assert_eq!((status, told(&outcome)[3]), (StatusCode::OK, (code, "", "")));
    }
    let path = "/fhir/Goal/$validate?profile=http://hl7.org/fhir/StructureDefinition/Goal|4.0.1&mode=create";
    assert_eq!(told(&asked(&service, path, goal().to_string()).await.1), []);
    let path = "/fhir/Goal/$validate?profile=http://hl7.org/fhir/us/core/StructureDefinition/us-core-goal";
    assert_eq!(
        told(&asked(&service, path, goal().to_string()).await.1),
        [("not-supported", "", "")],
        "never a false valid"
    );
    service.stop().await;
}

#[tokio::test]
async fn what_cannot_be_checked_is_no_answer() {
    let service = start(|_| {}).await;
    let (status, outcome) = asked(&service, "/fhir/Goal/$validate", "{\"resourceType\": \"Goal\",\n}".to_owned()).await;
    assert_eq!((status, told(&outcome)), (StatusCode::BAD_REQUEST, vec![("structure", "", "")]));
    assert!(outcome.to_string().contains("operationoutcome-issue-line"), "{outcome}");
    for (path, body, status) in [
        ("/fhir/RecoveryGoal/$validate", "{}", StatusCode::NOT_FOUND),
        ("/fhir/Goal/$validate?why=so", "{}", StatusCode::BAD_REQUEST),
        ("/fhir/Goal/$validate", "<Goal xmlns=\"http://hl7.org/fhir\">", StatusCode::BAD_REQUEST),
        ("/fhir/Goal/$validate?_format=turtle", "{}", StatusCode::NOT_ACCEPTABLE),
    ] {
        assert_eq!(service.post(path, body.to_owned()).await.status(), status, "{path} {body}");
    }
    assert_eq!(service.get("/fhir/Goal/$validate").await.status(), StatusCode::METHOD_NOT_ALLOWED);
    let xml = service.post("/fhir/Goal/$validate?_format=xml", goal().to_string()).await;
    assert_eq!(xml.headers()[header::CONTENT_TYPE], "application/fhir+xml; charset=utf-8");
    assert!(xml.text().await.unwrap().contains("<OperationOutcome"));
    service.stop().await;
}

#[tokio::test]
async fn xml_is_held_against_the_same_and_told_at_its_own_places() {
    let service = start(|_| {}).await;
    let xml = "<Goal xmlns=\"http://hl7.org/fhir\">\n  <lifecycleStatus value=\"active\"/>\n  <description><text value=\"Sing\"/></description>\n\
               <subject><reference value=\"Patient/p1\"/></subject>\n</Goal>";
    let (status, outcome) = asked(&service, "/fhir/Goal/$validate", xml.to_owned()).await;
    assert_eq!((status, told(&outcome)), (StatusCode::OK, Vec::new()));
    let (status, outcome) = asked(&service, "/fhir/Goal/$validate", xml.replace("active", "begun")).await;
    assert_eq!((status, told(&outcome)), (StatusCode::OK, vec![("code-invalid", "Goal.lifecycleStatus", "")]));
    let line = outcome["issue"][0]["extension"].as_array().unwrap().iter();
    let line = line.filter(|one| one["url"].as_str().unwrap().ends_with("issue-line"));
    assert_eq!(line.map(|one| one["valueInteger"].clone()).collect::<Vec<_>>(), [json!(2)], "{outcome}");
    let (status, outcome) = asked(&service, "/fhir/Goal/$validate", xml.replace("</subject>", "")).await;
    assert_eq!((status, told(&outcome)), (StatusCode::BAD_REQUEST, vec![("structure", "", "")]));
    service.stop().await;
}
