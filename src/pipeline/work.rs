//! What becomes of each record of a submission: read, looked at beside the others, judged, said, and made ready to be kept.
//!
//! Judging asks nobody: what the store knows of long texts and of versions of records is looked up for a whole piece and handed
//! in. What this submission said a moment ago and the store may not hold yet, it remembers itself.

use std::{
    collections::{BTreeSet, VecDeque},
    sync::Arc,
};

use jiff::Timestamp;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{Gate, Judged};
use crate::{
    fhir::Ids,
    mapping::{Mapped, Records, Unreadable},
    plan::Plan,
    rules::{
        Outcome,
        edition::Edition,
        sameness::{Key, Others, Wording},
    },
    store::{Beside, Destination, KeptFinding, NewPlan, NewRecord, Store, StoreError},
};

/// Records that are kept together while a submission is read; a submission of no more is one commit.
pub const PIECE: usize = 64;

/// Bytes of raw input after which a piece is full, however few records it holds.
const PIECE_BYTES: usize = 4 << 20;

/// Pieces that may not be kept yet when the next one is judged: two in the keeper's hands, and two that wait.
const NOT_KEPT_YET: usize = 4;

/// What the reading thread passes on.
pub(super) enum Step {
    /// The file could be opened; its preamble (the header line of a delimited file).
    Opened(Vec<u8>),
    /// The file cannot be read at all.
    Unreadable(Unreadable),
    /// The next records.
    Piece(Vec<NewRecord>),
    /// The store could not be asked.
    Failed(StoreError),
}

/// What is done with each record.
pub(super) struct Work {
    pub(super) gate: Gate,
    pub(super) agency: Arc<str>,
    pub(super) ids: Ids,
    pub(super) deliver_to: Vec<Destination>,
    pub(super) received_at: Timestamp,
    pub(super) key: Key,
    /// What came in the pieces before.
    pub(super) before: VecDeque<Vec<Heard>>,
}

/// A record that was read, and what of it is held against others.
pub(super) struct Read {
    mapped: Mapped,
    heard: Heard,
}

/// What of a record is held against others.
#[derive(Default)]
pub(super) struct Heard {
    person: Option<String>,
    plan_id: Option<String>,
    wordings: Vec<Wording>,
    edition: Option<Edition>,
}

impl Work {
    /// Takes all records of a submission through, piece by piece.
    pub(super) fn through(
        mut self,
        records: Records,
        sender: &mpsc::Sender<Step>,
        look_up: impl Fn(&[Read]) -> Result<Beside, StoreError>,
    ) {
        if sender.blocking_send(Step::Opened(records.preamble().to_vec())).is_err() {
            return;
        }
        let mut records = records.peekable();
        while records.peek().is_some() {
            let (mut piece, mut bytes) = (Vec::new(), 0);
            while piece.len() < PIECE
                && bytes < PIECE_BYTES
                && let Some(mapped) = records.next()
            {
                bytes += mapped.raw.len();
                piece.push(self.read(mapped));
            }
            let step = match look_up(&piece) {
                Ok(beside) => Step::Piece(self.records(piece, &beside)),
                Err(error) => Step::Failed(error),
            };
            let is_last = matches!(step, Step::Failed(_));
            // The keeping side has gone when its request was given up; there is no one to read for.
            if sender.blocking_send(step).is_err() || is_last {
                return;
            }
        }
    }

    /// Finds what of a record is to be held against others.
    pub(super) fn read(&self, mut mapped: Mapped) -> Read {
        let heard = mapped.read.as_mut().map(|read| Heard::of(&mut read.plan, &self.key)).unwrap_or_default();
        Read { mapped, heard }
    }

    /// Judges and says a piece, given what the store holds.
    pub(super) fn records(&mut self, piece: Vec<Read>, beside: &Beside) -> Vec<NewRecord> {
        self.before.push_back(Vec::new());
        if self.before.len() > NOT_KEPT_YET + 1 {
            self.before.pop_front();
        }
        // First all are judged, then all are said: the code of both together does not stay in the processor's cache.
        let mut all = Vec::with_capacity(piece.len());
        for read in piece {
            let (judged, heard) = self.judged(read, beside);
            let heard = if self.key_of(&judged).is_some() { heard } else { Heard::default() };
            self.before.back_mut().expect("the push above").push(heard);
            all.push(judged);
        }
        let heard = self.before.back().expect("the push above");
        all.into_iter().zip(heard).map(|(judged, heard)| self.record(judged, heard)).collect()
    }

    /// Judges a record among what the store holds and what came before.
    pub(super) fn judged(&self, read: Read, beside: &Beside) -> (Judged, Heard) {
        let Read { mapped, heard } = read;
        let others = self.others(&heard, beside);
        (self.gate.judge_among(mapped, &others), heard)
    }

    fn others(&self, heard: &Heard, beside: &Beside) -> Others {
        let mut others = Others::default();
        for wording in heard.wordings.iter().filter(|wording| !wording.attested) {
            let in_store = beside.wordings.iter().filter(|one| wording.is_like(&one.shingles));
            let says_so = |one: &&Heard| one.wordings.iter().any(|other| wording.is_found_in(other));
            let just_now = self.before.iter().flatten().filter(says_so);
            let mut people: BTreeSet<&str> = in_store.flat_map(|one| &one.people).map(String::as_str).collect();
            people.extend(just_now.filter_map(|one| one.person.as_deref()));
            people.retain(|one| Some(*one) != heard.person.as_deref());
            others.say(wording.part, people.len());
        }
        if let Some(edition) = &heard.edition {
            let just_now = self.before.iter().flatten().filter_map(|one| one.edition.as_ref());
            if beside.editions.iter().chain(just_now).any(|other| edition.contradicts(other)) {
                others.say_other_content();
            }
        }
        others
    }

    fn record(&self, judged: Judged, heard: &Heard) -> NewRecord {
        let outcome = judged.outcome();
        let findings = judged
            .verdict
            .findings
            .iter()
            .map(|finding| KeptFinding {
                rule: finding.rule.to_owned(),
                severity: finding.severity,
                pointer: finding.pointer.clone(),
                place: judged.place_of(finding),
                message: finding.message.clone(),
                diagnostics: finding.diagnostics.clone(),
            })
            .collect();
        NewRecord {
            submission: Uuid::nil(),
            ordinal: judged.ordinal,
            agency: self.agency.to_string(),
            outcome,
            findings,
            unread: judged.unread.iter().map(|unread| unread.path.clone()).collect(),
            plan: self.plan(&judged, outcome, heard),
            start: judged.start,
            raw: judged.raw,
            received_at: self.received_at,
        }
    }

    /// The agency's ids of plan and person, when the plan says whose and which it is and belongs to the sending agency.
    fn key_of(&self, judged: &Judged) -> Option<(String, String)> {
        let plan = judged.plan.as_ref()?;
        let key = named(plan.plan_id.as_deref()).zip(named(plan.person.local_id.as_deref()));
        key.filter(|_| plan.source.agency_id.as_deref() == Some(&*self.agency))
    }

    /// The plan to file.
    fn plan(&self, judged: &Judged, outcome: Outcome, heard: &Heard) -> Option<NewPlan> {
        let (plan, (plan_id, person_id)) = judged.plan.as_ref().zip(self.key_of(judged))?;
        let deliver_to = if outcome == Outcome::Rejected { Vec::new() } else { self.deliver_to.clone() };
        let json = serde_json::to_string(plan).expect("the plan model above holds nothing that JSON cannot say");
        let (resources, wordings) = (judged.resources(&self.ids), heard.wordings.clone());
        Some(NewPlan { plan_id, person_id, json, resources, deliver_to, wordings, edition: heard.edition })
    }
}

impl Heard {
    fn of(plan: &mut Plan, key: &Key) -> Self {
        let (person, plan_id) = (named(plan.person.local_id.as_deref()), named(plan.plan_id.as_deref()));
        if person.is_none() {
            return Self::default();
        }
        let wordings = key.wordings(plan).into_iter().chain(key.whole(plan)).collect();
        Self { person, plan_id, wordings, edition: Edition::of(plan) }
    }
}

/// Looks up what the store holds that a piece's records are held against: all long texts that nobody attested, and all versions
/// of records.
pub(super) async fn beside(store: &Store, agency: &str, piece: &[Read]) -> Result<Beside, StoreError> {
    let all = || piece.iter().map(|read| &read.heard);
    let wordings: Vec<_> = all().flat_map(|one| &one.wordings).filter(|wording| !wording.attested).collect();
    let editions: Vec<_> = all().filter_map(|one| one.plan_id.as_deref().zip(one.edition.as_ref())).collect();
    // On the heap: what waits for it is carried through every step of a request.
    Box::pin(store.beside(agency, &wordings, &editions)).await
}

fn named(id: Option<&str>) -> Option<String> {
    id.filter(|id| !id.trim().is_empty()).map(str::to_owned)
}
