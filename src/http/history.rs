//! `GET /fhir/{type}/{id}/_history`, `/fhir/{type}/_history` and `/fhir/_history`, with `_count`, `_since` and `_page`: all that a
//! resource was, or what became of all of them, newest first.
//!
//! A Bundle says in `meta.lastUpdated` as of when it is: asked again with that as `_since`, nothing is missed. For this a version
//! counts by when it was kept, and the answer waits for what is being kept right then.

use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::{Service, auth::Caller, error::HttpError, form::Form, metadata, read, ties};
use crate::{
    config::Operation,
    fhir::{
        found::{self, Became},
        search::Searched,
    },
    store::{AgencyScope, Change, Changed, Spot},
};

/// Entries of a page, when nothing else is asked, and the most there are.
const PAGE: usize = 50;
const LONGEST_PAGE: usize = 200;

/// How often the store is asked for a part of the plan versions before a page is answered as it is.
const PARTS_OF_A_PAGE: usize = 20;

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
    page: Option<String>,
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

pub(super) async fn history_of_type(
    State(service): State<Service>,
    caller: Caller,
    Path(kind): Path<String>,
    wanted: Result<Query<Wanted>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    answer(&service, &caller, Some(&kind), wanted, &headers).await
}

pub(super) async fn history_of_all(
    State(service): State<Service>,
    caller: Caller,
    wanted: Result<Query<Wanted>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    answer(&service, &caller, None, wanted, &headers).await
}

async fn answer(
    service: &Service,
    caller: &Caller,
    kind: Option<&str>,
    wanted: Result<Query<Wanted>, QueryRejection>,
    headers: &HeaderMap,
) -> Result<Response, HttpError> {
    caller.may(Operation::Read)?;
    let Query(wanted) = wanted.map_err(|_| wrong())?;
    let form = Form::wanted(wanted.format.as_deref(), headers)?;
    let base = metadata::base(service, headers);
    form.answer(StatusCode::OK, &bundle_of_all(service, &caller.scope, &base, kind, &wanted).await?)
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
    let as_of = Some(service.intake.store.settled().await?.1);
    let all = service.intake.store.resource_history(kind, id, scope).await?;
    if all.is_empty() {
        return Err(HttpError::NotHere);
    }
    let mut all = ties::history(service, scope, (kind, id), all).await?;
    all.retain(|turn| wanted.since.is_none_or(|since| turn.at >= since));
    let total = all.len();
    // How many stand below the page: changes that come meanwhile stand above it.
    let page = wanted.page.as_deref().map(|page| page.parse::<usize>().map_err(|_| wrong())).transpose()?;
    let left = page.unwrap_or(total).min(total);
    let count = wanted.count.unwrap_or(PAGE).min(LONGEST_PAGE);
    let page = &all[total - left..][..count.min(left)];
    let next = left - page.len();
    let address = format!("{kind}/{id}");
    let became = page.iter().map(|turn| Became {
        address: address.clone(),
        is_first: turn.version == "1",
        version: turn.version.clone(),
        at: turn.at,
        resource: turn.resource.clone(),
    });
    let became = became.collect();
    let path = format!("{address}/_history");
    let next = (next > 0 && count > 0).then(|| link(base, &path, wanted, Some(next.to_string())));
    Ok(found::history(base, link(base, &path, wanted, wanted.page.clone()), next, (Some(total), as_of), became))
}

/// What became of all resources, or of those of one type.
pub(super) async fn bundle_of_all(
    service: &Service,
    scope: &AgencyScope,
    base: &str,
    kind: Option<&str>,
    wanted: &Wanted,
) -> Result<Value, HttpError> {
    if kind.is_some_and(|kind| Searched::named(kind).is_none()) {
        return Err(HttpError::NotHere);
    }
    let count = wanted.count.unwrap_or(PAGE).clamp(1, LONGEST_PAGE);
    let since = wanted.since.map_or(i64::MIN, Timestamp::as_microsecond);
    let store = &service.intake.store;
    // All pages show what was kept when the first was asked for; what comes meanwhile comes with the next `_since`.
    let (up_to, as_of, mut before) = match wanted.page.as_deref() {
        Some(page) => go_on(page).map(|(up_to, spot)| (up_to, None, Some(spot))).ok_or_else(wrong)?,
        None => store.settled().await.map(|(last, now)| (last, Some(now), None))?,
    };
    let mut all: Vec<Changed> = Vec::new();
    let mut next = None;
    for _ in 0..PARTS_OF_A_PAGE {
        let (changes, on) = store.changes(kind, before, since, up_to, scope).await?;
        all.extend(changes);
        (before, next) = (on, on);
        if on.is_none() || all.len() > count {
            break;
        }
    }
    if all.len() > count {
        all.truncate(count);
        next = all.last().map(|changed| changed.spot);
    }
    let became: Result<Vec<_>, _> =
        all.iter().map(|one| became(&format!("{}/{}", one.kind, one.id), &one.change)).collect();
    let path = kind.map_or_else(|| "_history".to_owned(), |kind| format!("{kind}/_history"));
    let next = next.map(|spot| link(base, &path, wanted, Some(format!("{up_to:x}.{}", spot.text()))));
    Ok(found::history(base, link(base, &path, wanted, wanted.page.clone()), next, (None, as_of), became?))
}

/// The last plan version of all pages, and where this one goes on.
fn go_on(page: &str) -> Option<(i64, Spot)> {
    let (up_to, spot) = page.split_once('.')?;
    Some((i64::from_str_radix(up_to, 16).ok()?, Spot::named(spot)?))
}

/// The address of a page.
fn link(base: &str, path: &str, wanted: &Wanted, page: Option<String>) -> String {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(wanted.count.map(|count| format!("_count={count}")));
    parts.extend(wanted.since.map(|since| format!("_since={since}")));
    parts.extend(wanted.format.as_deref().map(|format| format!("_format={}", metadata::escaped(format))));
    parts.extend(page.map(|page| format!("_page={}", metadata::escaped(&page))));
    metadata::url(base, path, &parts)
}

fn became(address: &str, change: &Change) -> Result<Became, HttpError> {
    Ok(Became {
        address: address.to_owned(),
        is_first: change.version == 1,
        version: change.version.to_string(),
        at: change.updated_at,
        resource: change.resource.as_ref().map(read::said).transpose()?,
    })
}
