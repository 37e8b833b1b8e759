//! Reads one person back: what the EHR has of their plans, held against what we wrote and keep, merged, and kept.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    known::{Known, Outcomes},
    merge::set,
    moved,
    pages::{Listed, Pages, add, listed},
    round::{Asking, Back, PullError, Pulled},
};
use crate::{
    pipeline::keep::ReceiveError,
    rules::Outcome,
    store::{BulkResource, NewReview},
};

/// Types that are read.
pub(in crate::sync) const KINDS: [&str; 4] = ["CarePlan", "Goal", "Observation", "ServiceRequest"];
/// A moment after everything that a server can hold.
const NEVER: &str = "ge2999-01-01";

/// Where a person's resources are read.
pub(super) enum Source<'s> {
    /// By searches.
    Searches(&'s mut Asking),
    /// In an export that was read before.
    Export(&'s Exported),
}

/// What an export holds of a person.
pub(super) struct Exported {
    /// The resources, and those said to be deleted.
    pub found: Vec<BulkResource>,
    /// Whether what is not among them is not there.
    pub is_all: bool,
}

/// Reads and merges a person's plans; false where they are left for later, since our own delivery is on its way.
pub(super) async fn read(
    back: &Back,
    pages: &mut Pages<'_>,
    who: &(String, String),
    mut source: Source<'_>,
    pulled: &mut Pulled,
) -> Result<bool, PullError> {
    let (store, name) = (&back.intake.store, &back.connection.name);
    let stands = store.delivered(name, &who.0, &who.1).await?;
    if stands.iter().any(|plan| plan.is_on_its_way) {
        pulled.busy += 1;
        return Ok(false);
    }
    let known = Known::of(back, who).await?;
    let mut outcomes = Outcomes::default();
    let mut counts = Pulled::default();
    for patient in &known.patients {
        for kind in KINDS {
            let (listed, is_all) = match &mut source {
                Source::Searches(asking) => searched(back, pages, (kind, patient), asking, &mut counts).await?,
                Source::Export(exported) => (exported.listed(kind, patient), exported.is_all),
            };
            hold(back, pages, &known, (kind, patient), listed, is_all, (&mut outcomes, &mut counts)).await?;
        }
    }
    if let Source::Export(exported) = &source {
        exported.note_deleted(&known, back.intake.clock.now(), (&mut outcomes, &mut counts));
    }
    // What was delivered while we read would look like a change of the EHR's.
    if store.delivered(name, &who.0, &who.1).await? != stands {
        pulled.busy += 1;
        return Ok(false);
    }
    pulled.add(&counts);
    let is_dry = matches!(&source, Source::Searches(asking) if asking.dry_run);
    if counts.of_others > 0 && !is_dry {
        pulled.merges += moved::look(back, pages, who, &known).await?;
    }
    if matches!(source, Source::Export(_)) {
        // An export is as of when it began; we may have written since.
        outcomes.noted.links.clear();
    }
    let is_kept = keep(back, who, &known, outcomes, is_dry, pulled).await?;
    *(if is_kept { &mut pulled.persons } else { &mut pulled.busy }) += 1;
    Ok(is_kept)
}

/// What searches find of a type, and whether what is not among it is not there.
async fn searched(
    back: &Back,
    pages: &mut Pages<'_>,
    (kind, patient): (&'static str, &str),
    asking: &mut Asking,
    counts: &mut Pulled,
) -> Result<(Listed, bool), PullError> {
    let from = asking.since.filter(|_| asking.heeds.iter().any(|one| one == kind)).map(|since| format!("ge{since}"));
    let mut query = vec![("patient", patient)];
    query.extend(from.as_deref().map(|from| ("_lastUpdated", from)));
    let mut found = search(back, pages, kind, &query).await?;
    let mut is_all = from.is_none() && asking.since.is_none();
    if found.is_err() && from.is_some() {
        query.truncate(1);
        found = search(back, pages, kind, &query).await?;
        is_all = false;
    }
    let Ok(listed) = found else {
        counts.unfinished += 1;
        return Ok((Listed::default(), false));
    };
    counts.unfinished += u64::from(!listed.is_whole);
    if asking.since.is_none() && !listed.resources.is_empty() && asking.tried.insert(kind) {
        let never = pages.search(kind, &[("patient", patient), ("_lastUpdated", NEVER)]).await?;
        if never.is_ok_and(|never| never.resources.is_empty()) && !asking.heeds.iter().any(|one| one == kind) {
            asking.heeds.push(kind.to_owned());
        }
    }
    is_all &= listed.is_whole;
    Ok((listed, is_all))
}

/// Holds what was found against what is known; `is_all`: what is not among it is looked for by its id.
async fn hold(
    back: &Back,
    pages: &mut Pages<'_>,
    known: &Known,
    (kind, patient): (&'static str, &str),
    listed: Listed,
    is_all: bool,
    (outcomes, counts): (&mut Outcomes, &mut Pulled),
) -> Result<(), PullError> {
    let now = back.intake.clock.now();
    let mut met = HashSet::new();
    for theirs in listed.resources {
        if !is_of(&theirs, patient) {
            counts.of_others += 1;
            continue;
        }
        let Some(id) = known.ours_of(kind, &theirs) else {
            counts.not_ours += 1;
            continue;
        };
        met.insert(id);
        counts.resources += 1;
        let Some(theirs) = known.fresh(pages, id, theirs).await? else { continue };
        counts.unchanged += u64::from(!known.compare(id, &theirs, now, outcomes));
    }
    if !is_all {
        return Ok(());
    }
    for (id, ours) in known.ours.iter().filter(|(id, ours)| ours.kind == kind && !met.contains(*id)) {
        let Some(remote_id) = ours.remote_id.as_deref().filter(|_| ours.delivered.is_some()) else { continue };
        match pages.one(kind, remote_id).await? {
            Ok(theirs) if is_of(&theirs, patient) => {
                counts.resources += 1;
                counts.unchanged += u64::from(!known.compare(*id, &theirs, now, outcomes));
            }
            Err(404 | 410) => {
                counts.missing += 1;
                known.miss(*id, remote_id, now, outcomes);
            }
            Ok(_) => counts.of_others += 1,
            // Nothing is told by a refusal.
            Err(_) => {}
        }
    }
    Ok(())
}

impl Exported {
    fn listed(&self, kind: &str, patient: &str) -> Listed {
        let mut found = HashMap::new();
        for one in self.found.iter().filter(|one| one.kind == kind) {
            let theirs = one.content.as_deref().and_then(|content| serde_json::from_str::<Value>(content).ok());
            if let Some(theirs) = theirs.filter(|theirs| is_of(theirs, patient)) {
                add(&mut found, kind, &theirs);
            }
        }
        listed(found, true)
    }

    /// What is said to be deleted was missed once: it is gone when it is not there a day later, either.
    fn note_deleted(&self, known: &Known, now: Timestamp, (outcomes, counts): (&mut Outcomes, &mut Pulled)) {
        let is = |one: &BulkResource, other: &BulkResource| one.kind == other.kind && one.remote_id == other.remote_id;
        let is_there = |one: &BulkResource| self.found.iter().any(|other| other.content.is_some() && is(one, other));
        for one in self.found.iter().filter(|one| one.content.is_none() && !is_there(one)) {
            if let Some(id) = known.ours_of(&one.kind, &json!({ "id": one.remote_id })) {
                counts.missing += 1;
                known.miss(id, &one.remote_id, now, outcomes);
            }
        }
    }
}

/// A search; where a server wants a category with it, one for each that is configured.
async fn search(
    back: &Back,
    pages: &mut Pages<'_>,
    kind: &str,
    query: &[(&str, &str)],
) -> Result<Result<Listed, u16>, PullError> {
    let found = pages.search(kind, query).await?;
    if kind != "CarePlan" || !matches!(found, Err(400 | 422)) {
        return Ok(found);
    }
    let mut all = Listed { resources: Vec::new(), is_whole: false };
    let mut status = found.err().unwrap_or(400);
    let mut any = false;
    for category in &back.connection.categories {
        let with: Vec<_> = query.iter().copied().chain([("category", category.as_str())]).collect();
        match pages.search(kind, &with).await? {
            // One category alone never tells that something is missing.
            Ok(listed) => {
                any = true;
                let is_new = |one: &Value| all.resources.iter().all(|known| known["id"] != one["id"]);
                let new: Vec<Value> = listed.resources.into_iter().filter(is_new).collect();
                all.resources.extend(new);
            }
            Err(refused) => status = refused,
        }
    }
    Ok(if any { Ok(all) } else { Err(status) })
}

/// Brings changed plans in, then keeps what was read. Should it end between the two, the next round finds both sides agreed.
/// False when a plan moved on meanwhile: then the next round reads this person anew.
async fn keep(
    back: &Back,
    who: &(String, String),
    known: &Known,
    mut outcomes: Outcomes,
    dry_run: bool,
    pulled: &mut Pulled,
) -> Result<bool, PullError> {
    let changed: BTreeSet<usize> = outcomes.taken.iter().map(|(plan, ..)| *plan).collect();
    for at in changed {
        let plan = &known.plans[at];
        let of_plan = || outcomes.taken.iter().filter(|(of, ..)| *of == at);
        let Ok(mut model) = serde_json::from_str::<Value>(&plan.json) else { continue };
        let set_all = of_plan().filter(|(_, pointer, taken, _)| set(&mut model, pointer, json!(taken.value))).count();
        if dry_run {
            pulled.taken += set_all as u64;
            pulled.plans += 1;
            continue;
        }
        // The record's own version says something else; this one comes of both sides.
        if let Some(source) = model["source"].as_object_mut() {
            source.shift_remove("record_version");
        }
        let outcome = match back.bring_in((&who.0, &plan.plan_id, plan.version), &model, plan.is_waiting).await {
            Ok((outcome, _)) => outcome,
            Err(ReceiveError::Store(error)) if error.is_overtaken() => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        if outcome == Outcome::Rejected {
            pulled.not_accepted += 1;
            let reviews: Vec<NewReview> = of_plan().map(|(.., review)| review.clone()).collect();
            outcomes.noted.reviews.extend(reviews);
        } else {
            pulled.taken += set_all as u64;
            pulled.plans += 1;
        }
    }
    if dry_run {
        pulled.reviews += outcomes.noted.reviews.len() as u64;
        return Ok(true);
    }
    let (store, name, now) = (&back.intake.store, &back.connection.name, back.intake.clock.now());
    pulled.reviews += store.note(name, (&who.0, &who.1), &outcomes.noted, now).await?;
    Ok(true)
}

impl Pulled {
    fn add(&mut self, more: &Self) {
        self.resources += more.resources;
        self.unchanged += more.unchanged;
        self.missing += more.missing;
        self.not_ours += more.not_ours;
        self.of_others += more.of_others;
        self.unfinished += more.unfinished;
    }
}

/// Whether a resource is about this person.
fn is_of(resource: &Value, patient: &str) -> bool {
    patient_of(resource) == Some(patient)
}

/// The server's id of the person that a resource is about.
pub(super) fn patient_of(resource: &Value) -> Option<&str> {
    let written = resource["subject"]["reference"].as_str()?;
    let plain = written.split_once("/_history/").map_or(written, |(plain, _)| plain);
    let (before, id) = plain.rsplit_once('/')?;
    (before == "Patient" || before.ends_with("/Patient")).then_some(id)
}
