//! Which version of which record a plan is, and what it says, as hashes: so that a record which changed under the same
//! version is known when it comes again.
//!
//! What a record says is the plan without where it came from, without the agency's answers to findings, and without what no
//! mapping reads. Only what the same mapping read, in the same version of it and of this program, is held against each other:
//! a corrected mapping makes another plan of the same record.

use std::mem::take;

use sha2::{Digest, Sha256};

use crate::plan::Plan;

/// The first half of a SHA-256.
pub type Hash = [u8; 16];

/// A version of a record, and what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edition {
    /// Which plan, record and version, and what read it.
    pub version: Hash,
    /// What it says.
    pub content: Hash,
}

impl Edition {
    /// The edition of a plan as it was read; nothing when the record names no plan or no version. The plan is taken apart for
    /// it and left as it was.
    pub fn of(plan: &mut Plan) -> Option<Self> {
        let version = version(plan)?;
        let aside = (take(&mut plan.source), take(&mut plan.overrides), take(&mut plan.unmapped));
        let json = serde_json::to_vec(plan).expect("the plan model above holds nothing that JSON cannot say");
        (plan.source, plan.overrides, plan.unmapped) = aside;
        Some(Self { version, content: half(Sha256::digest(json).into()) })
    }

    /// Whether both are the same version of the same record and say different things.
    pub fn contradicts(&self, other: &Self) -> bool {
        self.version == other.version && self.content != other.content
    }
}

fn version(plan: &Plan) -> Option<Hash> {
    let source = &plan.source;
    let (plan_id, version) = (given(plan.plan_id.as_deref())?, given(source.record_version.as_deref())?);
    let record = given(source.record_id.as_deref()).unwrap_or(plan_id);
    let [mapping, its_version] =
        [&source.mapping_id, &source.mapping_version].map(|id| id.as_deref().unwrap_or_default());
    let mut hash = Sha256::new();
    for part in [plan_id, record, version, mapping, its_version, env!("CARGO_PKG_VERSION")] {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    Some(half(hash.finalize().into()))
}

fn given(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.trim().is_empty())
}

fn half(whole: [u8; 32]) -> Hash {
    *whole.first_chunk().expect("32 bytes begin with 16")
}
