//! `GET /fhir/metadata`: what this service can do, for FHIR clients. Open to everyone. And how its own addresses are written.

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode, header},
    response::Response,
};

use super::{Service, error::HttpError, read::How};
use crate::fhir::capability;

/// The day of this version.
const PUBLISHED: &str = "2026-11-25";

pub(super) async fn capabilities(
    State(service): State<Service>,
    how: Result<Query<How>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    let form = How::form(how, &headers)?;
    let statement = capability::statement(&base(&service, &headers), env!("CARGO_PKG_VERSION"), PUBLISHED);
    form.answer(StatusCode::OK, &statement)
}

/// The base of the FHIR addresses as the caller reaches them; a proxy that ends TLS says so.
pub(super) fn base(service: &Service, headers: &HeaderMap) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let scheme = text("x-forwarded-proto").filter(|scheme| *scheme == "https").unwrap_or("http");
    match text(header::HOST.as_str()) {
        Some(host) => format!("{scheme}://{host}/fhir"),
        None => format!("{scheme}://{}/fhir", service.settings.listen),
    }
}

/// An address below the base, with parameters that are escaped already.
pub(super) fn url(base: &str, path: &str, parameters: &[String]) -> String {
    match parameters {
        [] => format!("{base}/{path}"),
        some => format!("{base}/{path}?{}", some.join("&")),
    }
}

const HEXADECIMAL: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];

/// A name or value of a query.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:/,".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.extend([byte >> 4, byte & 15].map(|half| HEXADECIMAL[usize::from(half)]));
        }
    }
    out
}
