//! Deliveries as staff see them; sending them again after a person has looked; pausing a connection.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Service, auth::Caller, error::HttpError};
use crate::{
    config::Operation,
    store::{Again, AgencyScope, Delivery, DeliveryState, Rung},
};

/// Deliveries of one page, at most.
const PAGE: u32 = 500;

/// Which deliveries to show.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    state: Option<String>,
    #[serde(default)]
    after: i64,
    count: Option<u32>,
}

pub(super) async fn list(
    State(service): State<Service>,
    caller: Caller,
    which: Result<Query<Which>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Value>, HttpError> {
    caller.may(Operation::Deliver)?;
    let states = || DeliveryState::ALL.map(DeliveryState::as_str).join(", ");
    let wrong = || HttpError::BadRequest(format!("Parameters here: state ({}), after and count (numbers).", states()));
    let Query(which) = which.map_err(|_| wrong())?;
    let state = match which.state.as_deref() {
        None => None,
        Some(name) => Some(DeliveryState::named(name).ok_or_else(wrong)?),
    };
    let count = which.count.unwrap_or(100).clamp(1, PAGE);
    let rows = service.intake.store.deliveries(state, &caller.scope, which.after, count).await?;
    let next = rows.last().filter(|_| rows.len() == count as usize).map(|last| {
        let state = state.map(|state| format!("&state={}", state.as_str())).unwrap_or_default();
        format!("/deliveries?after={}&count={count}{state}", last.id)
    });
    let deliveries: Vec<_> = rows.iter().map(shown).collect();
    Ok(Json(json!({ "deliveries": deliveries, "next": next, "paused": paused(&service).await? })))
}

pub(super) async fn retry(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, HttpError> {
    caller.may(Operation::Deliver)?;
    let id = id.parse().map_err(|_| HttpError::NotHere)?;
    let again = Again { id: Some(id), ..Again::default() };
    if service.intake.store.send_again(&again, &caller.scope).await? == 0 {
        let text = "Only a blocked or dead delivery can be sent again that no newer version has replaced, and whose person \
                    waits for no confirmation (GET /persons/merges).";
        return Err(HttpError::BadRequest(text.to_owned()));
    }
    service.wake.all();
    Ok(StatusCode::ACCEPTED)
}

/// Which deliveries to send again. They stand in the body, since an address is logged on its way and names no person.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    connection: Option<String>,
    agency: Option<String>,
    person_id: Option<String>,
    reason: Option<String>,
    status: Option<u16>,
    /// Only say how many.
    #[serde(default)]
    dry_run: bool,
}

pub(super) async fn retry_many(
    State(service): State<Service>,
    caller: Caller,
    wanted: Result<Json<Wanted>, axum::extract::rejection::JsonRejection>,
) -> Result<Json<Value>, HttpError> {
    caller.may(Operation::Deliver)?;
    let Json(wanted) = wanted.map_err(|_| {
        let text = "The body is a JSON object with any of connection, agency, person_id, reason (texts), status (a number) \
                    and dry_run (true or false); {} is every blocked or dead delivery.";
        HttpError::BadRequest(text.to_owned())
    })?;
    let Wanted { connection, agency, person_id, reason, status, dry_run } = wanted;
    if [&connection, &agency, &person_id, &reason].into_iter().flatten().any(|text| text.contains('\0')) {
        return Err(HttpError::BadRequest("A text holds the zero character, which no value here has.".to_owned()));
    }
    let again = Again { id: None, connection, agency, person_id, reason, status };
    let store = &service.intake.store;
    let count = if dry_run {
        store.could_send_again(&again, &caller.scope).await?
    } else {
        store.send_again(&again, &caller.scope).await?
    };
    if !dry_run && count > 0 {
        service.wake.all();
    }
    Ok(Json(json!({ "deliveries": count, "dry_run": dry_run })))
}

pub(super) async fn pause(
    State(service): State<Service>,
    caller: Caller,
    Path(connection): Path<String>,
) -> Result<Json<Value>, HttpError> {
    steers(&service, &caller, &connection).await?;
    service.intake.store.pause(&connection).await?;
    paused_now(&service).await
}

pub(super) async fn resume(
    State(service): State<Service>,
    caller: Caller,
    Path(connection): Path<String>,
) -> Result<Json<Value>, HttpError> {
    steers(&service, &caller, &connection).await?;
    service.intake.store.resume(&connection).await?;
    service.wake.all();
    paused_now(&service).await
}

/// Whether the caller may steer a connection that is known. It serves every agency that sends through here, so one agency
/// alone does not stop it; and a name mistyped is no connection that was paused.
async fn steers(service: &Service, caller: &Caller, connection: &str) -> Result<(), HttpError> {
    caller.may(Operation::Deliver)?;
    if let AgencyScope::Only(_) = caller.scope {
        return Err(HttpError::NotAllowed("This caller steers the deliveries of one agency only."));
    }
    let is_known = service.intake.outlets.iter().any(|outlet| outlet.to.connection == connection)
        || service.intake.store.has_deliveries(connection).await?;
    is_known.then_some(()).ok_or(HttpError::NotHere)
}

async fn paused_now(service: &Service) -> Result<Json<Value>, HttpError> {
    Ok(Json(json!({ "paused": paused(service).await? })))
}

async fn paused(service: &Service) -> Result<Vec<Value>, HttpError> {
    let paused = service.intake.store.paused().await?;
    Ok(paused.iter().map(|(connection, since)| json!({ "connection": connection, "since": since })).collect())
}

/// A delivery as JSON, for the API and the command line.
pub fn shown(delivery: &Delivery) -> Value {
    json!({
        "id": delivery.id, "connection": delivery.connection, "agency": delivery.agency, "plan_id": delivery.plan_id,
        "plan_version": delivery.plan_version, "state": delivery.state.as_str(), "attempts": delivery.attempts,
        "created_at": delivery.created_at, "updated_at": delivery.updated_at, "not_before": delivery.not_before,
        "status": delivery.status, "reason": delivery.reason, "peer_text": delivery.peer_text,
        "rung": delivery.rung.map(Rung::as_str),
    })
}
