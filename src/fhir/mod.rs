//! Says a plan in FHIR R4: `CarePlan`, Goal and what surrounds them, as resources of their own and as one transaction Bundle.
//!
//! The same plan and the same `Ids` give the same bytes. Nothing here decides whether a plan is good. Downward from the plan:
//! `from_plan` builds the structs of `resource` out of the types of `datatype`, and `json` writes them; `lexical` says which
//! values fit, `claim` which profiles are claimed, `label` which security labels ride along; `bundle` ties resources together
//! for a server. Upward to a plan: `to_plan` reads Bundles of ours and what others send.

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
pub mod outcome;
pub mod capability;
pub mod parameters;
pub mod wire;

use uuid::Uuid;

pub use bundle::transaction;
pub use from_plan::resources;
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

    /// Parts are joined with their lengths, so that no two keys read alike.
    fn named<'k>(&self, key: impl Iterator<Item = &'k str>, whole: &[u8]) -> Uuid {
        let mut joined = Vec::with_capacity(128);
        for part in key {
            push_number(&mut joined, part.len());
            joined.push(b':');
            joined.extend_from_slice(part.as_bytes());
        }
        joined.extend_from_slice(whole);
        Uuid::new_v5(&self.namespace, &joined)
    }
}

fn push_number(out: &mut Vec<u8>, number: usize) {
    if number >= 10 {
        push_number(out, number / 10);
    }
    out.push(b'0' + u8::try_from(number % 10).expect("the remainder above is below ten"));
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
