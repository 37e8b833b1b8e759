//! Dates as a search compares them: a partial date is all the time it covers, and a prefix says how two times stand.
//!
//! A time without a zone is taken as UTC.

use jiff::{Span as Step, Timestamp, civil, tz::TimeZone};
use serde_json::Value;

/// A stretch of time in microseconds since 1970; the end is not in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) start: i64,
    pub(super) end: i64,
}

/// How the time of a resource must stand to the time wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Prefix {
    Eq,
    Ne,
    Gt,
    Lt,
    Ge,
    Le,
    Sa,
    Eb,
    Ap,
}

const PREFIXES: [(&str, Prefix); 9] = [
    ("eq", Prefix::Eq),
    ("ne", Prefix::Ne),
    ("gt", Prefix::Gt),
    ("lt", Prefix::Lt),
    ("ge", Prefix::Ge),
    ("le", Prefix::Le),
    ("sa", Prefix::Sa),
    ("eb", Prefix::Eb),
    ("ap", Prefix::Ap),
];

/// A time wanted: `ge2026-11-01`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct When {
    pub(super) prefix: Prefix,
    pub(super) time: Stretch,
}

impl When {
    pub(super) fn of(text: &str) -> Option<Self> {
        let known = PREFIXES.iter().find_map(|(name, prefix)| Some((*prefix, text.strip_prefix(name)?)));
        let (prefix, text) = known.unwrap_or((Prefix::Eq, text));
        Some(Self { prefix, time: Stretch::of(text)? })
    }

    pub(super) fn holds(&self, there: Stretch) -> bool {
        let wanted = self.time;
        let inside = wanted.start <= there.start && there.end <= wanted.end;
        match self.prefix {
            Prefix::Eq => inside,
            Prefix::Ne => !inside,
            Prefix::Gt => there.end > wanted.end,
            Prefix::Lt => there.start < wanted.start,
            Prefix::Ge => inside || there.end > wanted.end,
            Prefix::Le => inside || there.start < wanted.start,
            Prefix::Sa => there.start >= wanted.end,
            Prefix::Eb => there.end <= wanted.start,
            Prefix::Ap => there.start < wanted.end && wanted.start < there.end,
        }
    }

    /// Whether all that it takes lies in one stretch.
    pub(super) fn is_one_stretch(&self) -> bool {
        self.prefix != Prefix::Ne
    }

    /// Between which moments a moment must lie: from the first on and before the second.
    pub(super) fn bounds(&self) -> (i64, i64) {
        let Stretch { start, end } = self.time;
        match self.prefix {
            Prefix::Eq | Prefix::Ap => (start, end),
            Prefix::Ne => (i64::MIN, i64::MAX),
            Prefix::Gt | Prefix::Sa => (end, i64::MAX),
            Prefix::Ge => (start, i64::MAX),
            Prefix::Lt | Prefix::Eb => (i64::MIN, start),
            Prefix::Le => (i64::MIN, end),
        }
    }
}

impl Stretch {
    /// A date, time or instant of FHIR.
    pub(super) fn of(text: &str) -> Option<Self> {
        let is_date = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        match (text.len(), is_date) {
            (4, true) => Self::days(&format!("{text}-01-01"), Step::new().years(1)),
            (7, true) => Self::days(&format!("{text}-01"), Step::new().months(1)),
            (10, true) => Self::days(text, Step::new().days(1)),
            _ => Self::instant(text),
        }
    }

    pub(super) fn moment(at: i64) -> Self {
        Self { start: at, end: at.saturating_add(1) }
    }

    /// The stretch from the earlier start to the later end.
    pub(super) fn around(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    fn days(first: &str, many: Step) -> Option<Self> {
        let first: civil::Date = first.parse().ok()?;
        Some(Self { start: midnight(first)?, end: midnight(first.checked_add(many).ok()?)? })
    }

    fn instant(text: &str) -> Option<Self> {
        let moment = text.parse::<Timestamp>().ok().or_else(|| {
            let local: civil::DateTime = text.contains('T').then(|| text.parse().ok())??;
            Some(local.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp())
        })?;
        let start = moment.as_microsecond();
        let clock = text.split_once('T').map_or("", |(_, clock)| clock.split(['Z', '+', '-']).next().unwrap_or(""));
        let length = match (clock.contains('.'), clock.len()) {
            (true, _) => 1,
            (false, 5) => 60_000_000,
            (false, _) => 1_000_000,
        };
        Some(Self { start, end: start.checked_add(length)? })
    }

    /// The time that an element says: a date, or a Period, open where it says nothing.
    pub(super) fn of_element(element: &Value) -> Option<Self> {
        if let Some(text) = element.as_str() {
            return Self::of(text);
        }
        let side = |name: &str| element.get(name).and_then(Value::as_str).and_then(Self::of);
        match (side("start"), side("end")) {
            (None, None) => None,
            (start, end) => {
                Some(Self { start: start.map_or(i64::MIN, |one| one.start), end: end.map_or(i64::MAX, |one| one.end) })
            }
        }
    }
}

fn midnight(day: civil::Date) -> Option<i64> {
    Some(day.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp().as_microsecond())
}
