//! What is read as the plan: the parts that were sent, with what we hold of the plan around them.
//!
//! Where a `CarePlan` still points to what we hold, that stays part of it, whereas what it no longer points to is left out;
//! where it points to nothing of ours, it is the whole plan. What a part refers to beside that is looked up.

use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
};

use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Part, Way,
    origin::{Origins, name_of},
    sent::{Sent, is_whole_plan},
};
use crate::{
    fhir::written::{held_by, identifiers, is_ours, keep_identifiers, local, references},
    http::{Service, error::HttpError},
    store::{AgencyScope, StandingPlan, StoredResource},
};

/// How many steps are followed from what was sent to what we hold.
const STEPS: usize = 4;

/// What was put together.
pub(super) struct Composed {
    /// A Bundle.
    pub(super) text: String,
    /// Where its entries came from.
    pub(super) origins: Arc<Origins>,
    /// Parts that we hold are in it.
    pub(super) partial: bool,
    /// Its `CarePlan` reads as ours.
    pub(super) own: bool,
}

struct Entry {
    full_url: Option<String>,
    resource: Value,
    origin: Option<String>,
}

/// Puts together what the plan is to be.
pub(super) async fn compose(
    service: &Service,
    (base, agency): (&str, &str),
    sent: &Sent,
    parts: &mut [Part],
    standing: Option<&StandingPlan>,
) -> Result<Composed, HttpError> {
    let scope = AgencyScope::Only(agency.to_owned());
    let held = standing.map(|plan| plan.resources.iter().map(value).collect::<Result<Vec<_>, _>>()).transpose()?;
    let held = held.unwrap_or_default();
    let kept = still_held(&held, parts);
    let partial = standing.is_some() && kept.is_some();
    let mut entries = Vec::new();
    for part in parts.iter_mut() {
        name(service, (agency, &sent.sha256), &held, partial, part);
        let origin = Some(part.at.clone());
        let entry = Entry { full_url: part.full_url.clone(), resource: part.resource.clone(), origin };
        entries.push(match part.way {
            Way::Held(id) => ours_instead(service, &scope, entry, id).await?,
            _ => entry,
        });
    }
    let of_ours = |resource: &Value| Entry { full_url: None, resource: resource.clone(), origin: None };
    entries.extend(kept.into_iter().flatten().map(of_ours));
    look_up(service, &scope, base, &mut entries).await?;
    let own = entries.iter().any(|entry| is_whole_plan(&entry.resource) && is_ours(&entry.resource));
    let text = bundle_of(entries.iter().map(|entry| (entry.full_url.as_deref(), &entry.resource)));
    let origins = Origins {
        entries: entries.iter().map(|entry| (entry.origin.clone(), name_of(&entry.resource))).collect(),
        text: sent.is_json.then(|| sent.text.clone()),
        root: name_of(&sent.tree),
        file: "body".into(),
    };
    Ok(Composed { text, origins: Arc::new(origins), partial, own })
}

/// Resources as one Bundle.
pub(super) fn bundle_of<'r>(resources: impl Iterator<Item = (Option<&'r str>, &'r Value)>) -> String {
    let entry = |(full_url, resource): (Option<&str>, &Value)| match full_url {
        Some(url) => json!({ "fullUrl": url, "resource": resource }),
        None => json!({ "resource": resource }),
    };
    let entries: Vec<Value> = resources.map(entry).collect();
    json!({ "resourceType": "Bundle", "type": "collection", "entry": entries }).to_string()
}

fn value(stored: &StoredResource) -> Result<Value, HttpError> {
    serde_json::from_str(&stored.json).map_err(|_| HttpError::OurFault("stored resource is no JSON"))
}

fn address(resource: &Value) -> String {
    let text = |name: &str| resource[name].as_str().unwrap_or_default();
    format!("{}/{}", text("resourceType"), text("id"))
}

/// What of the plan we hold stays in it beside what was sent; nothing where what was sent is the whole plan.
fn still_held<'h>(held: &'h [Value], parts: &[Part]) -> Option<Vec<&'h Value>> {
    let replaced: HashSet<Uuid> = parts.iter().filter_map(|part| part.way.id()).collect();
    let is_replaced = |one: &Value| {
        one["id"].as_str().and_then(|id| Uuid::try_parse(id).ok()).is_some_and(|id| replaced.contains(&id))
    };
    let mut dropped = BTreeSet::new();
    if let Some(plan) = parts.iter().find(|part| part.is_plan()) {
        let old = held.iter().find(|one| is_whole_plan(one)).map(held_by).unwrap_or_default();
        let new = held_by(&plan.resource);
        let is_part = |part: &Part| matches!(part.way, Way::Update { .. }) && !part.is_plan();
        let points_elsewhere = old.is_disjoint(&new) && !(old.is_empty() && new.is_empty());
        if points_elsewhere && !parts.iter().any(is_part) {
            return None;
        }
        dropped = old.difference(&new).cloned().collect();
    }
    Some(held.iter().filter(|one| !is_replaced(one) && !dropped.contains(&address(one))).collect())
}

/// Gives a part the name that it has with us.
fn name(service: &Service, (agency, sha256): (&str, &str), held: &[Value], partial: bool, part: &mut Part) {
    let is_plan = part.is_plan();
    let resource = &mut part.resource;
    let has_key = identifiers(resource).any(|one| one["value"].is_string());
    match part.way {
        Way::Create { .. } => {
            let is_nameless = resource["id"].is_null() && resource["resourceType"] != "Patient";
            if is_plan && !has_key || is_nameless {
                if resource["id"].is_string() {
                    part.full_url.get_or_insert_with(|| address(resource));
                }
                // A plan without a key is known by its bytes, a part by its place in the plan.
                let key = if is_plan { sha256 } else { part.at.as_str() };
                let id = service.intake.ids.of("sent", agency, &[key]);
                resource["id"] = id.to_string().into();
            }
        }
        Way::Update { id, .. } => {
            if let Some(meta) = resource["meta"].as_object_mut() {
                meta.shift_remove("versionId");
                meta.shift_remove("lastUpdated");
            }
            let ours = held.iter().find(|one| one["id"] == id.to_string());
            if let Some(ours) = ours.filter(|_| !is_plan || partial || is_ours(resource) || !has_key) {
                keep_identifiers(resource, ours);
            }
        }
        Way::UpdateWhere { .. } | Way::Held(_) => {}
    }
}

/// What we hold, under the name that it was sent by.
async fn ours_instead(service: &Service, scope: &AgencyScope, sent: Entry, id: Uuid) -> Result<Entry, HttpError> {
    let kind = name_of(&sent.resource);
    let stored = service.intake.store.resource(&kind, id, scope).await?.here().ok_or(HttpError::NotHere)?;
    let named = sent.resource["id"].is_string().then(|| address(&sent.resource));
    Ok(Entry { full_url: sent.full_url.or(named), resource: value(&stored)?, origin: None })
}

/// Adds what is referred to and held by us, and what that refers to.
async fn look_up(
    service: &Service,
    scope: &AgencyScope,
    base: &str,
    entries: &mut Vec<Entry>,
) -> Result<(), HttpError> {
    let mut asked: HashSet<Uuid> = HashSet::new();
    for _ in 0..STEPS {
        let names: HashSet<String> = entries
            .iter()
            .flat_map(|entry| [Some(address(&entry.resource)), entry.full_url.clone()].into_iter().flatten())
            .collect();
        let is_here = |reference: &str| !reference.contains("://") || reference.starts_with(base);
        let wanted: Vec<Uuid> = entries
            .iter()
            .flat_map(|entry| references(&entry.resource))
            .filter(|reference| !names.contains(reference.as_str()) && is_here(reference))
            .filter_map(|reference| open_name(&reference, &names))
            .filter(|id| asked.insert(*id))
            .collect();
        if wanted.is_empty() {
            break;
        }
        for found in service.intake.store.resources(&wanted, scope).await? {
            entries.push(Entry { full_url: None, resource: value(&found.resource)?, origin: None });
        }
    }
    Ok(())
}

/// The id in a reference to what is not here yet. A plan is never pulled in, nor what says who said something.
fn open_name(reference: &str, names: &HashSet<String>) -> Option<Uuid> {
    let name = local(reference).filter(|name| !names.contains(*name))?;
    let (kind, id) = name.split_once('/')?;
    Uuid::try_parse(id).ok().filter(|_| !matches!(kind, "CarePlan" | "Provenance"))
}
