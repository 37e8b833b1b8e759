//! Reads resources back: one of them, what it was before, those of a person, and all in the order in which they changed.
//!
//! Finding goes from a person to their plans and what these hold, which are few enough to look through, or along the plan
//! versions as they were kept (`along`). An agency's scope is part of every statement that reads content.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use uuid::{Uuid, fmt::Simple};

use super::{
    AgencyScope, Store, StoreError, StoredResource,
    driver::{Columns, Value},
    keep::json,
    rows::{Packed, damaged, moment, small, unpack},
};

/// Plan versions that are looked through at once.
pub(super) const AT_ONCE: i64 = 100;

/// The type that says who a person is.
pub(super) const PERSON: &str = "Patient";

/// Where a resource stands.
#[derive(Clone, Debug)]
pub enum Standing {
    /// There never was one, or none that this caller may see.
    Never,
    /// The newest accepted version of its plan no longer has it.
    Gone,
    /// As it is now.
    Here(StoredResource),
}

impl Standing {
    /// The resource, if it is there.
    pub fn here(self) -> Option<StoredResource> {
        match self {
            Self::Here(stored) => Some(stored),
            Self::Never | Self::Gone => None,
        }
    }
}

/// One entry of a resource's history.
#[derive(Clone, Debug)]
pub struct Change {
    /// The version that it became or, where it was taken out, that it had last.
    pub version: u32,
    /// When.
    pub updated_at: Timestamp,
    /// What it became; nothing where it was taken out.
    pub resource: Option<StoredResource>,
}

/// A place in the order in which resources changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    pub(super) at: i64,
    pub(super) plan_version_key: i64,
    pub(super) id: Uuid,
}

impl Spot {
    /// A text that `named` reads.
    pub fn text(&self) -> String {
        format!("{:x}-{:x}-{}", self.at, self.plan_version_key, self.id.simple())
    }

    /// The resource that stands there.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// When it changed, in microseconds since 1970.
    pub fn changed_at(&self) -> i64 {
        self.at
    }

    /// The spot of a text.
    pub fn named(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '-');
        let mut number = || i64::from_str_radix(parts.next()?, 16).ok();
        let (at, plan_version_key) = (number()?, number()?);
        Some(Self { at, plan_version_key, id: Uuid::try_parse(parts.next()?).ok()? })
    }
}

/// A resource as it is now, and where it stands in the order of change.
#[derive(Clone, Debug)]
pub struct Found {
    /// Where it stands.
    pub spot: Spot,
    /// The resource.
    pub resource: StoredResource,
}

impl Store {
    /// A resource of the newest accepted version of its plan.
    pub async fn resource(&self, kind: &str, id: Uuid, scope: &AgencyScope) -> Result<Standing, StoreError> {
        let values = [Value::Bytes(id.as_bytes()), scope.value()];
        let read = |row: &dyn Columns| -> Result<_, StoreError> { Ok((row.int(0)? != 0, row.bytes(1)?)) };
        let Some((gone, pack)) = self.pool.row(RESOURCE, &values, read).await? else { return Ok(Standing::Never) };
        match unpack(&pack)?.into_iter().find(|one| one.id == id && one.kind == kind) {
            None => Ok(Standing::Never),
            Some(_) if gone => Ok(Standing::Gone),
            Some(one) => Ok(Standing::Here(one.stored()?)),
        }
    }

    /// All that a resource was, newest first; empty where there never was one that the caller may see.
    pub async fn resource_history(&self, kind: &str, id: Uuid, scope: &AgencyScope) -> Result<Vec<Change>, StoreError> {
        let read = |row: &dyn Columns| -> Result<_, StoreError> {
            Ok((row.int(0)?, row.int(1)? != 0, row.int(2)?, row.int(3)?))
        };
        let rows = self.pool.rows(HISTORY, &[Value::Bytes(id.as_bytes())], read).await?;
        let keys: BTreeSet<i64> = rows.iter().filter(|row| !row.1).map(|row| row.2).collect();
        let packs = self.packs(&keys, scope).await?;
        let mut changes = Vec::with_capacity(rows.len());
        for (version, gone, key, updated_at) in rows {
            let version = small(version)?;
            let is_it = |one: &&Packed| one.id == id && one.kind == kind && one.version == version;
            let content = packs.get(&key).and_then(|pack| pack.iter().find(is_it)).filter(|_| !gone);
            let resource = content.cloned().map(Packed::stored).transpose()?;
            changes.push(Change { version, updated_at: moment(updated_at)?, resource });
        }
        if changes.iter().all(|change| change.resource.is_none()) {
            changes.clear();
        }
        Ok(changes)
    }

    /// Those of these resources that are there now.
    pub async fn resources(&self, ids: &[Uuid], scope: &AgencyScope) -> Result<Vec<Found>, StoreError> {
        let mut keys: HashMap<i64, BTreeSet<Uuid>> = HashMap::new();
        for (id, key) in self.places(ids.iter()).await? {
            keys.entry(key).or_default().insert(id);
        }
        let packs = self.packs(&keys.keys().copied().collect(), scope).await?;
        let mut found = Vec::with_capacity(ids.len());
        for (key, pack) in packs {
            let wanted = &keys[&key];
            for one in pack.into_iter().filter(|one| wanted.contains(&one.id)) {
                found.push(one.found(key)?);
            }
        }
        found.sort_unstable_by_key(|one| one.spot);
        Ok(found)
    }

    /// Resources of a kind that the plans of these people, named by their own resource, now hold.
    pub async fn resources_of_people(
        &self,
        kind: &str,
        people: &[Uuid],
        scope: &AgencyScope,
    ) -> Result<Vec<Found>, StoreError> {
        let list = json(&simple(people.iter()));
        let values = [Value::Text(&list), scope.value()];
        let packs = self.pool.rows(self.pool.dialect().plans_of_people, &values, |row| row.bytes(0)).await?;
        let mut ids = Vec::new();
        for pack in packs {
            let pack = unpack(&pack)?;
            if pack.iter().any(|one| one.kind == PERSON && people.contains(&one.id)) {
                ids.extend(pack.iter().filter(|one| one.kind == kind).map(|one| one.id));
            }
        }
        self.resources(&ids, scope).await
    }

    /// Resources of a kind that the plans of those people now hold of whom any of these resources is.
    pub async fn resources_around(
        &self,
        kind: &str,
        ids: &[Uuid],
        scope: &AgencyScope,
    ) -> Result<Vec<Found>, StoreError> {
        let list = json(&simple(ids.iter()));
        let values = [Value::Text(&list), scope.value()];
        let packs = self.pool.rows(self.pool.dialect().plans_of_people, &values, |row| row.bytes(0)).await?;
        let mut around = Vec::new();
        for pack in packs {
            around.extend(unpack(&pack)?.into_iter().filter(|one| one.kind == kind).map(|one| one.id));
        }
        self.resources(&around, scope).await
    }

    /// Resources of a kind that the plans which said these now hold.
    pub async fn resources_beside(
        &self,
        kind: &str,
        spots: &[Spot],
        scope: &AgencyScope,
    ) -> Result<Vec<Found>, StoreError> {
        let keys: BTreeSet<i64> = spots.iter().map(|spot| spot.plan_version_key).collect();
        let keys = json(&keys);
        let values = [Value::Text(&keys), scope.value()];
        let packs = self.pool.rows(self.pool.dialect().plans_beside, &values, |row| row.bytes(0)).await?;
        let mut ids = Vec::new();
        for pack in packs {
            ids.extend(unpack(&pack)?.into_iter().filter(|one| one.kind == kind).map(|one| one.id));
        }
        self.resources(&ids, scope).await
    }

    /// In which plan version the present content of each stands; those that are gone are left out.
    pub(super) async fn places(&self, ids: impl Iterator<Item = &Uuid>) -> Result<HashMap<Uuid, i64>, StoreError> {
        let ids = simple(ids);
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let read = |row: &dyn Columns| -> Result<_, StoreError> {
            let id = Uuid::from_slice(&row.bytes(0)?).map_err(|_| damaged("resource.resource_id"))?;
            Ok((id, row.int(1)?))
        };
        let places = self.pool.rows(self.pool.dialect().places, &[Value::Text(&json(&ids))], read).await?;
        Ok(places.into_iter().collect())
    }

    /// What these plan versions hold.
    pub(super) async fn packs(
        &self,
        keys: &BTreeSet<i64>,
        scope: &AgencyScope,
    ) -> Result<HashMap<i64, Vec<Packed>>, StoreError> {
        let owned = self.owned_packs(keys, scope).await?;
        Ok(owned.into_iter().map(|(key, (_, pack))| (key, pack)).collect())
    }

    /// The same, each with the agency whose it is.
    pub(super) async fn owned_packs(
        &self,
        keys: &BTreeSet<i64>,
        scope: &AgencyScope,
    ) -> Result<HashMap<i64, (String, Vec<Packed>)>, StoreError> {
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        let keys = json(keys);
        let values = [Value::Text(&keys), scope.value()];
        let read =
            |row: &dyn Columns| -> Result<_, StoreError> { Ok((row.int(0)?, (row.text(2)?, unpack(&row.bytes(1)?)?))) };
        Ok(self.pool.rows(self.pool.dialect().packs, &values, read).await?.into_iter().collect())
    }
}

impl Packed {
    pub(super) fn found(self, plan_version_key: i64) -> Result<Found, StoreError> {
        let spot = Spot { at: self.updated_at, plan_version_key, id: self.id };
        Ok(Found { spot, resource: self.stored()? })
    }
}

pub(super) fn simple<'u>(ids: impl Iterator<Item = &'u Uuid>) -> BTreeSet<Simple> {
    ids.map(|id| id.simple()).collect()
}

const RESOURCE: &str = "select r.gone, v.resources from resource r \
    join plan_version v on v.plan_version_key = r.plan_version_key \
    join plan p on p.plan_key = v.plan_key where r.resource_id = $1 and ($2 is null or p.agency = $2)";

const HISTORY: &str = "select version, gone, plan_version_key, updated_at from resource_before where resource_id = $1 \
    union all select version, 0, plan_version_key, updated_at from resource where resource_id = $1 order by 1 desc, 2 desc";
