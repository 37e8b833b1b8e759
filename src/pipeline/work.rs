//! What becomes of each record of a submission: read, looked at beside the others, judged, said, and made ready to be kept.
//!
//! It asks nobody: what the store knows of long statements is handed in. What this submission said a moment ago and the store
//! may not hold yet, it remembers itself.

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
    rules::{
        Outcome,
        sameness::{Key, Others, Wording},
    },
    store::{KeptFinding, KeptWording, NewPlan, NewRecord, StoreError},
};

/// Records that are kept together while a submission is read; a submission of no more is one commit.
const PIECE: usize = 64;

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
    pub(super) deliver_to: Option<String>,
    pub(super) received_at: Timestamp,
    pub(super) key: Key,
    /// Who said what in the pieces before.
    pub(super) said: VecDeque<Vec<Said>>,
}

/// A record that was read, and the long statements of its plan.
pub(super) struct Read {
    mapped: Mapped,
    person: Option<String>,
    wordings: Vec<Wording>,
}

/// The long statements of a person's plan.
pub(super) struct Said {
    person: String,
    wordings: Vec<Wording>,
}

impl Work {
    /// Takes all records of a submission through, piece by piece.
    pub(super) fn through(
        mut self,
        records: Records,
        sender: &mpsc::Sender<Step>,
        look_up: impl Fn(&[&Wording]) -> Result<Vec<KeptWording>, StoreError>,
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
            let step = match look_up(&asked_about(&piece)) {
                Ok(kept) => Step::Piece(self.records(piece, &kept)),
                Err(error) => Step::Failed(error),
            };
            let is_last = matches!(step, Step::Failed(_));
            // The keeping side has gone when its request was given up; there is no one to read for.
            if sender.blocking_send(step).is_err() || is_last {
                return;
            }
        }
    }

    /// Finds the long statements of a record's plan.
    pub(super) fn read(&self, mapped: Mapped) -> Read {
        let plan = mapped.read.as_ref().ok().map(|read| &read.plan);
        let person = plan.and_then(|plan| named(plan.person.local_id.as_deref()));
        let wordings = plan.filter(|_| person.is_some()).map(|plan| self.key.wordings(plan)).unwrap_or_default();
        Read { mapped, person, wordings }
    }

    /// Judges and says a piece, given the statements that the store holds and that may be like these.
    pub(super) fn records(&mut self, piece: Vec<Read>, kept: &[KeptWording]) -> Vec<NewRecord> {
        self.said.push_back(Vec::new());
        if self.said.len() > NOT_KEPT_YET + 1 {
            self.said.pop_front();
        }
        let mut records = Vec::with_capacity(piece.len());
        for Read { mapped, person, wordings } in piece {
            let others = self.others(person.as_deref(), &wordings, kept);
            let record = self.record(self.gate.judge_among(mapped, &others), &wordings);
            if let Some(person) = person.filter(|_| record.plan.is_some() && !wordings.is_empty()) {
                self.said.back_mut().expect("the push above").push(Said { person, wordings });
            }
            records.push(record);
        }
        records
    }

    /// How many other people have the same statements.
    fn others(&self, person: Option<&str>, wordings: &[Wording], kept: &[KeptWording]) -> Others {
        let mut others = Others::default();
        for wording in wordings.iter().filter(|wording| !wording.attested) {
            let in_store = kept.iter().filter(|one| one.shingles.is_like(&wording.shingles));
            let is_like = |said: &&Said| said.wordings.iter().any(|one| one.shingles.is_like(&wording.shingles));
            let just_now = self.said.iter().flatten().filter(is_like);
            let mut people: BTreeSet<&str> = in_store.flat_map(|one| &one.people).map(String::as_str).collect();
            people.extend(just_now.map(|said| said.person.as_str()));
            people.retain(|one| Some(*one) != person);
            others.say(wording.goal, people.len());
        }
        others
    }

    fn record(&self, judged: Judged, wordings: &[Wording]) -> NewRecord {
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
            plan: self.plan(&judged, outcome, wordings),
            start: judged.start,
            raw: judged.raw,
            received_at: self.received_at,
        }
    }

    /// The plan to file, when it says whose and which it is and belongs to the sending agency.
    fn plan(&self, judged: &Judged, outcome: Outcome, wordings: &[Wording]) -> Option<NewPlan> {
        let plan = judged.plan.as_ref()?;
        let (plan_id, person_id) = (named(plan.plan_id.as_deref())?, named(plan.person.local_id.as_deref())?);
        if plan.source.agency_id.as_deref() != Some(&*self.agency) {
            return None;
        }
        let deliver_to = self.deliver_to.clone().filter(|_| outcome != Outcome::Rejected);
        let json = serde_json::to_string(plan).expect("the plan model above holds nothing that JSON cannot say");
        let (resources, wordings) = (judged.resources(&self.ids), wordings.to_vec());
        Some(NewPlan { plan_id, person_id, json, resources, deliver_to, wordings })
    }
}

/// The statements to look up: the long ones that nobody attested.
pub(super) fn asked_about(piece: &[Read]) -> Vec<&Wording> {
    piece.iter().flat_map(|read| &read.wordings).filter(|wording| !wording.attested).collect()
}

fn named(id: Option<&str>) -> Option<String> {
    id.filter(|id| !id.trim().is_empty()).map(str::to_owned)
}
