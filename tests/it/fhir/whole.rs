//! What holds of every Bundle, whatever the plan holds: authored plans with their values shaken at random.
//!
//! References resolve, ids are one of a kind, nothing is empty, and dates, codes and URIs have FHIR's form.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
};

use ownwords::{fhir, plan::Plan};
use proptest::prelude::{BoxedStrategy, Just, ProptestConfig, Strategy, prop_oneof, proptest};
use regex::Regex;
use serde_json::{Value, json};

use super::{bundle_of, case};

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_bundle_is_whole(plan in any_plan()) {
        let bundle = bundle_of(&plan);
        holds(&bundle);
    }
}

/// What must hold of every Bundle by method A.
pub(super) fn holds(bundle: &Value) {
    resolves(bundle);
    let entries = bundle["entry"].as_array().expect("entries");
    let urls: BTreeSet<&str> = entries.iter().filter_map(|entry| entry["fullUrl"].as_str()).collect();
    assert_eq!(urls.len(), entries.len(), "every entry has a fullUrl of its own");
    for entry in entries {
        let resource = &entry["resource"];
        let kind = resource["resourceType"].as_str().expect("a type");
        let at = format!("{kind}/{}", resource["id"].as_str().expect("an id"));
        assert_eq!(entry["request"], json!({"method": "PUT", "url": at}));
        assert!(entry["fullUrl"].as_str().is_some_and(|url| url.ends_with(&format!("/{at}"))));
        assert!(kind == "Provenance" || !resource["identifier"].is_null(), "{kind} has no identifier");
    }
    walk("", bundle, &mut |name, value| {
        match value {
            Value::String(text) => assert!(text.chars().any(|c| c > ' ' && !c.is_whitespace()), "{name} is blank"),
            Value::Array(items) => assert!(!items.is_empty(), "{name} is empty"),
            Value::Object(members) => assert!(!members.is_empty(), "{name} is empty"),
            Value::Null => panic!("{name} is null"),
            Value::Bool(_) | Value::Number(_) => {}
        }
        if let Some(text) = value.as_str() {
            assert_form(name, text);
        }
    });
}

pub(super) fn resolves(bundle: &Value) {
    let entries = bundle["entry"].as_array().expect("entries");
    let here: BTreeSet<String> = entries
        .iter()
        .map(|entry| entry["fullUrl"].as_str().expect("a fullUrl").trim_start_matches(fhir::OWN_BASE).to_owned())
        .collect();
    walk("", bundle, &mut |name, value| {
        if let ("reference", Some(to)) = (name, value.as_str()) {
            assert!(here.contains(to), "{to} is not in the Bundle");
        }
    });
}

fn walk<'v>(name: &'v str, value: &'v Value, look: &mut impl FnMut(&str, &Value)) {
    look(name, value);
    match value {
        Value::Object(members) => members.iter().for_each(|(name, member)| walk(name, member, look)),
        Value::Array(items) => items.iter().for_each(|item| walk(name, item, look)),
        _ => {}
    }
}

/// Patterns that were made before, since making one costs more than all its uses.
static FORMS: Mutex<BTreeMap<String, Regex>> = Mutex::new(BTreeMap::new());

/// The patterns of FHIR's own specification, for the elements that hold dates, codes and URIs.
fn assert_form(name: &str, text: &str) {
    let year = "([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)";
    let month = "(0[1-9]|1[0-2])";
    let day = "(0[1-9]|[1-2][0-9]|3[0-1])";
    let clock =
        "T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\\.[0-9]+)?(Z|(\\+|-)((0[0-9]|1[0-3]):[0-5][0-9]|14:00))";
    let pattern = match name {
        "birthDate" | "startDate" | "dueDate" | "statusDate" | "valueDate" => format!("{year}(-{month}(-{day})?)?"),
        "recorded" => format!("{year}-{month}-{day}{clock}"),
        "start" | "end" | "created" | "authoredOn" | "authored" | "effectiveDateTime" | "performedDateTime"
        | "time" | "occurrenceDateTime" | "occurredDateTime" => format!("{year}(-{month}(-{day}({clock})?)?)?"),
        "valueCode" | "code" | "status" | "gender" | "lifecycleStatus" => "[^\\s]+( [^\\s]+)*".to_owned(),
        "system" | "url" | "valueUri" | "fullUrl" => "\\S+".to_owned(),
        "id" => "[A-Za-z0-9\\-.]{1,64}".to_owned(),
        _ => return,
    };
    let mut known = FORMS.lock().expect("no test stops while it looks up a form");
    let form = known
        .entry(pattern)
        .or_insert_with_key(|pattern| Regex::new(&format!("^({pattern})$")).expect("the patterns above are regular"));
    assert!(form.is_match(text), "{name}: {text:?}");
}

/// Any value a source may give where a plan has one: mostly fitting, sometimes odd.
fn leaf(name: &str) -> BoxedStrategy<Value> {
    let odd = prop_oneof![
        Just(json!("")),
        Just(json!("  \n")),
        Just(json!("N/A")),
        Just(json!("a  b | <c> & \"d\"")),
        Just(json!("\u{0}\u{8}\u{c}\u{fffe}")),
        ".{0,12}".prop_map(Value::from),
    ];
    let date = prop_oneof![
        Just(json!("2026-11-01")),
        Just(json!("2026-02-30")),
        Just(json!("2026-03")),
        Just(json!("0000")),
        Just(json!("2026-11-01T10:00Z")),
        Just(json!("2026-11-01T10:00:00.125-05:00")),
        Just(json!("2026-11-01T10:00:00+15:00")),
        "[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2}))?".prop_map(Value::from),
    ];
    let fitting = match name {
        name if name.ends_with("date") || name.ends_with("_on") || name.ends_with("_at") => date.boxed(),
        "start" | "end" | "at" | "as_of" | "next_review_due" | "next_conversation_by" => date.boxed(),
        "lang" | "primary_language" | "language" => {
            prop_oneof![Just(json!("es")), Just(json!("en-US")), Just(json!("en US")), Just(json!("e"))].boxed()
        }
        _ => Just(Value::Null).boxed(),
    };
    prop_oneof![2 => Just(None), 1 => odd.prop_map(Some), 1 => fitting.prop_map(Some)]
        .prop_map(|value| value.unwrap_or(Value::String("\u{1}keep".to_owned())))
        .boxed()
}

/// The plan that has everything, with values replaced, lists cut or doubled, and parts left out.
fn shaken(name: &str, value: &Value) -> BoxedStrategy<Value> {
    match value {
        Value::Object(members) => {
            let members: Vec<_> = members
                .iter()
                .map(|(name, member)| {
                    let kept = prop_oneof![6 => Just(true), 1 => Just(false)];
                    (Just(name.clone()), kept, shaken(name, member))
                })
                .collect();
            members
                .prop_map(|members| {
                    Value::Object(
                        members.into_iter().filter(|one| one.1).map(|(name, _, member)| (name, member)).collect(),
                    )
                })
                .boxed()
        }
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| (0_usize..3, shaken(name, item))).collect();
            items
                .prop_map(|items| {
                    Value::Array(items.into_iter().flat_map(|(times, item)| std::iter::repeat_n(item, times)).collect())
                })
                .boxed()
        }
        Value::String(text) => {
            let text = text.clone();
            leaf(name)
                .prop_map(move |value| if value == "\u{1}keep" || value.is_null() { json!(text) } else { value })
                .boxed()
        }
        other => Just(other.clone()).boxed(),
    }
}

fn any_plan() -> impl Strategy<Value = Plan> {
    let whole = ["everything", "part2", "spanish", "odd", "no-goal"].map(|name| {
        let plan = serde_json::to_value(case(name)).expect("a plan is JSON");
        shaken("", &plan)
    });
    proptest::strategy::Union::new(whole).prop_map(|plan| serde_json::from_value(plan).expect("text stays text"))
}
