//! The person's readable copy: whole plans as golden files, every word of the person verbatim, and what has no place there.

mod pdf;

use std::{env, fs};

use ownwords::{
    copy::{Copy, Language},
    plan::{Plan, goal::ExpressedBy},
    rules::thread::Thread,
};
use serde_json::{Value, json};

fn folder(name: &str) -> String {
    format!("{}/tests/data/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn tree(name: &str) -> Value {
    let file = format!("{}/{name}.plan.json", folder("fhir"));
    serde_json::from_str(&fs::read_to_string(file).expect("a plan")).expect("JSON")
}

fn plan(name: &str) -> Plan {
    serde_json::from_value(tree(name)).expect("the plan model")
}

fn text(plan: &Plan, language: Language) -> String {
    Copy::of(plan, language, None).text().reveal().to_owned()
}

#[test]
fn whole_plans_read_as_they_should() {
    for (name, language) in [
        ("everything", Language::English),
        ("everything", Language::Spanish),
        ("no-goal", Language::English),
        ("part2", Language::English),
        ("spanish", Language::Spanish),
    ] {
        let text = text(&plan(name), language);
        let file = format!("{}/{name}.{}.txt", folder("copy"), language.tag());
        if env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&file, &text).expect("written");
        }
        assert_eq!(text, fs::read_to_string(&file).unwrap_or_default(), "{file}");
    }
}

/// Texts of the record that the person reads, wherever they stand in a plan.
fn told(tree: &Value) -> Vec<String> {
    let sections = [
        "goals",
        "strengths",
        "preferences",
        "barriers",
        "risks",
        "objectives",
        "actions",
        "whole_person",
        "crisis",
        "transition",
        "no_goal",
        "interpretive_summary",
        "agreement",
        "planning",
    ];
    let names = [
        "text",
        "why_it_matters",
        "mitigation",
        "measure",
        "purpose",
        "vision",
        "roles",
        "interests",
        "culture",
        "faith",
        "important_to_me",
        "what_gives_life",
        "how_i_understand_it",
        "what_helps",
        "what_to_avoid",
        "people_to_call",
        "preferences",
        "criteria_text",
        "supports_after",
        "explanation",
        "disagreement_text",
        "actor_name",
        "alternatives",
    ];
    let mut found = Vec::new();
    for section in sections {
        collect(&tree[section], &names, &mut found);
    }
    found
}

fn collect(tree: &Value, names: &[&str], found: &mut Vec<String>) {
    match tree {
        Value::Object(members) => {
            for (name, value) in members.iter().filter(|(name, _)| *name != "diagnosis") {
                match value {
                    Value::String(text) if names.contains(&name.as_str()) => found.push(text.clone()),
                    Value::Array(all) if names.contains(&name.as_str()) => {
                        found.extend(all.iter().filter_map(Value::as_str).map(str::to_owned));
                    }
                    value => collect(value, names, found),
                }
            }
        }
        Value::Array(all) => all.iter().for_each(|one| collect(one, names, found)),
        _ => {}
    }
}

#[test]
fn every_word_of_the_record_is_there_verbatim() {
    for (name, least) in [("everything", 30), ("odd", 4), ("spanish", 4), ("part2", 1), ("minimal", 1), ("no-goal", 1)]
    {
        let tree = tree(name);
        let told = told(&tree);
        assert!(told.len() >= least, "{name}: {} texts", told.len());
        for language in Language::ALL {
            let text = text(&plan(name), language);
            for words in told.iter().filter(|words| !words.trim().is_empty()) {
                assert!(text.contains(words.as_str()), "{name} {language:?}: {} characters are missing", words.len());
            }
        }
    }
}

#[test]
fn what_is_for_programs_stays_out() {
    let text = text(&plan("everything"), Language::English);
    for code in
        ["F41.1", "Generalized anxiety", "H2014", "RP-2041", "000123", "S-77", "1987", "H0038", "action\n", "555"]
    {
        assert!(!text.contains(code), "{code:?} is no part of a person's copy");
    }
}

#[test]
fn words_are_called_the_persons_own_only_where_the_record_bears_it_out() {
    let mut plan = plan("everything");
    plan.goals.truncate(1);
    let own = "My goal, in my own words";
    let heading = |plan: &Plan| text(plan, Language::English).contains(own);
    assert!(heading(&plan), "attested");
    plan.goals[0].statement.attestation = None;
    assert!(heading(&plan), "read back to the person");
    plan.goals[0].statement.capture_method = Some("staff-summary".into());
    assert!(!heading(&plan), "summed up by staff");
    plan.goals[0].statement.capture_method = None;
    assert!(heading(&plan), "the person spoke");
    for speaker in [ExpressedBy::Guardian, ExpressedBy::Family, ExpressedBy::Staff, ExpressedBy::CourtOrAgency] {
        plan.goals[0].statement.expressed_by = Some(speaker.clone());
        assert!(!heading(&plan), "{speaker:?} spoke");
    }
    plan.goals[0].statement.expressed_by = None;
    assert!(!heading(&plan), "nobody says who spoke");
}

#[test]
fn the_persons_words_come_before_the_professionals() {
    let plan = plan("everything");
    let text = text(&plan, Language::English);
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part:?} is missing"));
    let order = [
        at("I want to go back to college"),
        at("What I do:"),
        at("What professionals do:"),
        at("What I bring"),
        at("When things get hard"),
        at("Who is on my team"),
        at("How staff understand it"),
        at("Whether I agree"),
    ];
    assert!(order.is_sorted(), "{order:?}");
}

#[test]
fn the_language_follows_the_person_and_the_marker_comes_first() {
    let mut plan = plan("spanish");
    assert_eq!(Language::of(&plan), Language::Spanish);
    plan.person.primary_language = Some("ES-PR".to_owned());
    assert_eq!(Language::of(&plan), Language::Spanish);
    plan.person.primary_language = Some("vi".to_owned());
    assert_eq!(Language::of(&plan), Language::English);
    let marked = Copy::of(&plan, Language::English, Some("ownwords plan x v2"));
    assert!(marked.text().reveal().starts_with("ownwords plan x v2\n\nMy recovery plan\n"));
    assert!(!format!("{marked:?}").contains("plan x"), "a copy shows no words in a log");
}

/// Each step says under which heading it belongs by the golden thread.
#[test]
fn steps_stand_where_the_golden_thread_has_them() {
    let step = |text: &str, more: Value| {
        let mut step = json!({ "actor": "person", "text": text });
        step.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        step
    };
    let steps = json!([
        step("first", json!({})),
        step("second", json!({ "goal_id": "g2" })),
        step("third", json!({ "goal_id": "nobody's" })),
        step("fourth", json!({ "objective_id": "o1" })),
    ]);
    let goal = |key: &str, status: &str| json!({ "goal_id": key, "status": status, "statement": { "text": "goal" } });
    for goals in [
        json!([goal("g1", "active")]),
        json!([goal("g1", "active"), goal("g2", "active")]),
        json!([goal("g1", "active"), goal("g2", "replaced")]),
        json!([{ "statement": { "text": "goal" } }]),
        json!([]),
    ] {
        let tree = json!({ "goals": goals, "objectives": [{ "id": "o1", "text": "smaller" }], "actions": steps });
        let plan: Plan = serde_json::from_value(tree).expect("a plan");
        let (text, thread) = (text(&plan, Language::English), Thread::of(&plan));
        let other = text.find("Other steps\n").unwrap_or(text.len());
        for (place, action) in plan.actions.iter().enumerate() {
            let words = action.text.as_ref().expect("a step").reveal();
            let hangs = thread
                .strands
                .iter()
                .zip(&plan.goals)
                .any(|(one, goal)| goal.is_live() && one.actions.contains(&place));
            let at = text.find(words).expect("the step is there");
            assert_eq!(at < other, hangs, "{words} of {goals}");
            assert_eq!(text.matches(words).count(), 1, "{words} of {goals}");
        }
    }
}
