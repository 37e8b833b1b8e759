//! Which files say that they hold everyone of a period: open while one is received, closed when it is kept whole. The newest
//! closed one of a period is what the next is held against.

use jiff::{SignedDuration, Timestamp, civil::Date};

use super::{
    Store, StoreError,
    driver::{Columns, Tx, Value},
    rows::{column, count, damaged, micros},
};

/// How long an open file keeps others from its days when nobody goes on with it.
const LET_GO_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// A file of fewer people than so many of a hundred of those before is asked about. (Domain model, FILE-005.)
const ENOUGH: u64 = 80;

/// A file that holds everyone of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filing {
    /// The sending agency.
    pub agency: String,
    /// The mapping that reads it: files of other forms hold other things.
    pub mapping: String,
    /// First day.
    pub first: Date,
    /// Last day.
    pub last: Date,
    /// SHA-256 of the bytes, in hexadecimal.
    pub sha256: String,
    /// How many people it holds.
    pub people: u64,
}

/// What opening one came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilingOpened {
    /// It is open.
    Open,
    /// Another one is open for some of these days; nothing was changed.
    Overlaps {
        /// Its first day.
        first: Date,
        /// Its last day.
        last: Date,
    },
    /// The newest one of the same days held far more people; nothing was changed.
    FewerPeople {
        /// So many.
        before: u64,
    },
}

impl Store {
    /// Opens a file's period, unless another file is open for some of its days, or the one before held far more people and
    /// nobody confirmed that fewer are right. Opening the same file again changes nothing.
    pub async fn open_filing(
        &self,
        filing: &Filing,
        fewer_confirmed: bool,
        now: Timestamp,
    ) -> Result<FilingOpened, StoreError> {
        let (first, last) = (filing.first.to_string(), filing.last.to_string());
        let [agency, mapping, sha256] = [&filing.agency, &filing.mapping, &filing.sha256].map(|text| Value::Text(text));
        let days = [Value::Text(&first), Value::Text(&last)];
        let mut tx = self.pool.begin().await?;
        if let Some(sql) = tx.dialect().alone {
            tx.rows(sql, &[agency], |_| Ok(())).await?;
        }
        let since = Value::Int(micros(now - LET_GO_AFTER));
        let others = [agency, mapping, sha256, days[0], days[1], since];
        if let Some((first, last)) = tx.row(OVERLAPS, &others, days_of).await? {
            return Ok(FilingOpened::Overlaps { first, last });
        }
        let own = [agency, mapping, sha256, days[0], days[1]];
        if tx.row(OWN, &own, |row| row.int(0)).await?.is_some() {
            return Ok(FilingOpened::Open);
        }
        if let Some(before) = before(&mut tx, &own).await?
            && !fewer_confirmed
            && filing.people * 100 < before * ENOUGH
        {
            return Ok(FilingOpened::FewerPeople { before });
        }
        let people = Value::Int(column(filing.people));
        let values = [agency, mapping, sha256, days[0], days[1], people, Value::Int(micros(now))];
        tx.change(OPEN, &values).await?;
        tx.commit().await?;
        Ok(FilingOpened::Open)
    }

    /// Closes a file's period after its last record is kept.
    pub async fn close_filing(&self, filing: &Filing, now: Timestamp) -> Result<(), StoreError> {
        let (first, last) = (filing.first.to_string(), filing.last.to_string());
        let values = [
            Value::Text(&filing.agency),
            Value::Text(&filing.mapping),
            Value::Text(&filing.sha256),
            Value::Text(&first),
            Value::Text(&last),
            Value::Int(micros(now)),
        ];
        self.pool.change(CLOSE, &values).await.map(drop)
    }
}

async fn before(tx: &mut Tx, values: &[Value<'_>]) -> Result<Option<u64>, StoreError> {
    tx.row(BEFORE, values, |row| row.int(0)).await?.map(count).transpose()
}

fn days_of(row: &dyn Columns) -> Result<(Date, Date), StoreError> {
    let day = |at: usize| row.text(at)?.parse().map_err(|_| damaged("filing.first_day"));
    Ok((day(0)?, day(1)?))
}

const OVERLAPS: &str = "select first_day, last_day from filing where agency = $1 and mapping = $2 and sha256 <> $3 \
    and closed_at is null and first_day <= $5 and last_day >= $4 and opened_at > $6 order by opened_at desc limit 1";

const OWN: &str = "select filing_key from filing where agency = $1 and mapping = $2 and sha256 = $3 \
    and first_day = $4 and last_day = $5";

const BEFORE: &str = "select people from filing where agency = $1 and mapping = $2 and sha256 <> $3 and first_day = $4 \
    and last_day = $5 and closed_at is not null order by closed_at desc limit 1";

const OPEN: &str = "insert into filing (agency, mapping, sha256, first_day, last_day, people, opened_at) \
    values ($1, $2, $3, $4, $5, $6, $7) on conflict (agency, mapping, first_day, last_day, sha256) do nothing";

const CLOSE: &str = "update filing set closed_at = $6 where agency = $1 and mapping = $2 and sha256 = $3 and first_day = $4 \
    and last_day = $5 and closed_at is null";
