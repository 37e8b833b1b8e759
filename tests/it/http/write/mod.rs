//! Writing plans through the FHIR API, as a record system would: what is kept, what is sent back and why, who comes second, and
//! that nothing is answered with success that was not kept.

mod bad;
mod change;
mod condition;
mod race;
mod refused;
mod transaction;

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::service::TestService;

pub(super) const OWN: &str = "I want to grow tomatoes on my own balcony.";
pub(super) const OTHER: &str = "I want to sing in a choir again, the one on Elm Street.";
const CLINICAL: &str = "Client will maintain medication compliance.";
const STRENGTH: &str = "Knows every plant on the street by name";

/// A transaction with one plan, as a record system that is not ours says it: two goals, a strength, a step.
fn bundle(plan_id: &str, words: &str) -> Value {
    let person = json!({ "reference": "urn:uuid:00000000-0000-4000-8000-000000000001" });
    let goal = |number: u8, words: &str| {
        json!({ "resourceType": "Goal", "lifecycleStatus": "active", "description": { "text": words },
            "identifier": [{ "system": "urn:ehr:goal", "value": format!("g{number}") }],
            "subject": person, "startDate": "2026-09-01", "expressedBy": person })
    };
    let text = |text: &str| json!({ "text": text });
    let parts = [
        json!({ "resourceType": "Patient", "identifier": [{ "system": "urn:ehr:mrn", "value": format!("person-of-{plan_id}") }],
            "communication": [{ "language": { "coding": [{ "system": "urn:ietf:bcp:47", "code": "en" }] }, "preferred": true }] }),
        json!({ "resourceType": "CarePlan", "status": "active", "intent": "plan", "subject": person,
            "identifier": [{ "system": "urn:ehr:plan", "value": plan_id }],
            "category": [{ "coding": [{ "system": "http://hl7.org/fhir/us/core/CodeSystem/careplan-category", "code": "assess-plan" }] }],
            "period": { "start": "2026-09-01" },
            "goal": [{ "reference": url(3) }, { "reference": url(4) }],
            "supportingInfo": [{ "reference": url(5) }],
            "activity": [{ "reference": { "reference": url(6) } }] }),
        goal(1, words),
        goal(2, OTHER),
        json!({ "resourceType": "Observation", "status": "final", "subject": person, "valueString": STRENGTH,
            "performer": [person], "code": { "coding": [{ "code": "strength",
                "system": "http://hl7.org/fhir/us/eltss/CodeSystem/eltss-observation-codes-temporary" }] } }),
        json!({ "resourceType": "Task", "status": "accepted", "intent": "plan", "for": person, "owner": person,
            "description": "Buys soil and a pot on Saturday.", "reasonReference": { "reference": url(3) },
            "code": text("step") }),
    ];
    let entry = |(at, resource): (usize, &Value)| {
        let kind = resource["resourceType"].as_str().unwrap();
        json!({ "fullUrl": url(at + 1), "resource": resource, "request": { "method": "POST", "url": kind } })
    };
    let entries: Vec<Value> = parts.iter().enumerate().map(entry).collect();
    json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries })
}

fn url(number: usize) -> String {
    format!("urn:uuid:00000000-0000-4000-8000-{number:012}")
}

/// Sends FHIR, with headers.
async fn send(service: &TestService, method: Method, path: &str, headers: &[(&str, &str)], body: &Value) -> Response {
    let mut request = service.client.request(method, service.url(path)).header("content-type", "application/fhir+json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body.to_string()).send().await.unwrap()
}

async fn put(service: &TestService, path: &str, headers: &[(&str, &str)], body: &Value) -> Response {
    send(service, Method::PUT, path, headers, body).await
}

async fn post(service: &TestService, path: &str, headers: &[(&str, &str)], body: &Value) -> Response {
    send(service, Method::POST, path, headers, body).await
}

/// Keeps the plan of a Bundle; where each entry stands, as `Type/id`.
async fn keep(service: &TestService, bundle: &Value) -> Vec<String> {
    let response = post(service, "/fhir?agency=ag-1", &[], bundle).await;
    let (status, answer): (StatusCode, Value) = (response.status(), response.json().await.unwrap());
    assert_eq!(status, StatusCode::OK, "{answer:#}");
    let entries = answer["entry"].as_array().unwrap();
    let place = |entry: &Value| entry["response"]["location"].as_str().map(address).unwrap_or_default();
    entries.iter().map(place).collect()
}

/// `Type/id` of a location.
fn address(location: &str) -> String {
    location.split_once("/fhir/").unwrap().1.split_once("/_history/").unwrap().0.to_owned()
}

async fn outcome(response: Response) -> (u16, Value) {
    (response.status().as_u16(), response.json().await.unwrap())
}

/// Rules and severities, or issue codes where no rule speaks.
fn said(outcome: &Value) -> Vec<(String, String)> {
    assert_eq!(outcome["resourceType"], "OperationOutcome", "{outcome:#}");
    let issue = |issue: &Value| {
        let rule = issue["details"]["coding"][0]["code"].as_str().or(issue["code"].as_str());
        (rule.unwrap().to_owned(), issue["severity"].as_str().unwrap().to_owned())
    };
    outcome["issue"].as_array().unwrap().iter().map(issue).collect()
}

/// How many versions a plan has.
async fn versions(service: &TestService, plan_id: &str) -> usize {
    service.json(&format!("/plans/ag-1/{plan_id}")).await["versions"].as_array().unwrap().len()
}
