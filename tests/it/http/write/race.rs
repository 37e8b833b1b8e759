//! Several who change one plan at once: who names a version wins alone, and nobody's change is lost.

use futures_util::future::join_all;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{OWN, bundle, keep, post, put, versions};
use crate::service::start;

#[tokio::test(flavor = "multi_thread")]
async fn of_several_who_name_the_same_version_one_wins() {
    let service = start(|_| {}).await;
    let places = keep(&service, &bundle("P-1", OWN)).await;
    let path = format!("/fhir/{}", places[2]);
    let goal = service.json(&path).await;
    let change = |number: usize| {
        let mut goal = goal.clone();
        goal["description"]["text"] = json!(format!("I want to grow {number} kinds of tomatoes on my balcony."));
        let (path, service) = (&path, &service);
        async move { put(service, path, &[("if-match", "W/\"1\"")], &goal).await.status() }
    };
    let all = join_all((2..10).map(change)).await;
    let many = |status| all.iter().filter(|one| **one == status).count();
    assert_eq!((many(StatusCode::OK), many(StatusCode::PRECONDITION_FAILED)), (1, 7), "{all:?}");
    assert_eq!(versions(&service, "P-1").await, 2);
    assert_eq!(service.json(&path).await["meta"]["versionId"], "2");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_different_parts_are_all_kept() {
    let service = start(|_| {}).await;
    let places = keep(&service, &bundle("P-1", OWN)).await;
    let change = |at: usize, words: &'static str| {
        let (path, service) = (format!("/fhir/{}", places[at]), &service);
        async move {
            let mut goal = service.json(&path).await;
            goal["description"]["text"] = json!(words);
            put(service, &path, &[("if-match", "W/\"1\"")], &goal).await.status()
        }
    };
    let (one, two) = ("I want to keep bees with my neighbor.", "I want to bake bread for the whole street.");
    let all = join_all([change(2, one), change(3, two)]).await;
    assert_eq!(all, [StatusCode::OK, StatusCode::OK]);
    for (at, words) in [(2, one), (3, two)] {
        assert_eq!(service.json(&format!("/fhir/{}", places[at])).await["description"]["text"], words);
    }
    assert_eq!(versions(&service, "P-1").await, 3);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_plan_is_created_once_however_many_send_it() {
    let service = start(|_| {}).await;
    let create = |number: usize| {
        let mut sent: Value = bundle("P-1", OWN);
        sent["entry"][1]["resource"]["title"] = json!(format!("title {number}"));
        let service = &service;
        async move { post(service, "/fhir?agency=ag-1", &[], &sent).await.status() }
    };
    let all = join_all((0..6).map(create)).await;
    let many = |status| all.iter().filter(|one| **one == status).count();
    assert_eq!((many(StatusCode::OK), many(StatusCode::CONFLICT)), (1, 5), "{all:?}");
    assert_eq!(versions(&service, "P-1").await, 1);
    service.stop().await;
}
