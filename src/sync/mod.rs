//! Brings accepted plans to the receiving FHIR server: each arrives, none arrives twice, and a person's plans arrive in
//! the order in which they came.
//!
//! A **delivery** is a row of the store's outbox, written in the same transaction as the plan. It stands in one state:
//!
//! ```text
//!             claim                 every entry 2xx
//!   ready ──────────────▶ in_flight ────────────────▶ done
//!     ▲  ▲                 │  │  │
//!     │  └─ later ─────────┘  │  └─ not for us to repair ──▶ blocked, dead ── a person repeats it ──▶ ready
//!     │     (429, 500, 409)   │     (403, 404 │ 400, 422, 412, attempts used up)
//!     │                       ▼ no answer, lease ran out
//!     └── claim, look ──── unknown ──── claim, look, it is there ──▶ done
//! ```
//!
//! Who moves what:
//!
//! - The **store** moves `ready` and `unknown` to `in_flight` when a worker claims, with a lease and a token, and an expired
//!   lease to `unknown`. Only the oldest open delivery of a person can be claimed, so there is one in flight a person.
//!   What is blocked or dead waits for a person and holds nothing up. Several processes may share one store.
//! - The **worker** (`worker`) claims, hands each claim to a task, and settles. It alone knows time and chance.
//! - An **attempt** (`push`) talks to the server (`peer`), renewing the lease before each request. A lost lease ends it
//!   without a word: the delivery is someone else's by then.
//! - The **table** (`delivery`) says which state follows an answer (`answer`), `retry` says when, and both are pure.
//! - **Staff** move `blocked` and `dead` back to `ready`, and `done` where they decide that our version of a conflict stays; no
//!   program does.
//!
//! Why nothing arrives twice:
//!
//! - A resource is written by one method a connection, for ever (`capability` decides, the store keeps it): ids of ours by
//!   `PUT`, or create with `ifNoneExist` and afterwards `PUT` under the server's id. Both may be repeated without harm.
//!   Conditional update and plain `POST` make duplicates under load, so they do not occur here.
//! - Whatever was sent and not answered is `unknown`, and an unknown one is looked for before anything is sent: the
//!   plan-version identifier in the `CarePlan` tells whether just this version is there.
//!
//! Why nothing is lost: a delivery leaves the outbox by `done`, by a newer version of its plan, or by a person. A process that dies leaves leases behind,
//! which run out. Attempts that the server never had a say about (not reached, 401, 429, 503) do not count towards the
//! most attempts, so a server that is down for a weekend kills no delivery; and the **breaker** (`breaker`) stops claiming
//! after some failures in a row until `metadata` answers again, first for one delivery, then for all.
//!
//! Stopping: no new claims, and what is in flight ends. A caller that cannot wait drops the future; the leases do the rest.
//!
//! A server that takes no structured plan gets it on a lower **rung** (`rung`): as a document, as answers, as a notice, as
//! files. The connection says which, or `auto` takes the highest that the statement, the scopes and the settings allow. When an
//! answer shows that a rung is not to be had, nothing was written by it: that is remembered with its day for all
//! processes, and the same attempt goes on by the next. The rung is noted with the delivery before anything is sent, so that
//! one whose outcome is unknown is looked for where it was sent.
//!
//! Several connections deliver at once, each by a worker of its own with its own breaker and limit (`bucket`): one that is
//! down holds no other up. A plan is entered once for each that takes its agency's plans. How often a delivery is tried is laid
//! down with it when it is entered.
//!
//! Where it goes and how we say who we are there is a **connection** (`connection`, `auth`, `secret`). What may be wrong
//! with one is told by one table (`fault`), in the log and by `ownwords connect`, which tries a connection out (`connect`).
//!
//! Two ids that were told to be one person keep the deliveries of both waiting until a named person confirms it (the store does
//! that); afterwards a plan is claimed for the id that stays. `suggest` asks a server who a person might be there, for a person
//! to look at: nothing is ever chosen by it.
//!
//! Reading back from an EHR, comparing and merging is `back`.

mod answer;
mod auth;
pub mod back;
mod breaker;
mod bucket;
mod bundle;
mod capability;
pub mod connect;
pub mod connection;
mod delivery;
mod fault;
mod held;
mod known;
mod lines;
mod peer;
mod push;
mod retry;
mod rung;
mod same;
mod secret;
mod statement;
mod subscription;
mod suggest;
mod worker;

use std::{io, path::PathBuf, sync::Arc, time::Duration};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

pub use connection::Connection;
pub use fault::Fault;
pub use retry::Backoff;
pub use subscription::{Subscribed, subscribe};
pub use suggest::{Candidate, Suggested, suggest};

use crate::{
    clock::Clock,
    events::WorkerHindered,
    store::{Store, StoreError, WriteMethod},
};

/// Why the worker cannot start.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The server's address cannot be used.
    #[error("delivery.base_url {problem}")]
    Base {
        /// What is wrong, and what to do.
        problem: String,
    },
    /// The file of a connection cannot be used.
    #[error("{}: {problem}", file.display())]
    ConnectionFile {
        /// The file.
        file: PathBuf,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// Two places say where plans go.
    #[error(
        "connection \"{connection}\" stands twice: as delivery.base_url and as {}. Take one of them away, or name another in delivery.connection.",
        file.display()
    )]
    TwoPlaces {
        /// The connection.
        connection: String,
        /// Its file.
        file: PathBuf,
    },
    /// A secret cannot be read.
    #[error("cannot read the secret in {place}: {kind}. It has to stand there alone.")]
    Secret {
        /// The file or variable.
        place: String,
        /// What the system says.
        kind: io::ErrorKind,
    },
    /// A key cannot be used.
    #[error("the key file {} {problem}.", file.display())]
    Key {
        /// The file.
        file: PathBuf,
        /// What is wrong, and what to do.
        problem: &'static str,
    },
    /// A certificate cannot be used.
    #[error("{} holds no certificates that can be used, as PEM.", file.display())]
    Certificate {
        /// The file.
        file: PathBuf,
    },
    /// No HTTPS client can be made.
    #[error("cannot use HTTPS here: no trusted certificates were found. Install the system's CA certificates.")]
    NoClient,
    /// The settings ask for another write method than the connection has.
    #[error(
        "connection \"{connection}\" writes by {}, and delivery.method asks for {}. A connection keeps its method, or every resource would be there twice: set it back, or give delivery.connection a new name for an empty server.",
        has.as_str(), asked.as_str()
    )]
    MethodIsFixed {
        /// The connection.
        connection: String,
        /// What it has written by.
        has: WriteMethod,
        /// What the settings ask for.
        asked: WriteMethod,
    },
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How fast the worker goes.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How long one request may take.
    pub timeout: Duration,
    /// How long a claim holds without renewal.
    pub lease: Duration,
    /// How long the worker rests at most when nothing is due.
    pub poll: Duration,
    /// How waiting grows between attempts.
    pub backoff: Backoff,
    /// Failures in a row that open the breaker.
    pub failures: u32,
    /// The breaker's first wait; it doubles.
    pub first_rest: Duration,
    /// The breaker's longest wait.
    pub longest_rest: Duration,
    /// How often the server's statement is read again.
    pub recheck: Duration,
}

impl Pace {
    /// The pace for a server in use.
    pub fn of(connection: &Connection) -> Self {
        let timeout = connection.timeout;
        let turn = connection.limit.every().unwrap_or_default().saturating_mul(connection.concurrency + 1);
        Self {
            timeout,
            // A request may be repeated once with a fresh token, and each waits for those before it where there is a limit.
            lease: timeout * 2 + turn * 2 + Duration::from_secs(30),
            poll: Duration::from_secs(5),
            backoff: Backoff::default(),
            failures: 5,
            first_rest: Duration::from_secs(10),
            longest_rest: Duration::from_mins(10),
            recheck: Duration::from_hours(24),
        }
    }
}

/// Wakes the workers of all connections.
#[derive(Clone, Debug, Default)]
pub struct Wake(Arc<[Arc<Notify>]>);

impl Wake {
    /// One for each of so many workers.
    pub fn of(workers: usize) -> Self {
        Self((0..workers).map(|_| Arc::default()).collect())
    }

    /// What each worker waits for.
    pub fn each(&self) -> impl Iterator<Item = Arc<Notify>> + '_ {
        self.0.iter().cloned()
    }

    /// Wakes them, now or when they rest next.
    pub fn all(&self) {
        self.0.iter().for_each(|one| one.notify_one());
    }
}

/// Delivers until `stop`, then ends what is in flight. `wake` has it look at once, such as after a record was kept.
pub async fn run(
    store: Store,
    connection: Connection,
    clock: Clock,
    stop: CancellationToken,
    wake: Arc<Notify>,
) -> Result<(), SyncError> {
    let pace = Pace::of(&connection);
    let ran = run_at_pace(store, connection, pace, clock, stop, wake).await;
    if ran.is_err() {
        WorkerHindered { doing: "starting" }.emit();
    }
    ran
}

/// As `run`, at another pace.
pub async fn run_at_pace(
    store: Store,
    connection: Connection,
    pace: Pace,
    clock: Clock,
    stop: CancellationToken,
    wake: Arc<Notify>,
) -> Result<(), SyncError> {
    worker::Worker::start(store, connection, pace, clock).await?.work(&stop, &wake).await;
    Ok(())
}
