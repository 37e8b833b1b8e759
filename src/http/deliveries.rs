//! Deliveries as staff see them, and sending one again after a person has looked.

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
    store::{Delivery, DeliveryState},
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
    Ok(Json(json!({ "deliveries": rows.iter().map(shown).collect::<Vec<_>>(), "next": next })))
}

pub(super) async fn retry(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, HttpError> {
    caller.may(Operation::Deliver)?;
    let id = id.parse().map_err(|_| HttpError::NotHere)?;
    if !service.intake.store.retry_delivery(id, &caller.scope).await? {
        let text = "Only a blocked or dead delivery that no newer version has replaced can be sent again.";
        return Err(HttpError::BadRequest(text.to_owned()));
    }
    service.wake.notify_one();
    Ok(StatusCode::ACCEPTED)
}

/// A delivery as JSON, for the API and the command line.
pub fn shown(delivery: &Delivery) -> Value {
    json!({
        "id": delivery.id, "connection": delivery.connection, "agency": delivery.agency, "plan_id": delivery.plan_id,
        "plan_version": delivery.plan_version, "state": delivery.state.as_str(), "attempts": delivery.attempts,
        "created_at": delivery.created_at, "updated_at": delivery.updated_at, "not_before": delivery.not_before,
        "status": delivery.status, "reason": delivery.reason, "peer_text": delivery.peer_text,
    })
}
