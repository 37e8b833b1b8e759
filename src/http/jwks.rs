//! `GET /.well-known/jwks.json`: our public keys, by which EHRs know our assertions. Open to everyone; read when the service
//! starts.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};

use super::Service;

pub(super) async fn keys(State(service): State<Service>) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "max-age=300")];
    (headers, service.jwks.to_string()).into_response()
}
