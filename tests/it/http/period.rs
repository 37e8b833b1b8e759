//! Files that say which days they hold whole: held before anything is kept, with the rule and what to do.

use reqwest::StatusCode;
use serde_json::Value;

use super::{OWN, STRENGTH, issues, start};
use crate::service::plan;

fn people(count: usize, tag: &str) -> String {
    (1..=count).map(|n| plan(&format!("{tag}-{n}"), OWN, STRENGTH) + "\n").collect()
}

#[tokio::test]
async fn a_file_of_far_fewer_people_waits_until_somebody_confirms_it() {
    let service = start(|_| {}).await;
    let send = async |query: &str, body: String| {
        let answer = service.post(&format!("/submissions?agency=ag-1&mapping=plan-json&{query}"), body).await;
        (answer.status(), answer.json::<Value>().await.unwrap())
    };
    let summer = "period=2026-07-01/2026-09-30";
    assert_eq!(send(summer, people(5, "P")).await.0, StatusCode::CREATED);
    let (status, held) = send(summer, people(2, "Q")).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(issues(&held), [("FILE-005", "error")]);
    assert!(held.to_string().contains("holds 2 people; the one it replaces held 5"), "{held}");
    let kept = service.get("/plans/ag-1/Q-1").await.status();
    assert_eq!(kept, StatusCode::NOT_FOUND, "nothing of it is kept");
    assert_eq!(send("", people(2, "Q")).await.0, StatusCode::CREATED, "a file that claims no period is taken");
    assert_eq!(send(&format!("{summer}&confirm=fewer-people"), people(1, "R")).await.0, StatusCode::CREATED);
    assert_eq!(service.get("/plans/ag-1/P-5").await.status(), StatusCode::OK, "nobody's plan ended");
    for (query, status) in [
        ("period=2026-07", StatusCode::CONFLICT),
        ("period=2026-09-30/2026-07-01", StatusCode::CONFLICT),
        ("period=2026-02-30/2026-07-01", StatusCode::CONFLICT),
        ("confirm=everything", StatusCode::BAD_REQUEST),
    ] {
        let (found, answer) = send(query, people(1, "S")).await;
        assert_eq!(found, status, "{query}");
        let says_rule = issues(&answer).iter().any(|issue| issue.0 == "FILE-003");
        assert_eq!(says_rule, status == StatusCode::CONFLICT, "{answer}");
    }
    service.stop().await;
}

#[tokio::test]
async fn a_period_is_asked_for_where_the_settings_do() {
    let service = start(|config| config.gate.period_required = true).await;
    let (status, answer) = service.submit(&plan("P-1", OWN, STRENGTH)).await;
    assert_eq!((status, issues(&answer)), (StatusCode::CONFLICT, vec![("FILE-003", "error")]));
    service.stop().await;
}
