//! What is known of a person at a connection, and holding against it what was read: an echo, a change, or nothing there.

use std::{collections::HashMap, time::Duration};

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    echo::content_hash,
    merge::{Beside, Merged, Reason, Says, Taken, merge},
    pages::Pages,
    person::KINDS,
    round::{Back, PullError},
};
use crate::{
    fhir::{Origin, origins},
    plan::Plan,
    store::{Link, NewReview, Noted, PlanAt, Seen, StoreError, StoredResource, WriteMethod},
    sync::answer::identifiers,
};

/// How long apart two answers of 404 or 410 have to be before a resource counts as gone.
const APART: Duration = Duration::from_hours(24);
/// The field of a review that is about the whole resource.
pub(super) const WHOLE: &str = "resource";

/// A resource of ours.
pub(super) struct Ours {
    pub(super) plan: usize,
    pub(super) kind: String,
    pub(super) remote_id: Option<String>,
    origin: Option<Origin>,
    /// As the plan says it now.
    now: Option<Value>,
    /// As it was delivered last.
    pub(super) delivered: Option<Value>,
}

/// What reading comes to, before it is kept.
#[derive(Default)]
pub(super) struct Outcomes {
    pub(super) noted: Noted,
    /// By plan: pointer, what is taken, and the review should the plan not be accepted so.
    pub(super) taken: Vec<(usize, String, Taken, NewReview)>,
}

/// Everything that is known of a person at the connection.
pub(super) struct Known {
    pub(super) plans: Vec<PlanAt>,
    pub(super) ours: HashMap<Uuid, Ours>,
    by_remote: HashMap<(String, String), Uuid>,
    pub(super) patients: Vec<String>,
    /// Whether what is written there is guarded by the version that it has.
    is_guarded: bool,
    /// The versions that we know.
    tags: HashMap<Uuid, String>,
    seen: HashMap<(String, String), Seen>,
}

impl Known {
    pub(super) async fn of(back: &Back, who: &(String, String)) -> Result<Self, StoreError> {
        let (store, name) = (&back.intake.store, &back.connection.name);
        let mut plans = store.plans_at(name, &who.0, &who.1).await?;
        plans.retain(|plan| plan.delivered > 0);
        let mut ours: HashMap<Uuid, Ours> = HashMap::new();
        let mut patients = Vec::new();
        for (at, plan) in plans.iter().enumerate() {
            let mut places: HashMap<Uuid, Origin> = match serde_json::from_str::<Plan>(&plan.json) {
                Ok(model) => origins(&model, &back.intake.ids).into_iter().map(|one| (one.id, one)).collect(),
                Err(_) => HashMap::new(),
            };
            let all = plan.resources.iter().map(|one| (one, true));
            for (stored, is_now) in all.chain(plan.delivered_resources.iter().map(|one| (one, false))) {
                if stored.kind == "Patient" && !is_now {
                    patients.push(stored.id);
                }
                if !KINDS.contains(&stored.kind.as_str()) {
                    continue;
                }
                let one = ours.entry(stored.id).or_insert_with(|| Ours {
                    plan: at,
                    kind: stored.kind.clone(),
                    remote_id: None,
                    origin: places.remove(&stored.id),
                    now: None,
                    delivered: None,
                });
                let content = tree(stored);
                if is_now { one.now = content } else { one.delivered = content }
            }
        }
        let keys: Vec<(String, Uuid)> = ours
            .iter()
            .map(|(id, one)| (one.kind.clone(), *id))
            .chain(patients.iter().map(|id| ("Patient".to_owned(), *id)))
            .collect();
        let (mut remote, mut tags) = (HashMap::new(), HashMap::new());
        for link in store.links(name, &keys).await? {
            remote.insert(link.id, link.remote_id);
            tags.extend(link.tag.map(|tag| (link.id, tag)));
        }
        if store.write_method(name).await? == Some(WriteMethod::OwnIds) {
            keys.iter().for_each(|(_, id)| {
                remote.entry(*id).or_insert_with(|| id.to_string());
            });
        }
        let seen = store.seen(name, &who.0, &who.1).await?;
        for one in &seen {
            remote.entry(one.resource_id).or_insert_with(|| one.remote_id.clone());
        }
        for (id, one) in &mut ours {
            one.remote_id = remote.get(id).cloned();
        }
        let by_remote =
            ours.iter().filter_map(|(id, one)| Some(((one.kind.clone(), one.remote_id.clone()?), *id))).collect();
        let mut patients: Vec<String> = patients.iter().filter_map(|id| remote.get(id).cloned()).collect();
        patients.sort();
        patients.dedup();
        let seen = seen.into_iter().map(|one| ((one.kind.clone(), one.remote_id.clone()), one)).collect();
        let is_guarded = back.connection.read.every.is_some();
        Ok(Self { plans, ours, by_remote, patients, is_guarded, tags, seen })
    }

    /// Which resource of ours this is: by the server's id, else by the identifier that we gave.
    pub(super) fn ours_of(&self, kind: &str, theirs: &Value) -> Option<Uuid> {
        let remote_id = theirs["id"].as_str()?;
        let by_id = self.by_remote.get(&(kind.to_owned(), remote_id.to_owned())).copied();
        by_id.or_else(|| {
            let values =
                identifiers(theirs).filter_map(|(_, value)| Uuid::parse_str(value.strip_prefix("urn:uuid:")?).ok());
            values.into_iter().find(|id| self.ours.get(id).is_some_and(|ours| ours.kind == kind))
        })
    }

    /// The resource as it stands. A search may still say what was there before our last delivery, so that is read once more
    /// by its id.
    pub(super) async fn fresh(
        &self,
        pages: &mut Pages<'_>,
        id: Uuid,
        theirs: Value,
    ) -> Result<Option<Value>, PullError> {
        let ours = &self.ours[&id];
        let remote_id = theirs["id"].as_str().unwrap_or_default();
        let Some(row) = self.seen.get(&(ours.kind.clone(), remote_id.to_owned())) else { return Ok(Some(theirs)) };
        let hash = content_hash(&theirs);
        let is_as_delivered = ours.delivered.as_ref().is_some_and(|delivered| content_hash(delivered) == hash);
        if row.hash != hash || is_as_delivered || row.delivered >= self.plans[ours.plan].delivered {
            return Ok(Some(theirs));
        }
        Ok(pages.one(&ours.kind, remote_id).await?.ok())
    }

    /// Holds a resource against what is known; whether it says something else than before.
    pub(super) fn compare(&self, id: Uuid, theirs: &Value, now: Timestamp, outcomes: &mut Outcomes) -> bool {
        let ours = &self.ours[&id];
        let remote_id = theirs["id"].as_str().unwrap_or_default().to_owned();
        self.note_version(id, theirs, &remote_id, outcomes);
        let row = self.seen.get(&(ours.kind.clone(), remote_id.clone()));
        let delivered = self.plans[ours.plan].delivered;
        let hash = content_hash(theirs);
        let up_to_date = row.filter(|row| row.delivered >= delivered);
        if let Some(row) = up_to_date.filter(|row| row.hash == hash) {
            if row.missed_at.is_some() || row.sign.as_deref() == Some(Reason::Gone.as_str()) {
                let there = Seen { missed_at: None, sign: None, seen_at: now, ..row.clone() };
                outcomes.noted.seen.push(there);
                outcomes.noted.settled.push((ours.kind.clone(), remote_id, WHOLE.to_owned()));
            }
            return false;
        }
        let before = up_to_date.and_then(|row| serde_json::from_str::<Value>(&row.content).ok());
        let base = before.as_ref().or(ours.delivered.as_ref());
        let merged = match (&ours.origin, base, &ours.now) {
            (Some(origin), Some(base), Some(now)) => merge(origin.part, origin.is_persons, base, now, theirs),
            _ => Merged::default(),
        };
        let is_echo = row.is_none() && merged.sign.is_none() && merged.taken.is_empty() && merged.beside.is_empty();
        let sign = merged.sign.map(|sign| sign.as_str().to_owned());
        self.take_up(id, theirs, &remote_id, merged, outcomes);
        let (content, resource_id) = (theirs.to_string(), id);
        let kind = ours.kind.clone();
        let seen = Seen { kind, remote_id, resource_id, delivered, hash, content, seen_at: now, missed_at: None, sign };
        outcomes.noted.seen.push(seen);
        !is_echo
    }

    /// Notes in which version a resource stands there, where that is news: our next delivery has to find it so.
    fn note_version(&self, id: Uuid, theirs: &Value, remote_id: &str, outcomes: &mut Outcomes) {
        let version = theirs["meta"]["versionId"].as_str();
        let before = self.tags.get(&id).map(|tag| tag.trim_start_matches("W/").trim_matches('"'));
        if self.is_guarded && version != before {
            let tag = version.map(|version| format!("W/\"{version}\""));
            let kind = self.ours[&id].kind.clone();
            outcomes.noted.links.push(Link { kind, id, remote_id: remote_id.to_owned(), tag });
        }
    }

    fn take_up(&self, id: Uuid, theirs: &Value, remote_id: &str, merged: Merged, outcomes: &mut Outcomes) {
        let ours = &self.ours[&id];
        let Some(origin) = &ours.origin else { return };
        let review = |field: &str, reason: Reason, says: &Says| NewReview {
            field: field.to_owned(),
            says: json!(says).to_string(),
            origin: json!({ "version": theirs["meta"]["versionId"], "updated_at": theirs["meta"]["lastUpdated"] })
                .to_string(),
            ..self.about(id, remote_id, reason)
        };
        if let Some(sign) = merged.sign {
            outcomes.noted.reviews.push(review(WHOLE, sign, &Says::default()));
        } else {
            outcomes.noted.settled.push((ours.kind.clone(), remote_id.to_owned(), WHOLE.to_owned()));
        }
        for field in merged.agreed {
            outcomes.noted.settled.push((ours.kind.clone(), remote_id.to_owned(), field.to_owned()));
        }
        for Beside { field, reason, says } in &merged.beside {
            outcomes.noted.reviews.push(review(field, *reason, says));
        }
        for taken in merged.taken {
            let otherwise = review(taken.field, Reason::NotAccepted, &taken.says);
            let pointer = format!("{}{}", origin.pointer, taken.field);
            outcomes.taken.push((ours.plan, pointer, taken, otherwise));
        }
    }

    /// The server answered that a resource is not there.
    pub(super) fn miss(&self, id: Uuid, remote_id: &str, now: Timestamp, outcomes: &mut Outcomes) {
        let ours = &self.ours[&id];
        let row = self.seen.get(&(ours.kind.clone(), remote_id.to_owned())).cloned();
        let mut row = row.unwrap_or_else(|| Seen {
            kind: ours.kind.clone(),
            remote_id: remote_id.to_owned(),
            resource_id: id,
            delivered: self.plans[ours.plan].delivered,
            hash: String::new(),
            content: ours.delivered.as_ref().map(Value::to_string).unwrap_or_default(),
            seen_at: now,
            missed_at: None,
            sign: None,
        });
        if row.sign.as_deref() == Some(Reason::Gone.as_str()) {
            return;
        }
        let since = *row.missed_at.get_or_insert(now);
        if Duration::try_from(now.duration_since(since)).is_ok_and(|apart| apart >= APART) {
            row.sign = Some(Reason::Gone.as_str().to_owned());
            outcomes.noted.reviews.push(self.about(id, remote_id, Reason::Gone));
        }
        outcomes.noted.seen.push(row);
    }

    fn about(&self, id: Uuid, remote_id: &str, reason: Reason) -> NewReview {
        let ours = &self.ours[&id];
        NewReview {
            plan_id: self.plans[ours.plan].plan_id.clone(),
            kind: ours.kind.clone(),
            resource_id: id,
            remote_id: remote_id.to_owned(),
            field: WHOLE.to_owned(),
            reason: reason.as_str(),
            says: json!(Says::default()).to_string(),
            origin: json!({}).to_string(),
        }
    }
}

fn tree(stored: &StoredResource) -> Option<Value> {
    serde_json::from_str(&stored.json).ok()
}
