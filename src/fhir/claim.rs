//! Which resource claims which profile (fhir.md, 5.1): a claim is made only when it and the claims it rests on hold.
//!
//! A lost claim costs the resource nothing else. What the conditions look at is found in `from_plan`.

use super::{datatype::Link, system::profile};

/// By what a goal is measured, as PCO tells its goals apart. One target says it, and so one of them only.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Scaling {
    /// By nothing, by several, or by what PCO does not list.
    None,
    /// As goal attainment scaling asks.
    Attainment,
    /// By a score to reach on a measure that the person answers.
    Answered,
}

/// What a Goal's claims look at.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a condition of its own")]
pub(super) struct GoalFacts {
    /// The person's Patient is a Patient-eltss.
    pub(super) eltss_patient: bool,
    /// The goal says from when.
    pub(super) has_start: bool,
    /// It carries the PCO category.
    pub(super) is_person_centered: bool,
    /// By what it is measured.
    pub(super) scaled: Scaling,
    /// The words are there and the person gave them, and the plan passed the gate of own words.
    pub(super) is_own_words: bool,
    /// Who said it.
    pub(super) expressed_by: Option<Link>,
    /// Everything it addresses claims an eLTSS profile.
    pub(super) addresses_eltss: bool,
}

impl GoalFacts {
    pub(super) fn is_eltss(&self) -> bool {
        self.eltss_patient && self.addresses_eltss && !self.is_said_by_role()
    }

    pub(super) fn is_pco(&self) -> bool {
        self.has_start && self.is_person_centered && !self.is_said_by_role()
    }

    /// Whether it is a goal of goal attainment scaling.
    pub(super) fn is_gas(&self) -> bool {
        self.is_pco() && self.scaled == Scaling::Attainment
    }

    /// Whether it is a goal of a measure that the person answers.
    pub(super) fn is_prom(&self) -> bool {
        self.is_pco() && self.scaled == Scaling::Answered
    }

    fn is_said_by_role(&self) -> bool {
        self.expressed_by.is_some_and(|who| who.kind == "PractitionerRole")
    }

    pub(super) fn profiles(&self) -> Vec<&'static str> {
        chosen([
            (true, profile::CORE_GOAL),
            (self.is_eltss(), profile::ELTSS_GOAL),
            (self.is_pco(), profile::PCO_GOAL),
            (self.is_gas(), profile::PCO_GAS_GOAL),
            (self.is_prom(), profile::PCO_PROM_GOAL),
            (self.is_own_words, profile::OWN_GOAL),
        ])
    }
}

/// What a `CarePlan`'s claims look at.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a condition of its own")]
pub(super) struct PlanFacts {
    /// The person's Patient is a Patient-eltss.
    pub(super) eltss_patient: bool,
    /// The plan says from when it holds.
    pub(super) has_start: bool,
    /// Every goal claims Goal-eltss.
    pub(super) goals_eltss: bool,
    /// Some goal claims the PCO goal profile.
    pub(super) has_pco_goal: bool,
    /// Every service claims ServiceRequest-eltss.
    pub(super) services_eltss: bool,
    /// There is a step.
    pub(super) has_activity: bool,
    /// Both gates passed.
    pub(super) passed_gates: bool,
}

impl PlanFacts {
    pub(super) fn is_eltss(self) -> bool {
        self.eltss_patient && self.has_start && self.goals_eltss && self.services_eltss
    }

    pub(super) fn profiles(self) -> Vec<&'static str> {
        chosen([
            (true, profile::CORE_CARE_PLAN),
            (self.is_eltss(), profile::ELTSS_CARE_PLAN),
            (self.has_pco_goal && self.has_activity, profile::PCO_CARE_PLAN),
            (self.passed_gates, profile::OWN_CARE_PLAN),
        ])
    }
}

/// A profile of US Core, and its child in eLTSS when the Patient is a Patient-eltss.
pub(super) fn core_and_eltss(core: &'static str, eltss: &'static str, eltss_holds: bool) -> Vec<&'static str> {
    chosen([(true, core), (eltss_holds, eltss)])
}

/// The profiles whose condition holds.
pub(super) fn chosen<const N: usize>(conditions: [(bool, &'static str); N]) -> Vec<&'static str> {
    conditions.into_iter().filter(|(holds, _)| *holds).map(|(_, profile)| profile).collect()
}
