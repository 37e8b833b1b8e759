//! `SQLite`: how the file is opened, and the statements that `PostgreSQL` says differently.
//!
//! A list given as JSON drives its statement (`cross join` where the planner would think otherwise): walking it once for each
//! row of a table costs as much as the store is large. `w.value` is said anew wherever it is named: a line of many columns is
//! materialized first, and what may be long or many comes in the bytes beside the list.

pub(super) mod log;
pub(super) mod turn;

#[cfg(unix)]
use std::os::unix::fs::OpenOptionsExt;
use std::{fs::OpenOptions, str::FromStr, time::Duration};

use sqlx::{
    ConnectOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use self::log::Log;
use super::{
    dialect::Dialect,
    driver::{PATIENCE, Pool},
    failure::{StoreError, failed},
};

const READERS: u32 = 4;

/// One connection writes, since a file has one writer anyway; the others only read and never wait for it.
pub(super) async fn open(url: &str) -> Result<Pool, StoreError> {
    let options = SqliteConnectOptions::from_str(url)
        .map_err(failed)?
        .create_if_missing(true)
        .page_size(8192)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(PATIENCE)
        .foreign_keys(true)
        .disable_statement_logging();
    let in_memory = url.contains(":memory:") || url.contains("mode=memory");
    if !in_memory {
        make_private(&options);
    }
    // The ids of plans and persons fall anywhere in their indexes: larger pages write fewer of them. What
    // a statement may have to take back stays in memory.
    let writer = options
        .clone()
        .pragma("cache_size", "-8000")
        .pragma("wal_autocheckpoint", log::TOO_LONG)
        .pragma("temp_store", "memory");
    let one = SqlitePoolOptions::new().max_connections(1).min_connections(1).idle_timeout(None).max_lifetime(None);
    let one = one.test_before_acquire(false);
    let write = one.acquire_timeout(PATIENCE * 3).connect_with(writer).await.map_err(failed)?;
    if in_memory {
        return Ok(Pool::Sqlite { read: write.clone(), write, log: Log::none() });
    }
    let several = SqlitePoolOptions::new().max_connections(READERS).idle_timeout(Duration::from_mins(5));
    let several = several.test_before_acquire(false);
    let read = several.connect_lazy_with(options.create_if_missing(false).pragma("query_only", "on"));
    let log = Log::of(&write, &read);
    Ok(Pool::Sqlite { write, read, log })
}

/// Makes the file, where there is none, so that only its owner may read it; what `SQLite` puts beside it is as private.
/// Whatever hinders this is told when the file is opened.
fn make_private(options: &SqliteConnectOptions) {
    let mut file = OpenOptions::new();
    file.write(true).create_new(true);
    #[cfg(unix)]
    file.mode(0o600);
    drop(file.open(options.get_filename()));
}

pub(super) const DIALECT: Dialect = Dialect {
    now: None,
    migrations_table: "select 1 from sqlite_master where type = 'table' and name = '_sqlx_migrations'",
    receive: "with w as materialized (select value from json_each($1)) \
        insert into submission (submission_id, agency, mapping, mapping_version, policy, sha256, size, caller, file, received_at, \
        state, records, accepted, warned, rejected, preamble) \
        select w.value->>0, w.value->>1, w.value->>2, w.value->>3, w.value->>4, w.value->>5, w.value->>6, w.value->>7, \
        w.value->>8, w.value->>9, 'complete', w.value->>10, w.value->>11, w.value->>12, w.value->>13, \
        substr($2, w.value->>14, w.value->>15) from w where true \
        on conflict (agency, sha256, mapping, mapping_version, policy) do nothing returning submission_id, submission_key",
    state: "select s.submission_id, s.submission_key, s.agency, r.ordinal from json_each($1) w \
        join submission s on s.submission_id = w.value->>0 \
        left join record r on r.submission_key = s.submission_key and r.ordinal = w.value->>1",
    plans: "insert into plan (agency, plan_id, person_id, newest, content) \
        select w.value->>0, w.value->>1, '', 0, '' from json_each($1) w where true \
        on conflict (agency, plan_id) do update set newest = plan.newest \
        returning plan_key, agency, plan_id, newest, content, accepted",
    accepted: "select p.plan_key, v.resources from json_each($1) w join plan p on p.plan_key = w.value \
        join plan_version v on v.plan_key = p.plan_key and v.version = p.accepted",
    resources: "select r.resource_id, r.plan_version_key, v.plan_key, r.shared, r.gone, r.version, r.updated_at, r.digest \
        from json_each($1) w join resource r on r.resource_id = unhex(w.value) \
        join plan_version v on v.plan_version_key = r.plan_version_key",
    versions: "with w as materialized (select value from json_each($1)) \
        insert into plan_version (plan_key, version, outcome, received_at, json, resources, edition, says, kept_at) \
        select w.value->>0, w.value->>1, w.value->>2, w.value->>3, cast(substr($2, w.value->>4, w.value->>5) as text), \
        substr($2, w.value->>6, w.value->>7), unhex(w.value->>8), unhex(w.value->>9), w.value->>10 from w",
    editions: "select v.edition, v.says from json_each($2) w cross join plan p on p.agency = $1 and p.plan_id = w.value->>0 \
        cross join plan_version v on v.plan_key = p.plan_key and v.edition = unhex(w.value->>1)",
    records: "with w as materialized (select value from json_each($1)) \
        insert into record (submission_key, ordinal, outcome, received_at, plan_key, version, start, findings, unread, raw) \
        select w.value->>0, w.value->>1, w.value->>2, w.value->>3, w.value->>4, w.value->>5, \
        cast(substr($2, w.value->>6, w.value->>7) as text), cast(substr($2, w.value->>8, w.value->>9) as text), \
        cast(substr($2, w.value->>10, w.value->>11) as text), substr($2, w.value->>12, w.value->>13) from w",
    point_resources: "update resource set plan_version_key = coalesce(w.value->>1, (select v.plan_version_key \
        from plan_version v where v.plan_key = w.value->>2 and v.version = w.value->>3)), shared = w.value->>4, \
        gone = w.value->>5, version = w.value->>6, updated_at = w.value->>7, digest = unhex(w.value->>8) \
        from json_each($1) w where resource.resource_id = unhex(w.value->>0)",
    make_resources: "with n as materialized (select (select v.plan_version_key from plan_version v \
        where v.plan_key = l.value->>0 and v.version = l.value->>1) as held_by, l.value->>2 as shared, l.value->>3 as gone, \
        l.value->>4 as version, l.value->>5 as updated_at, l.value->>6 as start, l.value->7 as kinds from json_each($1) l) \
        insert into resource (resource_id, plan_version_key, shared, gone, version, updated_at, digest, kind) \
        select substr($2, n.start + 32 * w.key, 16), n.held_by, n.shared, n.gone, n.version, n.updated_at, \
        substr($2, n.start + 32 * w.key + 16, 16), w.value from n cross join json_each(n.kinds) w",
    resources_before: "insert into resource_before (resource_id, version, gone, plan_version_key, updated_at) \
        select unhex(w.value->>0), w.value->>4, w.value->>5, coalesce(w.value->>1, (select v.plan_version_key \
        from plan_version v where v.plan_key = w.value->>2 and v.version = w.value->>3)), w.value->>6 \
        from json_each($1) w",
    advance_plans: "update plan set newest = w.value->>1, accepted = w.value->>2, content = w.value->>3, \
        person_id = coalesce(w.value->>4, plan.person_id) from json_each($1) w where plan.plan_key = w.value->>0",
    supersede: "update delivery set state = 'superseded', updated_at = $2 from json_each($1) w \
        where delivery.plan_key = w.value->>0 and delivery.connection = w.value->>1 \
        and delivery.state in ('ready', 'blocked', 'dead') and coalesce(delivery.held, 'ready') = 'ready'",
    deliver: "insert into delivery (connection, agency, person_id, plan_key, version, state, held, most_attempts, first_wait_ms, \
        longest_wait_ms, not_before, created_at, \
        updated_at) select w.value->>0, w.value->>1, w.value->>2, w.value->>3, w.value->>4, \
        case when h.person_id is not null and w.value->>5 = 'ready' then 'blocked' else w.value->>5 end, \
        case when h.person_id is not null and w.value->>5 = 'ready' then 'ready' end, w.value->>6, w.value->>7, w.value->>8, $2, $2, $2 from json_each($1) w \
        left join person_hold h on h.agency = w.value->>1 and h.person_id = w.value->>2 where true order by w.key \
        on conflict do nothing",
    wordings_like: "select w.shingles, (select json_group_array(o.person_id) from (select distinct s.person_id \
        from wording_of s where s.wording_key = w.wording_key limit 3) o) from wording w where w.agency = $1 \
        and w.wording_key in (select n.value from json_each($2) m cross join json_each((select json_group_array(o.wording_key) \
        from (select k.wording_key from wording_mark k join wording v on v.wording_key = k.wording_key \
        where k.mark = m.value->>0 and length(v.shingles) between m.value->>1 and m.value->>2 \
        order by k.wording_key desc limit 100) o)) n)",
    drop_wordings: "delete from wording where wording_key in (select s.wording_key from json_each($1) w \
        join wording_of s on s.plan_key = w.value) and not exists (select 1 from wording_of o \
        where o.wording_key = wording.wording_key and o.plan_key not in (select value from json_each($1)))",
    leave_wordings: "delete from wording_of where plan_key in (select value from json_each($1))",
    wordings: "insert into wording (agency, digest, shingles) \
        select w.value->>0, unhex(w.value->>1), substr($2, w.value->>2, w.value->>3) from json_each($1) w where true \
        on conflict (digest) do nothing",
    wording_marks: "insert into wording_mark (mark, wording_key) select m.value, v.wording_key from json_each($1) w \
        join wording v on v.digest = unhex(w.value->>0) cross join json_each(w.value->1) m where true \
        on conflict do nothing",
    wording_people: "insert into wording_of (wording_key, person_id, plan_key) \
        select v.wording_key, w.value->>1, w.value->>2 from json_each($1) w \
        join wording v on v.digest = unhex(w.value->>0) where true on conflict do nothing",
    places: "select r.resource_id, r.plan_version_key from json_each($1) w \
        join resource r on r.resource_id = unhex(w.value) where r.gone = 0",
    stands: "select r.resource_id, r.version, r.plan_version_key from json_each($1) w \
        join resource r on r.resource_id = unhex(w.value) union all \
        select b.resource_id, b.version, b.plan_version_key from json_each($1) w \
        join resource_before b on b.resource_id = unhex(w.value) where b.gone = 0",
    dropped: "select b.resource_id, b.version, b.plan_version_key, b.updated_at from json_each($1) w \
        join resource_before b on b.plan_version_key = w.value where b.gone = 1",
    turns: "select r.resource_id, r.version, 0, r.plan_version_key from json_each($1) w \
        join resource r on r.resource_id = unhex(w.value) union all \
        select b.resource_id, b.version, b.gone, b.plan_version_key from json_each($1) w \
        join resource_before b on b.resource_id = unhex(w.value)",
    block_after: "select b.first_at, b.first_key, b.last_at, b.last_key, b.marks, \
        b.members from search_block b where (b.last_at, b.last_key) >= ($1, $2) \
        and not exists (select 1 from json_each($3) w where not exists (select 1 from json_each(w.value) m \
        where instr(b.marks, unhex(m.value)) > 0)) order by b.last_at, b.last_key limit 1",
    block_before: "select b.first_at, b.first_key, b.last_at, b.last_key, b.marks, \
        b.members from search_block b where (b.first_at, b.first_key) <= ($1, $2) \
        and not exists (select 1 from json_each($3) w where not exists (select 1 from json_each(w.value) m \
        where instr(b.marks, unhex(m.value)) > 0)) order by b.last_at desc, b.last_key desc limit 1",
    tally: "insert into search_tally (kind, mark, agency, many) \
        select w.value->>0, w.value->>1, w.value->>2, w.value->>3 from json_each($1) w where true \
        on conflict (kind, mark, agency) do update set many = search_tally.many + excluded.many",
    packs: "select v.plan_version_key, v.resources, p.agency from json_each($1) w \
        join plan_version v on v.plan_version_key = w.value join plan p on p.plan_key = v.plan_key \
        where ($2 is null or p.agency = $2)",
    plans_of_people: "select v.resources from (select distinct s.agency, s.person_id from json_each($1) w \
        join resource r on r.resource_id = unhex(w.value) join plan_version o on o.plan_version_key = r.plan_version_key \
        join plan s on s.plan_key = o.plan_key where ($2 is null or s.agency = $2)) n \
        join plan p on p.agency = n.agency and p.person_id = n.person_id and p.accepted is not null \
        join plan_version v on v.plan_key = p.plan_key and v.version = p.accepted",
    plans_beside: "select v.resources from (select distinct o.plan_key from json_each($1) w \
        join plan_version o on o.plan_version_key = w.value) n join plan p on p.plan_key = n.plan_key \
        join plan_version v on v.plan_key = p.plan_key and v.version = p.accepted \
        where ($2 is null or p.agency = $2)",
    person_acts: "select m.agency, m.person_ref, m.person_id, (case when p.resource_id is null then 0 else 1 end), m.survivor_ref, m.survivor_id, \
        (case when s.resource_id is null then 0 else 1 end), a.act, a.told_at from person_merge m \
        join person_act a on a.person_merge_key = m.person_merge_key and a.act in ('told', 'undone') \
        left join resource p on p.resource_id = m.person_ref left join resource s on s.resource_id = m.survivor_ref \
        where m.person_merge_key in (select f.person_merge_key from json_each($1) w join person_merge f \
        on f.person_ref = unhex(w.value) union select f.person_merge_key from json_each($1) w join person_merge f \
        on f.survivor_ref = unhex(w.value)) and ($2 is null or m.agency = $2) order by a.person_act_key",
    links: "select l.kind, l.resource_id, l.remote_id, l.tag from json_each($2) w cross join link l \
        on l.connection = $1 and l.kind = w.value->>0 and l.resource_id = w.value->>1",
    backfill: "insert into delivery (connection, agency, person_id, plan_key, version, state, backfill, lane, most_attempts, \
        first_wait_ms, longest_wait_ms, not_before, created_at, updated_at) select $1, p.agency, p.person_id, p.plan_key, \
        p.accepted, 'ready', 1, 1, $5, $6, $7, $8, $8, $8 from plan p where p.plan_key > $2 and p.plan_key <= $3 \
        and p.accepted is not null and ($4 is null or p.agency in (select value from json_each($4))) \
        order by p.plan_key on conflict do nothing",
    alone: None,
    claim: concat!(
        "update delivery ",
        include_str!("../claim.sql"),
        " where delivery_key in (select d.delivery_key ",
        include_str!("../claimable.sql"),
        " order by d.lane, d.delivery_key limit $3) returning delivery_key, token, attempts, was_unknown, plan_key, version, person_id, ",
        "most_attempts, first_wait_ms, longest_wait_ms"
    ),
};

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may end where it stands")]
mod tests {
    use sqlx::AssertSqlSafe;

    use super::{DIALECT, Pool, open};
    use crate::store::{along, block, changes, keep, seen, tally};

    #[tokio::test]
    async fn a_list_drives_its_statement() {
        let pool = open("sqlite::memory:").await.unwrap();
        crate::store::migration::migrate(&pool).await.unwrap();
        let Pool::Sqlite { write, .. } = pool else { panic!("the url above is SQLite's") };
        let driven = [
            DIALECT.state,
            DIALECT.accepted,
            DIALECT.resources,
            DIALECT.point_resources,
            DIALECT.advance_plans,
            DIALECT.supersede,
            DIALECT.wording_marks,
            DIALECT.wording_people,
            DIALECT.places,
            DIALECT.dropped,
            DIALECT.packs,
            DIALECT.editions,
            DIALECT.links,
        ];
        for sql in driven {
            let plan: Vec<(i64, i64, i64, String)> =
                sqlx::query_as(AssertSqlSafe(format!("explain query plan {sql}"))).fetch_all(&write).await.unwrap();
            assert!(plan[0].3.starts_with("SCAN w VIRTUAL TABLE"), "{sql}\n{plan:?}");
        }
        // What is walked along, counted or looked up by an index begins with that index and sorts nothing afterwards.
        let indexed = [
            (along::VERSIONS_AFTER, "SEARCH v USING INDEX plan_version_by_keeping"),
            (changes::VERSIONS_BEFORE, "SEARCH v USING INDEX plan_version_by_keeping"),
            (keep::NEWEST, "SCAN plan_version USING INDEX plan_version_by_keeping"),
            (DIALECT.block_after, "SEARCH b USING INDEX sqlite_autoindex_search_block_1"),
            (block::END, "SCAN search_block USING COVERING INDEX sqlite_autoindex_search_block_1"),
            (block::KEPT_AFTER, "SEARCH v USING INDEX plan_version_by_keeping"),
            (block::TALLIED, "SEARCH t USING PRIMARY KEY (kind=? AND mark=?)"),
            (tally::UNNAMED, "SEARCH v USING INTEGER PRIMARY KEY"),
            (seen::DELIVERED, "SEARCH p USING INDEX plan_by_person (agency=? AND person_id=?)"),
            (seen::SEEN, "SEARCH seen USING INDEX seen_of_person (agency=? AND person_id=?)"),
        ];
        for (sql, begins) in indexed {
            let plan: Vec<(i64, i64, i64, String)> =
                sqlx::query_as(AssertSqlSafe(format!("explain query plan {sql}"))).fetch_all(&write).await.unwrap();
            assert!(plan[0].3.starts_with(begins), "{sql}\n{plan:?}");
            assert!(plan.iter().all(|step| !step.3.contains("USE TEMP B-TREE FOR ORDER BY")), "{sql}\n{plan:?}");
        }
        // These nest one statement in another: none of their steps may walk a table of ours.
        let nested = [
            DIALECT.make_resources,
            DIALECT.resources_before,
            DIALECT.wording_marks,
            DIALECT.wordings_like,
            DIALECT.drop_wordings,
            DIALECT.leave_wordings,
            DIALECT.stands,
            DIALECT.turns,
            block::WAITING,
            DIALECT.plans_of_people,
            DIALECT.plans_beside,
            DIALECT.person_acts,
        ];
        for sql in nested {
            let plan: Vec<(i64, i64, i64, String)> =
                sqlx::query_as(AssertSqlSafe(format!("explain query plan {sql}"))).fetch_all(&write).await.unwrap();
            let walks = |step: &str| {
                step.starts_with("SCAN") && !step.contains("VIRTUAL TABLE") && step != "SCAN n" && step != "SCAN o"
            };
            assert!(plan.iter().all(|step| !walks(&step.3)), "{sql}\n{plan:?}");
        }
    }
}
