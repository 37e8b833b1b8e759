//! The golden thread: what hangs on which goal, by keys, through an objective, or because there is only one goal.

use ownwords::{
    plan::Plan,
    rules::thread::{StepsBy, Strand, Thread},
};
use serde_json::{Value, json};

fn thread(plan: Value) -> Thread {
    Thread::of(&serde_json::from_value::<Plan>(plan).expect("a plan"))
}

#[test]
fn keys_tie_each_part_to_its_goal() {
    let thread = thread(json!({
        "goals": [{ "goal_id": "g1", "strengths_used": ["s2", "s9"] }, { "goal_id": "g2", "strengths_used": ["s2"] }],
        "strengths": [{ "strength_id": "s1" }, { "strength_id": "s2" }, {}],
        "barriers": [{ "text": "no car" }],
        "objectives": [{ "id": "o1", "goal_id": "g2" }, { "id": "o2" }, { "id": "o3", "goal_id": "g1", "status": "replaced" }],
        "actions": [
            { "actor": "person", "objective_id": "o1" },
            { "actor": "peer", "goal_id": "g1", "objective_id": "o1" },
            { "actor": "professional", "objective_id": "o3" },
            { "actor": "community", "objective_id": "o2" },
            { "actor": "natural-support", "goal_id": "g9" },
            { "actor": "a cousin", "goal_id": " " },
            { "actor": "person", "goal_id": "g1", "status": "entered-in-error" },
            {},
        ],
    }));
    let first = Strand { strengths: vec![1], actions: vec![1, 2], ..Strand::default() };
    let second = Strand { strengths: vec![1], objectives: vec![0], actions: vec![0], ..Strand::default() };
    assert_eq!(thread.strands, [first, second]);
    let loose = Strand { strengths: vec![0, 2], barriers: vec![0], objectives: vec![1], actions: vec![3, 4, 5] };
    assert_eq!(thread.loose, loose);
    let each = StepsBy { person: 1, natural_support: 1, peer: 1, professional: 1, community: 1, unknown: 1 };
    assert_eq!((thread.steps, thread.steps.all()), (each, 6));
}

#[test]
fn the_only_live_goal_ties_what_names_none() {
    let parts = |goals: Value| {
        thread(json!({
            "goals": goals,
            "barriers": [{ "text": "no car" }],
            "objectives": [{ "id": "o1" }],
            "actions": [{ "actor": "person" }, { "actor": "person", "objective_id": "o1" }, { "actor": "person", "goal_id": "g9" }],
        }))
    };
    let tied = |actions: Vec<usize>| Strand { strengths: vec![], barriers: vec![0], objectives: vec![0], actions };
    let loose = |actions: Vec<usize>| Strand { actions, ..Strand::default() };
    let gone = json!({ "goal_id": "g2", "status": "changed-my-mind" });
    let named = parts(json!([gone, { "goal_id": "g1" }]));
    assert_eq!(
        (&named.strands[1], &named.loose),
        (&tied(vec![0, 1]), &loose(vec![2])),
        "a key nobody has ties nothing"
    );
    let unnamed = parts(json!([{}]));
    assert_eq!((&unnamed.strands[0], &unnamed.loose), (&tied(vec![0, 1, 2]), &loose(vec![])), "no key to name it by");
    assert_eq!(parts(json!([gone])).loose, tied(vec![0, 1, 2]));
    assert_eq!(parts(json!([{}, {}])).loose, tied(vec![0, 1, 2]));
    assert_eq!(parts(json!([])).loose, tied(vec![0, 1, 2]));
}
