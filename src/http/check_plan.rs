//! `POST /fhir/CarePlan/$check-plan?mapping=`: judges one plan and keeps nothing.
//!
//! Takes the plan model (or, with `mapping`, a record in that mapping's form) and answers Parameters: the verdict, the
//! findings as OperationOutcome, the Bundle when the plan would be accepted, and the golden thread. It is judged as if the
//! agency sent it now, beside what the store holds of that agency; where no agency is known, by itself.

use axum::{
    body::Body,
    extract::{Query, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;
use tokio::{runtime::Handle, task};

use super::{
    Service,
    auth::Caller,
    error::{HttpError, fhir_json},
    spool::spool,
    submit,
};
use crate::{
    config::Operation,
    fhir::{self, parameters},
    pipeline::{self, Gate, Judged},
    rules::{Outcome, thread::Shown},
    store::AgencyScope,
};

/// Largest plan judged here, in megabytes.
const LIMIT_MB: usize = 16;

/// How the body is to be read.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct About {
    agency: Option<String>,
    mapping: Option<String>,
}

pub(super) async fn check_plan(
    State(service): State<Service>,
    caller: Caller,
    about: Result<Query<About>, axum::extract::rejection::QueryRejection>,
    body: Body,
) -> Result<Response, HttpError> {
    caller.may(Operation::Check)?;
    let Query(about) = about.map_err(|_| {
        HttpError::BadRequest("$check-plan takes the parameters agency and mapping, once each.".to_owned())
    })?;
    let agency = match (&caller.scope, about.agency) {
        (AgencyScope::All, agency) => agency,
        (AgencyScope::Only(_), named) => Some(caller.agency(named.as_deref())?),
    };
    let spooled = spool(body, LIMIT_MB.min(service.settings.body_limit_mb)).await?;
    let mapping = submit::mapping(&service, about.mapping.as_deref(), &spooled.head)?;
    let (intake, runtime) = (service.intake.clone(), Handle::current());
    let answer = task::spawn_blocking(move || {
        let bytes = spooled.bytes.reader().map_err(|_| HttpError::OurFault("spooling"))?;
        let mut records = pipeline::open(&mapping, "body", bytes).map_err(HttpError::Unreadable)?;
        let Some(first) = records.next() else {
            return Err(HttpError::BadRequest("There is no record in the body.".to_owned()));
        };
        if records.next().is_some() {
            let text = "$check-plan judges one plan at a time. Please send several to /submissions.";
            return Err(HttpError::BadRequest(text.to_owned()));
        }
        let judged = if let Some(agency) = agency {
            runtime.block_on(intake.try_out(&agency, first))?
        } else {
            let policy = intake.policies.for_agency(None).clone();
            Gate { policy, clock: intake.clock, agency: None }.judge(first)
        };
        Ok(parameters_of(&judged, &intake.ids))
    });
    let parameters = answer.await.map_err(|_| HttpError::OurFault("judging"))??;
    Ok(fhir_json(StatusCode::OK, &parameters))
}

fn parameters_of(judged: &Judged, ids: &fhir::Ids) -> serde_json::Value {
    let accepted = judged.plan.is_some() && judged.outcome() != Outcome::Rejected;
    let bundle = accepted.then(|| fhir::transaction(&judged.resources(ids)));
    let bundle = bundle.and_then(|text| serde_json::from_str(&text).ok());
    let thread = judged.plan.as_ref().map(|plan| Shown::of(plan, &judged.verdict));
    parameters::checked(judged.outcome(), judged.operation_outcome(), bundle, thread.as_ref())
}
