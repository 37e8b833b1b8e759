//! The one integration test binary; its files mirror the modules, and `tidy` keeps the house in order.

mod fake_fhir;
mod real_fhir;
mod service;
mod whole;

mod cli;
mod copy;
mod delivery;
mod fhir;
mod http;
mod mapping;
mod pipeline;
mod profile;
mod report;
mod rules;
mod schema;
mod source;
mod store;
mod sync;
mod tidy;
