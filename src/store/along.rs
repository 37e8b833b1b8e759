//! Resources in the order in which they changed, either way: along the plan versions as they were kept, of which blocks tell
//! those that can be wanted and those that stand in no block yet are looked through as they are.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{
    AgencyScope, Found, Spot, Store, StoreError,
    block::Place,
    changes::VERSIONS_BEFORE,
    driver::{Columns, Reader, Value},
    rows::{Packed, column, unpack},
};
use crate::fhir::search::Mark;

/// A part of the order of change, in microseconds since 1970.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    /// Beyond this spot; from the first one on where there is none.
    pub after: Option<Spot>,
    /// Changed from here on.
    pub from: i64,
    /// And before.
    pub before: i64,
    /// Whether it begins with the last change.
    pub is_down: bool,
}

/// A part of what was found, and the spot to go on beyond; none at the end.
type Part = (Vec<Found>, Option<Spot>);

/// A plan version: its key, when it was kept, and what it holds.
type Version = (i64, i64, Vec<Packed>);

impl Stretch {
    /// Where it begins: moment and key of a plan version.
    fn begin(&self) -> Place {
        let spot = self.after.map(|spot| (spot.at, spot.plan_version_key));
        if self.is_down {
            let last = (self.before.saturating_sub(1), i64::MAX);
            spot.map_or(last, |spot| spot.min(last))
        } else {
            let first = (self.from, 0);
            spot.map_or(first, |spot| spot.max(first))
        }
    }

    fn holds(&self, place: Place) -> bool {
        let is_ahead = if self.is_down { place <= self.begin() } else { place >= self.begin() };
        is_ahead && place.0 >= self.from && place.0 < self.before
    }

    /// The spot beyond all of a plan version.
    fn beyond(&self, (at, key): Place) -> Option<Spot> {
        let spot = |key, id| Spot { at, plan_version_key: key, id };
        let beyond = if self.is_down { spot(key - 1, Uuid::max()) } else { spot(key.saturating_add(1), Uuid::nil()) };
        Some(beyond).filter(|_| at >= self.from && at < self.before)
    }

    fn is_beyond(&self, spot: Spot) -> bool {
        self.after.is_none_or(|after| if self.is_down { spot < after } else { spot > after })
    }
}

impl Store {
    /// Resources of a kind, each once, in the order in which they changed: those of plan versions that have a mark of each of
    /// these lists, of `many` such at once.
    pub async fn resources_along(
        &self,
        kind: &str,
        marks: &[Vec<Mark>],
        stretch: Stretch,
        many: usize,
        scope: &AgencyScope,
    ) -> Result<Part, StoreError> {
        if marks.is_empty() {
            return self.looked_through(kind, (i64::MIN, 0), stretch, many, scope).await;
        }
        let end = self.block_end().await?;
        if stretch.is_down && stretch.begin() > end {
            let (found, next) = self.looked_through(kind, end, stretch, many, scope).await?;
            let last_in_block = Spot { at: end.0, plan_version_key: end.1, id: Uuid::max() };
            return Ok((found, next.or(Some(last_in_block).filter(|_| end.0 >= stretch.from))));
        }
        let Some(block) = self.block_at(stretch.begin(), marks, stretch.is_down).await? else {
            if stretch.is_down {
                return Ok((Vec::new(), None));
            }
            let first_in_none = Spot { at: end.0, plan_version_key: end.1.saturating_add(1), id: Uuid::nil() };
            let rest = Stretch { after: stretch.after.max(Some(first_in_none)), ..stretch };
            return self.looked_through(kind, (i64::MIN, 0), rest, many, scope).await;
        };
        let mut fitting = block.fitting(marks);
        fitting.retain(|place| stretch.holds(*place));
        if stretch.is_down {
            fitting.reverse();
        }
        let rest = fitting.get(many.saturating_sub(1)).copied().filter(|_| fitting.len() > many);
        fitting.truncate(many);
        let keys: BTreeSet<i64> = fitting.iter().map(|(_, key)| *key).collect();
        let packs = self.packs(&keys, scope).await?;
        let found = self.standing(kind, packs.into_iter().collect(), stretch).await?;
        let last = rest.unwrap_or(if stretch.is_down { block.first } else { block.last });
        Ok((found, stretch.beyond(last)))
    }

    /// The same of the plan versions after a place, whatever marks they have.
    async fn looked_through(
        &self,
        kind: &str,
        floor: Place,
        stretch: Stretch,
        many: usize,
        scope: &AgencyScope,
    ) -> Result<Part, StoreError> {
        let (at, key) = stretch.begin();
        let (sql, bound) = if stretch.is_down {
            (VERSIONS_BEFORE, stretch.from.max(floor.0))
        } else {
            (VERSIONS_AFTER, stretch.before)
        };
        let limit = Value::Int(column(many as u64));
        let mut values = vec![Value::Int(at), Value::Int(key), Value::Int(bound), scope.value(), limit];
        values.extend(stretch.is_down.then_some(Value::Int(i64::MAX)));
        let read: Reader<Version> = |row: &dyn Columns| Ok((row.int(0)?, row.int(1)?, unpack(&row.bytes(2)?)?));
        let mut versions = self.pool.rows(sql, &values, read).await?;
        let is_full = versions.len() >= many;
        let last = versions.last().map(|(key, at, _)| (*at, *key)).filter(|last| is_full && *last > floor);
        versions.retain(|(key, at, _)| (*at, *key) > floor);
        let packs = versions.into_iter().map(|(key, _, pack)| (key, pack)).collect();
        Ok((self.standing(kind, packs, stretch).await?, last.and_then(|last| stretch.beyond(last))))
    }

    /// Of what plan versions hold, the resources of a kind that stand there now, in the order of the stretch.
    async fn standing(
        &self,
        kind: &str,
        packs: Vec<(i64, Vec<Packed>)>,
        stretch: Stretch,
    ) -> Result<Vec<Found>, StoreError> {
        let of_version = |(key, pack): (i64, Vec<Packed>)| {
            pack.into_iter().filter(|one| one.kind == kind).map(move |one| (key, one))
        };
        let held: Vec<(i64, Packed)> = packs.into_iter().flat_map(of_version).collect();
        let places = self.places(held.iter().map(|(_, one)| &one.id)).await?;
        // A version repeats what it did not change; that stands where it was changed.
        let stands = |(key, one): &(i64, Packed)| places.get(&one.id) == Some(key);
        let found: Result<Vec<_>, _> = held.into_iter().filter(stands).map(|(key, one)| one.found(key)).collect();
        let mut found = found?;
        found.retain(|one| stretch.is_beyond(one.spot));
        found.sort_unstable_by_key(|one| one.spot);
        if stretch.is_down {
            found.reverse();
        }
        Ok(found)
    }
}

pub(super) const VERSIONS_AFTER: &str = "select v.plan_version_key, v.kept_at, v.resources from plan_version v \
    join plan p on p.plan_key = v.plan_key where v.resources is not null \
    and (v.kept_at, v.plan_version_key) >= ($1, $2) and v.kept_at < $3 and ($4 is null or p.agency = $4) \
    order by v.kept_at, v.plan_version_key limit $5";
