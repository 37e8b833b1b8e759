//! Backfill: the plans that were kept before a connection took them are entered into its outbox, in a lane behind all that
//! comes by itself. It goes in steps; how far it came is kept, so that whoever goes on does so from there.

use jiff::Timestamp;

use super::{
    DeliveryState, Destination, RetryPolicy, Store, StoreError,
    driver::Value,
    keep::json,
    rows::{count, moment},
};

/// What a step came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Walked {
    /// Deliveries that it entered.
    pub entered: u64,
    /// Whether it went on from where an earlier step had stopped.
    pub goes_on: bool,
    /// Whether every plan was walked; the next step begins with the first plan again.
    pub is_over: bool,
}

/// How far the backfill of a connection is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backfill {
    /// Since when it waits until somebody lets it go on.
    pub paused: Option<Timestamp>,
    /// How many of its deliveries stand where; every state is named.
    pub counts: Vec<(DeliveryState, u64)>,
}

impl Backfill {
    /// How many of its deliveries stand in one of these states.
    pub fn count(&self, states: &[DeliveryState]) -> u64 {
        self.counts.iter().filter(|(state, _)| states.contains(state)).map(|(_, count)| count).sum()
    }
}

impl Store {
    /// Walks the next `limit` plans and enters the accepted versions that were never to be delivered to the connection, of
    /// these agencies alone where some are given.
    pub async fn backfill(&self, to: &Destination, agencies: &[String], limit: u32) -> Result<Walked, StoreError> {
        let mut tx = self.pool.begin().await?;
        tx.change(BEGIN, &[Value::Text(&to.connection)]).await?;
        let after = tx.row(AFTER, &[Value::Text(&to.connection)], |row| row.int(0)).await?.unwrap_or(0);
        let last =
            tx.row(LAST, &[Value::Int(after), Value::Int(limit.into())], |row| row.maybe_int(0)).await?.flatten();
        let entered = match last {
            Some(last) => {
                let named = (!agencies.is_empty()).then(|| json(&agencies));
                let [most, first, longest] = RetryPolicy::columns(to.retry).map(Value::MaybeInt);
                let (now, named) = (tx.now().await?, Value::MaybeText(named.as_deref()));
                let (from, upto, now) = (Value::Int(after), Value::Int(last), Value::Int(now));
                let values = [Value::Text(&to.connection), from, upto, named, most, first, longest, now];
                tx.change(tx.dialect().backfill, &values).await?
            }
            None => 0,
        };
        tx.change(WALKED, &[Value::Text(&to.connection), Value::Int(last.unwrap_or(0))]).await?;
        tx.commit().await?;
        Ok(Walked { entered, goes_on: after > 0, is_over: last.is_none() })
    }

    /// How far the backfill of a connection is; none where none was ever begun.
    pub async fn backfilled(&self, connection: &str) -> Result<Option<Backfill>, StoreError> {
        let named = [Value::Text(connection)];
        let Some(paused) = self.pool.row(PAUSED, &named, |row| row.maybe_int(0)).await? else { return Ok(None) };
        let found = self.pool.rows(COUNTS, &named, |row| Ok((row.text(0)?, count(row.int(1)?)?))).await?;
        let of =
            |state: DeliveryState| found.iter().find(|(name, _)| name == state.as_str()).map_or(0, |(_, many)| *many);
        let counts = DeliveryState::ALL.map(|state| (state, of(state))).to_vec();
        Ok(Some(Backfill { paused: paused.map(moment).transpose()?, counts }))
    }

    /// Lets the backfill of a connection wait; what comes by itself goes on. False where it waits already or none was begun.
    pub async fn pause_backfill(&self, connection: &str) -> Result<bool, StoreError> {
        let now = self.pool.now().await?;
        Ok(self.pool.change(PAUSE, &[Value::Text(connection), Value::Int(now)]).await? == 1)
    }

    /// Lets it go on. False where it did not wait.
    pub async fn resume_backfill(&self, connection: &str) -> Result<bool, StoreError> {
        Ok(self.pool.change(RESUME, &[Value::Text(connection)]).await? == 1)
    }
}

const BEGIN: &str = "insert into backfill (connection, after_key) values ($1, 0) on conflict (connection) do nothing";

const AFTER: &str = "select after_key from backfill where connection = $1";

const LAST: &str =
    "select max(n.plan_key) from (select plan_key from plan where plan_key > $1 order by plan_key limit $2) n";

const WALKED: &str = "update backfill set after_key = $2 where connection = $1";

const PAUSED: &str = "select paused_at from backfill where connection = $1";

const COUNTS: &str = "select state, count(*) from delivery where connection = $1 and backfill = 1 group by state";

const PAUSE: &str = "update backfill set paused_at = $2 where connection = $1 and paused_at is null";

const RESUME: &str = "update backfill set paused_at = null where connection = $1 and paused_at is not null";
