//! Bulk exports of others as we read them: where one stands, and what its files hold of our people until it is merged.
//! Exports that we write ourselves stand with `export`.

use jiff::Timestamp;

use super::{
    Store, StoreError,
    driver::{Columns, Value},
    rows::{micros, moment},
};

/// Where the export of a connection stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BulkReading {
    /// Whose export, as its address below the base says it.
    pub asked: String,
    /// The moment up to which everything was read, as the server said it.
    pub since: Option<String>,
    /// The address of the export under way.
    pub job: Option<String>,
    /// When it was asked for, by the store's clock.
    pub begun_at: Option<Timestamp>,
    /// Not to be asked about before.
    pub look_at: Option<Timestamp>,
    /// Whether it holds everything, and not only what changed.
    pub is_whole: bool,
    /// What reading its files came to, JSON; none before.
    pub outcome: Option<String>,
    /// How far its people are merged: agency and person.
    pub after: (String, String),
}

/// A resource of one of our people, as a file of an export has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkResource {
    /// Agency, and the agency's own id of the person.
    pub who: (String, String),
    /// Resource type.
    pub kind: String,
    /// The server's id.
    pub remote_id: String,
    /// The resource as read, JSON; none where it is said to be deleted.
    pub content: Option<String>,
}

impl Store {
    /// The moment, by the clock that stamps deliveries.
    pub async fn moment(&self) -> Result<Timestamp, StoreError> {
        moment(self.pool.now().await?)
    }

    /// Where the export of a connection stands; none before the first.
    pub async fn bulk_reading(&self, connection: &str) -> Result<Option<BulkReading>, StoreError> {
        self.pool.row(READING, &[Value::Text(connection)], reading).await
    }

    /// Keeps where it stands.
    pub async fn keep_bulk_reading(&self, connection: &str, bulk: &BulkReading) -> Result<(), StoreError> {
        let values = [
            Value::Text(connection),
            Value::Text(&bulk.asked),
            Value::MaybeText(bulk.since.as_deref()),
            Value::MaybeText(bulk.job.as_deref()),
            Value::MaybeInt(bulk.begun_at.map(micros)),
            Value::MaybeInt(bulk.look_at.map(micros)),
            Value::Int(i64::from(bulk.is_whole)),
            Value::MaybeText(bulk.outcome.as_deref()),
            Value::Text(&bulk.after.0),
            Value::Text(&bulk.after.1),
        ];
        self.pool.change(KEEP_READING, &values).await.map(drop)
    }

    /// Keeps what a file holds until it is merged.
    pub async fn keep_bulk(&self, connection: &str, resources: &[BulkResource]) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        for one in resources {
            let values = [
                Value::Text(connection),
                Value::Text(&one.who.0),
                Value::Text(&one.who.1),
                Value::Text(&one.kind),
                Value::Text(&one.remote_id),
                Value::MaybeText(one.content.as_deref()),
            ];
            tx.change(KEEP, &values).await?;
        }
        tx.commit().await
    }

    /// Whom the files hold something of, after a person, in order.
    pub async fn bulk_people(
        &self,
        connection: &str,
        after: &(String, String),
        limit: u32,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let values =
            [Value::Text(connection), Value::Text(&after.0), Value::Text(&after.1), Value::Int(i64::from(limit))];
        self.pool.rows(PEOPLE, &values, |row| Ok((row.text(0)?, row.text(1)?))).await
    }

    /// What the files hold of a person, in the order in which it was read.
    pub async fn bulk_of(&self, connection: &str, who: &(String, String)) -> Result<Vec<BulkResource>, StoreError> {
        let values = [Value::Text(connection), Value::Text(&who.0), Value::Text(&who.1)];
        let read = |row: &dyn Columns| -> Result<_, StoreError> {
            let (kind, remote_id, content) = (row.text(0)?, row.text(1)?, row.maybe_text(2)?);
            Ok(BulkResource { who: (String::new(), String::new()), kind, remote_id, content })
        };
        let mut all = self.pool.rows(OF_PERSON, &values, read).await?;
        all.iter_mut().for_each(|one| one.who.clone_from(who));
        Ok(all)
    }

    /// Drops what the files of a connection held.
    pub async fn drop_bulk(&self, connection: &str) -> Result<(), StoreError> {
        self.pool.change(DROP, &[Value::Text(connection)]).await.map(drop)
    }

    /// Whether something of a person arrived at a connection since a moment, so that what was read then may be older.
    pub async fn has_arrived(
        &self,
        connection: &str,
        who: &(String, String),
        since: Timestamp,
    ) -> Result<bool, StoreError> {
        let values = [Value::Text(connection), Value::Text(&who.0), Value::Text(&who.1), Value::Int(micros(since))];
        Ok(self.pool.row(ARRIVED, &values, |row| row.int(0)).await?.is_some())
    }
}

fn reading(row: &dyn Columns) -> Result<BulkReading, StoreError> {
    Ok(BulkReading {
        asked: row.text(0)?,
        since: row.maybe_text(1)?,
        job: row.maybe_text(2)?,
        begun_at: row.maybe_int(3)?.map(moment).transpose()?,
        look_at: row.maybe_int(4)?.map(moment).transpose()?,
        is_whole: row.int(5)? != 0,
        outcome: row.maybe_text(6)?,
        after: (row.text(7)?, row.text(8)?),
    })
}

const READING: &str = "select asked, since, job, begun_at, look_at, is_whole, outcome, after_agency, after_person \
    from bulk_reading where connection = $1";

const KEEP_READING: &str = "insert into bulk_reading (connection, asked, since, job, begun_at, look_at, is_whole, outcome, \
    after_agency, after_person) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
    on conflict (connection) do update set asked = excluded.asked, since = excluded.since, job = excluded.job, \
    begun_at = excluded.begun_at, look_at = excluded.look_at, is_whole = excluded.is_whole, outcome = excluded.outcome, \
    after_agency = excluded.after_agency, after_person = excluded.after_person";

const KEEP: &str = "insert into bulk_resource (connection, agency, person_id, kind, remote_id, content) \
    values ($1, $2, $3, $4, $5, $6)";

const PEOPLE: &str = "select distinct agency, person_id from bulk_resource where connection = $1 \
    and (agency, person_id) > ($2, $3) order by agency, person_id limit $4";

const OF_PERSON: &str = "select kind, remote_id, content from bulk_resource \
    where connection = $1 and agency = $2 and person_id = $3 order by bulk_resource_key";

const DROP: &str = "delete from bulk_resource where connection = $1";

const ARRIVED: &str = "select delivery_key from delivery where connection = $1 and agency = $2 and person_id = $3 \
    and state = 'done' and updated_at >= $4 limit 1";
