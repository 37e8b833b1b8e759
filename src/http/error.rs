//! What an error looks like outside: one table of status, FHIR issue code and public text. Every answer that is not a
//! success is an OperationOutcome. Lower layers know no status codes; what is not named here is 500, with an id that is
//! in the log.

use std::any::Any;

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use uuid::Uuid;

use super::form::Form;
use crate::{
    events,
    fhir::outcome::{Issue, operation_outcome},
    mapping::Unreadable,
    pipeline::{keep::ReceiveError, period::Held},
    rules::Severity,
    store::StoreError,
};

/// Why a request is not answered with what it asked for.
#[derive(Debug)]
pub enum HttpError {
    /// A parameter is missing or wrong; the text says which and what is allowed.
    BadRequest(String),
    /// No credential, or one that is not known.
    NotKnown,
    /// The caller may not do this; the text says what is missing.
    NotAllowed(&'static str),
    /// There is nothing here, or nothing that this caller may see.
    NotHere,
    /// It was here, and its plan no longer has it.
    Gone,
    /// Parameters that are not offered, by name, where the caller wants an error for that.
    NotOffered(String),
    /// The method is not offered here.
    NotThisMethod,
    /// The resource cannot be written in this way; the text says in which.
    NotThisWay(&'static str),
    /// It stands otherwise than the caller takes it to; the text says what to do.
    Conflict(&'static str),
    /// A condition of the caller does not hold; issue code and text.
    Condition(&'static str, &'static str),
    /// It cannot be kept as it was sent; the text says what to send.
    NotAsSent(String),
    /// One of these, and by which element of what was sent (a `FHIRPath`).
    At(String, Box<Self>),
    /// What is wrong is told already, issue by issue.
    Told(StatusCode, serde_json::Value),
    /// The body is larger than the configured limit, in megabytes.
    TooLarge(usize),
    /// The form of the body is not one we read here.
    NotThisForm(String),
    /// The answer is not offered in any form that was asked for.
    NoSuchForm,
    /// The file cannot be read.
    Unreadable(Unreadable),
    /// The file is held until somebody looks at it.
    Held(Held),
    /// More at once than one caller may have; the text says of what.
    TooMany(&'static str),
    /// It took longer than a request may take.
    TooSlow,
    /// The body ended before its end, or could not be spooled.
    Broken(&'static str),
    /// The store is busy or away; try again.
    Unavailable(&'static str),
    /// Something went wrong on our side.
    OurFault(&'static str),
}

impl HttpError {
    fn row(&self) -> (StatusCode, &'static str, String) {
        match self {
            Self::BadRequest(text) => (StatusCode::BAD_REQUEST, "invalid", text.clone()),
            Self::NotKnown => (
                StatusCode::UNAUTHORIZED,
                "login",
                "Please send the token of a configured caller: Authorization: Bearer …".to_owned(),
            ),
            Self::NotAllowed(text) => (StatusCode::FORBIDDEN, "forbidden", (*text).to_owned()),
            Self::NotHere => (
                StatusCode::NOT_FOUND,
                "not-found",
                "There is nothing here, or nothing that you may see. Please check the address.".to_owned(),
            ),
            Self::Gone => (
                StatusCode::GONE,
                "deleted",
                "This was here, and its plan no longer has it. Its versions can still be read: …/_history.".to_owned(),
            ),
            Self::NotOffered(names) => (
                StatusCode::BAD_REQUEST,
                "not-supported",
                format!("These parameters are not offered here: {names}. The /metadata of this service lists what is."),
            ),
            Self::NotThisMethod => (
                StatusCode::METHOD_NOT_ALLOWED,
                "not-supported",
                "This method is not offered here; the Allow header says which are.".to_owned(),
            ),
            Self::NotThisWay(text) => (StatusCode::METHOD_NOT_ALLOWED, "not-supported", (*text).to_owned()),
            Self::Conflict(text) => (StatusCode::CONFLICT, "conflict", (*text).to_owned()),
            Self::Condition(code, text) => (StatusCode::PRECONDITION_FAILED, code, (*text).to_owned()),
            Self::NotAsSent(text) => (StatusCode::UNPROCESSABLE_ENTITY, "business-rule", text.clone()),
            Self::At(_, error) => error.row(),
            Self::Told(status, _) => (*status, "processing", String::new()),
            Self::TooLarge(limit) => (
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-long",
                format!(
                    "The body is larger than the {limit} MB that are taken at this address. Please send it in parts; for files, \
                    server.body_limit_mb can be raised."
                ),
            ),
            Self::NotThisForm(text) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-supported", text.clone()),
            Self::NoSuchForm => (
                StatusCode::NOT_ACCEPTABLE,
                "not-supported",
                "FHIR is answered here as application/fhir+json or application/fhir+xml.".to_owned(),
            ),
            Self::Unreadable(unreadable) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "structure", unreadable.message.clone())
            }
            Self::Held(held) => (StatusCode::CONFLICT, "business-rule", held.to_string()),
            Self::TooMany(text) => (StatusCode::TOO_MANY_REQUESTS, "throttled", (*text).to_owned()),
            Self::TooSlow => (
                StatusCode::REQUEST_TIMEOUT,
                "timeout",
                "This took longer than a request may take. What was kept stays; send the same bytes again to go on.".to_owned(),
            ),
            Self::Broken(text) => (StatusCode::BAD_REQUEST, "incomplete", (*text).to_owned()),
            Self::Unavailable(text) => (StatusCode::SERVICE_UNAVAILABLE, "transient", (*text).to_owned()),
            Self::OurFault(_) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "exception",
                "Something went wrong on our side. Please give the x-request-id of this answer to whoever runs the service.".to_owned(),
            ),
        }
    }
}

impl HttpError {
    /// The same with the element of what was sent, where the caller is to change that.
    pub(super) fn at(self, element: impl Into<String>) -> Self {
        match self {
            Self::BadRequest(_)
            | Self::NotOffered(_)
            | Self::NotThisWay(_)
            | Self::Conflict(_)
            | Self::Condition(..)
            | Self::NotAsSent(_)
            | Self::Gone => Self::At(element.into(), Box::new(self)),
            other => other,
        }
    }

    /// Its status, and what is said of it.
    pub(super) fn outcome(&self) -> (StatusCode, serde_json::Value) {
        let (status, code, message) = self.row();
        if let Self::Told(_, outcome) = self {
            return (status, outcome.clone());
        }
        let (rule, place) = match self {
            Self::Unreadable(unreadable) => (Some(unreadable.rule), Some(&unreadable.place)),
            Self::Held(held) => (Some(held.rule()), None),
            _ => (None, None),
        };
        let expression = if let Self::At(element, _) = self { Some(element.as_str()) } else { None };
        let issue = Issue {
            severity: Severity::Error,
            rule,
            code,
            message: &message,
            diagnostics: "",
            expression,
            pointer: None,
            place,
        };
        (status, operation_outcome(std::iter::once(issue)))
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        let (status, outcome) = self.outcome();
        let mut response = fhir_json(status, &outcome);
        let headers = response.headers_mut();
        match self {
            Self::NotKnown => drop(headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
            Self::Unavailable(_) => drop(headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"))),
            Self::TooMany(_) => drop(headers.insert(header::RETRY_AFTER, HeaderValue::from_static("60"))),
            Self::OurFault(kind) => drop(response.extensions_mut().insert(Fault(kind))),
            _ => {}
        }
        response
    }
}

/// Marks an answer that the log must name by kind.
#[derive(Clone, Copy)]
pub(super) struct Fault(pub(super) &'static str);

impl From<StoreError> for HttpError {
    fn from(error: StoreError) -> Self {
        if error.is_passing() {
            Self::Unavailable("The store is busy or cannot be reached. Nothing is lost; please send the same again.")
        } else {
            Self::OurFault(error.kind())
        }
    }
}

impl From<ReceiveError> for HttpError {
    fn from(error: ReceiveError) -> Self {
        match error {
            ReceiveError::Unreadable(unreadable) => Self::Unreadable(unreadable),
            ReceiveError::Held(held) => Self::Held(held),
            ReceiveError::Store(error) => error.into(),
            ReceiveError::Broken => Self::OurFault("reading"),
            ReceiveError::Stopped => {
                Self::Unavailable("The service is stopping. What was kept stays; send the same bytes again to go on.")
            }
        }
    }
}

/// An answer in FHIR JSON.
pub(super) fn fhir_json(status: StatusCode, resource: &serde_json::Value) -> Response {
    let headers = [(header::CONTENT_TYPE, Form::Json.media_type())];
    (status, headers, Body::from(resource.to_string())).into_response()
}

/// For every path that no route has.
pub(super) async fn no_such_place() -> HttpError {
    HttpError::NotHere
}

/// For every method that a route does not take.
pub(super) async fn not_this_method() -> HttpError {
    HttpError::NotThisMethod
}

/// For a handler that panicked. What it says of itself stays out of log and answer.
pub(super) fn after_panic(_: Box<dyn Any + Send + 'static>) -> Response {
    HttpError::OurFault("panic").into_response()
}

/// Names the fault of an answer in the log.
pub(super) fn tell_fault(request: Uuid, response: &Response) {
    if let Some(Fault(kind)) = response.extensions().get::<Fault>() {
        events::RequestFailed { request, kind }.emit();
    }
}
