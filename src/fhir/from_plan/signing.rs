//! Signatures (Contract): who signed the plan, and when. None is made up (D16): a day that the record gives is one.
//!
//! FHIR wants an instant. A day alone is said as noon, at the offset of the record's own time of export or else in UTC, with
//! the day as recorded beside it. Of a month or a year alone there is no signature; it stands among the answers.

use std::borrow::Cow;

use super::{Saying, Written};
use crate::{
    fhir::{
        claim,
        datatype::{Beside, Coding, Extension, Link, Reference, Value},
        lexical,
        resource::{self, ContractBody, Signature, Signer},
        system::{code, extension, profile, sid},
    },
    plan::{PlanStatus, date::PlanDate, people::DecisionSupportType},
};

/// The purpose of a signature that agrees, as ASTM E1762 codes it.
const CONSENT: &str = "1.2.840.10065.1.12.1.7";
const LENGTH_OF_DAY: usize = "2026-11-01".len();
const UTC: &str = "Z";

/// Writes the signatures; the `CarePlan` points to them.
pub(super) fn write(saying: &Saying<'_>, written: &mut Written) {
    let Some(agreement) = &saying.plan.agreement else { return };
    let both = [
        (agreement.person_signed_on.as_ref(), "PAT", Some(saying.patient)),
        (agreement.representative_signed_on.as_ref(), represents(saying), saying.people.representative),
    ];
    let signer: Vec<_> = both.into_iter().filter_map(|(day, kind, who)| signer(saying, day, kind, who?)).collect();
    if signer.is_empty() {
        return;
    }
    let link = saying.link("Contract", &["signatures"]);
    let is_withdrawn = saying.plan.status == Some(PlanStatus::EnteredInError);
    let body = ContractBody {
        status: if is_withdrawn { "entered-in-error" } else { "executed" },
        subject: vec![Reference::from(saying.patient)],
        title: "Signatures of the plan",
        signer,
    };
    let mut head = saying.head(link, sid::SIGNATURES, claim::chosen([(saying.eltss, profile::ELTSS_CONTRACT)]));
    let goals = saying.goals.iter().filter(|goal| written.goals.contains(goal));
    head.extension = goals.map(|goal| Extension::of(extension::PERTAINS_TO_GOAL, Value::Reference(*goal))).collect();
    written.supporting.push(link);
    written.record(resource::write(&head, &body));
}

/// Whether a date says enough to be a signature.
pub(super) fn is_signature(day: Option<&PlanDate>) -> bool {
    lexical::moment(day).is_some()
}

fn signer<'a>(saying: &Saying<'a>, day: Option<&'a PlanDate>, kind: &'static str, who: Link) -> Option<Signer<'a>> {
    let (when, beside_when) = when(saying, day)?;
    let who = Reference::from(who);
    let signature = Signature { kind: vec![Coding::of(code::SIGNATURE, CONSENT)], when, beside_when, who: who.clone() };
    Some(Signer { kind: Coding::of(code::SIGNER, kind), party: who, signature: vec![signature] })
}

fn when<'a>(saying: &Saying<'a>, day: Option<&'a PlanDate>) -> Option<(Cow<'a, str>, Beside<'a>)> {
    if let Some(instant) = lexical::instant(day) {
        return Some((Cow::Borrowed(instant), Beside::default()));
    }
    let day = lexical::moment(day)?;
    let exported = lexical::instant(saying.plan.source.exported_at.as_ref()).map(|at| &at[LENGTH_OF_DAY..]);
    let offset = exported.and_then(|time| time.rfind(['+', '-']).map(|at| &time[at..])).unwrap_or(UTC);
    Some((Cow::Owned(format!("{day}T12:00:00{offset}")), Beside::as_recorded(day)))
}

/// As what a representative signs, where the plan says who decides with the person or for them.
fn represents(saying: &Saying<'_>) -> &'static str {
    let support = saying.plan.person.decision_support.as_ref().and_then(|support| support.kind.as_ref());
    match support {
        Some(DecisionSupportType::GuardianLimited | DecisionSupportType::GuardianFull) => "GUARD",
        Some(DecisionSupportType::HealthCareProxyOrPoa) => "HPOWATT",
        _ => "RESPRSN",
    }
}
