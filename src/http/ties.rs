//! How resources are shown where ids are one person: a Patient with its link, in a version of its own each time that its ties
//! change (`3.1`: version 3, after one change), and who searches by an id that was given up is told where the person went.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::{Service, error::HttpError};
use crate::{
    fhir::{
        found,
        merged::{Linked, linked},
        outcome::{Issue, operation_outcome},
    },
    rules::Severity,
    store::{AgencyScope, Change, Found, PersonActs, StoredResource},
};

/// The type of a person.
const PERSON: &str = "Patient";

/// A resource as it is shown.
pub(super) struct Shown {
    /// Its version.
    pub(super) version: String,
    /// When it came to be so.
    pub(super) updated_at: Timestamp,
    /// The resource, with its version in it.
    pub(super) resource: Value,
}

/// The ties of each Patient among resources.
pub(super) struct Ties(HashMap<Uuid, PersonActs>);

impl Ties {
    /// The ties of these.
    pub(super) async fn of(
        service: &Service,
        scope: &AgencyScope,
        resources: impl Iterator<Item = &StoredResource>,
    ) -> Result<Self, HttpError> {
        let people: Vec<Uuid> = resources.filter(|one| one.kind == PERSON).map(|one| one.id).collect();
        Self::of_people(service, scope, &people).await
    }

    async fn of_people(service: &Service, scope: &AgencyScope, people: &[Uuid]) -> Result<Self, HttpError> {
        Ok(Self(service.intake.store.person_acts(people.iter(), scope).await?))
    }

    /// A resource as it is now.
    pub(super) fn shown(&self, stored: &StoredResource) -> Result<Shown, HttpError> {
        self.after(stored, self.0.get(&stored.id).map_or(0, PersonActs::count))
    }

    /// A resource after so many changes of its ties.
    fn after(&self, stored: &StoredResource, number: usize) -> Result<Shown, HttpError> {
        let fault = || HttpError::OurFault("stored resource is no JSON");
        let acts = self.0.get(&stored.id).filter(|_| number > 0);
        let changed = acts.and_then(|acts| acts.at(number));
        let version = changed.map_or_else(|| stored.version.to_string(), |_| format!("{}.{number}", stored.version));
        let updated_at = changed.map_or(stored.updated_at, |at| at.max(stored.updated_at));
        let mut resource = found::stamped(&stored.json, &version, updated_at).ok_or_else(fault)?;
        if let Some(acts) = acts {
            resource = linked(&resource, &acts.after(number));
        }
        Ok(Shown { version, updated_at, resource })
    }
}

/// A resource as it is now.
pub(super) async fn shown(service: &Service, scope: &AgencyScope, stored: &StoredResource) -> Result<Shown, HttpError> {
    Ties::of(service, scope, std::iter::once(stored)).await?.shown(stored)
}

/// A Patient that no plan has any more and whose id was given up, as it was last.
pub(super) async fn given_up(
    service: &Service,
    scope: &AgencyScope,
    (kind, id): (&str, Uuid),
) -> Result<Option<Found>, HttpError> {
    if kind != PERSON {
        return Ok(None);
    }
    let ties = Ties::of_people(service, scope, &[id]).await?;
    let is_given_up = ties.0.get(&id).is_some_and(|acts| acts.after(acts.count()).replaced_by.is_some());
    if !is_given_up {
        return Ok(None);
    }
    Ok(service.intake.store.last_of_person(id, scope).await?)
}

/// A version and how many changes of ties it names: `3`, or `3.1`.
pub(super) fn version_of(text: &str) -> Option<(u32, usize)> {
    match text.split_once('.') {
        Some((version, number)) => Some((version.parse().ok()?, number.parse().ok().filter(|number| *number > 0)?)),
        None => Some((text.parse().ok()?, 0)),
    }
}

/// A version of a resource after so many changes of its ties; none where there were not so many.
pub(super) async fn past(
    service: &Service,
    scope: &AgencyScope,
    stored: &StoredResource,
    number: usize,
) -> Result<Option<Shown>, HttpError> {
    let ties = Ties::of(service, scope, std::iter::once(stored)).await?;
    let most = ties.0.get(&stored.id).map_or(0, PersonActs::count);
    if number > most { Ok(None) } else { ties.after(stored, number).map(Some) }
}

/// One entry of a history.
pub(super) struct Turn {
    /// Version.
    pub(super) version: String,
    /// When.
    pub(super) at: Timestamp,
    /// What it became, with its version in it; nothing where it was taken out.
    pub(super) resource: Option<Value>,
}

/// All that a resource was, newest first, changes of ties among them.
pub(super) async fn history(
    service: &Service,
    scope: &AgencyScope,
    (kind, id): (&str, Uuid),
    changes: Vec<Change>,
) -> Result<Vec<Turn>, HttpError> {
    let people = if kind == PERSON { vec![id] } else { Vec::new() };
    let ties = Ties::of_people(service, scope, &people).await?;
    let acts = ties.0.get(&id);
    let most = acts.map_or(0, PersonActs::count);
    let mut turns = Vec::with_capacity(changes.len());
    let oldest_first = || changes.iter().rev();
    for change in oldest_first() {
        // Of two at one moment the version comes first: the tie was told of somebody who was known.
        let before = |act: usize| acts.and_then(|acts| acts.at(act)).is_some_and(|at| at < change.updated_at);
        let number = (1..=most).take_while(|act| before(*act)).count();
        turns.push(match &change.resource {
            Some(stored) => Turn::of(ties.after(stored, number)?),
            None => Turn { version: change.version.to_string(), at: change.updated_at, resource: None },
        });
    }
    for number in 1..=most {
        let at = acts.and_then(|acts| acts.at(number)).unwrap_or_default();
        let stood = changes.iter().filter(|change| change.updated_at <= at).find_map(|one| one.resource.as_ref());
        if let Some(stored) = stood {
            turns.push(Turn::of(ties.after(stored, number)?));
        }
    }
    turns.sort_by_key(|turn| turn.at);
    turns.reverse();
    Ok(turns)
}

impl Turn {
    fn of(shown: Shown) -> Self {
        Self { version: shown.version, at: shown.updated_at, resource: Some(shown.resource) }
    }
}

/// What there is to say of the ids of people that a search names; nothing where none is tied to another.
pub(super) async fn told_of(
    service: &Service,
    scope: &AgencyScope,
    people: &[Uuid],
) -> Result<Option<Value>, HttpError> {
    let ties = Ties::of_people(service, scope, people).await?;
    let mut texts = Vec::new();
    for id in people {
        let Some(links) = ties.0.get(id).map(|acts| acts.after(acts.count())) else { continue };
        if let Some(to) = &links.replaced_by {
            texts.push(if to.is_here {
                format!("The id of this person was given up; what is new stands under Patient/{}.", to.id)
            } else {
                "The id of this person was given up; the link of the Patient says for which.".to_owned()
            });
        }
        let here: Vec<String> = links
            .replaces
            .iter()
            .filter(|from| from.is_here)
            .map(|from: &Linked| format!("Patient/{}", from.id))
            .collect();
        if !here.is_empty() {
            texts.push(format!(
                "What came under ids that were given up for this person stands there: {}.",
                here.join(", ")
            ));
        }
    }
    if texts.is_empty() {
        return Ok(None);
    }
    let issue = |message| Issue {
        severity: Severity::Information,
        rule: None,
        code: "informational",
        message,
        diagnostics: "",
        expression: None,
        pointer: None,
        place: None,
    };
    Ok(Some(operation_outcome(texts.iter().map(|text| issue(text.as_str())))))
}
