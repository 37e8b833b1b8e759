//! FIG-20, the gate itself: what it said, by the language, interpreter, communication, decision support, age and program of
//! the people whose plans it judged. Where it sends one group's plans back more often than others', the rules are to be
//! changed and not the plans.
//!
//! A plan stands in one row of each dimension, so that every dimension adds up to all plans. Rows are named by codes of fixed
//! vocabularies and language tags; what is not recorded is a row, and what no vocabulary has is another, never named.

mod formats;

use std::collections::BTreeMap;

use jiff::{civil::Date, tz::TimeZone};

use super::{
    figures::{Period, ReportError},
    plans::each_plan,
};
use crate::{
    plan::{
        Plan,
        code::{NOT_IN_VOCABULARY, Vocabulary},
        people::CommunicationMode,
    },
    rules::{AgeGroup, Outcome, wording},
    store::{AgencyScope, Store},
};

pub use formats::write_gate;

/// The row of plans that do not say.
const NOT_RECORDED: &str = "not recorded";

/// Fewest plans of a row from which its ratio is held against the limit.
const ENOUGH: u64 = 50;

/// How plans are told apart: id, name for people, and the row a plan stands in.
const DIMENSIONS: [(&str, &str, RowOf); 6] = [
    ("language", "primary language", language),
    ("interpreter", "interpreter at the meeting", interpreter),
    ("communication-mode", "communication", communication),
    ("decision-support", "decision support", decision_support),
    ("age-band", "age when received", age_band),
    ("program-type", "program", program),
];

type RowOf = fn(&Plan, Date) -> String;

/// Plans by verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdicts {
    /// Accepted without a warning.
    pub accepted: u64,
    /// Accepted with warnings.
    pub accepted_with_warnings: u64,
    /// Sent back.
    pub rejected: u64,
}

/// One way to tell plans apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dimension {
    /// As programs know it.
    pub id: &'static str,
    /// As people know it.
    pub name: &'static str,
    /// Verdicts by code.
    pub rows: BTreeMap<String, Verdicts>,
}

/// The figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateFigures {
    /// All plans.
    pub plans: Verdicts,
    /// The same plans, told apart.
    pub dimensions: Vec<Dimension>,
    /// Records that could not be filed as a plan, which no dimension can know.
    pub not_filed: u64,
}

/// How often something happens in a row, held against all plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Against {
    /// The one rate divided by the other, in hundredths; nothing where it happens nowhere.
    pub ratio: Option<u64>,
    /// Whether that is more than 1.25, with plans enough to say so.
    pub look: bool,
}

/// The figures of all agencies in scope together.
pub async fn gate_figures(store: &Store, period: Period, scope: &AgencyScope) -> Result<GateFigures, ReportError> {
    let mut figures = GateFigures::default();
    each_plan(store, period, scope, |version, plan| {
        figures.count(plan, version.outcome, version.received_at.to_zoned_datetime(TimeZone::UTC).date());
    })
    .await?;
    let (from, to) = period.moments().ok_or(ReportError::Period)?;
    figures.not_filed = store.unfiled(from, to, scope).await?.iter().map(|(_, count)| count).sum();
    Ok(figures)
}

impl Default for GateFigures {
    fn default() -> Self {
        let dimension = |(id, name, _)| Dimension { id, name, rows: BTreeMap::new() };
        Self { plans: Verdicts::default(), dimensions: DIMENSIONS.into_iter().map(dimension).collect(), not_filed: 0 }
    }
}

impl GateFigures {
    /// Counts a plan that was received on a day.
    pub fn count(&mut self, plan: &Plan, outcome: Outcome, received: Date) {
        self.plans.add(outcome);
        for (dimension, (_, _, row_of)) in self.dimensions.iter_mut().zip(DIMENSIONS) {
            dimension.rows.entry(row_of(plan, received)).or_default().add(outcome);
        }
    }

    /// A row's warnings, held against those of all plans.
    pub fn warnings(&self, row: &Verdicts) -> Against {
        self.against(row, |verdicts| verdicts.accepted_with_warnings)
    }

    /// What of a row was sent back, held against all plans.
    pub fn rejections(&self, row: &Verdicts) -> Against {
        self.against(row, |verdicts| verdicts.rejected)
    }

    fn against(&self, row: &Verdicts, such: impl Fn(&Verdicts) -> u64) -> Against {
        let wide = |count: u64| u128::from(count);
        let here = wide(such(row)) * wide(self.plans.all());
        let expected = wide(such(&self.plans)) * wide(row.all());
        let hundredths = (expected > 0).then(|| (here * 200 + expected) / (expected * 2));
        Against {
            ratio: hundredths.and_then(|ratio| u64::try_from(ratio).ok()),
            look: row.all() >= ENOUGH && here * 4 > expected * 5,
        }
    }
}

impl Verdicts {
    /// All of them.
    pub fn all(&self) -> u64 {
        self.accepted + self.accepted_with_warnings + self.rejected
    }

    fn add(&mut self, outcome: Outcome) {
        *match outcome {
            Outcome::Accepted => &mut self.accepted,
            Outcome::AcceptedWithWarnings => &mut self.accepted_with_warnings,
            Outcome::Rejected => &mut self.rejected,
        } += 1;
    }
}

/// The language alone, without script and region.
fn language(plan: &Plan, _: Date) -> String {
    let tag = plan.person.primary_language.as_deref().map(str::trim).unwrap_or_default();
    if tag.is_empty() || tag.eq_ignore_ascii_case("und") {
        return NOT_RECORDED.to_owned();
    }
    wording::base(tag).unwrap_or_else(|| NOT_IN_VOCABULARY.to_owned())
}

fn interpreter(plan: &Plan, _: Date) -> String {
    let used = plan.planning.as_ref().and_then(|planning| planning.interpreter.as_ref()?.used);
    used.map_or(NOT_RECORDED, |used| if used { "used" } else { "not used" }).to_owned()
}

/// All modes of a person together, since a plan stands in one row.
fn communication(plan: &Plan, _: Date) -> String {
    let told: Vec<&str> = plan.person.communication_modes.iter().map(CommunicationMode::as_known).collect();
    let known = CommunicationMode::CODES.iter().copied().chain([NOT_IN_VOCABULARY]);
    let modes: Vec<&str> = known.filter(|mode| told.contains(mode)).collect();
    if modes.is_empty() { NOT_RECORDED.to_owned() } else { modes.join(" + ") }
}

fn decision_support(plan: &Plan, _: Date) -> String {
    code(plan.person.decision_support.as_ref().and_then(|support| support.kind.as_ref()))
}

/// In the bands of the Uniform Reporting System; a person whose birth date leaves two open is not placed in either.
fn age_band(plan: &Plan, received: Date) -> String {
    AgeGroup::band(plan, received).map_or(NOT_RECORDED, |band| band.name).to_owned()
}

fn program(plan: &Plan, _: Date) -> String {
    code(plan.program.as_ref().and_then(|program| program.kind.as_ref()))
}

fn code<V: Vocabulary>(code: Option<&V>) -> String {
    code.map_or(NOT_RECORDED, V::as_known).to_owned()
}
