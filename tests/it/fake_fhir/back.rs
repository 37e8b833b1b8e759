//! The fake as it is read back: searches by person, page by page, and switches for what makes reading hard.

use std::{
    collections::{BTreeMap, HashSet, VecDeque},
    sync::{Arc, Mutex},
};

use axum::{
    extract::Request,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    Fake, Inside, answer,
    ehr::{Links, lock},
    outcome,
};

/// What searches by person do.
#[derive(Clone, Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(crate) struct Back {
    /// Entries on a page; all on one when none.
    pub(crate) page_size: Option<usize>,
    /// What the size of a page is asked by; `_count` when none.
    pub(crate) size_by: Option<&'static str>,
    /// Reads that are sent on to another address below the base, by key.
    pub(crate) leads_to: BTreeMap<String, String>,
    /// How many next pages are answered as if their link had expired.
    pub(crate) expired: u32,
    /// Resources that searches do not show.
    pub(crate) hidden: HashSet<String>,
    /// What searches still say of a resource.
    pub(crate) stale: BTreeMap<String, Value>,
    /// When resources were changed; those that are not here are older than every search asks.
    pub(crate) changed: BTreeMap<String, Timestamp>,
    /// Answers of the searches to come: status, header.
    pub(crate) searches: VecDeque<(u16, Option<(&'static str, &'static str)>)>,
    /// How many searches go well before those.
    pub(crate) well_first: usize,
    /// Shows the last entry of a page on the next one too, in the version before.
    pub(crate) repeats: bool,
    /// Leads from the last page to one without entries.
    pub(crate) ends_empty: bool,
    /// Tells an error beside what a search found.
    pub(crate) tells_error: bool,
    /// Answers searches in XML.
    pub(crate) speaks_xml: bool,
    /// What it makes of a resource that it shows.
    pub(crate) rewrites: Option<fn(&mut Value)>,
    /// Statuses of reads by id.
    pub(crate) reads: BTreeMap<String, u16>,
    /// Searches that came in.
    pub(crate) asked: Vec<String>,
}

impl Fake {
    /// Somebody at the EHR changes a resource.
    pub(crate) fn edit(&self, key: &str, change: impl FnOnce(&mut Value)) {
        let mut inside = self.inside();
        let now = inside.ehr.now();
        let (version, resource) = inside.resources.get_mut(key).unwrap_or_else(|| panic!("{key} is not here"));
        change(resource);
        *version += 1;
        let version = version.to_string();
        resource["meta"]["versionId"] = json!(version);
        resource["meta"]["lastUpdated"] = json!(now.to_string());
        inside.ehr.back.changed.insert(key.to_owned(), now);
    }

    /// Every resource of a type gets a new id, as where a form deletes all and saves all.
    pub(crate) fn renew(&self, kind: &str) {
        for key in self.keys(kind) {
            let mut inside = self.inside();
            let (version, mut resource) = inside.resources.remove(&key).expect("the key above is there");
            let id = format!("{}-new", resource["id"].as_str().expect("an id"));
            resource["id"] = json!(id);
            inside.resources.insert(format!("{kind}/{id}"), (version, resource));
        }
    }

    /// Keys of the resources of a type.
    pub(crate) fn keys(&self, kind: &str) -> Vec<String> {
        let within = format!("{kind}/");
        self.inside().resources.keys().filter(|key| key.starts_with(&within)).cloned().collect()
    }
}

/// A search with `patient=`, and reads that are turned away.
pub(super) fn by_person(inside: &Arc<Mutex<Inside>>, request: &Request) -> Option<Response> {
    let url = reqwest::Url::parse(&format!("http://x{}", request.uri())).expect("a URL");
    let field = |name: &str| url.query_pairs().find(|(one, _)| one == name).map(|(_, value)| value.into_owned());
    let kind = url.path().trim_start_matches("/fhir/").to_owned();
    let mut inside = lock(inside);
    if let Some(status) = inside.ehr.back.reads.get(&kind) {
        return Some(answer(*status, &outcome("forbidden")));
    }
    if let Some(to) = inside.ehr.back.leads_to.get(&kind) {
        let mut response = answer(301, &outcome("processing"));
        response.headers_mut().insert("location", format!("/fhir/{to}").parse().expect("a header"));
        return Some(response);
    }
    let person = field("patient")?;
    inside.ehr.back.asked.push(format!("{kind}?{}", url.query().unwrap_or_default()));
    if inside.ehr.back.well_first > 0 {
        inside.ehr.back.well_first -= 1;
    } else if let Some((status, header)) = inside.ehr.back.searches.pop_front() {
        let mut response = answer(status, &outcome("throttled"));
        if let Some((name, value)) = header {
            response.headers_mut().insert(name, value.parse().expect("a header"));
        }
        return Some(response);
    }
    if inside.ehr.back.speaks_xml {
        let body = "<Bundle xmlns=\"http://hl7.org/fhir\"><type value=\"searchset\"/></Bundle>";
        return Some(([("content-type", "application/fhir+xml")], body).into_response());
    }
    if kind == "CarePlan" && inside.ehr.wants_category && field("category").is_none() {
        return Some(answer(400, &outcome("required")));
    }
    let page: usize = field("page").map_or(0, |page| page.parse().expect("a number"));
    if page > 0 && inside.ehr.back.expired > 0 {
        inside.ehr.back.expired -= 1;
        return Some(answer(410, &outcome("expired")));
    }
    let mut found = inside.of_person(&kind, &person, field("_lastUpdated").as_deref());
    let mut bundle = json!({ "resourceType": "Bundle", "type": "searchset" });
    let asked = field(inside.ehr.back.size_by.unwrap_or("_count"));
    if let Some(size) = asked.as_ref().map(|_| 1).or(inside.ehr.back.page_size) {
        let host = request.headers()["host"].to_str().expect("a host");
        let (host, to) = match inside.ehr.next {
            Links::On => (host, page + 1),
            Links::Round => (host, 0),
            Links::Away => ("ehr.example.org", page + 1),
        };
        let count = if asked.is_some() { "&_count=1" } else { "" };
        let next = format!("http://{host}/fhir/{kind}?patient={person}{count}&page={to}");
        let goes_on = (page + 1) * size < found.len();
        if goes_on || inside.ehr.back.ends_empty && page * size < found.len() {
            bundle["link"] = json!([{ "relation": "next", "url": next }]);
        }
        let before = (page * size).checked_sub(1).filter(|_| inside.ehr.back.repeats);
        let again = before.and_then(|at| found.get(at)).cloned().map(as_before);
        found = found.into_iter().skip(page * size).take(size).chain(again).collect();
    }
    if inside.ehr.back.tells_error {
        found.push(json!({ "resource": outcome("incomplete"), "search": { "mode": "outcome" } }));
    }
    bundle["entry"] = json!(found);
    Some(answer(200, &bundle).into_response())
}

impl Inside {
    fn of_person(&self, kind: &str, person: &str, updated: Option<&str>) -> Vec<Value> {
        let subject = format!("Patient/{person}");
        let back = &self.ehr.back;
        let from: Option<Timestamp> = updated.filter(|_| !self.ehr.ignores_last_updated).map(|updated| {
            let from = updated.strip_prefix("ge").expect("ge");
            from.parse().unwrap_or(Timestamp::MAX)
        });
        let of_kind = self.resources.iter().filter(|(key, _)| key.starts_with(&format!("{kind}/")));
        of_kind
            .filter(|(key, (_, resource))| {
                let is_new = from.is_none_or(|from| back.changed.get(*key).is_some_and(|at| *at >= from));
                resource["subject"]["reference"] == subject.as_str() && !back.hidden.contains(*key) && is_new
            })
            .map(|(key, (_, resource))| {
                let mut shown = back.stale.get(key).unwrap_or(resource).clone();
                if let (true, Some(members)) = (self.ehr.untagged, shown.as_object_mut()) {
                    members.remove("meta");
                }
                back.rewrites.iter().for_each(|rewrite| rewrite(&mut shown));
                json!({ "resource": shown })
            })
            .collect()
    }
}

/// An entry as it stood one version before, with another status.
fn as_before(mut entry: Value) -> Value {
    entry["resource"]["meta"]["versionId"] = json!("0");
    entry["resource"]["lifecycleStatus"] = json!("on-hold");
    entry
}
