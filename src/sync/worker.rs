//! The delivery worker: claims as many deliveries as there is room for, attempts each in a task of its own, settles, and
//! rests until something is due. It reads the clock and draws the chance; what follows from them is decided elsewhere.

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
    task::{JoinError, JoinSet},
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{
    Pace, SyncError,
    breaker::{Breaker, Health, Leave},
    capability,
    connect::ladder::Standing,
    connection::Connection,
    delivery::{self, Attempt, Happened, Step},
    fault::Fault,
    peer::Peer,
    push::Ended,
    retry::Backoff,
    rung::{gives_way, way::Attempted},
};
use crate::{
    clock::Clock,
    config::DeliveryMethod,
    events::{DeliveryTried, OutboxMeasured, PeerUnusable, RungFell, WorkerHindered, WorkerStarted},
    store::{Claimed, DeliveryState, Rung, Store, WriteMethod},
};

/// How often the outbox is counted.
const MEASURE: Duration = Duration::from_secs(30);

/// What every attempt of a connection shares.
pub(super) struct Line {
    pub store: Store,
    pub peer: Peer,
    pub connection: Connection,
    pub pace: Pace,
    clock: Clock,
    /// Whether a rung fell, so that where we stand has to be found out anew.
    pub fell: AtomicBool,
}

/// The worker of one connection.
pub(super) struct Worker {
    line: Arc<Line>,
    breaker: Breaker,
    /// Where we stand on the ladder, once the server said what it can do.
    standing: Option<Standing>,
    /// When its statement is read again.
    recheck: Instant,
    /// When the outbox is counted again.
    measure: Instant,
    under_way: JoinSet<Health>,
}

impl Worker {
    /// Checks the settings against the store, and recovers what a stopped process left in flight before anything is claimed.
    pub(super) async fn start(
        store: Store,
        connection: Connection,
        pace: Pace,
        clock: Clock,
    ) -> Result<Self, SyncError> {
        let peer = Peer::new(&connection, pace.timeout, clock)?;
        let asked = match connection.method {
            DeliveryMethod::Auto => None,
            DeliveryMethod::OwnIds => Some(WriteMethod::OwnIds),
            DeliveryMethod::IfNoneExist => Some(WriteMethod::IfNoneExist),
        };
        if let (Some(asked), Some(has)) = (asked, store.write_method(&connection.name).await?)
            && asked != has
        {
            return Err(SyncError::MethodIsFixed { connection: connection.name, has, asked });
        }
        let recovered = store.recover(&connection.name).await?;
        WorkerStarted { concurrency: connection.concurrency, recovered }.emit();
        let now = Instant::now();
        Ok(Self {
            breaker: Breaker::unproved(pace.failures, pace.first_rest, pace.longest_rest, now),
            line: Arc::new(Line { store, peer, connection, pace, clock, fell: AtomicBool::new(false) }),
            standing: None,
            recheck: now,
            measure: now,
            under_way: JoinSet::new(),
        })
    }

    /// Works until told to stop, then lets what is in flight end.
    pub(super) async fn work(mut self, stop: &CancellationToken, wake: &Notify) {
        while !stop.is_cancelled() {
            self.count_outbox().await;
            let until = self.take_up(stop).await;
            select! {
                biased;
                () = stop.cancelled() => break,
                Some(ended) = self.under_way.join_next() => self.hear_all(ended),
                () = wake.notified() => {}
                () = sleep_until(until) => {}
            }
        }
        while let Some(ended) = self.under_way.join_next().await {
            self.hear(ended);
        }
    }

    /// Claims and begins what there is room for, and says until when to rest. Twice as many as there are lanes, so that none of
    /// these waits while our own store claims and settles.
    async fn take_up(&mut self, stop: &CancellationToken) -> Instant {
        let now = Instant::now();
        let rest = now + self.line.pace.poll;
        let room = match self.breaker.leave(now) {
            Leave::Wait(until) => return until,
            Leave::Probe => 0,
            Leave::One => 1,
            Leave::All => self.line.connection.concurrency.saturating_mul(2) as usize,
        };
        if self.line.fell.swap(false, Ordering::Relaxed) {
            self.standing = None;
        }
        let Some(standing) = self.standing.filter(|_| room > 0 && now < self.recheck) else {
            self.probe(stop).await;
            return Instant::now();
        };
        let room = room.saturating_sub(self.under_way.len());
        if room == 0 {
            return rest;
        }
        let connection = &self.line.connection.name;
        let limit = u32::try_from(room).unwrap_or(u32::MAX);
        let Ok(claimed) = self.line.store.claim(connection, limit, self.line.pace.lease).await else {
            WorkerHindered { doing: "claiming" }.emit();
            return rest;
        };
        let is_full = claimed.len() == room;
        for claimed in claimed {
            let line = Arc::clone(&self.line);
            self.under_way.spawn(async move { line.deliver(&claimed, standing).await });
        }
        if is_full { rest } else { self.line.next_due(rest).await }
    }

    /// Asks the server what it can do; claiming waits until it answers as it should.
    async fn probe(&mut self, stop: &CancellationToken) {
        let line = Arc::clone(&self.line);
        let standing = select! {
            () = stop.cancelled() => return,
            standing = line.standing() => standing,
        };
        match standing {
            Ok(standing) => {
                self.standing = Some(standing);
                self.recheck = Instant::now() + line.pace.recheck;
                self.breaker.proved();
            }
            Err(fault) => {
                PeerUnusable { reason: fault.code(), says: fault.says(), help: fault.help() }.emit();
                self.breaker.not_proved(Instant::now());
            }
        }
    }

    /// Hears what ended, and all that ended meanwhile, so that one claim fills all the room there is.
    fn hear_all(&mut self, first: Result<Health, JoinError>) {
        self.hear(first);
        while let Some(ended) = self.under_way.try_join_next() {
            self.hear(ended);
        }
    }

    fn hear(&mut self, ended: Result<Health, JoinError>) {
        // A task that panicked leaves its lease behind, which runs out.
        let health = ended.unwrap_or(Health::Untold);
        if self.breaker.heard(health, Instant::now())
            && let Health::Bad(reason) = health
        {
            PeerUnusable {
                reason,
                says: "several deliveries in a row failed",
                help: "`ownwords deliveries` shows them",
            }
            .emit();
        }
    }

    async fn count_outbox(&mut self) {
        let now = Instant::now();
        if now < self.measure {
            return;
        }
        self.measure = now + MEASURE;
        let Ok(counts) = self.line.store.delivery_counts().await else {
            WorkerHindered { doing: "counting" }.emit();
            return;
        };
        // Counting a large outbox takes its time: never more than a fiftieth of all of it.
        self.measure = now + MEASURE.max(now.elapsed() * 50);
        for state in DeliveryState::ALL {
            let count = counts.iter().find(|(one, _)| *one == state).map_or(0, |(_, count)| *count);
            OutboxMeasured { state: state.as_str(), count }.emit();
        }
    }
}

impl Line {
    /// Where we stand on the ladder. The first answer that lets us write structured plans decides the connection's method.
    async fn standing(&self) -> Result<Standing, Fault> {
        let name = &self.connection.name;
        let decided = self.store.write_method(name).await.map_err(|_| Fault::Store)?;
        let refused = self.store.refused_rungs(name).await.map_err(|_| Fault::Store)?;
        let mut standing = capability::probe(&self.peer, &self.connection, decided, &refused).await?;
        if let Some(fitness) = standing.fitness.as_mut().filter(|_| standing.rung == Rung::A) {
            fitness.method = self.store.decide_write_method(name, fitness.method).await.map_err(|_| Fault::Store)?;
        }
        Ok(standing)
    }

    /// When the next delivery is due, at the latest after the usual rest. One that is due and was not claimed waits for
    /// something that ends here or elsewhere, so there is no hurry.
    async fn next_due(&self, rest: Instant) -> Instant {
        let Ok(Some(due)) = self.store.next_due(&self.connection.name).await else { return rest };
        match Duration::try_from(due.duration_since(self.clock.now())) {
            Ok(wait) if !wait.is_zero() => rest.min(Instant::now() + wait),
            _ => rest,
        }
    }

    /// One attempt, from claim to settled.
    async fn deliver(&self, claimed: &Claimed, standing: Standing) -> Health {
        let begun = Instant::now();
        let (step, happened) = match self.attempt(claimed, standing).await {
            Ok(status) => (Step::Send, Happened::Arrived { status }),
            Err(Ended::At(step, happened)) => (step, happened),
            Err(Ended::LeaseLost) => return Health::Untold,
            Err(Ended::Store) => {
                WorkerHindered { doing: "delivering" }.emit();
                return Health::Untold;
            }
        };
        if happened.is_conflict() && self.connection.read.every.is_some() {
            let who = (claimed.agency.clone(), claimed.person_id.clone());
            if self.store.ask_reread(&self.connection.name, &[who]).await.is_err() {
                WorkerHindered { doing: "asking for a person to be read again" }.emit();
            }
        }
        let attempt = Attempt { number: claimed.attempt, most: self.most(claimed), step };
        let backoff =
            claimed.retry.map_or(self.pace.backoff, |retry| Backoff { first: retry.first, longest: retry.longest });
        let (settled, health) = delivery::settle(attempt, happened, &backoff, self.clock.now(), chance());
        match self.store.settle(claimed, &settled).await {
            Ok(true) => DeliveryTried {
                delivery: claimed.id,
                attempt: claimed.attempt,
                state: settled.state.as_str(),
                status: settled.status,
                took: begun.elapsed(),
            }
            .emit(),
            // The lease was lost: someone else has it now.
            Ok(false) => {}
            Err(_) => WorkerHindered { doing: "settling" }.emit(),
        }
        health
    }

    /// After how many attempts a person has to look: as was laid down when the delivery was entered.
    fn most(&self, claimed: &Claimed) -> u32 {
        claimed.retry.map_or(self.connection.max_attempts, |retry| retry.most)
    }

    /// The attempt on the rung where we stand; on the next one where the server shows that it is not to be had.
    async fn attempt(&self, claimed: &Claimed, mut standing: Standing) -> Result<u16, Ended> {
        if claimed.attempt > self.most(claimed) {
            return Err(Ended::At(Step::Send, Happened::NeverEnded));
        }
        loop {
            let ended = Attempted { line: self, claimed, standing }.run().await;
            let Err(Ended::At(Step::Send, happened)) = &ended else { return ended };
            let (Some(status), Some(next)) = (gives_way(standing.rung, happened), standing.below()) else {
                return ended;
            };
            self.store.refuse_rung(&self.connection.name, standing.rung, status).await?;
            RungFell { from: standing.rung.as_str(), to: next.rung.as_str(), status }.emit();
            self.fell.store(true, Ordering::Relaxed);
            standing = next;
        }
    }
}

/// A number in 0..1.
fn chance() -> f64 {
    // The first 48 bits of a random UUID are all chance.
    let bits = Uuid::new_v4().as_u64_pair().0 >> 16;
    f64::from(u32::try_from(bits & u64::from(u32::MAX)).unwrap_or(0)) / (f64::from(u32::MAX) + 1.0)
}
