//! Hard texts as files: judged without harm and kept byte for byte, or a line that says where the file cannot be read.
#![allow(clippy::unwrap_used, reason = "a test may end where it stands")]

use serde_json::Value;

use super::{Desk, STRENGTH, out};
use crate::service::{plan, start};

const HARD: [&str; 5] = [
    "I\u{200b} want\u{feff} to\u{ad} see\u{200d} the ocean",
    "I want 我的 дом y mi casa 🏠",
    "\u{202e}I want my own place\u{202c}",
    "أريد أن أرى ابني",
    "I want a <b>dog</b> &amp; e\u{301} \u{0}",
];

#[tokio::test]
async fn hard_texts_are_kept_byte_for_byte_by_the_command_and_the_service() {
    let (desk, service) = (Desk::new(), start(|_| {}).await);
    for (number, text) in HARD.into_iter().enumerate() {
        let id = format!("P-{number}");
        desk.file("hard.json", plan(&id, text, STRENGTH));
        assert_eq!(desk.code(&["check", "hard.json"]), 0, "{text:?}");
        let mapped: Value = serde_json::from_str(&out(&desk.run(&["map", "hard.json", "--to", "plan"]))).unwrap();
        assert_eq!(mapped["goals"][0]["statement"]["text"], text);
        let sent = service.post("/submissions?agency=ag-1&mapping=plan-json", plan(&id, text, STRENGTH)).await;
        assert!(sent.status().is_success(), "{text:?}");
        let kept = service.json(&format!("/plans/ag-1/{id}")).await;
        assert_eq!(kept["versions"][0]["plan"]["goals"][0]["statement"]["text"], text);
    }
}

/// A megabyte of text, whole on its way out.
#[tokio::test]
async fn a_megabyte_is_kept_byte_for_byte() {
    let text = "I want to see my daughter 🏠 and <b>her</b> dog. ".repeat(21_000);
    assert!(text.len() > 1 << 20);
    let (desk, service) = (Desk::new(), start(|_| {}).await);
    desk.file("long.json", plan("P-1", &text, STRENGTH));
    let mapped: Value = serde_json::from_str(&out(&desk.run(&["map", "long.json", "--to", "plan"]))).unwrap();
    assert!(mapped["goals"][0]["statement"]["text"] == text.as_str(), "what is mapped differs");
    let sent = service.post("/submissions?agency=ag-1&mapping=plan-json", plan("P-1", &text, STRENGTH)).await;
    assert!(sent.status().is_success());
    let kept = service.json("/plans/ag-1/P-1").await;
    assert!(kept["versions"][0]["plan"]["goals"][0]["statement"]["text"] == text.as_str(), "what is kept differs");
}

#[tokio::test]
async fn half_a_character_is_a_fault_of_the_file_at_its_line_and_column() {
    let broken =
        "{\n  \"plan_id\": \"P-1\",\n  \"goals\": [ { \"statement\": { \"text\": \"I want \\ud800 a dog\" } } ]\n}";
    let desk = Desk::new();
    desk.file("broken.json", broken);
    let output = desk.run(&["check", "broken.json", "--mapping", "plan-json", "--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let told: Value = serde_json::from_str(&out(&output)).unwrap();
    let finding = &told["findings"][0];
    assert_eq!(finding["rule"], "FILE-001");
    assert_eq!(finding["place"]["line"], 3, "{told}");
    assert!(finding["place"]["column"].as_u64() > Some(0), "{told}");
    assert!(!out(&output).contains("dog"));
    let service = start(|_| {}).await;
    let sent = service.post("/submissions?agency=ag-1&mapping=plan-json", broken.to_owned()).await;
    let receipt = sent.text().await.unwrap();
    assert!(
        receipt.contains("FILE-001") && receipt.contains("\"valueInteger\":3") && !receipt.contains("dog"),
        "{receipt}"
    );
}
