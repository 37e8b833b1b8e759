//! In which of FHIR's two forms an answer is wanted: `_format` says, else the Accept header; JSON when neither does.

use axum::http::{HeaderMap, header};

use super::error::HttpError;

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
        let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let mut types =
            accepted.flat_map(|value| value.split(',')).map(str::trim).filter(|one| !one.is_empty()).peekable();
        if types.peek().is_none() {
            return Ok(Self::Json);
        }
        types.find_map(Self::named).ok_or(HttpError::NoSuchForm)
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

    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/fhir+json; charset=utf-8",
            Self::Xml => "application/fhir+xml; charset=utf-8",
        }
    }
}
