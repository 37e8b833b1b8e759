//! The gate from outside: plans go in, verdicts come out.

mod answers;
mod catalogue;
mod hard_texts;
mod lexicon;
mod own_words;
mod pages;
mod policies;
mod privacy;
mod shared_examples;
mod strengths;
mod tables;
mod visit;

use jiff::civil::Date;
use ownwords::{
    plan::Plan,
    profile,
    rules::{
        Finding, Verdict, judge,
        page::{BASE, TODAY},
    },
};
use serde_json::{Value, json};

/// The day all judging is done on.
fn today() -> Date {
    TODAY.parse().expect("the day of the pages' examples")
}

/// The base plan with fields laid over it.
#[allow(clippy::needless_pass_by_value)]
fn plan_with(fields: Value) -> Plan {
    let mut plan: Value = serde_json::from_str(BASE).expect("the base plan");
    for (name, value) in fields.as_object().expect("fields of a plan") {
        plan[name] = value.clone();
    }
    serde_json::from_value(plan).expect("a plan")
}

/// The base plan with one goal of which only the text is known.
fn plan_with_goal(text: &str) -> Plan {
    plan_with(json!({ "goals": [{ "goal_id": "g1", "status": "active", "statement": { "text": text } }] }))
}

fn judged(plan: &Plan, policy: &str) -> Verdict {
    judge(plan, &profile::policy(policy).expect("a built-in policy"), today())
}

/// Rule ids of the findings, in order.
fn rules_of(verdict: &Verdict) -> Vec<&'static str> {
    verdict.findings.iter().map(|finding| finding.rule).collect()
}

/// Rule ids of the findings but for those on how the parts of a plan hang together, which a plan of one goal raises.
fn said_of_words(verdict: &Verdict) -> Vec<&'static str> {
    rules_of(verdict).into_iter().filter(|rule| !["STR-005", "STR-006"].contains(rule)).collect()
}

fn finding<'v>(verdict: &'v Verdict, rule: &str) -> Option<&'v Finding> {
    verdict.findings.iter().find(|finding| finding.rule == rule)
}
