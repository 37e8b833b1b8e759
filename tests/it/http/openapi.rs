//! The document of the addresses that are not FHIR: it has every route and method, it is committed as it is made, and what is
//! answered is what it says.

use std::{collections::BTreeSet, env, fs, path::PathBuf};

use ownwords::http::{addresses, openapi};
use reqwest::{Method, Response, StatusCode, header};
use serde_json::{Value, json};

use super::{CLINICAL, OWN, STRENGTH};
use crate::service::{TestService, plan, start};

fn operations() -> Vec<(String, String)> {
    let document = openapi::document();
    let paths = document["paths"].as_object().unwrap();
    let all = paths.iter().flat_map(|(path, methods)| {
        methods
            .as_object()
            .unwrap()
            .keys()
            .map(|method| (path.clone(), method.to_ascii_uppercase()))
            .collect::<Vec<_>>()
    });
    all.collect()
}

#[tokio::test]
async fn every_route_that_is_not_fhir_is_in_it_with_its_methods() {
    let service = start(|_| {}).await;
    let routes: Vec<&str> = addresses().into_iter().filter(|path| !path.starts_with("/fhir")).collect();
    let told: BTreeSet<String> = operations().into_iter().map(|(path, _)| path).collect();
    assert_eq!(told, routes.iter().map(|path| (*path).to_owned()).collect());
    for route in routes {
        let path = route.replace(['{', '}'], "");
        let answer = service.client.request(Method::PATCH, service.url(&path)).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{route}");
        let allowed = answer.headers()[header::ALLOW].to_str().unwrap().to_owned();
        let allowed: BTreeSet<&str> = allowed.split(',').map(str::trim).filter(|method| *method != "HEAD").collect();
        let told = operations();
        let told: BTreeSet<&str> =
            told.iter().filter(|(path, _)| path == route).map(|(_, method)| method.as_str()).collect();
        assert_eq!(told, allowed, "{route}");
    }
    service.stop().await;
}

#[tokio::test]
async fn the_committed_document_is_the_one_that_is_served() {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("profiles/openapi.json");
    let made = serde_json::to_string_pretty(&openapi::document()).unwrap() + "\n";
    if env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&file, &made).unwrap();
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == made, "profiles/openapi.json differs; UPDATE_EXPECT=1 writes it anew");
    let service = start(|_| {}).await;
    assert_eq!(service.json("/openapi.json").await, openapi::document());
    service.stop().await;
}

/// Holds an answer against what the document says of its operation and status.
pub(super) async fn as_told(answer: Response, operation: (&str, &str)) -> Value {
    let document = openapi::document();
    let (status, form) =
        (answer.status().as_u16(), answer.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned());
    let mut told = &document["paths"][operation.1][operation.0]["responses"][status.to_string()];
    if let Some(name) = told["$ref"].as_str() {
        told = document.pointer(name.trim_start_matches('#')).unwrap();
    }
    let form = form.split(';').next().unwrap();
    let schema = &told["content"][form]["schema"];
    assert!(schema.is_object(), "{operation:?} answered {status} as {form}, which the document does not say");
    let mut whole = schema.clone();
    whole["components"] = document["components"].clone();
    let body: Value = answer.json().await.unwrap();
    let schema = jsonschema::validator_for(&whole).unwrap();
    let faults: Vec<String> = schema.iter_errors(&body).map(|fault| fault.to_string()).collect();
    assert!(faults.is_empty(), "{operation:?} {status}: {faults:?}");
    body
}

async fn got(service: &TestService, path: &str, route: &str) -> Value {
    as_told(service.get(path).await, ("get", route)).await
}

#[tokio::test]
async fn answers_are_what_the_document_says() {
    let service = start(|config| config.delivery.base_url = "http://127.0.0.1:9/fhir".to_owned()).await;
    let sent = async |body: String, query: &str| {
        let path = format!("/submissions?agency=ag-1&mapping=plan-json&file=a.json{query}");
        as_told(service.post(&path, body).await, ("post", "/submissions")).await
    };
    let receipt = sent(plan("P-1", OWN, STRENGTH), "").await;
    let again = sent(plan("P-1", OWN, STRENGTH), "&thread=true").await;
    assert_eq!((&receipt["already_received"], &again["already_received"]), (&false.into(), &true.into()));
    sent(plan("P-2", CLINICAL, STRENGTH), "&thread=true").await;
    let both = format!("{}\n{}\n", plan("P-3", OWN, STRENGTH), plan("P-4", CLINICAL, STRENGTH));
    assert_eq!(sent(both, "").await["counts"]["rejected"], 1);
    sent("{\"half\"".to_owned(), "").await;
    let place = format!("/submissions/{}", receipt["submission"].as_str().unwrap());
    got(&service, &format!("{place}?thread=true"), "/submissions/{id}").await;
    got(&service, &format!("{place}/records?only=accepted&count=1"), "/submissions/{id}/records").await;
    got(&service, &format!("{place}/records?only=x"), "/submissions/{id}/records").await;
    got(&service, "/submissions/x", "/submissions/{id}").await;
    for (path, route) in [
        ("/plans/ag-1/P-2", "/plans/{agency}/{plan_id}"),
        ("/plans/ag-1/none", "/plans/{agency}/{plan_id}"),
        ("/plans/ag-1/%00", "/plans/{agency}/{plan_id}"),
        ("/plans/ag-1/%FF", "/plans/{agency}/{plan_id}"),
        ("/rules", "/rules"),
        ("/rules/GOAL-002", "/rules/{id}"),
        ("/rules/x", "/rules/{id}"),
        ("/deliveries?count=1", "/deliveries"),
        ("/deliveries?state=%00", "/deliveries"),
        ("/conflicts?state=all&count=1", "/conflicts"),
        ("/conflicts?state=x", "/conflicts"),
        ("/conflicts/1", "/conflicts/{id}"),
        ("/connections", "/connections"),
        ("/connections/ehr", "/connections/{connection}"),
        ("/connections/none", "/connections/{connection}"),
        ("/.well-known/jwks.json", "/.well-known/jwks.json"),
        ("/openapi.json", "/openapi.json"),
        ("/health/live", "/health/live"),
        ("/health/ready", "/health/ready"),
    ] {
        got(&service, path, route).await;
    }
    for (path, route, body) in [
        ("/deliveries/retry", "/deliveries/retry", json!({ "dry_run": true })),
        ("/deliveries/retry", "/deliveries/retry", json!({ "agency": "a\0" })),
        ("/deliveries/x/retry", "/deliveries/{id}/retry", json!({})),
        ("/connections/ehr/check", "/connections/{connection}/check", json!({})),
        ("/connections/ehr/pause", "/connections/{connection}/pause", json!({})),
        ("/connections/none/pause", "/connections/{connection}/pause", json!({})),
        ("/conflicts/1/resolve", "/conflicts/{id}/resolve", json!({ "keep": "ours", "by": "M. Rivera" })),
        ("/connections/ehr/resume", "/connections/{connection}/resume", json!({})),
        ("/persons/merges/x/undo", "/persons/merges/{id}/undo", json!({ "by": "A. Lee", "why": "a mistake" })),
        ("/persons/merges/x/confirm", "/persons/merges/{id}/confirm", json!({ "by": " " })),
    ] {
        as_told(service.post_json(path, body).await, ("post", route)).await;
    }
    let merging =
        json!({ "agency": "ag-1", "person_id": "7", "survivor_id": "8", "by": "A. Lee", "why": "one person" });
    let (merges, route) = ("/persons/merges", ("post", "/persons/merges"));
    let merge = as_told(service.post_json(merges, merging.clone()).await, route).await;
    assert_eq!(as_told(service.post_json(merges, merging).await, route).await, merge, "it stood before");
    let otherwise = json!({ "agency": "ag-1", "person_id": "7", "survivor_id": "9", "by": "A. Lee", "why": "x" });
    as_told(service.post_json(merges, otherwise).await, route).await;
    let place = format!("/persons/merges/{}", merge["id"].as_str().unwrap());
    for (act, body) in [("confirm", json!({ "by": "A. Lee" })), ("undo", json!({ "by": "A. Lee", "why": "a mistake" }))]
    {
        for _ in 0..2 {
            let answer = service.post_json(&format!("{place}/{act}"), body.clone()).await;
            as_told(answer, ("post", &format!("/persons/merges/{{id}}/{act}"))).await;
        }
    }
    got(&service, "/persons/merges?waiting=true&count=1", merges).await;
    got(&service, "/persons/merges?waiting=x", merges).await;
    service.stop().await;
}
