//! What is refused, with which status and what is said; and that nothing of a text comes back or stays.

use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

use super::{OWN, bundle, keep, outcome, post, send, url, versions};
use crate::service::{TestService, start};

const NOBODY: &str = "5b1f5d0c-7c1e-5d3f-8a44-94c1fd6b8c10";

/// Sends each body and holds the answer to its status and a word of it; no text of the body is in it.
async fn refused(service: &TestService, cases: Vec<(Method, &str, String, u16, &str)>) {
    for (method, path, body, status, says) in cases {
        let place = service.url(&format!("/fhir/{path}?agency=ag-1").replace("/?", "?"));
        let response = service.client.request(method.clone(), place).body(body).send().await.unwrap();
        let (is, answer) = outcome(response).await;
        assert_eq!(is, status, "{method} {path} ({says}): {answer:#}");
        let text = answer.to_string();
        assert!(answer["resourceType"] == "OperationOutcome" && text.contains(says), "{method} {path}: {answer:#}");
        assert!(!text.contains("canary"), "{method} {path}: {answer:#}");
    }
    assert_eq!(service.get("/plans/ag-1/P-1").await.status(), StatusCode::NOT_FOUND, "nothing was kept");
}

#[tokio::test]
async fn a_resource_that_cannot_be_written_is_refused_and_nothing_is_kept() {
    let service = start(|config| config.server.body_limit_mb = 1).await;
    let goal = json!({ "resourceType": "Goal", "id": NOBODY, "lifecycleStatus": "active",
        "description": { "text": "canary" }, "subject": { "reference": "Patient/1" } })
    .to_string();
    let note = json!({ "resourceType": "CarePlan", "status": "active", "intent": "plan",
        "identifier": [{ "system": "urn:ehr:plan", "value": "P-1" }], "subject": { "reference": "Patient/1" },
        "description": "a canary in a coal mine" })
    .to_string();
    let doubled = r#"{"resourceType":"CarePlan","status":"active","status":"active"}"#;
    let (of_goal, of_person) = (format!("Goal/{NOBODY}"), format!("Patient/{NOBODY}"));
    let (post, put) = (Method::POST, Method::PUT);
    let cases = vec![
        (post.clone(), "CarePlan", "{\"resourceType\": ".to_owned(), 400, "ends"),
        (post.clone(), "CarePlan", "<CarePlan xmlns=\"http://hl7.org/fhir\"><status".to_owned(), 400, "read"),
        (post.clone(), "CarePlan", goal.clone(), 400, "another type"),
        (post.clone(), "CarePlan", r#"{"resourceType":"CarePlan","status":"active"}"#.to_owned(), 400, "CarePlan"),
        (post.clone(), "CarePlan", doubled.to_owned(), 400, "twice"),
        (post.clone(), "CarePlan", "x".repeat((1 << 20) + 1), 413, "1 MB"),
        (post.clone(), "CarePlan", note, 422, "note"),
        (post.clone(), "Goal", goal.clone(), 405, "transaction"),
        (post, "Nonsense", goal.clone(), 405, "transaction"),
        (put.clone(), &of_goal, goal.clone(), 405, "POST"),
        (put.clone(), "Goal/1", goal, 400, "id"),
        (put, &of_person, "{}".to_owned(), 405, "update"),
        (Method::DELETE, &of_goal, String::new(), 405, "entered-in-error"),
    ];
    refused(&service, cases).await;
    for kind in ["text/plain", "application/x-www-form-urlencoded"] {
        let request = service.client.post(service.url("/fhir/CarePlan?agency=ag-1")).header(header::CONTENT_TYPE, kind);
        assert_eq!(request.body("{}").send().await.unwrap().status(), 415, "{kind}");
    }
    service.stop().await;
}

#[tokio::test]
async fn a_transaction_that_is_none_of_one_plan_is_refused_and_nothing_is_kept() {
    let service = start(|_| {}).await;
    let with = |change: &dyn Fn(&mut Vec<Value>)| {
        let mut sent = bundle("P-1", OWN);
        change(sent["entry"].as_array_mut().unwrap());
        sent.to_string()
    };
    let put_nobody = json!({ "method": "PUT", "url": format!("Goal/{NOBODY}") });
    let dangling = with(&|all| all[1]["resource"]["goal"][0]["reference"] = json!(url(77)));
    let planless = with(&|all| drop(all.remove(1)));
    let second = with(&|all| {
        let mut second = all[1].clone();
        second["fullUrl"] = json!(url(78));
        all.push(second);
    });
    let deleting = with(&|all| all.push(json!({ "request": { "method": "DELETE", "url": "Goal/1" } })));
    let misnamed = with(&|all| all[2]["request"] = put_nobody.clone());
    let unknown = with(&|all| {
        all[2]["request"] = put_nobody.clone();
        all[2]["resource"]["id"] = json!(NOBODY);
    });
    let other = json!({ "resourceType": "Bundle", "type": "collection" }).to_string();
    let cases = [
        (dangling, 400, "transaction"),
        (planless, 422, "CarePlan"),
        (second, 422, "one plan"),
        (deleting, 405, "entered-in-error"),
        (misnamed, 400, "agree"),
        (unknown, 405, "POST"),
        (other, 400, "transaction"),
    ];
    refused(&service, cases.map(|(body, status, says)| (Method::POST, "", body, status, says)).to_vec()).await;
    let (status, _) = outcome(post(&service, "/fhir", &[], &bundle("P-1", OWN)).await).await;
    assert_eq!(status, 400, "no agency is named");
    service.stop().await;
}

#[tokio::test]
async fn a_change_keeps_the_plan_and_the_person() {
    let service = start(|_| {}).await;
    let places = keep(&service, &bundle("P-1", OWN)).await;
    let others = keep(&service, &bundle("P-2", OWN)).await;
    let path = format!("/fhir/{}", places[1]);
    let mut care_plan = service.json(&path).await;
    care_plan["subject"]["reference"] = json!(others[0]);
    assert_eq!(send(&service, Method::PUT, &path, &[], &care_plan).await.status(), 422, "another person");
    let mut whole = bundle("P-9", OWN);
    whole["entry"][1]["request"] = json!({ "method": "PUT", "url": &places[1] });
    whole["entry"][1]["resource"]["id"] = json!(places[1].split_once('/').unwrap().1);
    assert_eq!(post(&service, "/fhir?agency=ag-1", &[], &whole).await.status(), 422, "another plan");
    let mut two = json!({ "resourceType": "Bundle", "type": "transaction", "entry": [] });
    for place in [&places[2], &others[2]] {
        let goal = service.json(&format!("/fhir/{place}")).await;
        let entry = json!({ "fullUrl": service.url(&format!("/fhir/{place}")), "resource": goal,
            "request": { "method": "PUT", "url": place } });
        two["entry"].as_array_mut().unwrap().push(entry);
    }
    assert_eq!(post(&service, "/fhir", &[], &two).await.status(), 422, "two plans");
    let mut loose = service.json(&format!("/fhir/{}", places[3])).await;
    loose["identifier"] = json!([{ "system": "urn:ehr:goal", "value": "g9" }]);
    let kept = send(&service, Method::PUT, &format!("/fhir/{}", places[3]), &[], &loose).await;
    assert_eq!(kept.status(), 200, "our identifiers are kept with it");
    assert_eq!(versions(&service, "P-2").await, 1);
    service.stop().await;
}

#[tokio::test]
async fn the_statement_offers_what_is_taken() {
    let service = start(|_| {}).await;
    let statement = service.json("/fhir/metadata").await;
    let rest = &statement["rest"][0];
    let codes = |all: &Value| -> Vec<String> {
        all.as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
    };
    assert!(codes(&rest["interaction"]).contains(&"transaction".to_owned()));
    for resource in rest["resource"].as_array().unwrap() {
        let kind = resource["type"].as_str().unwrap();
        let offered = codes(&resource["interaction"]);
        for (method, path, code) in
            [(Method::POST, kind.to_owned(), "create"), (Method::PUT, format!("{kind}/1"), "update")]
        {
            let status = send(&service, method, &format!("/fhir/{path}?agency=ag-1"), &[], &json!({})).await.status();
            let is_offered = offered.contains(&code.to_owned());
            assert_eq!(status, if is_offered { 400 } else { 405 }, "{code} of {kind}");
        }
        assert_eq!(resource["updateCreate"].is_boolean(), offered.contains(&"update".to_owned()), "{kind}");
    }
    service.stop().await;
}
