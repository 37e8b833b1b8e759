//! SQLite: how the file is opened, and the statements that PostgreSQL says differently.

use std::{str::FromStr, time::Duration};

use sqlx::{
    ConnectOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{
    driver::{Dialect, PATIENCE, Pool},
    failure::{StoreError, failed},
};

const READERS: u32 = 4;

/// One connection writes, since a file has one writer anyway; the others only read and never wait for it.
pub(super) async fn open(url: &str) -> Result<Pool, StoreError> {
    let options = SqliteConnectOptions::from_str(url)
        .map_err(failed)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(PATIENCE)
        .foreign_keys(true)
        .disable_statement_logging();
    // The ids of resources fall anywhere in their index: a larger cache and rarer checkpoints write each of its pages less often.
    let writer = options.clone().pragma("cache_size", "-16000").pragma("wal_autocheckpoint", "4000");
    let one = SqlitePoolOptions::new().max_connections(1).min_connections(1).idle_timeout(None).max_lifetime(None);
    let write = one.acquire_timeout(PATIENCE * 3).connect_with(writer).await.map_err(failed)?;
    if url.contains(":memory:") || url.contains("mode=memory") {
        return Ok(Pool::Sqlite { read: write.clone(), write });
    }
    let several = SqlitePoolOptions::new().max_connections(READERS).idle_timeout(Duration::from_mins(5));
    let read = several.connect_lazy_with(options.create_if_missing(false).pragma("query_only", "on"));
    Ok(Pool::Sqlite { write, read })
}

pub(super) const DIALECT: Dialect = Dialect {
    now: "select cast(unixepoch('subsec') * 1000000 as integer)",
    migrations_table: "select 1 from sqlite_master where type = 'table' and name = '_sqlx_migrations'",
    kept: "select r.submission_key, r.ordinal from json_each($1) w \
        join record r on r.submission_key = w.value->>0 and r.ordinal = w.value->>1",
    make_plans: "insert into plan (agency, plan_id, person_id, newest, content) \
        select w.value->>0, w.value->>1, '', 0, '' from json_each($1) w where true on conflict do nothing",
    plans: "select p.plan_key, p.agency, p.plan_id, p.newest, p.content, p.accepted, v.resources from json_each($1) w \
        join plan p on p.agency = w.value->>0 and p.plan_id = w.value->>1 \
        left join plan_version v on v.plan_key = p.plan_key and v.version = p.accepted",
    resources: "select r.resource_id, r.plan_version_key, v.plan_key, r.shared, r.gone from json_each($1) w \
        join resource r on r.resource_id = unhex(w.value) join plan_version v on v.plan_version_key = r.plan_version_key",
    packs: "select v.plan_version_key, v.resources from json_each($1) w \
        join plan_version v on v.plan_version_key = w.value",
    point_resources: "update resource set plan_version_key = w.value->>1, shared = w.value->>2, gone = w.value->>3 \
        from json_each($1) w where resource.resource_id = unhex(w.value->>0)",
    make_resources: "insert into resource (resource_id, plan_version_key, shared, gone) \
        select unhex(w.value->>0), w.value->>1, w.value->>2, w.value->>3 from json_each($1) w",
    advance_plans: "update plan set newest = w.value->>1, accepted = w.value->>2, content = w.value->>3, \
        person_id = w.value->>4 from json_each($1) w where plan.plan_key = w.value->>0",
    supersede: "update delivery set state = 'superseded', updated_at = $2 from json_each($1) w \
        where delivery.plan_key = w.value->>0 and delivery.connection = w.value->>1 \
        and delivery.state in ('ready', 'blocked', 'dead')",
    deliver: "insert into delivery (connection, agency, person_id, plan_key, version, state, not_before, created_at, updated_at) \
        select w.value->>0, w.value->>1, w.value->>2, w.value->>3, w.value->>4, w.value->>5, $2, $2, $2 \
        from json_each($1) w where true order by w.key on conflict do nothing",
    links: "select l.kind, l.resource_id, l.remote_id from json_each($2) w join link l \
        on l.connection = $1 and l.kind = w.value->>0 and l.resource_id = w.value->>1",
    claim_alone: None,
    claim: concat!(
        "update delivery ",
        include_str!("../claim.sql"),
        " where delivery_key in (select d.delivery_key ",
        include_str!("../claimable.sql"),
        " order by d.delivery_key limit $3) returning delivery_key, token, attempts, was_unknown, plan_key, version"
    ),
};
