//! Everything as it stood at one moment, though records go on coming in: what an export walks along.
//!
//! A moment is told by the number of the last plan version. In `SQLite` numbers come in the order of commits, since one
//! transaction writes at a time. In `PostgreSQL` several write at once and a lower number may be committed later, so who
//! takes a snapshot waits until no transaction that keeps records is open, and lets the next ones begin after. What is
//! committed afterwards has a higher number, however long ago it was received: the next export has it.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use uuid::{Uuid, fmt::Simple};

use super::{
    AgencyScope, Store, StoreError, StoredResource,
    changes::Version,
    driver::{Columns, Pool, Tx, Value},
    export::LAST_VERSION,
    keep::json,
    resources::{AT_ONCE, PERSON, simple},
    rows::{Packed, damaged, moment, small, unpack},
};

/// The plan versions of an export: after one number, up to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Walk {
    /// Those up to here have been walked.
    pub after: i64,
    /// The last one.
    pub up_to: i64,
    /// And received from here on, in microseconds since 1970.
    pub received_from: i64,
    /// Whether it is about what changed, so that what was taken out is told too.
    pub with_gone: bool,
}

/// A part of a walk.
#[derive(Clone, Debug)]
pub struct Part {
    /// Resources as they stood at the snapshot, each in the one plan version that made it so.
    pub here: Vec<StoredResource>,
    /// Resources that had been taken out, by type and id.
    pub gone: Vec<(String, Uuid)>,
    /// What is left to walk; nothing at the end.
    pub rest: Option<Walk>,
}

/// What became of a resource last, up to a snapshot: its version, whether it was taken out, and the plan version that did it.
pub(super) type Turn = (u32, bool, i64);

/// A transaction that keeps plan versions.
pub(super) async fn begin_keeping(pool: &Pool) -> Result<Tx, StoreError> {
    locked(pool, "select pg_advisory_xact_lock_shared(0, 8)").await
}

/// A transaction while no other keeps plan versions.
pub(super) async fn begin_alone(pool: &Pool) -> Result<Tx, StoreError> {
    locked(pool, "select pg_advisory_xact_lock(0, 8)").await
}

async fn locked(pool: &Pool, lock: &'static str) -> Result<Tx, StoreError> {
    let mut tx = pool.begin().await?;
    if let Tx::Postgres(_) = tx {
        tx.change(lock, &[]).await?;
    }
    Ok(tx)
}

impl Store {
    /// The next part of a walk. With people, only what their plans hold; a resource that several plans share then comes with
    /// each of them.
    pub async fn part(&self, walk: Walk, people: &[Uuid], scope: &AgencyScope) -> Result<Part, StoreError> {
        let values = [
            Value::Int(walk.after),
            Value::Int(walk.up_to),
            Value::Int(walk.received_from),
            scope.value(),
            Value::Int(AT_ONCE),
        ];
        let read = |row: &dyn Columns| -> Result<Version, StoreError> {
            Ok((row.int(0)?, row.int(1)?, unpack(&row.bytes(2)?)?))
        };
        let mut versions = self.pool.rows(VERSIONS, &values, read).await?;
        let is_end = i64::try_from(versions.len()).is_ok_and(|many| many < AT_ONCE);
        let rest = versions.last().filter(|_| !is_end).map(|(key, ..)| Walk { after: *key, ..walk });
        let is_theirs = |one: &Packed| one.kind == PERSON && people.contains(&one.id);
        versions.retain(|(_, _, pack)| people.is_empty() || pack.iter().any(is_theirs));
        let gone = if walk.with_gone { self.gone(&versions, walk.up_to, scope).await? } else { Vec::new() };
        let ids = versions.iter().flat_map(|(_, _, pack)| pack.iter().map(|one| &one.id));
        let turns = self.turns(simple(ids), walk.up_to).await?;
        let mut here = Vec::new();
        for (key, _, pack) in versions {
            let stands = |one: &Packed| match turns.get(&one.id) {
                Some((version, false, made)) => *version == one.version && (*made == key || !people.is_empty()),
                _ => false,
            };
            for one in pack.into_iter().filter(stands) {
                here.push(one.stored()?);
            }
        }
        Ok(Part { here, gone, rest })
    }

    async fn gone(
        &self,
        versions: &[Version],
        up_to: i64,
        scope: &AgencyScope,
    ) -> Result<Vec<(String, Uuid)>, StoreError> {
        let dropped = self.dropped(versions, scope).await?;
        let turns = self.turns(simple(dropped.iter().map(|one| &one.id)), up_to).await?;
        let is_last =
            |one: &&super::Changed| turns.get(&one.id) == Some(&(one.change.version, true, one.spot.plan_version_key));
        Ok(dropped.iter().filter(is_last).map(|one| (one.kind.clone(), one.id)).collect())
    }

    /// Every turn of these resources.
    pub(super) async fn all_turns(&self, ids: BTreeSet<Simple>) -> Result<Vec<(Uuid, Turn)>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let read = |row: &dyn Columns| -> Result<(Uuid, Turn), StoreError> {
            let id = Uuid::from_slice(&row.bytes(0)?).map_err(|_| damaged("resource_id"))?;
            Ok((id, (small(row.int(1)?)?, row.int(2)? != 0, row.int(3)?)))
        };
        self.pool.rows(self.pool.dialect().turns, &[Value::Text(&json(&ids))], read).await
    }

    /// The last turn of each of these resources.
    async fn turns(&self, ids: BTreeSet<Simple>, up_to: i64) -> Result<HashMap<Uuid, Turn>, StoreError> {
        let mut last: HashMap<Uuid, Turn> = HashMap::new();
        for (id, turn) in self.all_turns(ids).await? {
            if turn.2 <= up_to {
                let known = last.entry(id).or_insert(turn);
                *known = turn.max(*known);
            }
        }
        Ok(last)
    }

    /// The last plan version, and a moment at which all up to it could be seen while no other was being kept: what is kept later
    /// has a higher number and no earlier moment.
    pub async fn settled(&self) -> Result<(i64, Timestamp), StoreError> {
        let mut tx = begin_alone(&self.pool).await?;
        let last = tx.row(LAST_VERSION, &[], |row| row.int(0)).await?.unwrap_or_default();
        let now = tx.now().await?;
        tx.commit().await?;
        Ok((last, moment(now)?))
    }

    /// The agencies that have plans, within the scope.
    pub async fn agencies(&self, scope: &AgencyScope) -> Result<Vec<String>, StoreError> {
        self.pool.rows(AGENCIES, &[scope.value()], |row| row.text(0)).await
    }
}

const VERSIONS: &str = "select v.plan_version_key, v.received_at, v.resources from plan_version v \
    join plan p on p.plan_key = v.plan_key where v.plan_version_key > $1 and v.plan_version_key <= $2 \
    and v.received_at >= $3 and v.resources is not null and ($4 is null or p.agency = $4) \
    order by v.plan_version_key limit $5";

/// One look into the index an agency, not one a plan.
const AGENCIES: &str = "with recursive a(agency) as (select min(p.agency) from plan p where ($1 is null or p.agency = $1) \
    union all select (select min(p.agency) from plan p where p.agency > a.agency and ($1 is null or p.agency = $1)) \
    from a where a.agency is not null) select agency from a where agency is not null";
