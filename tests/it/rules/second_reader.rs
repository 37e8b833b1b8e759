//! Goals of a reader who had not seen the marker tables: where does the judge hear them as that reader does?

use std::{collections::BTreeMap, fs};

use ownwords::rules::Outcome;
use serde::Deserialize;
use serde_json::json;

use super::{
    judged, plan_with,
    shared_examples::{table, voice},
};

/// Heard otherwise than the second reader labeled, each a question to the person and none sent back. Whether "my son wants" is a
/// guardian's or a parent's own goal only the record can tell; a phrase of one weak kind is borderline, whoever would say it.
const KNOWN: [(&str, &str); 12] = [
    ("My son wants friends who come over to our house.", "own-words"),
    ("We want our daughter to finish school and be safe.", "own-words"),
    ("Our brother would like to live closer to family.", "own-words"),
    ("Mi hija quiere estudiar enfermería.", "own-words"),
    ("Queremos que nuestro hijo tenga amigos.", "own-words"),
    ("Compliance", "borderline"),
    ("Activities of Daily Living (ADL) Skills", "borderline"),
    ("Coping Skills", "plausible"),
    ("Anger Management", "plausible"),
    ("Improve mental health", "borderline"),
    ("Improve family relationships", "borderline"),
    ("Adherencia a medicamentos", "borderline"),
];

/// The same of the goals held out: a measure or an opening verb alone is asked about, as the trade uses both.
const KNOWN_HELD_OUT: [(&str, &str); 21] = [
    ("Stay clean for 90 days", "borderline"),
    ("Walk 3x a week", "borderline"),
    ("Gym 2 x a week with Tony", "borderline"),
    ("Lose 20 pounds within 6 months", "borderline"),
    ("Pass 4 of 5 GED tests", "borderline"),
    ("Pay 50% of the rent", "borderline"),
    ("control anger", "borderline"),
    ("manage anxiety better", "borderline"),
    ("Take meds as prescribed and stay out of jail", "borderline"),
    ("Reduce debt", "borderline"),
    ("Increase hours at work", "borderline"),
    ("Develop photos again", "borderline"),
    ("Maintain the garden", "borderline"),
    ("Identify birds", "borderline"),
    ("Achieve a black belt", "borderline"),
    ("Quit using for 6 months", "borderline"),
    ("Controlar la ira", "borderline"),
    ("Mantener la casa limpia", "borderline"),
    ("No más recaídas", "borderline"),
    ("Cumplir con la corte", "borderline"),
    ("Compliance with medication and appointments", "borderline"),
];

#[derive(Deserialize)]
struct Read {
    goal: Vec<Goal>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Goal {
    kind: String,
    text: String,
    lang: Option<String>,
    preferred_name: Option<String>,
    said: String,
}

#[test]
fn a_second_reader_hears_what_the_judge_hears() {
    check("second_reader", &KNOWN);
}

#[test]
fn goals_held_out_are_heard_as_well() {
    check("held_out", &KNOWN_HELD_OUT);
}

/// Each goal is heard as labeled but for the known ones, told with what is heard instead; and no goal of a person is sent back.
fn check(file: &str, known: &[(&str, &str)]) {
    let text = fs::read_to_string(format!("tests/data/rules/{file}.toml")).expect("the goals");
    let read: Read = toml::from_str(&text).expect("labeled goals");
    let mut confusion: BTreeMap<[String; 3], usize> = BTreeMap::new();
    let (mut differs, mut unexpected, mut sent_back) = (Vec::new(), Vec::new(), Vec::new());
    for goal in &read.goal {
        let heard = voice(&goal.text, goal.lang.as_deref(), goal.preferred_name.as_deref());
        let language = goal.lang.as_deref().unwrap_or("none");
        *confusion.entry([language, goal.said.as_str(), heard].map(str::to_owned)).or_default() += 1;
        if heard != goal.said {
            differs.push((goal.text.as_str(), heard));
        }
        if (heard != goal.said) != known.contains(&(goal.text.as_str(), heard)) {
            unexpected.push(format!("{} {language} {:?}: {heard}, labeled {}", goal.kind, goal.text, goal.said));
        }
        if is_persons(goal) && is_sent_back(goal) {
            sent_back.push(goal.text.as_str());
        }
    }
    println!("{file}, language: labeled → judged: goals\n{}", table(&confusion));
    println!("{} of {} heard alike", read.goal.len() - differs.len(), read.goal.len());
    assert!(unexpected.is_empty(), "sent back: {sent_back:?}\n{}", unexpected.join("\n"));
    assert_eq!(differs.len(), known.len(), "a known one is in no goal");
    assert_eq!(sent_back, Vec::<&str>::new());
}

/// Whether the reader hears the person, or an idea of theirs, in the goal.
fn is_persons(goal: &Goal) -> bool {
    ["own-words", "plausible", "reported", "cannot-judge"].contains(&goal.said.as_str())
}

fn is_sent_back(goal: &Goal) -> bool {
    let plan = plan_with(json!({
        "person": { "local_id": "P-77", "preferred_name": goal.preferred_name },
        "goals": [{ "goal_id": "g1", "status": "active", "statement": { "text": goal.text, "lang": goal.lang } }],
    }));
    judged(&plan, "standard").outcome() == Outcome::Rejected
}
