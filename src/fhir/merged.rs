//! Ids that are one person, as FHIR says it: Patient.link and Patient.active, on the way out and on the way in.
//!
//! Pure. Who is merged with whom is told to us, and the store knows it; nothing here compares people.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{
    from_plan::percent_encoded,
    system::{OWN_BASE, sid},
    written::local,
};

/// A person of an agency and their Patient.
#[derive(Clone, Copy, Debug)]
pub struct Whose<'a> {
    /// The agency.
    pub agency: &'a str,
    /// The agency's id.
    pub local_id: &'a str,
    /// The id of the Patient.
    pub id: Uuid,
}

/// The other end of a tie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linked {
    /// The agency.
    pub agency: String,
    /// The agency's id.
    pub local_id: String,
    /// The id of the Patient.
    pub id: Uuid,
    /// Whether we hold that Patient, so that it can be pointed to.
    pub is_here: bool,
}

/// A person's ties.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    /// The person whose id stays, where this one was given up.
    pub replaced_by: Option<Linked>,
    /// Ids that were given up for this one.
    pub replaces: Vec<Linked>,
}

/// The system of an agency's own ids of people.
pub fn person_system(agency: &str) -> String {
    format!("{OWN_BASE}sid/agency/{}/person", percent_encoded(agency))
}

/// A Patient with its ties: one whose id was given up is not active any more. Without ties it stays as it is.
pub fn linked(patient: &Value, links: &Links) -> Value {
    let tie = |other: &Linked, kind: &str| json!({ "other": pointed(other), "type": kind });
    let all: Vec<Value> = links
        .replaced_by
        .iter()
        .map(|other| tie(other, "replaced-by"))
        .chain(links.replaces.iter().map(|other| tie(other, "replaces")))
        .collect();
    if all.is_empty() {
        return patient.clone();
    }
    with(patient, links.replaced_by.is_none(), all)
}

fn pointed(other: &Linked) -> Value {
    if other.is_here {
        return json!({ "reference": format!("Patient/{}", other.id) });
    }
    json!({ "type": "Patient", "identifier": { "system": person_system(&other.agency), "value": other.local_id } })
}

/// What stands before `active`, in FHIR's order.
const BEFORE_ACTIVE: [&str; 10] = [
    "resourceType",
    "id",
    "meta",
    "implicitRules",
    "language",
    "text",
    "contained",
    "extension",
    "modifierExtension",
    "identifier",
];

fn with(patient: &Value, active: bool, links: Vec<Value>) -> Value {
    let mut whole = Map::new();
    for (name, value) in patient.as_object().into_iter().flatten().filter(|(name, _)| !is_tie(name)) {
        if !BEFORE_ACTIVE.contains(&name.as_str()) && !whole.contains_key("active") {
            whole.insert("active".to_owned(), json!(active));
        }
        whole.insert(name.clone(), value.clone());
    }
    whole.entry("active").or_insert(json!(active));
    whole.insert("link".to_owned(), Value::Array(links));
    Value::Object(whole)
}

fn is_tie(name: &str) -> bool {
    matches!(name, "active" | "link")
}

/// The Patient whose id was given up, as a server is told it.
pub fn given_up(patient: &Value, to: &Whose<'_>) -> Value {
    let link = json!({ "other": { "reference": format!("Patient/{}", to.id) }, "type": "replaced-by" });
    with(patient, false, vec![link])
}

/// The Patient of whoever is left, where nothing of theirs is kept: as the other one, by the ids that stay.
pub fn as_survivor(patient: &Value, from: &Whose<'_>, to: &Whose<'_>) -> Value {
    let mut whole = patient.clone();
    whole["id"] = json!(to.id.to_string());
    let own_system = person_system(from.agency);
    for one in whole["identifier"].as_array_mut().into_iter().flatten() {
        if one["system"] == sid::PERSON {
            one["value"] = json!(format!("urn:uuid:{}", to.id));
        } else if one["system"] == own_system.as_str() && one["value"] == from.local_id {
            one["value"] = json!(to.local_id);
        }
    }
    whole
}

/// A resource whose references to one Patient lead to another; none when it is no JSON.
pub fn repointed(resource: &str, from: Uuid, to: Uuid) -> Option<String> {
    fn within(value: &mut Value, from: &str, to: &str) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    match member {
                        Value::String(reference) if name == "reference" && reference == from => {
                            to.clone_into(reference)
                        }
                        _ => within(member, from, to),
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| within(item, from, to)),
            _ => {}
        }
    }
    let mut tree: Value = serde_json::from_str(resource).ok()?;
    within(&mut tree, &format!("Patient/{from}"), &format!("Patient/{to}"));
    Some(tree.to_string())
}

/// How a Patient that was sent names a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// By the agency's own id.
    Local(String),
    /// By an id of ours or, where it is none, by the agency's own id.
    Pointed(String),
}

/// What a Patient tells: one id was given up for another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldMerge {
    /// Whose id was given up.
    pub given_up: Named,
    /// Whose id stays.
    pub survivor: Named,
}

/// What each Patient among these resources, or in a Bundle among them, tells of merges of the agency's people, each once.
pub fn told(resources: &[Value], agency: &str) -> Vec<ToldMerge> {
    let mut world: Vec<(Option<&str>, &Value)> = Vec::new();
    for resource in resources {
        if resource["resourceType"] == "Bundle" {
            let entries = resource["entry"].as_array().into_iter().flatten();
            world.extend(entries.map(|entry| (entry["fullUrl"].as_str(), &entry["resource"])));
        } else {
            world.push((None, resource));
        }
    }
    world.retain(|(_, resource)| resource["resourceType"] == "Patient");
    let mut all: Vec<ToldMerge> = Vec::new();
    for (_, patient) in &world {
        for link in patient["link"].as_array().into_iter().flatten() {
            let (Some(own), Some(other)) = (named(patient, agency), named_other(&link["other"], &world, agency)) else {
                continue;
            };
            let (given_up, survivor) = match link["type"].as_str() {
                Some("replaced-by") => (own, other),
                Some("replaces") => (other, own),
                _ => continue,
            };
            let merge = ToldMerge { given_up, survivor };
            if merge.given_up != merge.survivor && !all.contains(&merge) {
                all.push(merge);
            }
        }
    }
    all
}

/// The agency's id of a Patient: the one of our own system, else the record number, the official one, the first one, its id.
fn named(patient: &Value, agency: &str) -> Option<Named> {
    let identifiers = || patient["identifier"].as_array().into_iter().flatten();
    let own_system = person_system(agency);
    let value = |one: &Value| one["value"].as_str().map(str::to_owned);
    if let Some(own) = identifiers().find(|one| one["system"] == own_system.as_str()).and_then(value) {
        return Some(Named::Local(own));
    }
    if let Some(ours) = identifiers().find(|one| one["system"] == sid::PERSON).and_then(value) {
        return Some(Named::Pointed(ours.trim_start_matches("urn:uuid:").to_owned()));
    }
    let given = || identifiers().filter(|one| one["value"].is_string() && one["system"] != sid::STATE_PERSON);
    let has_code = |one: &&Value| {
        one["type"]["coding"].as_array().is_some_and(|codings| codings.iter().any(|coding| coding["code"] == "MR"))
    };
    let best =
        given().find(has_code).or_else(|| given().find(|one| one["use"] == "official")).or_else(|| given().next());
    let id = || patient["id"].as_str().map(|id| Named::Pointed(id.to_owned()));
    best.and_then(value).map(Named::Local).or_else(id)
}

fn named_other(other: &Value, world: &[(Option<&str>, &Value)], agency: &str) -> Option<Named> {
    if let Some(reference) = other["reference"].as_str() {
        let is_it = |(full_url, patient): &&(Option<&str>, &Value)| {
            let address = patient["id"].as_str().map(|id| format!("Patient/{id}"));
            *full_url == Some(reference) || address.is_some_and(|address| local(reference) == Some(address.as_str()))
        };
        if let Some((_, patient)) = world.iter().find(is_it) {
            return named(patient, agency);
        }
        let id = local(reference).and_then(|address| address.strip_prefix("Patient/"));
        return Some(Named::Pointed(id.or_else(|| reference.strip_prefix("urn:uuid:"))?.to_owned()));
    }
    let identifier = &other["identifier"];
    let value = identifier["value"].as_str()?;
    Some(if identifier["system"] == sid::PERSON {
        Named::Pointed(value.trim_start_matches("urn:uuid:").to_owned())
    } else {
        Named::Local(value.to_owned())
    })
}
