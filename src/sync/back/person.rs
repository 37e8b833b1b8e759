//! Reads one person back: what the EHR has of their plans, held against what we wrote and keep, merged, and kept.

use std::collections::{BTreeSet, HashSet};

use serde_json::{Value, json};

use super::{
    known::{Known, Outcomes},
    merge::set,
    moved,
    pages::{Listed, Pages},
    round::{Asking, Back, PullError, Pulled},
};
use crate::{pipeline::keep::ReceiveError, rules::Outcome, store::NewReview};

/// Types that are read.
pub(super) const KINDS: [&str; 4] = ["CarePlan", "Goal", "Observation", "ServiceRequest"];
/// A moment after everything that a server can hold.
const NEVER: &str = "ge2999-01-01";

/// Reads and merges a person's plans.
pub(super) async fn read(
    back: &Back,
    pages: &mut Pages<'_>,
    who: &(String, String),
    asking: &mut Asking,
    pulled: &mut Pulled,
) -> Result<(), PullError> {
    let (store, name) = (&back.intake.store, &back.connection.name);
    let stands = store.delivered(name, &who.0, &who.1).await?;
    if stands.iter().any(|plan| plan.is_on_its_way) {
        pulled.busy += 1;
        return Ok(());
    }
    let known = Known::of(back, who).await?;
    let mut outcomes = Outcomes::default();
    let mut counts = Pulled::default();
    for patient in &known.patients {
        for kind in KINDS {
            read_kind(back, pages, &known, (kind, patient), asking, (&mut outcomes, &mut counts)).await?;
        }
    }
    // What was delivered while we read would look like a change of the EHR's.
    if store.delivered(name, &who.0, &who.1).await? != stands {
        pulled.busy += 1;
        return Ok(());
    }
    pulled.add(&counts);
    if counts.of_others > 0 && !asking.dry_run {
        pulled.merges += moved::look(back, pages, who, &known).await?;
    }
    let is_kept = keep(back, who, &known, outcomes, asking.dry_run, pulled).await?;
    *(if is_kept { &mut pulled.persons } else { &mut pulled.busy }) += 1;
    Ok(())
}

async fn read_kind(
    back: &Back,
    pages: &mut Pages<'_>,
    known: &Known,
    (kind, patient): (&'static str, &str),
    asking: &mut Asking,
    (outcomes, counts): (&mut Outcomes, &mut Pulled),
) -> Result<(), PullError> {
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
        return Ok(());
    };
    counts.unfinished += u64::from(!listed.is_whole);
    if asking.since.is_none() && !listed.resources.is_empty() && asking.tried.insert(kind) {
        let never = pages.search(kind, &[("patient", patient), ("_lastUpdated", NEVER)]).await?;
        if never.is_ok_and(|never| never.resources.is_empty()) && !asking.heeds.iter().any(|one| one == kind) {
            asking.heeds.push(kind.to_owned());
        }
    }
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
    if is_all && listed.is_whole {
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
    }
    Ok(())
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
        let outcome = match back.bring_in((&who.0, &plan.plan_id, plan.version), &model).await {
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
    let written = resource["subject"]["reference"].as_str().unwrap_or_default();
    let plain = written.split_once("/_history/").map_or(written, |(plain, _)| plain);
    plain.rsplit('/').next() == Some(patient) && (plain.starts_with("Patient/") || plain.contains("/Patient/"))
}
