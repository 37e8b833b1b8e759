//! What a rule is: a const of facts and a check. What a finding weighs stands in the policies (`profiles/policy/`), not here.

use super::{
    finding::{Finding, Severity},
    page::{Page, PageFault},
    policy::{Circumstance, Standing},
    reading::Reading,
};

/// One rule of the catalogue. Id and name are permanent; the name says the fault.
#[derive(Debug)]
pub struct Rule {
    /// Such as `GOAL-010`.
    pub id: &'static str,
    /// Such as `goal-not-in-own-words`.
    pub name: &'static str,
    /// Where in its life the rule is.
    pub stage: Stage,
    /// The least any policy may make of it; nothing means that it may be off.
    pub floor: Option<Severity>,
    /// The competency domain it belongs to.
    pub domain: Domain,
    /// FHIR R4 issue-type.
    pub code: &'static str,
    /// `FHIRPath` of the element a finding is about, by how the finding's pointer ends (`""` ends every pointer, `*` is any
    /// place in a list).
    pub elements: &'static [(&'static str, &'static str)],
    /// Whether an agency can answer it with a reason.
    pub overridable: bool,
    /// What asks for it: seed lines and numbered sources of the domain model, section 14.
    pub basis: &'static [&'static str],
    /// Its page, in Markdown (`page.rs`).
    pub page: &'static str,
    /// How it looks at a plan; nothing when the pipeline raises it before there is a plan.
    pub check: Option<Check>,
}

/// A rule's look at a plan.
pub type Check = fn(&Reading<'_>, &mut Found<'_>);

/// Where in its life a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// A note only, until its figures are known.
    Preview {
        /// The version it came with.
        since: &'static str,
    },
    /// In force.
    Stable {
        /// The version it came with.
        since: &'static str,
    },
}

/// The five competency domains of person-centered planning (NCAPPS, 2020).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Domain {
    /// Strengths-based, culturally informed, whole person.
    A,
    /// Connections inside the system and out.
    B,
    /// Rights, choice and control.
    C,
    /// Partnership, teamwork, communication and facilitation.
    D,
    /// Documentation, implementation and monitoring.
    E,
}

impl Rule {
    /// The letters before the number: `GOAL`, `STR`, `DATA`, `FILE`.
    pub fn area(&self) -> &'static str {
        self.id.split_once('-').map_or(self.id, |(area, _)| area)
    }

    /// `FHIRPath` of the element that a finding with this pointer is about, on a lone resource.
    pub fn element(&self, pointer: &str) -> Option<&'static str> {
        self.elements.iter().find(|(end, _)| is_end(end, pointer)).map(|(_, element)| *element)
    }

    /// The rule's page.
    pub fn page(&self) -> Result<Page, PageFault> {
        Page::parse(self.page)
    }
}

/// Whether a pointer ends so; `*` stands for any one step.
fn is_end(end: &str, pointer: &str) -> bool {
    let mut steps = pointer.rsplit('/');
    end.is_empty() || end[1..].rsplit('/').all(|step| steps.next().is_some_and(|there| step == "*" || step == there))
}

impl Domain {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::A => "strengths-based, culturally informed, whole person",
            Self::B => "connections inside the system and out",
            Self::C => "rights, choice and control",
            Self::D => "partnership, teamwork, communication and facilitation",
            Self::E => "documentation, implementation and monitoring",
        }
    }
}

/// Where a check puts what it found; it knows the rule and what the policy makes of it.
#[derive(Debug)]
pub struct Found<'a> {
    pub(super) rule: &'static Rule,
    pub(super) standing: Standing,
    pub(super) findings: &'a mut Vec<Finding>,
}

impl<'a> Found<'a> {
    /// Where a rule with this standing puts its findings.
    pub fn of(rule: &'static Rule, standing: Standing, findings: &'a mut Vec<Finding>) -> Self {
        Self { rule, standing, findings }
    }
    /// A finding as usual.
    pub(super) fn at(&mut self, pointer: String, message: impl Into<String>, diagnostics: String) {
        self.when(Circumstance::Usual, pointer, message, diagnostics);
    }

    /// A finding that may weigh otherwise in this circumstance.
    pub(super) fn when(
        &mut self,
        circumstance: Circumstance,
        pointer: String,
        message: impl Into<String>,
        diagnostics: String,
    ) {
        if let Some(severity) = self.standing.of(circumstance) {
            let (rule, mut message) = (self.rule.id, message.into());
            if let Some(day) = self.standing.rejects_from(circumstance) {
                message = format!("{message} This would be rejected from {day}.");
            }
            self.findings.push(Finding { rule, severity, pointer, message, diagnostics });
        }
    }
}
