//! What each rule weighs: the severities of one policy, looked up by the rule's place in the catalogue.
//!
//! Reading the policy files is `profile`'s; agencies' raises and dates from which a rule is enforced will join here.

use super::{
    catalogue::{self, RULES},
    finding::Severity,
    rule::Rule,
};
use crate::plan::{Plan, PlanType, ProgramType};

/// A circumstance under which a finding may weigh otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Circumstance {
    /// None in particular.
    Usual,
    /// Another goal (or strength) of the plan stands, or a reason why there is none.
    AnotherStands,
    /// The next conversation is 60 days past.
    Overdue60Days,
    /// What is found is a suggestion, and no more under any policy.
    Suggestion,
    /// Staff spoke for the person.
    StaffSpoke,
}

/// What one rule weighs, by circumstance; nothing means off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weights([Option<Severity>; Circumstance::ALL.len()]);

/// For which plans errors of some areas weigh less.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlay {
    /// Plans of this type, if given.
    pub plan_type: Option<PlanType>,
    /// Plans of such a program, if given.
    pub program_type: Option<ProgramType>,
    /// Areas of rules, such as `GOAL`.
    pub areas: Vec<String>,
    /// What an error of these areas becomes.
    pub error_becomes: Severity,
}

/// The severities in force for a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    name: String,
    weights: Vec<Weights>,
    overlays: Vec<Overlay>,
}

impl Circumstance {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Usual, Self::AnotherStands, Self::Overdue60Days, Self::Suggestion, Self::StaffSpoke];

    /// As the policy files say it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Usual => "usual",
            Self::AnotherStands => "another-stands",
            Self::Overdue60Days => "overdue-60-days",
            Self::Suggestion => "suggestion",
            Self::StaffSpoke => "staff-spoke",
        }
    }
}

impl Weights {
    /// The same in every circumstance.
    pub const fn always(severity: Option<Severity>) -> Self {
        Self([severity; Circumstance::ALL.len()])
    }

    /// What the rule weighs in a circumstance.
    pub const fn of(self, circumstance: Circumstance) -> Option<Severity> {
        self.0[circumstance as usize]
    }

    /// With another weight in one circumstance.
    #[must_use]
    pub const fn with(mut self, circumstance: Circumstance, severity: Option<Severity>) -> Self {
        self.0[circumstance as usize] = severity;
        self
    }

    fn with_errors_as(self, lesser: Severity) -> Self {
        Self(self.0.map(|severity| severity.map(|s| if s == Severity::Error { lesser } else { s })))
    }

    fn is_off(self) -> bool {
        self.0.iter().all(Option::is_none)
    }
}

impl Overlay {
    fn covers(&self, plan: &Plan) -> bool {
        let program_type = plan.program.as_ref().and_then(|program| program.kind.as_ref());
        (self.plan_type.is_none() || self.plan_type == plan.plan_type)
            && (self.program_type.is_none() || self.program_type.as_ref() == program_type)
    }
}

impl Policy {
    /// A policy with the weights of each rule, asked for in catalogue order.
    pub fn new(name: &str, weights: impl FnMut(&'static Rule) -> Weights, overlays: Vec<Overlay>) -> Self {
        Self { name: name.to_owned(), weights: RULES.iter().copied().map(weights).collect(), overlays }
    }

    /// Such as `standard`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What a rule usually weighs; nothing when it is off or not in the catalogue.
    pub fn severity(&self, rule_id: &str) -> Option<Severity> {
        self.severity_when(rule_id, Circumstance::Usual)
    }

    /// What a rule weighs in a circumstance.
    pub fn severity_when(&self, rule_id: &str, circumstance: Circumstance) -> Option<Severity> {
        self.weights[catalogue::place(rule_id)?].of(circumstance)
    }

    /// The weights of each rule for one plan, in catalogue order, rules that are off left out.
    pub(super) fn weights_for<'a>(&'a self, plan: &'a Plan) -> impl Iterator<Item = (&'static Rule, Weights)> + 'a {
        let overlay = self.overlays.iter().find(|overlay| overlay.covers(plan));
        RULES.iter().zip(&self.weights).filter(|(_, weights)| !weights.is_off()).map(move |(rule, weights)| {
            let lowered = overlay.filter(|overlay| overlay.areas.iter().any(|area| area == rule.area()));
            (*rule, lowered.map_or(*weights, |overlay| weights.with_errors_as(overlay.error_becomes)))
        })
    }
}
