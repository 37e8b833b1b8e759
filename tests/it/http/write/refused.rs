//! What is refused, with which status and what is said; and that nothing of a text comes back or stays.

use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

use super::{OWN, bundle, keep, outcome, post, send, url, versions};
use crate::service::start;

#[tokio::test]
async fn a_wrong_request_is_refused_and_nothing_is_kept() {
    let service = start(|config| config.server.body_limit_mb = 1).await;
    let nobody = "5b1f5d0c-7c1e-5d3f-8a44-94c1fd6b8c10";
    let goal = json!({ "resourceType": "Goal", "id": nobody, "lifecycleStatus": "active",
        "description": { "text": "canary" }, "subject": { "reference": "Patient/1" } });
    let plan = bundle("P-1", OWN)["entry"][1]["resource"].clone();
    let with = |change: &dyn Fn(&mut Value)| {
        let mut sent = bundle("P-1", OWN);
        change(&mut sent);
        sent.to_string()
    };
    let delete = json!({ "request": { "method": "DELETE", "url": "Goal/1" } });
    let cases: Vec<(Method, String, String, u16, &str)> = vec![
        (Method::POST, "CarePlan".into(), "{\"resourceType\": ".into(), 400, "ends"),
        (Method::POST, "CarePlan".into(), "<CarePlan xmlns=\"http://hl7.org/fhir\"><status".into(), 400, "read"),
        (Method::POST, "CarePlan".into(), goal.to_string(), 400, "another type"),
        (Method::POST, "CarePlan".into(), r#"{"resourceType":"CarePlan","status":"active"}"#.into(), 400, "CarePlan"),
        (Method::POST, "CarePlan".into(), r#"{"resourceType":"CarePlan","status":"active","status":"active"}"#.into(), 400, "twice"),
        (Method::POST, "CarePlan".into(), format!("{{\"a\":\"{}\"}}", "x".repeat(1 << 20)), 413, "1 MB"),
        (Method::POST, "Goal".into(), goal.to_string(), 405, "transaction"),
        (Method::POST, "Nonsense".into(), goal.to_string(), 405, "transaction"),
        (Method::PUT, format!("Goal/{nobody}"), goal.to_string(), 405, "POST"),
        (Method::PUT, "Goal/1".into(), goal.to_string(), 400, "id"),
        (Method::PUT, format!("Patient/{nobody}"), "{}".into(), 405, "update"),
        (Method::DELETE, format!("Goal/{nobody}"), String::new(), 405, "entered-in-error"),
        (Method::POST, String::new(), with(&|sent| sent["entry"][1]["resource"]["goal"][0]["reference"] = json!(url(77))), 400, "transaction"),
        (Method::POST, String::new(), with(&|sent| drop(sent["entry"].as_array_mut().unwrap().remove(1))), 422, "CarePlan"),
        (Method::POST, String::new(), with(&|sent| {
            let mut second = sent["entry"][1].clone();
            second["fullUrl"] = json!(url(78));
            sent["entry"].as_array_mut().unwrap().push(second);
        }), 422, "one plan"),
        (Method::POST, String::new(), with(&|sent| sent["entry"].as_array_mut().unwrap().push(delete.clone())), 405, "entered-in-error"),
        (Method::POST, String::new(), with(&|sent| sent["entry"][2]["request"] = json!({ "method": "PUT", "url": format!("Goal/{nobody}") })), 400, "agree"),
        (Method::POST, String::new(), with(&|sent| {
            sent["entry"][2]["request"] = json!({ "method": "PUT", "url": format!("Goal/{nobody}") });
            sent["entry"][2]["resource"]["id"] = json!(nobody);
        }), 405, "POST"),
        (Method::POST, String::new(), json!({ "resourceType": "Bundle", "type": "collection" }).to_string(), 400, "transaction"),
        (Method::POST, "CarePlan".into(), {
            let mut note = plan.clone();
            for name in ["goal", "supportingInfo", "activity", "category"] {
                note.as_object_mut().unwrap().remove(name);
            }
            note["subject"]["reference"] = json!("Patient/1");
            note["description"] = json!("a canary in a coal mine");
            note.to_string()
        }, 422, "note"),
    ];
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
    for kind in ["text/plain", "application/x-www-form-urlencoded"] {
        let request = service.client.post(service.url("/fhir/CarePlan?agency=ag-1")).header(header::CONTENT_TYPE, kind);
        assert_eq!(request.body("{}").send().await.unwrap().status(), 415, "{kind}");
    }
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
        for (method, path, code) in [(Method::POST, kind.to_owned(), "create"), (Method::PUT, format!("{kind}/1"), "update")] {
            let status = send(&service, method, &format!("/fhir/{path}?agency=ag-1"), &[], &json!({})).await.status();
            let is_offered = offered.contains(&code.to_owned());
            assert_eq!(status, if is_offered { 400 } else { 405 }, "{code} of {kind}");
        }
        assert_eq!(resource["updateCreate"].is_boolean(), offered.contains(&"update".to_owned()), "{kind}");
    }
    service.stop().await;
}
