//! `GET /fhir/{type}/{id}`: the newest accepted version of a resource.

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use uuid::Uuid;

use super::{Service, auth::Caller, error::HttpError};
use crate::config::Operation;

pub(super) async fn read(
    State(service): State<Service>,
    caller: Caller,
    Path((kind, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    caller.may(Operation::Read)?;
    let id = Uuid::try_parse(&id).map_err(|_| HttpError::NotHere)?;
    let stored = service.intake.store.resource(&kind, id, &caller.scope).await?.ok_or(HttpError::NotHere)?;
    let etag = format!("W/\"{}\"", stored.version);
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
    }
    let modified = stored.updated_at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let headers = [
        (header::CONTENT_TYPE, "application/fhir+json; charset=utf-8".to_owned()),
        (header::ETAG, etag),
        (header::LAST_MODIFIED, modified),
    ];
    Ok((headers, Body::from(stored.json)).into_response())
}
