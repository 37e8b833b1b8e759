//! A file that says it holds everyone of a period: whether it may (FILE-003), and whether it holds far fewer people than
//! the file of that period before (FILE-005). It is read once ahead to count them, so that it is held before anything is kept.
//!
//! Nobody's plan ends because a later file does not hold it: absence is asked about here and never acted on.

use std::{
    collections::HashSet,
    hash::{BuildHasher, RandomState},
    str::FromStr,
};

use jiff::civil::Date;
use tokio::task;

use super::keep::{Incoming, Intake, ReceiveError};
use crate::store::{Filing, FilingOpened};

/// What a submission says of the time it is about: it holds everyone of these days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    first: Date,
    last: Date,
}

/// A period, and whether someone confirmed that fewer people are right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WholeOf {
    /// The days, both included.
    pub period: Period,
    /// A person looked at it: the file is complete although it holds fewer people.
    pub fewer_confirmed: bool,
}

/// Why a file is held before anything of it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Held {
    /// FILE-003: a period is asked for and none is named.
    #[error(
        "The reporting period is missing. Please name the days that this file holds whole, such as \
         period=2026-07-01/2026-09-30. Nothing was changed."
    )]
    NoPeriod,
    /// FILE-003: what is given is no period.
    #[error(
        "The reporting period is not two days with a slash between them, the first before the last, such as \
         period=2026-07-01/2026-09-30. Nothing was changed."
    )]
    NotAPeriod,
    /// FILE-003: another file of the agency is being received for some of these days.
    #[error(
        "The reporting period overlaps one that is already open ({}). Please let that file be received to its end, or \
         send its bytes again to go on; a file that is not gone on with is let go after a day. Nothing was changed.",
        .0.text()
    )]
    Overlaps(Period),
    /// FILE-005: far fewer people than before.
    #[error(
        "This file holds {now} people; the one it replaces held {before}. Please confirm that it is complete \
         (confirm=fewer-people), or send the whole export. Nothing was changed."
    )]
    FewerPeople {
        /// People in this file.
        now: u64,
        /// People in the newest file of the same period.
        before: u64,
    },
}

impl Held {
    /// The rule that holds it.
    pub fn rule(self) -> &'static str {
        match self {
            Self::NoPeriod | Self::NotAPeriod | Self::Overlaps(_) => "FILE-003",
            Self::FewerPeople { .. } => "FILE-005",
        }
    }
}

impl Period {
    /// First and last day with a slash between them, as ISO 8601 has it.
    pub fn text(self) -> String {
        format!("{}/{}", self.first, self.last)
    }
}

impl FromStr for Period {
    type Err = Held;

    fn from_str(text: &str) -> Result<Self, Held> {
        let (first, last) = text.split_once('/').ok_or(Held::NotAPeriod)?;
        let day = |text: &str| text.parse::<Date>().ok().filter(|_| text.len() == 10).ok_or(Held::NotAPeriod);
        let (first, last) = (day(first)?, day(last)?);
        if first <= last { Ok(Self { first, last }) } else { Err(Held::NotAPeriod) }
    }
}

impl Intake {
    /// What a submission says of its period; FILE-003 where it names none and the settings ask for one.
    pub fn whole_of(&self, period: Option<&str>, fewer_confirmed: bool) -> Result<Option<WholeOf>, ReceiveError> {
        match period {
            Some(text) => Ok(Some(WholeOf { period: text.parse()?, fewer_confirmed })),
            None if self.policies.wants_period() => Err(Held::NoPeriod.into()),
            None => Ok(None),
        }
    }

    /// Opens the period that a submission says it holds whole; nothing where it says none.
    pub(super) async fn open_period(&self, incoming: Incoming) -> Result<(Incoming, Option<Filing>), ReceiveError> {
        let Some(WholeOf { period, fewer_confirmed }) = incoming.whole_of else { return Ok((incoming, None)) };
        let counted = task::spawn_blocking(move || people(&incoming).map(|people| (incoming, people)));
        let (incoming, people) = counted.await.map_err(|_| ReceiveError::Broken)??;
        let filing = Filing {
            agency: incoming.agency.clone(),
            mapping: incoming.mapping.id().to_owned(),
            first: period.first,
            last: period.last,
            sha256: incoming.sha256.clone(),
            people,
        };
        match self.store.open_filing(&filing, fewer_confirmed, self.clock.now()).await? {
            FilingOpened::Open => Ok((incoming, Some(filing))),
            FilingOpened::Overlaps { first, last } => Err(Held::Overlaps(Period { first, last }).into()),
            FilingOpened::FewerPeople { before } => Err(Held::FewerPeople { now: people, before }.into()),
        }
    }
}

/// How many people a file holds. An id is remembered as a number, so that a million of them take a few megabytes.
fn people(incoming: &Incoming) -> Result<u64, ReceiveError> {
    let records = super::open(&incoming.mapping, &incoming.file, incoming.bytes.reader()?)?;
    let hasher = RandomState::new();
    let mut seen = HashSet::new();
    for plan in records.filter_map(|record| Some(record.read.ok()?.plan)) {
        seen.extend(plan.person.local_id.as_deref().filter(|id| !id.trim().is_empty()).map(|id| hasher.hash_one(id)));
    }
    Ok(seen.len() as u64)
}
