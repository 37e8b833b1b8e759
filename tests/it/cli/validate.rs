//! `ownwords validate`: faults of resources with their lines, and the exit code.

use serde_json::Value;

use super::{Desk, out};

const GOOD: &str =
    r#"{"resourceType":"Flag","status":"active","code":{"text":"x"},"subject":{"reference":"Patient/p"}}"#;
const BAD: &str = "{\"resourceType\": \"Goal\",\n \"lifecycleStatus\": \"zebrafinch\", \"description\": {\"text\": \"x\"},\n \
                   \"subject\": {\"reference\": \"Patient/p\"}}";

#[test]
fn faults_come_with_file_line_and_expression() {
    let desk = Desk::new();
    desk.file("good.json", GOOD);
    desk.file("bad.json", BAD);
    desk.file("torn.json", "{\"resourceType\":\n");
    assert_eq!(desk.code(&["validate", "good.json"]), 0);
    let done = desk.run(&["validate", "good.json", "bad.json", "torn.json"]);
    assert_eq!(done.status.code(), Some(1));
    let said = out(&done);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 2, "{said}");
    assert!(lines[0].starts_with("bad.json:2:21: error code-invalid Goal.lifecycleStatus: "), "{said}");
    assert!(lines[1].starts_with("torn.json:") && lines[1].contains(": error structure: "), "{said}");
    assert!(!said.contains("zebrafinch"), "{said}");
    assert_eq!(desk.code(&["validate", "no-such-file.json"]), 2);
}

#[test]
fn outcomes_come_one_a_file() {
    let desk = Desk::new();
    desk.file("good.json", GOOD);
    desk.file("bad.json", BAD);
    let said = out(&desk.run(&["validate", "--format", "operationoutcome", "good.json", "bad.json"]));
    let outcomes: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(outcomes.len(), 2);
    assert_eq!(outcomes[0]["issue"][0]["severity"], "information");
    assert_eq!(outcomes[1]["issue"][0]["expression"][0], "Goal.lifecycleStatus");
    assert_eq!(outcomes[1]["issue"][0]["extension"][0]["valueString"], "bad.json");
}
