//! `POST /fhir/{type}/$validate?profile=&mode=`: holds a resource against base FHIR R4 and the profiles of ours
//! that it claims or the caller names, and keeps nothing.
//!
//! Takes the resource, or Parameters with it as the part `resource`, in JSON or XML. Answers an OperationOutcome with 200
//! whether all is well or not, and with 400 where the body is neither.

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
    let is_xml = is_xml || wire::is_xml(&spooled.head);
    let asked = Asked { kind, profile: about.profile, mode: about.mode };
    let mut bytes = spooled.bytes.reader().map_err(|_| HttpError::OurFault("spooling"))?;
    let answered = task::spawn_blocking(move || {
        let mut body = Vec::new();
        bytes.read_to_end(&mut body).map_err(|_| HttpError::OurFault("spooling"))?;
        Ok::<_, HttpError>(if is_xml {
            answer_xml(&body, asked)
        } else {
            answer(&body, asked).map_err(|no| vec![no.into()])
        })
    });
    let answered = answered.await.map_err(|_| HttpError::OurFault("checking"))??;
    match answered {
        Ok(faults) => said(form, StatusCode::OK, &faults),
        Err(faults) => said(form, StatusCode::BAD_REQUEST, &faults),
    }
}

/// The faults of XML, or what keeps it from being looked at.
fn answer_xml(body: &[u8], asked: Asked) -> Result<Vec<Fault>, Vec<Fault>> {
    let no_utf8 = wire::NoXml { line: 1, column: 1, message: "The body is XML, and not in UTF-8." };
    let xml = str::from_utf8(body).map_err(|_| vec![no_utf8.into()])?;
    let json = wire::json_of(xml).map_err(|no| vec![no.into()])?;
    let faults = answer(json.as_bytes(), asked).map_err(|no| vec![no.into()])?;
    Ok(faults.into_iter().map(|fault| fault.within_xml(xml)).collect())
}

fn said(form: Form, status: StatusCode, faults: &[Fault]) -> Result<Response, HttpError> {
    let outcome = operation_outcome(faults.iter().map(Fault::issue));
    if form == Form::Json {
        return Ok(fhir_json(status, &outcome));
    }
    let xml = wire::xml_of(&outcome.to_string()).map_err(|_| HttpError::OurFault("writing XML"))?;
    Ok((status, [(header::CONTENT_TYPE, form.media_type())], Body::from(xml)).into_response())
}
