//! GOAL-031: when a goal counts as unchanged over its reviews.

use serde_json::{Value, json};

use super::check_places;

const AT: &str = "/goals/0/status";

fn review(date: &str, note: &str) -> Value {
    json!({ "date": date, "kind": "review", "progress": [{ "goal_id": "g1", "text": note }] })
}

fn three(notes: [&str; 3]) -> Value {
    let dates = ["2025-04-10", "2025-07-10", "2025-10-10"];
    dates.iter().zip(notes).map(|(date, note)| review(date, note)).collect()
}

/// A plan of one goal with these fields, and reviews.
#[allow(clippy::needless_pass_by_value)]
fn with(goal: Value, reviews: Value) -> Value {
    let mut one = json!({ "goal_id": "g1", "status": "active", "start_date": "2025-01-10",
        "statement": { "text": "I want to get back to playing the trumpet." } });
    for (name, value) in goal.as_object().expect("fields of a goal") {
        one[name] = value.clone();
    }
    json!({ "goals": [one], "reviews": reviews })
}

fn list(reviews: &[Value]) -> Value {
    Value::from(reviews.to_vec())
}

fn same(date: &str) -> Value {
    review(date, "Same.")
}

/// A review that noted something on another goal.
fn of_another(date: &str) -> Value {
    json!({ "date": date, "progress": [{ "goal_id": "g2", "text": "Good news." }] })
}

fn without_note(date: &str) -> Value {
    json!({ "date": date, "progress": [] })
}

#[test]
fn three_reviews_that_noted_nothing_new_are_told() {
    check_places(
        "GOAL-031",
        [
            (with(json!({}), three(["Same.", "same", "Same"])), &[AT][..]),
            (with(json!({ "status": null }), three(["Same.", "same", "Same"])), &[AT]),
            (with(json!({}), three(["Same.", "Same.", "Met a band."])), &[]),
            (with(json!({}), three(["Met a band.", "Same.", "Same."])), &[]),
            (with(json!({}), list(&[same("2025-07-10"), same("2025-10-10")])), &[]),
            // Nothing was noted on it while notes were taken; where no notes are taken, nothing is said.
            (
                with(
                    json!({}),
                    list(&[of_another("2025-04-10"), without_note("2025-07-10"), without_note("2025-10-10")]),
                ),
                &[AT],
            ),
            (with(json!({}), list(&["2025-04-10", "2025-07-10", "2025-10-10"].map(without_note))), &[]),
            (with(json!({}), three(["", " ", ""])), &[]),
        ],
    );
}

#[test]
fn the_last_three_count_that_took_place_since_the_plan_was_rewritten() {
    let rewrite = json!({ "date": "2025-05-01", "kind": "rewrite" });
    let undated = json!({ "progress": [{ "goal_id": "g1", "text": "Same." }] });
    let (july, october, december) = (same("2025-07-10"), same("2025-10-10"), same("2025-12-10"));
    let cases = [
        (list(&[december.clone(), review("2025-02-01", "New."), july.clone(), october.clone()]), &[AT][..]),
        (list(&[july.clone(), october.clone(), same("2026-04-01")]), &[]),
        (list(&[july.clone(), october.clone(), undated]), &[]),
        (list(&[same("2025-04-10"), rewrite.clone(), july.clone(), october.clone()]), &[]),
        (list(&[rewrite, july, october, december]), &[AT]),
    ];
    check_places("GOAL-031", cases.map(|(reviews, places)| (with(json!({}), reviews), places)));
}

#[test]
fn a_goal_that_came_later_waits_or_is_reached_is_left_alone() {
    let reviews = || three(["Same.", "same", "Same"]);
    let noted_later = list(&[of_another("2025-04-10"), same("2025-07-10"), same("2025-10-10")]);
    check_places(
        "GOAL-031",
        [
            (with(json!({ "start_date": "2025-05" }), reviews()), &[][..]),
            (with(json!({ "start_date": null }), reviews()), &[AT]),
            (with(json!({ "start_date": null }), noted_later), &[]),
            (with(json!({ "status": "on-hold" }), reviews()), &[]),
            (with(json!({ "status": "achieved" }), reviews()), &[]),
        ],
    );
}
