//! Bodies that cannot be read: torn, of no form, of another form than named, too deep, too large.

use reqwest::Method;

use super::{Bad, FORM, Headers, JSON, NO_TYPE, OWN, XML, bundle, care_plan, keep, refused, with_two_plans};
use crate::service::start;

const ANY: &str = "?agency=ag-1";
const PLAN: &str = "CarePlan?agency=ag-1";

fn sent<'r>(path: &'r str, media: &'r str, body: impl Into<String>, expected: &'r str, says: &'r str) -> Bad<'r> {
    (Method::POST, path, media, &[], body.into(), expected, says)
}

#[tokio::test]
async fn json_that_cannot_be_read() {
    let (service, _) = with_two_plans().await;
    let deep = format!("{{\"resourceType\": \"Goal\", \"extension\": {}{}}}", "[".repeat(5000), "]".repeat(5000));
    let batch = r#"{"resourceType": "Bundle", "type": "batch", "entry": [{"request": {"method": "POST", "url": "CarePlan"},
        "resource": {"resourceType": "CarePlan", "status": "active", "status": "canary"}}]}"#;
    let plan = |rest: &str| {
        format!(r#"{{"resourceType": "CarePlan", "intent": "plan", "subject": {{"display": "x"}},{rest}}}"#)
    };
    let doubled = plan("\n \"status\": \"active\",\n \"status\": \"canary\"");
    let string = "{\"resourceType\": \"CarePlan\",\n  \"title\": \"canary\n\"}";
    let kind = "{\"resourceType\": \"Bundle\",\n \"type\": canary}";
    let rows = [
        sent(PLAN, JSON, "{\"resourceType\": ", "400 structure @1:17", "ends"),
        sent(PLAN, JSON, string, "400 structure @2:18", "no JSON"),
        sent(PLAN, JSON, "[1, 2", "400 structure @1:5", "ends"),
        sent(PLAN, JSON, "[]", "400 structure Resource @1:1", "an object"),
        sent(PLAN, JSON, "", "400 structure @1:1", "ends"),
        sent(ANY, JSON, kind, "400 structure @2:10", "no JSON"),
        sent(ANY, JSON, "null", "400 invalid Resource", "Bundle"),
        sent(PLAN, JSON, plan("\"status\": \"canary\""), "400 code-invalid CarePlan.status @1:86", "request-status"),
        sent(PLAN, JSON, plan("\n \"status\": [\"canary\"]"), "400 structure CarePlan.status @2:12", "once"),
        sent(
            PLAN,
            JSON,
            plan("\n \"status\": \"active\",\n \"colour\": 1"),
            "400 structure CarePlan.colour @3:12",
            "no element",
        ),
        sent(PLAN, NO_TYPE, "{\"resourceType\": \"CarePlan\"}", "400 required CarePlan.status @1:1", "status"),
        sent(PLAN, NO_TYPE, doubled.clone(), "400 structure CarePlan.status @3:12", "twice"),
        sent(PLAN, JSON, doubled, "400 structure CarePlan.status @3:12", "twice"),
        sent(ANY, JSON, batch, "400 structure @2:80", "twice"),
        sent(PLAN, JSON, deep.clone(), "400 structure @1:165", "127 brackets"),
        sent(ANY, JSON, deep.clone(), "400 structure @1:165", "127 brackets"),
        sent("Goal/$validate", JSON, deep, "400 structure @1:165", "127 brackets"),
    ];
    refused(&service, &rows).await;
    service.stop().await;
}

#[tokio::test]
async fn xml_that_cannot_be_read() {
    let (service, _) = with_two_plans().await;
    let plan = |rest: &str| format!("<CarePlan xmlns=\"http://hl7.org/fhir\">{rest}");
    let narrative =
        "<text><status value=\"empty\"/><div xmlns=\"http://www.w3.org/1999/xhtml\"><p>x</p>\n<p>y</p></div></text>";
    let after_narrative = plan(&format!("{narrative}\n<goal><canary value=\"1\"/></goal></CarePlan>"));
    let unknown = plan("\n <status value=\"active\"/>\n <canary value=\"1\"/></CarePlan>");
    let valued =
        plan("<status value=\"canary\"/><intent value=\"plan\"/><subject><display value=\"x\"/></subject></CarePlan>");
    let rows = [
        sent(PLAN, XML, plan("<status"), "400 structure @1:39", "no end"),
        sent(PLAN, XML, plan("\n <status value=\"canary\"/></Goal>"), "400 structure @2:26", "not open here"),
        sent(PLAN, XML, unknown.clone(), "400 structure @3:2", "no place in FHIR"),
        sent(PLAN, NO_TYPE, unknown, "400 structure @3:2", "no place in FHIR"),
        sent(PLAN, XML, after_narrative, "400 structure @3:7", "no place in FHIR"),
        sent(
            PLAN,
            XML,
            plan("\n canary <status value=\"active\"/></CarePlan>"),
            "400 structure @2:9",
            "no place in FHIR",
        ),
        sent(PLAN, XML, valued, "400 code-invalid CarePlan.status @1:39", "request-status"),
        sent(
            PLAN,
            XML,
            "<Canary xmlns=\"http://hl7.org/fhir\"/>",
            "400 not-supported Resource.resourceType @1:1",
            "no resource type",
        ),
        sent(PLAN, XML, "<CarePlan/>", "400 structure @1:1", "namespace of FHIR"),
        sent(PLAN, XML, "{\"resourceType\": \"CarePlan\"}", "400 structure @1:1", "namespace of FHIR"),
        sent(PLAN, XML, plan(&"<extension>".repeat(200_000)), "400 structure @1:1425", "127 elements"),
    ];
    refused(&service, &rows).await;
    service.stop().await;
}

#[tokio::test]
async fn forms_that_are_not_taken() {
    let (service, _) = with_two_plans().await;
    let plan = care_plan().to_string();
    let with = |headers: Headers<'static>, expected, says| {
        (Method::POST, PLAN, JSON, headers, care_plan().to_string(), expected, says)
    };
    let rows = [
        sent(PLAN, "text/plain", plan.clone(), "415 not-supported", "application/fhir+json"),
        sent(PLAN, FORM, plan, "415 not-supported", "application/fhir+json"),
        sent(ANY, "text/html", "{}", "415 not-supported", "application/fhir+json"),
        sent("Goal/_search", JSON, "{}", "415 not-supported", "name=value"),
        with(&[("content-encoding", "gzip")], "415 not-supported", "Content-Encoding"),
        with(&[("accept", "text/html")], "406 not-supported", "application/fhir+json"),
    ];
    refused(&service, &rows).await;
    service.stop().await;
}

#[tokio::test]
async fn bodies_over_the_limit() {
    let (service, _) = with_two_plans().await;
    let large = "canary ".repeat(7_500_000);
    let large = format!("{{\"resourceType\": \"Bundle\", \"type\": \"transaction\", \"x\": \"{large}\"}}");
    assert!(large.len() > 50 << 20);
    let rows = [
        sent(ANY, JSON, large.clone(), "413 too-long", "16 MB"),
        sent(PLAN, JSON, large.clone(), "413 too-long", "16 MB"),
        sent("Bundle/$validate", JSON, large, "413 too-long", "MB"),
    ];
    refused(&service, &rows).await;
    assert_eq!(service.get("/health/ready").await.status(), 200, "and the service goes on");
    service.stop().await;
}

#[tokio::test]
async fn bodies_over_the_limit_of_the_settings() {
    let service = start(|config| config.server.body_limit_mb = 1).await;
    keep(&service, &bundle("P-1", OWN)).await;
    let long = "x".repeat((1 << 20) + 1);
    let rows = [ANY, PLAN, "CarePlan/$validate"].map(|path| sent(path, JSON, long.clone(), "413 too-long", "1 MB"));
    refused(&service, &rows).await;
    service.stop().await;
}
