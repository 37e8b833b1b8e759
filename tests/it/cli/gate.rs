//! `ownwords report --gate`: what the gate said, by group, from what was submitted.

use serde_json::{Value, json};

use super::{CLINICAL, Desk, OWN, STRENGTH, err, out};
use crate::service::plan;

fn speaking(id: &str, goal: &str, language: Value) -> String {
    let mut plan: Value = serde_json::from_str(&plan(id, goal, STRENGTH)).expect("a plan");
    plan["person"]["primary_language"] = language;
    plan.to_string()
}

#[test]
fn report_shows_what_the_gate_said_to_whom() {
    let desk = Desk::new();
    let lines = [
        speaking("P-1", OWN, json!("en")),
        speaking("P-2", CLINICAL, json!("es-PR")),
        speaking("P-3", CLINICAL, Value::Null),
        "not json".to_owned(),
    ];
    desk.file("plans.ndjson", lines.join("\n"));
    assert_eq!(desk.code(&["submit", "plans.ndjson", "--mapping", "plan-json", "--agency", "ag-1"]), 1);
    let period = ["report", "--gate", "--from", "2020-01-01", "--to", "2100-01-01"];
    let report = |more: &[&str]| desk.run(&[&period[..], more].concat());
    let said: Value = serde_json::from_str(&out(&report(&["--format", "json"]))).expect("JSON");
    assert_eq!(said["mark"], "internal, not for release");
    assert_eq!((&said["all"]["plans"], &said["all"]["rejected"]), (&json!(3), &json!(2)), "{said}");
    assert_eq!(said["records_not_filed"], 1);
    let languages = said["dimensions"]["language"].as_array().expect("rows");
    let rows: Vec<_> = languages.iter().map(|row| (row["row"].as_str().unwrap(), row["rejected"].clone())).collect();
    assert_eq!(rows, [("en", json!(0)), ("es", json!(1)), ("not recorded", json!(1))]);
    let other: Value = serde_json::from_str(&out(&report(&["--agency", "ag-2", "--format", "json"]))).expect("JSON");
    assert_eq!((&other["all"]["plans"], &other["agency"]), (&json!(0), &json!("ag-2")));
    for format in ["text", "csv"] {
        let text = out(&report(&["--format", format]));
        assert!(text.contains("internal, not for release") && text.contains("not recorded"), "{text}");
        assert!(!text.contains("tomatoes") && !text.contains("P-1"), "neither words nor ids: {text}");
    }
    let wrong = desk.run(&["report", "--gate", "--from", "2026-03-02", "--to", "2026-03-01"]);
    assert_eq!(wrong.status.code(), Some(2), "{}", err(&wrong));
}

/// A withdrawn plan has no findings on its words: the figures read them again, with the phrases of its agency.
#[test]
fn the_figures_know_the_ready_made_phrases_of_a_withdrawn_plans_agency() {
    let desk = Desk::new();
    desk.file("phrases.txt", "Grow tomatoes\n");
    desk.file("config.toml", "[[gate.agency]]\nid = \"ag-1\"\nphrases = \"phrases.txt\"\n");
    let mut plan: Value = serde_json::from_str(&plan("P-1", "Grow tomatoes", STRENGTH)).expect("a plan");
    plan["status"] = json!("revoked");
    for agency in ["ag-1", "ag-2"] {
        plan["source"]["agency_id"] = json!(agency);
        desk.file("plan.json", plan.to_string());
        assert_eq!(desk.code(&["submit", "plan.json", "--agency", agency]), 0);
    }
    let report = desk.run(&["report", "--from", "2020-01-01", "--to", "2100-01-01", "--format", "json"]);
    let said: Value = serde_json::from_str(&out(&report)).expect("JSON");
    let agencies = said["agencies"].as_array().expect("agencies");
    let own: Vec<_> = agencies
        .iter()
        .map(|one| (one["agency"].as_str().unwrap(), one["measures"]["PCRP-04"]["numerator"].clone()))
        .collect();
    assert_eq!(own, [("ag-1", json!(0)), ("ag-2", json!(1))], "{said}");
}
