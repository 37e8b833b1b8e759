//! The token bucket of a connection: how many requests its server gets in a time, and how many at once after a rest. Pure: the
//! moment is handed in. It counts the requests of this process alone.

use std::time::Duration;

use tokio::time::Instant;

/// The bucket.
#[derive(Debug)]
pub(super) struct Bucket {
    /// How long one request takes up.
    every: Duration,
    /// How far requests may run ahead of that.
    ahead: Duration,
    /// Until when the requests so far take up the time.
    taken_until: Option<Instant>,
}

impl Bucket {
    /// A full bucket: a request for each `every`, and `burst` at once.
    pub(super) fn full(every: Duration, burst: u32) -> Self {
        Self { every, ahead: every.saturating_mul(burst.saturating_sub(1)), taken_until: None }
    }

    /// Takes up the time of one request, and says how long it has to wait. Who asks first goes first.
    pub(super) fn take(&mut self, now: Instant) -> Duration {
        let from = self.taken_until.map_or(now, |until| until.max(now));
        self.taken_until = Some(from + self.every);
        from.duration_since(now).saturating_sub(self.ahead)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::Bucket;

    fn tenths(count: u32) -> Duration {
        Duration::from_millis(100) * count
    }

    #[test]
    fn a_burst_goes_at_once_and_then_one_a_time() {
        let (now, mut bucket) = (Instant::now(), Bucket::full(tenths(1), 3));
        let waits: Vec<Duration> = (0..6).map(|_| bucket.take(now)).collect();
        assert_eq!(waits, [0, 0, 0, 1, 2, 3].map(tenths));
        // What was promised is kept, also for those who come later.
        assert_eq!(bucket.take(now + tenths(3)), tenths(1));
    }

    #[test]
    fn a_rest_fills_it_up_to_the_burst_and_no_further() {
        let (now, mut bucket) = (Instant::now(), Bucket::full(tenths(1), 2));
        assert_eq!([bucket.take(now), bucket.take(now), bucket.take(now)], [0, 0, 1].map(tenths));
        let later = now + tenths(1000);
        assert_eq!([bucket.take(later), bucket.take(later), bucket.take(later)], [0, 0, 1].map(tenths));
    }

    #[test]
    fn without_a_burst_each_waits_for_the_one_before() {
        let (now, mut bucket) = (Instant::now(), Bucket::full(tenths(1), 0));
        assert_eq!([bucket.take(now), bucket.take(now), bucket.take(now)], [0, 1, 2].map(tenths));
    }
}
