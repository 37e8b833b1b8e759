//! The write-ahead log of a `SQLite` file, copied into it beside the writing, so that no commit waits while pages are copied.
//!
//! A log begins anew only once all of it is copied while nobody writes. So most of it is copied beside the writers, and what came
//! meanwhile, which is little, in a turn among theirs.

use std::time::Duration;

use sqlx::SqlitePool;
use tokio::{sync::mpsc, time::sleep};

/// How long after a commit is copied: what others commit meanwhile comes along.
const REST: Duration = Duration::from_millis(100);

/// Of so many pages it is to begin anew.
const LONG: i64 = 2000;

/// Of so many pages a writer copies it itself: whoever copies beside does not keep up, or is hindered.
pub(super) const TOO_LONG: &str = "8000";

/// Tells whoever copies that there is something; that ends when the last of these is gone.
#[derive(Clone)]
pub(in crate::store) struct Log(Option<mpsc::Sender<()>>);

impl Log {
    /// The log of a file; it is copied from now on.
    pub(super) fn of(write: &SqlitePool, read: &SqlitePool) -> Self {
        let (sender, receiver) = mpsc::channel(1);
        tokio::spawn(copy(receiver, write.clone(), read.clone()));
        Self(Some(sender))
    }

    /// The one of a store in memory, which has none.
    pub(super) fn none() -> Self {
        Self(None)
    }

    /// Something was committed.
    pub(in crate::store) fn grew(&self) {
        if let Some(sender) = &self.0 {
            // Where it was told already, once is enough.
            sender.try_send(()).unwrap_or_default();
        }
    }
}

async fn copy(mut grew: mpsc::Receiver<()>, write: SqlitePool, read: SqlitePool) {
    while grew.recv().await.is_some() {
        sleep(REST).await;
        // Whatever hinders this, nothing is lost: the log stays, and grows until a writer copies it.
        if copied(&read).await.is_ok_and(|pages| pages >= LONG) {
            drop(copied(&write).await);
        }
    }
}

/// Copies what can be copied without keeping anybody waiting; how many pages the log has.
async fn copied(pool: &SqlitePool) -> Result<i64, sqlx::Error> {
    let (_, pages, _): (i64, i64, i64) = sqlx::query_as("pragma wal_checkpoint(passive)").fetch_one(pool).await?;
    Ok(pages)
}
