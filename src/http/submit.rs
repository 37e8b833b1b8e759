//! `POST /submissions?agency=&mapping=&file=&thread=&period=&confirm=`: takes records in any form that
//! a mapping reads, and answers after the commit.
//!
//! 201: every record was accepted. 207: some were sent back. 422: none was accepted, or the file cannot be read. 200: the
//! same bytes had been received before, and nothing was changed. 409: the file is held until somebody looks at it. The records
//! are kept in every case but the unreadable file and the held one.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{Service, auth::Caller, error::HttpError, spool::spool, submissions};
use crate::{
    config::Operation,
    mapping::Mapping,
    pipeline::keep::{Incoming, Received},
    store::Receipt,
};

/// What a submission says of itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct About {
    agency: Option<String>,
    mapping: Option<String>,
    file: Option<String>,
    #[serde(default)]
    thread: bool,
    period: Option<String>,
    confirm: Option<Confirmed>,
}

/// What a person looked at and found right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Confirmed {
    FewerPeople,
}

pub(super) async fn submit(
    State(service): State<Service>,
    caller: Caller,
    about: Result<Query<About>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HttpError> {
    caller.may(Operation::Submit)?;
    let Query(about) = about.map_err(|_| {
        let text =
            "POST /submissions takes the parameters agency, mapping, file, thread (true or false), period (first and \
             last day with a slash between) and confirm (fewer-people), once each.";
        HttpError::BadRequest(text.to_owned())
    })?;
    let agency = caller.agency(about.agency.as_deref())?;
    refuse_encoded(&headers)?;
    let whole_of = service.intake.whole_of(about.period.as_deref(), about.confirm.is_some())?;
    let spooled = spool(body, service.settings.body_limit_mb).await?;
    let mapping = mapping(&service, about.mapping.as_deref(), &spooled.head)?;
    let incoming = Incoming {
        agency,
        mapping,
        file: file_name(about.file.as_deref()),
        sha256: spooled.sha256,
        size: spooled.size,
        caller: caller.name.clone(),
        bytes: spooled.bytes,
        whole_of,
    };
    let _reader = service.readers.acquire().await.map_err(|_| HttpError::OurFault("readers closed"))?;
    let received = service.intake.receive(incoming, &mut |_| true).await?;
    service.wake.all();
    answer(&service, received, about.thread).await
}

async fn answer(service: &Service, received: Received, thread: bool) -> Result<Response, HttpError> {
    let (status, receipt, repeated, records) = match received {
        Received::AlreadyReceived(receipt) => (StatusCode::OK, receipt, true, Vec::new()),
        Received::Kept { receipt, records } => (status_of(&receipt), receipt, false, records),
    };
    let shown = submissions::with_records(service, &receipt, repeated, records, thread).await?;
    let place = format!("/submissions/{}", receipt.id);
    Ok((status, [(header::LOCATION, place)], shown).into_response())
}

fn status_of(receipt: &Receipt) -> StatusCode {
    match receipt.rejected {
        0 => StatusCode::CREATED,
        rejected if rejected < receipt.records => StatusCode::MULTI_STATUS,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// The mapping named, or the one that the content asks for.
pub(super) fn mapping(service: &Service, named: Option<&str>, head: &[u8]) -> Result<Arc<Mapping>, HttpError> {
    let known = || service.packs.ids().collect::<Vec<_>>().join(", ");
    match named {
        Some(id) => service.packs.get(id).ok_or_else(|| {
            HttpError::BadRequest(format!("There is no mapping of this name. Mappings at hand: {}.", known()))
        }),
        None => service.packs.recognise(head).ok_or_else(|| {
            HttpError::NotThisForm(format!(
                "We cannot tell the form from the content. Please name the mapping that reads it: ?mapping=… ({}).",
                known()
            ))
        }),
    }
}

pub(super) fn refuse_encoded(headers: &HeaderMap) -> Result<(), HttpError> {
    match headers.get(header::CONTENT_ENCODING).map(HeaderValue::as_bytes) {
        None | Some(b"identity") => Ok(()),
        Some(_) => Err(HttpError::NotThisForm("Please send the body without a Content-Encoding.".to_owned())),
    }
}

/// The file's name without its folders, for findings that point into it.
fn file_name(given: Option<&str>) -> String {
    let name = given.and_then(|name| name.rsplit(['/', '\\']).next()).map(str::trim).unwrap_or_default();
    let name: String = name.chars().filter(|letter| !letter.is_control()).take(120).collect();
    if name.is_empty() { "submission".to_owned() } else { name }
}
