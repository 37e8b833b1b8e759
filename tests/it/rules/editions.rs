//! When a record came again under its version with other content: what counts as the same version, and what as other content.

use ownwords::{plan::Plan, rules::edition::Edition};
use serde_json::{Value, json};

use super::plan_with;

fn record() -> Value {
    json!({ "agency_id": "ag-1", "record_id": "88213", "record_version": "4", "mapping_id": "m", "mapping_version": "1" })
}

/// The plan with fields laid over it, and over its source.
fn edition(of_source: &Value, fields: &Value) -> Option<Edition> {
    let mut source = record();
    for (name, value) in of_source.as_object().expect("fields") {
        source[name] = value.clone();
    }
    let mut all = fields.clone();
    all["source"] = source;
    Edition::of(&mut plan_with(all))
}

#[test]
fn what_the_person_said_is_content_and_where_it_came_from_is_not() {
    let first = edition(&json!({}), &json!({})).expect("a version");
    let other = json!({ "goals": [{ "goal_id": "g1", "statement": { "text": "I want another dog." } }] });
    let answered = json!({ "overrides": [{ "rule_id": "GOAL-010", "reason_code": "checker-mistake" }] });
    for (source, fields, contradicts) in [
        (json!({}), json!({}), false),
        (json!({}), other.clone(), true),
        (json!({}), json!({ "status": "completed" }), true),
        (json!({}), answered, false),
        (json!({}), json!({ "unmapped": [{ "path": "HOBBY", "value": "fishing" }] }), false),
        (json!({ "extracted_at": "2026-11-02T08:00:00Z", "system": "new" }), json!({}), false),
        (json!({ "record_version": "5" }), other.clone(), false),
        (json!({ "record_id": "88214" }), other.clone(), false),
        (json!({ "mapping_version": "2" }), other.clone(), false),
        (json!({ "mapping_id": "n" }), other.clone(), false),
        (json!({}), json!({ "plan_id": "another", "goals": other["goals"] }), false),
    ] {
        let again = edition(&source, &fields).expect("a version");
        assert_eq!(again.contradicts(&first), contradicts, "{source} {fields}");
        assert_eq!(first.contradicts(&again), contradicts, "{source} {fields}");
    }
}

#[test]
fn without_a_version_or_a_plan_id_there_is_none() {
    for version in [Value::Null, json!(""), json!(" ")] {
        assert_eq!(edition(&json!({ "record_version": version }), &json!({})), None, "{version}");
        assert_eq!(edition(&json!({}), &json!({ "plan_id": version })), None, "{version}");
    }
    let named = |id: Value| edition(&json!({ "record_id": id }), &json!({ "plan_id": "RP-1" }));
    assert_eq!(named(Value::Null), named(json!("RP-1")), "the plan's id stands for a record's that is not told");
}

#[test]
fn the_plan_is_left_as_it_was() {
    let fields = json!({ "source": record(), "overrides": [{ "rule_id": "GOAL-010" }],
                         "unmapped": [{ "path": "HOBBY", "value": "fishing" }] });
    let mut plan: Plan = plan_with(fields.clone());
    Edition::of(&mut plan).expect("a version");
    assert_eq!(plan, plan_with(fields));
}
