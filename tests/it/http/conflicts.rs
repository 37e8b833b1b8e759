//! Conflicts over HTTP: lists without words, both versions to who may read plans of that agency, decisions with a name.

use ownwords::config::Operation::{Deliver, Read, Submit};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::openapi::as_told;
use crate::{
    fake_fhir::Fake,
    service::{TestService, caller, start},
    sync::back::{AGENCY, WORDS, World, goal},
};

const THEIRS: &str = "Client will attend art therapy";

/// A service on a store with one conflict.
async fn with_conflict() -> (TestService, World, Fake) {
    let fake = Fake::own_ids().await;
    let world = World::settled(&fake).await;
    fake.edit(&goal(&fake, WORDS), |goal| goal["description"]["text"] = json!(THEIRS));
    assert_eq!(world.pull().await.reviews, 1);
    let service = start(|config| {
        config.store.url.clone_from(&world.url);
        config.caller = vec![
            caller("one", AGENCY, "token-1", &[Read, Submit]),
            caller("two", "ag-2", "token-2", &[Read, Submit]),
            caller("reader", "*", "token-3", &[Read]),
            caller("courier", AGENCY, "token-4", &[Deliver, Submit]),
        ];
    })
    .await;
    (service.with_token("token-1"), world, fake)
}

async fn decide(service: &TestService, id: &str, body: Value) -> (StatusCode, Value) {
    let response = service.post_json(&format!("/conflicts/{id}/resolve"), body).await;
    (response.status(), as_told(response, ("post", "/conflicts/{id}/resolve")).await)
}

#[tokio::test]
async fn both_versions_are_shown_to_who_may_read_and_nobody_else() {
    let (mut service, _world, _fake) = with_conflict().await;
    let list = as_told(service.get("/conflicts").await, ("get", "/conflicts")).await;
    assert_eq!(list["conflicts"].as_array().map(Vec::len), Some(1));
    assert!(!list.to_string().contains("paint") && !list.to_string().contains("therapy"), "a list shows no words");
    assert_eq!(list["conflicts"][0]["reason"], "persons-words");
    let path = format!("/conflicts/{}", list["conflicts"][0]["id"]);
    let shown = as_told(service.get(&path).await, ("get", "/conflicts/{id}")).await;
    assert_eq!(shown["says"], json!({ "base": WORDS, "ours": WORDS, "theirs": THEIRS }));
    assert_eq!(shown["provenance"]["agent"][0]["who"]["display"], "ehr");
    let what = shown["provenance"]["entity"][0]["what"]["reference"].as_str().expect("a reference").to_owned();
    assert!(what.starts_with("Goal/") && what.ends_with("/_history/2"), "{what}");
    service.set_token("token-3");
    assert_eq!(service.json(&path).await["says"]["theirs"], THEIRS);
    service.set_token("token-2");
    assert_eq!(service.json("/conflicts?state=all").await["conflicts"], json!([]));
    assert_eq!(service.get(&path).await.status(), StatusCode::NOT_FOUND);
    service.set_token("token-4");
    for path in ["/conflicts", path.as_str()] {
        assert_eq!(service.get(path).await.status(), StatusCode::FORBIDDEN);
    }
    service.set_token("token-1");
    assert_eq!(service.get("/conflicts?state=shut").await.status(), StatusCode::BAD_REQUEST);
    assert_eq!(service.get("/conflicts/x").await.status(), StatusCode::NOT_FOUND);
    service.stop().await;
}

#[tokio::test]
async fn a_decision_needs_a_name_and_the_right_to_make_it() {
    let (mut service, world, _fake) = with_conflict().await;
    let id = service.json("/conflicts").await["conflicts"][0]["id"].to_string();
    let ours = json!({ "keep": "ours", "by": "M. Rivera" });
    for (token, status) in [("token-2", 404), ("token-3", 403), ("token-4", 403)] {
        service.set_token(token);
        assert_eq!(decide(&service, &id, ours.clone()).await.0.as_u16(), status, "{token}");
    }
    service.set_token("token-1");
    for wrong in [json!({ "keep": "ours" }), json!({ "keep": "both", "by": "x" }), json!({ "keep": "ours", "by": "" })]
    {
        assert_eq!(decide(&service, &id, wrong).await.0, StatusCode::BAD_REQUEST);
    }
    let (status, answer) = decide(&service, &id, ours.clone()).await;
    assert_eq!(
        (status, &answer["state"], &answer["resolved_by"]),
        (StatusCode::OK, &json!("ours"), &json!("M. Rivera"))
    );
    assert_eq!(answer["resolved_as"], "one", "the caller is kept beside the name");
    assert_eq!(decide(&service, &id, ours).await.0, StatusCode::CONFLICT, "it is decided");
    assert_eq!(service.json("/conflicts").await["conflicts"], json!([]));
    assert_eq!(service.json("/conflicts?state=ours").await["conflicts"].as_array().map(Vec::len), Some(1));
    assert_eq!(world.now().await["goals"][0]["statement"]["text"], WORDS);
    service.stop().await;
}
