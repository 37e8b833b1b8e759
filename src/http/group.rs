//! `GET /fhir/Group` and `/fhir/Group/{id}`: one Group an agency, for who wants to export its records and knows nobody yet.

use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use uuid::Uuid;

use super::{
    Service,
    auth::Caller,
    error::HttpError,
    form::Form,
    metadata,
    read::How,
    search::{self, Pairs},
};
use crate::{
    config::Operation,
    fhir::{
        bulk,
        found::{Mode, SearchSet},
        search::shown,
    },
    store::AgencyScope,
};

/// All of them: there is nothing to search by.
pub(super) async fn list(
    State(service): State<Service>,
    caller: Caller,
    pairs: Result<Query<Pairs>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    caller.may(Operation::Read)?;
    let Query(pairs) = pairs.map_err(|_| search::not_read())?;
    let format = pairs.iter().find(|(name, _)| name == "_format").map(|(_, format)| format.as_str());
    let form = Form::wanted(format, &headers)?;
    let unused: Vec<String> = pairs.iter().filter(|(name, _)| name != "_format").map(|(name, _)| shown(name)).collect();
    if !unused.is_empty() && search::is_strict(&headers) {
        return Err(HttpError::NotOffered(unused.join(", ")));
    }
    let agencies = service.intake.store.agencies(&caller.scope).await?;
    let group = |agency: &String| (Mode::Match, bulk::group(&service.intake.ids, agency));
    let mut entries: Vec<_> = agencies.iter().map(group).collect();
    let base = metadata::base(&service, &headers);
    let here = metadata::url(&base, "Group", &[]);
    let total = Some(entries.len());
    entries.extend((!unused.is_empty()).then(|| (Mode::Outcome, search::told(&unused.join(", ")))));
    let set = SearchSet { base: &base, here, next: None, total, entries };
    form.answer(StatusCode::OK, &set.bundle())
}

pub(super) async fn read(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
    how: Result<Query<How>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    caller.may(Operation::Read)?;
    let form = How::form(how, &headers)?;
    let agency = agency(&service, &caller.scope, &id).await?;
    form.answer(StatusCode::OK, &bulk::group(&service.intake.ids, &agency))
}

/// The agency of a Group.
pub(super) async fn agency(service: &Service, scope: &AgencyScope, id: &str) -> Result<String, HttpError> {
    let id = Uuid::try_parse(id).map_err(|_| HttpError::NotHere)?;
    let agencies = service.intake.store.agencies(scope).await?;
    let mut named = agencies.into_iter().filter(|agency| bulk::group_id(&service.intake.ids, agency) == id);
    named.next().ok_or(HttpError::NotHere)
}
