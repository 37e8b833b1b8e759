//! In which form an answer is wanted, and saying it so. Of FHIR's two: `_format` says, else the Accept header; JSON when neither does.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;

use super::error::HttpError;
use crate::fhir::wire;

/// A form of FHIR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Json,
    Xml,
}

impl Form {
    /// The form wanted. Of several that are accepted, the first that we write.
    pub(super) fn wanted(format: Option<&str>, headers: &HeaderMap) -> Result<Self, HttpError> {
        // A plus sign that was not escaped arrives as a space.
        let format = format.map(|format| format.replace(' ', "+"));
        if let Some(format) = format {
            return Self::named(&format).ok_or(HttpError::NoSuchForm);
        }
        let says_nothing = headers.get_all(header::ACCEPT).iter().all(HeaderValue::is_empty);
        if says_nothing {
            return Ok(Self::Json);
        }
        accepted(headers).find_map(Self::named).ok_or(HttpError::NoSuchForm)
    }

    fn named(name: &str) -> Option<Self> {
        match name.split(';').next().unwrap_or_default().trim() {
            "json" | "application/json" | "application/fhir+json" | "text/json" | "application/*" | "*/*" => {
                Some(Self::Json)
            }
            "xml" | "application/xml" | "application/fhir+xml" | "text/xml" => Some(Self::Xml),
            _ => None,
        }
    }

    /// An answer in this form.
    pub(super) fn answer(self, status: StatusCode, resource: &Value) -> Result<Response, HttpError> {
        let json = resource.to_string();
        let body = match self {
            Self::Json => json,
            Self::Xml => wire::xml_of(&json).map_err(|_| HttpError::OurFault("writing XML"))?,
        };
        let headers = [(header::CONTENT_TYPE, self.media_type()), (header::VARY, "accept")];
        Ok((status, headers, Body::from(body)).into_response())
    }

    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/fhir+json; charset=utf-8",
            Self::Xml => "application/fhir+xml; charset=utf-8",
        }
    }
}

/// The media types that a caller takes, in its order, without those that it does not want (`q=0`).
pub(super) fn accepted(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let values = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().filter(|name| !name.is_empty())?;
        let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok());
        (weight.unwrap_or(1.0) > 0.0).then_some(name)
    })
}
