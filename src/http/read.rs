//! `GET /fhir/{type}/{id}` and `…/_history/{version}`: a resource as it is now, or as it was, in JSON or XML. What we define
//! ourselves, such as `StructureDefinition/pcrp-careplan`, is read here too, as it is in this version.

use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::{Service, auth::Caller, error::HttpError, form::Form};
use crate::{
    config::Operation,
    fhir::found,
    profile,
    store::{AgencyScope, Standing, StoredResource},
};

/// How the answer is wanted.
#[derive(Debug, Deserialize)]
pub(super) struct How {
    #[serde(rename = "_format")]
    format: Option<String>,
}

impl How {
    /// The form wanted by the URL or, where it does not say, by the headers.
    pub(super) fn form(how: Result<Query<Self>, QueryRejection>, headers: &HeaderMap) -> Result<Form, HttpError> {
        let Query(how) =
            how.map_err(|_| HttpError::BadRequest("This takes the parameter _format, once.".to_owned()))?;
        Form::wanted(how.format.as_deref(), headers)
    }
}

pub(super) async fn read(
    State(service): State<Service>,
    caller: Caller,
    Path((kind, id)): Path<(String, String)>,
    how: Result<Query<How>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    caller.may(Operation::Read)?;
    let form = How::form(how, &headers)?;
    if let Some(definition) = profile::definition(&kind, &id) {
        return form.answer(StatusCode::OK, &definition);
    }
    let stored = present(&service, &caller.scope, &kind, &id).await?;
    answer(form, &headers, &stored)
}

pub(super) async fn version(
    State(service): State<Service>,
    caller: Caller,
    Path((kind, id, version)): Path<(String, String, String)>,
    how: Result<Query<How>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    caller.may(Operation::Read)?;
    let form = How::form(how, &headers)?;
    let stored = past(&service, &caller.scope, &kind, &id, &version).await?;
    answer(form, &headers, &stored)
}

/// A resource as it is now.
pub(super) async fn present(
    service: &Service,
    scope: &AgencyScope,
    kind: &str,
    id: &str,
) -> Result<StoredResource, HttpError> {
    let id = Uuid::try_parse(id).map_err(|_| HttpError::NotHere)?;
    match service.intake.store.resource(kind, id, scope).await? {
        Standing::Here(stored) => Ok(stored),
        Standing::Gone => Err(HttpError::Gone),
        Standing::Never => Err(HttpError::NotHere),
    }
}

/// A resource as it was in one of its versions.
pub(super) async fn past(
    service: &Service,
    scope: &AgencyScope,
    kind: &str,
    id: &str,
    version: &str,
) -> Result<StoredResource, HttpError> {
    let id = Uuid::try_parse(id).map_err(|_| HttpError::NotHere)?;
    let version: u32 = version.parse().map_err(|_| HttpError::NotHere)?;
    let history = service.intake.store.resource_history(kind, id, scope).await?;
    let mut all = history.into_iter().filter(|change| change.version == version);
    all.find_map(|change| change.resource).ok_or(HttpError::NotHere)
}

/// The resource with its version in it.
pub(super) fn said(stored: &StoredResource) -> Result<Value, HttpError> {
    found::stamped(&stored.json, stored.version, stored.updated_at)
        .ok_or(HttpError::OurFault("stored resource is no JSON"))
}

fn answer(form: Form, headers: &HeaderMap, stored: &StoredResource) -> Result<Response, HttpError> {
    let etag = format!("W/\"{}\"", stored.version);
    let mut response = if is_known(headers, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        form.answer(StatusCode::OK, &said(stored)?)?
    };
    let modified = stored.updated_at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    for (name, value) in [(header::ETAG, etag), (header::LAST_MODIFIED, modified)] {
        response.headers_mut().insert(name, HeaderValue::try_from(value).map_err(|_| HttpError::OurFault("header"))?);
    }
    Ok(response)
}

/// Whether the caller has this version already; weak and strong tags are the same here.
fn is_known(headers: &HeaderMap, etag: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let all = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(',')).any(|tag| tag.trim() == "*" || bare(tag) == bare(etag))
}
