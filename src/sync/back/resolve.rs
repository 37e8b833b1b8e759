//! A named person decides what the plan says where an EHR says something else. What was decided, by whom and when, is kept.

use std::sync::Arc;

use serde_json::Value;

use super::{
    field::fields,
    known::WHOLE,
    merge::set,
    round::{bring_in, own_mapping},
};
use crate::{
    events::ReviewResolved,
    fhir::{Part, origins},
    mapping::MappingError,
    pipeline::keep::{Intake, ReceiveError},
    plan::Plan,
    rules::Outcome,
    store::{AgencyScope, PlanAt, Resolution, Review, ReviewState, StoreError},
};

/// What vouched for the words that others take the place of, and does not vouch for these.
const OF_OTHER_WORDS: [&str; 4] = ["raw", "translation", "capture_method", "attestation"];

/// Which version stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// As the plan says it.
    Ours,
    /// As the EHR says it.
    Theirs,
}

/// What a decision came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The version of the plan that came of it, when one did.
    pub plan_version: Option<u32>,
    /// Whether our plan goes out to the EHR once more, so that both say the same.
    pub is_sent: bool,
}

/// Why a decision was not kept.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    /// There is no such review, or none that the caller may see.
    #[error("there is no such review")]
    NotHere,
    /// It was decided before, or both sides agree by now.
    #[error("this review is not open any more; nothing was changed")]
    NotOpen,
    /// Nobody is named.
    #[error("a decision needs the name of who decided")]
    NoName,
    /// The plan no longer has the part.
    #[error("the plan no longer has this part; keep ours to close the review")]
    NotInPlan,
    /// The plan has another version since.
    #[error("the plan has moved on meanwhile; nothing was changed, look again and decide again")]
    Overtaken,
    /// With the EHR's value the plan is sent back.
    #[error("with the EHR's value the plan is sent back by the rules; it is kept as it was")]
    NotAccepted,
    /// The mapping of our own plan model cannot be used.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// Nothing was kept.
    #[error(transparent)]
    Receive(ReceiveError),
}

impl From<ReceiveError> for ResolveError {
    fn from(error: ReceiveError) -> Self {
        match error {
            ReceiveError::Store(error) if error.is_overtaken() => Self::Overtaken,
            other => Self::Receive(other),
        }
    }
}

impl From<StoreError> for ResolveError {
    fn from(error: StoreError) -> Self {
        Self::Receive(error.into())
    }
}

/// Resolves a review by the choice of `by`. Where ours stays, the plan is delivered once more, if this intake delivers there:
/// else the EHR would go on saying the other. A status that withdraws a resource is only taken note of: the plan stays, and
/// what was withdrawn is not sent again by itself.
pub async fn resolve(
    intake: &Intake,
    id: i64,
    scope: &AgencyScope,
    keep: Keep,
    (by, caller): (&str, &str),
) -> Result<Resolved, ResolveError> {
    if by.trim().is_empty() {
        return Err(ResolveError::NoName);
    }
    let review = intake.store.review(id, scope).await?.ok_or(ResolveError::NotHere)?;
    if review.state != ReviewState::Open {
        return Err(ResolveError::NotOpen);
    }
    let (state, plan_version) = match keep {
        Keep::Ours => (ReviewState::Ours, None),
        Keep::Theirs => (ReviewState::Theirs, take_theirs(intake, &review).await?),
    };
    let is_sent = keep == Keep::Ours && review.field != WHOLE && goes_there(intake, &review);
    let resolution = Resolution { state, by: by.to_owned(), caller: caller.to_owned(), plan_version, sends: is_sent };
    if !intake.store.resolve(id, &resolution, intake.clock.now()).await? {
        return Err(ResolveError::NotOpen);
    }
    ReviewResolved { review: id, kept: state.as_str() }.emit();
    Ok(Resolved { plan_version, is_sent })
}

/// Whether plans of the review's agency are delivered to its connection.
fn goes_there(intake: &Intake, review: &Review) -> bool {
    intake.outlets.iter().any(|outlet| outlet.to.connection == review.connection && outlet.takes(&review.agency))
}

async fn take_theirs(intake: &Intake, review: &Review) -> Result<Option<u32>, ResolveError> {
    let plans = intake.store.plans_at(&review.connection, &review.agency, &review.person_id).await?;
    let says: Value = serde_json::from_str(&review.says).unwrap_or_default();
    let Some(theirs) = says["theirs"].as_str() else { return Ok(None) };
    let plan = plans.iter().find(|plan| plan.plan_id == review.plan_id).ok_or(ResolveError::NotInPlan)?;
    let model = with_theirs(intake, plan, review, theirs).ok_or(ResolveError::NotInPlan)?;
    let intake = Intake { outlets: Arc::default(), ..intake.clone() };
    let of = (review.agency.as_str(), plan.plan_id.as_str(), plan.version);
    let (outcome, version) = bring_in(&intake, &own_mapping()?, &review.connection, of, &model).await?;
    if outcome == Outcome::Rejected { Err(ResolveError::NotAccepted) } else { Ok(version) }
}

/// The plan as it is now with the EHR's value in its place.
fn with_theirs(intake: &Intake, plan: &PlanAt, review: &Review, theirs: &str) -> Option<Value> {
    let parsed: Plan = serde_json::from_str(&plan.json).ok()?;
    let origin = origins(&parsed, &intake.ids).into_iter().find(|one| one.id == review.resource_id)?;
    let field = fields(origin.part).iter().find(|field| field.name == review.field)?;
    let mut model: Value = serde_json::from_str(&plan.json).ok()?;
    let value = field.in_plan(theirs)?;
    if !set(&mut model, &format!("{}{}", origin.pointer, field.name), value.into()) {
        return None;
    }
    if origin.part == Part::Goal && field.is_text() {
        let statement = model.pointer_mut(&format!("{}/statement", origin.pointer))?.as_object_mut()?;
        OF_OTHER_WORDS.iter().for_each(|name| drop(statement.shift_remove(*name)));
    }
    if let Some(source) = model["source"].as_object_mut() {
        source.shift_remove("record_version");
    }
    Some(model)
}
