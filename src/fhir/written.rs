//! What a client sends to change a plan, held against what we hold and against what comes of it. Pure.
//!
//! The plan is what is judged and has versions; a `Goal` or `Task` is a part of it. So a part that is sent takes the place of the one
//! that we hold, keeps the identifiers that we gave it, and what of it did not come through is told.

use std::{borrow::Cow, collections::BTreeSet};

use serde_json::Value;

use super::{system::OWN_BASE, to_plan::shown};

/// What may be done with a type besides reading it, by the names of FHIR's interactions.
pub const WRITABLE: [(&str, &[&str]); 6] = [
    ("CarePlan", &["create", "update"]),
    ("Condition", &["update"]),
    ("Goal", &["update"]),
    ("Observation", &["update"]),
    ("ServiceRequest", &["update"]),
    ("Task", &["update"]),
];

/// What may be done with a type besides reading it.
pub fn ways(kind: &str) -> &'static [&'static str] {
    WRITABLE.iter().find(|(name, _)| *name == kind).map_or(&[], |(_, ways)| ways)
}

/// Members that say how a resource travelled or what we write ourselves.
const OURS: [&str; 6] = ["resourceType", "id", "meta", "text", "contained", "language"];

/// Where the lists of a `CarePlan` lead: what it holds by pointing to it.
const LISTS: [&str; 5] = ["goal", "activity", "supportingInfo", "addresses", "careTeam"];

/// Everything that a value refers to, as it is written.
pub fn references(value: &Value) -> BTreeSet<String> {
    fn within(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("reference").and_then(Value::as_str).map(str::to_owned));
                members.values().for_each(|member| within(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| within(item, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    within(value, &mut found);
    found
}

/// What a `CarePlan` holds by pointing to it, as `Type/id`.
pub fn held_by(care_plan: &Value) -> BTreeSet<String> {
    let lists = LISTS.iter().flat_map(|name| references(&care_plan[*name]));
    lists.filter_map(|reference| local(&reference).map(str::to_owned)).collect()
}

/// `Type/id` of a reference to a server, without a version.
pub fn local(reference: &str) -> Option<&str> {
    let plain = reference.split_once("/_history/").map_or(reference, |(plain, _)| plain);
    let cut = plain.rmatch_indices('/').nth(1).map_or(0, |(cut, _)| cut + 1);
    let (kind, id) = plain[cut..].split_once('/')?;
    (kind.starts_with(|letter: char| letter.is_ascii_uppercase()) && !id.is_empty()).then_some(&plain[cut..])
}

/// Whether an identifier is one that we give.
fn is_given_by_us(identifier: &Value) -> bool {
    identifier["system"].as_str().is_some_and(|system| system.starts_with(OWN_BASE) && system.contains("/sid/"))
}

/// The identifiers of a resource.
pub fn identifiers(resource: &Value) -> impl Iterator<Item = &Value> {
    resource["identifier"].as_array().into_iter().flatten()
}

/// Whether a resource carries an identifier that we gave.
pub fn is_ours(resource: &Value) -> bool {
    identifiers(resource).any(is_given_by_us)
}

/// Gives what was sent the identifiers that we gave to what it replaces, in place of any that read as ours.
pub fn keep_identifiers(sent: &mut Value, held: &Value) {
    let ours = identifiers(held).filter(|one| is_given_by_us(one)).cloned();
    let theirs = identifiers(sent).filter(|one| !is_given_by_us(one)).cloned();
    let all: Vec<Value> = ours.chain(theirs).collect();
    if !all.is_empty() {
        sent["identifier"] = Value::Array(all);
    }
}

/// The key of a part of a plan that was written with it: `g1` of `P-1#goal/g1`.
pub fn part_key(resource: &Value) -> Option<&str> {
    let is_part =
        |one: &&Value| is_given_by_us(one) && one["system"].as_str().is_some_and(|one| one.ends_with("/part"));
    let part = identifiers(resource).find(is_part)?["value"].as_str()?;
    Some(part.split_once('#')?.1.split_once('/')?.1)
}

/// The element paths of what was sent and is not in what came of it, each once; never a value.
pub fn not_taken(sent: &Value, came: &Value) -> Vec<String> {
    let kept: BTreeSet<(String, Cow<'_, str>)> = leaves(came).into_iter().collect();
    let mut paths = Vec::new();
    for leaf in leaves(sent) {
        if !kept.contains(&leaf) && !paths.contains(&leaf.0) {
            paths.push(leaf.0);
        }
    }
    paths
}

/// The leaves of a resource, with their element paths.
fn leaves(resource: &Value) -> Vec<(String, Cow<'_, str>)> {
    fn within<'v>(value: &'v Value, path: &str, all: &mut Vec<(String, Cow<'v, str>)>) {
        match value {
            Value::Object(members) => {
                members.iter().for_each(|(name, member)| within(member, &format!("{path}.{}", shown(name)), all));
            }
            Value::Array(items) => items.iter().for_each(|item| within(item, &format!("{path}[]"), all)),
            Value::Null => {}
            Value::String(text) => all.push((path.to_owned(), text.into())),
            other => all.push((path.to_owned(), other.to_string().into())),
        }
    }
    let mut all = Vec::new();
    let kind = shown(resource["resourceType"].as_str().unwrap_or_default());
    for (name, member) in resource.as_object().into_iter().flatten() {
        if !OURS.contains(&name.as_str()) {
            within(member, &format!("{kind}.{}", shown(name)), &mut all);
        }
    }
    all
}

/// Members of a plan that say where it came from, and what no mapping read: that stays with the record that had it.
const OF_THE_SOURCE: [&str; 3] = ["schema_version", "source", "unmapped"];

/// The places in the plan model where something that a plan says is not said when it is read back from its own resources.
pub fn lost(plan: &Value, back: &Value) -> Vec<String> {
    let mut all = Vec::new();
    for (name, member) in plan.as_object().into_iter().flatten() {
        if !OF_THE_SOURCE.contains(&name.as_str()) {
            lost_within(member, &back[name.as_str()], &format!("/{name}"), &mut all);
        }
    }
    all
}

fn lost_within(value: &Value, back: &Value, path: &str, all: &mut Vec<String>) {
    match (value, back) {
        (Value::Object(members), Value::Object(_)) => {
            members.iter().for_each(|(name, member)| lost_within(member, &back[name], &format!("{path}/{name}"), all));
        }
        (Value::Array(items), Value::Array(others)) if items.len() <= others.len() => {
            let pairs = items.iter().zip(others).enumerate();
            pairs.for_each(|(at, (item, other))| lost_within(item, other, &format!("{path}/{at}"), all));
        }
        _ if value == back || says_nothing(value) => {}
        _ => all.push(path.to_owned()),
    }
}

/// Whether a value says no more than that it is missing.
fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => matches!(text.trim(), "" | "unknown" | "not-asked" | "und"),
        Value::Array(items) => items.iter().all(says_nothing),
        Value::Object(members) => members.values().all(says_nothing),
        _ => false,
    }
}
