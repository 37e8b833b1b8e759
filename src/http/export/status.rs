//! `GET` and `DELETE /fhir/$export/{id}`: how far an export is, what it came to, and giving it up; and its files,
//! `/fhir/$export/{id}/{file}`.

use std::path::Path as FilePath;

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use tokio::fs;
use tokio_util::io::ReaderStream;
use uuid::Uuid;

use super::{asked::Asked, writing};
use crate::{
    config::Operation,
    fhir::bulk::{Manifest, NDJSON, Output},
    http::{Service, auth::Caller, error::HttpError, metadata},
    store::{Export, ExportState},
};

/// After how many seconds it is worth to look again.
const LOOK_AGAIN: &str = "2";

pub(in crate::http) async fn status(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    let export = find(&service, &caller, &id).await?;
    match export.state {
        ExportState::Open => {
            let headers = [("x-progress", progress(&export)), ("retry-after", LOOK_AGAIN.to_owned())];
            Ok((StatusCode::ACCEPTED, headers).into_response())
        }
        ExportState::Failed => Err(HttpError::OurFault("export")),
        ExportState::Done => {
            let manifest = manifest(&service, &export, &metadata::base(&service, &headers))?;
            let expires = export.expires_at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
            Ok(([(header::EXPIRES, expires)], Json(manifest)).into_response())
        }
    }
}

pub(in crate::http) async fn cancel(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, HttpError> {
    let export = find(&service, &caller, &id).await?;
    service.intake.store.remove_export(export.id, &caller.scope).await?;
    writing::remove(&service, export.id).await;
    Ok(StatusCode::ACCEPTED)
}

pub(in crate::http) async fn file(
    State(service): State<Service>,
    caller: Caller,
    Path((id, name)): Path<(String, String)>,
) -> Result<Response, HttpError> {
    let export = find(&service, &caller, &id).await?;
    let is_done = export.state == ExportState::Done;
    let file = export.files.iter().find(|file| file.name == name).filter(|_| is_done).ok_or(HttpError::NotHere)?;
    let path = writing::folder(&service, export.id).join(FilePath::new(&file.name));
    let opened = fs::File::open(path).await.map_err(|_| HttpError::OurFault("export file"))?;
    let headers = [(header::CONTENT_TYPE, NDJSON.to_owned()), (header::CONTENT_LENGTH, file.bytes.to_string())];
    Ok((headers, Body::from_stream(ReaderStream::new(opened))).into_response())
}

async fn find(service: &Service, caller: &Caller, id: &str) -> Result<Export, HttpError> {
    caller.may(Operation::Read)?;
    let id = Uuid::try_parse(id).map_err(|_| HttpError::NotHere)?;
    service.intake.store.export(id, &caller.scope).await?.ok_or(HttpError::NotHere)
}

fn progress(export: &Export) -> String {
    let all = (export.whole.up_to - export.whole.after).max(1);
    let done = (export.written - export.whole.after).clamp(0, all);
    format!("{} % written", done.saturating_mul(100) / all)
}

fn manifest(service: &Service, export: &Export, base: &str) -> Result<serde_json::Value, HttpError> {
    let asked: Asked = serde_json::from_str(&export.asked).map_err(|_| HttpError::OurFault("export"))?;
    let mut manifest = Manifest {
        taken_at: export.taken_at,
        request: &asked.request,
        needs_token: !service.callers.is_this_machine_only(),
        output: Vec::new(),
        deleted: Vec::new(),
        outcomes: Vec::new(),
    };
    for file in &export.files {
        let url = format!("{base}/$export/{}/{}", export.id, file.name);
        let output = Output { kind: file.kind.clone(), url, count: file.lines };
        match file.kind.as_str() {
            writing::DELETED => manifest.deleted.push(output),
            writing::OUTCOMES => manifest.outcomes.push(output),
            _ => manifest.output.push(output),
        }
    }
    Ok(manifest.json())
}
