//! Says a plan in FHIR R4: `CarePlan`, Goal and what surrounds them, as resources of their own and as one transaction Bundle.
//!
//! The same plan and the same `Ids` give the same bytes. Nothing here decides whether a plan is good. Downward from the plan:
//! `from_plan` builds the structs of `resource` out of the types of `datatype`, and `json` writes them; `lexical` says which
//! values fit, `claim` which profiles are claimed, `label` which security labels ride along; `bundle` ties resources together
//! for a server. `search` says which of the resources that are kept a client asks for, `found` what it is answered, `bulk` what an
//! export says; `written` holds what a client sends against what comes of it; `merged`
//! says that ids are one person.
//! `check` holds resources, ours or a stranger's, against base R4. Upward to a plan: `to_plan` reads Bundles of ours
//! and what others send.

mod system;
mod lexical;
mod json;
mod datatype;
mod resource;
mod claim;
mod label;
mod from_plan;
pub mod to_plan;
mod bundle;
mod definitions;
pub mod search;
pub mod found;
pub mod written;
pub mod merged;
pub mod bulk;
pub mod notification;
pub mod outcome;
pub mod check;
pub mod capability;
pub mod parameters;
pub mod receiver;
mod markup;
pub mod wire;

use sha1::{Digest, Sha1};
use uuid::{Builder, Uuid};

pub use bundle::transaction;
pub use definitions::definition;
pub use from_plan::{Origin, Part, origins, resources};
pub use system::OWN_BASE;

/// Namespace from which every resource id and business identifier is derived (UUID v5).
///
/// A store has a secret one of its own, so that an id tells nothing; `Ids::public()` serves the command line and examples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ids {
    namespace: Uuid,
}

impl Ids {
    /// Ids in a namespace.
    pub const fn within(namespace: Uuid) -> Self {
        Self { namespace }
    }

    /// Ids that anyone can recompute: for the command line and the mapping examples.
    pub const fn public() -> Self {
        Self { namespace: Uuid::from_u128(0x6f77_6e77_6f72_6473_8000_7075_626c_6963) }
    }

    /// The namespace.
    pub const fn namespace(&self) -> Uuid {
        self.namespace
    }

    /// The id of a resource that stands by itself: `kind` is its FHIR type, `key` what makes it one within its agency.
    ///
    /// A `CarePlan`'s key is the plan's id alone, a Patient's the person's local id alone.
    pub fn of(&self, kind: &str, agency: &str, key: &[&str]) -> Uuid {
        self.named([kind, agency].into_iter().chain(key.iter().copied()), &[])
    }

    /// The id of a resource that is part of a whole: of a plan, or of a person's own circle.
    ///
    /// It begins as the whole's id does (48 bits), so that what is written and read together lies together in every index
    /// that holds these ids, ours and the receiver's; a UUID of version 8 says that the rest is ours too.
    pub fn part_of(&self, whole: Uuid, kind: &str, part: &[&str]) -> Uuid {
        let mut id = *self.named([kind].into_iter().chain(part.iter().copied()), whole.as_bytes()).as_bytes();
        id[..6].copy_from_slice(&whole.as_bytes()[..6]);
        Uuid::new_v8(id)
    }

    /// A UUID of version 5 over the parts, each with its length, so that no two keys read alike. Hashed with the processor's
    /// own instructions where it has them: a plan has some fifty of these.
    fn named<'k>(&self, key: impl Iterator<Item = &'k str>, whole: &[u8]) -> Uuid {
        let mut hash = Sha1::new();
        hash.update(self.namespace.as_bytes());
        for part in key {
            update_number(&mut hash, part.len());
            hash.update(b":");
            hash.update(part.as_bytes());
        }
        hash.update(whole);
        let hash: [u8; 20] = hash.finalize().into();
        Builder::from_sha1_bytes(*hash.first_chunk().expect("20 bytes begin with 16")).into_uuid()
    }
}

fn update_number(hash: &mut Sha1, number: usize) {
    if number >= 10 {
        update_number(hash, number / 10);
    }
    hash.update([b'0' + u8::try_from(number % 10).expect("the remainder above is below ten")]);
}

/// One resource as we write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Resource type, such as `Goal`.
    pub kind: &'static str,
    /// Its id with us, and at a server that takes ids of ours.
    pub id: Uuid,
    /// The resource, compact JSON.
    pub json: String,
}
