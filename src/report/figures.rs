//! Counts plans, verdicts, measures and findings, by agency. The newest version of each plan received in the period counts.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

use super::plans::each_plan;
use crate::{
    plan::Plan,
    profile::Policies,
    rules::{self, Outcome, Phrases},
    store::{AgencyScope, PlanVersion, Store, StoreError, verdict},
};

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A kept plan is not of the plan model any more.
    #[error(
        "plan {plan_id} of agency {agency}, version {version}, cannot be read back; it was kept by another version of ownwords"
    )]
    NotOurPlan {
        /// The agency.
        agency: String,
        /// The plan.
        plan_id: String,
        /// The version.
        version: u32,
    },
    /// The period ends before it starts, or reaches out of the calendar.
    #[error("the period must start on or before the day on which it ends")]
    Period,
}

/// Days, both included, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

impl Period {
    pub(super) fn moments(self) -> Option<(Timestamp, Timestamp)> {
        let start =
            |day: Date| day.at(0, 0, 0, 0).to_zoned_datetime(TimeZone::UTC).ok().map(|midnight| midnight.timestamp());
        let after = self.to.checked_add(1.day()).ok()?;
        Some((start(self.from)?, start(after)?)).filter(|(from, to)| from < to)
    }
}

/// What one agency's plans come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgencyFigures {
    /// The agency.
    pub agency: String,
    /// Plans received: the denominator of all three measures.
    pub plans: u64,
    /// People whose plans these are: ids of the agency that are one person count once.
    pub people: u64,
    /// Accepted.
    pub accepted: u64,
    /// Accepted with warnings.
    pub accepted_with_warnings: u64,
    /// Sent back.
    pub rejected: u64,
    /// PCRP-04: plans with at least one goal in the person's own words.
    pub own_words: u64,
    /// The column of its own that PCRP-04 has: plans that pass only because findings were answered.
    pub answered: u64,
    /// PCRP-05: plans with at least one strength.
    pub strengths: u64,
    /// PCRP-06: plans with both.
    pub core: u64,
    /// Records that could not be filed as a plan, and so count in no measure.
    pub not_filed: u64,
    /// Plans in which a rule found something, by rule.
    pub findings: BTreeMap<String, u64>,
}

/// The figures of every agency in scope, in the order of their ids. The words of a withdrawn plan, which has no findings on
/// them, are read as the policies say.
pub async fn figures(
    store: &Store,
    policies: &Policies,
    period: Period,
    scope: &AgencyScope,
) -> Result<Vec<AgencyFigures>, ReportError> {
    let mut counted: BTreeMap<String, AgencyFigures> = BTreeMap::new();
    let mut people: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    each_plan(store, period, scope, |version, plan| {
        let phrases = policies.for_agency(Some(&version.agency)).phrases();
        of(&mut counted, &version.agency).count(version, plan, phrases);
        people.entry(version.agency.clone()).or_default().extend(plan.person.local_id.clone());
    })
    .await?;
    for (agency, ids) in people {
        of(&mut counted, &agency).people = unduplicated(store, &agency, ids).await?;
    }
    let (from, to) = period.moments().ok_or(ReportError::Period)?;
    for (agency, count) in store.unfiled(from, to, scope).await? {
        of(&mut counted, &agency).not_filed = count;
    }
    Ok(counted.into_values().collect())
}

/// How many people ids of an agency are.
async fn unduplicated(store: &Store, agency: &str, mut ids: BTreeSet<String>) -> Result<u64, StoreError> {
    for (given_up, stays) in store.survivors(agency).await? {
        if ids.remove(&given_up) {
            ids.insert(stays);
        }
    }
    Ok(ids.len() as u64)
}

fn of<'a>(counted: &'a mut BTreeMap<String, AgencyFigures>, agency: &str) -> &'a mut AgencyFigures {
    let new = || AgencyFigures { agency: agency.to_owned(), ..AgencyFigures::default() };
    counted.entry(agency.to_owned()).or_insert_with(new)
}

impl AgencyFigures {
    fn count(&mut self, version: &PlanVersion, plan: &Plan, phrases: &Phrases) {
        let verdict = verdict(&version.findings);
        let gates = rules::passed(plan, &verdict, phrases);
        self.plans += 1;
        match version.outcome {
            Outcome::Accepted => self.accepted += 1,
            Outcome::AcceptedWithWarnings => self.accepted_with_warnings += 1,
            Outcome::Rejected => self.rejected += 1,
        }
        self.own_words += u64::from(gates.own_words);
        self.answered += u64::from(rules::passed_by_answer(plan, &verdict));
        self.strengths += u64::from(gates.strengths);
        self.core += u64::from(gates.own_words && gates.strengths);
        let mut rules: Vec<&str> = version.findings.iter().map(|finding| finding.rule.as_str()).collect();
        rules.sort_unstable();
        rules.dedup();
        for rule in rules {
            *self.findings.entry(rule.to_owned()).or_default() += 1;
        }
    }
}
