//! What became of resources, newest first: along the plan versions as they came, each with what it changed and what it dropped.

use std::collections::{BTreeSet, HashMap};

use uuid::{Uuid, fmt::Simple};

use super::{
    AgencyScope, Change, Spot, Store, StoreError,
    driver::{Columns, Value},
    keep::json,
    resources::{AT_ONCE, simple},
    rows::{Packed, damaged, moment, small, unpack},
};

/// One change of one resource.
#[derive(Clone, Debug)]
pub struct Changed {
    /// Where it stands in the order of change.
    pub spot: Spot,
    /// Resource type.
    pub kind: String,
    /// Its id.
    pub id: Uuid,
    /// What it became.
    pub change: Change,
}

/// A plan version, when it came, and what it holds.
pub(super) type Version = (i64, i64, Vec<Packed>);

/// A version of a resource.
type Named = (Uuid, u32);

impl Store {
    /// Changes before a spot (or the newest) and not before a moment (microseconds since 1970), of one type or of all: as many
    /// as a part of the plan versions made, and the spot to go on from; none at the end.
    pub async fn changes(
        &self,
        kind: Option<&str>,
        before: Option<Spot>,
        since: i64,
        scope: &AgencyScope,
    ) -> Result<(Vec<Changed>, Option<Spot>), StoreError> {
        let (at, key) = before.map_or((i64::MAX, i64::MAX), |spot| (spot.at, spot.plan_version_key));
        let values = [Value::Int(at), Value::Int(key), Value::Int(since), scope.value(), Value::Int(AT_ONCE)];
        let read = |row: &dyn Columns| -> Result<Version, StoreError> {
            Ok((row.int(0)?, row.int(1)?, unpack(&row.bytes(2)?)?))
        };
        let versions = self.pool.rows(VERSIONS_BEFORE, &values, read).await?;
        let last = versions.last().map(|(key, at, _)| Spot { at: *at, plan_version_key: *key, id: Uuid::nil() });
        let is_end = i64::try_from(versions.len()).is_ok_and(|many| many < AT_ONCE);
        let mut changed = self.dropped(&versions, scope).await?;
        changed.extend(self.made(versions).await?);
        changed.retain(|one| kind.is_none_or(|kind| kind == one.kind) && before.is_none_or(|before| one.spot < before));
        changed.sort_unstable_by_key(|one| std::cmp::Reverse(one.spot));
        Ok((changed, last.filter(|_| !is_end)))
    }

    /// What these plan versions changed; what they only repeat stands where it was changed.
    async fn made(&self, versions: Vec<Version>) -> Result<Vec<Changed>, StoreError> {
        let mut all: Vec<(i64, Packed)> = Vec::new();
        for (key, at, pack) in versions {
            all.extend(pack.into_iter().filter(|one| one.updated_at == at).map(|one| (key, one)));
        }
        let stands = self.stands(simple(all.iter().map(|(_, one)| &one.id))).await?;
        all.retain(|(key, one)| stands.get(&(one.id, one.version)) == Some(key));
        let changed = |(key, one): (i64, Packed)| -> Result<Changed, StoreError> {
            let spot = Spot { at: one.updated_at, plan_version_key: key, id: one.id };
            let (kind, id, version, updated_at) = (one.kind.clone(), one.id, one.version, moment(one.updated_at)?);
            let change = Change { version, updated_at, resource: Some(one.stored()?) };
            Ok(Changed { spot, kind, id, change })
        };
        all.into_iter().map(changed).collect()
    }

    /// What these plan versions dropped; its type is known from what it was.
    pub(super) async fn dropped(&self, versions: &[Version], scope: &AgencyScope) -> Result<Vec<Changed>, StoreError> {
        let keys: BTreeSet<i64> = versions.iter().map(|(key, ..)| *key).collect();
        let read = |row: &dyn Columns| -> Result<(Named, i64, i64), StoreError> {
            Ok((named(row)?, row.int(2)?, row.int(3)?))
        };
        let rows = self.pool.rows(self.pool.dialect().dropped, &[Value::Text(&json(&keys))], read).await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let stands = self.stands(simple(rows.iter().map(|((id, _), ..)| id))).await?;
        let held = rows.iter().filter_map(|(named, ..)| stands.get(named).copied()).collect();
        let packs = self.packs(&held, scope).await?;
        let mut changed = Vec::with_capacity(rows.len());
        for ((id, version), key, at) in rows {
            let pack = stands.get(&(id, version)).and_then(|key| packs.get(key));
            let Some(one) = pack.and_then(|pack| pack.iter().find(|one| one.id == id)) else { continue };
            let spot = Spot { at, plan_version_key: key, id };
            let change = Change { version, updated_at: moment(at)?, resource: None };
            changed.push(Changed { spot, kind: one.kind.clone(), id, change });
        }
        Ok(changed)
    }

    /// Which plan version made each version of these resources.
    async fn stands(&self, ids: BTreeSet<Simple>) -> Result<HashMap<Named, i64>, StoreError> {
        let ids = json(&ids);
        let read = |row: &dyn Columns| -> Result<(Named, i64), StoreError> { Ok((named(row)?, row.int(2)?)) };
        Ok(self.pool.rows(self.pool.dialect().stands, &[Value::Text(&ids)], read).await?.into_iter().collect())
    }
}

/// `resource_id, version`.
fn named(row: &dyn Columns) -> Result<Named, StoreError> {
    let id = Uuid::from_slice(&row.bytes(0)?).map_err(|_| damaged("resource_id"))?;
    Ok((id, small(row.int(1)?)?))
}

const VERSIONS_BEFORE: &str = "select v.plan_version_key, v.received_at, v.resources from plan_version v \
    join plan p on p.plan_key = v.plan_key where v.resources is not null \
    and (v.received_at, v.plan_version_key) <= ($1, $2) and v.received_at >= $3 and ($4 is null or p.agency = $4) \
    order by v.received_at desc, v.plan_version_key desc limit $5";
