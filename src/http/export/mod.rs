//! Bulk Data Access: `$export` of everything, of all people, or of the people of one agency; asked for here, written by
//! `writing` while the client comes back to look (`status`).
//!
//! An export shows one moment. Its files stand in a folder that only the service's own user may read, for as long as the
//! settings say; what is left to write after a stop is written when the service runs again.

mod asked;
mod status;
mod writing;

use std::time::Duration;

use axum::{
    body::{Body, to_bytes},
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use uuid::Uuid;

use super::{
    Service,
    auth::Caller,
    error::HttpError,
    form::Form,
    group, metadata,
    search::{self, Pairs},
};
use crate::{
    config::Operation,
    store::{AgencyScope, NewExport},
};
use asked::{Asked, Said};

pub(super) use status::{cancel, file, status};
pub(super) use writing::work;

/// Bytes of a request's Parameters, in megabytes.
const LIMIT_MB: usize = 1;

type Parameters = Result<Query<Pairs>, QueryRejection>;

pub(super) async fn of_all(
    State(service): State<Service>,
    caller: Caller,
    method: Method,
    pairs: Parameters,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HttpError> {
    caller.may(Operation::Read)?;
    let said = said(&method, pairs, body).await?;
    begin(&service, &caller.scope, "$export", said, &headers).await
}

pub(super) async fn of_people(
    State(service): State<Service>,
    caller: Caller,
    method: Method,
    pairs: Parameters,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HttpError> {
    caller.may(Operation::Read)?;
    let said = said(&method, pairs, body).await?;
    begin(&service, &caller.scope, "Patient/$export", said, &headers).await
}

pub(super) async fn of_group(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
    method: Method,
    pairs: Parameters,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HttpError> {
    caller.may(Operation::Read)?;
    let agency = group::agency(&service, &caller.scope, &id).await?;
    let said = said(&method, pairs, body).await?;
    begin(&service, &AgencyScope::Only(agency), &format!("Group/{id}/$export"), said, &headers).await
}

/// What the address says, and the body of a POST.
async fn said(method: &Method, pairs: Parameters, body: Body) -> Result<Vec<Said>, HttpError> {
    let Query(pairs) = pairs.map_err(|_| search::not_read())?;
    let mut said: Vec<Said> = pairs.into_iter().map(|(name, value)| Said::in_address(name, value)).collect();
    if *method == Method::POST {
        let body = to_bytes(body, LIMIT_MB << 20).await.map_err(|_| HttpError::TooLarge(LIMIT_MB))?;
        said.extend(Said::in_body(&body)?);
    }
    Ok(said)
}

async fn begin(
    service: &Service,
    scope: &AgencyScope,
    path: &str,
    said: Vec<Said>,
    headers: &HeaderMap,
) -> Result<Response, HttpError> {
    if Form::wanted(None, headers)? != Form::Json {
        return Err(HttpError::NoSuchForm);
    }
    if !wishes(headers, "respond-async") {
        let text = "An export is written while you wait elsewhere. Please send the header Prefer: respond-async.";
        return Err(HttpError::BadRequest(text.to_owned()));
    }
    let base = metadata::base(service, headers);
    let asked = Asked::of(said, (&base, path), wishes(headers, "handling=lenient"))?;
    known(service, scope, &asked).await?;
    let new = NewExport {
        id: Uuid::new_v4(),
        scope,
        since: asked.since,
        asked: serde_json::to_string(&asked).map_err(|_| HttpError::OurFault("export"))?,
        keep: Duration::from_hours(service.settings.export_hours),
    };
    if service.intake.store.begin_export(&new).await?.is_none() {
        return Err(HttpError::TooMany("Several exports of yours are being written. Please wait until one is done."));
    }
    service.exports.notify_one();
    Ok((StatusCode::ACCEPTED, [(header::CONTENT_LOCATION, format!("{base}/$export/{}", new.id))]).into_response())
}

/// Whether everyone who is named is here; who is not would be missed in silence.
async fn known(service: &Service, scope: &AgencyScope, asked: &Asked) -> Result<(), HttpError> {
    if asked.people.is_empty() {
        return Ok(());
    }
    let found = service.intake.store.resources(&asked.people, scope).await?;
    let here = found.iter().filter(|one| one.resource.kind == "Patient").count();
    if here == asked.people.len() {
        return Ok(());
    }
    let text = format!("Of {} people named, {here} are here. Please name only these.", asked.people.len());
    Err(HttpError::BadRequest(text))
}

fn wishes(headers: &HeaderMap, wish: &str) -> bool {
    let all = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split([',', ';'])).any(|one| one.trim().eq_ignore_ascii_case(wish))
}
