//! No finding ever holds a word of the plan: not in its message, not in its diagnostics, not in its pointer.

use ownwords::{
    plan::Plan,
    profile,
    rules::{
        Verdict,
        catalogue::RULES,
        judge_among,
        sameness::{Others, Part},
    },
};
use serde_json::{Value, json};

use super::{rules_of, today};

const EVERYTHING: &str = include_str!("../../data/rules/everything.json");

/// A text that no message holds by chance.
const CANARY: &str = "zqxcanary";

/// Breaks that raise every rule we have, laid over a plan full of canaries.
fn breaks() -> Vec<Value> {
    let goal = |text: String| json!([{ "status": "active", "domain": format!("{CANARY} prose"), "statement": { "text": text } }]);
    vec![
        json!({}),
        json!({ "goals": goal(format!("Patient will {CANARY} comply with {CANARY}")) }),
        json!({ "goals": goal(format!("{CANARY} wants {CANARY}")) }),
        json!({ "goals": goal(format!("I will reduce {CANARY} anxiety within 90 days")) }),
        json!({ "goals": goal(format!("{CANARY} compliant")) }),
        json!({ "goals": goal(CANARY.to_owned()) }),
        json!({ "goals": goal(format!("client declined {CANARY}")) }),
        json!({ "goals": goal(" ".to_owned()) }),
        json!({ "goals": goal(format!("one two three {CANARY}")), "barriers": [{ "text": format!("one two three {CANARY}") }] }),
        json!({ "goals": [
            { "status": "active", "statement": { "text": format!("I want {CANARY}") } },
            { "status": "active", "kind": "clinical-goal", "statement": { "text": format!("Pt to {CANARY}") } } ] }),
        json!({ "goals": [], "no_goal": { "reason": "other", "explanation": CANARY, "recorded_on": "2026-01-01", "next_conversation_by": "2026-01-02" } }),
        json!({ "goals": [], "no_goal": { "reason": "other", "explanation": CANARY, "recorded_on": CANARY } }),
        json!({ "agreement": { "copy_offered": CANARY, "person_agrees": CANARY }, "plan_type": CANARY }),
        json!({ "strengths": [], "no_strengths": null }),
        json!({ "strengths": [{ "text": format!("{CANARY} see chart"), "prompt": CANARY }] }),
        json!({ "strengths": [], "no_strengths": { "reason": "other", "next_conversation_by": "2026-01-02" } }),
        json!({ "plan_id": format!("{CANARY}{}", "x".repeat(70)), "person": { "local_id": " ", "preferred_name": CANARY } }),
        json!({ "status": CANARY, "period": { "start": CANARY, "end": CANARY } }),
        json!({ "period": { "start": "2026-02-02", "end": "2025-02-02" } }),
        json!({ "goals": [{ "domain": format!("{CANARY} prose"), "statement": { "text": format!("I want the {CANARY} voices to stop"), "lang": "en" } }],
                "person": { "local_id": "P", "primary_language": "es", "preferred_name": CANARY } }),
        json!({ "goals": [
            { "statement": { "text": format!("Patient will {CANARY}"), "capture_method": "spoken-verbatim" } },
            { "statement": { "text": format!("{CANARY} le petit"), "lang": "fr" } },
            { "statement": { "text": format!("I want {CANARY} x 3 &nbsp;") } },
            { "statement": { "text": format!("{CANARY}"), "expressed_by": "staff" } } ] }),
        json!({ "strengths": [{ "text": format!("{CANARY} compliant"), "told_by": "staff" }] }),
        json!({ "strengths": [{ "text": "Resilient", "prompt": CANARY, "told_by": "staff" }] }),
        json!({ "person": { "local_id": CANARY, "birth_date": "2012-02-02", "preferred_name": CANARY,
            "status": { "smi_sed": { "code": "smi", "text": CANARY }, "employment": { "code": "employed", "text": CANARY },
                        "county": { "missing": "unknown", "text": CANARY } } },
            "period": { "start": "2026-02-02" } }),
        json!({ "interpretive_summary": { "text": format!("{CANARY} is noncompliant. {}", format!("{CANARY} interdisciplinary ").repeat(70)) } }),
        json!({ "goals": goal(format!("Patient will {CANARY} comply with {CANARY}")), "overrides": [
            { "rule_id": "GOAL-010", "reason_code": "checker-mistake", "reason_text": format!("{CANARY} {CANARY}"),
              "by_role": CANARY, "by_id": CANARY, "at": "2026-02-20" },
            { "rule_id": CANARY, "pointer": CANARY, "reason_code": format!("{CANARY} prose"), "reason_text": CANARY, "by_role": CANARY } ] }),
    ]
}

/// Breaks of what stands around goals and strengths.
fn breaks_around_goals() -> Vec<Value> {
    let step = |actor: &str| json!({ "goal_id": "g", "actor": actor, "text": format!("monitor compliance {CANARY}"), "purpose": CANARY });
    let goal = json!([{ "goal_id": CANARY, "status": "active", "statement": { "text": format!("I want {CANARY}") } }]);
    vec![
        json!({ "actions": [], "objectives": [], "goals": goal, "crisis": null, "transition": null, "agreement": null, "planning": null }),
        json!({ "actions": [step("professional")], "whole_person": null, "strengths": [{ "text": CANARY }] }),
        json!({ "actions": [step("peer"), { "actor": "peer", "text": format!("civil commitment {CANARY}") }], "goals": goal }),
        json!({ "objectives": [{ "text": format!("attend all groups {CANARY}") }], "planning": {}, "person": { "primary_language": format!("es-{CANARY}") } }),
        json!({ "objectives": [{ "text": CANARY }], "person": { "primary_language": format!("{CANARY} es") } }),
        json!({ "goals": [], "barriers": [{ "text": CANARY }], "next_review_due": "2026-01-02", "reviews": [{ "date": CANARY }] }),
        json!({ "crisis": { "status": "in-plan", "people_to_call": [CANARY] }, "agreement": { "person_agrees": "partly", "disagreement_text": CANARY } }),
        json!({ "goals": [{ "goal_id": CANARY, "status": "active", "start_date": "2025-01-01", "statement": { "text": "Symptom management" } }],
                "reviews": (1..=3).map(|month| json!({ "date": format!("2026-01-0{month}"), "kind": "review",
                    "progress": [{ "goal_id": CANARY, "text": CANARY }] })).collect::<Value>() }),
        json!({ "planning": {
            "participants": [{ "role": "peer", "name": CANARY }, { "role": "peer", "function": "author", "name": CANARY }],
            "preplanning": [{ "billable": "yes", "tool": CANARY }] } }),
    ]
}

/// Judged as if many people had the same goals, and the record had come before with other content.
fn judged_among_many(plan: &Plan, policy: &str) -> Verdict {
    let mut others = Others::default();
    (0..plan.goals.len()).map(Part::Goal).chain([Part::Whole]).for_each(|part| others.say(part, 7));
    others.say_other_content();
    judge_among(plan, &profile::policy(policy).expect("a built-in policy"), today(), &others)
}

#[test]
fn no_finding_holds_a_word_of_the_plan() {
    let mut raised = std::collections::BTreeSet::new();
    for fields in breaks().into_iter().chain(breaks_around_goals()) {
        let mut json: Value = serde_json::from_str(EVERYTHING).expect("the plan");
        fill(&mut json);
        json["status"] = json!("active");
        for (name, value) in fields.as_object().expect("fields") {
            json[name] = value.clone();
        }
        let plan: Plan = serde_json::from_value(json).expect("a plan");
        for policy in ["observe", "standard", "strict"] {
            let verdict = judged_among_many(&plan, policy);
            raised.extend(rules_of(&verdict));
            for finding in &verdict.findings {
                let said = format!("{} {} {} {finding:?}", finding.message, finding.diagnostics, finding.pointer);
                assert!(!said.to_lowercase().contains(CANARY), "{said}");
            }
        }
    }
    for rule in RULES.iter().filter(|rule| rule.area() != "FILE") {
        assert!(raised.contains(rule.id), "{} was not raised", rule.id);
    }
}

/// Canaries in place of every text of the plan, codes and dates too: a mistaken mapping may put prose anywhere.
fn fill(value: &mut Value) {
    match value {
        Value::String(text) => *text = format!("{CANARY} {text}"),
        Value::Array(items) => items.iter_mut().for_each(fill),
        Value::Object(fields) => fields.values_mut().for_each(fill),
        _ => {}
    }
}
