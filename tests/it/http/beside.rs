//! `$check-plan` beside what the store holds: as a submission of that agency would be judged, and nothing is kept.

use ownwords::config::Operation::{Check, Submit};
use serde_json::{Value, json};

use super::STRENGTH;
use crate::service::{TestService, caller, plan, start};

const TEMPLATE: &str = "I want to feel better about myself so that I can enjoy life with my family and friends again.";

/// The plan of a person, in a version of its record.
fn of(person: &str, version: &str, goal: &str) -> String {
    let mut plan: Value = serde_json::from_str(&plan(&format!("P-{person}"), goal, STRENGTH)).unwrap();
    plan["person"]["local_id"] = json!(person);
    plan["source"]["record_version"] = json!(version);
    plan.to_string()
}

/// The rules that `$check-plan` names.
async fn checked(service: &TestService, query: &str, plan: String) -> Vec<String> {
    let answer = service.post(&format!("/fhir/CarePlan/$check-plan{query}"), plan).await;
    let answer: Value = answer.json().await.unwrap();
    let parameters = answer["parameter"].as_array().unwrap();
    let outcome = parameters.iter().find(|one| one["resource"]["resourceType"] == "OperationOutcome").unwrap();
    let issues = outcome["resource"]["issue"].as_array().unwrap();
    issues.iter().filter_map(|issue| issue["details"]["coding"][0]["code"].as_str()).map(str::to_owned).collect()
}

#[tokio::test]
async fn a_plan_is_held_against_the_others_of_its_agency_and_against_its_own_past() {
    let service = start(|_| {}).await;
    for person in ["ann", "bob"] {
        service.submit(&of(person, "1", TEMPLATE)).await;
    }
    let says = |rules: &[String], rule: &str| rules.iter().any(|said| said == rule);
    for _ in 0..2 {
        let rules = checked(&service, "?agency=ag-1", of("cy", "1", TEMPLATE)).await;
        assert!(says(&rules, "GOAL-030") && !says(&rules, "DATA-006"), "{rules:?}");
    }
    assert!(!says(&checked(&service, "?agency=ag-1", of("bob", "1", TEMPLATE)).await, "GOAL-030"), "one other only");
    assert!(!says(&checked(&service, "", of("cy", "1", TEMPLATE)).await, "GOAL-030"), "of no agency");
    assert!(!says(&checked(&service, "?agency=ag-2", of("cy", "1", TEMPLATE)).await, "GOAL-030"));
    let other = "I want to grow tomatoes.";
    assert!(says(&checked(&service, "?agency=ag-1", of("bob", "1", other)).await, "DATA-006"));
    assert!(!says(&checked(&service, "?agency=ag-1", of("bob", "2", other)).await, "DATA-006"));
    assert!(!says(&checked(&service, "?agency=ag-1", of("bob", "1", TEMPLATE)).await, "DATA-006"), "as before");
    assert_eq!(service.get("/plans/ag-1/P-cy").await.status(), 404, "nothing is kept");
    assert_eq!(service.json("/plans/ag-1/P-bob").await["versions"].as_array().unwrap().len(), 1);
    service.stop().await;
}

#[tokio::test]
async fn no_agency_learns_what_another_ones_plans_say() {
    let mut service = start(|config| {
        config.caller =
            vec![caller("one", "ag-1", "token-1", &[Submit, Check]), caller("two", "ag-2", "token-2", &[Check])];
    })
    .await
    .with_token("token-1");
    for person in ["ann", "bob"] {
        service.submit(&of(person, "1", TEMPLATE)).await;
    }
    let rules = checked(&service, "", of("cy", "1", TEMPLATE)).await;
    assert!(rules.iter().any(|rule| rule == "GOAL-030"), "the caller's agency: {rules:?}");
    service.set_token("token-2");
    let rules = checked(&service, "", of("ann", "1", "I want to grow tomatoes.")).await;
    assert!(rules.iter().all(|rule| rule != "GOAL-030" && rule != "DATA-006"), "{rules:?}");
    service.stop().await;
}
