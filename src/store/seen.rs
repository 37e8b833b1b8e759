//! Reading back: whose plans are at a connection, what was last read there, and where a round stands. What went out below
//! rung A (`rung`) is a document or a notice, and nothing that could be read back field by field.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    Link, NewReview, Store, StoreError, StoredResource,
    delivery::note_links,
    driver::{Columns, Tx, Value},
    review,
    rows::{Packed, damaged, id, micros, moment, small, unpack},
};

/// A plan of a person of whom something was delivered to a connection.
#[derive(Clone, Debug)]
pub struct PlanAt {
    /// The agency's plan id.
    pub plan_id: String,
    /// The newest accepted version.
    pub version: u32,
    /// That version, JSON.
    pub json: String,
    /// Its resources.
    pub resources: Vec<StoredResource>,
    /// The newest version that arrived; 0 when none did.
    pub delivered: u32,
    /// What arrived with it.
    pub delivered_resources: Vec<StoredResource>,
    /// Whether a delivery waits for what is there to be read.
    pub is_waiting: bool,
}

/// How far a plan of a person is delivered to a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// The agency's plan id.
    pub plan_id: String,
    /// The newest accepted version.
    pub version: u32,
    /// The newest version that arrived; 0 when none did.
    pub delivered: u32,
    /// Whether a delivery is on its way. One that met another's change there waits for it to be read.
    pub is_on_its_way: bool,
    /// Whether one waits so.
    pub is_waiting: bool,
}

/// What was last read of a resource at a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Resource type.
    pub kind: String,
    /// The server's id.
    pub remote_id: String,
    /// Our id.
    pub resource_id: Uuid,
    /// The version of its plan that had been delivered by then.
    pub delivered: u32,
    /// Hash of what it says.
    pub hash: String,
    /// The resource as read, JSON.
    pub content: String,
    /// When.
    pub seen_at: Timestamp,
    /// Since when it has been answered as not there.
    pub missed_at: Option<Timestamp>,
    /// Why it counts as withdrawn.
    pub sign: Option<String>,
}

/// What reading a person came to.
#[derive(Clone, Debug, Default)]
pub struct Noted {
    /// What was read.
    pub seen: Vec<Seen>,
    /// Ids and versions there, of what was read.
    pub links: Vec<Link>,
    /// What a person has to decide.
    pub reviews: Vec<NewReview>,
    /// Type, the server's id and field of what both sides say alike now.
    pub settled: Vec<(String, String, String)>,
}

/// Where the reading of a connection stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// The server's own clock when the last round began, as it said it.
    pub watermark: Option<String>,
    /// When the last whole comparison ended.
    pub compared_at: Option<Timestamp>,
    /// Types whose search heeds `_lastUpdated`.
    pub heeds: Vec<String>,
    /// How far a round came that was broken off: agency and person.
    pub after: (String, String),
    /// Whether that round compares everything.
    pub is_whole: bool,
}

impl Store {
    /// Whose plans were delivered to a connection, after a person, in order: agencies and the agencies' own ids.
    pub async fn people_at(
        &self,
        connection: &str,
        after: &(String, String),
        limit: u32,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let values =
            [Value::Text(connection), Value::Text(&after.0), Value::Text(&after.1), Value::Int(i64::from(limit))];
        self.pool.rows(PEOPLE, &values, |row| Ok((row.text(0)?, row.text(1)?))).await
    }

    /// How far each plan of a person is delivered, in the order of their ids.
    pub async fn delivered(
        &self,
        connection: &str,
        agency: &str,
        person_id: &str,
    ) -> Result<Vec<Delivered>, StoreError> {
        let values = [Value::Text(connection), Value::Text(agency), Value::Text(person_id)];
        let mut plans = self.pool.rows(DELIVERED, &values, delivered).await?;
        plans.sort_unstable_by(|one, other| one.plan_id.cmp(&other.plan_id));
        Ok(plans)
    }

    /// The plans of a person with what they hold and what arrived.
    pub async fn plans_at(&self, connection: &str, agency: &str, person_id: &str) -> Result<Vec<PlanAt>, StoreError> {
        let mut plans = Vec::new();
        for one in self.delivered(connection, agency, person_id).await? {
            let read = |row: &dyn Columns| Ok((row.text(0)?, row.bytes(1)?));
            let content = async |version: u32| {
                let values = [Value::Text(agency), Value::Text(&one.plan_id), Value::Int(version.into())];
                self.pool.row(CONTENT, &values, read).await
            };
            let (json, pack) = content(one.version).await?.ok_or_else(|| damaged("plan_version"))?;
            let resources = opened(&pack)?;
            let delivered_resources = match one.delivered {
                0 => Vec::new(),
                same if same == one.version => resources.clone(),
                other => opened(&content(other).await?.ok_or_else(|| damaged("plan_version"))?.1)?,
            };
            let (version, delivered) = (one.version, one.delivered);
            plans.push(PlanAt {
                plan_id: one.plan_id,
                version,
                json,
                resources,
                delivered,
                delivered_resources,
                is_waiting: one.is_waiting,
            });
        }
        Ok(plans)
    }

    /// What was last read of a person at a connection.
    pub async fn seen(&self, connection: &str, agency: &str, person_id: &str) -> Result<Vec<Seen>, StoreError> {
        let values = [Value::Text(connection), Value::Text(agency), Value::Text(person_id)];
        self.pool.rows(SEEN, &values, seen).await
    }

    /// Keeps what reading a person came to, in one transaction; how many reviews are new.
    pub async fn note(
        &self,
        connection: &str,
        (agency, person_id): (&str, &str),
        noted: &Noted,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut tx = self.pool.begin().await?;
        for one in &noted.seen {
            note_seen(&mut tx, connection, (agency, person_id), one).await?;
        }
        note_links(&mut tx, connection, &noted.links).await?;
        let mut new = 0;
        for one in &noted.reviews {
            new += u64::from(review::raise(&mut tx, connection, (agency, person_id), one, now).await?);
        }
        for (kind, remote_id, field) in &noted.settled {
            review::settle(&mut tx, connection, (kind, remote_id, field), now).await?;
        }
        tx.commit().await?;
        Ok(new)
    }

    /// Takes the reading of a connection for a while and says where it stands; none while another process has it.
    pub async fn take_reading(&self, connection: &str, lease: Duration) -> Result<Option<Round>, StoreError> {
        let mut tx = self.pool.begin().await?;
        let now = tx.now().await?;
        let until = now.saturating_add(i64::try_from(lease.as_micros()).unwrap_or(i64::MAX));
        let values = [Value::Text(connection), Value::Int(until), Value::Int(now)];
        let taken = tx.change(TAKE, &values).await? == 1;
        let round = if taken { tx.row(ROUND, &[Value::Text(connection)], round).await? } else { None };
        tx.commit().await?;
        Ok(round)
    }

    /// Keeps where the reading stands, for as long again; with no lease it is given back.
    pub async fn keep_reading(&self, connection: &str, round: &Round, lease: Duration) -> Result<(), StoreError> {
        let now = self.pool.now().await?;
        let heeds = round.heeds.join(",");
        let values = [
            Value::Text(connection),
            Value::Int(now.saturating_add(i64::try_from(lease.as_micros()).unwrap_or(i64::MAX))),
            Value::MaybeText(round.watermark.as_deref()),
            Value::MaybeInt(round.compared_at.map(micros)),
            Value::Text(&heeds),
            Value::Text(&round.after.0),
            Value::Text(&round.after.1),
            Value::Int(i64::from(round.is_whole)),
        ];
        self.pool.change(KEEP_ROUND, &values).await.map(drop)
    }
}

async fn note_seen(tx: &mut Tx, connection: &str, of: (&str, &str), one: &Seen) -> Result<(), StoreError> {
    let resource_id = one.resource_id.to_string();
    let values = [
        Value::Text(connection),
        Value::Text(&one.kind),
        Value::Text(&one.remote_id),
        Value::Text(of.0),
        Value::Text(of.1),
        Value::Text(&resource_id),
        Value::Int(one.delivered.into()),
        Value::Text(&one.hash),
        Value::Text(&one.content),
        Value::Int(micros(one.seen_at)),
        Value::MaybeInt(one.missed_at.map(micros)),
        Value::MaybeText(one.sign.as_deref()),
    ];
    tx.change(NOTE_SEEN, &values).await.map(drop)
}

fn opened(pack: &[u8]) -> Result<Vec<StoredResource>, StoreError> {
    unpack(pack)?.into_iter().map(Packed::stored).collect()
}

fn delivered(row: &dyn Columns) -> Result<Delivered, StoreError> {
    Ok(Delivered {
        plan_id: row.text(0)?,
        version: small(row.int(1)?)?,
        delivered: small(row.maybe_int(2)?.unwrap_or(0))?,
        is_on_its_way: row.int(3)? > 0,
        is_waiting: row.int(4)? > 0,
    })
}

fn seen(row: &dyn Columns) -> Result<Seen, StoreError> {
    Ok(Seen {
        kind: row.text(0)?,
        remote_id: row.text(1)?,
        resource_id: id(&row.text(2)?)?,
        delivered: small(row.int(3)?)?,
        hash: row.text(4)?,
        content: row.text(5)?,
        seen_at: moment(row.int(6)?)?,
        missed_at: row.maybe_int(7)?.map(moment).transpose()?,
        sign: row.maybe_text(8)?,
    })
}

fn round(row: &dyn Columns) -> Result<Round, StoreError> {
    let heeds = row.text(2)?;
    Ok(Round {
        watermark: row.maybe_text(0)?,
        compared_at: row.maybe_int(1)?.map(moment).transpose()?,
        heeds: heeds.split(',').filter(|kind| !kind.is_empty()).map(str::to_owned).collect(),
        after: (row.text(3)?, row.text(4)?),
        is_whole: row.int(5)? != 0,
    })
}

const PEOPLE: &str = "select distinct d.agency, d.person_id from delivery d where d.connection = $1 and d.state = 'done' \
    and (d.rung is null or d.rung = 'A') and (d.agency, d.person_id) > ($2, $3) order by d.agency, d.person_id limit $4";

/// Without an order: for its sake SQLite would walk along all plans of the agency.
pub(super) const DELIVERED: &str = "select p.plan_id, p.accepted, \
    (select max(d.version) from delivery d where d.plan_key = p.plan_key and d.connection = $1 and d.state = 'done' \
    and (d.rung is null or d.rung = 'A')), \
    (select count(*) from delivery d where d.plan_key = p.plan_key and d.connection = $1 \
    and (d.state in ('in_flight', 'unknown') or d.state = 'ready' and (d.status is null or d.status not in (409, 412)))), \
    (select count(*) from delivery d where d.plan_key = p.plan_key and d.connection = $1 \
    and d.state = 'ready' and d.status in (409, 412)) \
    from plan p where p.agency = $2 and p.person_id = $3 and p.accepted is not null";

const CONTENT: &str = "select v.json, v.resources from plan p join plan_version v on v.plan_key = p.plan_key \
    where p.agency = $1 and p.plan_id = $2 and v.version = $3";

/// The connection is no bare column here: by its primary key SQLite would walk along all that was ever read from it.
pub(super) const SEEN: &str = "select kind, remote_id, resource_id, delivered, hash, content, seen_at, missed_at, sign from seen \
    where agency = $2 and person_id = $3 and connection || '' = $1";

const NOTE_SEEN: &str = "insert into seen (connection, kind, remote_id, agency, person_id, resource_id, delivered, hash, content, \
    seen_at, missed_at, sign) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
    on conflict (connection, kind, remote_id) do update set agency = excluded.agency, person_id = excluded.person_id, \
    resource_id = excluded.resource_id, delivered = excluded.delivered, hash = excluded.hash, content = excluded.content, \
    seen_at = excluded.seen_at, missed_at = excluded.missed_at, sign = excluded.sign";

const TAKE: &str = "insert into reading (connection, lease_until, heeds, after_agency, after_person, is_whole) \
    values ($1, $2, '', '', '', 0) on conflict (connection) do update set lease_until = excluded.lease_until \
    where reading.lease_until <= $3";

const ROUND: &str = "select watermark, compared_at, heeds, after_agency, after_person, is_whole from reading \
    where connection = $1";

const KEEP_ROUND: &str = "update reading set lease_until = $2, watermark = $3, compared_at = $4, heeds = $5, after_agency = $6, \
    after_person = $7, is_whole = $8 where connection = $1";
