//! Rows and columns as values: moments, states, places, findings, and the pack in which a plan version keeps its resources.

use std::{borrow::Cow, sync::Arc};

use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{
    Delivery, DeliveryState, PlanVersion, Receipt, RecordRow, Rung, StoreError, StoredResource, SubmissionState,
    driver::Columns,
};
use crate::rules::Outcome;

/// A moment as the columns hold it.
pub(super) fn micros(moment: Timestamp) -> i64 {
    moment.as_microsecond()
}

pub(super) fn moment(micros: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(micros).map_err(|_| damaged("a moment"))
}

pub(super) fn damaged(what: &str) -> StoreError {
    StoreError::Damaged { what: what.to_owned() }
}

/// A count or version; none is negative.
pub(super) fn count(number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|_| damaged("a count"))
}

pub(super) fn small(number: i64) -> Result<u32, StoreError> {
    u32::try_from(number).map_err(|_| damaged("a version"))
}

/// A number of the caller's as the columns hold it; beyond their range nothing is found, and the table takes nothing.
pub(super) fn column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn parsed<T: DeserializeOwned>(what: &str, json: &str) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(|_| damaged(what))
}

pub(super) fn outcome(name: &str) -> Result<Outcome, StoreError> {
    let all = [Outcome::Accepted, Outcome::AcceptedWithWarnings, Outcome::Rejected];
    all.into_iter().find(|outcome| outcome.as_str() == name).ok_or_else(|| damaged("outcome"))
}

pub(super) fn id(text: &str) -> Result<Uuid, StoreError> {
    Uuid::try_parse(text).map_err(|_| damaged("an id"))
}

/// One resource of a pack. Its content is shared, since versions of a plan mostly repeat it.
#[derive(Clone, Debug)]
pub(super) struct Packed {
    pub(super) kind: String,
    pub(super) id: Uuid,
    pub(super) version: u32,
    pub(super) updated_at: i64,
    pub(super) json: Arc<str>,
}

/// What the head of a pack says of a resource; their contents follow in the same order.
#[derive(Serialize, Deserialize)]
struct Line<'l> {
    #[serde(borrow)]
    kind: Cow<'l, str>,
    id: Uuid,
    version: u32,
    updated_at: i64,
    bytes: usize,
}

/// Packs resources: a line of JSON that says what there is, then their contents as they are, compressed (LZ4).
pub(super) fn pack(resources: &[Packed]) -> Vec<u8> {
    let lines: Vec<_> = resources.iter().map(Line::of).collect();
    let mut open = serde_json::to_vec(&lines).expect("the plain lines above can be said as JSON");
    open.push(b'\n');
    resources.iter().for_each(|one| open.extend_from_slice(one.json.as_bytes()));
    lz4_flex::compress_prepend_size(&open)
}

pub(super) fn unpack(pack: &[u8]) -> Result<Vec<Packed>, StoreError> {
    unpacked(pack).ok_or_else(|| damaged("plan_version.resources"))
}

fn unpacked(pack: &[u8]) -> Option<Vec<Packed>> {
    let open = String::from_utf8(lz4_flex::decompress_size_prepended(pack).ok()?).ok()?;
    let (head, mut contents) = open.split_once('\n')?;
    let lines: Vec<Line<'_>> = serde_json::from_str(head).ok()?;
    let mut all = Vec::with_capacity(lines.len());
    for line in lines {
        let (json, rest) = contents.split_at_checked(line.bytes)?;
        contents = rest;
        let (kind, json) = (line.kind.into_owned(), json.into());
        all.push(Packed { kind, id: line.id, version: line.version, updated_at: line.updated_at, json });
    }
    Some(all)
}

impl<'l> Line<'l> {
    fn of(one: &'l Packed) -> Self {
        let (kind, bytes) = (Cow::Borrowed(&*one.kind), one.json.len());
        Self { kind, id: one.id, version: one.version, updated_at: one.updated_at, bytes }
    }
}

impl Packed {
    pub(super) fn stored(self) -> Result<StoredResource, StoreError> {
        let updated_at = moment(self.updated_at)?;
        Ok(StoredResource {
            kind: self.kind,
            id: self.id,
            version: self.version,
            updated_at,
            json: self.json.to_string(),
        })
    }
}

/// `submission_id, agency, mapping, policy, file, sha256, received_at, state, records, accepted, warned, rejected`.
pub(super) fn receipt(row: &dyn Columns) -> Result<Receipt, StoreError> {
    let state = match row.text(7)?.as_str() {
        "receiving" => SubmissionState::Receiving,
        "complete" => SubmissionState::Complete,
        _ => return Err(damaged("submission.state")),
    };
    Ok(Receipt {
        id: id(&row.text(0)?)?,
        agency: row.text(1)?,
        mapping: row.text(2)?,
        policy: row.text(3)?,
        file: row.text(4)?,
        sha256: row.text(5)?,
        received_at: moment(row.int(6)?)?,
        state,
        records: count(row.maybe_int(8)?.unwrap_or(0))?,
        accepted: count(row.maybe_int(9)?.unwrap_or(0))?,
        warned: count(row.maybe_int(10)?.unwrap_or(0))?,
        rejected: count(row.maybe_int(11)?.unwrap_or(0))?,
    })
}

/// `ordinal, plan_id, version, newest, start, outcome, findings, unread`.
pub(super) fn record(row: &dyn Columns) -> Result<RecordRow, StoreError> {
    let version = row.maybe_int(2)?;
    Ok(RecordRow {
        ordinal: count(row.int(0)?)?,
        plan_id: row.maybe_text(1)?,
        plan_version: version.map(small).transpose()?,
        superseded: version
            .is_some_and(|version| row.maybe_int(3).ok().flatten().is_some_and(|newest| newest > version)),
        start: parsed("record.start", &row.text(4)?)?,
        outcome: outcome(&row.text(5)?)?,
        findings: parsed("record.findings", &row.text(6)?)?,
        unread: parsed("record.unread", &row.text(7)?)?,
    })
}

/// `agency, plan_id, version, outcome, json, findings, received_at`.
pub(super) fn plan_version(row: &dyn Columns) -> Result<PlanVersion, StoreError> {
    Ok(PlanVersion {
        agency: row.text(0)?,
        plan_id: row.text(1)?,
        version: small(row.int(2)?)?,
        outcome: outcome(&row.text(3)?)?,
        json: row.text(4)?,
        findings: parsed("record.findings", &row.text(5)?)?,
        received_at: moment(row.int(6)?)?,
    })
}

/// `delivery_key, connection, agency, plan_id, version, state, attempts, created_at, updated_at, not_before, status, reason,
/// peer_text, rung`.
pub(super) fn delivery(row: &dyn Columns) -> Result<Delivery, StoreError> {
    let tried = row.int(6)? > 0;
    Ok(Delivery {
        id: row.int(0)?,
        connection: row.text(1)?,
        agency: row.text(2)?,
        plan_id: row.text(3)?,
        plan_version: small(row.int(4)?)?,
        state: DeliveryState::named(&row.text(5)?).ok_or_else(|| damaged("delivery.state"))?,
        attempts: small(row.int(6)?)?,
        created_at: moment(row.int(7)?)?,
        updated_at: moment(row.int(8)?)?,
        not_before: moment(row.int(9)?)?,
        status: row
            .maybe_int(10)?
            .map(|status| u16::try_from(status).map_err(|_| damaged("delivery.status")))
            .transpose()?,
        reason: row.maybe_text(11)?,
        peer_text: row.maybe_text(12)?,
        rung: match row.maybe_text(13)? {
            Some(letter) => Some(Rung::named(&letter).ok_or_else(|| damaged("delivery.rung"))?),
            // The usual rung is not noted.
            None => Some(Rung::A).filter(|_| tried),
        },
    })
}
