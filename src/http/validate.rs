//! `POST /fhir/{type}/$validate?profile=&mode=`: holds a resource against base FHIR R4 and keeps nothing.
//!
//! Takes the resource, or Parameters with it as the part `resource`, in JSON. Answers an OperationOutcome with 200 whether all
//! is well or not, and with 400 where the body is no JSON.

use std::io::Read;

use axum::{
    body::Body,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use tokio::task;

use super::{
    Service,
    auth::Caller,
    error::{HttpError, fhir_json},
    form::Form,
    spool::spool,
};
use crate::{
    config::Operation,
    fhir::{
        check::{Asked, Fault, answer, is_resource},
        outcome::operation_outcome,
        wire,
    },
};

/// Largest resource checked here, in megabytes.
const LIMIT_MB: usize = 16;

/// What is asked beside the body.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct About {
    profile: Option<String>,
    mode: Option<String>,
    #[serde(rename = "_format")]
    format: Option<String>,
}

pub(super) async fn validate(
    State(service): State<Service>,
    caller: Caller,
    Path(kind): Path<String>,
    about: Result<Query<About>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HttpError> {
    caller.may(Operation::Check)?;
    if !is_resource(&kind) {
        return Err(HttpError::NotHere);
    }
    let Query(about) = about.map_err(|_| {
        HttpError::BadRequest("$validate takes the parameters profile, mode and _format, once each.".to_owned())
    })?;
    let form = Form::wanted(about.format.as_deref(), &headers)?;
    let spooled = spool(body, LIMIT_MB.min(service.settings.body_limit_mb)).await?;
    let is_xml =
        headers.get(header::CONTENT_TYPE).is_some_and(|form| form.to_str().is_ok_and(|form| form.contains("xml")));
    if is_xml || spooled.head.trim_ascii_start().starts_with(b"<") {
        return Err(HttpError::NotThisForm("$validate reads JSON: application/fhir+json.".to_owned()));
    }
    let asked = Asked { kind, profile: about.profile, mode: about.mode };
    let mut bytes = spooled.bytes.reader().map_err(|_| HttpError::OurFault("spooling"))?;
    let answered = task::spawn_blocking(move || {
        let mut body = Vec::new();
        bytes.read_to_end(&mut body).map_err(|_| HttpError::OurFault("spooling"))?;
        Ok::<_, HttpError>(answer(&body, asked))
    });
    let answered = answered.await.map_err(|_| HttpError::OurFault("checking"))??;
    match answered {
        Ok(faults) => said(form, StatusCode::OK, &faults),
        Err(error) => said(form, StatusCode::BAD_REQUEST, &[error.into()]),
    }
}

fn said(form: Form, status: StatusCode, faults: &[Fault]) -> Result<Response, HttpError> {
    let outcome = operation_outcome(faults.iter().map(Fault::issue));
    if form == Form::Json {
        return Ok(fhir_json(status, &outcome));
    }
    let xml = wire::xml_of(&outcome.to_string()).map_err(|_| HttpError::OurFault("writing XML"))?;
    Ok((status, [(header::CONTENT_TYPE, form.media_type())], Body::from(xml)).into_response())
}
