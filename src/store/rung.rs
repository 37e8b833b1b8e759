//! Rungs of the write ladder in the store: on which one a delivery was tried, and which ones a connection's server turned
//! away, with the answer and the day. Which rung is taken is `sync`'s matter.

use jiff::Timestamp;

use super::{
    Claimed, Store, StoreError,
    driver::{Columns, Value},
    rows::{damaged, moment},
};

/// For how many days a refusal counts; then the rung is tried once more.
const DAYS: i64 = 30;
const DAY: i64 = 24 * 60 * 60 * 1_000_000;

/// A rung of the write ladder, the highest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rung {
    /// Structured.
    A,
    /// A document that the person can read.
    B,
    /// Answers to a questionnaire.
    C,
    /// A notice.
    D,
    /// A file.
    E,
}

/// A rung that the server of a connection turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RungRefused {
    /// The rung.
    pub rung: Rung,
    /// HTTP status of the answer.
    pub status: u16,
    /// When it came.
    pub at: Timestamp,
}

/// That the server of a connection refused the PDF of a document and took its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PdfRefusal {
    /// HTTP status of the answer.
    pub status: u16,
    /// When it came.
    pub at: Timestamp,
}

/// What a claimed delivery was before this attempt, and what it carries.
#[derive(Clone, Debug)]
pub struct Carried {
    /// The rung of the last attempt.
    pub rung: Rung,
    /// HTTP status of the last answer.
    pub status: Option<u16>,
    /// The plan, as plan JSON.
    pub plan: String,
    /// When this version was received.
    pub received_at: Timestamp,
}

impl Rung {
    /// All of them, the highest first.
    pub const ALL: [Self; 5] = [Self::A, Self::B, Self::C, Self::D, Self::E];

    /// Its letter.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
            Self::E => "E",
        }
    }

    /// The rung of a letter.
    pub fn named(letter: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rung| rung.as_str() == letter)
    }
}

impl Store {
    /// Remembers that a rung was turned away; a later answer takes the place of an earlier.
    pub async fn refuse_rung(&self, connection: &str, rung: Rung, status: u16) -> Result<(), StoreError> {
        let now = self.pool.now().await?;
        let values = [Value::Text(connection), Value::Text(rung.as_str()), Value::Int(status.into()), Value::Int(now)];
        self.pool.change(REFUSE, &values).await.map(drop)
    }

    /// The rungs that were turned away in the last 30 days, the highest first.
    pub async fn refused_rungs(&self, connection: &str) -> Result<Vec<RungRefused>, StoreError> {
        let since = self.pool.now().await?.saturating_sub(DAYS * DAY);
        self.pool.rows(REFUSED, &[Value::Text(connection), Value::Int(since)], refused).await
    }

    /// Remembers that a document's PDF was refused where its text was taken.
    pub async fn refuse_pdf(&self, connection: &str, status: u16) -> Result<(), StoreError> {
        let now = self.pool.now().await?;
        let values = [Value::Text(connection), Value::Int(status.into()), Value::Int(now)];
        self.pool.change(REFUSE_PDF, &values).await.map(drop)
    }

    /// The refusal of the PDF, if there was one in the last 30 days.
    pub async fn refused_pdf(&self, connection: &str) -> Result<Option<PdfRefusal>, StoreError> {
        let since = self.pool.now().await?.saturating_sub(DAYS * DAY);
        let read = |row: &dyn Columns| Ok(PdfRefusal { status: status(row.int(0)?)?, at: moment(row.int(1)?)? });
        self.pool.row(REFUSED_PDF, &[Value::Text(connection), Value::Int(since)], read).await
    }

    /// What a claimed delivery carries, and how it was tried before.
    pub async fn carried(&self, claimed: &Claimed) -> Result<Carried, StoreError> {
        let found = self.pool.row(CARRIED, &[Value::Int(claimed.id)], carried).await?;
        found.ok_or_else(|| damaged("delivery"))
    }

    /// Notes the rung of this attempt before anything is sent. False when the lease is lost.
    pub async fn take_rung(&self, claimed: &Claimed, rung: Rung) -> Result<bool, StoreError> {
        let values = [Value::Int(claimed.id), Value::Int(claimed.token), Value::Text(rung.as_str())];
        Ok(self.pool.change(TAKE, &values).await? == 1)
    }
}

fn refused(row: &dyn Columns) -> Result<RungRefused, StoreError> {
    Ok(RungRefused { rung: rung(&row.text(0)?)?, status: status(row.int(1)?)?, at: moment(row.int(2)?)? })
}

fn carried(row: &dyn Columns) -> Result<Carried, StoreError> {
    Ok(Carried {
        rung: row.maybe_text(0)?.map_or(Ok(Rung::A), |letter| rung(&letter))?,
        status: row.maybe_int(1)?.map(status).transpose()?,
        plan: row.text(2)?,
        received_at: moment(row.int(3)?)?,
    })
}

fn rung(letter: &str) -> Result<Rung, StoreError> {
    Rung::named(letter).ok_or_else(|| damaged("rung"))
}

fn status(number: i64) -> Result<u16, StoreError> {
    u16::try_from(number).map_err(|_| damaged("status"))
}

const REFUSE: &str = "insert into rung_refused (connection, rung, status, refused_at) values ($1, $2, $3, $4) \
    on conflict (connection, rung) do update set status = excluded.status, refused_at = excluded.refused_at";

const REFUSED: &str = "select rung, status, refused_at from rung_refused \
    where connection = $1 and refused_at >= $2 order by rung";

const REFUSE_PDF: &str = "insert into pdf_refused (connection, status, refused_at) values ($1, $2, $3) \
    on conflict (connection) do update set status = excluded.status, refused_at = excluded.refused_at";

const REFUSED_PDF: &str = "select status, refused_at from pdf_refused where connection = $1 and refused_at >= $2";

const CARRIED: &str = "select d.rung, d.status, v.json, v.received_at from delivery d \
    join plan_version v on v.plan_key = d.plan_key and v.version = d.version where d.delivery_key = $1";

const TAKE: &str = "update delivery set rung = $3 where delivery_key = $1 and token = $2 and state = 'in_flight'";
