//! The outbox as staff see and steer it, and what is remembered of a connection: its write method and the ids it gave.

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    Again, AgencyScope, Delivery, DeliveryState, Link, Store, StoreError, WriteMethod,
    driver::{Columns, Tx, Value},
    keep::json,
    person::HELD,
    rows::{count, damaged, delivery, id, moment},
};

impl Store {
    /// Deliveries after an id, in order.
    pub async fn deliveries(
        &self,
        state: Option<DeliveryState>,
        scope: &AgencyScope,
        after_id: i64,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        let values = [
            Value::Int(after_id),
            Value::MaybeText(state.map(DeliveryState::as_str)),
            scope.value(),
            Value::Int(limit.into()),
            Value::Text(HELD),
        ];
        self.pool.rows(DELIVERIES, &values, delivery).await
    }

    /// How many deliveries stand where; every state is named.
    pub async fn delivery_counts(&self) -> Result<Vec<(DeliveryState, u64)>, StoreError> {
        let found = self.pool.rows(COUNTS, &[], |row| Ok((row.text(0)?, count(row.int(1)?)?))).await?;
        let of =
            |state: DeliveryState| found.iter().find(|(name, _)| name == state.as_str()).map_or(0, |(_, many)| *many);
        Ok(DeliveryState::ALL.map(|state| (state, of(state))).to_vec())
    }

    /// Makes blocked and dead deliveries ready again, with no attempts; how many. Left as they are: those outside the scope,
    /// and those of which a newer version was delivered to the connection or is on its way.
    pub async fn send_again(&self, again: &Again, scope: &AgencyScope) -> Result<u64, StoreError> {
        let now = self.pool.now().await?;
        let values: Vec<_> = again_values(again, scope).into_iter().chain([Value::Int(now)]).collect();
        self.pool.change(SEND_AGAIN, &values).await
    }

    /// How many deliveries `send_again` would make ready now.
    pub async fn could_send_again(&self, again: &Again, scope: &AgencyScope) -> Result<u64, StoreError> {
        let found = self.pool.row(COULD_SEND_AGAIN, &again_values(again, scope), |row| count(row.int(0)?)).await?;
        Ok(found.unwrap_or(0))
    }

    /// Stops deliveries to a connection from being claimed until `resume`; what is under way ends. False when it was paused
    /// before, whose day then stays.
    pub async fn pause(&self, connection: &str) -> Result<bool, StoreError> {
        let now = self.pool.now().await?;
        Ok(self.pool.change(PAUSE, &[Value::Text(connection), Value::Int(now)]).await? == 1)
    }

    /// Lets deliveries be claimed again. False when the connection was not paused.
    pub async fn resume(&self, connection: &str) -> Result<bool, StoreError> {
        Ok(self.pool.change(RESUME, &[Value::Text(connection)]).await? == 1)
    }

    /// Whether anything was ever to be delivered to a connection.
    pub async fn has_deliveries(&self, connection: &str) -> Result<bool, StoreError> {
        Ok(self.pool.row(HAS_DELIVERIES, &[Value::Text(connection)], |row| row.int(0)).await?.is_some())
    }

    /// The connections that are paused, and since when.
    pub async fn paused(&self) -> Result<Vec<(String, Timestamp)>, StoreError> {
        self.pool.rows(PAUSED, &[], |row| Ok((row.text(0)?, moment(row.int(1)?)?))).await
    }

    /// How a connection writes, if that is decided.
    pub async fn write_method(&self, connection: &str) -> Result<Option<WriteMethod>, StoreError> {
        self.pool.row(WRITE_METHOD, &[Value::Text(connection)], write_method).await
    }

    /// Decides how a connection writes, once and for ever: the first decision is answered to all.
    pub async fn decide_write_method(&self, connection: &str, method: WriteMethod) -> Result<WriteMethod, StoreError> {
        let mut tx = self.pool.begin().await?;
        tx.change(DECIDE_WRITE_METHOD, &[Value::Text(connection), Value::Text(method.as_str())]).await?;
        let decided = tx.row(WRITE_METHOD, &[Value::Text(connection)], write_method).await?;
        tx.commit().await?;
        decided.ok_or_else(|| damaged("connection"))
    }

    /// The links of resources at a connection, of those that have one.
    pub async fn links(&self, connection: &str, resources: &[(String, Uuid)]) -> Result<Vec<Link>, StoreError> {
        let names = json(&resources);
        self.pool.rows(self.pool.dialect().links, &[Value::Text(connection), Value::Text(&names)], link).await
    }

    /// Remembers the ids a connection gave to resources of ours; a later one takes the place of an earlier.
    pub async fn link(&self, connection: &str, links: &[Link]) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        note_links(&mut tx, connection, links).await?;
        tx.commit().await
    }
}

/// Notes links, with others' changes.
pub(super) async fn note_links(tx: &mut Tx, connection: &str, links: &[Link]) -> Result<(), StoreError> {
    for link in links {
        let name = link.id.to_string();
        let values = [
            Value::Text(connection),
            Value::Text(&link.kind),
            Value::Text(&name),
            Value::Text(&link.remote_id),
            Value::MaybeText(link.tag.as_deref()),
        ];
        tx.change(LINK, &values).await?;
    }
    Ok(())
}

fn again_values<'v>(again: &'v Again, scope: &'v AgencyScope) -> [Value<'v>; 7] {
    [
        Value::MaybeInt(again.id),
        Value::MaybeText(again.connection.as_deref()),
        Value::MaybeText(again.agency.as_deref()),
        Value::MaybeText(again.person_id.as_deref()),
        Value::MaybeText(again.reason.as_deref()),
        Value::MaybeInt(again.status.map(i64::from)),
        scope.value(),
    ]
}

fn write_method(row: &dyn Columns) -> Result<WriteMethod, StoreError> {
    let name = row.text(0)?;
    let all = [WriteMethod::OwnIds, WriteMethod::IfNoneExist];
    all.into_iter().find(|method| method.as_str() == name).ok_or_else(|| damaged("connection.write_method"))
}

fn link(row: &dyn Columns) -> Result<Link, StoreError> {
    Ok(Link { kind: row.text(0)?, id: id(&row.text(1)?)?, remote_id: row.text(2)?, tag: row.maybe_text(3)? })
}

const DELIVERIES: &str = "select d.delivery_key, d.connection, d.agency, p.plan_id, d.version, d.state, d.attempts, d.created_at, \
    d.updated_at, d.not_before, d.status, case when d.state = 'blocked' and d.held is not null then $5 else d.reason end, \
    d.peer_text, d.rung from delivery d join plan p on p.plan_key = d.plan_key \
    where d.delivery_key > $1 and ($2 is null or d.state = $2) and ($3 is null or d.agency = $3) \
    order by d.delivery_key limit $4";

const COUNTS: &str = "select state, count(*) from delivery group by state";

/// Which deliveries can be sent again, as parameters 1 to 7 ask.
macro_rules! again {
    () => {
        "where state in ('blocked', 'dead') and ($1 is null or delivery_key = $1) and ($2 is null or connection = $2) \
         and ($3 is null or agency = $3) and ($4 is null or person_id = $4) and ($5 is null or reason = $5) \
         and ($6 is null or status = $6) and ($7 is null or agency = $7) and held is null and not exists \
         (select 1 from person_hold h where h.agency = delivery.agency and h.person_id = delivery.person_id) and not exists \
         (select 1 from delivery n where n.plan_key = delivery.plan_key and n.connection = delivery.connection \
         and n.version > delivery.version)"
    };
}

const SEND_AGAIN: &str =
    concat!("update delivery set state = 'ready', attempts = 0, not_before = $8, updated_at = $8 ", again!());

const COULD_SEND_AGAIN: &str = concat!("select count(*) from delivery ", again!());

const PAUSE: &str = "insert into pause (connection, paused_at) values ($1, $2) on conflict (connection) do nothing";

const RESUME: &str = "delete from pause where connection = $1";

const HAS_DELIVERIES: &str = "select delivery_key from delivery where connection = $1 limit 1";

const PAUSED: &str = "select connection, paused_at from pause order by connection";

const WRITE_METHOD: &str = "select write_method from connection where connection = $1";

const DECIDE_WRITE_METHOD: &str =
    "insert into connection (connection, write_method) values ($1, $2) on conflict (connection) do nothing";

const LINK: &str = "insert into link (connection, kind, resource_id, remote_id, tag) values ($1, $2, $3, $4, $5) \
    on conflict (connection, kind, resource_id) do update set remote_id = excluded.remote_id, tag = excluded.tag";
