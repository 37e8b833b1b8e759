//! The golden thread over HTTP: with a receipt and its records when asked for, and with `$check-plan`.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{CLINICAL, OWN, STRENGTH};
use crate::{
    cli::thread,
    service::{plan, start},
};

#[tokio::test]
async fn records_have_their_thread_when_asked_for() {
    let service = start(|_| {}).await;
    let body = format!("{}\nnot json\n{}\n", thread::plan(), plan("P-2", CLINICAL, STRENGTH));
    let path = "/submissions?agency=ag-1&mapping=plan-json&thread=true";
    let receipt: Value = service.post(path, body.clone()).await.json().await.unwrap();
    let records = &receipt["records"];
    assert_eq!(records[0]["thread"]["goals"][0]["objectives"][0]["steps"][0]["id"], "a1", "{receipt}");
    assert_eq!(records[0]["thread"]["goals"][0]["in_own_words"], true);
    assert_eq!(records[1].get("thread"), Some(&Value::Null), "a record that cannot be read has none");
    assert_eq!(records[2]["thread"]["goals"][0]["in_own_words"], false, "sent back, and shown all the same");
    assert!(!records[0]["thread"].to_string().contains("Zebrafinch"), "no word of the record: {receipt}");

    let again: Value = service.post(path, body).await.json().await.unwrap();
    assert_eq!((&again["already_received"], &again["records"]), (&json!(true), records));
    let place = format!("/submissions/{}", receipt["submission"].as_str().unwrap());
    assert_eq!(service.json(&format!("{place}?thread=true")).await["records"], *records);
    assert_eq!(service.json(&format!("{place}/records?thread=true")).await["records"], *records);
    for path in [place.clone(), format!("{place}/records"), format!("{place}/records?thread=false")] {
        assert!(service.json(&path).await["records"][0].get("thread").is_none(), "{path}");
    }
    service.stop().await;
}

/// A page filtered by verdict shows each record's own plan, of the version it made, also after a newer one came.
#[tokio::test]
async fn each_page_shows_the_plan_as_it_was_sent() {
    let service = start(|_| {}).await;
    let (_, receipt) = service
        .submit(
            &[plan("P-1", CLINICAL, STRENGTH), plan("P-2", OWN, STRENGTH), plan("P-3", CLINICAL, STRENGTH)].join("\n"),
        )
        .await;
    service.submit(&plan("P-1", OWN, STRENGTH)).await;
    let id = receipt["submission"].as_str().unwrap();
    let mut next = json!(format!("/submissions/{id}/records?only=rejected&count=1&thread=true"));
    let mut seen = Vec::new();
    while let Some(path) = next.as_str() {
        let page = service.json(path).await;
        for record in page["records"].as_array().unwrap() {
            seen.push((record["plan_id"].clone(), record["thread"]["goals"][0]["in_own_words"].clone()));
        }
        next = page["next"].clone();
    }
    assert_eq!(seen, [(json!("P-1"), json!(false)), (json!("P-3"), json!(false))]);
    service.stop().await;
}

#[tokio::test]
async fn check_plan_gives_the_thread_as_parts() {
    let service = start(|_| {}).await;
    let checked: Value = service.post("/fhir/$check-plan", thread::plan().to_string()).await.json().await.unwrap();
    let thread = part(&checked["parameter"], "thread");
    let goal = part(&thread["part"], "goal");
    assert_eq!(part(&goal["part"], "pointer")["valueString"], "/goals/0");
    assert_eq!(part(&goal["part"], "kind")["valueCode"], "life-goal");
    assert_eq!(part(&goal["part"], "in-own-words")["valueBoolean"], true);
    let objective = part(&goal["part"], "objective");
    assert_eq!(part(&objective["part"], "due")["valueDate"], "2026-10-15");
    assert_eq!(part(&part(&objective["part"], "step")["part"], "by")["valueCode"], "person");
    let loose = part(&thread["part"], "not-linked");
    assert_eq!(part(&part(&loose["part"], "barrier")["part"], "id")["valueString"], "b1");
    assert_eq!(part(&part(&thread["part"], "steps-by")["part"], "professional")["valueInteger"], 1);
    assert!(!thread.to_string().contains("Zebrafinch"), "no word of the record: {thread}");
    none_is_empty(thread);
    service.stop().await;
}

#[tokio::test]
async fn a_wrong_parameter_is_named() {
    let service = start(|_| {}).await;
    let (_, receipt) = service.submit(&plan("P-1", OWN, STRENGTH)).await;
    let place = format!("/submissions/{}", receipt["submission"].as_str().unwrap());
    for path in [format!("{place}?thread=yes"), format!("{place}?tread=true"), format!("{place}/records?thread=1")] {
        let response = service.get(&path).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{path}");
        assert!(response.text().await.unwrap().contains("thread (true or false)"), "{path}");
    }
    service.stop().await;
}

fn part<'a>(parts: &'a Value, name: &str) -> &'a Value {
    let found = parts.as_array().and_then(|parts| parts.iter().find(|part| part["name"] == name));
    found.unwrap_or_else(|| panic!("no {name} in {parts}"))
}

/// FHIR takes no part that has neither a value nor parts.
fn none_is_empty(part: &Value) {
    match part.get("part") {
        Some(parts) => {
            let parts = parts.as_array().expect("parts");
            assert!(!parts.is_empty(), "{part}");
            parts.iter().for_each(none_is_empty);
        }
        None => assert!(part.as_object().unwrap().keys().any(|key| key.starts_with("value")), "{part}"),
    }
}
