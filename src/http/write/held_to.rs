//! What a change is held to: it stays the plan of its person, loses nothing of what it does not change, and is found again where
//! it was put.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Part, Way, compose::bundle_of, unit::read};
use crate::{
    fhir::written,
    http::{Service, error::HttpError},
    mapping::Read,
    pipeline::written::Ready,
    plan::Plan,
    rules::Outcome,
    store::{StandingPlan, StoredResource},
};

/// A change makes no other plan of it, and no other person's.
pub(super) fn is_same_plan(plan: &Plan, standing: &StandingPlan) -> Result<(), HttpError> {
    let before: Plan = plan_of(standing)?;
    let is_same = plan.plan_id.as_deref() == Some(&*standing.plan_id) && plan.person.local_id == before.person.local_id;
    if is_same {
        return Ok(());
    }
    let text = "A change keeps the plan's identifier and its person. Please keep both as they were read, or send another plan \
                with POST.";
    Err(HttpError::NotAsSent(text.to_owned()))
}

fn plan_of<T: DeserializeOwned>(standing: &StandingPlan) -> Result<T, HttpError> {
    serde_json::from_str(&standing.json).map_err(|_| HttpError::OurFault("stored plan is none of ours"))
}

/// A part is changed only where the rest of its plan comes through FHIR whole.
pub(super) fn nothing_is_lost(service: &Service, standing: &StandingPlan) -> Result<(), HttpError> {
    let resource = |one: &StoredResource| {
        serde_json::from_str(&one.json).map_err(|_| HttpError::OurFault("stored resource is no JSON"))
    };
    let resources: Vec<Value> = standing.resources.iter().map(resource).collect::<Result<_, _>>()?;
    let back = match read(service, &bundle_of(resources.iter().map(|one| (None, one))))?.read {
        Ok(Read { plan, .. }) => serde_json::to_value(plan).unwrap_or_default(),
        Err(_) => return Err(HttpError::OurFault("stored resources make no plan")),
    };
    let lost = written::lost(&plan_of(standing)?, &back);
    if lost.is_empty() {
        return Ok(());
    }
    let named = lost.iter().take(12).map(String::as_str).collect::<Vec<_>>().join(", ");
    Err(HttpError::NotAsSent(format!(
        "This plan holds more than FHIR says here, which a change of a part would lose: {named}. Please send the whole plan \
         again in the form in which it came."
    )))
}

/// What is put must be found again where it was put.
pub(super) fn keeps_its_address(ready: &Ready, parts: &[Part]) -> Result<(), HttpError> {
    let Some(plan) = ready.record.plan.as_ref().filter(|_| ready.record.outcome != Outcome::Rejected) else {
        return Ok(());
    };
    let is_kept = |part: &Part| match part.way {
        Way::Update { id, .. } => plan.resources.iter().any(|one| one.id == id),
        _ => true,
    };
    if parts.iter().all(is_kept) {
        return Ok(());
    }
    let text = "As it was sent it would no longer be the part of the plan that it is here. Please keep what says what it is \
                (its identifiers, its categories, what it is for), and keep it in its CarePlan's list.";
    Err(HttpError::NotAsSent(text.to_owned()))
}
