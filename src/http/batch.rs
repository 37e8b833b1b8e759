//! `POST /fhir`: a batch of reads, searches and writes, each answered for itself, or the transaction of one plan.

use axum::{
    body::Body,
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
    metadata, read, search,
    write::{self, How, Part, Sent, Unit, Wish},
};
use crate::{config::Operation, fhir::found, store::AgencyScope};

/// Most requests of a batch.
const MOST: usize = 100;

pub(super) async fn batch(
    State(service): State<Service>,
    caller: Caller,
    how: Result<Query<How>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HttpError> {
    if caller.may(Operation::Submit).is_err() {
        caller.may(Operation::Read)?;
    }
    let wrong = |text: &str| HttpError::BadRequest(text.to_owned());
    let Query(how) = how.map_err(|_| wrong("This takes the parameters agency and _format, once each."))?;
    let form = Form::wanted(how.format.as_deref(), &headers)?;
    let sent = Sent::unchecked(&service, &headers, body).await?;
    let here = Here { service: &service, caller: &caller, base: metadata::base(&service, &headers), headers: &headers };
    match (sent.tree["resourceType"].as_str(), sent.tree["type"].as_str()) {
        (Some("Bundle"), Some("transaction")) => here.transaction(form, how.agency, sent).await,
        (Some("Bundle"), Some("batch")) => {
            sent.refuse_doubled()?;
            let requests = sent.tree["entry"].as_array().map(Vec::as_slice).unwrap_or_default();
            if requests.len() > MOST {
                return Err(wrong("A batch holds at most 100 requests here. Please send it in parts."));
            }
            let mut answers = Vec::with_capacity(requests.len());
            for request in requests {
                answers.push(here.one(how.agency.as_deref(), request).await);
            }
            said(form, answers)
        }
        (kind, _) => {
            let element = if kind == Some("Bundle") { "Bundle.type" } else { "Resource" };
            Err(wrong("This takes a Bundle of type batch, or of type transaction with one plan.").at(element))
        }
    }
}

/// Who asks, where, and how.
struct Here<'r> {
    service: &'r Service,
    caller: &'r Caller,
    base: String,
    headers: &'r HeaderMap,
}

impl Here<'_> {
    async fn transaction(&self, form: Form, agency: Option<String>, sent: Sent) -> Result<Response, HttpError> {
        self.caller.may(Operation::Submit)?;
        let unit = write::transaction(&self.base, agency, sent.checked().await?)?;
        let parts: Vec<Part> = unit.parts.clone();
        let done = write::write(self.service, self.caller, &self.base, unit).await?;
        write::together(form, write::entries(&self.base, Wish::named(self.headers), &parts, done)?)
    }

    async fn one(&self, agency: Option<&str>, entry: &Value) -> Result<Value, HttpError> {
        if matches!(entry["request"]["method"].as_str(), Some("POST" | "PUT" | "DELETE")) {
            return self.written(agency, entry).await;
        }
        self.caller.may(Operation::Read)?;
        let strict = search::is_strict(self.headers);
        let found = one(self.service, &self.caller.scope, &self.base, &entry["request"], strict).await?;
        Ok(found::answered("200", found))
    }

    /// A write of a batch, by itself.
    async fn written(&self, agency: Option<&str>, entry: &Value) -> Result<Value, HttpError> {
        self.caller.may(Operation::Submit)?;
        let way = write::way_of(&self.base, entry)?;
        let resource = entry.get("resource").cloned().unwrap_or_default();
        if matches!(way, write::Way::Create { .. }) {
            write::may(resource["resourceType"].as_str().unwrap_or_default(), "create")?;
        }
        let sent = Sent::of_entry(&resource).checked().await?;
        let parts = vec![Part { way, resource, full_url: None, at: String::new() }];
        let unit = Unit { agency: agency.map(str::to_owned), parts: parts.clone(), sent };
        let done = write::write(self.service, self.caller, &self.base, unit).await?;
        let mut entries = write::entries(&self.base, Wish::named(self.headers), &parts, done)?;
        entries.pop().ok_or(HttpError::OurFault("no answer"))
    }
}

/// The answers; a fault of ours among them is named in the log, though the whole is a success.
fn said(form: Form, answers: Vec<Result<Value, HttpError>>) -> Result<Response, HttpError> {
    let mut fault = None;
    let mut entries = Vec::with_capacity(answers.len());
    for answer in answers {
        entries.push(answer.unwrap_or_else(|error| {
            if let HttpError::OurFault(kind) = error {
                fault.get_or_insert(Fault(kind));
            }
            let (status, outcome) = error.outcome();
            found::answered(status.as_str(), outcome)
        }));
    }
    let mut response = form.answer(StatusCode::OK, &found::responses("batch-response", entries))?;
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
        [kind, id] => Ok(read::present(service, scope, kind, id).await?.resource),
        [kind, id, "_history"] => history::bundle(service, scope, base, (kind, id), &wanted(query)?).await,
        [kind, id, "_history", version] => Ok(read::past(service, scope, kind, id, version).await?.resource),
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
