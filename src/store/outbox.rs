//! The outbox as values: deliveries, their states and moves, links to the ids of a peer. No SQL and no HTTP here.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use super::{Rung, StoredResource};

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeliveryState {
    /// To be sent when its time has come.
    Ready,
    /// Claimed by a worker, with a lease.
    InFlight,
    /// Sent, and no one knows whether it arrived: look before sending again.
    Unknown,
    /// Arrived.
    Done,
    /// Waits for a person, such as after 403.
    Blocked,
    /// Given up, until a person decides.
    Dead,
    /// A newer version of the same plan took its place before it arrived.
    Superseded,
}

impl DeliveryState {
    /// All of them, in the order of a delivery's life.
    pub const ALL: [Self; 7] =
        [Self::Ready, Self::InFlight, Self::Unknown, Self::Done, Self::Blocked, Self::Dead, Self::Superseded];

    /// As the store, the API and the command line say it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::InFlight => "in_flight",
            Self::Unknown => "unknown",
            Self::Done => "done",
            Self::Blocked => "blocked",
            Self::Dead => "dead",
            Self::Superseded => "superseded",
        }
    }

    /// The state of a name, if there is such a state.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// How often and how fast a delivery is tried. It is kept with the delivery, so that a setting that changes later counts for
/// what is entered later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// After how many attempts a person has to look.
    pub most: u32,
    /// Ceiling of the wait after the first attempt; it doubles with each further one.
    pub first: Duration,
    /// Ceiling that it never passes.
    pub longest: Duration,
}

/// Where a plan goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// The connection.
    pub connection: String,
    /// How it is tried; none: as the connection says when it is tried.
    pub retry: Option<RetryPolicy>,
}

impl Destination {
    /// A connection, to be tried as it says then.
    pub fn of(connection: &str) -> Self {
        Self { connection: connection.to_owned(), retry: None }
    }
}

impl RetryPolicy {
    /// Most attempts, first and longest wait in milliseconds, as the store has them.
    pub(super) fn columns(policy: Option<Self>) -> [Option<i64>; 3] {
        let millis = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        policy.map_or([None; 3], |policy| {
            [i64::from(policy.most), millis(policy.first), millis(policy.longest)].map(Some)
        })
    }

    /// As the store has it.
    pub(super) fn of_columns(columns: [Option<i64>; 3]) -> Option<Self> {
        let [Some(most), Some(first), Some(longest)] = columns else { return None };
        let time = |millis: i64| Duration::from_millis(millis.unsigned_abs());
        Some(Self { most: u32::try_from(most).unwrap_or(u32::MAX), first: time(first), longest: time(longest) })
    }
}

/// A delivery claimed by this process: it alone may settle it, while its lease holds.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The delivery.
    pub id: i64,
    /// The fencing token: a settle with an older one changes nothing.
    pub token: i64,
    /// Attempts begun, this one included.
    pub attempt: u32,
    /// Whether an earlier attempt's outcome is unknown: look before sending.
    pub was_unknown: bool,
    /// How it is tried; none: as the connection says.
    pub retry: Option<RetryPolicy>,
    /// The agency.
    pub agency: String,
    /// The agency's id of the person; of the one who is left, where ids were merged.
    pub person_id: String,
    /// Whether the plan was another id's, so that its resources were pointed to the person who is left.
    pub is_moved: bool,
    /// The agency's plan id.
    pub plan_id: String,
    /// Which version of the plan.
    pub plan_version: u32,
    /// The resources of that version, in the order in which they were said.
    pub resources: Vec<StoredResource>,
}

/// What an attempt came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The new state: anything but `InFlight` and `Superseded`.
    pub state: DeliveryState,
    /// Not before this moment, for `Ready` and `Unknown`.
    pub not_before: Option<Timestamp>,
    /// Whether the attempt counts. One that the peer never had a say about does not: settling takes it off the attempts
    /// again, so that a peer that is down for days costs no delivery its life.
    pub counts: bool,
    /// HTTP status of the answer, if there was one.
    pub status: Option<u16>,
    /// Why, in words of our own.
    pub reason: &'static str,
    /// The peer's own words, kept for staff, never logged.
    pub peer_text: Option<String>,
}

/// A delivery as staff see it.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The delivery.
    pub id: i64,
    /// The connection.
    pub connection: String,
    /// The agency.
    pub agency: String,
    /// The agency's plan id.
    pub plan_id: String,
    /// Which version of the plan.
    pub plan_version: u32,
    /// Where it stands.
    pub state: DeliveryState,
    /// Attempts so far.
    pub attempts: u32,
    /// When it was entered.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Not before this moment.
    pub not_before: Timestamp,
    /// HTTP status of the last answer.
    pub status: Option<u16>,
    /// Why it stands where it stands.
    pub reason: Option<String>,
    /// The peer's own words.
    pub peer_text: Option<String>,
    /// The rung on which it was last tried; none before the first attempt.
    pub rung: Option<Rung>,
}

/// Which of the blocked and dead deliveries to send again: those for which all that is given holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Again {
    /// This one.
    pub id: Option<i64>,
    /// To this connection.
    pub connection: Option<String>,
    /// Of this agency.
    pub agency: Option<String>,
    /// Of this person, by the agency's own id.
    pub person_id: Option<String>,
    /// Which stand there for this reason, as it is listed.
    pub reason: Option<String>,
    /// With this HTTP status as the last answer.
    pub status: Option<u16>,
}

/// How a connection writes, decided once and kept for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteMethod {
    /// A: `PUT Type/{id}` with ids of ours.
    OwnIds,
    /// B: create with `ifNoneExist`, afterwards `PUT Type/{the server's id}`.
    IfNoneExist,
}

impl WriteMethod {
    /// As the store says it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OwnIds => "own-ids",
            Self::IfNoneExist => "if-none-exist",
        }
    }
}

/// Which id a resource of ours has at a peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Resource type.
    pub kind: String,
    /// Our id.
    pub id: Uuid,
    /// The peer's id.
    pub remote_id: String,
    /// The version that the peer told when it was last written or read (`ETag`), as it came; none where it is not known.
    pub tag: Option<String>,
}
