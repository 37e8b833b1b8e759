//! `SQLite`'s log: copied into the file beside the writing, and short whoever reads.

use std::{fs, time::Duration};

use sqlx::{Connection, Executor, SqliteConnection};
use tokio::time::sleep;

use super::{Home, begun, plan_record};

#[tokio::test]
async fn what_is_committed_gets_into_the_file_without_a_writer_copying_it() {
    let home = Home::sqlite();
    let store = home.migrated().await;
    let id = begun(&store, "north", "aa").await;
    store.keep(vec![plan_record(id, 1, "plan-in-the-file", "ann", "one")]).await.unwrap();
    let is_in = || fs::read(home.file()).unwrap().windows(16).any(|bytes| bytes == b"plan-in-the-file");
    for _ in 0..100 {
        if is_in() {
            return;
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("it stands in the log alone");
}

#[tokio::test]
async fn readers_that_never_leave_a_gap_do_not_make_the_log_grow_for_ever() {
    const MB: u64 = 1 << 20;
    let home = Home::sqlite();
    let store = home.migrated().await;
    let id = begun(&store, "north", "aa").await;
    // Each begins to read before the one before has ended.
    let readers: Vec<_> = (0..3)
        .map(|turn| {
            let url = home.url.clone();
            tokio::spawn(async move {
                let mut reader = SqliteConnection::connect(&url).await.unwrap();
                sleep(Duration::from_millis(turn * 20)).await;
                loop {
                    reader.execute("begin; select count(*) from record").await.unwrap();
                    sleep(Duration::from_millis(45)).await;
                    reader.execute("commit").await.unwrap();
                    sleep(Duration::from_millis(15)).await;
                }
            })
        })
        .collect();
    let mut longest = 0;
    for at in 1..=250 {
        let mut record = plan_record(id, at, &format!("P{at}"), "ann", "one");
        record.raw = vec![b' '; MB.try_into().unwrap()];
        store.keep(vec![record]).await.unwrap();
        longest = longest.max(fs::metadata(format!("{}-wal", home.file())).unwrap().len());
    }
    readers.iter().for_each(tokio::task::JoinHandle::abort);
    assert!(longest < 150 * MB, "{} MB of log for 250 MB of records", longest / MB);
}
