//! The service seen from outside: what is taken, what is sent back and why, who may see what, and what a wrong call gets.
#![allow(clippy::unwrap_used, reason = "a test may end where it stands")]

mod beside;
mod conflicts;
mod connections;
mod definitions;
mod deliveries;
mod export;
mod notified;
mod openapi;
mod order;
mod period;
mod persons;
mod search;
mod thread;
mod us_core;
mod validate;
mod write;

use ownwords::{
    config::{
        GateAgency,
        Operation::{Check, Deliver, Read, Report, Submit},
    },
    rules::catalogue,
};
use reqwest::{StatusCode, header};
use serde_json::Value;

use crate::service::{TestService, caller, plan, start};

const OWN: &str = "I want to grow tomatoes on my own balcony.";
const STRENGTH: &str = "Knows every plant on the street by name";
const CLINICAL: &str = "Client will maintain medication compliance.";

fn issues(outcome: &Value) -> Vec<(&str, &str)> {
    let issues = outcome["issue"].as_array().map(Vec::as_slice).unwrap_or_default();
    let rule = |issue: &'_ Value| issue["details"]["coding"][0]["code"].as_str().unwrap_or_default().len();
    issues
        .iter()
        .filter(|issue| rule(issue) > 0)
        .map(|issue| (issue["details"]["coding"][0]["code"].as_str().unwrap(), issue["severity"].as_str().unwrap()))
        .collect()
}

#[tokio::test]
async fn an_accepted_plan_can_be_read_back_as_fhir() {
    let service = start(|_| {}).await;
    let response = service.post("/submissions?agency=ag-1&mapping=plan-json", plan("P-1", OWN, STRENGTH)).await;
    assert_eq!(response.status(), StatusCode::CREATED);
    let place = response.headers()[header::LOCATION].to_str().unwrap().to_owned();
    let receipt: Value = response.json().await.unwrap();
    assert_eq!(receipt["counts"]["records"], 1);
    assert_eq!(receipt["already_received"], false);
    assert_eq!(service.json(&place).await["submission"], receipt["submission"]);

    let versions = service.json("/plans/ag-1/P-1").await;
    assert_eq!(versions["versions"][0]["plan"]["goals"][0]["statement"]["text"], OWN);
    let checked: Value =
        service.post("/fhir/CarePlan/$check-plan?agency=ag-1", plan("P-1", OWN, STRENGTH)).await.json().await.unwrap();
    let bundle = &checked["parameter"]
        .as_array()
        .unwrap()
        .iter()
        .find(|p| p["resource"]["resourceType"] == "Bundle")
        .unwrap()["resource"];
    for kind in ["CarePlan", "Goal", "Patient"] {
        let entry = bundle["entry"].as_array().unwrap().iter().find(|e| e["resource"]["resourceType"] == kind).unwrap();
        let id = entry["resource"]["id"].as_str().unwrap();
        let read = service.get(&format!("/fhir/{kind}/{id}")).await;
        assert_eq!(read.status(), StatusCode::OK, "{kind}");
        let etag = read.headers()[header::ETAG].to_str().unwrap().to_owned();
        assert_eq!(read.json::<Value>().await.unwrap()["resourceType"], kind);
        for path in
            [format!("/fhir/{kind}/{id}?_format=xml"), format!("/fhir/{kind}/{id}?_format=application/fhir+xml")]
        {
            let xml = service.get(&path).await;
            assert_eq!(xml.headers()[header::CONTENT_TYPE], "application/fhir+xml; charset=utf-8");
            assert!(xml.text().await.unwrap().contains(&format!("<{kind} xmlns=\"http://hl7.org/fhir\">")), "{kind}");
        }
        let accepts = [
            ("", 200),
            ("application/fhir+xml, */*", 200),
            ("application/fhir+json;q=0", 406),
            ("text/html", 406),
            ("text/html, */*;q=0.1", 200),
        ];
        for (accept, status) in accepts {
            let asked = service.client.get(service.url(&format!("/fhir/{kind}/{id}"))).header(header::ACCEPT, accept);
            assert_eq!(asked.send().await.unwrap().status(), status, "{accept}");
        }
        let again = service.client.get(service.url(&format!("/fhir/{kind}/{id}"))).header(header::IF_NONE_MATCH, etag);
        assert_eq!(again.send().await.unwrap().status(), StatusCode::NOT_MODIFIED);
    }
    service.stop().await;
}

#[tokio::test]
async fn a_rejected_plan_is_kept_with_its_reasons_and_its_correction_supersedes_it() {
    let service = start(|_| {}).await;
    let (status, receipt) = service.submit(&plan("P-1", CLINICAL, STRENGTH)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let record = &receipt["records"][0];
    assert_eq!(record["verdict"], "rejected");
    assert!(issues(&record["outcome"]).contains(&("GOAL-010", "error")), "{record}");
    let mut all = record["outcome"]["issue"].as_array().unwrap().iter();
    let issue = all.find(|issue| issue["details"]["coding"][0]["code"] == "GOAL-010").unwrap();
    assert!(issue["expression"][0].as_str().is_some_and(|path| path.contains("Goal")), "{issue}");
    assert!(issue.to_string().contains("given.json"), "the finding points into the file: {issue}");
    assert!(!record.to_string().contains("compliance"), "no finding repeats the plan's words");

    let versions = service.json("/plans/ag-1/P-1").await;
    assert_eq!(versions["versions"][0]["verdict"], "rejected");
    let (status, corrected) = service.submit(&plan("P-1", OWN, STRENGTH)).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(corrected["records"][0]["plan_version"], 2);
    let first = receipt["submission"].as_str().unwrap();
    let before = service.json(&format!("/submissions/{first}/records")).await;
    assert_eq!(before["records"][0]["superseded"], true);
    let raw = service.get(&format!("/submissions/{first}/records/1/raw")).await.text().await.unwrap();
    assert_eq!(raw, plan("P-1", CLINICAL, STRENGTH), "the bytes are kept as received");
    service.stop().await;
}

#[tokio::test]
async fn good_records_go_on_beside_bad_ones_and_the_status_says_so() {
    let service = start(|_| {}).await;
    let body = format!(
        "{}\n{{\"plan_id\": \"P-2\", \"status\": }}\n{}\n{}\n",
        plan("P-1", OWN, STRENGTH),
        plan("P-3", CLINICAL, STRENGTH),
        plan("P-4", OWN, STRENGTH)
    );
    let (status, receipt) = service.submit(&body).await;
    assert_eq!(status, StatusCode::MULTI_STATUS);
    let counts = &receipt["counts"];
    assert_eq!((&counts["records"], &counts["rejected"]), (&Value::from(4), &Value::from(2)), "{receipt}");
    assert_eq!(issues(&receipt["records"][1]["outcome"]), [("FILE-001", "error")]);
    assert_eq!(receipt["records"][1]["line"], 2);
    let id = receipt["submission"].as_str().unwrap();
    let rejected = service.json(&format!("/submissions/{id}/records?only=rejected&count=1")).await;
    assert_eq!(rejected["records"][0]["record"], 2);
    let next = service.json(rejected["next"].as_str().unwrap()).await;
    assert_eq!(next["records"][0]["record"], 3);
    service.stop().await;
}

#[tokio::test]
async fn the_same_bytes_are_received_once() {
    let service = start(|_| {}).await;
    let (first, receipt) = service.submit(&plan("P-1", OWN, STRENGTH)).await;
    let (second, repeated) = service.submit(&plan("P-1", OWN, STRENGTH)).await;
    assert_eq!((first, second), (StatusCode::CREATED, StatusCode::OK));
    assert_eq!(repeated["already_received"], true);
    assert_eq!(repeated["submission"], receipt["submission"]);
    assert!(repeated["message"].as_str().is_some_and(|text| text.starts_with("FILE-004")));
    assert_eq!(service.json("/plans/ag-1/P-1").await["versions"].as_array().unwrap().len(), 1);
    service.stop().await;
}

#[tokio::test]
async fn check_plan_keeps_nothing() {
    let service = start(|_| {}).await;
    let response = service.post("/fhir/$check-plan", plan("P-1", CLINICAL, STRENGTH)).await;
    assert_eq!(response.status(), StatusCode::OK);
    let checked: Value = response.json().await.unwrap();
    let verdict =
        &checked["parameter"].as_array().unwrap().iter().find(|p| p["name"] == "verdict").unwrap()["valueCode"];
    assert_eq!(verdict, "rejected");
    assert_eq!(service.get("/plans/ag-1/P-1").await.status(), StatusCode::NOT_FOUND);
    service.stop().await;
}

async fn with_two_agencies() -> TestService {
    start(|config| {
        config.caller = vec![
            caller("one", "ag-1", "token-1", &[Submit, Read, Check]),
            caller("two", "ag-2", "token-2", &[Submit, Read, Check, Deliver]),
            caller("reader", "ag-1", "token-3", &[Read]),
            caller("state", "*", "token-4", &[Read, Report]),
        ];
    })
    .await
}

#[tokio::test]
async fn an_agency_sees_only_its_own_records() {
    let mut service = with_two_agencies().await.with_token("token-1");
    let response = service.post("/submissions?mapping=plan-json", plan("P-1", OWN, STRENGTH)).await;
    assert_eq!(response.status(), StatusCode::CREATED);
    let place = response.headers()[header::LOCATION].to_str().unwrap().to_owned();
    let raw = format!("{place}/records/1/raw");
    let other = service.post("/submissions?mapping=plan-json&agency=ag-2", plan("P-9", OWN, STRENGTH)).await;
    assert_eq!(other.status(), StatusCode::FORBIDDEN);

    let paths = [place.as_str(), "/plans/ag-1/P-1", raw.as_str()];
    for (token, expected) in [("token-1", 200), ("token-2", 404), ("token-3", 200), ("token-4", 200), ("nonsense", 401)]
    {
        service.set_token(token);
        for path in paths {
            assert_eq!(service.get(path).await.status(), expected, "{token} {path}");
        }
    }
    service.stop().await;
}

#[tokio::test]
async fn a_caller_does_only_what_it_is_configured_for() {
    let mut service = with_two_agencies().await;
    assert_eq!(service.get("/metrics").await.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(service.get("/health/ready").await.status(), StatusCode::OK);
    assert_eq!(service.get("/fhir/metadata").await.status(), StatusCode::OK);
    service.set_token("token-3");
    let refused = service.post("/submissions?mapping=plan-json", plan("P-1", OWN, STRENGTH)).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert_eq!(service.post("/fhir/$check-plan", plan("P-1", OWN, STRENGTH)).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(service.get("/deliveries").await.status(), StatusCode::FORBIDDEN);
    service.set_token("token-4");
    assert_eq!(service.get("/metrics").await.status(), StatusCode::OK);
    service.stop().await;
}

#[tokio::test]
async fn each_agency_is_judged_by_its_own_policy() {
    let service = start(|config| {
        config.gate.agency =
            vec![GateAgency { id: "ag-2".to_owned(), policy: "observe".to_owned(), ..GateAgency::default() }];
    })
    .await;
    for (agency, status, policy) in
        [("ag-1", StatusCode::UNPROCESSABLE_ENTITY, "standard@"), ("ag-2", StatusCode::CREATED, "observe@")]
    {
        let path = format!("/submissions?agency={agency}&mapping=plan-json");
        let response = service.post(&path, plan("P-1", CLINICAL, STRENGTH)).await;
        assert_eq!(response.status(), status, "{agency}");
        let receipt: Value = response.json().await.unwrap();
        assert!(receipt["policy"].as_str().unwrap().starts_with(policy), "{agency}: {receipt}");
        let path = format!("/fhir/$check-plan?agency={agency}");
        let checked = service.post(&path, plan("P-1", CLINICAL, STRENGTH)).await.text().await.unwrap();
        assert_eq!(checked.contains("\"rejected\""), agency == "ag-1", "{agency}: {checked}");
    }
    service.stop().await;
}

#[tokio::test]
async fn the_catalogue_is_there_for_every_caller_that_is_let_in() {
    let mut service = with_two_agencies().await;
    assert_eq!(service.get("/rules").await.status(), StatusCode::UNAUTHORIZED);
    for token in ["token-1", "token-3", "token-4"] {
        service.set_token(token);
        let rules = service.json("/rules").await;
        assert_eq!(rules.as_array().unwrap().len(), catalogue::RULES.len(), "{token}");
    }
    let rule = service.json("/rules/goal-010").await;
    assert_eq!(
        (&rule["id"], &rule["floor"], &rule["stage"]),
        (&"GOAL-010".into(), &"warning".into(), &"stable".into())
    );
    assert_eq!(service.json("/rules/GOAL-002").await["circumstances"]["another-stands"]["strict"], "warning");
    for (accept, is_page) in [
        ("text/markdown", true),
        ("text/html, Text/Markdown;q=0.5", true),
        ("application/json", false),
        ("text/markdown;q=0, */*", false),
    ] {
        let asked = service.client.get(service.url("/rules/GOAL-010")).bearer_auth("token-3");
        let answer = asked.header(header::ACCEPT, accept).send().await.unwrap();
        assert_eq!(answer.headers()[header::VARY], "accept");
        let kind = answer.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned();
        let text = answer.text().await.unwrap();
        assert_eq!(
            (kind.starts_with("text/markdown"), text.starts_with("# GOAL-010 ")),
            (is_page, is_page),
            "{accept}"
        );
    }
    assert_eq!(service.get("/rules/GOAL-999").await.status(), StatusCode::NOT_FOUND);
    assert_eq!(service.post("/rules", "").await.status(), StatusCode::METHOD_NOT_ALLOWED);
    service.stop().await;
}

#[tokio::test]
async fn a_record_of_another_agency_is_sent_back_and_filed_nowhere() {
    let mut service = with_two_agencies().await.with_token("token-1");
    let foreign = plan("P-1", OWN, STRENGTH).replace("\"source\":{", "\"source\":{\"agency_id\":\"ag-2\",");
    let response = service.post("/submissions?mapping=plan-json", foreign).await;
    assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let receipt: Value = response.json().await.unwrap();
    assert_eq!(issues(&receipt["records"][0]["outcome"])[0], ("FILE-002", "error"));
    service.set_token("token-2");
    assert_eq!(service.get("/plans/ag-2/P-1").await.status(), StatusCode::NOT_FOUND);
    service.stop().await;
}

#[tokio::test]
async fn while_no_one_is_configured_no_web_page_can_call() {
    let service = start(|_| {}).await;
    for (name, value) in [(header::HOST, "evil.example"), (header::ORIGIN, "https://evil.example")] {
        let request = service.client.post(service.url("/submissions?agency=a")).header(name, value);
        assert_eq!(request.body("{}").send().await.unwrap().status(), StatusCode::FORBIDDEN, "{value}");
    }
    service.stop().await;
}

#[tokio::test]
async fn a_wrong_call_gets_an_outcome_that_says_what_to_do() {
    let service = start(|config| config.server.body_limit_mb = 1).await;
    let long = "x".repeat((1 << 20) + 1);
    let plan = plan("P-1", OWN, STRENGTH);
    for (path, body, status, says) in [
        ("/submissions?mapping=plan-json", plan.as_str(), 400, "?agency="),
        ("/submissions?agency=a&mapping=none-such", plan.as_str(), 400, "flat-csv"),
        ("/submissions?agency=a&maping=plan-json", plan.as_str(), 400, "mapping"),
        ("/submissions?agency=a", "a;b;c\n1;2;3\n", 415, "flat-csv"),
        ("/submissions?agency=a&mapping=plan-json", long.as_str(), 413, "1 MB"),
        ("/submissions?agency=a&mapping=flat-csv", "", 422, "empty"),
        ("/submissions?agency=a&mapping=flat-csv", "plan_id\nP-1\n", 422, "needs the column"),
        ("/fhir/$check-plan", "", 415, "mapping"),
        ("/nowhere", "", 404, "address"),
        ("/health/ready", "", 405, "method"),
        ("/deliveries/none/retry", "", 404, "address"),
    ] {
        let response = service.post(path, body.to_owned()).await;
        assert_eq!(response.status(), status, "POST {path}");
        assert!(response.headers().contains_key("x-request-id"), "POST {path}");
        let outcome: Value = response.json().await.unwrap();
        assert_eq!(outcome["resourceType"], "OperationOutcome", "POST {path}: {outcome}");
        assert!(outcome["issue"][0]["details"]["text"].as_str().unwrap().contains(says), "POST {path}: {outcome}");
    }
    for path in ["/submissions/no-uuid", "/fhir/CarePlan/no-uuid", "/submissions/0190aaaa-0000-7000-8000-000000000000"]
    {
        assert_eq!(service.get(path).await.status(), StatusCode::NOT_FOUND, "GET {path}");
    }
    service.stop().await;
}

#[tokio::test]
async fn metrics_and_capabilities_are_there() {
    let service = start(|_| {}).await;
    service.submit(&plan("P-1", OWN, STRENGTH)).await;
    let metrics = service.get("/metrics").await.text().await.unwrap();
    assert!(metrics.contains("ownwords_records_total{verdict=\"accepted"), "{metrics}");
    assert!(metrics.contains("ownwords_http_requests_total"), "{metrics}");
    assert!(!metrics.contains("P-1") && !metrics.contains("ag-1"), "no ids in metrics");
    let statement = service.json("/fhir/metadata").await;
    assert_eq!(
        (&statement["resourceType"], &statement["fhirVersion"]),
        (&"CapabilityStatement".into(), &"4.0.1".into())
    );
    service.stop().await;
}
