//! How fast records are kept, beside one plain row of as many bytes: run by hand with `cargo test speed -- --ignored --nocapture`.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use ownwords::store::{NewRecord, Store};
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use uuid::Uuid;

use super::{Home, plan_record, resource, submission};

const CALLERS: u64 = 4;
const EACH: u64 = 1000;

/// A record of about 12 KB with twelve resources.
fn large(ordinal: u64) -> NewRecord {
    let plan_id = format!("P{ordinal}");
    let mut record = plan_record(Uuid::nil(), ordinal, &plan_id, &format!("person {ordinal}"), "one");
    let plan = record.plan.as_mut().unwrap();
    let text = "own words ".repeat(60);
    plan.resources = (0..12).map(|at| resource("Goal", &format!("{plan_id}/{at}"), &text)).collect();
    plan.json = format!("{{\"text\":\"{}\"}}", "own words ".repeat(250));
    record.raw = plan.json.clone().into_bytes();
    record
}

async fn rate<F: Future<Output = ()> + Send + 'static>(call: impl Fn(u64) -> F + Clone + Send + 'static) -> f64 {
    let start = Instant::now();
    let mut callers = Vec::new();
    for caller in 0..CALLERS {
        let call = call.clone();
        callers.push(tokio::spawn(async move {
            for step in 0..EACH {
                call(caller * EACH + step + 1).await;
            }
        }));
    }
    for caller in callers {
        caller.await.unwrap();
    }
    f64::from(u32::try_from(CALLERS * EACH).unwrap()) / start.elapsed().as_secs_f64()
}

async fn floor() -> SqlitePool {
    let folder = tempfile::tempdir().unwrap().keep();
    let options = SqliteConnectOptions::new()
        .filename(folder.join("floor.db"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(10));
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    sqlx::query("create table blob (blob_key integer primary key, content blob)").execute(&pool).await.unwrap();
    pool
}

async fn measure(name: &str, store: Store) {
    let super::Begun::New(id) = store.begin(submission("north", "aa")).await.unwrap() else { panic!("not new") };
    let keeping = store.clone();
    let kept = rate(move |ordinal| {
        let store = keeping.clone();
        async move { store.keep(vec![NewRecord { submission: id, ..large(ordinal) }]).await.unwrap() }
    });
    println!("{name}: keep, one record a call: {:.0}/s", kept.await);
    let receiving = store.clone();
    let received = rate(move |number| {
        let store = receiving.clone();
        async move {
            let mut record = large(number + 1_000_000);
            record.ordinal = 1;
            let sha256 = format!("{number:064}");
            store.receive(submission("north", &sha256), b"", vec![record]).await.unwrap();
        }
    });
    println!("{name}: receive, a submission of one record: {:.0}/s", received.await);
    let start = Instant::now();
    for batch in 0..16 {
        let records = (1..=250).map(|at| NewRecord { submission: id, ..large(2_000_000 + batch * 250 + at) });
        store.keep(records.collect()).await.unwrap();
    }
    println!("{name}: keep, 250 records a call, one caller: {:.0}/s", 4000.0 / start.elapsed().as_secs_f64());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement, not a test"]
async fn speed() {
    let pool = floor().await;
    let plain = rate(move |_| {
        let pool = pool.clone();
        async move {
            let insert = sqlx::query("insert into blob (content) values ($1)").bind(vec![7_u8; 12_000]);
            insert.execute(&pool).await.unwrap();
        }
    });
    println!("SQLite floor, one row of 12 KB a commit: {:.0}/s", plain.await);
    measure("SQLite", Home::sqlite().migrated().await).await;
    if let Some(home) = Home::postgres().await {
        measure("PostgreSQL", home.migrated().await).await;
        home.leave().await;
    }
}
