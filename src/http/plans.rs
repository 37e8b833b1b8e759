//! The versions of one plan: each with its verdict, findings and the plan itself, those that were sent back too.

use axum::{
    Json,
    extract::{Path, State},
};
use serde_json::{Value, json, value::RawValue};

use super::{Service, auth::Caller, error::HttpError, submissions::issue};
use crate::{config::Operation, fhir::outcome::operation_outcome, store::PlanVersion};

pub(super) async fn versions(
    State(service): State<Service>,
    caller: Caller,
    Path((agency, plan_id)): Path<(String, String)>,
) -> Result<Json<Value>, HttpError> {
    caller.may(Operation::Read)?;
    if !caller.scope.holds(&agency) {
        return Err(HttpError::NotHere);
    }
    let versions = service.intake.store.plan_versions(&agency, &plan_id).await?;
    if versions.is_empty() {
        return Err(HttpError::NotHere);
    }
    let shown: Result<Vec<_>, _> = versions.iter().map(version).collect();
    let shown = shown.map_err(|_| HttpError::OurFault("stored plan is no JSON"))?;
    Ok(Json(json!({ "agency": agency, "plan_id": plan_id, "versions": shown })))
}

fn version(version: &PlanVersion) -> Result<Value, serde_json::Error> {
    let plan: &RawValue = serde_json::from_str(&version.json)?;
    Ok(json!({
        "version": version.version, "verdict": version.outcome.as_str(), "received_at": version.received_at,
        "outcome": operation_outcome(version.findings.iter().map(issue)), "plan": plan,
    }))
}
