//! The breaker of a connection: after several failures in a row nothing is claimed until the peer's `metadata` answers, and
//! then one delivery goes first. Pure: the moment is handed in. What counts as a failure is `delivery`'s matter.

use std::time::Duration;

use tokio::time::Instant;

/// What an attempt told about the peer itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Health {
    /// It answered as a working server does, even if it refused this plan.
    Good,
    /// It was not there, failed, or did not let us in.
    Bad(&'static str),
    /// It works and asked for a pause.
    Pause(Duration),
    /// Nothing was learned.
    Untold,
}

/// What may be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leave {
    /// Claim as many as there is room for.
    All,
    /// One delivery, to see whether the peer works again.
    One,
    /// Ask for `metadata` first.
    Probe,
    /// Nothing before this moment.
    Wait(Instant),
}

#[derive(Clone, Copy, Debug)]
enum State {
    Closed { failures: u32 },
    Open { until: Instant, round: u32 },
    Trial { round: u32 },
}

/// The breaker.
#[derive(Debug)]
pub(super) struct Breaker {
    state: State,
    paused: Option<Instant>,
    /// Failures in a row that open it.
    limit: u32,
    /// The first wait while open; it doubles with each round.
    first: Duration,
    /// The longest wait while open.
    longest: Duration,
}

impl Breaker {
    /// A breaker that asks for a probe before anything else.
    pub(super) fn unproved(limit: u32, first: Duration, longest: Duration, now: Instant) -> Self {
        Self { state: State::Open { until: now, round: 0 }, paused: None, limit, first, longest }
    }

    /// What may be done at this moment.
    pub(super) fn leave(&self, now: Instant) -> Leave {
        if let Some(until) = self.paused.filter(|until| *until > now) {
            return Leave::Wait(until);
        }
        match self.state {
            State::Closed { .. } => Leave::All,
            State::Trial { .. } => Leave::One,
            State::Open { until, .. } if until <= now => Leave::Probe,
            State::Open { until, .. } => Leave::Wait(until),
        }
    }

    /// Takes in what an attempt told. True when this opened the breaker.
    pub(super) fn heard(&mut self, health: Health, now: Instant) -> bool {
        match (health, self.state) {
            (Health::Good, _) => self.state = State::Closed { failures: 0 },
            (Health::Pause(wait), _) => self.paused = Some(now + wait.min(self.longest)),
            (Health::Bad(_), State::Closed { failures }) if failures + 1 < self.limit => {
                self.state = State::Closed { failures: failures + 1 };
            }
            (Health::Bad(_), State::Closed { .. }) => return self.open(0, now),
            (Health::Bad(_), State::Trial { round }) => return self.open(round + 1, now),
            (Health::Bad(_), State::Open { .. }) | (Health::Untold, _) => {}
        }
        false
    }

    /// The peer's `metadata` answered as it should.
    pub(super) fn proved(&mut self) {
        if let State::Open { round, .. } = self.state {
            self.state = State::Trial { round };
        }
    }

    /// The peer's `metadata` did not answer, or not as it should.
    pub(super) fn not_proved(&mut self, now: Instant) {
        let round = match self.state {
            State::Open { round, .. } | State::Trial { round } => round + 1,
            State::Closed { .. } => 0,
        };
        self.open(round, now);
    }

    fn open(&mut self, round: u32, now: Instant) -> bool {
        let wait = self.first.saturating_mul(1 << round.min(20)).min(self.longest);
        self.state = State::Open { until: now + wait, round };
        true
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::{Breaker, Health, Leave};

    const BAD: Health = Health::Bad("down");

    fn second(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    fn proved(now: Instant) -> Breaker {
        let mut breaker = Breaker::unproved(3, second(10), second(60), now);
        breaker.proved();
        breaker.heard(Health::Good, now);
        breaker
    }

    #[test]
    fn nothing_is_claimed_before_the_peer_proved_itself() {
        let now = Instant::now();
        let mut breaker = Breaker::unproved(3, second(10), second(60), now);
        assert_eq!(breaker.leave(now), Leave::Probe);
        breaker.not_proved(now);
        assert_eq!(breaker.leave(now), Leave::Wait(now + second(20)));
        assert_eq!(breaker.leave(now + second(20)), Leave::Probe);
        breaker.proved();
        assert_eq!(breaker.leave(now), Leave::One);
        breaker.heard(Health::Good, now);
        assert_eq!(breaker.leave(now), Leave::All);
    }

    #[test]
    fn it_opens_on_failures_in_a_row_only() {
        let now = Instant::now();
        let mut breaker = proved(now);
        assert!(!breaker.heard(BAD, now));
        assert!(!breaker.heard(BAD, now));
        breaker.heard(Health::Good, now);
        assert!(!breaker.heard(BAD, now));
        assert!(!breaker.heard(BAD, now));
        assert_eq!(breaker.leave(now), Leave::All);
        assert!(breaker.heard(BAD, now));
        assert_eq!(breaker.leave(now), Leave::Wait(now + second(10)));
    }

    #[test]
    fn a_failed_trial_waits_longer_each_round_up_to_the_longest() {
        let now = Instant::now();
        let mut breaker = proved(now);
        for _ in 0..3 {
            breaker.heard(BAD, now);
        }
        for wait in [20, 40, 60, 60] {
            breaker.proved();
            assert_eq!(breaker.leave(now), Leave::One);
            assert!(breaker.heard(BAD, now));
            assert_eq!(breaker.leave(now), Leave::Wait(now + second(wait)));
        }
    }

    #[test]
    fn late_failures_do_not_prolong_an_open_breaker_and_a_late_success_closes_it() {
        let now = Instant::now();
        let mut breaker = proved(now);
        for _ in 0..5 {
            breaker.heard(BAD, now);
        }
        assert_eq!(breaker.leave(now), Leave::Wait(now + second(10)));
        breaker.heard(Health::Good, now);
        assert_eq!(breaker.leave(now), Leave::All);
    }

    #[test]
    fn a_pause_that_the_peer_asked_for_is_kept_and_capped() {
        let now = Instant::now();
        let mut breaker = proved(now);
        breaker.heard(Health::Pause(second(5)), now);
        assert_eq!(breaker.leave(now), Leave::Wait(now + second(5)));
        assert_eq!(breaker.leave(now + second(5)), Leave::All);
        breaker.heard(Health::Pause(second(9999)), now);
        assert_eq!(breaker.leave(now), Leave::Wait(now + second(60)));
    }
}
