//! The fake's bulk exports: what it holds at the moment when one is asked for, and switches for what makes reading them hard.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use axum::{
    extract::{Path, Query, Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Fake, Inside, Shared, answer, ehr::lock, outcome};

/// How exports go.
#[derive(Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(crate) struct Bulk {
    /// Answers of the kick-offs and looks to come, before all goes well: status, header.
    pub(crate) kick_offs: VecDeque<(u16, Option<(&'static str, &'static str)>)>,
    pub(crate) looks: VecDeque<(u16, Option<(&'static str, &'static str)>)>,
    /// Does not offer exports.
    pub(crate) is_not_offered: bool,
    /// Types whose file is not there.
    pub(crate) lost: BTreeSet<&'static str>,
    /// Types whose file breaks off in the middle of a line.
    pub(crate) broken: BTreeSet<&'static str>,
    /// What it says it could not export.
    pub(crate) errors: Vec<Value>,
    /// Does not say what was deleted.
    pub(crate) omits_deleted: bool,
    /// Says that its files need the token.
    pub(crate) needs_token: bool,
    /// Its files stand at another origin.
    pub(crate) elsewhere: bool,
    /// What was asked, in order: `kick-off`, `look`, `file` or `end`, what of, and whether a token came with it.
    pub(crate) asked: Vec<(&'static str, String, bool)>,
    deleted: BTreeMap<String, Timestamp>,
    jobs: Vec<Job>,
}

/// An export.
#[derive(Debug)]
struct Job {
    taken_at: Timestamp,
    files: BTreeMap<String, String>,
    has_ended: bool,
}

impl Fake {
    /// Somebody deletes a resource.
    pub(crate) fn delete(&self, key: &str) {
        let mut inside = self.inside();
        inside.resources.remove(key).unwrap_or_else(|| panic!("{key} is not here"));
        let now = inside.ehr.now();
        inside.bulk.deleted.insert(key.to_owned(), now);
    }

    /// What was asked of one sort.
    pub(crate) fn exports(&self, sort: &str) -> Vec<(String, bool)> {
        let asked = self.inside().bulk.asked.clone();
        asked.into_iter().filter(|(one, ..)| *one == sort).map(|(_, what, token)| (what, token)).collect()
    }
}

pub(super) async fn of_group(
    inside: Shared,
    Path(id): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
    request: Request,
) -> Response {
    kick_off(inside, &format!("Group/{id}"), &query, &request)
}

pub(super) async fn of_everyone(
    inside: Shared,
    Query(query): Query<BTreeMap<String, String>>,
    request: Request,
) -> Response {
    kick_off(inside, "Patient", &query, &request)
}

fn kick_off(State(inside): Shared, of: &str, query: &BTreeMap<String, String>, request: &Request) -> Response {
    let mut inside = lock(&inside);
    let headers = request.headers();
    assert_eq!(headers["prefer"], "respond-async");
    assert_eq!(headers["accept"], "application/fhir+json");
    let since = query.get("_since").cloned().unwrap_or_default();
    inside.bulk.note("kick-off", format!("{of} {since}").trim_end().to_owned(), headers);
    if inside.bulk.is_not_offered {
        return answer(404, &outcome("not-supported"));
    }
    if let Some(refused) = inside.bulk.kick_offs.pop_front() {
        return with(refused);
    }
    let job = inside.export(&query["_type"], since.parse().ok());
    inside.bulk.jobs.push(job);
    let url = format!("http://{}/bulk/{}", headers["host"].to_str().expect("a host"), inside.bulk.jobs.len() - 1);
    (StatusCode::ACCEPTED, [("content-location", url)]).into_response()
}

pub(super) async fn status(State(inside): Shared, Path(job): Path<usize>, headers: HeaderMap) -> Response {
    let mut inside = lock(&inside);
    inside.bulk.note("look", job.to_string(), &headers);
    if let Some(refused) = inside.bulk.looks.pop_front() {
        return with(refused);
    }
    let bulk = &inside.bulk;
    let one = &bulk.jobs[job];
    if one.has_ended {
        return answer(404, &outcome("not-found"));
    }
    let host = headers["host"].to_str().expect("a host");
    let host = if bulk.elsewhere { host.replace("127.0.0.1", "localhost") } else { host.to_owned() };
    let list = |is_in: fn(&str) -> bool| -> Vec<Value> {
        let names = one.files.keys().filter(|name| is_in(name));
        names.map(|name| json!({ "type": name, "url": format!("http://{host}/bulk/{job}/{name}") })).collect()
    };
    let is_output = |name: &str| !matches!(name, "deleted" | "error");
    let manifest = json!({
        "transactionTime": one.taken_at.to_string(),
        "request": "as it was asked",
        "requiresAccessToken": bulk.needs_token,
        "output": list(is_output),
        "deleted": list(|name| name == "deleted"),
        "error": list(|name| name == "error"),
    });
    ([("content-type", "application/json")], manifest.to_string()).into_response()
}

pub(super) async fn end(State(inside): Shared, Path(job): Path<usize>, headers: HeaderMap) -> Response {
    let mut inside = lock(&inside);
    inside.bulk.note("end", job.to_string(), &headers);
    inside.bulk.jobs[job].has_ended = true;
    StatusCode::ACCEPTED.into_response()
}

pub(super) async fn file(
    State(inside): Shared,
    Path((job, name)): Path<(usize, String)>,
    headers: HeaderMap,
) -> Response {
    let mut inside = lock(&inside);
    assert_eq!(headers["accept"], "application/fhir+ndjson");
    inside.bulk.note("file", name.clone(), &headers);
    let bulk = &inside.bulk;
    if bulk.needs_token && !headers.contains_key("authorization") {
        return answer(401, &outcome("login"));
    }
    match bulk.jobs[job].files.get(&name).filter(|_| !bulk.lost.contains(name.as_str())) {
        Some(text) if bulk.broken.contains(name.as_str()) => {
            let lines: Vec<&str> = text.lines().collect();
            let (last, whole) = lines.split_last().expect("a line");
            [whole.join("\n"), "\n".to_owned(), last[..last.len() / 2].to_owned()].concat().into_response()
        }
        Some(text) => ([("content-type", "application/fhir+ndjson")], text.clone()).into_response(),
        None => answer(404, &outcome("not-found")),
    }
}

fn with((status, header): (u16, Option<(&'static str, &'static str)>)) -> Response {
    let mut response = StatusCode::from_u16(status).expect("a status").into_response();
    if let Some((name, value)) = header {
        response.headers_mut().insert(name, value.parse().expect("a header"));
    }
    response
}

impl Bulk {
    fn note(&mut self, sort: &'static str, what: String, headers: &HeaderMap) {
        self.asked.push((sort, what, headers.contains_key("authorization")));
    }
}

impl Inside {
    fn export(&self, types: &str, since: Option<Timestamp>) -> Job {
        let is_new = |at: Option<&Timestamp>| since.is_none_or(|since| at.is_some_and(|at| *at >= since));
        let mut files: BTreeMap<String, String> = BTreeMap::new();
        for (key, (_, resource)) in &self.resources {
            let kind = key.split_once('/').expect("Type/id").0;
            if types.split(',').any(|one| one == kind) && is_new(self.ehr.back.changed.get(key)) {
                files.entry(kind.to_owned()).or_default().extend([resource.to_string().as_str(), "\n"]);
            }
        }
        for (key, at) in self.bulk.deleted.iter().filter(|_| since.is_some() && !self.bulk.omits_deleted) {
            if is_new(Some(at)) && !self.resources.contains_key(key) {
                let entry = json!({ "request": { "method": "DELETE", "url": key } });
                let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": [entry] });
                files.entry("deleted".to_owned()).or_default().extend([bundle.to_string().as_str(), "\n"]);
            }
        }
        if !self.bulk.errors.is_empty() {
            let lines: Vec<String> = self.bulk.errors.iter().map(Value::to_string).collect();
            files.insert("error".to_owned(), lines.join("\n"));
        }
        Job { taken_at: self.ehr.now(), files, has_ended: false }
    }
}
