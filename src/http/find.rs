//! Finds what a search asks for: among one person's records or resources that are named, else along all plan versions in
//! the order in which they came, of which a page looks through a bounded part.
//!
//! A page begins after a spot of that order, so that what comes or changes meanwhile shifts no page.

use std::{cmp::Ordering, collections::HashSet};

use serde_json::Value;
use uuid::Uuid;

use super::{
    Service,
    error::HttpError,
    read,
    ties::{self, Ties},
};
use crate::{
    fhir::{
        found::Mode,
        search::{self, Asked, Order, Way},
    },
    store::{AgencyScope, Found, Spot, Stretch},
};

/// How often the store is asked for a part of the plan versions before a page is answered as it is.
const PARTS_OF_A_PAGE: usize = 20;

/// What was found.
pub(super) struct Page {
    /// The entries, matches first.
    pub(super) entries: Vec<(Mode, Value)>,
    /// Where the next page begins after.
    pub(super) next: Option<Spot>,
    /// How many there are in all, where that is known.
    pub(super) total: Option<usize>,
}

const SORTED: &str = "_sort: among the resources of everyone only _lastUpdated and -_lastUpdated are offered. Please name a \
    person or resources (_id=…).";

/// Plan versions that are looked through at once, and how many resources of a type one of them is taken to have.
const FEWEST_AT_ONCE: usize = 8;
const MOST_AT_ONCE: usize = 100;
const PER_PLAN: usize = 3;

struct Hit {
    spot: Spot,
    id: Uuid,
    resource: Value,
}

impl Hit {
    /// What it is sorted by.
    fn place(&self) -> (&Value, i64) {
        (&self.resource, self.spot.changed_at())
    }
}

/// Finds a page.
pub(super) async fn page(service: &Service, scope: &AgencyScope, asked: &mut Asked) -> Result<Page, HttpError> {
    let wrong = || HttpError::BadRequest("_page: it is taken from the links of a page only.".to_owned());
    let after = asked.page.as_deref().map(|text| Spot::named(text).ok_or_else(wrong)).transpose()?;
    if asked.only_count
        && let Some(total) = counted(service, scope, asked).await?
    {
        return Ok(Page { entries: Vec::new(), next: None, total: Some(total) });
    }
    for one in service.intake.store.resources(&asked.untyped(), scope).await? {
        asked.say_type(one.resource.id, &one.resource.kind);
    }
    let way = asked.order.as_ref().map_or(Some(Way::Up), Order::of_change);
    let found = match (named(service, scope, asked).await?, way) {
        (Some(found), _) => among(service, scope, asked, found, after).await?,
        (None, None) => return Err(HttpError::BadRequest(SORTED.to_owned())),
        (None, Some(way)) => walk(service, scope, asked, (after, way)).await?,
    };
    let (hits, next, total) = found;
    if asked.only_count {
        return Ok(Page { entries: Vec::new(), next: None, total });
    }
    let beside = beside(service, scope, asked, &hits).await?;
    let mut entries: Vec<_> = hits.into_iter().map(|hit| (Mode::Match, hit.resource)).collect();
    entries.extend(beside.into_iter().map(|resource| (Mode::Include, resource)));
    Ok(Page { entries, next, total })
}

/// How many there are, where that is known without looking at them.
async fn counted(service: &Service, scope: &AgencyScope, asked: &Asked) -> Result<Option<usize>, HttpError> {
    let (store, kind) = (&service.intake.store, asked.searched.kind);
    if let Some(between) = asked.only_changed_between() {
        let is_all = between == (i64::MIN, i64::MAX);
        let many =
            if is_all { store.tallied(kind, None, scope).await? } else { store.count(kind, between, scope).await? };
        return Ok(Some(many));
    }
    let Some(mark) = asked.only_mark() else { return Ok(None) };
    Ok(Some(store.tallied(kind, Some(mark), scope).await?))
}

/// Everything among which the matches are, when the search names a person or resources.
async fn named(service: &Service, scope: &AgencyScope, asked: &Asked) -> Result<Option<Vec<Found>>, HttpError> {
    let (store, kind) = (&service.intake.store, asked.searched.kind);
    if let Some(people) = asked.people() {
        return Ok(Some(store.resources_of_people(kind, &people, scope).await?));
    }
    let Some(ids) = asked.ids(&service.intake.ids) else {
        let Some(pointed) = asked.pointed_to() else { return Ok(None) };
        return Ok(Some(store.resources_around(kind, &pointed, scope).await?));
    };
    let mut found = store.resources(&ids, scope).await?;
    found.retain(|one| one.resource.kind == kind);
    let here: HashSet<Uuid> = found.iter().map(|one| one.resource.id).collect();
    for id in ids.into_iter().filter(|id| !here.contains(id)) {
        found.extend(ties::given_up(service, scope, (kind, id)).await?);
    }
    Ok(Some(found))
}

type Matches = (Vec<Hit>, Option<Spot>, Option<usize>);

async fn among(
    service: &Service,
    scope: &AgencyScope,
    asked: &Asked,
    found: Vec<Found>,
    after: Option<Spot>,
) -> Result<Matches, HttpError> {
    let mut hits = fitting(service, scope, asked, found).await?;
    let total = hits.len();
    match asked.order.as_ref().map_or(Some(Way::Up), Order::of_change) {
        Some(Way::Up) => hits.retain(|hit| after.is_none_or(|after| hit.spot > after)),
        Some(Way::Down) => {
            hits.reverse();
            hits.retain(|hit| after.is_none_or(|after| hit.spot < after));
        }
        None => {
            let order =
                |one: &Hit, other: &Hit| asked.order.as_ref().map(|order| order.compare(one.place(), other.place()));
            let order = |one: &Hit, other: &Hit| order(one, other).unwrap_or(Ordering::Equal);
            hits.sort_by(|one, other| order(one, other).then(one.spot.cmp(&other.spot)));
            // The page goes on after the last one of the page before; where that is gone, all is told again.
            let last = after.and_then(|after| hits.iter().position(|hit| hit.id == after.id()));
            drop(hits.drain(..last.map_or(0, |last| last + 1)));
        }
    }
    let next = cut(asked, &mut hits);
    Ok((hits, next, Some(total)))
}

async fn walk(
    service: &Service,
    scope: &AgencyScope,
    asked: &Asked,
    (after, way): (Option<Spot>, Way),
) -> Result<Matches, HttpError> {
    let (from, before) = asked.changed_between();
    let mut stretch = Stretch { after, from, before, is_down: way == Way::Down };
    let (marks, store) = (asked.marks(), &service.intake.store);
    let (mut hits, mut total, mut parts) = (Vec::new(), 0, 0);
    // A plan has a few of most types: as many as may fill the page at first, then more at once.
    let mut many =
        if asked.only_count { MOST_AT_ONCE } else { (asked.count / PER_PLAN).clamp(FEWEST_AT_ONCE, MOST_AT_ONCE) };
    loop {
        let along = store.resources_along(asked.searched.kind, &marks, stretch, many, scope);
        let (found, on) = along.await?;
        let mut fitting = fitting(service, scope, asked, found).await?;
        total += fitting.len();
        parts += 1;
        many = (many * 2).min(MOST_AT_ONCE);
        if !asked.only_count {
            hits.append(&mut fitting);
        }
        let Some(on) = on else {
            let next = cut(asked, &mut hits);
            let is_whole = after.is_none() && next.is_none();
            return Ok((hits, next, is_whole.then_some(total)));
        };
        stretch.after = Some(on);
        let is_enough = hits.len() > asked.count || parts >= PARTS_OF_A_PAGE;
        if is_enough && !asked.only_count {
            let next = cut(asked, &mut hits).unwrap_or(on);
            return Ok((hits, Some(next), None));
        }
    }
}

async fn fitting(
    service: &Service,
    scope: &AgencyScope,
    asked: &Asked,
    found: Vec<Found>,
) -> Result<Vec<Hit>, HttpError> {
    let ties = Ties::of(service, scope, found.iter().map(|one| &one.resource)).await?;
    let mut hits = Vec::new();
    for Found { spot, resource: stored } in found {
        let shown = ties.shown(&stored)?;
        if asked.fits(&shown.resource, shown.updated_at.as_microsecond()) {
            hits.push(Hit { spot, id: stored.id, resource: shown.resource });
        }
    }
    Ok(hits)
}

/// Leaves a page; the spot to go on after, when something was left out.
fn cut(asked: &Asked, hits: &mut Vec<Hit>) -> Option<Spot> {
    let is_more = hits.len() > asked.count;
    hits.truncate(asked.count);
    hits.last().map(|hit| hit.spot).filter(|_| is_more)
}

/// What comes with the matches.
async fn beside(service: &Service, scope: &AgencyScope, asked: &Asked, hits: &[Hit]) -> Result<Vec<Value>, HttpError> {
    let store = &service.intake.store;
    let mut there: HashSet<Uuid> = hits.iter().map(|hit| hit.id).collect();
    let mut all = Vec::new();
    let pointed: HashSet<(String, Uuid)> = hits.iter().flat_map(|hit| asked.included(&hit.resource)).collect();
    let ids: Vec<Uuid> = pointed.iter().map(|(_, id)| *id).filter(|id| !there.contains(id)).collect();
    let found = store.resources(&ids, scope).await?;
    let ties = Ties::of(service, scope, found.iter().map(|one| &one.resource)).await?;
    for one in found {
        let stored = &one.resource;
        if pointed.contains(&(stored.kind.clone(), stored.id)) && there.insert(stored.id) {
            all.push(ties.shown(stored)?.resource);
        }
    }
    if asked.with_provenance && !hits.is_empty() {
        let spots: Vec<Spot> = hits.iter().map(|hit| hit.spot).collect();
        let ids: Vec<Uuid> = hits.iter().map(|hit| hit.id).collect();
        for one in store.resources_beside("Provenance", &spots, scope).await? {
            let provenance = read::said(&one.resource)?;
            if search::is_about(&provenance, &ids) && there.insert(one.resource.id) {
                all.push(provenance);
            }
        }
    }
    Ok(all)
}
