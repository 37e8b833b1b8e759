//! FHIR dates and times, kept as the source wrote them and read only to compare.
//!
//! A date may be partial (`2026`, `2026-03`); a time carries a zone. What cannot be read stays and is reported by DATA-004 (a plan's start by DATA-002).

use jiff::{Timestamp, civil};
use serde::{Deserialize, Serialize};

/// A FHIR `date` or `dateTime`, as written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlanDate(String);

impl PlanDate {
    /// The date as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first day the value can mean, or nothing when it is no date.
    pub fn day(&self) -> Option<civil::Date> {
        let (date, time) = match self.0.split_once('T') {
            Some((date, time)) => (date, Some(time)),
            None => (self.0.as_str(), None),
        };
        if time.is_some() && self.0.parse::<Timestamp>().is_err() {
            return None;
        }
        let number = |range: std::ops::Range<usize>| {
            date.get(range).filter(|part| part.bytes().all(|b| b.is_ascii_digit()))?.parse::<i16>().ok()
        };
        let part = |range| number(range).and_then(|n| i8::try_from(n).ok());
        let bytes = date.as_bytes();
        match (date.len(), time) {
            (4, None) => civil::Date::new(number(0..4)?, 1, 1).ok(),
            (7, None) if bytes[4] == b'-' => civil::Date::new(number(0..4)?, part(5..7)?, 1).ok(),
            (10, _) if bytes[4] == b'-' && bytes[7] == b'-' => {
                civil::Date::new(number(0..4)?, part(5..7)?, part(8..10)?).ok()
            }
            _ => None,
        }
    }

    /// Whether the value is a date that FHIR takes.
    pub fn is_valid(&self) -> bool {
        self.day().is_some()
    }

    /// The value cut to a FHIR `date`, when there is one.
    pub fn date_part(&self) -> Option<&str> {
        self.is_valid().then(|| self.0.split_once('T').map_or(self.0.as_str(), |(date, _)| date))
    }
}

impl From<String> for PlanDate {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for PlanDate {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}
