//! Goes round after round, and between the rounds reads those again of whom something was told.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{
    select,
    sync::Notify,
    time::{Instant, sleep, sleep_until},
};
use tokio_util::sync::CancellationToken;

use super::round::{Back, PullError, Pulled, Wanted};
use crate::events::ReadBackHalted;

/// The first rest after a round that was broken off; it doubles. Also the least rest before a round that was asked for.
const FIRST_REST: Duration = Duration::from_secs(30);

/// How often is looked whether somebody was entered to be read again by another than who tells us.
const LOOK: Duration = Duration::from_mins(1);

/// Tells who reads a connection that something changed there. Clones tell the same one.
#[derive(Clone, Debug, Default)]
pub struct Nudge {
    wake: Arc<Notify>,
    everyone: Arc<AtomicBool>,
}

impl Nudge {
    /// Those who were entered to be read again.
    pub fn some(&self) {
        self.wake.notify_one();
    }

    /// Something changed, and it is not said for whom: the next round comes soon.
    pub fn everyone(&self) {
        self.everyone.store(true, Ordering::Release);
        self.wake.notify_one();
    }
}

/// Reads a connection back round after round until `stop`; at once where it is told to.
pub async fn run(back: Back, nudge: Nudge, stop: CancellationToken) {
    let Some(every) = back.connection.read.every else { return };
    let (everyone, mut failures) = (Wanted::default(), 0_u32);
    loop {
        let rest = select! {
            () = stop.cancelled() => return,
            pulled = back.once(&everyone) => rest(pulled, every, &mut failures),
        };
        if !rested(&back, &nudge, rest, &stop).await {
            return;
        }
    }
}

/// Rests, and meanwhile reads those of whom something was told; false when it is time to stop.
async fn rested(back: &Back, nudge: &Nudge, rest: Duration, stop: &CancellationToken) -> bool {
    let now = Instant::now();
    let (mut until, soonest, mut listens) = (now + rest, now + FIRST_REST.min(rest), true);
    loop {
        select! {
            () = stop.cancelled() => return false,
            () = sleep_until(until) => return true,
            () = sleep(LOOK), if listens => {
                if back.has_told().await {
                    nudge.some();
                }
            }
            () = nudge.wake.notified(), if listens => {
                if nudge.everyone.swap(false, Ordering::AcqRel) {
                    until = soonest.min(until);
                }
                select! {
                    () = stop.cancelled() => return false,
                    told = back.told() => if let Err(error) = told {
                        // They stay entered, and the next round begins with them.
                        listens = false;
                        ReadBackHalted { reason: reason(&error).0 }.emit();
                    }
                }
            }
        }
    }
}

fn rest(pulled: Result<Pulled, PullError>, every: Duration, failures: &mut u32) -> Duration {
    match pulled {
        Ok(pulled) => {
            *failures = 0;
            pulled.waits_s.map_or(every, Duration::from_secs)
        }
        Err(error) => {
            let (reason, wait) = reason(&error);
            ReadBackHalted { reason }.emit();
            *failures = (*failures + 1).min(8);
            (FIRST_REST * 2_u32.pow(*failures - 1)).min(every).max(wait.unwrap_or(every))
        }
    }
}

/// Why a round was broken off, as a code, and how long to wait at least; none: as long as between rounds.
fn reason(error: &PullError) -> (&'static str, Option<Duration>) {
    match error {
        PullError::Halted { reason, wait } => (reason, Some(wait.unwrap_or_default())),
        PullError::Elsewhere => ("another process reads", Some(Duration::ZERO)),
        PullError::Store(_) | PullError::Receive(_) => ("our own store", Some(Duration::ZERO)),
        _ => ("the connection's settings", None),
    }
}
