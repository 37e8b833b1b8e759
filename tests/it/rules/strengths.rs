//! Strengths as people write them down: what fills a field, what is about treatment, what could be anyone's, what is a strength.

use std::fs;

use serde::Deserialize;
use serde_json::json;

use super::{finding, judged, plan_with};

#[derive(Deserialize)]
struct Labeled {
    strength: Vec<Strength>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Strength {
    text: String,
    reads: String,
}

#[test]
fn labeled_strengths_read_as_labeled() {
    let text = fs::read_to_string("tests/data/rules/strengths.toml").expect("the labeled strengths");
    let labeled: Labeled = toml::from_str(&text).expect("labeled strengths");
    assert!(labeled.strength.len() >= 40);
    let mut wrong = Vec::new();
    for strength in &labeled.strength {
        let plan = plan_with(json!({ "strengths": [{ "text": strength.text, "told_by": "staff" }] }));
        let verdict = judged(&plan, "strict");
        let reads = [("STR-002", "placeholder"), ("STR-003", "treatment"), ("STR-004", "stock")];
        let read =
            reads.iter().find(|(rule, _)| finding(&verdict, rule).is_some()).map_or("strength", |(_, read)| read);
        if read != strength.reads {
            wrong.push(format!("{:?}: {read}, labeled {}", strength.text, strength.reads));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_the_person_told_is_taken_as_it_is() {
    let plan = |told_by: &str| {
        plan_with(json!({ "strengths": [
            { "text": "N/A", "told_by": "person" },
            { "text": "Compliant with treatment", "told_by": "staff" },
            { "text": "Cooperative with staff", "told_by": told_by } ] }))
    };
    let staff = judged(&plan("staff"), "standard");
    assert_eq!(finding(&staff, "STR-003").map(|f| f.pointer.as_str()), Some("/strengths/1/text"));
    assert!(finding(&staff, "STR-006").is_some(), "a placeholder is nothing the person told");
    let person = judged(&plan("person"), "standard");
    assert!(finding(&person, "STR-003").is_none() && finding(&person, "STR-006").is_none());
}

#[test]
fn a_strength_helps_only_when_it_is_one_of_the_plan() {
    let used = |ids: &[&str], status: &str| {
        let plan = plan_with(json!({
            "strengths": [{ "strength_id": "s1", "text": "none" }, { "strength_id": "s2", "text": "Bakes bread" }],
            "goals": [{ "status": status, "strengths_used": ids, "statement": { "text": "I want a stall" } },
                      { "status": "active", "statement": { "text": "I want a dog" } }],
        }));
        finding(&judged(&plan, "standard"), "STR-005").is_none()
    };
    assert!(used(&["s9", "s2"], "active"));
    assert!(!used(&["s1"], "active"), "a placeholder helps nobody");
    assert!(!used(&["s2"], "replaced"));
    assert!(!used(&[], "active"));
}
