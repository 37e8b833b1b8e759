//! The write-ahead log of a `SQLite` file, copied into it beside the writing, so that no commit waits while pages are copied.
//!
//! A log begins anew only once all of it is copied while nobody writes and nobody reads what stands in it. So most of it is copied
//! beside the writers, and what came meanwhile, which is little, in a turn among theirs. Where readers come so thick that one is
//! always at it, that turn waits for them a moment.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Executor, SqlitePool};
use tokio::{sync::mpsc, time::sleep};

use crate::store::driver::PATIENCE;

/// How long after a commit is copied: what others commit meanwhile comes along.
const REST: Duration = Duration::from_millis(100);

/// Of so many pages it is to begin anew.
const LONG: i64 = 2000;

/// Of so many pages readers are waited for, with the writers waiting behind.
const VERY_LONG: i64 = 2 * LONG;

/// Of so many pages a writer copies it itself: whoever copies beside does not keep up, or is hindered.
pub(super) const TOO_LONG: &str = "8000";

/// How long readers are waited for.
const MOMENT: Duration = Duration::from_millis(200);

/// When they are waited for again, if that was too short.
const LATER: Duration = Duration::from_secs(2);

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
        // Whatever hinders this, nothing is lost: the log stays, and grows until it can be copied.
        let begun = match copied(&read).await {
            Ok(pages) if pages >= VERY_LONG => begun_anew(&write).await,
            Ok(pages) if pages >= LONG => copied(&write).await.map(|_| true),
            copied => copied.map(|_| true),
        };
        if !begun.unwrap_or(false) {
            sleep(LATER).await;
        }
    }
}

/// Copies all and waits a moment for those who read; whether they were gone by then.
async fn begun_anew(write: &SqlitePool) -> Result<bool, sqlx::Error> {
    let mut turn = write.acquire().await?;
    turn.execute(patience(MOMENT)).await?;
    let left = sqlx::query_as::<_, (i64, i64, i64)>("pragma wal_checkpoint(restart)").fetch_one(&mut *turn).await;
    turn.execute(patience(PATIENCE)).await?;
    left.map(|(is_busy, ..)| is_busy == 0)
}

fn patience(time: Duration) -> AssertSqlSafe<String> {
    AssertSqlSafe(format!("pragma busy_timeout = {}", time.as_millis()))
}

/// Copies what can be copied without keeping anybody waiting; how many pages the log has.
async fn copied(pool: &SqlitePool) -> Result<i64, sqlx::Error> {
    let (_, pages, _): (i64, i64, i64) = sqlx::query_as("pragma wal_checkpoint(passive)").fetch_one(pool).await?;
    Ok(pages)
}
