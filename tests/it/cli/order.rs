//! The order in which findings are shown, and how many notes of one rule are too many.

use serde_json::{Value, json};

use super::{CLINICAL, Desk, STRENGTH, out};
use crate::service::plan;

const WEIGHTS: [&str; 3] = ["error", "warning", "information"];

/// A plan with findings of every weight, and one note for each of so many steps.
fn with_steps(count: usize) -> String {
    let mut plan: Value = serde_json::from_str(&plan("P-1", CLINICAL, STRENGTH)).expect("a plan");
    let step = |number| json!({ "id": format!("a{number}"), "actor": "professional", "text": "Meet" });
    plan["actions"] = (0..count).map(step).collect();
    plan.to_string()
}

/// Rules with their weights, as each line of a finding in the text says them.
fn said(text: &str) -> Vec<(usize, String)> {
    let heads = text.lines().filter_map(|line| {
        let (weight, rest) = line.split_once('[')?;
        Some((WEIGHTS.iter().position(|known| *known == weight)?, rest.split(']').next()?.to_owned()))
    });
    heads.collect()
}

fn in_json(desk: &Desk, file: &str) -> Vec<(usize, String)> {
    let record: Value =
        serde_json::from_str(&out(&desk.run(&["check", file, "--format", "json"]))).expect("one object");
    let findings = record["findings"].as_array().expect("findings").iter().map(|finding| {
        let weight = WEIGHTS.iter().position(|known| finding["severity"] == *known).expect("a severity");
        (weight, finding["rule"].as_str().expect("a rule").to_owned())
    });
    findings.collect()
}

#[test]
fn errors_come_first_then_warnings_then_notes() {
    let desk = Desk::new();
    desk.file("plan.json", with_steps(2));
    let text = said(&out(&desk.run(&["check", "plan.json"])));
    let mut sorted = text.clone();
    sorted.sort();
    assert_eq!(text, sorted, "by weight, and within a weight in the order of the catalogue");
    assert_eq!(text[0], (0, "GOAL-010".to_owned()));
    assert!(WEIGHTS.iter().enumerate().all(|(weight, _)| text.iter().any(|(known, _)| *known == weight)), "{text:?}");
    assert_eq!(in_json(&desk, "plan.json"), text);
    let outcome = out(&desk.run(&["check", "plan.json", "--format", "operationoutcome"]));
    let outcome: Value = serde_json::from_str(&outcome).expect("JSON");
    let issues: Vec<_> = outcome["issue"].as_array().expect("issues").iter().collect();
    let rules: Vec<_> = issues.iter().map(|issue| issue["details"]["coding"][0]["code"].as_str().unwrap()).collect();
    assert_eq!(rules, text.iter().map(|(_, rule)| rule.as_str()).collect::<Vec<_>>());
}

#[test]
fn more_than_five_notes_of_a_rule_are_folded() {
    let desk = Desk::new();
    for (steps, shown) in [(5, 5), (6, 1), (9, 1)] {
        desk.file("plan.json", with_steps(steps));
        let text = out(&desk.run(&["check", "plan.json"]));
        let of = |said: &[(usize, String)]| said.iter().filter(|(_, rule)| rule == "ACT-005").count();
        assert_eq!(of(&said(&text)), shown, "{steps} steps: {text}");
        let folds = format!("= and {} more notes of ACT-005", steps - 1);
        assert_eq!(text.contains(&folds), shown == 1, "{steps} steps: {text}");
        assert_eq!(of(&in_json(&desk, "plan.json")), steps, "programs get all");
        let all = in_json(&desk, "plan.json");
        let notes = all.iter().filter(|(weight, _)| *weight == 2).count();
        let summary =
            format!("1 record: 0 accepted, 0 accepted with warnings, 1 rejected; {notes} notes of information");
        assert!(text.contains(&format!("\n{summary}\n")), "{text}");
        let others: Vec<_> = all.iter().filter(|(_, rule)| rule != "ACT-005").collect();
        assert!(others.iter().all(|(_, rule)| text.contains(rule.as_str())), "other rules stay");
    }
}

/// What asks for something is never folded, however often.
#[test]
fn warnings_are_all_shown() {
    let desk = Desk::new();
    let mut plan: Value = serde_json::from_str(&with_steps(8)).expect("a plan");
    for action in plan["actions"].as_array_mut().expect("actions") {
        action["goal_id"] = json!("g9");
    }
    desk.file("plan.json", plan.to_string());
    let text = said(&out(&desk.run(&["check", "plan.json"])));
    assert_eq!(text.iter().filter(|(weight, rule)| (*weight, rule.as_str()) == (1, "ACT-004")).count(), 8, "{text:?}");
}
