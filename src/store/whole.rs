//! Submissions that are received whole: entered closed, with their counts, in the transaction that keeps their records, so that
//! the answer needs no look at the store.

use std::collections::HashMap;

use uuid::Uuid;

use super::{
    NewRecord, NewSubmission, Receipt, RecordRow, StoreError, SubmissionState,
    decide::Filed,
    driver::{Aside, Columns, Tx, Value},
    keep::{Fresh, json},
    prepare::{Prepared, prepare},
    rows::{column, id, micros, small},
};
use crate::rules::Outcome;

/// What receiving a whole submission came to.
#[derive(Clone, Debug)]
pub struct Received {
    /// Its receipt.
    pub receipt: Receipt,
    /// Whether the same bytes had been received whole before: rule FILE-004. Then nothing was kept now.
    pub already: bool,
    /// Its records as kept, in order; none when the bytes had been received before, whole or in part.
    pub records: Vec<RecordRow>,
}

/// A whole submission.
pub(super) struct Whole {
    pub(super) id: Uuid,
    pub(super) new: NewSubmission,
    pub(super) preamble: Vec<u8>,
    pub(super) records: Vec<Prepared>,
}

impl Whole {
    /// The submission made ready for its rows, and its records as they are answered but for their versions.
    pub(super) fn of(new: NewSubmission, preamble: &[u8], records: Vec<NewRecord>) -> (Self, Vec<RecordRow>) {
        let rows = records.iter().map(row).collect();
        let records = records.into_iter().map(prepare).collect();
        (Self { id: Uuid::now_v7(), new, preamble: preamble.to_vec(), records }, rows)
    }

    /// Asks that the plans of its records stand where they stood.
    pub(super) fn expect(&mut self, accepted: Option<u32>) {
        self.records.iter_mut().for_each(|record| record.expects = Some(accepted.map_or(0, i64::from)));
    }

    fn count(&self, outcome: Outcome) -> u64 {
        self.records.iter().filter(|record| record.outcome == outcome).count() as u64
    }

    /// Its receipt once all its records are kept.
    pub(super) fn receipt(&self) -> Receipt {
        let new = self.new.clone();
        Receipt {
            id: self.id,
            agency: new.agency,
            mapping: new.mapping,
            policy: new.policy,
            file: new.file,
            sha256: new.sha256,
            received_at: new.received_at,
            state: SubmissionState::Complete,
            records: self.records.len() as u64,
            accepted: self.count(Outcome::Accepted),
            warned: self.count(Outcome::AcceptedWithWarnings),
            rejected: self.count(Outcome::Rejected),
        }
    }
}

/// Submissions as lines that enter them as received whole, and the bytes that go with these.
pub(super) fn entry(all: &[&Whole]) -> (String, Aside) {
    let mut aside = Aside::default();
    let lines: Vec<String> = all.iter().map(|whole| line(whole, &mut aside)).collect();
    (format!("[{}]", lines.join(",")), aside)
}

/// Enters submissions as received whole; those whose bytes are there already are left out of the answer.
pub(super) async fn enter(tx: &mut Tx, all: &[&Whole]) -> Result<Fresh, StoreError> {
    if all.is_empty() {
        return Ok(Fresh::new());
    }
    let (lines, aside) = entry(all);
    let read = |row: &dyn Columns| Ok((id(&row.text(0)?)?, row.int(1)?));
    let made = tx.rows(tx.dialect().receive, &[Value::Text(&lines), aside.value()], read).await?;
    let agencies: HashMap<Uuid, &str> = all.iter().map(|whole| (whole.id, &*whole.new.agency)).collect();
    let keyed = |(id, key)| agencies.get(&id).map(|agency| (id, (key, (*agency).to_owned())));
    Ok(made.into_iter().filter_map(keyed).collect())
}

fn line(whole: &Whole, aside: &mut Aside) -> String {
    let (new, receipt) = (&whole.new, whole.receipt());
    let preamble = (!whole.preamble.is_empty()).then(|| aside.add(&whole.preamble)).unzip();
    let names = (whole.id, &new.agency, &new.mapping, &new.mapping_version, &new.policy, &new.sha256);
    let came = (column(new.size), &new.caller, &new.file, micros(new.received_at));
    let counts = (receipt.records, receipt.accepted, receipt.warned, receipt.rejected);
    // One flat list: the three groups differ only in what they are about.
    let groups = [json(&names), json(&came), json(&counts), json(&preamble)];
    let inner: Vec<&str> = groups.iter().map(|group| &group[1..group.len() - 1]).collect();
    format!("[{}]", inner.join(","))
}

/// Fills in what keeping the records decided.
pub(super) fn fill(rows: &mut [RecordRow], submission_key: i64, filed: &Filed) -> Result<(), StoreError> {
    for row in rows {
        if let Some((version, superseded)) = filed.get(&(submission_key, column(row.ordinal))) {
            row.plan_version = Some(small(*version)?);
            row.superseded = *superseded;
        }
    }
    Ok(())
}

fn row(record: &NewRecord) -> RecordRow {
    RecordRow {
        ordinal: record.ordinal,
        plan_id: record.plan.as_ref().map(|plan| plan.plan_id.clone()),
        plan_version: None,
        superseded: false,
        start: record.start.clone(),
        outcome: record.outcome,
        findings: record.findings.clone(),
        unread: record.unread.clone(),
    }
}
