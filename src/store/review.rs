//! Reviews: what an EHR says and the plan does not take by itself, until a person with a name decides. A decided one stays.

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    AgencyScope, Store, StoreError,
    driver::{Columns, Tx, Value},
    rows::{damaged, id, micros, moment, small},
};

/// Where a review stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewState {
    /// Nobody decided yet.
    Open,
    /// Somebody decided that ours stays.
    Ours,
    /// Somebody decided that the EHR's is taken.
    Theirs,
    /// Both sides say the same by now.
    Settled,
}

impl ReviewState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Open, Self::Ours, Self::Theirs, Self::Settled];

    /// As the store and the API say it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Ours => "ours",
            Self::Theirs => "theirs",
            Self::Settled => "settled",
        }
    }

    /// The state of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// Something for a person to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewReview {
    /// The agency's plan id.
    pub plan_id: String,
    /// Resource type.
    pub kind: String,
    /// Our id.
    pub resource_id: Uuid,
    /// The server's id.
    pub remote_id: String,
    /// The field, a JSON pointer from the part of the plan; `resource` where it is about the whole.
    pub field: String,
    /// Why.
    pub reason: &'static str,
    /// What both agreed on, what we keep and what the EHR says, JSON.
    pub says: String,
    /// Version and moment of the resource at the EHR, JSON.
    pub origin: String,
}

/// A review as kept.
#[derive(Clone, Debug)]
pub struct Review {
    /// The review.
    pub id: i64,
    /// The connection it came by.
    pub connection: String,
    /// The agency.
    pub agency: String,
    /// The agency's id of the person.
    pub person_id: String,
    /// The agency's plan id.
    pub plan_id: String,
    /// Resource type.
    pub kind: String,
    /// Our id.
    pub resource_id: Uuid,
    /// The server's id.
    pub remote_id: String,
    /// The field, a JSON pointer from the part of the plan; `resource` where it is about the whole.
    pub field: String,
    /// Why.
    pub reason: String,
    /// What both agreed on, what we keep and what the EHR says, JSON.
    pub says: String,
    /// Version and moment of the resource at the EHR, JSON.
    pub origin: String,
    /// Where it stands.
    pub state: ReviewState,
    /// When it was found.
    pub found_at: Timestamp,
    /// When it was decided.
    pub resolved_at: Option<Timestamp>,
    /// Who decided.
    pub resolved_by: Option<String>,
    /// The caller that brought the decision.
    pub resolved_as: Option<String>,
    /// The version of the plan that came of it.
    pub plan_version: Option<u32>,
}

/// A decision.
#[derive(Clone, Debug)]
pub struct Resolution {
    /// What was decided: ours or theirs.
    pub state: ReviewState,
    /// Who decided.
    pub by: String,
    /// The caller that brought it.
    pub caller: String,
    /// The version of the plan that came of it.
    pub plan_version: Option<u32>,
    /// Whether the plan goes out to the connection once more, as it stands.
    pub sends: bool,
}

impl Store {
    /// Reviews after an id, in order.
    pub async fn reviews(
        &self,
        state: Option<ReviewState>,
        scope: &AgencyScope,
        after_id: i64,
        limit: u32,
    ) -> Result<Vec<Review>, StoreError> {
        let values = [
            Value::Int(after_id),
            Value::MaybeText(state.map(ReviewState::as_str)),
            scope.value(),
            Value::Int(limit.into()),
        ];
        self.pool.rows(REVIEWS, &values, review).await
    }

    /// One review.
    pub async fn review(&self, id: i64, scope: &AgencyScope) -> Result<Option<Review>, StoreError> {
        self.pool.row(REVIEW, &[Value::Int(id), scope.value()], review).await
    }

    /// Keeps a decision, and enters the delivery that follows from it. False, and nothing changed, when the review is not
    /// open any more.
    pub async fn resolve(&self, id: i64, resolution: &Resolution, now: Timestamp) -> Result<bool, StoreError> {
        let values = [
            Value::Int(id),
            Value::Text(resolution.state.as_str()),
            Value::Text(&resolution.by),
            Value::Text(&resolution.caller),
            Value::MaybeInt(resolution.plan_version.map(i64::from)),
            Value::Int(micros(now)),
        ];
        let mut tx = self.pool.begin().await?;
        let is_open = tx.change(RESOLVE, &values).await? == 1;
        if is_open && resolution.sends {
            let now = tx.now().await?;
            tx.change(SEND, &[Value::Int(id), Value::Int(now)]).await?;
        }
        tx.commit().await?;
        Ok(is_open)
    }
}

/// Raises a review, unless the EHR's same value was raised before; whether it is new. An open one of the same field says
/// from now on what the EHR says now.
pub(super) async fn raise(
    tx: &mut Tx,
    connection: &str,
    (agency, person_id): (&str, &str),
    new: &NewReview,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let of = [Value::Text(connection), Value::Text(&new.kind), Value::Text(&new.remote_id), Value::Text(&new.field)];
    let read = |row: &dyn Columns| Ok((row.int(0)?, row.text(1)?, row.text(2)?, row.text(3)?));
    let before = tx.rows(BEFORE, &of, read).await?;
    let is_same = |(_, reason, says, state): &(i64, String, String, String)| {
        let same_value = theirs(says) == theirs(&new.says);
        reason == new.reason && same_value && state != "settled"
    };
    if before.iter().any(is_same) {
        return Ok(false);
    }
    if let Some((key, ..)) = before.iter().find(|(.., state)| state == "open") {
        let values = [Value::Int(*key), Value::Text(new.reason), Value::Text(&new.says), Value::Text(&new.origin)];
        tx.change(SAY_ANEW, &values).await?;
        return Ok(false);
    }
    let resource_id = new.resource_id.to_string();
    let values = [
        Value::Text(connection),
        Value::Text(agency),
        Value::Text(person_id),
        Value::Text(&new.plan_id),
        Value::Text(&new.kind),
        Value::Text(&resource_id),
        Value::Text(&new.remote_id),
        Value::Text(&new.field),
        Value::Text(new.reason),
        Value::Text(&new.says),
        Value::Text(&new.origin),
        Value::Int(micros(now)),
    ];
    tx.change(RAISE, &values).await.map(|_| true)
}

/// Closes an open review of a field on which both sides say the same.
pub(super) async fn settle(
    tx: &mut Tx,
    connection: &str,
    (kind, remote_id, field): (&str, &str, &str),
    now: Timestamp,
) -> Result<(), StoreError> {
    let values = [
        Value::Text(connection),
        Value::Text(kind),
        Value::Text(remote_id),
        Value::Text(field),
        Value::Int(micros(now)),
    ];
    tx.change(SETTLE, &values).await.map(drop)
}

/// What the EHR says, of a column `says`.
fn theirs(says: &str) -> serde_json::Value {
    serde_json::from_str::<serde_json::Value>(says).map(|mut says| says["theirs"].take()).unwrap_or_default()
}

fn review(row: &dyn Columns) -> Result<Review, StoreError> {
    Ok(Review {
        id: row.int(0)?,
        connection: row.text(1)?,
        agency: row.text(2)?,
        person_id: row.text(3)?,
        plan_id: row.text(4)?,
        kind: row.text(5)?,
        resource_id: id(&row.text(6)?)?,
        remote_id: row.text(7)?,
        field: row.text(8)?,
        reason: row.text(9)?,
        says: row.text(10)?,
        origin: row.text(11)?,
        state: ReviewState::named(&row.text(12)?).ok_or_else(|| damaged("review.state"))?,
        found_at: moment(row.int(13)?)?,
        resolved_at: row.maybe_int(14)?.map(moment).transpose()?,
        resolved_by: row.maybe_text(15)?,
        resolved_as: row.maybe_text(16)?,
        plan_version: row.maybe_int(17)?.map(small).transpose()?,
    })
}

const REVIEWS: &str = "select review_key, connection, agency, person_id, plan_id, kind, resource_id, remote_id, field, reason, says, \
    origin, state, found_at, resolved_at, resolved_by, resolved_as, plan_version from review \
    where review_key > $1 and ($2 is null or state = $2) and ($3 is null or agency = $3) order by review_key limit $4";

const REVIEW: &str = "select review_key, connection, agency, person_id, plan_id, kind, resource_id, remote_id, field, reason, says, \
    origin, state, found_at, resolved_at, resolved_by, resolved_as, plan_version from review \
    where review_key = $1 and ($2 is null or agency = $2)";

const RESOLVE: &str = "update review set state = $2, resolved_by = $3, resolved_as = $4, plan_version = $5, resolved_at = $6 \
    where review_key = $1 and state = 'open'";

/// Whoever is held for a merge that waits is not sent to before it is confirmed.
const SEND: &str = "insert into delivery (connection, agency, person_id, plan_key, version, state, held, not_before, created_at, \
    updated_at) select r.connection, p.agency, p.person_id, p.plan_key, p.accepted, \
    case when h.person_id is null then 'ready' else 'blocked' end, case when h.person_id is not null then 'ready' end, $2, $2, $2 \
    from review r join plan p on p.agency = r.agency and p.plan_id = r.plan_id \
    left join person_hold h on h.agency = p.agency and h.person_id = p.person_id \
    where r.review_key = $1 and p.accepted is not null \
    on conflict (plan_key, connection, version) do update set state = excluded.state, held = excluded.held, attempts = 0, \
    was_unknown = 0, not_before = excluded.not_before, updated_at = excluded.updated_at, status = null, reason = null \
    where delivery.state = 'done'";

const BEFORE: &str = "select review_key, reason, says, state from review \
    where connection = $1 and kind = $2 and remote_id = $3 and field = $4";

const SAY_ANEW: &str = "update review set reason = $2, says = $3, origin = $4 where review_key = $1";

const RAISE: &str = "insert into review (connection, agency, person_id, plan_id, kind, resource_id, remote_id, field, reason, says, \
    origin, state, found_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'open', $12)";

const SETTLE: &str = "update review set state = 'settled', resolved_at = $5 \
    where connection = $1 and kind = $2 and remote_id = $3 and field = $4 and state = 'open'";
