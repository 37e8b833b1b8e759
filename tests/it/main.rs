//! One integration binary; each module mirrors one of the crate's.

mod fhir;
