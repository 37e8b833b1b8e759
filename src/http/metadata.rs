//! `GET /fhir/metadata`: what this service can do, for FHIR clients. Open to everyone.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::Response,
};

use super::{Service, error::fhir_json};
use crate::fhir::capability;

/// The day of this version.
const PUBLISHED: &str = "2026-11-25";

pub(super) async fn capabilities(State(service): State<Service>, headers: HeaderMap) -> Response {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let base = match host {
        Some(host) => format!("http://{host}/fhir"),
        None => format!("http://{}/fhir", service.settings.listen),
    };
    fhir_json(StatusCode::OK, &capability::statement(&base, env!("CARGO_PKG_VERSION"), PUBLISHED))
}
