//! The outbox worker's verbs: claim with a lease, renew it, settle under its token, recover what a dead worker left.
//!
//! Of each person only the oldest open delivery of a connection can be claimed; what is done, blocked, dead or superseded
//! holds nobody up. What a backfill entered stands in a lane of its own, behind all that came by itself; once it was tried
//! and nobody knows how that ended, it is ahead, since it holds its person up.

use std::time::Duration;

use jiff::Timestamp;

use super::{
    Claimed, DeliveryState, RetryPolicy, Settled, Store, StoreError, StoredResource,
    driver::{Columns, Tx, Value},
    person::moved,
    rows::{Packed, damaged, micros, moment, small, unpack},
};

/// A lease was given just now while this part of it is not over,
const YOUNG: u32 = 10;
/// and no more than this, which is less than what a lease has beyond the requests it is for.
const JUST_NOW: Duration = Duration::from_secs(10);

impl Store {
    /// Claims deliveries that are due, oldest first, and moves them to in flight. One whose lease ran out counts as unknown.
    pub async fn claim(&self, connection: &str, limit: u32, lease: Duration) -> Result<Vec<Claimed>, StoreError> {
        let mut tx = self.pool.begin().await?;
        let paused = tx.row(PAUSED, &[Value::Text(connection)], |row| Ok((row.int(0)? > 0, row.int(1)? > 0))).await?;
        let (all, backfill) = paused.unwrap_or_default();
        if all {
            return Ok(Vec::new());
        }
        if let Some(alone) = tx.dialect().alone {
            tx.change(alone, &[Value::Text(connection)]).await?;
        }
        let now = tx.now().await?;
        let values = [
            Value::Text(connection),
            Value::Int(now),
            Value::Int(limit.into()),
            Value::Int(now.saturating_add(length(lease))),
            Value::Int(i64::from(!backfill)),
        ];
        let mut taken = tx.rows(tx.dialect().claim, &values, taken).await?;
        taken.sort_unstable_by_key(|one| one.delivery_key);
        let mut claimed = Vec::with_capacity(taken.len());
        for one in taken {
            claimed.push(fill(&mut tx, one).await?);
        }
        tx.commit().await?;
        Ok(claimed)
    }

    /// Says what an attempt came to. False, and nothing changed, when another worker has claimed or recovered the delivery.
    ///
    /// One that did not arrive and was overtaken by a newer version of its plan is superseded, whatever was settled.
    pub async fn settle(&self, claimed: &Claimed, settled: &Settled) -> Result<bool, StoreError> {
        if matches!(settled.state, DeliveryState::InFlight | DeliveryState::Superseded) {
            return Err(StoreError::Refused { code: "an attempt cannot come to this state".to_owned() });
        }
        let now = self.pool.now().await?;
        let values = [
            Value::Int(claimed.id),
            Value::Int(claimed.token),
            Value::Text(settled.state.as_str()),
            Value::Int(settled.not_before.map_or(now, micros)),
            Value::MaybeInt(settled.status.map(i64::from)),
            Value::Text(settled.reason),
            Value::MaybeText(settled.peer_text.as_deref()),
            Value::Int(now),
            Value::Int(i64::from(!settled.counts)),
        ];
        Ok(self.pool.change(SETTLE, &values).await? == 1)
    }

    /// Lengthens the lease. False when it is lost. One that was given just now lasts: then this only looks, and waits for no
    /// writing to the disk.
    pub async fn renew(&self, claimed: &Claimed, lease: Duration) -> Result<bool, StoreError> {
        let until = self.pool.now().await?.saturating_add(length(lease));
        let values = [Value::Int(claimed.id), Value::Int(claimed.token)];
        let held = self.pool.row(LEASED_UNTIL, &values, |row| row.maybe_int(0)).await?.flatten();
        if held.is_none_or(|held| held >= until.saturating_sub(length((lease / YOUNG).min(JUST_NOW)))) {
            return Ok(held.is_some());
        }
        let values = [Value::Int(claimed.id), Value::Int(claimed.token), Value::Int(until)];
        Ok(self.pool.change(RENEW, &values).await? == 1)
    }

    /// Moves deliveries in flight whose lease ran out to unknown; how many.
    pub async fn recover(&self, connection: &str) -> Result<u64, StoreError> {
        let now = self.pool.now().await?;
        self.pool.change(RECOVER, &[Value::Text(connection), Value::Int(now)]).await
    }

    /// When the next delivery that is not due yet will be, as far as is known.
    pub async fn next_due(&self, connection: &str) -> Result<Option<Timestamp>, StoreError> {
        let now = self.pool.now().await?;
        let values = [Value::Text(connection), Value::Int(now)];
        let due = self.pool.row(NEXT_DUE, &values, |row| row.maybe_int(0)).await?;
        due.flatten().map(moment).transpose()
    }
}

struct Taken {
    delivery_key: i64,
    token: i64,
    attempts: i64,
    was_unknown: bool,
    plan_key: i64,
    version: i64,
    person: String,
    retry: Option<RetryPolicy>,
}

fn taken(row: &dyn Columns) -> Result<Taken, StoreError> {
    Ok(Taken {
        delivery_key: row.int(0)?,
        token: row.int(1)?,
        attempts: row.int(2)?,
        was_unknown: row.int(3)? != 0,
        plan_key: row.int(4)?,
        version: row.int(5)?,
        person: row.text(6)?,
        retry: RetryPolicy::of_columns([row.maybe_int(7)?, row.maybe_int(8)?, row.maybe_int(9)?]),
    })
}

async fn fill(tx: &mut Tx, taken: Taken) -> Result<Claimed, StoreError> {
    let read = |row: &dyn Columns| Ok((row.text(0)?, row.text(1)?, row.bytes(2)?, row.maybe_text(3)?));
    let values = [Value::Int(taken.plan_key), Value::Int(taken.version), Value::Text(&taken.person)];
    let (agency, plan_id, pack, survivor) = tx.row(CONTENT, &values, read).await?.ok_or_else(|| damaged("delivery"))?;
    let resources: Result<Vec<StoredResource>, StoreError> = unpack(&pack)?.into_iter().map(Packed::stored).collect();
    let (is_moved, (person_id, resources)) = match survivor {
        Some(survivor) => (true, moved(tx, &agency, (&taken.person, survivor), resources?).await?),
        None => (false, (taken.person, resources?)),
    };
    Ok(Claimed {
        id: taken.delivery_key,
        token: taken.token,
        attempt: small(taken.attempts)?,
        was_unknown: taken.was_unknown,
        retry: taken.retry,
        agency,
        person_id,
        is_moved,
        plan_id,
        plan_version: small(taken.version)?,
        resources,
    })
}

fn length(lease: Duration) -> i64 {
    i64::try_from(lease.as_micros()).unwrap_or(i64::MAX)
}

const PAUSED: &str = "select (select count(*) from pause where connection = $1), \
    (select count(*) from backfill where connection = $1 and paused_at is not null)";

const CONTENT: &str = "select p.agency, p.plan_id, v.resources, (select m.survivor_id from person_merge m \
    where m.agency = p.agency and m.person_id = $3 and m.stands = 1) from plan p \
    join plan_version v on v.plan_key = p.plan_key where p.plan_key = $1 and v.version = $2";

const SETTLE: &str = "update delivery set state = case when $3 in ('ready', 'blocked', 'dead') and exists \
    (select 1 from delivery n where n.plan_key = delivery.plan_key and n.connection = delivery.connection \
    and n.version > delivery.version) then 'superseded' else $3 end, \
    not_before = $4, lease_until = null, status = $5, reason = $6, peer_text = $7, updated_at = $8, \
    attempts = attempts - $9, lane = case $3 when 'ready' then backfill else lane end \
    where delivery_key = $1 and token = $2 and state = 'in_flight'";

const LEASED_UNTIL: &str =
    "select lease_until from delivery where delivery_key = $1 and token = $2 and state = 'in_flight'";

const RENEW: &str =
    "update delivery set lease_until = $3 where delivery_key = $1 and token = $2 and state = 'in_flight'";

const RECOVER: &str = "update delivery set state = 'unknown', was_unknown = 1, lease_until = null, not_before = $2, updated_at = $2 \
    where connection = $1 and state = 'in_flight' and lease_until <= $2";

const NEXT_DUE: &str = "select min(n.due) from (select min(d.not_before) as due from delivery d where d.connection = $1 \
    and d.state in ('ready', 'unknown') and d.not_before > $2 union all select min(f.lease_until) from delivery f \
    where f.connection = $1 and f.state = 'in_flight' and f.lease_until > $2) n";
