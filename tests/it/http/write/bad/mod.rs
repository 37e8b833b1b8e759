//! Bad input over HTTP as tables: what is sent, the status, the issue code and the place it is answered with, and a word of what is
//! said. After each row the store holds the same resources as before, and nothing of a text that was sent is in the answer.

mod address;
mod body;
mod entry;
mod search;

use reqwest::Method;
use serde_json::{Value, json};

use super::{OTHER, OWN, bundle, keep, url};
use crate::service::{TestService, start};

const NOBODY: &str = "5b1f5d0c-7c1e-5d3f-8a44-94c1fd6b8c10";
const JSON: &str = "application/fhir+json";
const XML: &str = "application/fhir+xml";
const FORM: &str = "application/x-www-form-urlencoded";
/// No header at all.
const NO_TYPE: &str = "";

/// A request that is not done: method, address below `/fhir`, media type, other headers, body; then `status code`, where there is
/// one with the expression and `@line:column`, of its first issue, and what that says.
type Bad<'r> = (Method, &'r str, &'r str, Headers<'r>, String, &'r str, &'r str);

type Headers<'r> = &'r [(&'r str, &'r str)];

/// A service that holds two plans, and where the parts of these are.
async fn with_two_plans() -> (TestService, Vec<String>) {
    let service = start(|_| {}).await;
    let places = keep(&service, &bundle("P-1", OWN)).await;
    keep(&service, &bundle("P-2", OTHER)).await;
    (service, places)
}

/// All that the store shows: every version of every resource and when it came to be, and the versions of the plan.
async fn all_of(service: &TestService) -> String {
    let history = service.json("/fhir/_history?_count=200").await;
    assert!(history["link"].as_array().unwrap().iter().all(|link| link["relation"] != "next"), "{history:#}");
    let one = |entry: &Value| format!("{} {}", entry["fullUrl"], entry["response"]);
    let mut all: Vec<String> = history["entry"].as_array().unwrap().iter().map(one).collect();
    all.push(service.json("/plans/ag-1/P-1").await.to_string());
    all.join("\n")
}

/// `status code expression @line:column` of an answer, as far as it says them, and the text of its first issue.
fn told(status: u16, answer: &Value) -> (String, String) {
    let entries = answer["entry"].as_array().map(Vec::as_slice).unwrap_or_default();
    let inside = entries.iter().find_map(|entry| {
        let outcome = [&entry["resource"], &entry["response"]["outcome"]];
        let outcome = outcome.into_iter().find(|one| one["resourceType"] == "OperationOutcome")?;
        Some((entry["response"]["status"].as_str().map(str::to_owned), outcome))
    });
    let (status, outcome) = match inside {
        Some((of_entry, outcome)) => {
            (of_entry.map_or(status.to_string(), |of_entry| format!("{status}/{of_entry}")), outcome)
        }
        None => (status.to_string(), answer),
    };
    let issue = &outcome["issue"][0];
    let place = |name: &str| {
        let mut all = issue["extension"].as_array().into_iter().flatten();
        let found = all.find(|one| one["url"].as_str().is_some_and(|url| url.ends_with(name)))?;
        Some(
            found["valueInteger"]
                .as_u64()
                .map_or_else(|| found["valueString"].as_str().unwrap().to_owned(), |line| line.to_string()),
        )
    };
    let mut said = format!("{status} {}", issue["code"].as_str().unwrap_or("no outcome"));
    if let Some(expression) = issue["expression"][0].as_str() {
        said.extend([" ", expression]);
    }
    if let (Some(line), Some(column)) = (place("issue-line"), place("issue-col")) {
        said.extend([" @", &line, ":", &column]);
    }
    (said, issue["details"]["text"].as_str().unwrap_or_default().to_owned())
}

/// Sends each and holds the answer and the store to the row; all rows that are not so are told together.
async fn refused(service: &TestService, rows: &[Bad<'_>]) {
    let before = all_of(service).await;
    let mut not_so = Vec::new();
    for (method, path, media, headers, body, expected, says) in rows {
        let whole = format!("/fhir/{path}").replace("/fhir/?", "/fhir?");
        let mut request = service.client.request(method.clone(), service.url(&whole)).body(body.clone());
        if !media.is_empty() {
            request = request.header("content-type", *media);
        }
        for (name, value) in *headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let answer: Value = response.json().await.unwrap();
        assert!(!answer.to_string().contains("canary"), "{method} {path}: {answer:#}");
        let (said, text) = told(status, &answer);
        if said != *expected || !text.contains(says) {
            not_so.push(format!("{method} {path} {headers:?}: {expected} ({says})\n     is {said} ({text})"));
        }
        assert_eq!(all_of(service).await, before, "{method} {path} {expected}: half done");
        assert_eq!(service.get("/plans/ag-1/P-9").await.status(), 404, "{method} {path}: kept");
    }
    assert!(not_so.is_empty(), "{}", not_so.join("\n"));
}

fn goal(id: &str) -> String {
    json!({ "resourceType": "Goal", "id": id, "lifecycleStatus": "active", "description": { "text": "canary" },
        "subject": { "reference": "Patient/1" } })
    .to_string()
}

fn care_plan() -> Value {
    json!({ "resourceType": "CarePlan", "status": "active", "intent": "plan", "description": "a canary in a coal mine",
        "identifier": [{ "system": "urn:ehr:plan", "value": "P-9" }], "subject": { "reference": "Patient/1" } })
}
