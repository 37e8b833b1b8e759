//! A transaction of `SQLite` that begins with its first statements and ends with its last: a trip to the connection's own thread
//! costs about what a small statement does there, and `begin` and `commit` need none of their own.

use futures_util::TryStreamExt;
use sqlx::{AssertSqlSafe, Either, Executor, Sqlite, pool::PoolConnection};
use tokio::runtime::Handle;

use super::log::Log;
use crate::store::{
    driver::{Columns, Statement, bound, joined},
    failure::{StoreError, failed},
};

/// It waits for its turn at once, so that it cannot fail half way because another process writes.
const BEGIN: &str = "begin immediate;";
const COMMIT: &str = "commit;";
const ROLLBACK: &str = "rollback";

/// A transaction; dropped before its end, it leaves nothing.
pub(in crate::store) struct Turn {
    /// There until it is dropped.
    connection: Option<PoolConnection<Sqlite>>,
    log: Log,
    stands: Stands,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stands {
    /// Nothing was run yet.
    Before,
    /// There may be something to take back.
    Open,
    Ended,
}

impl Turn {
    pub(in crate::store) fn on(connection: PoolConnection<Sqlite>, log: Log) -> Self {
        Self { connection: Some(connection), log, stands: Stands::Before }
    }

    /// Whether it has its turn, so that no other writes.
    pub(in crate::store) fn is_open(&self) -> bool {
        self.stands == Stands::Open
    }

    /// Runs statements in one trip; `read` is told whose row it reads. How many rows the last of them changed.
    pub(in crate::store) async fn run(
        &mut self,
        statements: &[Statement<'_>],
        read: &mut (dyn FnMut(usize, &dyn Columns) -> Result<(), StoreError> + Send),
    ) -> Result<u64, StoreError> {
        self.trip(statements, "", read).await
    }

    /// Runs its last statements, none of which answers rows, and commits in the same trip.
    pub(in crate::store) async fn end(&mut self, statements: &[Statement<'_>]) -> Result<u64, StoreError> {
        if self.stands == Stands::Ended || self.stands == Stands::Before && statements.is_empty() {
            return Ok(0);
        }
        let changed = self.trip(statements, COMMIT, &mut |_, _| Ok(())).await?;
        self.stands = Stands::Ended;
        self.log.grew();
        Ok(changed)
    }

    async fn trip(
        &mut self,
        statements: &[Statement<'_>],
        then: &str,
        read: &mut (dyn FnMut(usize, &dyn Columns) -> Result<(), StoreError> + Send),
    ) -> Result<u64, StoreError> {
        let Some(connection) = self.connection.as_mut().filter(|_| self.stands != Stands::Ended) else {
            return Err(StoreError::Unreachable { code: "the transaction has ended".to_owned() });
        };
        let first = if self.stands == Stands::Before { BEGIN } else { "" };
        let ours = usize::from(!first.is_empty())..;
        let (text, values) = joined(first, statements, then);
        self.stands = Stands::Open;
        let mut steps = (&mut **connection).fetch_many(bound::<Sqlite>(AssertSqlSafe(text), &values));
        let (mut at, mut changed) = (0, 0);
        while let Some(step) = steps.try_next().await.map_err(failed)? {
            match step {
                Either::Left(done) => {
                    if at < ours.start + statements.len() {
                        changed = done.rows_affected();
                    }
                    at += 1;
                }
                Either::Right(row) => read(at - ours.start, &row)?,
            }
        }
        Ok(changed)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take().filter(|_| self.stands == Stands::Open) else { return };
        match Handle::try_current() {
            // Refused where nothing had begun, or where it was committed and nobody heard of it: there is nothing to take back.
            Ok(runtime) => {
                drop(runtime.spawn(async move { drop(sqlx::query(ROLLBACK).execute(&mut *connection).await) }))
            }
            Err(_) => connection.close_on_drop(),
        }
    }
}
