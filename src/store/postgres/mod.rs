//! `PostgreSQL`: how it is reached, and the statements that `SQLite` says differently.

use std::str::FromStr;

use sqlx::{
    ConnectOptions,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use super::{
    dialect::Dialect,
    driver::{PATIENCE, Pool},
    failure::{StoreError, failed},
};

const CONNECTIONS: u32 = 10;

/// Statements wait for locks no longer than `SQLite` would.
pub(super) async fn open(url: &str) -> Result<Pool, StoreError> {
    let options = PgConnectOptions::from_str(url)
        .map_err(failed)?
        .application_name("ownwords")
        .options([("lock_timeout", format!("{}s", PATIENCE.as_secs()))])
        .disable_statement_logging();
    let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE / 2);
    Ok(Pool::Postgres(pool.connect_with(options).await.map_err(failed)?))
}

pub(super) const DIALECT: Dialect = Dialect {
    now: Some("select (extract(epoch from clock_timestamp()) * 1000000)::bigint"),
    migrations_table: "select 1::bigint where to_regclass('_sqlx_migrations') is not null",
    receive: "insert into submission (submission_id, agency, mapping, mapping_version, policy, sha256, size, caller, file, \
        received_at, state, records, accepted, warned, rejected, preamble) \
        select w.value->>0, w.value->>1, w.value->>2, w.value->>3, w.value->>4, w.value->>5, (w.value->>6)::bigint, \
        w.value->>7, w.value->>8, (w.value->>9)::bigint, 'complete', (w.value->>10)::bigint, (w.value->>11)::bigint, \
        (w.value->>12)::bigint, (w.value->>13)::bigint, substring($2 from (w.value->>14)::int for (w.value->>15)::int) \
        from json_array_elements($1::json) w(value) \
        on conflict (agency, sha256, mapping, mapping_version, policy) do nothing returning submission_id, submission_key",
    state: "select s.submission_id, s.submission_key, s.agency, r.ordinal from json_array_elements($1::json) w(value) \
        join submission s on s.submission_id = w.value->>0 \
        left join record r on r.submission_key = s.submission_key and r.ordinal = (w.value->>1)::bigint",
    plans: "insert into plan (agency, plan_id, person_id, newest, content) \
        select w.value->>0, w.value->>1, '', 0, '' from json_array_elements($1::json) w(value) \
        on conflict (agency, plan_id) do update set newest = plan.newest \
        returning plan_key, agency, plan_id, newest, content, accepted",
    accepted: "select p.plan_key, v.resources from json_array_elements_text($1::json) w(value) \
        join plan p on p.plan_key = w.value::bigint \
        join plan_version v on v.plan_key = p.plan_key and v.version = p.accepted",
    resources: "select r.resource_id, r.plan_version_key, v.plan_key, r.shared, r.gone, r.version, r.updated_at, r.digest \
        from json_array_elements_text($1::json) w(value) join resource r on r.resource_id = decode(w.value, 'hex') \
        join plan_version v on v.plan_version_key = r.plan_version_key order by r.resource_id for no key update of r",
    versions: "insert into plan_version (plan_key, version, outcome, received_at, json, resources, edition, says, kept_at) \
        select (w.value->>0)::bigint, (w.value->>1)::bigint, w.value->>2, (w.value->>3)::bigint, \
        convert_from(substring($2 from (w.value->>4)::int for (w.value->>5)::int), 'UTF8'), \
        substring($2 from (w.value->>6)::int for (w.value->>7)::int), decode(w.value->>8, 'hex'), \
        decode(w.value->>9, 'hex'), (w.value->>10)::bigint from json_array_elements($1::json) w(value)",
    editions: "select v.edition, v.says from json_array_elements($2::json) w(value) \
        join plan p on p.agency = $1 and p.plan_id = w.value->>0 \
        join plan_version v on v.plan_key = p.plan_key and v.edition = decode(w.value->>1, 'hex')",
    records: "insert into record (submission_key, ordinal, outcome, received_at, plan_key, version, start, findings, unread, \
        raw) select (w.value->>0)::bigint, (w.value->>1)::bigint, w.value->>2, (w.value->>3)::bigint, \
        (w.value->>4)::bigint, (w.value->>5)::bigint, \
        convert_from(substring($2 from (w.value->>6)::int for (w.value->>7)::int), 'UTF8'), \
        convert_from(substring($2 from (w.value->>8)::int for (w.value->>9)::int), 'UTF8'), \
        convert_from(substring($2 from (w.value->>10)::int for (w.value->>11)::int), 'UTF8'), \
        substring($2 from (w.value->>12)::int for (w.value->>13)::int) from json_array_elements($1::json) w(value)",
    point_resources: "update resource set plan_version_key = coalesce((w.value->>1)::bigint, (select v.plan_version_key \
        from plan_version v where v.plan_key = (w.value->>2)::bigint and v.version = (w.value->>3)::bigint)), \
        shared = (w.value->>4)::bigint, gone = (w.value->>5)::bigint, version = (w.value->>6)::bigint, \
        updated_at = (w.value->>7)::bigint, digest = decode(w.value->>8, 'hex') \
        from json_array_elements($1::json) w(value) where resource.resource_id = decode(w.value->>0, 'hex')",
    make_resources: "insert into resource (resource_id, plan_version_key, shared, gone, version, updated_at, digest, kind) \
        select substring($2 from n.start + 32 * (w.place::int - 1) for 16), (select v.plan_version_key from plan_version v \
        where v.plan_key = n.plan_key and v.version = n.holds), n.shared, n.gone, n.version, n.updated_at, \
        substring($2 from n.start + 32 * (w.place::int - 1) + 16 for 16), w.kind from (select (l.value->>0)::bigint, \
        (l.value->>1)::bigint, (l.value->>2)::bigint, (l.value->>3)::bigint, (l.value->>4)::bigint, (l.value->>5)::bigint, \
        (l.value->>6)::int, l.value->7 from json_array_elements($1::json) l(value)) \
        n(plan_key, holds, shared, gone, version, updated_at, start, kinds) \
        cross join lateral json_array_elements_text(n.kinds) with ordinality w(kind, place) order by 1",
    resources_before: "insert into resource_before (resource_id, version, gone, plan_version_key, updated_at) \
        select decode(w.value->>0, 'hex'), (w.value->>4)::bigint, (w.value->>5)::bigint, \
        coalesce((w.value->>1)::bigint, (select v.plan_version_key from plan_version v \
        where v.plan_key = (w.value->>2)::bigint and v.version = (w.value->>3)::bigint)), (w.value->>6)::bigint \
        from json_array_elements($1::json) w(value)",
    advance_plans: "update plan set newest = (w.value->>1)::bigint, accepted = (w.value->>2)::bigint, \
        content = w.value->>3, person_id = coalesce(w.value->>4, plan.person_id) \
        from json_array_elements($1::json) w(value) where plan.plan_key = (w.value->>0)::bigint",
    supersede: "update delivery set state = 'superseded', updated_at = $2 from json_array_elements($1::json) w(value) \
        where delivery.plan_key = (w.value->>0)::bigint and delivery.connection = w.value->>1 \
        and delivery.state in ('ready', 'blocked', 'dead') and coalesce(delivery.held, 'ready') = 'ready'",
    deliver: "insert into delivery (connection, agency, person_id, plan_key, version, state, held, most_attempts, first_wait_ms, \
        longest_wait_ms, not_before, created_at, \
        updated_at) select w.value->>0, w.value->>1, w.value->>2, (w.value->>3)::bigint, (w.value->>4)::bigint, \
        case when h.person_id is not null and w.value->>5 = 'ready' then 'blocked' else w.value->>5 end, \
        case when h.person_id is not null and w.value->>5 = 'ready' then 'ready' end, (w.value->>6)::bigint, (w.value->>7)::bigint, \
        (w.value->>8)::bigint, $2, $2, $2 \
        from json_array_elements($1::json) with ordinality w(value, place) \
        left join person_hold h on h.agency = w.value->>1 and h.person_id = w.value->>2 order by w.place \
        on conflict do nothing",
    wordings_like: "select w.shingles, (select coalesce(json_agg(o.person_id), '[]'::json)::text from \
        (select distinct s.person_id from wording_of s where s.wording_key = w.wording_key limit 3) o) \
        from wording w where w.agency = $1 and w.wording_key in (select o.wording_key \
        from json_array_elements($2::json) m(value) cross join lateral (select k.wording_key from wording_mark k \
        join wording v on v.wording_key = k.wording_key where k.mark = (m.value->>0)::bigint \
        and length(v.shingles) between (m.value->>1)::bigint and (m.value->>2)::bigint \
        order by k.wording_key desc limit 100) o)",
    drop_wordings: "delete from wording where wording_key in (select s.wording_key \
        from json_array_elements_text($1::json) w(value) join wording_of s on s.plan_key = w.value::bigint) \
        and not exists (select 1 from wording_of o where o.wording_key = wording.wording_key and o.plan_key not in \
        (select x.value::bigint from json_array_elements_text($1::json) x(value)))",
    leave_wordings: "delete from wording_of where plan_key in \
        (select w.value::bigint from json_array_elements_text($1::json) w(value))",
    wordings: "insert into wording (agency, digest, shingles) select w.value->>0, decode(w.value->>1, 'hex'), \
        substring($2 from (w.value->>2)::int for (w.value->>3)::int) from json_array_elements($1::json) w(value) \
        on conflict (digest) do nothing",
    wording_marks: "insert into wording_mark (mark, wording_key) select m.value::bigint, v.wording_key \
        from json_array_elements($1::json) w(value) join wording v on v.digest = decode(w.value->>0, 'hex') \
        cross join lateral json_array_elements_text(w.value->1) m(value) on conflict do nothing",
    wording_people: "insert into wording_of (wording_key, person_id, plan_key) \
        select v.wording_key, w.value->>1, (w.value->>2)::bigint from json_array_elements($1::json) w(value) \
        join wording v on v.digest = decode(w.value->>0, 'hex') on conflict do nothing",
    places: "select r.resource_id, r.plan_version_key from json_array_elements_text($1::json) w(value) \
        join resource r on r.resource_id = decode(w.value, 'hex') where r.gone = 0",
    stands: "select r.resource_id, r.version, r.plan_version_key from json_array_elements_text($1::json) w(value) \
        join resource r on r.resource_id = decode(w.value, 'hex') union all \
        select b.resource_id, b.version, b.plan_version_key from json_array_elements_text($1::json) w(value) \
        join resource_before b on b.resource_id = decode(w.value, 'hex') where b.gone = 0",
    dropped: "select b.resource_id, b.version, b.plan_version_key, b.updated_at \
        from json_array_elements_text($1::json) w(value) \
        join resource_before b on b.plan_version_key = w.value::bigint where b.gone = 1",
    turns: "select r.resource_id, r.version, 0::bigint, r.plan_version_key from json_array_elements_text($1::json) w(value) \
        join resource r on r.resource_id = decode(w.value, 'hex') union all \
        select b.resource_id, b.version, b.gone, b.plan_version_key from json_array_elements_text($1::json) w(value) \
        join resource_before b on b.resource_id = decode(w.value, 'hex')",
    block_after: "select b.first_at, b.first_key, b.last_at, b.last_key, b.marks, \
        b.members from search_block b where (b.last_at, b.last_key) >= ($1, $2) \
        and not exists (select 1 from json_array_elements($3::json) w(value) where not exists (select 1 \
        from json_array_elements_text(w.value) m(value) where position(decode(m.value, 'hex') in b.marks) > 0)) \
        order by b.last_at, b.last_key limit 1",
    block_before: "select b.first_at, b.first_key, b.last_at, b.last_key, b.marks, \
        b.members from search_block b where (b.first_at, b.first_key) <= ($1, $2) \
        and not exists (select 1 from json_array_elements($3::json) w(value) where not exists (select 1 \
        from json_array_elements_text(w.value) m(value) where position(decode(m.value, 'hex') in b.marks) > 0)) \
        order by b.last_at desc, b.last_key desc limit 1",
    tally: "insert into search_tally (kind, mark, agency, many) \
        select w.value->>0, (w.value->>1)::bigint, w.value->>2, (w.value->>3)::bigint from json_array_elements($1::json) w(value) \
        on conflict (kind, mark, agency) do update set many = search_tally.many + excluded.many",
    packs: "select v.plan_version_key, v.resources, p.agency from json_array_elements_text($1::json) w(value) \
        join plan_version v on v.plan_version_key = w.value::bigint join plan p on p.plan_key = v.plan_key \
        where ($2::text is null or p.agency = $2)",
    plans_of_people: "select v.resources from (select distinct s.agency, s.person_id \
        from json_array_elements_text($1::json) w(value) join resource r on r.resource_id = decode(w.value, 'hex') \
        join plan_version o on o.plan_version_key = r.plan_version_key \
        join plan s on s.plan_key = o.plan_key where ($2::text is null or s.agency = $2)) n \
        join plan p on p.agency = n.agency and p.person_id = n.person_id and p.accepted is not null \
        join plan_version v on v.plan_key = p.plan_key and v.version = p.accepted",
    plans_beside: "select v.resources from (select distinct o.plan_key from json_array_elements_text($1::json) w(value) \
        join plan_version o on o.plan_version_key = w.value::bigint) n join plan p on p.plan_key = n.plan_key \
        join plan_version v on v.plan_key = p.plan_key and v.version = p.accepted \
        where ($2::text is null or p.agency = $2)",
    person_acts: "select m.agency, m.person_ref, m.person_id, (case when p.resource_id is null then 0 else 1 end)::bigint, m.survivor_ref, m.survivor_id, \
        (case when s.resource_id is null then 0 else 1 end)::bigint, a.act, a.told_at from person_merge m \
        join person_act a on a.person_merge_key = m.person_merge_key and a.act in ('told', 'undone') \
        left join resource p on p.resource_id = m.person_ref left join resource s on s.resource_id = m.survivor_ref \
        where m.person_merge_key in (select f.person_merge_key from json_array_elements_text($1::json) w(value) join person_merge f \
        on f.person_ref = decode(w.value, 'hex') union select f.person_merge_key \
        from json_array_elements_text($1::json) w(value) join person_merge f on f.survivor_ref = decode(w.value, 'hex')) and ($2::text is null or m.agency = $2) order by a.person_act_key",
    links: "select l.kind, l.resource_id, l.remote_id, l.tag from json_array_elements($2::json) w(value) join link l \
        on l.connection = $1 and l.kind = w.value->>0 and l.resource_id = w.value->>1",
    // The plans are held, so that a newer version that is kept at this moment comes before or after, and takes its place.
    backfill: "insert into delivery (connection, agency, person_id, plan_key, version, state, backfill, lane, most_attempts, \
        first_wait_ms, longest_wait_ms, not_before, created_at, updated_at) select $1, h.agency, h.person_id, h.plan_key, \
        h.accepted, 'ready', 1, 1, $5, $6, $7, $8, $8, $8 from (select p.agency, p.person_id, p.plan_key, p.accepted \
        from plan p where p.plan_key > $2 and p.plan_key <= $3 and p.accepted is not null \
        and ($4::text is null or p.agency in (select w.value from json_array_elements_text($4::json) w(value))) \
        order by p.plan_key for update) h on conflict do nothing",
    alone: Some("select pg_advisory_xact_lock(hashtextextended($1, 7))"),
    claim: concat!(
        "with head as (select d.delivery_key ",
        include_str!("../claimable.sql"),
        " order by d.lane, d.delivery_key limit $3 for update of d skip locked) update delivery ",
        include_str!("../claim.sql"),
        " where delivery_key in (select delivery_key from head) ",
        "returning delivery_key, token, attempts, was_unknown, plan_key, version, person_id, most_attempts, first_wait_ms, longest_wait_ms"
    ),
};
