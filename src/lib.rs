//! Brings person-centered recovery plans out of agency EHRs into FHIR R4, judges whether they hold the person's own words
//! and strengths, keeps them, delivers them and counts them. Modules stand in reading order; each names only those below it.

pub mod words;
pub mod clock;
pub mod events;
pub mod config;
pub mod plan;
pub mod copy;
pub mod rules;
pub mod source;
pub mod mapping;
pub mod fhir;
pub mod profile;
pub mod store;
pub mod pipeline;
pub mod sync;
pub mod report;
pub mod http;
pub mod cli;
