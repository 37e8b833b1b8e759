//! One unit of writing: the parts of one plan, put together, judged as a whole and kept, if the plan still stands as it was seen.
//!
//! Whoever comes second does it again from what stands then; with If-Match that ends in 412, and no change is lost.

use std::{io::Cursor, sync::Arc};

use serde_json::Value;
use uuid::Uuid;

use super::{
    answer::{self, Came},
    compose::{Composed, compose},
    condition,
    held_to::{is_same_plan, keeps_its_address, nothing_is_lost},
    sent::{Sent, is_whole_plan},
};
use crate::{
    fhir::to_plan::element_path,
    http::{Service, auth::Caller, error::HttpError, search},
    mapping::Mapped,
    pipeline::{
        self,
        fingerprint::Fingerprint,
        keep::{Incoming, ReceiveError, Received},
        written::Ready,
    },
    rules::Outcome,
    store::{AgencyScope, RecordRow, Standing, StandingPlan, StoredResource},
};

/// How often a unit is tried when others change the same plan.
const TRIES: u32 = 16;

/// The mapping that reads FHIR.
const MAPPING: &str = "fhir-r4";

/// A request for one resource.
#[derive(Clone)]
pub(in crate::http) struct Part {
    /// What is asked for.
    pub(in crate::http) way: Way,
    /// The resource.
    pub(in crate::http) resource: Value,
    /// By what name the others may call it.
    pub(in crate::http) full_url: Option<String>,
    /// JSON pointer to it in what was sent.
    pub(in crate::http) at: String,
}

/// What is asked for.
#[derive(Clone)]
pub(in crate::http) enum Way {
    /// To make a new one, unless one fits the query.
    Create { unless: Option<String> },
    /// To put it in the place of one of ours, in the version that is named.
    Update { kind: String, id: Uuid, if_match: Option<String>, only_new: bool },
    /// To put it in the place of the one that fits.
    UpdateWhere { kind: String, pairs: search::Pairs, if_match: Option<String> },
    /// Nothing: one of ours fits already.
    Held(Uuid),
}

/// The parts of one plan as one request sent them.
pub(in crate::http) struct Unit {
    /// The agency that was named.
    pub(in crate::http) agency: Option<String>,
    /// The requests, in their order.
    pub(in crate::http) parts: Vec<Part>,
    /// What they came in.
    pub(in crate::http) sent: Sent,
}

/// What a unit came to.
pub(in crate::http) struct Done {
    /// What there is to say of the plan.
    pub(in crate::http) outcome: Value,
    /// What each part came to, in their order.
    pub(in crate::http) parts: Vec<Came>,
}

const NOT_OURS: &str =
    "There is none of this id that you may change, and ids are given here. Please send a new plan with POST.";
const TAKEN: HttpError = HttpError::Conflict(
    "This plan is here already. Please change it: PUT it to its address, or to CarePlan?identifier=… of it.",
);
const NOT_AS_KNOWN: HttpError = HttpError::Condition(
    "conflict",
    "It is not in the version that you named any more. Please read it again, and make your change to what is there now.",
);
const IS_HERE: HttpError =
    HttpError::Condition("conflict", "It is here already, and you asked to put it only where it is not.");

impl Way {
    /// To put a resource in the place of one of ours.
    pub(in crate::http) fn update(kind: String, id: &str, if_match: Option<String>) -> Result<Self, HttpError> {
        let id = Uuid::try_parse(id).map_err(|_| HttpError::NotThisWay(NOT_OURS))?;
        Ok(Self::Update { kind, id, if_match, only_new: false })
    }

    /// The same, only where there is none yet.
    pub(in crate::http) fn only_new(mut self, is: bool) -> Self {
        if let Self::Update { only_new, .. } = &mut self {
            *only_new = is;
        }
        self
    }

    /// The id of ours that it is about.
    pub(super) fn id(&self) -> Option<Uuid> {
        match self {
            Self::Update { id, .. } | Self::Held(id) => Some(*id),
            Self::Create { .. } | Self::UpdateWhere { .. } => None,
        }
    }
}

impl Part {
    /// What is wrong with it, with its entry where it is one of a Bundle.
    pub(super) fn told(&self, error: HttpError) -> HttpError {
        match self.at.strip_suffix("/resource") {
            Some(entry) => error.at(element_path("Bundle", entry)),
            None => error,
        }
    }

    /// Whether it brings a plan.
    pub(super) fn is_plan(&self) -> bool {
        !matches!(self.way, Way::Held(_)) && is_whole_plan(&self.resource)
    }
}

/// Takes a unit through.
pub(in crate::http) async fn write(
    service: &Service,
    caller: &Caller,
    base: &str,
    unit: Unit,
) -> Result<Done, HttpError> {
    let _reader = service.readers.acquire().await.map_err(|_| HttpError::OurFault("readers closed"))?;
    for _ in 0..TRIES {
        if let Some(done) = attempt(service, caller, base, &unit).await? {
            return Ok(done);
        }
    }
    Err(HttpError::Unavailable("Others change this plan all the time. Nothing was kept; please send the same again."))
}

/// One try; nothing where the plan moved on meanwhile.
async fn attempt(service: &Service, caller: &Caller, base: &str, unit: &Unit) -> Result<Option<Done>, HttpError> {
    let mut parts = unit.parts.clone();
    let scope = match unit.agency.as_deref() {
        Some(_) => AgencyScope::Only(caller.agency(unit.agency.as_deref())?),
        None => caller.scope.clone(),
    };
    condition::settle(service, &scope, &mut parts).await?;
    let standing = standing(service, &scope, &parts).await?;
    let agency = match &standing {
        Some(plan) => plan.agency.clone(),
        None => caller.agency(unit.agency.as_deref())?,
    };
    let scope = AgencyScope::Only(agency.clone());
    if let Some(done) = held_already(service, &scope, &parts).await? {
        return Ok(Some(done));
    }
    one_plan(&parts, standing.as_ref())?;
    for part in &mut parts {
        condition::settle_references(service, &scope, part).await?;
    }
    let composed = compose(service, (base, &agency), &unit.sent, &mut parts, standing.as_ref()).await?;
    let ready = ready(service, caller, (&agency, unit), &parts, standing.as_ref(), &composed).await?;
    let plan_id = ready.record.plan.as_ref().map(|plan| plan.plan_id.clone());
    // Before it is kept, so that what it has delivered waits, too.
    service.intake.tell_by_link(&agency, &caller.name, std::slice::from_ref(&unit.sent.tree)).await?;
    let received = match service.intake.keep_ready(ready).await {
        Ok(received) => received,
        Err(ReceiveError::Store(error)) if error.is_overtaken() => {
            return if standing.is_some() { Ok(None) } else { Err(TAKEN) };
        }
        Err(error) => return Err(error.into()),
    };
    service.wake.all();
    let (row, repeated) = kept(service, received).await?;
    let resources = match (row.plan_id.as_deref(), row.plan_version) {
        (Some(plan_id), Some(version)) => service.intake.store.said_in(&agency, plan_id, version).await?,
        _ => Vec::new(),
    };
    if row.outcome == Outcome::Rejected || resources.is_empty() {
        return Err(answer::sent_back(&row, &unit.sent));
    }
    let plan_id = row.plan_id.clone().or(plan_id).unwrap_or_default();
    let care_plan = service.intake.ids.of("CarePlan", &agency, &[&plan_id]);
    let before = standing.as_ref().map(|plan| &*plan.resources).unwrap_or_default();
    let seen = answer::Seen { row: &row, repeated, resources: &resources, care_plan, before, own: composed.own };
    let held = held(service, &scope, &parts).await?;
    Ok(Some(seen.done(&unit.sent, &parts, held)))
}

/// The plan that the parts are put into, which is one; held to the versions that the caller named.
async fn standing(service: &Service, scope: &AgencyScope, parts: &[Part]) -> Result<Option<StandingPlan>, HttpError> {
    let store = &service.intake.store;
    let mut standing: Option<StandingPlan> = None;
    for part in parts {
        let Way::Update { kind, id, if_match, only_new } = &part.way else { continue };
        let found = match &standing {
            Some(plan) if plan.resources.iter().any(|one| one.id == *id) => None,
            Some(_) => return Err(part.told(HttpError::NotAsSent(TWO_PLANS.to_owned()))),
            None => store.standing_plan(*id, scope).await?,
        };
        standing = found.or(standing);
        let held = standing.as_ref().and_then(|plan| find(&plan.resources, kind, *id));
        let Some(held) = held else {
            return Err(part.told(match store.resource(kind, *id, scope).await? {
                Standing::Gone => HttpError::Gone,
                Standing::Here(_) | Standing::Never => HttpError::NotThisWay(NOT_OURS),
            }));
        };
        if if_match.as_deref().is_some_and(|tag| !names(tag, held.version)) {
            return Err(part.told(NOT_AS_KNOWN));
        }
        if *only_new {
            return Err(part.told(IS_HERE));
        }
    }
    Ok(standing)
}

const TWO_PLANS: &str = "These are parts of more than one plan. Please change one plan at a time.";

fn find<'r>(resources: &'r [StoredResource], kind: &str, id: Uuid) -> Option<&'r StoredResource> {
    resources.iter().find(|one| one.id == id && one.kind == kind)
}

/// Whether an `If-Match` names a version.
fn names(tags: &str, version: u32) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").trim_matches('"').to_owned();
    tags.split(',').map(bare).any(|tag| tag == "*" || tag == version.to_string())
}

/// What there is to answer when everything was here before.
async fn held_already(service: &Service, scope: &AgencyScope, parts: &[Part]) -> Result<Option<Done>, HttpError> {
    let is_held = |part: &Part| matches!(part.way, Way::Held(_));
    if !parts.iter().any(|part| is_held(part) && is_whole_plan(&part.resource)) {
        return Ok(None);
    }
    if !parts.iter().all(is_held) {
        return Err(TAKEN);
    }
    let held = held(service, scope, parts).await?;
    let parts = held.into_iter().map(|stored| Came { status: answer::OK, stored, told: None }).collect();
    Ok(Some(Done { outcome: answer::nothing_to_do(), parts }))
}

/// For each part, what of ours stands in its place.
async fn held(
    service: &Service,
    scope: &AgencyScope,
    parts: &[Part],
) -> Result<Vec<Option<StoredResource>>, HttpError> {
    let mut all = Vec::with_capacity(parts.len());
    for part in parts {
        let kind = part.resource["resourceType"].as_str().unwrap_or_default();
        all.push(match part.way {
            Way::Held(id) => service.intake.store.resource(kind, id, scope).await?.here(),
            _ => None,
        });
    }
    Ok(all)
}

fn one_plan(parts: &[Part], standing: Option<&StandingPlan>) -> Result<(), HttpError> {
    let not = |text: &str| Err(HttpError::NotAsSent(text.to_owned()));
    let plans: Vec<&Part> = parts.iter().filter(|part| part.is_plan()).collect();
    let mut ids: Vec<Uuid> =
        parts.iter().filter(|part| part.way.id().is_some()).filter_map(|part| part.way.id()).collect();
    ids.sort_unstable();
    if ids.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(HttpError::BadRequest("Two entries are about one resource; each is written once.".to_owned()));
    }
    match (&plans[..], standing) {
        ([_, second, ..], _) => not(TWO_PLANS).map_err(|error| second.told(error)),
        ([], None) => {
            not("What is written here is one plan: please send its CarePlan with it, or put parts of one that we hold.")
        }
        ([plan], Some(_)) if plan.way.id().is_none() => Err(plan.told(TAKEN)),
        _ => Ok(()),
    }
}

/// Reads and judges what was put together.
async fn ready(
    service: &Service,
    caller: &Caller,
    (agency, unit): (&str, &Unit),
    parts: &[Part],
    standing: Option<&StandingPlan>,
    composed: &Composed,
) -> Result<Ready, HttpError> {
    let mut mapped = read(service, &composed.text)?;
    mapped.ordinal = 1;
    mapped.raw.clone_from(&unit.sent.raw);
    let start = composed.origins.start();
    match &mut mapped.read {
        Ok(read) => {
            if let Some(standing) = standing {
                is_same_plan(&read.plan, standing)?;
                if composed.partial {
                    nothing_is_lost(service, standing)?;
                }
                // The version of the source's record was that of what came before.
                read.plan.source.record_version = None;
            }
            read.places.located_by(start.clone(), Arc::clone(&composed.origins) as Arc<_>);
        }
        Err(unreadable) => unreadable.place = start.clone(),
    }
    mapped.start = start;
    let mapping = service.packs.get(MAPPING).ok_or(HttpError::OurFault("no mapping of FHIR"))?;
    let incoming = Incoming {
        agency: agency.to_owned(),
        mapping,
        file: "body".to_owned(),
        sha256: fingerprint(&unit.sent, parts, standing),
        size: unit.sent.raw.len() as u64,
        caller: caller.name.clone(),
        bytes: Vec::new().into(),
        whole_of: None,
    };
    let ready = service.intake.ready(incoming, mapped, standing.map(|plan| plan.version)).await?;
    keeps_its_address(&ready, parts)?;
    Ok(ready)
}

/// Reads a Bundle that holds one plan.
pub(super) fn read(service: &Service, text: &str) -> Result<Mapped, HttpError> {
    let mapping = service.packs.get(MAPPING).ok_or(HttpError::OurFault("no mapping of FHIR"))?;
    let bytes = Box::new(Cursor::new(text.as_bytes().to_vec()));
    let mut records = pipeline::open(&mapping, "body", bytes).map_err(HttpError::Unreadable)?;
    let first = records.next().ok_or(HttpError::OurFault("nothing put together"))?;
    if records.next().is_some() {
        return Err(HttpError::NotAsSent(TWO_PLANS.to_owned()));
    }
    Ok(first)
}

/// The same bytes are the same submission; a change is one only while the plan stands where it stood.
fn fingerprint(sent: &Sent, parts: &[Part], standing: Option<&StandingPlan>) -> String {
    let Some(standing) = standing else { return sent.sha256.clone() };
    let mut fingerprint = Fingerprint::default();
    fingerprint.add(format!("PUT {} of {}", standing.version, standing.plan_id).as_bytes());
    for id in parts.iter().filter_map(|part| part.way.id()) {
        fingerprint.add(id.as_bytes());
    }
    fingerprint.add(&sent.raw);
    fingerprint.finish().0
}

/// The record as it was kept, now or before.
async fn kept(service: &Service, received: Received) -> Result<(RecordRow, bool), HttpError> {
    let (receipt, mut records, repeated) = match received {
        Received::Kept { receipt, records } => (receipt, records, false),
        Received::AlreadyReceived(receipt) => (receipt, Vec::new(), true),
    };
    if records.is_empty() {
        records = service.intake.store.records(receipt.id, 0, 1, None).await?;
    }
    let row = records.into_iter().next().ok_or(HttpError::OurFault("a submission without its record"))?;
    Ok((row, repeated))
}
