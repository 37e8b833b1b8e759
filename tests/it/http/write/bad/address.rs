//! Resources that are not for their address, and conditions that do not hold.

use reqwest::Method;
use serde_json::json;

use super::{Bad, JSON, NOBODY, OWN, care_plan, goal, refused, with_two_plans};

#[tokio::test]
async fn a_resource_that_is_not_for_its_address() {
    let (service, places) = with_two_plans().await;
    let (post, put) = (Method::POST, Method::PUT);
    let (of_nobody, of_person) = (format!("Goal/{NOBODY}"), format!("Patient/{NOBODY}"));
    let held = service.json(&format!("/fhir/{}", places[2])).await;
    let as_plan = format!("CarePlan/{}", held["id"].as_str().unwrap());
    let rows: [Bad<'_>; _] = [
        (post.clone(), "CarePlan?agency=ag-1", JSON, &[], goal(NOBODY), "400 invalid Goal", "another type"),
        (put.clone(), &as_plan, JSON, &[], held.to_string(), "400 invalid Goal", "another type"),
        (post.clone(), "CarePlan?agency=ag-1", JSON, &[], care_plan().to_string(), "422 business-rule", "note"),
        (post.clone(), "CarePlan", JSON, &[], care_plan().to_string(), "400 invalid", "agency"),
        (post.clone(), "Goal?agency=ag-1", JSON, &[], goal(NOBODY), "405 not-supported", "transaction"),
        (post.clone(), "Nonsense?agency=ag-1", JSON, &[], goal(NOBODY), "405 not-supported", "transaction"),
        (put.clone(), "Nonsense/1?agency=ag-1", JSON, &[], goal(NOBODY), "405 not-supported", "update"),
        (put.clone(), &of_nobody, JSON, &[], goal(NOBODY), "405 not-supported", "POST"),
        (put.clone(), "Goal/1", JSON, &[], goal(NOBODY), "400 invalid Goal.id", "id"),
        (put, &of_person, JSON, &[], "{}".to_owned(), "405 not-supported", "update"),
        (Method::DELETE, &of_nobody, JSON, &[], String::new(), "405 not-supported", "entered-in-error"),
        (Method::PATCH, &of_nobody, JSON, &[], "[]".to_owned(), "405 not-supported", "Allow"),
    ];
    refused(&service, &rows).await;
    service.stop().await;
}

#[tokio::test]
async fn a_condition_that_does_not_hold() {
    let (service, places) = with_two_plans().await;
    let (path, of_goal) = (places[1].clone(), places[2].clone());
    let mut changed = service.json(&format!("/fhir/{path}")).await;
    changed["description"] = json!("a canary");
    let changed = changed.to_string();
    let goal = service.json(&format!("/fhir/{of_goal}")).await.to_string().replace(OWN, "a canary");
    let by_status = "CarePlan?agency=ag-1&status=active";
    let once = |query| [("if-none-exist", query)];
    let (several, unknown, empty, nothing) = (once("status=active"), once("nonsense=1"), once("identifier="), once(""));
    let (post, put) = (Method::POST, Method::PUT);
    let rows: [Bad<'_>; _] = [
        (
            post.clone(),
            "CarePlan?agency=ag-1",
            JSON,
            &several,
            care_plan().to_string(),
            "412 multiple-matches",
            "More than one",
        ),
        (
            post.clone(),
            "CarePlan?agency=ag-1",
            JSON,
            &unknown,
            care_plan().to_string(),
            "400 not-supported",
            "nonsense",
        ),
        (
            post.clone(),
            "CarePlan?agency=ag-1",
            JSON,
            &empty,
            care_plan().to_string(),
            "400 not-supported",
            "identifier",
        ),
        (post, "CarePlan?agency=ag-1", JSON, &nothing, care_plan().to_string(), "400 invalid", "search parameter"),
        (put.clone(), by_status, JSON, &[], care_plan().to_string(), "412 multiple-matches", "More than one"),
        (put.clone(), "CarePlan?agency=ag-1", JSON, &[], care_plan().to_string(), "400 invalid", "search parameter"),
        (
            put.clone(),
            "Goal?agency=ag-1&lifecycle-status=on-hold",
            JSON,
            &[],
            goal.clone(),
            "405 not-supported",
            "transaction",
        ),
        (put.clone(), &path, JSON, &[("if-match", "W/\"7\"")], changed.clone(), "412 conflict", "read it again"),
        (put.clone(), &path, JSON, &[("if-match", "canary")], changed.clone(), "412 conflict", "read it again"),
        (put.clone(), &of_goal, JSON, &[("if-match", "W/\"2\"")], goal, "412 conflict", "read it again"),
        (put, &path, JSON, &[("if-none-match", "*")], changed, "412 conflict", "only where it is not"),
    ];
    refused(&service, &rows).await;
    service.stop().await;
}
