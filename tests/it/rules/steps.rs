//! Steps and objectives: who takes them, what they hang on, and what they count.

use serde_json::{Value, json};

use super::{check_places, judged, plan_with};

fn steps(actors: &[&str]) -> Value {
    json!({ "actions": actors.iter().map(|actor| json!({ "actor": actor })).collect::<Vec<_>>() })
}

#[test]
fn one_step_outside_services_is_enough() {
    check_places(
        "ACT-002",
        [
            (steps(&["professional", "professional"]), &["/actions"]),
            (steps(&["professional", "community"]), &[]),
            (steps(&["professional", "natural-support"]), &[]),
            (steps(&["professional", "peer"]), &[]),
            (steps(&["person"]), &[]),
            (steps(&["professional", "St. Brigid's choir"]), &[]),
            (steps(&[]), &[]),
            (
                json!({ "actions": [{ "actor": "professional" }, { "actor": "community", "status": "entered-in-error" }] }),
                &["/actions"],
            ),
        ],
    );
}

#[test]
fn no_step_is_missed_where_there_is_nothing_to_walk_toward() {
    let goal = |status: &str| json!([{ "goal_id": "g1", "status": status, "statement": { "text": "I want to sing" } }]);
    let declined = json!({ "reason": "declined", "recorded_on": "2026-02-20" });
    check_places(
        "ACT-001",
        [
            (json!({ "actions": [] }), &["/actions"]),
            (json!({ "actions": [{}] }), &["/actions"]),
            (json!({ "actions": [{ "service_code": "H2023" }] }), &[]),
            (json!({ "actions": [], "goals": goal("on-hold") }), &["/actions"]),
            (json!({ "actions": [], "goals": goal("achieved") }), &[]),
            (json!({ "actions": [], "goals": [], "no_goal": declined }), &[]),
            (json!({ "actions": [], "goals": [], "no_goal": { "reason": "declined" } }), &["/actions"]),
            (json!({ "actions": [], "status": "revoked" }), &[]),
        ],
    );
}

#[test]
fn what_a_professionals_step_leaves_open_is_asked_for_and_no_more() {
    let asked = |step: Value| {
        let verdict = judged(&plan_with(json!({ "actions": [step] })), "strict");
        let found = verdict.findings.into_iter().find(|finding| finding.rule == "ACT-005");
        found.map(|finding| (finding.pointer, finding.message, finding.diagnostics))
    };
    let said = |field: &str, message: &str, missing: &str| {
        Some((format!("/actions/0/{field}"), message.to_owned(), format!("missing={missing}")))
    };
    assert_eq!(
        asked(json!({ "actor": "professional" })),
        said(
            "actor_name",
            "Please say who provides this, how often, for how long and what for.",
            "actor_name,frequency,duration,purpose"
        )
    );
    let mut step = json!({ "actor": "professional", "relationship": "therapist", "frequency": " ", "duration": "May" });
    assert_eq!(asked(step.clone()), said("frequency", "Please say how often and what for.", "frequency,purpose"));
    step["frequency"] = json!("weekly");
    assert_eq!(asked(step.clone()), said("purpose", "Please say what for.", "purpose"));
    step["status"] = json!("done");
    assert_eq!(asked(step.clone()), None);
    step["status"] = json!("paused");
    step["purpose"] = json!("to sleep through the night");
    assert_eq!(asked(step), None);
}

#[test]
fn attendance_is_no_progress_unless_something_else_counts_too() {
    let all = |objectives: Value| json!({ "objectives": objectives });
    let attends = json!({ "text": "Will attend all appointments" });
    let coded = json!({ "text": "Comes on Mondays", "outcome_type": "attendance-or-compliance" });
    let place: &[&str] = &["/objectives"];
    check_places(
        "OBJ-001",
        [
            (all(json!([attends])), place),
            (all(json!([attends, coded])), place),
            (all(json!([{ "text": "Takes medication as prescribed" }])), place),
            (all(json!([{ "text": "Cumplimiento con las citas de su doctora" }])), place),
            (all(json!([{ "text": "Asistencia a todos los grupos" }])), place),
            (all(json!([attends, { "text": " " }])), place),
            (all(json!([attends, { "text": "Rides the bus alone", "status": "replaced" }])), place),
            (all(json!([attends, { "text": "Rides the bus alone" }])), &[]),
            (all(json!([{ "text": "Will attend all sessions", "outcome_type": "skill" }])), &[]),
            (all(json!([{ "text": "Will attend all sessions", "outcome_type": "presence" }])), place),
            (all(json!([{ "text": "Attends her daughter's games" }])), &[]),
            (all(json!([{ "text": "Works as a compliance officer", "outcome_type": "life-outcome" }])), &[]),
            (all(json!([{ "text": "参加所有小组" }])), &[]),
            (all(json!([{ "text": "" }])), &[]),
            (all(json!([])), &[]),
        ],
    );
}

#[test]
fn an_objective_needs_a_date_or_a_measure_until_it_is_reached() {
    let one = |objective: Value| json!({ "objectives": [objective] });
    let place: &[&str] = &["/objectives/0/due_date"];
    check_places(
        "OBJ-002",
        [
            (one(json!({ "text": "Plays along" })), place),
            (one(json!({ "text": "Plays along", "measure": " " })), place),
            (one(json!({ "text": "Plays along", "measure": "rehearsals" })), &[]),
            (one(json!({ "text": "Plays along", "due_date": "2026-05" })), &[]),
            (one(json!({ "text": "Plays along", "status": "achieved" })), &[]),
            (one(json!({ "text": "Plays along", "status": "changed-my-mind" })), &[]),
        ],
    );
}

#[test]
fn each_open_goal_wants_a_short_one_and_each_step_a_goal() {
    let goal =
        |id: &str, status: &str| json!({ "goal_id": id, "status": status, "statement": { "text": "I want to sing" } });
    let plan = |goals: Value| json!({ "goals": goals });
    let two = plan(json!([goal("g1", "active"), goal("g2", "proposed")]));
    let reached = plan(json!([goal("g1", "active"), goal("g2", "achieved")]));
    let unsaid = plan(json!([goal("g1", "active"), { "goal_id": "g2", "statement": { "text": "TBD" } }]));
    check_places("OBJ-003", [(two, &["/goals/1"]), (reached, &[]), (unsaid, &[])]);
    let other = plan(json!([goal("g2", "active")]));
    let (no_goal, nameless) = (plan(json!([])), plan(json!([{ "statement": { "text": "I want to sing" } }])));
    check_places(
        "ACT-004",
        [(other, &["/actions/0/goal_id", "/actions/1/goal_id", "/actions/2/goal_id"]), (no_goal, &[]), (nameless, &[])],
    );
}
