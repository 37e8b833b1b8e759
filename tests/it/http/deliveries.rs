//! Steering deliveries over HTTP: who may send again or pause, and what a mistaken call is told.

use ownwords::config::Operation::{Deliver, Submit};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{OWN, STRENGTH};
use crate::service::{TestService, caller, plan, start};

/// A service that delivers to where nothing listens.
async fn delivering() -> TestService {
    start(|config| {
        "http://127.0.0.1:9/fhir".clone_into(&mut config.delivery.base_url);
        config.caller =
            vec![caller("one", "ag-1", "token-1", &[Submit, Deliver]), caller("state", "*", "token-2", &[Deliver])];
    })
    .await
    .with_token("token-2")
}

async fn told(service: &TestService, path: &str, body: Value) -> (StatusCode, Value) {
    let response = service.post_json(path, body).await;
    (response.status(), response.json().await.expect("the answer is JSON"))
}

#[tokio::test]
async fn a_connection_is_paused_and_goes_on() {
    let mut service = delivering().await;
    let (status, answer) = told(&service, "/connections/ehr/pause", json!({})).await;
    assert_eq!((status, &answer["paused"][0]["connection"]), (StatusCode::OK, &json!("ehr")));
    assert_eq!(service.json("/deliveries").await["paused"], answer["paused"]);
    for path in ["/connections/her/pause", "/connections/her/resume"] {
        assert_eq!(told(&service, path, json!({})).await.0, StatusCode::NOT_FOUND, "a name mistyped: {path}");
    }
    service.set_token("token-1");
    assert_eq!(told(&service, "/connections/ehr/resume", json!({})).await.0, StatusCode::FORBIDDEN);
    service.set_token("token-2");
    let (status, answer) = told(&service, "/connections/ehr/resume", json!({})).await;
    assert_eq!((status, &answer["paused"]), (StatusCode::OK, &json!([])));
    service.stop().await;
}

#[tokio::test]
async fn several_are_sent_again_by_a_body_that_says_which() {
    let mut service = delivering().await;
    service.set_token("token-1");
    let sent = service.post("/submissions?mapping=plan-json", plan("P-1", OWN, STRENGTH)).await;
    assert_eq!(sent.status(), StatusCode::CREATED);
    let wanted = json!({ "agency": "ag-1", "person_id": "person-of-P-1", "dry_run": true });
    let (status, answer) = told(&service, "/deliveries/retry", wanted).await;
    assert_eq!((status, answer), (StatusCode::OK, json!({ "deliveries": 0, "dry_run": true })), "it only waits");
    for wrong in [json!([]), json!({ "perso_id": "x" }), json!({ "status": "x" })] {
        let (status, answer) = told(&service, "/deliveries/retry", wrong).await;
        assert_eq!((status, &answer["resourceType"]), (StatusCode::BAD_REQUEST, &json!("OperationOutcome")));
    }
    service.stop().await;
}
