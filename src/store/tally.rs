//! How many resources there are, by one statement that reads none of them.
//!
//! Rows of an older store do not say their type: it is read from their content once, after the migration.

use std::collections::BTreeSet;

use super::{
    AgencyScope, Store, StoreError,
    driver::{Columns, Pool, Value},
    keep::json,
    rows::{Packed, unpack},
};

impl Store {
    /// How many resources of a kind there are now that changed between two moments (microseconds since 1970): from the first on,
    /// before the second.
    pub async fn count(
        &self,
        kind: &str,
        (from, before): (i64, i64),
        scope: &AgencyScope,
    ) -> Result<usize, StoreError> {
        let values = [Value::Text(kind), Value::Int(from), Value::Int(before), scope.value()];
        let many = self.pool.row(COUNT, &values, |row| row.int(0)).await?.unwrap_or_default();
        Ok(usize::try_from(many).unwrap_or_default())
    }
}

/// Says the types of rows that do not say them yet.
pub(super) async fn name_kinds(pool: &Pool) -> Result<(), StoreError> {
    let (named, unknown) = match pool {
        Pool::Sqlite { .. } => (SQLITE_NAMED, SQLITE_UNKNOWN),
        Pool::Postgres(_) => (POSTGRES_NAMED, POSTGRES_UNKNOWN),
    };
    let read =
        |row: &dyn Columns| -> Result<(i64, Vec<Packed>), StoreError> { Ok((row.int(0)?, unpack(&row.bytes(1)?)?)) };
    loop {
        let packs = pool.rows(UNNAMED, &[], read).await?;
        if packs.is_empty() {
            return Ok(());
        }
        let keys: BTreeSet<i64> = packs.iter().map(|(key, _)| *key).collect();
        let kinds: Vec<_> = packs.iter().flat_map(|(_, pack)| pack).map(|one| (one.id.simple(), &*one.kind)).collect();
        pool.change(named, &[Value::Text(&json(&kinds))]).await?;
        // What its own content does not hold has no type that could be told, and must not be asked for again.
        pool.change(unknown, &[Value::Text(&json(&keys))]).await?;
    }
}

const COUNT: &str = "select count(*) from resource r where r.kind = $1 and r.gone = 0 and r.updated_at >= $2 \
    and r.updated_at < $3 and ($4 is null or exists (select 1 from plan_version v join plan p on p.plan_key = v.plan_key \
    where v.plan_version_key = r.plan_version_key and p.agency = $4))";

pub(super) const UNNAMED: &str = "select v.plan_version_key, v.resources from plan_version v where v.plan_version_key in \
    (select r.plan_version_key from resource r where r.kind is null order by r.plan_version_key limit 2000)";

const SQLITE_NAMED: &str = "update resource set kind = w.value->>1 from json_each($1) w \
    where resource.resource_id = unhex(w.value->>0) and resource.kind is null";

const SQLITE_UNKNOWN: &str =
    "update resource set kind = '' where kind is null and plan_version_key in (select value from json_each($1))";

const POSTGRES_NAMED: &str = "update resource set kind = w.value->>1 from json_array_elements($1::json) w(value) \
    where resource.resource_id = decode(w.value->>0, 'hex') and resource.kind is null";

const POSTGRES_UNKNOWN: &str = "update resource set kind = '' where kind is null and plan_version_key in \
    (select w.value::bigint from json_array_elements_text($1::json) w(value))";
