//! An outbox in which a million deliveries wait: what a claim costs and how fast the store lets it drain, without any server.
//! `OWNWORDS_BENCH_DELIVERIES` says another number.

use std::{
    env,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use ownwords::store::{DeliveryState, Destination, Settled, Store};
use sqlx::{PgPool, SqlitePool};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::float;
use crate::{
    kept::{self, Filling},
    line,
};

/// Plans that are kept whole in front, and once more behind those that will wait for their time.
const WHOLE: u64 = 3000;
/// Deliveries in front that are not due yet, in the second part.
const NOT_DUE: u64 = 100_000;
/// Deliveries that each figure is taken over.
const SAMPLE: usize = 1000;
/// Plans that are kept at once.
const AT_ONCE: u64 = 250;
/// Name of the connection.
const NAME: &str = "figures";
/// How long a claim holds.
const LEASE: Duration = Duration::from_mins(1);

/// Prints the figures.
pub(super) fn print() {
    let wanted = env::var("OWNWORDS_BENCH_DELIVERIES").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
    let folder = TempDir::new().expect("a temporary folder can be made");
    kept::of_each_store(folder.path(), |name, url| {
        Runtime::new().expect("a runtime starts").block_on(of_store(name, url, wanted));
    });
}

async fn of_store(name: &str, url: &str, wanted: u64) {
    let began = Instant::now();
    let database = Database::of(url).await;
    let filling = Filling::of(url).await;
    // Those that are claimed are whole; what waits behind them has no resources, since nobody reads these.
    whole(&filling, 1).await;
    database.fill(NOT_DUE, "near").await;
    whole(&filling, WHOLE + 1).await;
    database.fill(wanted.saturating_sub(NOT_DUE + 2 * WHOLE), "far").await;
    println!("\n{name}, an outbox of {wanted} deliveries that wait, filled in {:.0} s", began.elapsed().as_secs_f64());
    let store = &filling.store;
    let eight = drained(store, 8).await;
    line("eight at a time, nothing known of the tables' sizes", &eight);
    database.run("analyze").await;
    line("eight at a time", &drained(store, 8).await);
    line("one at a time", &drained(store, 1).await);
    let later =
        format!("update delivery set not_before = not_before + 86400000000 where delivery_key <= {}", WHOLE + NOT_DUE);
    database.run(&later).await;
    line(&format!("one at a time, {NOT_DUE} in front not due yet"), &drained(store, 1).await);
    line(&format!("eight at a time, {NOT_DUE} in front not due yet"), &drained(store, 8).await);
    let asked = Instant::now();
    store.next_due(NAME).await.expect("the store answers");
    line("when the next is due", &format!("{:>8.2} ms", asked.elapsed().as_secs_f64() * 1e3));
    filling.finish().await;
}

async fn whole(filling: &Filling, first: u64) {
    for start in (first..first + WHOLE).step_by(usize::try_from(AT_ONCE).expect("a few hundred")) {
        filling.keep(start..start + AT_ONCE, &[Destination::of(NAME)]).await;
    }
}

/// Claims and settles a sample.
async fn drained(store: &Store, at_once: u32) -> String {
    let began = Instant::now();
    let (mut took, mut rows) = (Vec::new(), 0);
    while rows < SAMPLE {
        let asked = Instant::now();
        let claimed = store.claim(NAME, at_once, LEASE).await.expect("the store answers");
        took.push(asked.elapsed());
        assert_eq!(claimed.len(), at_once as usize, "as many as were asked for are due");
        for one in &claimed {
            assert!(store.settle(one, &done()).await.expect("the store answers"), "nobody else has it");
        }
        rows += claimed.len();
    }
    let seconds = began.elapsed().as_secs_f64();
    took.sort_unstable();
    let ms = |at: usize| took[at.min(took.len() - 1)].as_secs_f64() * 1e3;
    format!(
        "claim p50 {:>7.2} ms   p99 {:>7.2} ms   {:>6.0} rows / s claimed and settled",
        ms(took.len() / 2),
        ms(took.len() * 99 / 100),
        float(rows as u64) / seconds
    )
}

fn done() -> Settled {
    Settled {
        state: DeliveryState::Done,
        not_before: None,
        counts: true,
        status: Some(200),
        reason: "arrived",
        peer_text: None,
    }
}

/// The database itself, for what the store has no door for.
enum Database {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Database {
    async fn of(url: &str) -> Self {
        if url.starts_with("sqlite:") {
            let url = format!("{url}?mode=rwc");
            return Self::Sqlite(SqlitePool::connect(&url).await.expect("the file can be opened"));
        }
        Self::Postgres(PgPool::connect(url).await.expect("the database answers"))
    }

    async fn run(&self, sql: &str) {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        match self {
            Self::Sqlite(pool) => drop(sqlx::query(sql).execute(pool).await.expect("the statement runs")),
            Self::Postgres(pool) => drop(sqlx::query(sql).execute(pool).await.expect("the statement runs")),
        }
    }

    /// Deliveries of so many people with a plan each, without their content.
    async fn fill(&self, many: u64, mark: &str) {
        let now = Timestamp::now().as_microsecond();
        let (agency, plans) = (kept::AGENCY, format!("from plan where plan_id like '{mark}-%' order by plan_key"));
        let numbers =
            format!("with recursive n(i) as (select cast(1 as bigint) union all select i + 1 from n where i < {many})");
        let statements = [
            format!(
                "insert into plan (agency, plan_id, person_id, newest, accepted, content) {numbers} \
                 select '{agency}', '{mark}-' || i, '{mark}-' || i, 1, 1, '' from n"
            ),
            format!(
                "insert into plan_version (plan_key, version, outcome, received_at, kept_at, json) \
                 select plan_key, 1, 'accepted', {now}, {now}, '{{}}' {plans}"
            ),
            format!(
                "insert into delivery (connection, agency, person_id, plan_key, version, state, not_before, created_at, \
                 updated_at) select '{NAME}', agency, person_id, plan_key, 1, 'ready', {now}, {now}, {now} {plans}"
            ),
        ];
        for sql in statements {
            self.run(&sql).await;
        }
    }
}
