//! Profiles of ours from outside: their examples hold, each fault against one is told where it is, and what is not carried is said.

use std::fs;

use ownwords::{
    fhir::check::{Asked, Fault, answer, check_claims},
    rules::Severity,
};
use serde_json::{Value, json};

use super::{super::cases, mutate::changed, root};
use crate::fhir::{bundle_of, plan_in};

const OWN: &str = "https://ownwords.org/fhir/";

/// The examples of our profiles, together in one Bundle.
fn examples() -> Value {
    let mut files: Vec<_> = fs::read_dir(root().join("profiles/compiled/examples"))
        .expect("examples can be listed")
        .map(|file| file.expect("an entry").path())
        .collect();
    files.sort();
    let entry = |path: &std::path::PathBuf| {
        let resource: Value = serde_json::from_slice(&fs::read(path).expect("an example")).expect("it is JSON");
        let at = |name: &str| resource[name].as_str().expect("a text").to_owned();
        json!({ "fullUrl": format!("{OWN}{}/{}", at("resourceType"), at("id")), "resource": resource })
    };
    let entries: Vec<Value> = files.iter().map(entry).collect();
    assert!(entries.len() >= 8, "only {} examples", entries.len());
    json!({ "resourceType": "Bundle", "type": "collection", "entry": entries })
}

fn errors(text: &str) -> Vec<(&'static str, &'static str, String)> {
    let found = check_claims(text.as_bytes()).expect("it is JSON").into_iter();
    found.filter(|fault| fault.severity == Severity::Error).map(|one| (one.code, one.key, one.expression)).collect()
}

/// A fault of `claimed.txt`: what was done, the Bundle, and code, key and expression that it is told as.
pub(super) struct Planted {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) code: String,
    pub(super) key: String,
    pub(super) expression: String,
}

pub(super) fn planted() -> Vec<Planted> {
    let good = examples();
    let listed = fs::read_to_string(root().join("tests/data/fhir/check/claimed.txt")).expect("the list can be read");
    let lines = listed.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let one = |line: &str| {
        let [id, change, code, expression] = line.split(" | ").collect::<Vec<_>>()[..] else { panic!("{line}") };
        let mut bundle = good.clone();
        let entries = bundle["entry"].as_array_mut().expect("entries");
        let at =
            entries.iter().position(|one| one["resource"]["id"] == id).unwrap_or_else(|| panic!("{line}: no such id"));
        changed(&mut entries[at]["resource"], change);
        let (code, key) = code.split_once(' ').unwrap_or((code, ""));
        let within = expression.find('.').map_or("", |dot| &expression[dot..]);
        Planted {
            name: format!("{id} {change}"),
            text: bundle.to_string(),
            code: code.to_owned(),
            key: key.to_owned(),
            expression: format!("Bundle.entry[{at}].resource{within}"),
        }
    };
    lines.map(one).collect()
}

#[test]
fn the_examples_and_all_that_we_write_hold() {
    assert_eq!(errors(&examples().to_string()), []);
    for path in cases() {
        assert_eq!(errors(&bundle_of(&plan_in(&path)).to_string()), [], "{}", path.display());
    }
}

#[test]
fn every_fault_against_a_profile_is_found_where_it_is() {
    let mut wrong = Vec::new();
    for one in planted() {
        let found = errors(&one.text);
        let is_it = |(code, key, expression): &(&str, &str, String)| {
            *code == one.code && *key == one.key && *expression == one.expression
        };
        // What else is told follows from it: a plan without that goal or strength, words that are not there.
        let follows = |other: &(&str, &str, String)| is_it(other) || other.1.starts_with("ow-");
        let is_right = if one.code == "accepted" {
            found.is_empty()
        } else {
            found.iter().any(is_it) && found.iter().all(follows)
        };
        if !is_right {
            wrong
                .push(format!("{}\n  wanted {} {} {}\n  found {found:?}", one.name, one.code, one.key, one.expression));
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_cannot_be_told_of_one_text_is_said_and_not_held_against_it() {
    let plan = examples()["entry"][0]["resource"].take();
    assert_eq!(plan["resourceType"], "CarePlan");
    let found = check_claims(plan.to_string().as_bytes()).expect("it is JSON");
    let told: Vec<_> = found.iter().map(|one| (one.severity, one.code, one.key)).collect();
    let unknown = |key| (Severity::Information, "incomplete", key);
    assert_eq!(told, [unknown("ow-plan-1"), unknown("ow-plan-2")]);
}

#[test]
fn a_profile_that_is_named_is_held_without_a_claim() {
    let goal = json!({ "resourceType": "Goal", "lifecycleStatus": "active", "description": { "text": "x" },
        "subject": { "reference": "Patient/p" } });
    let named = |name: &str| {
        let asked =
            Asked { kind: "Goal".to_owned(), profile: Some(format!("{OWN}StructureDefinition/{name}")), mode: None };
        answer(goal.to_string().as_bytes(), asked).expect("it is JSON")
    };
    let keys = |faults: Vec<Fault>| -> Vec<_> { faults.into_iter().map(|one| (one.code, one.key)).collect() };
    assert_eq!(keys(named("own-words-goal|0.1.0")), [("invariant", "ow-goal-2"), ("invariant", "ow-goal-3")]);
    assert_eq!(keys(named("pcrp-objective")), [("invariant", "ow-objective-1")]);
    assert_eq!(keys(named("pcrp-careteam")), [("structure", "")], "a profile of another type");
    assert_eq!(keys(named("no-such-profile")), [("not-supported", "")], "never a false valid");
}

#[test]
fn a_claim_of_another_guide_is_counted_and_ones_own_base_is_not() {
    let claims = |urls: &[&str]| {
        let mut bundle = examples();
        let goals = bundle["entry"].as_array_mut().expect("entries").iter_mut();
        let mut goals = goals.filter(|one| one["resource"]["id"] == "example-goal");
        let goal = goals.next().expect("the example is there");
        goal["resource"]["meta"]["profile"].as_array_mut().expect("claims").extend(urls.iter().map(|url| json!(url)));
        let found = check_claims(bundle.to_string().as_bytes()).expect("it is JSON");
        found.into_iter().map(|one| (one.severity, one.code)).collect::<Vec<_>>()
    };
    assert_eq!(claims(&["http://hl7.org/fhir/us/core/StructureDefinition/us-core-goal"]), []);
    let other = "http://hl7.org/fhir/us/eltss/StructureDefinition/Goal-eltss";
    assert_eq!(claims(&[other]), [(Severity::Information, "not-supported")]);
    let lost = format!("{OWN}StructureDefinition/lost");
    assert_eq!(claims(&[&lost]), [(Severity::Warning, "not-found")]);
}
