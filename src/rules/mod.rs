//! Judges a plan: does it hold the person's own words and strengths? A poor plan is a verdict, never an error.
//!
//! `Reading` judges each text once; the rules of `catalogue.rs` look at the reading, one pair of files each (`x.rs` the
//! check, `x.md` the page with examples that tests execute); a `Policy` says what a finding weighs; `Thread` what hangs on
//! which goal. To add a rule: the pair, its line in `catalogue.rs`, and its line in each file of `profiles/policy/`.
//!
//! No text made here holds the person's words, a name or other prose of the record: pointers, counts and marker ids only.

mod actions;
mod ages;
pub mod catalogue;
mod data;
pub mod edition;
mod file;
mod finding;
mod goal;
mod objectives;
mod overrides;
mod overlay;
pub mod page;
mod peer;
mod policy;
mod process;
pub mod reading;
mod rule;
pub mod sameness;
mod staff_text;
mod strengths;
pub mod thread;
mod whole_person;
pub mod wording;

use jiff::civil::Date;
use reading::Reading;
use sameness::Others;
use wording::Phrases;

use crate::plan::{Goal, Plan, PlanStatus};

pub use ages::{AgeTable, Expected};
pub use finding::{Finding, Outcome, Severity, Verdict};
pub use overlay::{AGE_GROUPS, AgeGroup, Overlay, Situation, When};
pub use policy::{Circumstance, Layer, Policy, Standing, Weights};
pub use rule::{Check, Domain, Found, Rule, Stage};

/// What the service exists for, of one plan: measures PCRP-04 and PCRP-05. PCRP-06 is both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Gates {
    /// At least one live goal in the person's own words.
    pub own_words: bool,
    /// At least one strength.
    pub strengths: bool,
}

/// Judges a plan as of a day. The same plan, policy and day give the same verdict.
pub fn judge(plan: &Plan, policy: &Policy, today: Date) -> Verdict {
    judge_among(plan, policy, today, &Others::default())
}

/// Judges a plan knowing how many other people have the same goals, and how this record came before, as the store tells.
pub fn judge_among(plan: &Plan, policy: &Policy, today: Date, others: &Others) -> Verdict {
    let reading = Reading { ages: policy.ages(), ..Reading::of(plan, today, policy.phrases(), others) };
    let mut findings = Vec::new();
    for (rule, standing) in policy.in_force(plan, today) {
        if is_withdrawn(plan) && rule.area() != "DATA" {
            continue;
        }
        if let Some(check) = rule.check {
            check(&reading, &mut Found::of(rule, standing, &mut findings));
        }
    }
    if !plan.overrides.is_empty() && !is_withdrawn(plan) {
        overrides::answer(&reading, policy, &mut findings);
    }
    Verdict { findings }
}

/// The rules on a goal's text whose findings keep measure PCRP-04 from counting it.
const STOPPING: [&str; 7] = ["GOAL-002", "GOAL-003", "GOAL-010", "GOAL-011", "GOAL-013", "GOAL-014", "GOAL-032"];

/// Which gates a plan passes, given its verdict under any policy.
///
/// The rules asked about here have a floor and are never off, so that every policy gives the same answer. A plan that was
/// withdrawn has no findings on its words, and is read again. A finding that was answered counts no more only where the
/// answer's reason says that the words are the person's: a state's rule may let a plan pass, but makes no words own words.
pub fn passed(plan: &Plan, verdict: &Verdict) -> Gates {
    if is_withdrawn(plan) {
        let others = Others::default();
        let reading = Reading::of(plan, Date::MIN, &Phrases::default(), &others);
        return Gates { own_words: reading.has_own_words(), strengths: reading.has_strengths() };
    }
    let told =
        plan.strengths.iter().enumerate().filter(|(_, s)| s.text.as_ref().is_some_and(|words| !words.is_blank()));
    Gates {
        own_words: goals_without(plan, verdict, keeps_from_counting).next().is_some(),
        strengths: told.into_iter().any(|(index, _)| !is_on(verdict, "/strengths/", index, |f| f.rule == "STR-002")),
    }
}

/// The places of the goals that hold the person's own words: those for which measure PCRP-04 counts the plan.
pub fn goals_in_own_words(plan: &Plan, verdict: &Verdict) -> Vec<usize> {
    if is_withdrawn(plan) {
        let others = Others::default();
        let reading = Reading::of(plan, Date::MIN, &Phrases::default(), &others);
        return reading.own_words().map(|goal| goal.index).collect();
    }
    goals_without(plan, verdict, keeps_from_counting).collect()
}

/// Whether a finding, or one that was answered for another reason, keeps measure PCRP-04 from counting its goal.
fn keeps_from_counting(finding: &Finding) -> bool {
    STOPPING.contains(&finding.rule) || overrides::leaves_open(finding, &STOPPING)
}

/// Whether the plan passes measure PCRP-04 only because findings were answered, whatever the reason: the measure shows these
/// in a column of their own.
pub fn passed_by_answer(plan: &Plan, verdict: &Verdict) -> bool {
    let stops = |finding: &Finding| STOPPING.contains(&finding.rule);
    let stops_or_was = |finding: &Finding| stops(finding) || overrides::was_answered(finding, &STOPPING);
    let passes = goals_without(plan, verdict, stops).next().is_some();
    !is_withdrawn(plan) && passes && goals_without(plan, verdict, stops_or_was).next().is_none()
}

/// The live goals that have text and carry no such finding.
fn goals_without<'p>(
    plan: &'p Plan,
    verdict: &'p Verdict,
    such: impl Fn(&Finding) -> bool + 'p,
) -> impl Iterator<Item = usize> + 'p {
    let has_text = |goal: &Goal| goal.statement.text.as_ref().is_some_and(|words| !words.is_blank());
    let told = plan.live_goals().filter(move |(_, goal)| has_text(goal)).map(|(index, _)| index);
    told.filter(move |index| !is_on(verdict, "/goals/", *index, &such))
}

fn is_on(verdict: &Verdict, list: &str, index: usize, such: impl Fn(&Finding) -> bool) -> bool {
    let found = verdict.findings.iter().filter(|finding| such(finding));
    found.filter_map(|finding| place_in(list, &finding.pointer)).any(|place| place == index)
}

/// Whether the plan was withdrawn or never was one; its words are not judged.
fn is_withdrawn(plan: &Plan) -> bool {
    matches!(plan.status, Some(PlanStatus::EnteredInError | PlanStatus::Revoked))
}

/// The place in a list that a pointer leads through.
fn place_in(list: &str, pointer: &str) -> Option<usize> {
    pointer.strip_prefix(list)?.split('/').next()?.parse().ok()
}
