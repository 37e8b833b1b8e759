//! Parameters that `$check-plan` answers with: the verdict, the findings, the plan as a Bundle and its golden thread.
//!
//! The operation itself is in `http`; it stores nothing.

use serde_json::{Map, Value, json};

use crate::rules::{
    Outcome,
    thread::{Linked, Shown, ShownGoal, ShownObjective, ShownStep, Spot, StepsBy},
};

/// The answer to a check. `bundle` is left out when the plan could not be said in FHIR, `thread` when there is no plan.
pub fn checked(verdict: Outcome, outcome: Value, bundle: Option<Value>, thread: Option<&Shown<'_>>) -> Value {
    let part = |name: &str, resource: Value| {
        let mut part = Map::new();
        part.insert("name".to_owned(), json!(name));
        part.insert("resource".to_owned(), resource);
        Value::Object(part)
    };
    let mut parts = vec![json!({"name": "verdict", "valueCode": code_of(verdict)}), part("outcome", outcome)];
    parts.extend(bundle.map(|bundle| part("plan", bundle)));
    parts.extend(thread.map(thread_part));
    json!({"resourceType": "Parameters", "parameter": parts})
}

/// The verdict as our `CodeSystem` `verdict` spells it.
fn code_of(verdict: Outcome) -> &'static str {
    match verdict {
        Outcome::Accepted => "accepted",
        Outcome::AcceptedWithWarnings => "accepted-with-warnings",
        Outcome::Rejected => "rejected",
    }
}

/// The golden thread as parts within parts; what is not known or empty is left out, since FHIR takes no empty part.
fn thread_part(shown: &Shown<'_>) -> Value {
    let mut parts: Vec<Value> = shown.goals.iter().map(goal_part).collect();
    if !shown.not_linked.is_empty() {
        parts.push(within("not-linked", linked_parts(&shown.not_linked)));
    }
    parts.push(steps_by_part(shown.steps_by));
    within("thread", parts)
}

fn goal_part(goal: &ShownGoal<'_>) -> Value {
    let mut parts = spot_parts(&goal.spot);
    parts.extend(goal.status.map(|status| json!({"name": "status", "valueCode": status})));
    parts.push(json!({"name": "in-own-words", "valueBoolean": goal.in_own_words}));
    parts.push(json!({"name": "no-steps-yet", "valueBoolean": goal.no_steps_yet}));
    parts.extend(linked_parts(&goal.linked));
    within("goal", parts)
}

fn linked_parts(linked: &Linked<'_>) -> Vec<Value> {
    let strengths = linked.strengths.iter().map(|strength| within("strength", spot_parts(strength)));
    let barriers = linked.barriers.iter().map(|barrier| within("barrier", spot_parts(barrier)));
    let objectives = linked.objectives.iter().map(objective_part);
    strengths.chain(barriers).chain(objectives).chain(linked.steps.iter().map(step_part)).collect()
}

fn objective_part(objective: &ShownObjective<'_>) -> Value {
    let mut parts = spot_parts(&objective.spot);
    parts.extend(objective.due.map(|day| json!({"name": "due", "valueDate": day})));
    parts.push(json!({"name": "has-measure", "valueBoolean": objective.has_measure}));
    parts.extend(objective.steps.iter().map(step_part));
    within("objective", parts)
}

fn step_part(step: &ShownStep<'_>) -> Value {
    let mut parts = vec![json!({"name": "pointer", "valueString": step.pointer})];
    parts.extend(step.id.map(|id| json!({"name": "id", "valueString": id})));
    parts.extend(step.by.map(|by| json!({"name": "by", "valueCode": by})));
    parts.extend(step.status.map(|status| json!({"name": "status", "valueCode": status})));
    within("step", parts)
}

fn spot_parts(spot: &Spot<'_>) -> Vec<Value> {
    let mut parts = vec![json!({"name": "pointer", "valueString": spot.pointer})];
    parts.extend(spot.id.map(|id| json!({"name": "id", "valueString": id})));
    parts.extend(spot.kind.map(|kind| json!({"name": "kind", "valueCode": kind})));
    parts
}

fn steps_by_part(steps: StepsBy) -> Value {
    let counts = [
        ("person", steps.person),
        ("natural-support", steps.natural_support),
        ("peer", steps.peer),
        ("professional", steps.professional),
        ("community", steps.community),
        ("unknown", steps.unknown),
    ];
    let count = |(by, count): (&str, usize)| json!({"name": by, "valueInteger": count});
    within("steps-by", counts.into_iter().map(count).collect())
}

fn within(name: &str, parts: Vec<Value>) -> Value {
    json!({"name": name, "part": Value::Array(parts)})
}
