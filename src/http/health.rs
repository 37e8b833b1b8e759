//! Whether the service lives, whether it can take records, and its metrics.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{Service, auth::Caller, error::HttpError};
use crate::config::Operation;

/// The process answers.
pub(super) async fn live() -> Response {
    Json(json!({ "status": "live" })).into_response()
}

/// The store answers and holds every migration.
pub(super) async fn ready(State(service): State<Service>) -> Response {
    match service.intake.store.ready().await {
        Ok(()) => Json(json!({ "status": "ready" })).into_response(),
        Err(error) => {
            let body = json!({ "status": "not ready", "store": error.kind() });
            (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response()
        }
    }
}

/// Prometheus text.
pub(super) async fn metrics(State(service): State<Service>, caller: Caller) -> Result<Response, HttpError> {
    caller.may(Operation::Report)?;
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], service.metrics.render()).into_response())
}
