//! Writing plans through the FHIR API: `POST /fhir/CarePlan`, `PUT /fhir/{type}/{id}`, `PUT /fhir/{type}?…`, and the transaction of one
//! plan. Whatever is written goes the way of every other record: read, judged, kept, delivered.
//!
//! The plan is the unit. What is sent of it is put together with what we hold of it (`compose`) and read as a new version of the
//! plan, which is judged whole; a part has no life of its own. `sent` takes a request apart, `condition` finds what its conditions
//! mean, `unit` takes it through, `held_to` says what a change must keep, `answer` says what came of it. Nothing is deleted here: a plan that should not stand is
//! put with the status entered-in-error.

mod answer;
mod compose;
mod condition;
mod held_to;
mod origin;
mod sent;
mod unit;

use axum::{
    body::Body,
    extract::{Path, Query, RawQuery, State, rejection::QueryRejection},
    http::{HeaderMap, header},
    response::Response,
};
use serde::Deserialize;
use serde_json::Value;

use super::{Service, auth::Caller, error::HttpError, form::Form, metadata, persons, search};
use crate::{config::Operation, fhir::written};

pub(super) use answer::{Wish, entries, together};
pub(super) use sent::{Sent, transaction, way_of};
pub(super) use unit::{Part, Unit, Way, write};

/// What a write takes besides the resource.
#[derive(Debug, Default, Deserialize)]
pub(super) struct How {
    pub(super) agency: Option<String>,
    #[serde(rename = "_format")]
    pub(super) format: Option<String>,
}

const NO_DELETE: &str = "Nothing is deleted here. A plan or a part that should not stand is put with the status \
    entered-in-error; a part that is over is put with its status, or left out of its CarePlan.";
const NOT_ALONE: &str = "This type is not created by itself. Please send it with its CarePlan in one transaction, or change \
    one that we hold: the CapabilityStatement says which types take an update.";
const NOT_PUT: &str = "This type takes no update. Please send it with its CarePlan in one transaction; the CapabilityStatement \
    says which types take an update.";

pub(super) async fn create(
    State(service): State<Service>,
    caller: Caller,
    Path(kind): Path<String>,
    how: Result<Query<How>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HttpError> {
    caller.may(Operation::Submit)?;
    if kind != TELLS {
        may(&kind, "create")?;
    }
    let how = taken(how)?;
    let form = Form::wanted(how.format.as_deref(), &headers)?;
    let sent = sent_of(&service, &headers, body, (&kind, "create")).await?;
    if let Some(told) = told(&service, &caller, how.agency.as_deref(), form, &sent).await? {
        return Ok(told);
    }
    may(&kind, "create")?;
    let way = Way::Create { unless: text(&headers, "if-none-exist") };
    one(&service, &caller, how.agency, &headers, form, (way, sent)).await
}

pub(super) async fn update(
    State(service): State<Service>,
    caller: Caller,
    Path((kind, id)): Path<(String, String)>,
    how: Result<Query<How>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HttpError> {
    caller.may(Operation::Submit)?;
    if kind != TELLS {
        may(&kind, "update")?;
    }
    let how = taken(how)?;
    let form = Form::wanted(how.format.as_deref(), &headers)?;
    let sent = sent_of(&service, &headers, body, (&kind, "update")).await?;
    if sent.tree["id"] != *id {
        let text = "The resource must have the id of the address that it is put to.";
        return Err(HttpError::BadRequest(text.to_owned()).at(format!("{kind}.id")));
    }
    if let Some(told) = told(&service, &caller, how.agency.as_deref(), form, &sent).await? {
        return Ok(told);
    }
    may(&kind, "update")?;
    let way = Way::update(kind, &id, text(&headers, header::IF_MATCH.as_str()))?;
    let is_new_only = text(&headers, header::IF_NONE_MATCH.as_str()).is_some_and(|tag| tag.trim() == "*");
    one(&service, &caller, how.agency, &headers, form, (way.only_new(is_new_only), sent)).await
}

pub(super) async fn update_where(
    State(service): State<Service>,
    caller: Caller,
    Path(kind): Path<String>,
    how: Result<Query<How>, QueryRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, HttpError> {
    caller.may(Operation::Submit)?;
    may(&kind, "update")?;
    let how = taken(how)?;
    let form = Form::wanted(how.format.as_deref(), &headers)?;
    let sent = Sent::of_one(&service, &headers, body, &kind).await?;
    let mut pairs = search::pairs_of(query.as_deref().unwrap_or_default())?;
    pairs.retain(|(name, _)| name != "agency" && name != "_format");
    let way = Way::UpdateWhere { kind, pairs, if_match: text(&headers, header::IF_MATCH.as_str()) };
    one(&service, &caller, how.agency, &headers, form, (way, sent)).await
}

pub(super) async fn remove() -> HttpError {
    HttpError::NotThisWay(NO_DELETE)
}

/// Whether a type may be written in a way.
pub(super) fn may(kind: &str, way: &str) -> Result<(), HttpError> {
    let ways = written::ways(kind);
    if ways.contains(&way) {
        return Ok(());
    }
    Err(HttpError::NotThisWay(if way == "create" { NOT_ALONE } else { NOT_PUT }))
}

/// The type that tells of merges.
const TELLS: &str = "Patient";

/// The body as one resource of a type; a Patient is looked at only where it has ties to tell of.
async fn sent_of(
    service: &Service,
    headers: &HeaderMap,
    body: Body,
    (kind, way): (&str, &str),
) -> Result<Sent, HttpError> {
    if kind != TELLS {
        return Sent::of_one(service, headers, body, kind).await;
    }
    let sent = Sent::unchecked(service, headers, body).await;
    match sent.ok().filter(|sent| sent.tree["resourceType"] == TELLS && sent.tree["link"].is_array()) {
        Some(sent) => sent.checked().await,
        None => Err(may(kind, way).err().unwrap_or(HttpError::NotThisMethod)),
    }
}

/// The answer to a Patient that tells of a merge.
async fn told(
    service: &Service,
    caller: &Caller,
    agency: Option<&str>,
    form: Form,
    sent: &Sent,
) -> Result<Option<Response>, HttpError> {
    if sent.tree["resourceType"] != TELLS {
        return Ok(None);
    }
    persons::by_patient(service, caller, agency, form, &sent.tree).await
}

fn taken(how: Result<Query<How>, QueryRejection>) -> Result<How, HttpError> {
    let wrong = || HttpError::BadRequest("This takes the parameters agency and _format, once each.".to_owned());
    how.map(|Query(how)| how).map_err(|_| wrong())
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

async fn one(
    service: &Service,
    caller: &Caller,
    agency: Option<String>,
    headers: &HeaderMap,
    form: Form,
    (way, sent): (Way, Sent),
) -> Result<Response, HttpError> {
    let base = metadata::base(service, headers);
    let resource: Value = sent.tree.clone();
    let parts = vec![Part { way, resource, full_url: None, at: String::new() }];
    let done = write(service, caller, &base, Unit { agency, parts, sent }).await?;
    answer::alone(form, Wish::of(headers), &base, &done)
}
