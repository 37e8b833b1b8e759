//! The design's labeled examples, where they lie beside the project: every voice, and every finding of a rule we have.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::PathBuf,
};

use ownwords::rules::{
    catalogue,
    wording::{About, judge_text},
};
use serde_json::{Value, json};

use super::{judged_among, plan_with, rules_of, today};

/// The verdict on a text alone.
pub(super) fn voice(text: &str, language: Option<&str>, preferred_name: Option<&str>) -> &'static str {
    judge_text(text, &About { language, primary_language: None, preferred_name }).voice.as_str()
}

/// A file of the design folder, when it lies where the workshop keeps it.
pub(super) fn design(file: &str) -> Option<String> {
    let shared = env::var_os("OWNWORDS_SHARED").map_or_else(|| PathBuf::from("../shared"), PathBuf::from);
    let paths = [shared.join("design").join(file), shared.join("../design").join(file)];
    let text = paths.iter().find_map(|path| fs::read_to_string(path).ok());
    if text.is_none() {
        println!("skipped: {} is not there", paths[0].display());
    }
    text
}

#[test]
fn voices_and_markers_are_as_labeled() {
    let Some(examples) = examples() else { return };
    let mut confusion: BTreeMap<[String; 3], usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for example in examples.iter().filter(|example| example["kind"] == "goal") {
        let context = &example["context"];
        let about = About {
            language: example["lang"].as_str(),
            primary_language: example["lang"].as_str(),
            preferred_name: context["preferred_name"].as_str(),
        };
        let judged = judge_text(text_of(example), &about);
        let (labeled, got) = (example["verdict"].as_str().unwrap_or_default(), judged.voice.as_str());
        let language = example["lang"].as_str().unwrap_or("none");
        *confusion.entry([language, labeled, got].map(str::to_owned)).or_default() += 1;
        let beside = ["C9", "S9", "D", "OTHERS", "NAME"];
        let markers: BTreeSet<_> = judged.markers.ids().filter(|id| !beside.contains(id)).map(str::to_owned).collect();
        if labeled != got || markers != kinds_of(example) {
            wrong.push(format!("{}: {got} {markers:?}, labeled {labeled} {}", example["id"], example["markers"]));
        }
    }
    println!("language: labeled → judged: goals\n{}", table(&confusion));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn findings_are_as_labeled() {
    let Some(examples) = examples() else { return };
    let mut wrong = Vec::new();
    let mut run = 0;
    let in_scope: BTreeSet<_> = examples.iter().flat_map(labels).collect();
    for example in &examples {
        let Some(fields) = fields_of(example) else { continue };
        run += 1;
        let labeled: BTreeSet<_> = labels(example).filter(|rule| catalogue::rule(rule).is_some()).collect();
        // This person is one of those who have the same text.
        let people = example["context"]["people_with_same_text"].as_u64().unwrap_or(1);
        let others = usize::try_from(people).expect("few people") - 1;
        let verdict = judged_among(others, &plan_with(fields), "standard", today());
        let found: BTreeSet<_> = rules_of(&verdict).into_iter().filter(|rule| in_scope.contains(rule)).collect();
        let all_known = labels(example).count() == labeled.len();
        let outcome = match verdict.outcome().as_str() {
            "accepted" => "accept",
            "accepted_with_warnings" => "warn",
            _ => "reject",
        };
        if found != labeled || (all_known && example["expected"] != outcome) {
            wrong.push(format!("{}: {outcome} {found:?}, labeled {} {labeled:?}", example["id"], example["expected"]));
        }
    }
    println!("{run} examples judged");
    assert!(run > 100, "{run}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn examples() -> Option<Vec<Value>> {
    let file: Value = serde_json::from_str(&design("goal-examples.json")?).expect("the labeled examples");
    file["examples"].as_array().cloned()
}

/// The findings that an example is labeled with.
fn labels(example: &Value) -> impl Iterator<Item = &str> {
    example["rules"].as_array().map_or(&[][..], Vec::as_slice).iter().filter_map(Value::as_str)
}

fn text_of(example: &Value) -> &str {
    example["text"].as_str().unwrap_or_default()
}

/// Labeled markers are told by table (`C1a`); ours by kind (`C1`).
fn kinds_of(example: &Value) -> BTreeSet<String> {
    let markers = example["markers"].as_array().map_or(&[][..], Vec::as_slice).iter().filter_map(Value::as_str);
    markers.map(|marker| marker.trim_end_matches(['a', 'b']).to_owned()).collect()
}

/// The fields of the plan that an example stands for.
fn fields_of(example: &Value) -> Option<Value> {
    let (context, lang) = (&example["context"], &example["lang"]);
    let person = json!({ "local_id": "P-77", "primary_language": lang, "preferred_name": context["preferred_name"] });
    let planning = json!({
        "person_took_part": "yes",
        "interpreter": { "language": lang },
        "preplanning": [{ "kind": "preparation" }],
    });
    match example["kind"].as_str()? {
        "goal" => {
            let mut statement = json!({ "text": example["text"], "lang": lang });
            for part in ["expressed_by", "capture_method", "attestation"] {
                statement[part] = context[part].clone();
            }
            let mut goals = vec![json!({ "goal_id": "g1", "status": "active", "statement": statement })];
            let others = context["other_goals"].as_array().map_or(&[][..], Vec::as_slice);
            goals.extend(others.iter().map(|text| json!({ "status": "active", "statement": { "text": text } })));
            Some(json!({ "person": person, "planning": planning, "goals": goals, "overrides": context["overrides"] }))
        }
        "strength" => {
            let strength = json!({ "text": example["text"], "told_by": context["told_by"] });
            Some(json!({ "person": person, "planning": planning, "strengths": [strength] }))
        }
        "staff-text" | "person-text" => {
            Some(json!({ "reviews": [{ "progress": [{ "goal_id": "g1", "text": example["text"] }] }] }))
        }
        "peer-action" => Some(json!({ "actions": [{ "actor": "peer", "text": example["text"] }] })),
        "plan" => {
            let mut fields = json!({});
            if let Some(participants) = context["participants"].as_array() {
                let invited = participants.iter().map(|one| {
                    let mut one = one.clone();
                    one["invited_by_person"] = json!("yes");
                    one
                });
                fields["planning"] = json!({ "person_took_part": "yes", "participants": invited.collect::<Vec<_>>() });
            }
            if context["actions"].is_array() {
                fields["actions"] = context["actions"].clone();
            }
            Some(fields)
        }
        _ => None,
    }
}

pub(super) fn table(confusion: &BTreeMap<[String; 3], usize>) -> String {
    let line = |([language, labeled, got], goals): (&[String; 3], &usize)| {
        format!(
            "{language:>5}: {labeled:>16} → {got:<16} {goals:>4}{}",
            if labeled == got { "" } else { "  <- differs" }
        )
    };
    confusion.iter().map(line).collect::<Vec<_>>().join("\n")
}
