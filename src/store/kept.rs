//! What is kept of a submission and its records, as values. No SQL here.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Destination;
use crate::{
    fhir::Resource,
    plan::Place,
    rules::{Outcome, Severity, edition::Edition, sameness::Wording},
};

/// Whose records a caller may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AgencyScope {
    /// Every agency's: the state authority, or the machine's own user.
    All,
    /// One agency's only.
    Only(String),
}

impl AgencyScope {
    /// Whether an agency's records are within.
    pub fn holds(&self, agency: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(one) => one == agency,
        }
    }
}

/// A submission about to be received.
#[derive(Clone, Debug)]
pub struct NewSubmission {
    /// The sending agency.
    pub agency: String,
    /// The mapping that reads it, and its version.
    pub mapping: String,
    /// That mapping's version.
    pub mapping_version: String,
    /// The policy that judges it.
    pub policy: String,
    /// SHA-256 of the bytes, in hexadecimal: the same bytes from the same agency are one submission.
    pub sha256: String,
    /// How many bytes.
    pub size: u64,
    /// Who sent it: the caller's configured name, or `local`.
    pub caller: String,
    /// The file's name as given, without folders.
    pub file: String,
    /// When it came.
    pub received_at: Timestamp,
}

/// What beginning a submission found.
#[derive(Clone, Debug)]
pub enum Begun {
    /// Bytes not seen before from this agency.
    New(Uuid),
    /// The same bytes broke off before their end: records up to this ordinal are kept.
    GoesOn {
        /// The submission.
        id: Uuid,
        /// Highest ordinal kept; all below are kept too.
        kept: u64,
    },
    /// The same bytes were received whole: rule FILE-004.
    AlreadyReceived(Receipt),
}

/// Where a submission stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubmissionState {
    /// Records are being kept.
    Receiving,
    /// Every record is kept.
    Complete,
}

impl SubmissionState {
    /// As the store and the API say it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Receiving => "receiving",
            Self::Complete => "complete",
        }
    }
}

/// A submission and its counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The submission.
    pub id: Uuid,
    /// Its agency.
    pub agency: String,
    /// The mapping that read it.
    pub mapping: String,
    /// The policy that judged it.
    pub policy: String,
    /// Name of the file.
    pub file: String,
    /// SHA-256 of the bytes.
    pub sha256: String,
    /// When it came.
    pub received_at: Timestamp,
    /// Where it stands.
    pub state: SubmissionState,
    /// Records read.
    pub records: u64,
    /// Of these, accepted.
    pub accepted: u64,
    /// Accepted with warnings.
    pub warned: u64,
    /// Sent back.
    pub rejected: u64,
}

/// One record to keep, with everything that belongs into its transaction.
#[derive(Clone, Debug)]
pub struct NewRecord {
    /// The submission it came with.
    pub submission: Uuid,
    /// Its number there, counted from 1.
    pub ordinal: u64,
    /// The agency.
    pub agency: String,
    /// Where it starts in the source.
    pub start: Place,
    /// Its bytes as received.
    pub raw: Vec<u8>,
    /// What judging came to.
    pub outcome: Outcome,
    /// The findings.
    pub findings: Vec<KeptFinding>,
    /// Paths of the source that no part of the mapping read.
    pub unread: Vec<String>,
    /// The plan, when the record could be read and names a plan and a person (else there is nothing to file it under).
    pub plan: Option<NewPlan>,
    /// When it was received.
    pub received_at: Timestamp,
}

/// The plan of a record to keep.
#[derive(Clone, Debug)]
pub struct NewPlan {
    /// The agency's plan id.
    pub plan_id: String,
    /// The agency's id of the person.
    pub person_id: String,
    /// The plan model as JSON.
    pub json: String,
    /// Its resources; empty when the plan was rejected.
    pub resources: Vec<Resource>,
    /// Where it goes; nowhere when no connection takes the agency's plans or the plan was rejected.
    pub deliver_to: Vec<Destination>,
    /// The long statements of its goals, and its text as a whole, as hashes.
    pub wordings: Vec<Wording>,
    /// Which version of its record it is, and what it says; none when the record names no version.
    pub edition: Option<Edition>,
}

/// A finding as kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFinding {
    /// Rule id.
    pub rule: String,
    /// Weight.
    pub severity: Severity,
    /// JSON pointer into the plan.
    pub pointer: String,
    /// Where in the source.
    pub place: Place,
    /// The message.
    pub message: String,
    /// Marker ids and counts.
    pub diagnostics: String,
}

/// A record as kept, without its raw bytes.
#[derive(Clone, Debug)]
pub struct RecordRow {
    /// Its number in the submission.
    pub ordinal: u64,
    /// The plan id, when it has one.
    pub plan_id: Option<String>,
    /// Which version of the plan it became, counted from 1.
    pub plan_version: Option<u32>,
    /// Whether a later version has taken its place.
    pub superseded: bool,
    /// Where it starts in the source.
    pub start: Place,
    /// What judging came to.
    pub outcome: Outcome,
    /// The findings, in the order they were found.
    pub findings: Vec<KeptFinding>,
    /// Paths that were not read.
    pub unread: Vec<String>,
}

/// One version of a plan, for reports and for reading back.
#[derive(Clone, Debug)]
pub struct PlanVersion {
    /// The agency.
    pub agency: String,
    /// The agency's plan id.
    pub plan_id: String,
    /// The version, counted from 1.
    pub version: u32,
    /// What judging came to.
    pub outcome: Outcome,
    /// The plan model as JSON.
    pub json: String,
    /// The findings.
    pub findings: Vec<KeptFinding>,
    /// When it was received.
    pub received_at: Timestamp,
}

/// A resource as kept, of the newest accepted version of its plan.
#[derive(Clone, Debug)]
pub struct StoredResource {
    /// Resource type.
    pub kind: String,
    /// Its id.
    pub id: Uuid,
    /// How often it changed, counted from 1.
    pub version: u32,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The resource, JSON.
    pub json: String,
}
