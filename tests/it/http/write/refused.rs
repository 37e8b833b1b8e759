//! What a change must keep, and that what is not offered is refused. Bad input stands in the tables of `bad`.

use reqwest::Method;
use serde_json::{Value, json};

use super::{OWN, bundle, keep, post, send, versions};
use crate::service::start;

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
