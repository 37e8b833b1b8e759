//! The one integration test binary; its files mirror the modules.

mod delivery;
mod fake_fhir;
mod fhir;
mod store;
