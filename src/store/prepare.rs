//! Makes a record ready for its rows before it queues, so that the one writer only writes.

use std::sync::Arc;

use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    Destination, NewPlan, NewRecord,
    rows::{column, micros},
    wording::PreparedWording,
};
use crate::{fhir::Resource, rules::Outcome};

/// A record with its columns said.
pub(super) struct Prepared {
    pub(super) ordinal: i64,
    pub(super) agency: String,
    pub(super) received_at: i64,
    pub(super) outcome: Outcome,
    pub(super) start: String,
    pub(super) findings: String,
    pub(super) unread: String,
    pub(super) raw: Vec<u8>,
    pub(super) plan: Option<PreparedPlan>,
    /// The newest accepted version that the plan must have for this record to be kept, where that is asked; 0 is none.
    pub(super) expects: Option<i64>,
}

/// A plan with its fingerprint.
pub(super) struct PreparedPlan {
    pub(super) plan_id: String,
    pub(super) person_id: String,
    pub(super) json: String,
    pub(super) resources: Vec<PreparedResource>,
    pub(super) deliver_to: Vec<Destination>,
    pub(super) wordings: Vec<PreparedWording>,
    /// Version and content of its record, each hexadecimal.
    pub(super) edition: Option<(String, String)>,
    /// Equal for versions that say the same, were judged to be passed on or not alike, and became the same resources.
    pub(super) content: String,
}

/// The first 16 bytes of a SHA-256.
pub(super) type Digest16 = [u8; 16];

/// A resource with its digest.
pub(super) struct PreparedResource {
    pub(super) kind: &'static str,
    pub(super) id: Uuid,
    pub(super) digest: Digest16,
    pub(super) json: Arc<str>,
}

impl Prepared {
    pub(super) fn is_rejected(&self) -> bool {
        self.outcome == Outcome::Rejected
    }
}

pub(super) fn prepare(record: NewRecord) -> Prepared {
    let rejected = record.outcome == Outcome::Rejected;
    let plan = record.plan.map(|plan| prepare_plan(plan, &record.agency, rejected));
    Prepared {
        ordinal: column(record.ordinal),
        agency: record.agency,
        received_at: micros(record.received_at),
        outcome: record.outcome,
        start: json(&record.start),
        findings: json(&record.findings),
        unread: json(&record.unread),
        raw: record.raw,
        plan,
        expects: None,
    }
}

fn prepare_plan(plan: NewPlan, agency: &str, rejected: bool) -> PreparedPlan {
    let mut hash = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hash.update(bytes.len().to_le_bytes());
        hash.update(bytes);
    };
    part(&[u8::from(rejected)]);
    part(plan.person_id.as_bytes());
    part(plan.json.as_bytes());
    let resources: Vec<_> = plan.resources.into_iter().map(PreparedResource::of).collect();
    for resource in &resources {
        part(resource.id.as_bytes());
        part(&resource.digest);
    }
    PreparedPlan {
        plan_id: plan.plan_id,
        person_id: plan.person_id,
        json: plan.json,
        resources,
        deliver_to: plan.deliver_to,
        wordings: plan.wordings.iter().map(|wording| PreparedWording::of(agency, wording)).collect(),
        edition: plan.edition.map(|edition| (hex(&edition.version), hex(&edition.content))),
        content: hex(&hash.finalize()),
    }
}

impl PreparedResource {
    fn of(resource: Resource) -> Self {
        let whole: [u8; 32] = Sha256::digest(resource.json.as_bytes()).into();
        let digest = *whole.first_chunk().expect("32 bytes begin with 16");
        Self { kind: resource.kind, id: resource.id, digest, json: resource.json.into() }
    }
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(DIGITS[usize::from(byte >> 4)]);
        text.push(DIGITS[usize::from(byte & 15)]);
    }
    text
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value)
        .expect("the derives of these plain types above made sure that they can be said as JSON")
}
