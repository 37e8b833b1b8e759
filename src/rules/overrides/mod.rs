//! Answers of an agency to findings (domain model, section 5.9). One pair of files a rule; `answer` raises both after all checks.
//!
//! A finding that is answered well is replaced by OVR-001 at its place. An answer that cannot be used leaves the finding as it
//! is, and OVR-002 says why. An answer to a finding that is not there is nobody's concern: the plan may have been mended.

pub(super) mod answered;
pub(super) mod unusable;

use jiff::ToSpan;

use super::{
    catalogue,
    finding::Finding,
    overlay::Situation,
    policy::{Circumstance, Policy},
    reading::Reading,
};
use crate::plan::{Override, Plan, code::Vocabulary, date::PlanDate, overrides::OverrideReason};

/// What each finding is about in FHIR: the element of the rule answered, else the answer itself.
const ELEMENTS: &[(&str, &str)] = &[
    ("/statement/text", "Goal.description.text"),
    ("/statement/expressed_by", "Goal.expressedBy"),
    ("/goals", "CarePlan.goal"),
    ("/strengths/*/text", "Observation.valueString"),
    ("", "CarePlan.extension('https://ownwords.org/fhir/StructureDefinition/rule-override')"),
];

/// A reason in fewer characters says nothing.
const SHORTEST_REASON: usize = 15;

/// Why an answer cannot be used.
#[derive(Clone, Copy)]
enum Fault {
    Incomplete,
    Expired,
    NotForThisRule,
    UnknownRule,
}

impl Fault {
    fn in_words(self) -> &'static str {
        match self {
            Self::Incomplete => "reason, role or date missing",
            Self::Expired => "expired",
            Self::NotForThisRule => "not possible for this rule",
            Self::UnknownRule => "it names no rule we know",
        }
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Incomplete => "incomplete",
            Self::Expired => "expired",
            Self::NotForThisRule => "not-for-this-rule",
            Self::UnknownRule => "unknown-rule",
        }
    }
}

/// Puts OVR-001 in place of every finding that is answered, and OVR-002 beside those whose answer cannot be used.
///
/// Good answers come first, so that a bad one beside a good one is not told of a finding that no longer stands.
pub(super) fn answer(reading: &Reading<'_>, policy: &Policy, findings: &mut Vec<Finding>) {
    let answers: Vec<_> = reading.plan.overrides.iter().map(|given| (given, fault(given, reading))).collect();
    let situation = Situation::of(reading.plan, Some(reading.today));
    let weight = |rule: &str| policy.standing(rule, &situation, reading.today)?.of(Circumstance::Usual);
    if let Some(severity) = weight(answered::RULE.id) {
        for (given, _) in answers.iter().filter(|(_, fault)| fault.is_none()) {
            if findings.iter().any(|finding| speaks_to(given, finding)) {
                let meant = |finding: &Finding| {
                    speaks_to(given, finding) || (says_one_thing(finding.rule) && is_for(given, finding))
                };
                let meant = findings.iter_mut().filter(|finding| meant(finding));
                meant.for_each(|finding| answered::replace(finding, given, severity));
            }
        }
    }
    if let Some(severity) = weight(unusable::RULE.id) {
        let mut told = Vec::new();
        for (index, (given, fault)) in answers.iter().enumerate() {
            let Some(fault) = *fault else { continue };
            let stands = findings.iter().find(|finding| speaks_to(given, finding));
            let pointer = match (stands, fault) {
                (Some(finding), _) => finding.pointer.clone(),
                (None, Fault::UnknownRule) => format!("/overrides/{index}/rule_id"),
                (None, _) => continue,
            };
            told.push(unusable::finding(pointer, index, fault, severity));
        }
        findings.extend(told);
    }
    findings.sort_by_key(|finding| catalogue::place(finding.rule));
}

/// Whether a finding is left by an answer whose reason does not say that the words are the person's.
pub(super) fn leaves_open(finding: &Finding, rules: &[&str]) -> bool {
    was_answered(finding, rules)
        && !answered::reason(finding).is_some_and(|reason| OverrideReason::from(reason).says_the_words_are_theirs())
}

/// Whether a finding stands in place of one of these rules' findings.
pub(super) fn was_answered(finding: &Finding, rules: &[&str]) -> bool {
    finding.rule == answered::RULE.id && answered::rule(finding).is_some_and(|rule| rules.contains(&rule))
}

/// Whether a rule's findings are one statement about the plan, told at several places, so that one answer is enough.
fn says_one_thing(rule: &str) -> bool {
    rule == "GOAL-010"
}

/// Whether an answer is meant for a finding: the same rule, at the pointer or below it, anywhere when it gives none. There is no
/// answer to what is said of answers.
fn speaks_to(given: &Override, finding: &Finding) -> bool {
    let below = finding.pointer.strip_prefix(given.pointer.as_deref().unwrap_or_default());
    is_for(given, finding) && below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn is_for(given: &Override, finding: &Finding) -> bool {
    given.rule_id.as_deref() == Some(finding.rule) && ![answered::RULE.id, unusable::RULE.id].contains(&finding.rule)
}

fn fault(given: &Override, reading: &Reading<'_>) -> Option<Fault> {
    let Some(rule) = given.rule_id.as_deref().and_then(catalogue::rule) else { return Some(Fault::UnknownRule) };
    if !rule.overridable {
        return Some(Fault::NotForThisRule);
    }
    if !is_complete(given) {
        return Some(Fault::Incomplete);
    }
    has_ended(given, reading).then_some(Fault::Expired)
}

fn is_complete(given: &Override) -> bool {
    let reason = given.reason_code.as_ref().is_some_and(|code| !code.is_other());
    let told = given.reason_text.as_ref().map_or(0, |words| words.reveal().trim().chars().count());
    let role = given.by_role.as_deref().is_some_and(|role| !role.trim().is_empty());
    reason && told >= SHORTEST_REASON && role && given.at.as_ref().is_some_and(PlanDate::is_valid)
}

/// It ends on the day it says, else with the next review; and after a year in any case, when every plan is looked at again.
fn has_ended(given: &Override, reading: &Reading<'_>) -> bool {
    let Some(at) = given.at.as_ref().and_then(PlanDate::day) else { return true };
    let a_year_on = at.checked_add(1.year()).unwrap_or(at);
    let end = given.expires_on.as_ref().or_else(|| next_review(reading.plan, given)).and_then(PlanDate::date_part);
    reading.today > a_year_on || end.is_some_and(|end| reading.is_past(end, 0))
}

/// The review that comes after the answer was given.
fn next_review<'p>(plan: &'p Plan, given: &Override) -> Option<&'p PlanDate> {
    let at = given.at.as_ref().and_then(PlanDate::date_part)?;
    plan.next_review_due.as_ref().filter(|due| due.date_part().is_some_and(|due| due >= at))
}
