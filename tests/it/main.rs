//! The integration tests, one binary: they use the package as a program beside it would.

mod delivery;
mod fake_fhir;
mod store;
