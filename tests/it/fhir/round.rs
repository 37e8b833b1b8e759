//! Plan → Bundle → plan: equal in every field, and nothing of ours is unread.

use ownwords::{
    fhir::{self, Ids},
    mapping::{Packs, Read},
    pipeline,
    plan::{Goal, Plan},
};
use proptest::prelude::{ProptestConfig, any, prop_assert_eq, proptest};
use serde_json::Value;

use super::{BOTH, case, cases, generated, plan_in};

/// Reads a file of FHIR that must hold one plan.
pub(super) fn read(text: String) -> Read {
    let mut all = read_all(text);
    assert_eq!(all.len(), 1, "one plan");
    all.remove(0).expect("the plan can be read")
}

/// Reads a file of FHIR: each plan, or the rule that stands in its place.
pub(super) fn read_all(text: String) -> Vec<Result<Read, &'static str>> {
    let mapping = Packs::load(None).expect("the mappings load").get("fhir-r4").expect("fhir-r4 is built in");
    let records = pipeline::open(&mapping, "plans.json", Box::new(std::io::Cursor::new(text)));
    let records = records.map_err(|refused| refused.message).expect("the file can be opened");
    records.map(|mapped| mapped.read.map_err(|refused| refused.rule)).collect()
}

fn there_and_back(plan: &Plan) -> Read {
    read(fhir::transaction(&fhir::resources(plan, &Ids::public(), BOTH)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_plan_comes_back_as_it_went(seed in any::<u64>()) {
        let plan = generated::plan(seed);
        let back = there_and_back(&plan);
        let (said, expected) = (json_of(&back.plan), json_of(&carried(plan)));
        prop_assert_eq!(differences(&expected, &said), Vec::<String>::new());
        let unread: Vec<_> = back.unread.iter().map(|unread| unread.path.as_str()).collect();
        prop_assert_eq!(unread, Vec::<&str>::new());
    }
}

/// Where two values differ, so that a failure is short.
fn differences(expected: &Value, said: &Value) -> Vec<String> {
    fn walk(path: &str, expected: &Value, said: &Value, found: &mut Vec<String>) {
        match (expected, said) {
            (Value::Object(one), Value::Object(other)) => {
                for name in one.keys().chain(other.keys().filter(|name| !one.contains_key(*name))) {
                    let of = |side: &serde_json::Map<String, Value>| side.get(name).cloned().unwrap_or_default();
                    walk(&format!("{path}/{name}"), &of(one), &of(other), found);
                }
            }
            (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
                one.iter()
                    .zip(other)
                    .enumerate()
                    .for_each(|(at, (one, other))| walk(&format!("{path}/{at}"), one, other, found));
            }
            _ if expected == said => {}
            _ => found.push(format!("{path}: expected {expected}, came back {said}")),
        }
    }
    let mut found = Vec::new();
    walk("", expected, said, &mut found);
    found
}

#[test]
fn the_authored_plans_come_back() {
    for path in cases().into_iter().filter(|path| !path.ends_with("odd.plan.json")) {
        let plan = plan_in(&path);
        let back = there_and_back(&plan);
        let differ = differences(&json_of(&carried(plan)), &json_of(&back.plan));
        assert_eq!(differ, Vec::<String>::new(), "{}", path.display());
        assert!(back.unread.is_empty(), "{}: {:?}", path.display(), back.unread);
    }
}

#[test]
fn odd_texts_come_back_byte_for_byte() {
    let plan = case("odd");
    let back = there_and_back(&plan).plan;
    let filled = |goal: &Goal| goal.statement.text.clone().filter(|text| !text.is_blank());
    let said = |plan: &Plan| plan.goals.iter().map(filled).collect::<Vec<_>>();
    assert_eq!(said(&back), said(&plan));
    let told = |plan: &Plan| plan.preferences.iter().map(|one| one.text.clone()).collect::<Vec<_>>();
    let given = told(&back).into_iter().flatten().map(Some).collect::<Vec<_>>();
    assert!(!given.is_empty() && given.iter().all(|text| told(&plan).contains(text)));
}

#[test]
fn what_another_adds_to_our_bundle_is_told() {
    let bundle = fhir::transaction(&fhir::resources(&case("everything"), &Ids::public(), BOTH));
    let mut bundle: Value = serde_json::from_str(&bundle).expect("JSON");
    let goal = bundle["entry"]
        .as_array_mut()
        .expect("entries")
        .iter_mut()
        .find(|entry| entry["resource"]["resourceType"] == "Goal");
    goal.expect("a Goal")["resource"]["outcomeCode"] = serde_json::json!([{ "text": "added" }]);
    let back = read(bundle.to_string());
    let paths: Vec<_> = back.unread.iter().map(|unread| unread.path.as_str()).collect();
    assert_eq!(paths, ["Goal.outcomeCode[].text"]);
    assert_eq!(back.plan.unmapped.len(), 1);
}

/// What comes back of a plan: all of it, but for which mapping read it and what that mapping found no field for.
fn carried(mut plan: Plan) -> Plan {
    plan.schema_version = Some("1.0".into());
    (plan.source.mapping_id, plan.source.mapping_version) = (Some("fhir-r4".into()), Some("1".into()));
    plan.unmapped.clear();
    plan
}

/// The plan as JSON, without groups and entries in which nothing at all is given.
fn json_of(plan: &Plan) -> Value {
    fn pruned(value: Value) -> Option<Value> {
        match value {
            Value::Object(members) => {
                let given = members.into_iter().filter_map(|(name, member)| Some((name, pruned(member)?)));
                let given: serde_json::Map<String, Value> = given.collect();
                (!given.is_empty()).then_some(Value::Object(given))
            }
            Value::Array(items) => {
                let given: Vec<Value> = items.into_iter().filter_map(pruned).collect();
                (!given.is_empty()).then_some(Value::Array(given))
            }
            other => Some(other),
        }
    }
    pruned(serde_json::to_value(plan).expect("a plan is JSON")).unwrap_or_default()
}
