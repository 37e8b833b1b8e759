//! `ownwords check --thread`: what hangs on which goal, for people and for programs, without a word of the record.

use serde_json::{Value, json};

use super::{CLINICAL, Desk, err, out};
use crate::service;

/// Stands in every field of prose, and in fields for keys, codes and days that a mapping may have filled with prose.
const CANARY: &str = "Zebrafinch";

/// Two goals with all that may hang on them, by key, through an objective, and on none.
pub(crate) fn plan() -> Value {
    let said = |text: &str| format!("{text} {CANARY}");
    let mut plan: Value = serde_json::from_str(&service::plan("P-1", &said("I want to sing with my"), &said("Sings")))
        .expect("the plan is JSON");
    let more = json!({
        "strengths": [
            { "strength_id": "s1", "text": said("Sings with a"), "category": "interest", "told_by": "person" },
            { "strength_id": "s2", "text": said("Knows a"), "told_by": "person" }],
        "barriers": [{ "id": "b1", "text": said("The bus to"), "kind": "external" }],
        "objectives": [
            { "id": "o1", "goal_id": "g1", "text": said("Sing with"), "measure": said("twice"),
                "due_date": "2026-10-15", "status": "active" },
            { "id": "o2", "goal_id": "g9", "text": said("Feed"), "due_date": said("when"), "measure": " " }],
        "actions": [
            { "id": "a1", "objective_id": "o1", "actor": "person", "text": said("Call"), "status": "planned" },
            { "id": "a2", "goal_id": "g1", "actor": "peer", "text": said("Go with"), "status": "under-way" },
            { "id": "a3", "goal_id": "g8", "actor": "professional", "text": said("See") },
            { "id": "a4", "objective_id": "o2", "actor": CANARY, "text": said("Ask"), "status": "done" }],
    });
    plan.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    plan["goals"][0]["strengths_used"] = json!(["s1"]);
    let clinical = json!({ "text": CLINICAL, "lang": "en" });
    let goals = plan["goals"].as_array_mut().expect("goals");
    goals.push(json!({ "goal_id": said("goal of"), "kind": CANARY, "status": "on-hold", "statement": clinical }));
    plan
}

const TREE: &str = "  goal g1 (life goal, in own words)
  |- strength s1 (interest)
  |- objective o1 (due 2026-10-15, measure)
  |  `- step a1 by the person
  `- step a2 by a peer supporter (under way)
  goal /goals/1 (not in vocabulary, on hold, no steps yet)
  not linked to a goal
  |- strength s2
  |- barrier b1 (external)
  |- objective o2
  |  `- step a4 by someone the record does not tell (done)
  `- step a3 by a professional
  steps: 1 by the person, 1 by peer supporters, 1 by professionals, 1 by someone the record does not tell
";

#[test]
fn people_see_a_tree() {
    let desk = Desk::new();
    desk.file("plan.json", plan().to_string());
    let text = out(&desk.run(&["check", "plan.json", "--thread"]));
    assert!(text.contains(&format!("\n\nwhat hangs on which goal\n{TREE}")), "{text}");
    assert!(!out(&desk.run(&["check", "plan.json"])).contains("step a1"), "only when asked for");
}

#[test]
fn a_plan_without_findings_and_one_without_goals_have_a_tree_too() {
    let desk = Desk::new();
    desk.file("good.json", service::plan("P-1", "I want to grow tomatoes on my balcony.", "Knows every plant by name"));
    desk.file("none.json", "{\"plan_id\": \"P-2\", \"actions\": [{\"actor\": \"community\"}]}");
    let good = out(&desk.run(&["check", "good.json", "--policy", "observe", "--thread"]));
    assert!(good.contains("  goal g1 (life goal, in own words, no steps yet)\n") && good.contains("steps: none\n"));
    let none = out(&desk.run(&["check", "none.json", "--mapping", "plan-json", "--thread"]));
    let tree =
        "  no goal\n  not linked to a goal\n  `- step /actions/0 by the community\n  steps: 1 by the community\n";
    assert!(none.contains(tree), "{none}");
}

#[test]
fn programs_get_an_object_and_neither_holds_words() {
    let desk = Desk::new();
    desk.file("plan.ndjson", format!("{}\nnot json\n", plan()));
    let output = desk.run(&["check", "plan.ndjson", "--mapping", "plan-json", "--format", "json", "--thread"]);
    let records: Vec<Value> =
        out(&output).lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
    let thread = &records[0]["thread"];
    let step = |place: usize, id: &str, by: Value, status: Value| json!({ "pointer": format!("/actions/{place}"), "id": id, "by": by, "status": status });
    let goal = json!({
        "pointer": "/goals/0", "id": "g1", "kind": "life-goal", "status": "active",
        "in_own_words": true, "no_steps_yet": false,
        "strengths": [{ "pointer": "/strengths/0", "id": "s1", "kind": "interest" }], "barriers": [],
        "objectives": [{ "pointer": "/objectives/0", "id": "o1", "kind": null, "due": "2026-10-15",
            "has_measure": true, "steps": [step(0, "a1", json!("person"), json!("planned"))] }],
        "steps": [step(1, "a2", json!("peer"), json!("under-way"))],
    });
    assert_eq!(thread["goals"][0], goal);
    let second = &thread["goals"][1];
    assert_eq!((&second["id"], &second["kind"]), (&Value::Null, &json!("not-in-vocabulary")), "{second}");
    let loose = &thread["not_linked"]["objectives"][0];
    assert_eq!((&loose["due"], &loose["has_measure"]), (&Value::Null, &json!(false)), "{loose}");
    assert_eq!(loose["steps"][0], step(3, "a4", json!("not-in-vocabulary"), json!("done")));
    assert_eq!(thread["steps_by"]["unknown"], 1);
    assert!(!thread.to_string().contains(CANARY), "{thread}");
    assert_eq!(records[1].get("thread"), Some(&Value::Null), "a record that cannot be read has none");
    let without = out(&desk.run(&["check", "plan.ndjson", "--mapping", "plan-json", "--format", "json"]));
    assert!(!without.contains("\"thread\""), "only when asked for");
}

/// The same goals that measure PCRP-04 counts: an answer that only a state's rule gives makes no words own words.
#[test]
fn own_words_are_those_the_measure_counts() {
    let desk = Desk::new();
    for (reason, is_own) in [("words-confirmed-by-person", true), ("required-by-state-rule", false)] {
        let mut plan: Value = serde_json::from_str(&service::plan("P-1", CLINICAL, "Sings")).expect("a plan");
        plan["overrides"] = json!([{ "rule_id": "GOAL-010", "reason_code": reason, "by_role": "supervisor",
            "reason_text": "Talked over with the person.", "at": jiff::Timestamp::now().to_string() }]);
        desk.file("plan.json", plan.to_string());
        let output = desk.run(&["check", "plan.json", "--format", "json", "--thread"]);
        let record: Value = serde_json::from_str(&out(&output)).expect("JSON");
        assert_eq!(record["thread"]["goals"][0]["in_own_words"], is_own, "{reason}: {record}");
    }
}

#[test]
fn an_operation_outcome_has_no_place_for_it() {
    let desk = Desk::new();
    desk.file("plan.json", plan().to_string());
    let output = desk.run(&["check", "plan.json", "--format", "operationoutcome", "--thread"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("--format text or json"), "{}", err(&output));
}
