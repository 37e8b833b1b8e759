//! Bundles of which one entry is wrong: a transaction is refused whole with the entry named, a batch answers each entry for itself.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Bad, JSON, NOBODY, bundle, care_plan, refused, url, with_two_plans};

/// The plan P-9 as a transaction, changed.
fn with(change: impl FnOnce(&mut Vec<Value>)) -> String {
    let mut sent = bundle("P-9", "I want to keep a canary.");
    change(sent["entry"].as_array_mut().unwrap());
    sent.to_string()
}

fn sent<'r>(body: String, expected: &'r str, says: &'r str) -> Bad<'r> {
    (Method::POST, "?agency=ag-1", JSON, &[], body, expected, says)
}

#[tokio::test]
async fn a_transaction_of_which_one_entry_is_wrong() {
    let (service, _) = with_two_plans().await;
    let nobody = json!({ "method": "PUT", "url": format!("Goal/{NOBODY}") });
    let rows = [
        sent(
            with(|all| all[1]["resource"]["goal"][0]["reference"] = json!(url(77))),
            "400 value Bundle.entry[1].resource.goal[0].reference @1:792",
            "no entry",
        ),
        sent(
            with(|all| all[5]["resource"]["reasonReference"]["reference"] = json!(url(77))),
            "400 value Bundle.entry[5].resource.reasonReference.reference @1:2875",
            "no entry",
        ),
        sent(
            with(|all| all[2]["resource"]["lifecycleStatus"] = json!("canary")),
            "400 code-invalid Bundle.entry[2].resource.lifecycleStatus @1:1232",
            "goal-status",
        ),
        sent(
            with(|all| all[2]["resource"]["resourceType"] = json!("Nonsense")),
            "400 not-supported Bundle.entry[2].resource.resourceType @1:1207",
            "no resource type",
        ),
        sent(
            with(|all| drop(all[3].as_object_mut().unwrap().remove("resource"))),
            "400 value Bundle.entry[1].resource.goal[1].reference @1:854",
            "no entry",
        ),
        sent(
            with(|all| drop(all[3].as_object_mut().unwrap().remove("request"))),
            "400 invariant Bundle.entry[3].request @1:1561",
            "has a request",
        ),
        sent(with(|all| all[2]["request"] = nobody.clone()), "400 invalid Bundle.entry[2]", "agree"),
        sent(
            with(|all| {
                all[2]["request"] = nobody.clone();
                all[2]["resource"]["id"] = json!(NOBODY);
            }),
            "405 not-supported Bundle.entry[2]",
            "POST",
        ),
        sent(
            with(|all| all.push(json!({ "request": { "method": "DELETE", "url": "Goal/1" } }))),
            "405 not-supported Bundle.entry[6]",
            "entered-in-error",
        ),
        sent(
            with(|all| all.push(json!({ "request": { "method": "GET", "url": "Goal" } }))),
            "400 invalid Bundle.entry[6]",
            "POST",
        ),
        sent(with(|all| drop(all.remove(1))), "422 business-rule", "CarePlan"),
        sent(
            with(|all| {
                let mut second = all[1].clone();
                second["fullUrl"] = json!(url(78));
                all.push(second);
            }),
            "422 business-rule Bundle.entry[6]",
            "one plan",
        ),
        sent(
            json!({ "resourceType": "Bundle", "type": "collection" }).to_string(),
            "400 invalid Bundle.type",
            "transaction",
        ),
        sent(json!({ "resourceType": "Bundle" }).to_string(), "400 invalid Bundle.type", "transaction"),
    ];
    refused(&service, &rows).await;
    service.stop().await;
}

#[tokio::test]
async fn a_transaction_of_which_one_condition_does_not_hold() {
    let (service, places) = with_two_plans().await;
    let person = |by: &str| with(|_| {}).replace(&format!("\"{}\"}}", url(1)), &format!("\"Patient?{by}\"}}"));
    let mut held = service.json(&format!("/fhir/{}", places[2])).await;
    held["description"]["text"] = json!("I want a canary.");
    let plan = service.json(&format!("/fhir/{}", places[1])).await;
    let of_held = |kind: usize, resource: &Value, tag: &str| {
        json!({ "fullUrl": format!("http://x/fhir/{}", places[kind]), "resource": resource,
            "request": { "method": "PUT", "url": places[kind], "ifMatch": tag } })
    };
    let stale = json!({ "resourceType": "Bundle", "type": "transaction",
        "entry": [of_held(1, &plan, "W/\"1\""), of_held(2, &held, "W/\"7\"")] });
    let rows = [
        sent(
            with(|all| all[1]["request"]["ifNoneExist"] = json!("status=active")),
            "412 multiple-matches Bundle.entry[1]",
            "More than one",
        ),
        sent(
            with(|all| all[1]["request"]["ifNoneExist"] = json!("nonsense=1")),
            "400 not-supported Bundle.entry[1]",
            "nonsense",
        ),
        sent(
            with(|all| all[1]["request"] = json!({ "method": "PUT", "url": "CarePlan?status=active" })),
            "412 multiple-matches Bundle.entry[1]",
            "More than one",
        ),
        sent(
            with(|all| all[0]["request"]["ifNoneExist"] = json!("_lastUpdated=gt2000")),
            "412 multiple-matches Bundle.entry[0]",
            "More than one",
        ),
        sent(person("_lastUpdated=gt2000"), "412 multiple-matches Bundle.entry[1]", "More than one"),
        sent(person("identifier=urn:ehr:mrn|nobody"), "412 not-found Bundle.entry[1]", "none of ours"),
        sent(stale.to_string(), "412 conflict Bundle.entry[1]", "read it again"),
    ];
    refused(&service, &rows).await;
    service.stop().await;
}

#[tokio::test]
async fn a_batch_of_which_one_entry_is_wrong() {
    let (service, _) = with_two_plans().await;
    let one = |method: &str, url: &str, resource: Value| {
        let mut entry = json!({ "request": { "method": method, "url": url } });
        if !resource.is_null() {
            entry["resource"] = resource;
        }
        json!({ "resourceType": "Bundle", "type": "batch", "entry": [entry] }).to_string()
    };
    let mut wrong = care_plan();
    wrong["status"] = json!("canary");
    let rows = [
        sent(one("POST", "CarePlan", wrong), "200/400 code-invalid CarePlan.status @1:37", "request-status"),
        sent(one("POST", "Goal", care_plan()), "200/400 invalid", "agree"),
        sent(one("POST", "CarePlan", Value::Null), "200/400 invalid", "agree"),
        sent(one("GET", "Nonsense?x=1", Value::Null), "200/404 not-found", "address"),
        sent(one("GET", "Goal?start-date=canary", Value::Null), "200/400 invalid", "start-date"),
        sent(one("PATCH", "Goal/1", Value::Null), "200/405 not-supported", "method"),
    ];
    refused(&service, &rows).await;
    service.stop().await;
}
