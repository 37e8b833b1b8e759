//! What a server does not take: types that it does not list, writes that it turns away, documents that it holds for review.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{Fate, Inside, Shared, answer, ehr, fate::unless, outcome};

/// A refusal: status, header, body.
pub(crate) type Refusal = (u16, Option<(&'static str, &'static str)>, &'static str);

/// What an answer to a write tells.
#[derive(Debug, Default, PartialEq)]
pub(crate) enum Tells {
    #[default]
    All,
    /// Not where a resource is that was made.
    NoPlace,
    /// No resources in the answer to a transaction, also where they are asked for.
    NoResource,
}

/// What it does not take.
#[derive(Debug, Default)]
pub(crate) struct Narrow {
    /// The types in its statement; all of a plan's and documents when none. A list stands for a server without transactions.
    pub(crate) lists: Option<Vec<&'static str>>,
    /// Writes that are turned away, by type; "" for a transaction.
    pub(crate) refusals: BTreeMap<&'static str, Refusal>,
    /// Turns documents away that hold a PDF, with this status.
    pub(crate) refuses_pdf: Option<u16>,
    /// Takes what is made for review, and shows it only when asked to.
    pub(crate) holds: bool,
    /// What is held.
    pub(crate) held: Vec<(String, Value)>,
    /// What it says of a write.
    pub(crate) tells: Tells,
    /// Lets nothing be updated.
    pub(crate) keeps_all: bool,
    /// Resources that were sent by create, with their type.
    pub(crate) sent: Vec<(String, Value)>,
}

impl Narrow {
    pub(super) fn refused(&self, kind: &str) -> Option<Response> {
        let (status, header, body) = self.refusals.get(kind)?;
        let mut response = (StatusCode::from_u16(*status).expect("a status"), *body).into_response();
        if let Some((name, value)) = header {
            response.headers_mut().insert(*name, value.parse().expect("a header"));
        }
        Some(response)
    }

    /// What it says of itself as a whole.
    pub(super) fn system(&self) -> Value {
        json!([{ "code": if self.lists.is_none() { "transaction" } else { "batch" } }])
    }
}

pub(super) async fn create(
    State(inside): Shared,
    Path(kind): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let tree: Value = serde_json::from_slice(&body).expect("JSON");
    let fate = {
        let mut inside = inside.lock().expect("no test panicked within");
        inside.narrow.sent.push((kind.clone(), tree.clone()));
        if let Some(refused) = inside.narrow.refused(&kind) {
            return refused;
        }
        let has_pdf = tree["content"].as_array().is_some_and(|all| all.len() > 1);
        if let Some(status) = inside.narrow.refuses_pdf.filter(|_| has_pdf) {
            return answer(status, &outcome("value"));
        }
        inside.fates.pop_front().unwrap_or(Fate::Well)
    };
    unless(fate, || make(&inside, &kind, &headers, tree)).await
}

fn make(inside: &Arc<Mutex<Inside>>, kind: &str, headers: &HeaderMap, tree: Value) -> Response {
    let mut inside = inside.lock().expect("no test panicked within");
    let terms = headers.get("if-none-exist").and_then(|terms| terms.to_str().ok());
    if let Some((name, value)) =
        terms.filter(|_| inside.abilities.conditional_create).and_then(|terms| terms.split_once('='))
    {
        let all = vec![(name.to_owned(), value.to_owned())];
        let found = inside.find(kind, if inside.ehr.ignores_terms { &[] } else { &all });
        if let Some(key) = found.first() {
            return ehr::created(200, key, &inside.resources[key].1);
        }
    }
    inside.next_id += 1;
    let key = format!("{kind}/{}", inside.next_id);
    if inside.narrow.holds {
        inside.narrow.held.push((key, tree));
        return answer(202, &outcome("informational"));
    }
    inside.put(&key, tree);
    if inside.narrow.tells == Tells::NoPlace {
        return StatusCode::CREATED.into_response();
    }
    ehr::created(201, &key, &inside.resources[&key].1)
}

pub(super) async fn update(shared: Shared, path: Path<(String, String)>, headers: HeaderMap, body: Bytes) -> Response {
    if shared.0.lock().expect("no test panicked within").narrow.keeps_all {
        return answer(405, &outcome("not-supported"));
    }
    ehr::update(shared, path, &headers, &body)
}
