//! `POST /fhir`: a batch of reads and searches, each answered for itself. Nothing is written here.

use axum::{
    body::{Body, to_bytes},
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode, Uri},
    response::Response,
};
use serde_json::Value;

use super::{
    Service,
    auth::Caller,
    error::{Fault, HttpError},
    form::Form,
    history::{self, Wanted},
    metadata,
    read::{self, How},
    search,
};
use crate::{config::Operation, fhir::found, store::AgencyScope};

/// Bytes of a batch, in megabytes.
const LIMIT_MB: usize = 1;

/// Most requests of a batch.
const MOST: usize = 100;

pub(super) async fn batch(
    State(service): State<Service>,
    caller: Caller,
    how: Result<Query<How>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HttpError> {
    caller.may(Operation::Read)?;
    let form = How::form(how, &headers)?;
    let body = to_bytes(body, LIMIT_MB << 20).await.map_err(|_| HttpError::TooLarge(LIMIT_MB))?;
    let wrong = |text: &str| HttpError::BadRequest(text.to_owned());
    let bundle: Value = serde_json::from_slice(&body).map_err(|_| wrong("The body is no JSON."))?;
    if bundle["resourceType"] != "Bundle" || bundle["type"] != "batch" {
        return Err(wrong("This takes a Bundle of type batch whose entries are GET requests."));
    }
    let requests = bundle["entry"].as_array().map(Vec::as_slice).unwrap_or_default();
    if requests.len() > MOST {
        return Err(wrong("A batch holds at most 100 requests here. Please send it in parts."));
    }
    let base = metadata::base(&service, &headers);
    let strict = search::is_strict(&headers);
    let mut answers = Vec::with_capacity(requests.len());
    for request in requests {
        answers.push(one(&service, &caller.scope, &base, &request["request"], strict).await);
    }
    said(form, answers)
}

/// The answers; a fault of ours among them is named in the log, though the whole is a success.
fn said(form: Form, answers: Vec<Result<Value, HttpError>>) -> Result<Response, HttpError> {
    let mut fault = None;
    let mut entries = Vec::with_capacity(answers.len());
    for answer in answers {
        let (status, resource) = match answer {
            Ok(resource) => (StatusCode::OK, resource),
            Err(error) => {
                if let HttpError::OurFault(kind) = error {
                    fault.get_or_insert(Fault(kind));
                }
                error.outcome()
            }
        };
        entries.push((status.as_str().to_owned(), resource));
    }
    let mut response = form.answer(StatusCode::OK, &found::batch_response(entries))?;
    if let Some(fault) = fault {
        response.extensions_mut().insert(fault);
    }
    Ok(response)
}

async fn one(
    service: &Service,
    scope: &AgencyScope,
    base: &str,
    request: &Value,
    strict: bool,
) -> Result<Value, HttpError> {
    if request["method"] != "GET" {
        return Err(HttpError::NotThisMethod);
    }
    let url = request["url"].as_str().ok_or(HttpError::NotHere)?;
    let (path, query) = url.split_once('?').unwrap_or((url, ""));
    let path = path.strip_prefix(base).unwrap_or(path).trim_start_matches('/');
    match path.split('/').collect::<Vec<_>>()[..] {
        ["_history"] => history::bundle_of_all(service, scope, base, None, &wanted(query)?).await,
        [kind] => {
            let pairs = search::pairs_of(query)?;
            search::bundle(service, scope, base, (kind, &pairs), strict).await
        }
        [kind, "_history"] => history::bundle_of_all(service, scope, base, Some(kind), &wanted(query)?).await,
        [kind, id] => read::said(&read::present(service, scope, kind, id).await?),
        [kind, id, "_history"] => history::bundle(service, scope, base, (kind, id), &wanted(query)?).await,
        [kind, id, "_history", version] => read::said(&read::past(service, scope, kind, id, version).await?),
        _ => Err(HttpError::NotHere),
    }
}

fn wanted(query: &str) -> Result<Wanted, HttpError> {
    let uri: Uri = format!("/?{query}").parse().map_err(|_| history::wrong())?;
    Query::<Wanted>::try_from_uri(&uri).map(|Query(wanted)| wanted).map_err(|_| history::wrong())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Fault, Form, HttpError, said};

    #[test]
    fn a_fault_of_ours_within_a_batch_is_named_in_the_log() {
        let fault = |answers| {
            let response = said(Form::Json, answers).expect("an answer");
            response.extensions().get::<Fault>().map(|fault| fault.0)
        };
        let well = || Ok(json!({ "resourceType": "Goal" }));
        assert_eq!(fault(vec![well(), Err(HttpError::OurFault("store damaged")), well()]), Some("store damaged"));
        assert_eq!(fault(vec![well(), Err(HttpError::NotHere)]), None);
    }
}
