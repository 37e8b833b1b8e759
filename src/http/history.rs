//! `GET /fhir/{type}/{id}/_history?_count=&_since=&_page=`: all that a resource was, newest first.

use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::{Service, auth::Caller, error::HttpError, form::Form, metadata, read};
use crate::{
    config::Operation,
    fhir::found::{self, Became},
    store::{AgencyScope, Change},
};

/// Entries of a page, when nothing else is asked, and the most there are.
const PAGE: usize = 50;
const LONGEST_PAGE: usize = 200;

/// What part of the history is wanted, and how.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Wanted {
    #[serde(rename = "_format")]
    pub(super) format: Option<String>,
    #[serde(rename = "_count")]
    count: Option<usize>,
    #[serde(rename = "_since")]
    since: Option<Timestamp>,
    #[serde(rename = "_page")]
    page: Option<usize>,
}

pub(super) async fn history(
    State(service): State<Service>,
    caller: Caller,
    Path((kind, id)): Path<(String, String)>,
    wanted: Result<Query<Wanted>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    caller.may(Operation::Read)?;
    let Query(wanted) = wanted.map_err(|_| wrong())?;
    let form = Form::wanted(wanted.format.as_deref(), &headers)?;
    let base = metadata::base(&service, &headers);
    form.answer(StatusCode::OK, &bundle(&service, &caller.scope, &base, (&kind, &id), &wanted).await?)
}

/// What a history takes.
pub(super) fn wrong() -> HttpError {
    let text =
        "A history takes _count (a whole number), _since (an instant such as 2026-11-01T00:00:00Z) and _format, once.";
    HttpError::BadRequest(text.to_owned())
}

/// The history as a Bundle.
pub(super) async fn bundle(
    service: &Service,
    scope: &AgencyScope,
    base: &str,
    (kind, id): (&str, &str),
    wanted: &Wanted,
) -> Result<Value, HttpError> {
    let id = Uuid::try_parse(id).map_err(|_| HttpError::NotHere)?;
    let mut all = service.intake.store.resource_history(kind, id, scope).await?;
    if all.is_empty() {
        return Err(HttpError::NotHere);
    }
    all.retain(|change| wanted.since.is_none_or(|since| change.updated_at >= since));
    let total = all.len();
    // How many stand below the page: changes that come meanwhile stand above it.
    let left = wanted.page.unwrap_or(total).min(total);
    let count = wanted.count.unwrap_or(PAGE).min(LONGEST_PAGE);
    let page = &all[total - left..][..count.min(left)];
    let next = left - page.len();
    let address = format!("{kind}/{id}");
    let became: Result<Vec<_>, _> = page.iter().map(|change| became(&address, change)).collect();
    let link = |page: Option<usize>| {
        let mut parts: Vec<String> = Vec::new();
        parts.extend(wanted.count.map(|count| format!("_count={count}")));
        parts.extend(wanted.since.map(|since| format!("_since={since}")));
        parts.extend(wanted.format.as_deref().map(|format| format!("_format={}", metadata::escaped(format))));
        parts.extend(page.map(|page| format!("_page={page}")));
        metadata::url(base, &format!("{address}/_history"), &parts)
    };
    let next = (next > 0 && count > 0).then(|| link(Some(next)));
    Ok(found::history(base, link(wanted.page), next, Some(total), became?))
}

fn became(address: &str, change: &Change) -> Result<Became, HttpError> {
    Ok(Became {
        address: address.to_owned(),
        is_first: change.version == 1,
        version: change.version,
        at: change.updated_at,
        resource: change.resource.as_ref().map(read::said).transpose()?,
    })
}
