//! A round of reading back: whom, since when, how far.

use std::{collections::HashSet, fs, io::Cursor, sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::Value;

use super::{
    pages::{Halt, Pages},
    person::{self, Source},
};
use crate::{
    events::ReadBack,
    mapping::{Mapping, MappingError, Packs},
    pipeline::{
        self,
        fingerprint::Fingerprint,
        keep::{Incoming, Intake, ReceiveError, Received},
    },
    rules::Outcome,
    store::{Round, StoreError},
    sync::{Connection, SyncError, peer::Peer},
};

/// The mapping that reads our own plan model.
const PLAN_MODEL: &str = "plan-json";
/// What a merged plan is called where it comes in.
const FILE: &str = "read-back.json";
/// Persons looked up at once.
pub(super) const PEOPLE: u32 = 100;
/// How long a process that died keeps others from reading.
pub(super) const LEASE: Duration = Duration::from_mins(2);

/// What reads a connection back.
#[derive(Clone)]
pub struct Back {
    pub(super) intake: Intake,
    /// The same, delivering to this connection.
    delivering: Intake,
    pub(super) connection: Connection,
    mapping: Arc<Mapping>,
}

/// What a single round is asked for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// This person only, by the agency's own id.
    pub person: Option<String>,
    /// Read and compare, and keep nothing.
    pub dry_run: bool,
}

/// What a round came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Pulled {
    /// Persons read.
    pub persons: u64,
    /// Persons left for the next round, since a delivery is on its way.
    pub busy: u64,
    /// Resources of ours that were looked at.
    pub resources: u64,
    /// Of these, those that say what they said before.
    pub unchanged: u64,
    /// Fields that plans took.
    pub taken: u64,
    /// Plans that have a new version.
    pub plans: u64,
    /// Plans that would have been sent back with what the EHR says.
    pub not_accepted: u64,
    /// Reviews that are new.
    pub reviews: u64,
    /// Resources that were not there.
    pub missing: u64,
    /// Resources of others that the EHR has of these persons.
    pub not_ours: u64,
    /// Resources that are somebody else's there; they were not looked at.
    pub of_others: u64,
    /// Searches that were refused or did not come to their end, files and lines of an export that could not be read, and what
    /// the EHR says it could not export.
    pub unfinished: u64,
    /// Merges of persons that the EHR's records tell, and that were not told before.
    pub merges: u64,
    /// In how many seconds to ask again, where an export is still being written at the EHR.
    pub waits_s: Option<u64>,
}

/// Why a round ended before its end.
#[derive(Debug, thiserror::Error)]
pub enum PullError {
    /// The connection cannot be used.
    #[error(transparent)]
    Sync(#[from] SyncError),
    /// The EHR did not answer as it should; the next round goes on here.
    #[error("the EHR could not be read to the end: {reason}. The next round goes on where this one stopped.")]
    Halted {
        /// What happened, as a code.
        reason: &'static str,
        /// How long it asked us to wait.
        wait: Option<Duration>,
    },
    /// Another process reads this connection now.
    #[error("another process reads this connection now; ask again later")]
    Elsewhere,
    /// The roster cannot be read.
    #[error("the roster of connection \"{connection}\" cannot be read: {kind}. Check read.roster of its file.")]
    Roster {
        /// The connection.
        connection: String,
        /// What the system says.
        kind: std::io::ErrorKind,
    },
    /// The mapping of our own plan model cannot be used.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// The store did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What came of a merge was not kept.
    #[error(transparent)]
    Receive(#[from] ReceiveError),
}

impl From<Halt> for PullError {
    fn from(halt: Halt) -> Self {
        Self::Halted { reason: halt.reason, wait: halt.wait }
    }
}

/// What is asked of the server in this round.
pub(super) struct Asking {
    /// Everything, or what changed from this moment on.
    pub since: Option<Timestamp>,
    /// Types whose search heeds the moment.
    pub heeds: Vec<String>,
    /// Types of which it was found out in this round.
    pub tried: HashSet<&'static str>,
    /// Keep nothing.
    pub dry_run: bool,
}

impl Asking {
    /// Everything, apart from the rounds.
    pub(super) fn whole(dry_run: bool) -> Self {
        Self { since: None, heeds: Vec::new(), tried: person::KINDS.into(), dry_run }
    }
}

impl Back {
    /// What reads a connection back into this intake. What comes of it is delivered nowhere, for
    /// the EHR says so already; but where a version waits for it.
    pub fn new(intake: &Intake, connection: Connection) -> Result<Self, PullError> {
        let outlets = intake.outlets.iter().filter(|outlet| outlet.to.connection == connection.name).cloned().collect();
        let delivering = Intake { outlets, ..intake.clone() };
        let intake = Intake { outlets: Arc::default(), ..intake.clone() };
        Ok(Self { intake, delivering, connection, mapping: own_mapping()? })
    }

    /// One round.
    pub async fn once(&self, wanted: &Wanted) -> Result<Pulled, PullError> {
        let began = std::time::Instant::now();
        let peer = Peer::new(&self.connection, self.connection.timeout, self.intake.clock)?;
        let mut pages = Pages::new(&peer, self.connection.read.per_second);
        let mut pulled = Pulled::default();
        if wanted.person.is_some() || wanted.dry_run {
            self.some(wanted, &mut pages, &mut pulled).await?;
        } else {
            self.all(&mut pages, &mut pulled).await?;
        }
        ReadBack {
            persons: pulled.persons,
            resources: pulled.resources,
            taken: pulled.taken,
            reviews: pulled.reviews,
            unfinished: pulled.unfinished,
            took: began.elapsed(),
        }
        .emit();
        Ok(pulled)
    }

    /// Whole, apart from the rounds.
    async fn some(&self, wanted: &Wanted, pages: &mut Pages<'_>, pulled: &mut Pulled) -> Result<(), PullError> {
        let mut asking = Asking::whole(wanted.dry_run);
        let roster = self.roster()?;
        let mut after = (String::new(), String::new());
        loop {
            let people = self.intake.store.people_at(&self.connection.name, &after, PEOPLE).await?;
            let Some(last) = people.last() else { return Ok(()) };
            after = last.clone();
            for who in people.iter().filter(|who| match &wanted.person {
                Some(person) => *person == who.1,
                None => is_on(roster.as_ref(), &who.1),
            }) {
                person::read(self, pages, who, Source::Searches(&mut asking), pulled).await?;
            }
        }
    }

    /// Whether somebody is to be read again.
    pub(super) async fn has_told(&self) -> bool {
        let asked = self.intake.store.rereads(&self.connection.name, &Default::default(), 1).await;
        asked.is_ok_and(|asked| !asked.is_empty())
    }

    /// Those alone of whom something was told.
    pub(super) async fn told(&self) -> Result<Pulled, PullError> {
        let (store, name, mut pulled) = (&self.intake.store, &self.connection.name, Pulled::default());
        if store.paused().await?.iter().any(|(paused, _)| paused == name) {
            return Ok(pulled);
        }
        let peer = Peer::new(&self.connection, self.connection.timeout, self.intake.clock)?;
        let mut pages = Pages::new(&peer, self.connection.read.per_second);
        let roster = self.roster()?;
        let round = store.take_reading(name, LEASE).await?.ok_or(PullError::Elsewhere)?;
        let ended = self.again(&round, roster.as_ref(), &mut pages, &mut pulled).await;
        store.keep_reading(name, &round, Duration::ZERO).await?;
        ended.map(|()| pulled)
    }

    async fn all(&self, pages: &mut Pages<'_>, pulled: &mut Pulled) -> Result<(), PullError> {
        let (store, name) = (&self.intake.store, &self.connection.name);
        if store.paused().await?.iter().any(|(paused, _)| paused == name) {
            return Ok(());
        }
        let roster = self.roster()?;
        let mut round = store.take_reading(name, LEASE).await?.ok_or(PullError::Elsewhere)?;
        let ended = self.turn(&mut round, roster.as_ref(), pages, pulled).await;
        store.keep_reading(name, &round, Duration::ZERO).await?;
        ended
    }

    async fn turn(
        &self,
        round: &mut Round,
        roster: Option<&HashSet<String>>,
        pages: &mut Pages<'_>,
        pulled: &mut Pulled,
    ) -> Result<(), PullError> {
        self.again(round, roster, pages, pulled).await?;
        if let Some(asked) = &self.connection.read.bulk
            && self.by_export(asked, round, roster, pages, pulled).await?
        {
            return Ok(());
        }
        self.go(round, roster, pages, pulled).await
    }

    /// Those who are to be read soonest.
    async fn again(
        &self,
        round: &Round,
        roster: Option<&HashSet<String>>,
        pages: &mut Pages<'_>,
        pulled: &mut Pulled,
    ) -> Result<(), PullError> {
        let (store, name) = (&self.intake.store, &self.connection.name);
        let mut after = (String::new(), String::new());
        loop {
            let all = store.rereads(name, &after, PEOPLE).await?;
            let Some(last) = all.last() else { return Ok(()) };
            after = last.who.clone();
            for one in &all {
                let mut asking = Asking::whole(false);
                if !is_on(roster, &one.who.1)
                    || person::read(self, pages, &one.who, Source::Searches(&mut asking), pulled).await?
                {
                    store.reread(name, one).await?;
                }
                store.keep_reading(name, round, LEASE).await?;
            }
        }
    }

    async fn go(
        &self,
        round: &mut Round,
        roster: Option<&HashSet<String>>,
        pages: &mut Pages<'_>,
        pulled: &mut Pulled,
    ) -> Result<(), PullError> {
        let (store, name, now) = (&self.intake.store, &self.connection.name, self.intake.clock.now());
        let goes_on = round.after != (String::new(), String::new());
        if !goes_on {
            round.is_whole = round.watermark.is_none() || self.is_time_to_compare(round.compared_at, now);
        }
        let watermark = round.watermark.as_deref().and_then(|text| text.parse::<Timestamp>().ok());
        let overlap = SignedDuration::try_from(self.connection.read.overlap).unwrap_or(SignedDuration::MAX);
        let since = watermark.filter(|_| !round.is_whole).and_then(|mark| mark.checked_sub(overlap).ok());
        let heeds = if round.is_whole && !goes_on { Vec::new() } else { round.heeds.clone() };
        let mut asking = Asking { since, heeds, tried: HashSet::new(), dry_run: false };
        loop {
            let people = store.people_at(name, &round.after, PEOPLE).await?;
            if people.is_empty() {
                break;
            }
            for who in people {
                if is_on(roster, &who.1) {
                    person::read(self, pages, &who, Source::Searches(&mut asking), pulled).await?;
                }
                round.after = who;
                round.heeds.clone_from(&asking.heeds);
                store.keep_reading(name, round, LEASE).await?;
            }
        }
        round.after = (String::new(), String::new());
        // A round that was broken off began before this answer came: the mark before it holds on.
        if !goes_on {
            round.watermark = pages.began.map(|began| began.to_string()).or(round.watermark.take());
        }
        if round.is_whole {
            round.compared_at = Some(now);
        }
        Ok(())
    }

    pub(super) fn is_time_to_compare(&self, compared_at: Option<Timestamp>, now: Timestamp) -> bool {
        let Some(before) = compared_at else { return true };
        Duration::try_from(now.duration_since(before)).is_ok_and(|since| since >= self.connection.read.compare)
    }

    fn roster(&self) -> Result<Option<HashSet<String>>, PullError> {
        let Some(file) = &self.connection.read.roster else { return Ok(None) };
        let text = fs::read_to_string(file)
            .map_err(|error| PullError::Roster { connection: self.connection.name.clone(), kind: error.kind() })?;
        Ok(Some(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()))
    }

    /// Brings a merged plan in, as any record comes in. The EHR says so already, but where a version waits to be delivered
    /// this one takes its place.
    pub(super) async fn bring_in(
        &self,
        of: (&str, &str, u32),
        plan: &Value,
        is_waiting: bool,
    ) -> Result<(Outcome, Option<u32>), ReceiveError> {
        let intake = if is_waiting { &self.delivering } else { &self.intake };
        bring_in(intake, &self.mapping, &self.connection.name, of, plan).await
    }
}

/// The built-in mapping of our own plan model.
pub(super) fn own_mapping() -> Result<Arc<Mapping>, MappingError> {
    let packs = Packs::load(None)?;
    Ok(packs.get(PLAN_MODEL).expect("the mappings that are built in above hold that of the plan model"))
}

/// Brings a plan in that came of what an EHR said: agency, plan id and the version that it goes on from. Where the plan has
/// moved on since, the store's error `is_overtaken` and nothing is kept.
pub(super) async fn bring_in(
    intake: &Intake,
    mapping: &Arc<Mapping>,
    connection: &str,
    (agency, plan_id, version): (&str, &str, u32),
    plan: &Value,
) -> Result<(Outcome, Option<u32>), ReceiveError> {
    let bytes = plan.to_string().into_bytes();
    // The same plan may come about again from a later version, and is no repetition then.
    let mut fingerprint = Fingerprint::default();
    fingerprint.add(&bytes);
    [connection, "\n", plan_id, "\n", &version.to_string()].iter().for_each(|part| fingerprint.add(part.as_bytes()));
    let mut records =
        pipeline::open(mapping, FILE, Box::new(Cursor::new(bytes.clone()))).map_err(ReceiveError::Unreadable)?;
    let mapped = records.next().ok_or(ReceiveError::Broken)?;
    let incoming = Incoming {
        agency: agency.to_owned(),
        mapping: Arc::clone(mapping),
        file: FILE.to_owned(),
        sha256: fingerprint.finish().0,
        size: bytes.len() as u64,
        caller: format!("ehr {connection}"),
        bytes: bytes.into(),
        whole_of: None,
    };
    let ready = intake.ready(incoming, mapped, Some(version)).await?;
    let received = intake.keep_ready(ready).await?;
    let of_receipt = |rejected: u64| if rejected > 0 { Outcome::Rejected } else { Outcome::Accepted };
    Ok(match received {
        Received::Kept { receipt, records } => match records.first() {
            Some(record) => (record.outcome, record.plan_version),
            None => (of_receipt(receipt.rejected), None),
        },
        Received::AlreadyReceived(receipt) => (of_receipt(receipt.rejected), None),
    })
}

pub(super) fn is_on(roster: Option<&HashSet<String>>, person: &str) -> bool {
    roster.is_none_or(|roster| roster.contains(person))
}
