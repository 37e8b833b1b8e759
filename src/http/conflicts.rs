//! What an EHR says otherwise than our plans, for people to decide. Lists tell where and why; the words of both sides are
//! shown one review at a time, to callers that may read plans, and a decision needs a name.

use axum::{
    Json,
    extract::{Path, Query, State},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Service, auth::Caller, error::HttpError};
use crate::{
    config::Operation,
    store::{Review, ReviewState},
    sync::back::{self, Keep, ResolveError},
};

/// Reviews of one page, at most.
const PAGE: u32 = 500;

/// Which reviews to show.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    state: Option<String>,
    #[serde(default)]
    after: i64,
    count: Option<u32>,
}

/// A decision.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decision {
    keep: Side,
    by: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Side {
    Ours,
    Theirs,
}

pub(super) async fn list(
    State(service): State<Service>,
    caller: Caller,
    which: Result<Query<Which>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Value>, HttpError> {
    caller.may(Operation::Read)?;
    let states = || ReviewState::ALL.map(ReviewState::as_str).join(", ");
    let wrong =
        || HttpError::BadRequest(format!("Parameters here: state (all, {}), after and count (numbers).", states()));
    let Query(which) = which.map_err(|_| wrong())?;
    let state = match which.state.as_deref() {
        None => Some(ReviewState::Open),
        Some("all") => None,
        Some(name) => Some(ReviewState::named(name).ok_or_else(wrong)?),
    };
    let count = which.count.unwrap_or(100).clamp(1, PAGE);
    let rows = service.intake.store.reviews(state, &caller.scope, which.after, count).await?;
    let next = rows.last().filter(|_| rows.len() == count as usize).map(|last| {
        let state = state.map_or("all", ReviewState::as_str);
        format!("/conflicts?after={}&count={count}&state={state}", last.id)
    });
    let conflicts: Vec<_> = rows.iter().map(told).collect();
    Ok(Json(json!({ "conflicts": conflicts, "next": next })))
}

pub(super) async fn one(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, HttpError> {
    caller.may(Operation::Read)?;
    let id = id.parse().map_err(|_| HttpError::NotHere)?;
    let review = service.intake.store.review(id, &caller.scope).await?.ok_or(HttpError::NotHere)?;
    Ok(Json(shown(&review)))
}

pub(super) async fn resolve(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
    decision: Result<Json<Decision>, axum::extract::rejection::JsonRejection>,
) -> Result<Json<Value>, HttpError> {
    caller.may(Operation::Read)?;
    caller.may(Operation::Submit)?;
    let id = id.parse().map_err(|_| HttpError::NotHere)?;
    let Json(decision) = decision.map_err(|_| {
        let text = "The body is a JSON object with keep (ours or theirs) and by (the name of who decided).";
        HttpError::BadRequest(text.to_owned())
    })?;
    let keep = match decision.keep {
        Side::Ours => Keep::Ours,
        Side::Theirs => Keep::Theirs,
    };
    back::resolve(&service.intake, id, &caller.scope, keep, (&decision.by, &caller.name)).await?;
    let review = service.intake.store.review(id, &caller.scope).await?.ok_or(HttpError::NotHere)?;
    Ok(Json(told(&review)))
}

impl From<ResolveError> for HttpError {
    fn from(error: ResolveError) -> Self {
        match error {
            ResolveError::NotHere => Self::NotHere,
            ResolveError::Receive(error) => error.into(),
            ResolveError::Mapping(_) => Self::OurFault("mapping"),
            ResolveError::NoName => Self::BadRequest("by is the name of who decided.".to_owned()),
            ResolveError::NotOpen => Self::Conflict("It is decided already, or both sides agree by now."),
            ResolveError::Overtaken => Self::Conflict("The plan has moved on. Look again, and decide again."),
            ResolveError::NotInPlan => Self::Conflict("The plan no longer has this part. Keep ours to close it."),
            ResolveError::NotAccepted => {
                Self::Conflict("With the EHR's value the rules would send the plan back. It stays as it was.")
            }
        }
    }
}

/// Where and why, without a word of the record.
pub fn told(review: &Review) -> Value {
    json!({
        "id": review.id, "connection": review.connection, "agency": review.agency, "person_id": review.person_id,
        "plan_id": review.plan_id, "resource": format!("{}/{}", review.kind, review.resource_id),
        "at_ehr": format!("{}/{}", review.kind, review.remote_id), "field": review.field, "reason": review.reason,
        "state": review.state.as_str(), "found_at": review.found_at, "resolved_at": review.resolved_at,
        "resolved_by": review.resolved_by, "resolved_as": review.resolved_as, "plan_version": review.plan_version,
    })
}

/// The same with both versions, and where the EHR's came from as a Provenance.
pub fn shown(review: &Review) -> Value {
    let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    let origin = parsed(&review.origin);
    let mut what = format!("{}/{}", review.kind, review.remote_id);
    if let Some(version) = origin["version"].as_str() {
        what.push_str("/_history/");
        what.push_str(version);
    }
    let mut shown = told(review);
    shown["says"] = parsed(&review.says);
    shown["provenance"] = json!({
        "resourceType": "Provenance",
        "target": [{ "reference": format!("{}/{}", review.kind, review.resource_id) }],
        "occurredDateTime": origin["updated_at"],
        "recorded": review.found_at,
        "agent": [{ "who": { "display": review.connection } }],
        "entity": [{ "role": "source", "what": { "reference": what } }],
    });
    if origin["updated_at"].is_null()
        && let Some(members) = shown["provenance"].as_object_mut()
    {
        members.shift_remove("occurredDateTime");
    }
    shown
}
