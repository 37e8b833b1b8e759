//! `GET /fhir/{type}/{id}?_format=`: the newest accepted version of a resource, in JSON or XML.

use axum::{
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use uuid::Uuid;

use super::{Service, auth::Caller, error::HttpError, form::Form};
use crate::{config::Operation, fhir::wire};

/// How the answer is wanted.
#[derive(Debug, Deserialize)]
pub(super) struct How {
    #[serde(rename = "_format")]
    format: Option<String>,
}

pub(super) async fn read(
    State(service): State<Service>,
    caller: Caller,
    Path((kind, id)): Path<(String, String)>,
    how: Result<Query<How>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    caller.may(Operation::Read)?;
    let Query(how) = how.map_err(|_| HttpError::BadRequest("Reading takes the parameter _format, once.".to_owned()))?;
    let form = Form::wanted(how.format.as_deref(), &headers)?;
    let id = Uuid::try_parse(&id).map_err(|_| HttpError::NotHere)?;
    let stored = service.intake.store.resource(&kind, id, &caller.scope).await?.ok_or(HttpError::NotHere)?;
    let etag = format!("W/\"{}\"", stored.version);
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
    }
    let modified = stored.updated_at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let headers = [
        (header::CONTENT_TYPE, form.media_type().to_owned()),
        (header::ETAG, etag),
        (header::LAST_MODIFIED, modified),
        (header::VARY, "accept".to_owned()),
    ];
    let body = match form {
        Form::Json => stored.json,
        Form::Xml => wire::xml_of(&stored.json).map_err(|_| HttpError::OurFault("writing XML"))?,
    };
    Ok((headers, Body::from(body)).into_response())
}
