//! The gate from outside: plans go in, verdicts come out.

mod answers;
mod catalogue;
mod editions;
mod elements;
mod hard_texts;
mod lexicon;
mod own_words;
mod pages;
mod peer;
mod phrases;
mod policies;
mod privacy;
mod process;
mod second_reader;
mod reviews;
mod sameness;
mod shared_examples;
mod steps;
mod strengths;
mod tables;
mod thread;
mod visit;

use jiff::civil::Date;
use ownwords::{
    plan::Plan,
    profile,
    rules::{
        Finding, Verdict, judge, judge_among,
        page::{BASE, TODAY},
        sameness::{Key, Others},
    },
};
use serde_json::{Value, json};

/// The day all judging is done on.
fn today() -> Date {
    TODAY.parse().expect("the day of the pages' examples")
}

/// The base plan with fields laid over it. A goal begins with the plan unless it says when.
#[allow(clippy::needless_pass_by_value)]
fn plan_with(fields: Value) -> Plan {
    let mut plan: Value = serde_json::from_str(BASE).expect("the base plan");
    for (name, value) in fields.as_object().expect("fields of a plan") {
        plan[name] = value.clone();
    }
    let start = plan["period"]["start"].clone();
    for goal in plan["goals"].as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        goal.entry("start_date").or_insert_with(|| start.clone());
    }
    serde_json::from_value(plan).expect("a plan")
}

/// The base plan with one goal of which only the text is known.
pub(crate) fn plan_with_goal(text: &str) -> Plan {
    plan_with(json!({ "goals": [{ "goal_id": "g1", "status": "active", "statement": { "text": text } }] }))
}

fn judged(plan: &Plan, policy: &str) -> Verdict {
    judge(plan, &profile::policy(policy).expect("a built-in policy"), today())
}

/// So many other people have the same long goals, and the same text as a whole.
fn others(people: usize, plan: &Plan) -> Others {
    let (key, mut others) = (Key::of(b"secret", "oakleaf"), Others::default());
    key.wordings(plan).iter().chain(&key.whole(plan)).for_each(|wording| others.say(wording.part, people));
    others
}

/// Judged when so many other people have the same long goals.
fn judged_among(people: usize, plan: &Plan, policy: &str, today: Date) -> Verdict {
    let mut others = Others::default();
    let long = Key::of(b"secret", "oakleaf").wordings(plan);
    long.iter().for_each(|wording| others.say(wording.part, people));
    judge_among(plan, &profile::policy(policy).expect("a built-in policy"), today, &others)
}

/// The findings on words and on the record itself only, for plans of which nothing else is told.
fn judged_on_words(plan: &Plan, policy: &str) -> Verdict {
    let mut verdict = judged(plan, policy);
    verdict.findings.retain(|finding| ["GOAL", "STR", "DATA", "OVR"].iter().any(|area| finding.rule.starts_with(area)));
    verdict
}

/// Rule ids of the findings, in order.
fn rules_of(verdict: &Verdict) -> Vec<&'static str> {
    verdict.findings.iter().map(|finding| finding.rule).collect()
}

/// Case by case: fields laid over the base plan, and where a rule speaks of it under `strict`.
fn check_places<const N: usize>(rule: &str, cases: [(Value, &[&str]); N]) {
    let mut wrong = Vec::new();
    for (fields, places) in cases {
        let verdict = judged(&plan_with(fields.clone()), "strict");
        let found = verdict.findings.iter().filter(|finding| finding.rule == rule);
        let found: Vec<_> = found.map(|finding| finding.pointer.as_str()).collect();
        if found != places {
            wrong.push(format!("{fields}: {found:?}, not {places:?}"));
        }
    }
    assert!(wrong.is_empty(), "{rule}\n{}", wrong.join("\n"));
}

/// Rule ids of the findings but for those on how the parts of a plan hang together, which a plan of one goal raises.
fn said_of_words(verdict: &Verdict) -> Vec<&'static str> {
    rules_of(verdict).into_iter().filter(|rule| !["STR-005", "STR-006"].contains(rule)).collect()
}

fn finding<'v>(verdict: &'v Verdict, rule: &str) -> Option<&'v Finding> {
    verdict.findings.iter().find(|finding| finding.rule == rule)
}
