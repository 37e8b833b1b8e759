//! Opening, migrating, being ready, sharing a store, and errors that tell nothing they must not.

use std::{fs, os::unix::fs::PermissionsExt};

use ownwords::store::{AgencyScope, Store, StoreError};
use sqlx::{Connection, Executor, SqliteConnection};

use super::{Home, begun, over_both, plan_record};

const STEPS: [&str; 17] = [
    "0001_ground",
    "0002_history",
    "0003_search",
    "0004_steering",
    "0006_rungs",
    "0007_reading",
    "0008_export",
    "0009_filing",
    "0010_lanes",
    "0011_keeping",
    "0012_persons",
    "0013_bulk",
    "0014_due",
    "0015_forms",
    "0016_search",
    "0017_tags",
    "0018_tally",
];

async fn ready_says_what_is_missing(home: &Home) {
    let store = home.open().await;
    let missing = StoreError::NotMigrated { missing: STEPS.map(str::to_owned).to_vec() };
    assert_eq!(store.ready().await, Err(missing.clone()));
    assert!(missing.to_string().contains("ownwords migrate"));
    assert!(matches!(store.ids().await, Err(StoreError::NotMigrated { .. })));
    assert_eq!(store.migrate().await.unwrap(), STEPS);
    assert_eq!(store.ready().await, Ok(()));
    assert_eq!(store.migrate().await.unwrap(), [""; 0]);
}

async fn the_namespace_is_made_once_and_stays(home: &Home) {
    let first = home.migrated().await.ids().await.unwrap();
    assert_eq!(home.migrated().await.ids().await.unwrap(), first);
    assert_ne!(first.namespace().as_u128(), 0);
    let other = Home::sqlite();
    assert_ne!(other.migrated().await.ids().await.unwrap(), first);
}

async fn several_processes_may_migrate_at_once(home: &Home) {
    let stores = [home.open().await, home.open().await, home.open().await];
    let (a, b, c) = tokio::join!(stores[0].migrate(), stores[1].migrate(), stores[2].migrate());
    for outcome in [a, b, c] {
        outcome.unwrap();
    }
    stores[2].ready().await.unwrap();
}

async fn a_store_dropped_without_farewell_keeps_what_it_answered(home: &Home) {
    let store = home.migrated().await;
    let id = begun(&store, "north", "aa").await;
    store.keep(vec![plan_record(id, 1, "P1", "ann", "one")]).await.unwrap();
    // Work that nobody waits for is committed whole or not at all.
    let late = store.keep((2..60).map(|at| plan_record(id, at, &format!("P{at}"), "ann", "one")).collect());
    drop(tokio::time::timeout(std::time::Duration::from_millis(1), late).await);
    drop(store);
    let again = home.open().await;
    let rows = again.records(id, 0, 100, None).await.unwrap();
    assert_eq!(rows[0].plan_version, Some(1));
    for row in &rows {
        assert!(again.raw(id, row.ordinal).await.unwrap().is_some());
        assert_eq!(again.plan_versions("north", row.plan_id.as_ref().unwrap()).await.unwrap().len(), 1);
    }
    let deliveries = again.deliveries(None, &AgencyScope::All, 0, 100).await.unwrap();
    assert!(deliveries.len() >= rows.len());
}

over_both!(
    ready_says_what_is_missing,
    the_namespace_is_made_once_and_stays,
    several_processes_may_migrate_at_once,
    a_store_dropped_without_farewell_keeps_what_it_answered,
);

#[test]
fn both_folders_list_the_same_migrations() {
    let names = |driver: &str| {
        let folder = format!("{}/src/store/{driver}/migrations", env!("CARGO_MANIFEST_DIR"));
        let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
    assert!(!names("sqlite").is_empty());
}

#[tokio::test]
async fn errors_name_the_remedy_and_no_url() {
    for url in [
        "mysql://me:geheim@localhost/x",
        "postgres://me:geheim@127.0.0.1:1/x",
        "postgres://me:geheim@127.0.0.1:99999/x",
        "sqlite:/no/such/folder/geheim.db",
    ] {
        let error = Store::open(url).await.err().unwrap();
        let text = format!("{error} {error:?}");
        assert!(!text.contains("geheim"), "{text}");
        assert!(matches!(error, StoreError::CannotOpen { .. } | StoreError::Unreachable { .. }), "{text}");
    }
}

#[tokio::test]
async fn a_newer_store_and_a_damaged_one_are_told_apart() {
    let home = Home::sqlite();
    home.migrated().await.close().await;
    let mut connection = SqliteConnection::connect(&home.url).await.unwrap();
    let newer = "insert into _sqlx_migrations values (99, 'later', '2027-01-01', true, x'00', 1)";
    connection.execute(newer).await.unwrap();
    connection.close().await.unwrap();
    let store = home.open().await;
    assert_eq!(store.ready().await, Err(StoreError::OtherVersion { version: 99 }));
    assert_eq!(store.migrate().await, Err(StoreError::OtherVersion { version: 99 }));
    store.close().await;

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("broken.db");
    fs::write(&file, "this is no database, but a text long enough to be read as the head of one. ".repeat(20)).unwrap();
    let error = Store::open(&format!("sqlite:{}", file.display())).await.err().unwrap();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error:?}");
}

#[tokio::test]
async fn a_store_in_memory_works_for_as_long_as_it_is_held() {
    let store = Store::open("sqlite::memory:").await.unwrap();
    store.migrate().await.unwrap();
    let id = begun(&store, "north", "aa").await;
    store.keep(vec![plan_record(id, 1, "P1", "ann", "one")]).await.unwrap();
    assert_eq!(store.finish(id).await.unwrap().accepted, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_is_its_owners_alone() {
    let home = Home::sqlite();
    let store = home.migrated().await;
    let file = home.url.trim_start_matches("sqlite:");
    for beside in ["", "-wal", "-shm"] {
        let mode = std::fs::metadata(format!("{file}{beside}")).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{beside}");
    }
    store.close().await;
}
