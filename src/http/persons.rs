//! `/persons/merges`: which ids of an agency are one person: told, taken back, confirmed by a named person, and listed. Ids of
//! people stand in bodies only, since an address is logged on its way.

use axum::{
    Json,
    extract::{
        Path, Query, State,
        rejection::{JsonRejection, QueryRejection},
    },
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Service, auth::Caller, error::HttpError, form::Form};
use crate::{
    config::Operation,
    fhir::outcome::{Issue, operation_outcome},
    rules::Severity,
    store::{AgencyScope, Merge, Said, Told, Way},
};

/// Merges of one page, at most.
const PAGE: u32 = 500;

/// Most characters of an id, a name or a reason.
const LONGEST: usize = 1000;

const STANDS_OTHERWISE: HttpError = HttpError::Conflict(
    "One of these ids is merged otherwise already (GET /persons/merges). Please take that merge back first, or see whether this one is right.",
);
const IS_OVER: HttpError =
    HttpError::Conflict("This merge does not stand any more; GET /persons/merges says who took it back.");
const WAITS_NOT: HttpError = HttpError::Conflict("Nothing waits for this merge to be confirmed.");

/// Which merges to show.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    #[serde(default)]
    waiting: bool,
    #[serde(default)]
    after: i64,
    count: Option<u32>,
}

/// A merge as it is told.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Merging {
    agency: Option<String>,
    person_id: String,
    survivor_id: String,
    by: String,
    why: String,
}

/// Who takes a merge back, and why.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Undoing {
    by: String,
    why: String,
}

/// Who confirms a merge, and why where they say so.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Confirming {
    by: String,
    #[serde(default)]
    why: String,
}

pub(super) async fn list(
    State(service): State<Service>,
    caller: Caller,
    which: Result<Query<Which>, QueryRejection>,
) -> Result<Json<Value>, HttpError> {
    caller.may(Operation::Read)?;
    let wrong =
        |_| HttpError::BadRequest("Parameters here: waiting (true or false), after and count (numbers).".to_owned());
    let Query(which) = which.map_err(wrong)?;
    let count = which.count.unwrap_or(100).clamp(1, PAGE);
    let merges = service.intake.store.merges(which.waiting, &caller.scope, which.after, count).await?;
    let next = merges
        .last()
        .filter(|_| merges.len() == count as usize)
        .map(|last| format!("/persons/merges?after={}&count={count}&waiting={}", last.number, which.waiting));
    Ok(Json(json!({ "merges": merges.iter().map(shown).collect::<Vec<_>>(), "next": next })))
}

pub(super) async fn merge(
    State(service): State<Service>,
    caller: Caller,
    merging: Result<Json<Merging>, JsonRejection>,
) -> Result<(StatusCode, Json<Value>), HttpError> {
    caller.may(Operation::Submit)?;
    let Json(merging) = merging.map_err(|_| not_read("agency, person_id, survivor_id, by and why"))?;
    must_say(&[&merging.person_id, &merging.survivor_id, &merging.by, &merging.why])?;
    if merging.person_id == merging.survivor_id {
        return Err(HttpError::BadRequest("person_id and survivor_id are one id; a merge is about two.".to_owned()));
    }
    let agency = caller.agency(merging.agency.as_deref())?;
    let said = said(&service, merging.by, merging.why);
    let ids = (merging.person_id.as_str(), merging.survivor_id.as_str());
    match service.intake.tell_merge(&agency, ids, &said).await? {
        Told::Now(merge) => Ok((StatusCode::CREATED, Json(shown(&merge)))),
        Told::Before(merge) => Ok((StatusCode::OK, Json(shown(&merge)))),
        Told::Otherwise(_) => Err(STANDS_OTHERWISE),
    }
}

pub(super) async fn undo(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
    undoing: Result<Json<Undoing>, JsonRejection>,
) -> Result<Json<Value>, HttpError> {
    caller.may(Operation::Submit)?;
    let Json(undoing) = undoing.map_err(|_| not_read("by and why"))?;
    must_say(&[&undoing.by, &undoing.why])?;
    let id = known(&service, &caller.scope, &id).await?;
    let said = said(&service, undoing.by, undoing.why);
    let merge = service.intake.store.unmerge(id, &caller.scope, &said).await?.ok_or(IS_OVER)?;
    service.wake.all();
    Ok(Json(shown(&merge)))
}

pub(super) async fn confirm(
    State(service): State<Service>,
    caller: Caller,
    Path(id): Path<String>,
    confirming: Result<Json<Confirming>, JsonRejection>,
) -> Result<Json<Value>, HttpError> {
    caller.may(Operation::Deliver)?;
    let Json(confirming) = confirming.map_err(|_| not_read("by, and why if it is to be said"))?;
    must_say(&[&confirming.by])?;
    let id = known(&service, &caller.scope, &id).await?;
    let said = said(&service, confirming.by, confirming.why);
    let merge = service.intake.store.confirm_merge(id, &caller.scope, &said).await?.ok_or(WAITS_NOT)?;
    service.wake.all();
    Ok(Json(shown(&merge)))
}

/// What a Patient with `link` tells that was posted or put: it becomes no resource, and is answered with what came of it.
pub(super) async fn by_patient(
    service: &Service,
    caller: &Caller,
    agency: Option<&str>,
    form: Form,
    patient: &Value,
) -> Result<Option<Response>, HttpError> {
    let agency = caller.agency(agency)?;
    let told = service.intake.tell_by_link(&agency, &caller.name, std::slice::from_ref(patient)).await?;
    if told.is_empty() {
        return Ok(None);
    }
    if told.iter().any(|one| matches!(one, Told::Otherwise(_))) {
        return Err(STANDS_OTHERWISE);
    }
    let issue = Issue {
        severity: Severity::Information,
        rule: None,
        code: "informational",
        message: "It is recorded that these ids are one person. Nothing is sent for them before a named person has \
                  confirmed it (POST /persons/merges/{id}/confirm).",
        diagnostics: "",
        expression: None,
        pointer: None,
        place: None,
    };
    form.answer(StatusCode::ACCEPTED, &operation_outcome(std::iter::once(issue))).map(Some)
}

/// The id of a merge that the caller may see.
async fn known(service: &Service, scope: &AgencyScope, id: &str) -> Result<Uuid, HttpError> {
    let id = Uuid::try_parse(id).map_err(|_| HttpError::NotHere)?;
    service.intake.store.one_merge(id, scope).await?.map(|merge| merge.id).ok_or(HttpError::NotHere)
}

fn said(service: &Service, by: String, why: String) -> Said {
    Said { at: service.intake.clock.now(), by, why, way: Way::Api }
}

fn not_read(takes: &str) -> HttpError {
    HttpError::BadRequest(format!("The body is a JSON object with {takes}, as texts."))
}

/// Refuses what says nothing, or what no record takes.
fn must_say(texts: &[&str]) -> Result<(), HttpError> {
    let says = |text: &&str| !text.trim().is_empty() && text.chars().count() <= LONGEST && !text.contains('\0');
    if texts.iter().all(says) {
        return Ok(());
    }
    let text = "Ids, who says it and why are texts of 1 to 1000 characters, none of them the zero character.";
    Err(HttpError::BadRequest(text.to_owned()))
}

/// A merge as JSON, for the API and the command line.
pub fn shown(merge: &Merge) -> Value {
    let acts: Vec<Value> = merge
        .acts
        .iter()
        .map(|act| {
            json!({ "act": act.kind.as_str(), "at": act.at, "by": act.by, "why": act.why, "way": act.way.as_str() })
        })
        .collect();
    json!({
        "id": merge.id, "agency": merge.agency, "person_id": merge.person_id, "survivor_id": merge.survivor_id,
        "stands": merge.stands, "waits": merge.waits, "acts": acts,
    })
}
