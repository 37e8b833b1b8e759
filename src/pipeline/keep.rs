//! Receives one submission: reads, judges and says its records on a thread of its own, and keeps them as they come.
//!
//! A small submission is one commit in all, and the smallest are not worth a thread. A large one is kept in pieces while it is read, so that memory does not grow
//! with it; if it breaks off, the same bytes sent again go on where it stopped.

use std::{collections::VecDeque, io, slice, sync::Arc, time::Instant};

use jiff::Timestamp;
use tokio::{runtime::Handle, sync::mpsc, task};
use uuid::Uuid;

use super::{
    Gate, Judged,
    bytes::Bytes,
    period::{Held, WholeOf},
    work::{Read, Step, Work, beside},
};
use crate::{
    clock::Clock,
    events,
    fhir::Ids,
    mapping::{Mapped, Mapping, Unreadable},
    profile::Policies,
    rules::sameness::Key,
    store::{self, Begun, Destination, NewRecord, NewSubmission, Receipt, RecordRow, Store, StoreError},
};

/// Bytes of a submission that is read where it came in: a few plans, done in a millisecond or two.
const SMALL: u64 = 16 << 10;

/// A submission as it came in.
pub struct Incoming {
    /// The sending agency.
    pub agency: String,
    /// The mapping that reads it.
    pub mapping: Arc<Mapping>,
    /// The file's name as given.
    pub file: String,
    /// SHA-256 of the bytes, in hexadecimal.
    pub sha256: String,
    /// How many bytes.
    pub size: u64,
    /// Who sent it.
    pub caller: String,
    /// The bytes.
    pub bytes: Bytes,
    /// The days of which it says that it holds everyone; nothing where it says none.
    pub whole_of: Option<WholeOf>,
}

/// What judges and keeps submissions.
#[derive(Clone)]
pub struct Intake {
    /// Where they are kept.
    pub store: Store,
    /// What they are judged by, agency by agency.
    pub policies: Arc<Policies>,
    /// What time it is.
    pub clock: Clock,
    /// The store's namespace of ids.
    pub ids: Ids,
    /// Where accepted plans go.
    pub outlets: Arc<[Outlet]>,
}

/// A connection that accepted plans go to, and whose plans.
#[derive(Clone, Debug)]
pub struct Outlet {
    /// The connection.
    pub to: Destination,
    /// The agencies; without any, all.
    pub agencies: Vec<String>,
}

impl Outlet {
    /// Whether an agency's plans go there.
    pub fn takes(&self, agency: &str) -> bool {
        self.agencies.is_empty() || self.agencies.iter().any(|one| one == agency)
    }
}

/// What receiving came to.
#[derive(Debug)]
pub enum Received {
    /// Every record is judged and kept.
    Kept {
        /// Its receipt.
        receipt: Receipt,
        /// Its records, when they are few and were all kept now; else they are read from the store.
        records: Vec<RecordRow>,
    },
    /// The same bytes had been received before: rule FILE-004. Nothing was changed.
    AlreadyReceived(Receipt),
}

/// Why a submission was not received whole.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// The file cannot be read at all; nothing was kept.
    #[error("{}", .0.message)]
    Unreadable(Unreadable),
    /// The file is held until somebody looks at it; nothing was kept.
    #[error("{}: {_0}", .0.rule())]
    Held(#[from] Held),
    /// The store failed; what was committed before stays, and the same bytes go on from there.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Reading came to a sudden end on our side; what was committed before stays.
    #[error("reading came to a sudden end; what was kept stays, and the same bytes sent again go on from there")]
    Broken,
    /// The caller asked to stop; what was committed before stays.
    #[error("stopped before the end; what was kept stays, and the same bytes sent again go on from there")]
    Stopped,
}

/// Is told how many records are kept so far, and says whether to go on.
pub type Progress<'a> = &'a mut (dyn FnMut(u64) -> bool + Send);

impl Intake {
    /// Receives a submission. Returns after its last record is committed.
    pub async fn receive(&self, incoming: Incoming, progress: Progress<'_>) -> Result<Received, ReceiveError> {
        let (incoming, filing) = self.open_period(incoming).await?;
        // Before the records are kept: what they have delivered waits then, too.
        self.told_in(&incoming).await?;
        let received = self.receive_opened(incoming, progress).await?;
        if let Some(filing) = &filing {
            self.store.close_filing(filing, self.clock.now()).await?;
        }
        Ok(received)
    }

    async fn receive_opened(&self, incoming: Incoming, progress: Progress<'_>) -> Result<Received, ReceiveError> {
        let began = Instant::now();
        let submission = self.submission(&incoming);
        let received = if incoming.size <= SMALL {
            let (preamble, records) = self.read_at_once(incoming, submission.received_at).await?;
            self.keep_at_once(submission, &preamble, records).await?
        } else {
            let mut reading = self.read(incoming, submission.received_at)?;
            let preamble = reading.opened().await?;
            let (first, second) = (reading.next().await?, reading.next().await?);
            match second {
                None => self.keep_at_once(submission, &preamble, first.unwrap_or_default()).await?,
                Some(second) => {
                    let start = first.into_iter().chain([second]);
                    self.keep_in_pieces(submission, preamble, start, &mut reading, progress).await?
                }
            }
        };
        if let Received::Kept { receipt, .. } = &received {
            tell(receipt, began);
        }
        Ok(received)
    }

    async fn keep_at_once(
        &self,
        submission: NewSubmission,
        preamble: &[u8],
        records: Vec<NewRecord>,
    ) -> Result<Received, ReceiveError> {
        let store::Received { receipt, already, records } = self.store.receive(submission, preamble, records).await?;
        Ok(if already { Received::AlreadyReceived(receipt) } else { Received::Kept { receipt, records } })
    }

    async fn keep_in_pieces(
        &self,
        submission: NewSubmission,
        preamble: Vec<u8>,
        start: impl Iterator<Item = Vec<NewRecord>>,
        reading: &mut Reading,
        progress: Progress<'_>,
    ) -> Result<Received, ReceiveError> {
        let (id, kept) = match self.store.begin(submission).await? {
            Begun::New(id) => (id, 0),
            Begun::GoesOn { id, kept } => (id, kept),
            Begun::AlreadyReceived(receipt) => return Ok(Received::AlreadyReceived(receipt)),
        };
        self.store.preamble(id, &preamble).await?;
        let mut count = 0;
        for piece in start {
            count += self.keep_piece(id, kept, piece).await?;
        }
        loop {
            if !progress(count) {
                return Err(broken(id, count, "stopped", ReceiveError::Stopped));
            }
            match reading.next().await {
                Ok(Some(piece)) => count += self.keep_piece(id, kept, piece).await?,
                Ok(None) => {
                    let receipt = self.store.finish(id).await?;
                    return Ok(Received::Kept { receipt, records: Vec::new() });
                }
                Err(error) => return Err(broken(id, count, "reading", error)),
            }
        }
    }

    async fn keep_piece(&self, id: Uuid, kept: u64, mut piece: Vec<NewRecord>) -> Result<u64, ReceiveError> {
        let count = piece.len() as u64;
        piece.retain(|record| record.ordinal > kept);
        for record in &mut piece {
            record.submission = id;
        }
        if !piece.is_empty() {
            self.store.keep(piece).await?;
        }
        Ok(count)
    }

    pub(super) fn submission(&self, incoming: &Incoming) -> NewSubmission {
        let policy = self.policies.for_agency(Some(&incoming.agency));
        NewSubmission {
            agency: incoming.agency.clone(),
            mapping: incoming.mapping.id().to_owned(),
            mapping_version: incoming.mapping.version().to_owned(),
            policy: policy.identity(self.clock.today()),
            sha256: incoming.sha256.clone(),
            size: incoming.size,
            caller: incoming.caller.clone(),
            file: incoming.file.clone(),
            received_at: self.clock.now(),
        }
    }

    /// Reads, judges and says here and now: the preamble and the records.
    async fn read_at_once(
        &self,
        incoming: Incoming,
        received_at: Timestamp,
    ) -> Result<(Vec<u8>, Vec<NewRecord>), ReceiveError> {
        let mut work = self.work(&incoming.agency, received_at);
        let (preamble, piece) = read_all(&incoming, &work)?;
        let found = beside(&self.store, &work.agency, &piece).await?;
        Ok((preamble, work.records(piece, &found)))
    }

    /// Judges a record as it would be judged if the agency sent it now, beside what the store holds, and keeps nothing.
    pub async fn try_out(&self, agency: &str, mapped: Mapped) -> Result<Judged, StoreError> {
        let work = self.work(agency, self.clock.now());
        let read = work.read(mapped);
        let found = beside(&self.store, agency, slice::from_ref(&read)).await?;
        Ok(work.judged(read, &found).0)
    }

    pub(super) fn work(&self, agency: &str, received_at: Timestamp) -> Work {
        let policy = self.policies.for_agency(Some(agency)).clone();
        let key = Key::of(self.ids.namespace().as_bytes(), agency);
        let agency: Arc<str> = agency.into();
        let gate = Gate { policy, clock: self.clock, agency: Some(agency.clone()) };
        let takes = self.outlets.iter().filter(|outlet| outlet.takes(&agency));
        let deliver_to = takes.map(|outlet| outlet.to.clone()).collect();
        Work { gate, agency, ids: self.ids, deliver_to, received_at, key, before: VecDeque::new() }
    }

    /// Starts to read, judge and say on a thread of its own; at most two pieces wait to be kept.
    fn read(&self, incoming: Incoming, received_at: Timestamp) -> Result<Reading, ReceiveError> {
        let work = self.work(&incoming.agency, received_at);
        let Incoming { mapping, file, bytes, .. } = incoming;
        let bytes = bytes.reader()?;
        let (sender, pieces) = mpsc::channel(2);
        let (store, agency, runtime) = (self.store.clone(), work.agency.clone(), Handle::current());
        let thread = task::spawn_blocking(move || match super::open(&mapping, &file, bytes) {
            Ok(records) => {
                let look_up = |piece: &[Read]| runtime.block_on(beside(&store, &agency, piece));
                work.through(records, &sender, look_up);
            }
            Err(unreadable) => drop(sender.blocking_send(Step::Unreadable(unreadable))),
        });
        Ok(Reading { pieces, thread: Some(thread) })
    }
}

/// The preamble and all records of a small submission, read.
fn read_all(incoming: &Incoming, work: &Work) -> Result<(Vec<u8>, Vec<Read>), ReceiveError> {
    let records = super::open(&incoming.mapping, &incoming.file, incoming.bytes.reader()?)?;
    let preamble = records.preamble().to_vec();
    Ok((preamble, records.map(|mapped| work.read(mapped)).collect()))
}

/// The reading thread as seen from the keeping side.
struct Reading {
    pieces: mpsc::Receiver<Step>,
    thread: Option<task::JoinHandle<()>>,
}

impl Reading {
    async fn opened(&mut self) -> Result<Vec<u8>, ReceiveError> {
        match self.pieces.recv().await {
            Some(Step::Opened(preamble)) => Ok(preamble),
            Some(Step::Unreadable(unreadable)) => Err(ReceiveError::Unreadable(unreadable)),
            Some(Step::Piece(_) | Step::Failed(_)) | None => Err(ReceiveError::Broken),
        }
    }

    /// The next piece; nothing at the end of the file. An end that is no end of the file is an error.
    async fn next(&mut self) -> Result<Option<Vec<NewRecord>>, ReceiveError> {
        match self.pieces.recv().await {
            Some(Step::Piece(piece)) => Ok(Some(piece)),
            Some(Step::Failed(error)) => Err(error.into()),
            Some(Step::Opened(_) | Step::Unreadable(_)) => Err(ReceiveError::Broken),
            None => match self.thread.take() {
                Some(thread) => thread.await.map(|()| None).map_err(|_| ReceiveError::Broken),
                None => Ok(None),
            },
        }
    }
}

impl From<Unreadable> for ReceiveError {
    fn from(unreadable: Unreadable) -> Self {
        Self::Unreadable(unreadable)
    }
}

impl From<io::Error> for ReceiveError {
    fn from(_: io::Error) -> Self {
        Self::Broken
    }
}

pub(super) fn tell(receipt: &Receipt, began: Instant) {
    events::SubmissionKept {
        submission: receipt.id,
        records: receipt.records,
        accepted: receipt.accepted,
        warned: receipt.warned,
        rejected: receipt.rejected,
        took: began.elapsed(),
    }
    .emit();
}

fn broken(submission: Uuid, records: u64, reason: &'static str, error: ReceiveError) -> ReceiveError {
    events::SubmissionBroken { submission, records, reason }.emit();
    error
}
