//! Every coded value and every date of a plan is visited, with the pointer under which its JSON has it.

use std::collections::BTreeSet;

use ownwords::plan::Plan;
use serde_json::Value;

/// A plan with every coded field set to `c…` and every date to `d…`, each different.
const EVERYTHING: &str = include_str!("../../data/rules/everything.json");

#[test]
fn every_code_and_every_date_is_visited_once() {
    let json: Value = serde_json::from_str(EVERYTHING).expect("the plan");
    let plan: Plan = serde_json::from_str(EVERYTHING).expect("the plan");
    let (mut codes, mut dates) = (Vec::new(), Vec::new());
    plan.codes(&mut |at, coded| {
        assert!(coded.is_other() && !coded.vocabulary().is_empty());
        codes.push((at.to_string(), coded.as_str().to_owned()));
    });
    plan.dates(&mut |at, date| dates.push((at.to_string(), date.as_str().to_owned())));
    let (wanted_codes, wanted_dates) = (leaves(&json, 'c'), leaves(&json, 'd'));
    assert!(wanted_codes.len() > 50 && wanted_dates.len() > 20, "{} {}", wanted_codes.len(), wanted_dates.len());
    assert_eq!((codes.len(), dates.len()), (wanted_codes.len(), wanted_dates.len()));
    assert_eq!(codes.into_iter().collect::<BTreeSet<_>>(), wanted_codes);
    assert_eq!(dates.into_iter().collect::<BTreeSet<_>>(), wanted_dates);
}

/// The model knows every field of the plan above, so that none is missing there without notice.
#[test]
fn the_plan_above_survives_a_round_trip() {
    let json: Value = serde_json::from_str(EVERYTHING).expect("the plan");
    let plan: Plan = serde_json::from_str(EVERYTHING).expect("the plan");
    assert_eq!(serde_json::to_value(plan).expect("JSON"), json);
}

/// Pointers and values of the texts that are a kind's letter and a number.
fn leaves(json: &Value, kind: char) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    let mut open = vec![(String::new(), json)];
    while let Some((pointer, value)) = open.pop() {
        match value {
            Value::Object(fields) => {
                open.extend(fields.iter().map(|(name, inner)| (format!("{pointer}/{name}"), inner)));
            }
            Value::Array(items) => {
                open.extend(items.iter().enumerate().map(|(i, inner)| (format!("{pointer}/{i}"), inner)));
            }
            Value::String(text) => {
                let number =
                    text.strip_prefix(kind).filter(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()));
                if number.is_some() {
                    found.insert((pointer, text.clone()));
                }
            }
            _ => {}
        }
    }
    found
}
