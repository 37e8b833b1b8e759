//! When to try again: exponential backoff with full jitter, and what a `Retry-After` asks for. Pure: time and chance are
//! handed in. Whether to try again at all is `delivery`'s matter.

use std::time::Duration;

use jiff::{Timestamp, fmt::rfc2822};

/// The longest a peer may make a delivery wait by `Retry-After`.
const LONGEST_ASKED: Duration = Duration::from_hours(24);

/// How waiting grows from attempt to attempt.
#[derive(Clone, Copy, Debug)]
pub struct Backoff {
    /// Ceiling of the wait after the first attempt; it doubles with each further one.
    pub first: Duration,
    /// Ceiling that it never passes.
    pub longest: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { first: Duration::from_secs(4), longest: Duration::from_mins(30) }
    }
}

impl Backoff {
    /// The wait after an attempt (counted from 1): anywhere below its ceiling, so that deliveries that failed together do
    /// not come back together, but never under a sixteenth of it. `chance` lies in 0..1.
    pub fn after(&self, attempt: u32, chance: f64) -> Duration {
        let ceiling = self.ceiling(attempt);
        ceiling.mul_f64(chance.clamp(0.0, 1.0)).max(ceiling / 16)
    }

    fn ceiling(&self, attempt: u32) -> Duration {
        let doublings = attempt.saturating_sub(1).min(30);
        self.first.saturating_mul(1 << doublings).min(self.longest)
    }

    /// The wait when the peer asked for one: that long at least, and up to a tenth more so that not all come at once.
    pub fn asked(&self, wait: Duration, chance: f64) -> Duration {
        let wait = wait.min(LONGEST_ASKED);
        wait + wait.mul_f64(0.1 * chance.clamp(0.0, 1.0))
    }
}

/// Reads a `Retry-After`: seconds, or a date that is set against the answer's own `Date`, else against our clock (a peer's
/// clock may be minutes off).
pub(super) fn retry_after(asked: &str, date: Option<&str>, now: Timestamp) -> Option<Duration> {
    let asked = asked.trim();
    if let Ok(seconds) = asked.parse::<u64>() {
        return Some(Duration::from_secs(seconds).min(LONGEST_ASKED));
    }
    let until = moment(asked)?;
    let since = date.and_then(moment).unwrap_or(now);
    Some(Duration::try_from(until.duration_since(since)).unwrap_or(Duration::ZERO).min(LONGEST_ASKED))
}

/// The moment of an HTTP date.
pub(super) fn moment(http_date: &str) -> Option<Timestamp> {
    rfc2822::parse(http_date.trim()).ok().map(|date| date.timestamp())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use super::{Backoff, LONGEST_ASKED, retry_after};

    const NOON: &str = "2026-11-25T12:00:00Z";

    fn noon() -> Timestamp {
        NOON.parse().expect("a moment")
    }

    #[test]
    fn the_ceiling_doubles_up_to_the_longest() {
        let backoff = Backoff { first: Duration::from_secs(4), longest: Duration::from_mins(1) };
        let waits: Vec<u64> = (0..=7).map(|attempt| backoff.after(attempt, 1.0).as_secs()).collect();
        assert_eq!(waits, [4, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(backoff.after(u32::MAX, 1.0).as_secs(), 60);
    }

    #[test]
    fn chance_spreads_the_wait_but_never_to_nothing() {
        let backoff = Backoff { first: Duration::from_secs(16), longest: Duration::from_mins(1) };
        assert_eq!(backoff.after(1, 0.5), Duration::from_secs(8));
        assert_eq!(backoff.after(1, 0.0), Duration::from_secs(1));
        assert_eq!(backoff.after(1, 7.0), Duration::from_secs(16));
    }

    #[test]
    fn the_peer_is_obeyed_with_a_little_spread() {
        let backoff = Backoff::default();
        assert_eq!(backoff.asked(Duration::from_secs(100), 0.0), Duration::from_secs(100));
        assert_eq!(backoff.asked(Duration::from_secs(100), 1.0), Duration::from_secs(110));
        assert_eq!(backoff.asked(Duration::from_hours(1000), 0.0), LONGEST_ASKED);
    }

    #[test]
    fn retry_after_is_read_in_every_form_seen() {
        let rows: &[(&str, Option<&str>, Option<u64>)] = &[
            ("120", None, Some(120)),
            (" 7 ", None, Some(7)),
            ("0", None, Some(0)),
            ("Wed, 25 Nov 2026 12:02:00 GMT", None, Some(120)),
            // The peer's clock is seven minutes behind: its own Date tells the wait it means.
            ("Wed, 25 Nov 2026 11:55:00 GMT", Some("Wed, 25 Nov 2026 11:53:00 GMT"), Some(120)),
            ("Wed, 25 Nov 2026 11:00:00 GMT", None, Some(0)),
            ("99999999999", None, Some(86_400)),
            ("-5", None, None),
            ("soon", None, None),
            ("", None, None),
        ];
        for (asked, date, seconds) in rows {
            assert_eq!(retry_after(asked, *date, noon()).map(|wait| wait.as_secs()), *seconds, "{asked:?} {date:?}");
        }
    }
}
