//! The one place that asks what time it is, so that tests and mapping examples can stand still.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// Where the time comes from.
#[derive(Clone, Copy, Debug, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// Always this moment.
    Fixed(Timestamp),
}

impl Clock {
    /// A clock that stands at noon UTC of a day.
    pub fn fixed_on(day: Date) -> Self {
        let noon = day.at(12, 0, 0, 0).to_zoned_datetime(TimeZone::UTC).expect("the zone UTC has every civil time");
        Self::Fixed(noon.timestamp())
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp::now(),
            Self::Fixed(moment) => *moment,
        }
    }

    /// The present day, in UTC.
    pub fn today(&self) -> Date {
        self.now().to_zoned_datetime(TimeZone::UTC).date()
    }
}
