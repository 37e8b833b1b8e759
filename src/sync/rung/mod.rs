//! The rungs below the structured one: how a plan reaches an EHR that takes no care plans, and when a rung gives way.
//!
//! `document` (B), `answers` (C) and `notice` (D) say what is sent, purely; `single` brings one such resource there once.
//! `folder` (E) lays files down. Rung A is `push`. `way` takes an attempt to its rung. Which rung is taken stands in
//! `connect/ladder`; that a server turned one away, with its answer and day, is in the store, so that every process sees it.

pub(super) mod answers;
pub(super) mod document;
pub(super) mod folder;
pub(super) mod notice;
pub(super) mod single;
pub(super) mod way;

use serde_json::Value;
use uuid::Uuid;

use super::{
    bundle::{PLAN_VERSION, Part},
    delivery::Happened,
};
use crate::{
    copy::{Copy, Language, NoPdf},
    events::CopyWithoutPdf,
    fhir::receiver::Receiver,
    plan::Plan,
    store::{
        Carried, Claimed,
        DeliveryState::{self, Blocked, Ready},
        Rung,
    },
    sync::breaker::Health,
};

/// Media type of the copy in large print.
pub(super) const PDF: &str = "application/pdf";

/// What keeps a plan from its place and lies with nobody's server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hitch {
    /// The server does not know the person by an id of ours.
    PersonUnknown,
    /// More than one record there has the person's id.
    PersonTwice,
    /// What was sent before cannot be marked as entered in error there.
    NotRetracted,
    /// A file of that name with another content is there.
    FileTaken,
    /// The folder cannot be written to.
    NoFolder,
}

impl Hitch {
    /// The state it leads to, what it tells of the peer, and the reason.
    #[rustfmt::skip]
    pub(super) fn row(self) -> (DeliveryState, Health, &'static str) {
        match self {
            Self::PersonUnknown => (Blocked, Health::Good, "the server does not know the person by the agency's id; set person_system or have the id added there, then repeat the delivery"),
            Self::PersonTwice => (Blocked, Health::Good, "more than one record at the server has the person's id; have them merged there, then repeat the delivery"),
            Self::NotRetracted => (Blocked, Health::Good, "the server does not let us mark the document as entered in error; have it done there"),
            Self::FileTaken => (Blocked, Health::Good, "another file of that name is in the outbound folder; find out who put it there, then repeat the delivery"),
            Self::NoFolder => (Ready, Health::Bad("outbound folder"), "the outbound folder is missing and cannot be made, or cannot be written to; it is tried again"),
        }
    }
}

/// What one delivery brings on a rung below the structured one.
pub(super) struct Load {
    /// The plan.
    pub plan: Plan,
    /// Our id of the plan's `CarePlan`, the same for all its versions.
    pub plan_ref: Uuid,
    /// Our id of this version.
    pub version_ref: Uuid,
    /// The version's number with us.
    pub version: u32,
    /// Our Patient.
    pub person: Option<Part>,
    /// Labels of the plan.
    pub labels: Value,
    /// The agency.
    pub agency: String,
    /// The agency's id of the person.
    pub person_id: String,
    /// When this version was received, as an instant.
    pub at: String,
}

impl Load {
    /// Opens what was claimed; none when it is not whole.
    pub(super) fn of(claimed: &Claimed, carried: &Carried, receiver: &Receiver) -> Option<Self> {
        let parts = Part::each(claimed.resources.iter(), receiver).collect::<Option<Vec<_>>>()?;
        let care_plan = parts.iter().find(|part| part.kind() == "CarePlan" && part.version.is_some())?;
        let tree: Value = serde_json::from_str(&care_plan.resource.json).ok()?;
        let version = Uuid::parse_str(care_plan.version.as_ref()?.trim_start_matches("urn:uuid:")).ok()?;
        Some(Self {
            plan: serde_json::from_str(&carried.plan).ok()?,
            plan_ref: care_plan.id(),
            version_ref: Uuid::new_v5(&version, PLAN_VERSION.as_bytes()),
            version: claimed.plan_version,
            labels: tree["meta"]["security"].clone(),
            person: parts.into_iter().find(|part| part.kind() == "Patient"),
            agency: claimed.agency.clone(),
            person_id: claimed.person_id.clone(),
            at: carried.received_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        })
    }

    /// The line by which this version is found again where identifiers get lost.
    pub(super) fn marker(&self) -> String {
        format!("ownwords plan {} v{}", self.plan_ref, self.version)
    }

    /// The person's readable copy, with the marker first.
    pub(super) fn copy(&self) -> Copy {
        Copy::of(&self.plan, Language::of(&self.plan), Some(&self.marker()))
    }

    /// The copy in large print. Where it cannot be made, the log says so, and the text goes alone.
    pub(super) fn pdf(&self) -> Result<Vec<u8>, NoPdf> {
        self.copy().pdf().inspect_err(|no_pdf| {
            let characters = if let NoPdf::Characters(missing) = no_pdf { *missing } else { 0 };
            CopyWithoutPdf { plan: self.plan_ref, version: self.version, characters }.emit();
        })
    }
}

/// The status by which an answer shows that the rung itself is not to be had, so that the next one is taken. Nothing was
/// written then.
pub(super) fn gives_way(rung: Rung, happened: &Happened) -> Option<u16> {
    let Happened::Refused { status, text, challenge, .. } = happened else { return None };
    let says_so = match status {
        405 | 501 => true,
        // A type that the server does not have; a transaction is answered so when something else is missing.
        404 => rung != Rung::A || is_unsupported(text),
        403 => lacks_scope(text) || challenge.as_deref().is_some_and(lacks_scope),
        400 | 422 => is_unsupported(text),
        _ => false,
    };
    says_so.then_some(*status)
}

fn is_unsupported(text: &str) -> bool {
    let tree: Value = serde_json::from_str(text).unwrap_or_default();
    let issues = tree["issue"].as_array().or_else(|| tree["outcome"]["issue"].as_array());
    issues.is_some_and(|issues| issues.iter().any(|issue| issue["code"] == "not-supported"))
}

fn lacks_scope(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["insufficient_scope", "insufficient scope"].iter().any(|sign| text.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::{Happened, Rung, gives_way};

    #[test]
    fn a_rung_gives_way_to_what_shows_that_it_is_not_there_and_to_nothing_else() {
        let unsupported =
            r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"not-supported"}]}"#;
        let rows: &[(u16, &str, bool, bool)] = &[
            (405, "", true, true),
            (501, "", true, true),
            (404, "", false, true),
            (404, unsupported, true, true),
            (403, "", false, false),
            (403, "Bearer error=\"insufficient_scope\"", true, true),
            (422, "", false, false),
            (422, unsupported, true, true),
            (400, unsupported, true, true),
            (400, "<html>", false, false),
            (409, unsupported, false, false),
            (500, unsupported, false, false),
            (503, "", false, false),
        ];
        for (status, text, structured, document) in rows {
            let refused = Happened::refused(*status, (*text).to_owned());
            assert_eq!(gives_way(Rung::A, &refused).is_some(), *structured, "A {status} {text}");
            assert_eq!(gives_way(Rung::B, &refused).is_some(), *document, "B {status} {text}");
        }
        let asked = |challenge: &str| Happened::Refused {
            status: 403,
            wait: None,
            challenge: Some(challenge.to_owned()),
            text: String::new(),
        };
        assert_eq!(gives_way(Rung::A, &asked("Bearer error=\"insufficient_scope\"")), Some(403));
        assert_eq!(gives_way(Rung::A, &asked("Bearer")), None);
        assert_eq!(gives_way(Rung::A, &Happened::Lost), None);
    }
}
