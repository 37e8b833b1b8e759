//! `GET /fhir/{type}?…` and `POST /fhir/{type}/_search`: searches one type, page by page.
//!
//! A parameter that is not known is told in the answer and changes nothing; who asks for strict handling gets an error.

use axum::{
    body::{Body, to_bytes},
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode, Uri, header},
    response::Response,
};
use serde_json::Value;

use super::{Service, auth::Caller, error::HttpError, find, form::Form, metadata, ties};
use crate::{
    config::Operation,
    fhir::{
        found::{Mode, SearchSet},
        outcome::{Issue, operation_outcome},
        search::{Asked, Searched},
    },
    rules::Severity,
    store::AgencyScope,
};

/// Bytes of a form of search parameters.
const LONGEST_FORM: usize = 64 << 10;

/// Names and values of parameters, in their order.
pub(super) type Pairs = Vec<(String, String)>;

pub(super) async fn search(
    State(service): State<Service>,
    caller: Caller,
    Path(kind): Path<String>,
    pairs: Result<Query<Pairs>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    let Query(pairs) = pairs.map_err(|_| not_read())?;
    answer(&service, &caller, &kind, &pairs, &headers).await
}

pub(super) async fn search_by_form(
    State(service): State<Service>,
    caller: Caller,
    Path(kind): Path<String>,
    pairs: Result<Query<Pairs>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HttpError> {
    let Query(mut pairs) = pairs.map_err(|_| not_read())?;
    let body = to_bytes(body, LONGEST_FORM).await.map_err(|_| too_long())?;
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_form = media.split(';').next().unwrap_or_default().trim() == "application/x-www-form-urlencoded";
    if !is_form && !body.is_empty() {
        let text = "_search takes application/x-www-form-urlencoded: name=value&name=value.";
        return Err(HttpError::NotThisForm(text.to_owned()));
    }
    let body = std::str::from_utf8(&body).map_err(|_| not_read())?;
    pairs.extend(pairs_of(body.trim_end())?);
    answer(&service, &caller, &kind, &pairs, &headers).await
}

/// The parameters of a query or of a form, which read alike.
pub(super) fn pairs_of(query: &str) -> Result<Pairs, HttpError> {
    let uri: Uri = format!("/?{query}").parse().map_err(|_| not_read())?;
    Query::<Pairs>::try_from_uri(&uri).map(|Query(pairs)| pairs).map_err(|_| not_read())
}

pub(super) fn not_read() -> HttpError {
    HttpError::BadRequest(
        "The parameters cannot be read. Please escape them as URLs do: name=value&name=value.".to_owned(),
    )
}

fn too_long() -> HttpError {
    HttpError::BadRequest("The form is cut off, or longer than the 64 KB that a search may take.".to_owned())
}

async fn answer(
    service: &Service,
    caller: &Caller,
    kind: &str,
    pairs: &Pairs,
    headers: &HeaderMap,
) -> Result<Response, HttpError> {
    caller.may(Operation::Read)?;
    let format = pairs.iter().find(|(name, _)| name == "_format").map(|(_, format)| format.as_str());
    let form = Form::wanted(format, headers)?;
    let base = metadata::base(service, headers);
    let bundle = bundle(service, &caller.scope, &base, (kind, pairs), is_strict(headers)).await?;
    form.answer(StatusCode::OK, &bundle)
}

/// Whether the caller would rather have an error than an answer to another question.
pub(super) fn is_strict(headers: &HeaderMap) -> bool {
    let wishes = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    wishes.flat_map(|value| value.split([',', ';'])).any(|wish| wish.trim() == "handling=strict")
}

/// The page as a Bundle.
pub(super) async fn bundle(
    service: &Service,
    scope: &AgencyScope,
    base: &str,
    (kind, pairs): (&str, &Pairs),
    strict: bool,
) -> Result<Value, HttpError> {
    let searched = Searched::named(kind).ok_or(HttpError::NotHere)?;
    let mut asked = Asked::of(searched, pairs).map_err(|wrong| HttpError::BadRequest(format!("{wrong}.")))?;
    let unused = (!asked.unused.is_empty()).then(|| asked.unused.join(", "));
    if let Some(names) = unused.as_deref().filter(|_| strict) {
        return Err(HttpError::NotOffered(names.to_owned()));
    }
    let mut page = find::page(service, scope, &mut asked).await?;
    page.entries.extend(unused.map(|names| (Mode::Outcome, told(&names))));
    if let Some(people) = asked.people() {
        let ties = ties::told_of(service, scope, &people).await?;
        page.entries.extend(ties.map(|outcome| (Mode::Outcome, outcome)));
    }
    let format = pairs.iter().filter(|(name, _)| name == "_format");
    let mut parts: Vec<String> = asked
        .used
        .iter()
        .chain(format)
        .map(|(name, value)| format!("{}={}", metadata::escaped(name), metadata::escaped(value)))
        .collect();
    let next = page.next.map(|spot| {
        let on = parts.iter().cloned().chain([format!("_page={}", spot.text())]);
        metadata::url(base, kind, &on.collect::<Vec<_>>())
    });
    parts.extend(asked.page.as_deref().map(|page| format!("_page={}", metadata::escaped(page))));
    let here = metadata::url(base, kind, &parts);
    Ok(SearchSet { base, here, next, total: page.total, entries: page.entries }.bundle())
}

pub(super) fn told(names: &str) -> Value {
    let message = format!("These parameters are not offered here and were not used: {names}.");
    let issue = Issue {
        severity: Severity::Warning,
        rule: None,
        code: "not-supported",
        message: &message,
        diagnostics: "",
        expression: None,
        pointer: None,
        place: None,
    };
    operation_outcome(std::iter::once(issue))
}
