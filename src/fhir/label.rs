//! Security labels: who vouches for words (fhir.md, 4.1) and what 42 CFR Part 2 asks for (fhir.md, 8).
//!
//! Sensitivity codes are never sent from here, since the code itself reveals.

use super::{
    datatype::{Coding, Extension, Value},
    system::{code, extension},
};
use crate::plan::goal::{CaptureMethod, ExpressedBy};

/// Labels of one resource.
pub(super) fn security<'a>(vouched: Option<&'static str>, part2: bool) -> Vec<Coding<'a>> {
    let mut labels = Vec::new();
    labels.extend(vouched.map(|value| Coding::of(code::OBSERVATION_VALUE, value)));
    if part2 {
        let law = Value::Coding(Coding::of(code::ACT, "42CFRPart2"));
        let restricted = Coding::of(code::CONFIDENTIALITY, "R");
        labels.push(Coding { extension: vec![Extension::of(extension::LABEL_BASIS, law)], ..restricted });
        labels.push(Coding::of(code::ACT, "NORDSCLCD"));
    }
    labels
}

/// Whether words are asserted or reported, and by whom.
pub(super) fn vouched(speaker: Option<&ExpressedBy>, capture: Option<&CaptureMethod>) -> Option<&'static str> {
    let wrote = wrote(capture);
    Some(match speaker? {
        ExpressedBy::Person if wrote => "PATAST",
        ExpressedBy::Person | ExpressedBy::PersonWithSupport => "PATRPT",
        ExpressedBy::Guardian if wrote => "SDMAST",
        ExpressedBy::Guardian => "SDMRPT",
        ExpressedBy::Family if wrote => "PACQAST",
        ExpressedBy::Family => "PACQRPT",
        ExpressedBy::Staff | ExpressedBy::CourtOrAgency if wrote => "CLINAST",
        ExpressedBy::Staff | ExpressedBy::CourtOrAgency => "CLINRPT",
        ExpressedBy::Unknown | ExpressedBy::Other(_) => return None,
    })
}

/// Whether whoever spoke put the words down in person.
pub(super) fn wrote(capture: Option<&CaptureMethod>) -> bool {
    matches!(capture, Some(CaptureMethod::WrittenByPerson | CaptureMethod::TypedByPerson | CaptureMethod::AacDevice))
}
