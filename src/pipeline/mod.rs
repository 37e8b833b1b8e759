//! The one path of a record: read → map → judge → say. Pure: no store, no network, no clock but the one it is given.
//!
//! `keep` commits what comes out, `written` what was written through an API, `examples` runs the mappings' own examples
//! through it. HTTP, command line and whatever else brings records in use nothing but this.

pub mod bytes;
pub mod examples;
pub mod fingerprint;
pub mod keep;
pub mod period;
mod work;
pub mod written;

pub use work::PIECE;

use std::{io::BufRead, sync::Arc};

use crate::{
    clock::Clock,
    fhir::{
        self, Ids, Resource,
        outcome::{self, Issue},
    },
    mapping::{Mapped, Mapping, Records, Unread, Unreadable},
    plan::{Place, Places, Plan},
    rules::{self, Finding, Gates, Outcome, Policy, Severity, Verdict, catalogue, sameness::Others},
};

/// Begins to read a file by a mapping: by what it selects, or as FHIR.
pub fn open(mapping: &Arc<Mapping>, file: &str, input: Box<dyn BufRead + Send>) -> Result<Records, Unreadable> {
    if mapping.is_fhir() { fhir::to_plan::open(mapping, file, input) } else { mapping.open(file, input) }
}

/// What every record is judged by.
#[derive(Clone)]
pub struct Gate {
    /// Which rule weighs what.
    pub policy: Arc<Policy>,
    /// What day it is.
    pub clock: Clock,
    /// The agency that sends, when it is known; a record that names another one is sent back (FILE-002).
    pub agency: Option<Arc<str>>,
}

/// One record, read or not, with its verdict.
#[derive(Debug)]
pub struct Judged {
    /// The record's number in its source, counted from 1.
    pub ordinal: u64,
    /// Where it starts.
    pub start: Place,
    /// Its bytes as received.
    pub raw: Vec<u8>,
    /// The plan, when the record could be read.
    pub plan: Option<Plan>,
    /// Where each value stood.
    pub places: Places,
    /// What the mapping did not read.
    pub unread: Vec<Unread>,
    /// The findings.
    pub verdict: Verdict,
    /// Whether it holds the person's own words and strengths, whatever the policy says.
    pub gates: Gates,
}

impl Gate {
    /// Judges a record by itself. A poor plan and an unreadable record are verdicts, never errors.
    pub fn judge(&self, mapped: Mapped) -> Judged {
        self.judge_among(mapped, &Others::default())
    }

    /// Judges a record knowing how many other people have the same goals.
    pub fn judge_among(&self, mapped: Mapped, others: &Others) -> Judged {
        let Mapped { ordinal, start, raw, read } = mapped;
        match read {
            Ok(read) => {
                let mut plan = read.plan;
                let elsewhere = self.settle_agency(&mut plan);
                let mut verdict = rules::judge_among(&plan, &self.policy, self.clock.today(), others);
                verdict.findings.splice(0..0, elsewhere);
                let gates = rules::passed(&plan, &verdict);
                Judged {
                    ordinal,
                    start,
                    raw,
                    plan: Some(plan),
                    places: read.places,
                    unread: read.unread,
                    verdict,
                    gates,
                }
            }
            Err(unreadable) => Judged {
                ordinal,
                places: Places::starting_at(unreadable.place.clone()),
                start,
                raw,
                plan: None,
                unread: Vec::new(),
                verdict: Verdict { findings: vec![self.not_read(unreadable)] },
                gates: Gates::default(),
            },
        }
    }

    /// Files the plan under the sending agency and its own key, unless the record names another agency.
    fn settle_agency(&self, plan: &mut Plan) -> Option<Finding> {
        let sender = self.agency.as_deref()?;
        let plan_id = plan.plan_id.clone();
        let source = &mut plan.source;
        if source.record_id.is_none() {
            source.record_id = plan_id;
        }
        match source.agency_id.as_deref() {
            None | Some("") => source.agency_id = Some(sender.to_owned()),
            Some(named) if named == sender => {}
            Some(_) => return self.of_another_agency(),
        }
        None
    }

    fn of_another_agency(&self) -> Option<Finding> {
        Some(Finding {
            rule: "FILE-002",
            severity: self.policy.severity("FILE-002")?,
            pointer: "/source/agency_id".to_owned(),
            message: "This record names another agency than the one that sends it. Please check the agency id in the \
                      record, or send it as that agency."
                .to_owned(),
            diagnostics: String::new(),
        })
    }

    fn not_read(&self, unreadable: Unreadable) -> Finding {
        Finding {
            rule: unreadable.rule,
            severity: self.policy.severity(unreadable.rule).unwrap_or(Severity::Error),
            pointer: String::new(),
            message: unreadable.message,
            diagnostics: String::new(),
        }
    }
}

impl Judged {
    /// Accepted, accepted with warnings, or rejected. A record that could not be read is rejected; a note (FILE-006) is none
    /// of a plan's verdicts and passes as what its finding weighs, without a plan.
    pub fn outcome(&self) -> Outcome {
        let says_why = self.plan.is_some() || !self.verdict.findings.is_empty();
        if says_why { self.verdict.outcome() } else { Outcome::Rejected }
    }

    /// The plan in FHIR; nothing for a plan that was sent back or a record that could not be read.
    pub fn resources(&self, ids: &Ids) -> Vec<Resource> {
        match &self.plan {
            Some(plan) if self.outcome() != Outcome::Rejected => fhir::resources(plan, ids, self.gates),
            _ => Vec::new(),
        }
    }

    /// The agency's plan id, when the record has one.
    pub fn plan_id(&self) -> Option<&str> {
        self.plan.as_ref()?.plan_id.as_deref()
    }

    /// The findings as a FHIR OperationOutcome.
    pub fn operation_outcome(&self) -> serde_json::Value {
        let findings = &self.verdict.findings;
        let places: Vec<Place> = findings.iter().map(|finding| self.place_of(finding)).collect();
        outcome::operation_outcome(findings.iter().zip(&places).map(|(finding, place)| {
            let rule = catalogue::rule(finding.rule);
            Issue {
                severity: finding.severity,
                rule: Some(finding.rule),
                code: rule.map_or("processing", |rule| rule.code),
                message: &finding.message,
                diagnostics: &finding.diagnostics,
                expression: rule.and_then(|rule| rule.element(&finding.pointer)),
                pointer: Some(&finding.pointer),
                place: Some(place),
            }
        }))
    }

    /// The spot in the source that a finding speaks of.
    pub fn place_of(&self, finding: &Finding) -> Place {
        if finding.pointer.is_empty() { self.places.start().clone() } else { self.places.of(&finding.pointer) }
    }
}
