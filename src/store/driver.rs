//! The two databases behind one small face: run a statement, read rows, hold a transaction. The SQL itself is the callers'.
//!
//! Statements are text known at compile time with `$1…` parameters; what a caller gave is only ever bound.

use std::time::Duration;

use futures_util::TryStreamExt;
use sqlx::{
    AssertSqlSafe, Column, ColumnIndex, Database, Decode, Either, Encode, Executor, PgConnection, Postgres, Row,
    SqlSafeStr, Sqlite, Transaction, Type, postgres::PgPool, query::Query, sqlite::SqlitePool,
};

use super::{
    dialect::Dialect,
    failure::{StoreError, failed},
    postgres,
    rows::{damaged, micros},
    sqlite::{self, log::Log, turn::Turn},
};
use crate::clock::Clock;

/// A value to bind.
#[derive(Clone, Copy)]
pub(super) enum Value<'v> {
    Int(i64),
    Text(&'v str),
    Bytes(&'v [u8]),
    MaybeInt(Option<i64>),
    MaybeText(Option<&'v str>),
}

/// A statement and what it binds.
pub(super) type Statement<'v> = (&'static str, Vec<Value<'v>>);

/// Bytes that go with the lines of a statement: one parameter holds all of them, and each line says where its own stand.
#[derive(Default)]
pub(super) struct Aside(Vec<u8>);

/// Where bytes stand in an `Aside`: the first one, counted from 1, and how many.
pub(super) type Span = (usize, usize);

impl Aside {
    pub(super) fn add(&mut self, bytes: &[u8]) -> Span {
        let start = self.0.len() + 1;
        self.0.extend_from_slice(bytes);
        (start, bytes.len())
    }

    pub(super) fn value(&self) -> Value<'_> {
        Value::Bytes(&self.0)
    }
}

/// A row to read by position.
pub(super) trait Columns {
    fn int(&self, at: usize) -> Result<i64, StoreError>;
    fn maybe_int(&self, at: usize) -> Result<Option<i64>, StoreError>;
    fn text(&self, at: usize) -> Result<String, StoreError>;
    fn maybe_text(&self, at: usize) -> Result<Option<String>, StoreError>;
    fn bytes(&self, at: usize) -> Result<Vec<u8>, StoreError>;
}

impl<R> Columns for R
where
    R: Row,
    usize: ColumnIndex<R>,
    for<'r> i64: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> String: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> Vec<u8>: Decode<'r, R::Database> + Type<R::Database>,
{
    fn int(&self, at: usize) -> Result<i64, StoreError> {
        self.try_get(at).map_err(|_| unreadable(self, at))
    }
    fn maybe_int(&self, at: usize) -> Result<Option<i64>, StoreError> {
        self.try_get(at).map_err(|_| unreadable(self, at))
    }
    fn text(&self, at: usize) -> Result<String, StoreError> {
        self.try_get(at).map_err(|_| unreadable(self, at))
    }
    fn maybe_text(&self, at: usize) -> Result<Option<String>, StoreError> {
        self.try_get(at).map_err(|_| unreadable(self, at))
    }
    fn bytes(&self, at: usize) -> Result<Vec<u8>, StoreError> {
        self.try_get(at).map_err(|_| unreadable(self, at))
    }
}

fn unreadable<R: Row>(row: &R, at: usize) -> StoreError {
    StoreError::Damaged { what: row.columns().get(at).map_or("column", Column::name).to_owned() }
}

/// How a row becomes a value.
pub(super) type Reader<T> = fn(&dyn Columns) -> Result<T, StoreError>;

/// Connections to one of the two databases.
#[derive(Clone)]
pub(super) enum Pool {
    /// One connection writes, several read.
    Sqlite {
        write: SqlitePool,
        read: SqlitePool,
        log: Log,
    },
    Postgres(PgPool),
}

impl Pool {
    pub(super) async fn open(url: &str) -> Result<Self, StoreError> {
        if url.starts_with("sqlite:") {
            return sqlite::open(url).await;
        }
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            return postgres::open(url).await;
        }
        // The URL itself is not shown: it may hold a password.
        Err(StoreError::CannotOpen { why: "the store's url starts neither with sqlite: nor with postgres:".to_owned() })
    }

    /// The statements that differ between the two.
    pub(super) fn dialect(&self) -> &'static Dialect {
        match self {
            Self::Sqlite { .. } => &sqlite::DIALECT,
            Self::Postgres(_) => &postgres::DIALECT,
        }
    }

    pub(super) async fn rows<T>(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
        read: Reader<T>,
    ) -> Result<Vec<T>, StoreError> {
        match self {
            Self::Sqlite { read: pool, .. } => fetch(pool, sql, values, read).await,
            Self::Postgres(pool) => fetch(pool, sql, values, read).await,
        }
    }

    pub(super) async fn row<T>(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
        read: Reader<T>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.rows(sql, values, read).await?.pop())
    }

    /// Several statements that only read, in one trip where the database takes several; `read` is told whose row it reads.
    pub(super) async fn several(
        &self,
        statements: &[Statement<'_>],
        read: &mut (dyn FnMut(usize, &dyn Columns) -> Result<(), StoreError> + Send),
    ) -> Result<(), StoreError> {
        match self {
            Self::Sqlite { read: pool, .. } => {
                let (text, values) = joined("", statements, "");
                let mut steps = pool.fetch_many(bound::<Sqlite>(AssertSqlSafe(text), &values));
                let mut at = 0;
                while let Some(step) = steps.try_next().await.map_err(failed)? {
                    match step {
                        Either::Left(_) => at += 1,
                        Either::Right(row) => read(at, &row)?,
                    }
                }
                Ok(())
            }
            Self::Postgres(pool) => {
                let mut connection = pool.acquire().await.map_err(failed)?;
                one_by_one(&mut connection, statements, read).await
            }
        }
    }

    /// A transaction that may write. With `SQLite` it begins with its first statement and waits for its turn then.
    pub(super) async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite { write, log, .. } => {
                Tx::Sqlite(Turn::on(write.acquire().await.map_err(failed)?, log.clone()))
            }
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await.map_err(failed)?),
        })
    }

    /// One statement, which is a transaction of its own in both databases; how many rows it changed.
    pub(super) async fn change(&self, sql: &'static str, values: &[Value<'_>]) -> Result<u64, StoreError> {
        match self {
            Self::Sqlite { write, log, .. } => {
                let done = bound::<Sqlite>(sql, values).execute(write).await;
                log.grew();
                done.map(|done| done.rows_affected())
            }
            Self::Postgres(pool) => bound::<Postgres>(sql, values).execute(pool).await.map(|done| done.rows_affected()),
        }
        .map_err(failed)
    }

    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite { write, read, .. } => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }

    /// The database's clock: every process that shares it reads the same one. A `SQLite` file has only the machine's.
    pub(super) async fn now(&self) -> Result<i64, StoreError> {
        let Some(sql) = self.dialect().now else { return Ok(micros(Clock::System.now())) };
        self.row(sql, &[], |row| row.int(0)).await?.ok_or_else(|| damaged("now"))
    }
}

/// A transaction; dropped without `commit`, it leaves nothing.
pub(super) enum Tx {
    Sqlite(Turn),
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    pub(super) fn dialect(&self) -> &'static Dialect {
        match self {
            Self::Sqlite(_) => &sqlite::DIALECT,
            Self::Postgres(_) => &postgres::DIALECT,
        }
    }

    pub(super) async fn rows<T: Send>(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
        read: Reader<T>,
    ) -> Result<Vec<T>, StoreError> {
        let mut all = Vec::new();
        let mut add = |_: usize, row: &dyn Columns| -> Result<(), StoreError> {
            all.push(read(row)?);
            Ok(())
        };
        match self {
            Self::Sqlite(turn) => turn.run(&[(sql, values.to_vec())], &mut add).await.map(|_| all),
            Self::Postgres(tx) => fetch(&mut **tx, sql, values, read).await,
        }
    }

    pub(super) async fn row<T: Send>(
        &mut self,
        sql: &'static str,
        values: &[Value<'_>],
        read: Reader<T>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.rows(sql, values, read).await?.pop())
    }

    /// Runs statements one after the other, in one trip where the database takes several; `read` is told whose row it reads.
    pub(super) async fn several(
        &mut self,
        statements: &[Statement<'_>],
        read: &mut (dyn FnMut(usize, &dyn Columns) -> Result<(), StoreError> + Send),
    ) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(turn) => turn.run(statements, read).await.map(drop),
            Self::Postgres(tx) => one_by_one(tx, statements, read).await,
        }
    }

    /// Runs the last statements, none of which answers rows, and commits: in one trip where the database takes several.
    pub(super) async fn end(mut self, statements: &[Statement<'_>]) -> Result<(), StoreError> {
        match &mut self {
            Self::Sqlite(turn) => turn.end(statements).await.map(drop),
            Self::Postgres(tx) => {
                one_by_one(tx, statements, &mut |_, _| Ok(())).await?;
                self.commit().await
            }
        }
    }

    /// How many rows a statement changed.
    pub(super) async fn change(&mut self, sql: &'static str, values: &[Value<'_>]) -> Result<u64, StoreError> {
        match self {
            Self::Sqlite(turn) => turn.run(&[(sql, values.to_vec())], &mut |_, _| Ok(())).await,
            Self::Postgres(tx) => {
                let done = bound::<Postgres>(sql, values).execute(&mut **tx).await;
                done.map(|done| done.rows_affected()).map_err(failed)
            }
        }
    }

    /// The database's clock. A `SQLite` file has only the machine's, read once the transaction has its turn.
    pub(super) async fn now(&mut self) -> Result<i64, StoreError> {
        if let Self::Sqlite(turn) = self
            && !turn.is_open()
        {
            turn.run(&[], &mut |_, _| Ok(())).await?;
        }
        let Some(sql) = self.dialect().now else { return Ok(micros(Clock::System.now())) };
        self.row(sql, &[], |row| row.int(0)).await?.ok_or_else(|| damaged("now"))
    }

    pub(super) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(mut turn) => turn.end(&[]).await.map(drop),
            Self::Postgres(tx) => tx.commit().await.map_err(failed),
        }
    }
}

async fn one_by_one(
    connection: &mut PgConnection,
    statements: &[Statement<'_>],
    read: &mut (dyn FnMut(usize, &dyn Columns) -> Result<(), StoreError> + Send),
) -> Result<(), StoreError> {
    for (at, (sql, values)) in statements.iter().enumerate() {
        let rows = bound::<Postgres>(*sql, values).fetch_all(&mut *connection).await.map_err(failed)?;
        for row in &rows {
            read(at, row)?;
        }
    }
    Ok(())
}

async fn fetch<'c, DB, T>(
    executor: impl Executor<'c, Database = DB>,
    sql: &'static str,
    values: &[Value<'_>],
    read: Reader<T>,
) -> Result<Vec<T>, StoreError>
where
    DB: Database,
    DB::Row: Columns,
    DB::Arguments: sqlx::IntoArguments<DB>,
    for<'t> i64: Encode<'t, DB> + Type<DB>,
    for<'t> Option<i64>: Encode<'t, DB>,
    for<'t> &'t str: Encode<'t, DB> + Type<DB>,
    for<'t> Option<&'t str>: Encode<'t, DB>,
    for<'t> &'t [u8]: Encode<'t, DB> + Type<DB>,
{
    let rows = bound::<DB>(sql, values).fetch_all(executor).await.map_err(failed)?;
    rows.iter().map(|row| read(row)).collect()
}

/// One text of several statements, their parameters numbered through, between two that have none.
pub(super) fn joined<'v>(first: &str, statements: &[Statement<'v>], last: &str) -> (String, Vec<Value<'v>>) {
    let mut text = String::with_capacity(statements.iter().map(|(sql, _)| sql.len() + 2).sum());
    text.push_str(first);
    let mut all = Vec::new();
    for (sql, values) in statements {
        let mut pieces = sql.split('$');
        text.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
            let number: usize = piece[..digits].parse().expect("a parameter of ours is a dollar sign and a number");
            text.push('$');
            text.push_str(&(all.len() + number).to_string());
            text.push_str(&piece[digits..]);
        }
        text.push(';');
        all.extend_from_slice(values);
    }
    text.push_str(last);
    (text, all)
}

pub(super) fn bound<'q, DB>(sql: impl SqlSafeStr, values: &[Value<'_>]) -> Query<'q, DB, DB::Arguments>
where
    DB: Database,
    for<'t> i64: Encode<'t, DB> + Type<DB>,
    for<'t> Option<i64>: Encode<'t, DB>,
    for<'t> &'t str: Encode<'t, DB> + Type<DB>,
    for<'t> Option<&'t str>: Encode<'t, DB>,
    for<'t> &'t [u8]: Encode<'t, DB> + Type<DB>,
{
    values.iter().fold(sqlx::query(sql), |query, value| match *value {
        Value::Int(number) => query.bind(number),
        Value::Text(text) => query.bind(text),
        Value::Bytes(bytes) => query.bind(bytes),
        Value::MaybeInt(number) => query.bind(number),
        Value::MaybeText(text) => query.bind(text),
    })
}

/// How long a statement waits for another process before it gives up.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
