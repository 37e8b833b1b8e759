//! Says a plan in FHIR R4: CarePlan, Goal and what surrounds them, as resources of their own and as one transaction Bundle.
//!
//! The same plan and the same `Ids` give the same bytes. Nothing here decides whether a plan is good.

use uuid::Uuid;

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
}

/// One resource as we write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Resource type, such as `Goal`.
    pub kind: &'static str,
    /// Its id with us, and at a server that takes ids of ours.
    pub id: Uuid,
    /// Its business identifier (system, value), by which a server finds it again; a Provenance has none.
    pub identifier: Option<(&'static str, String)>,
    /// The resource, compact JSON.
    pub json: String,
}
