//! What judging costs: the whole over the sample plan, the reading that all rules share, and each rule's own look.
//!
//! Each is repeated in rounds and the best round counts, since other programs only slow it down.

use std::{hint::black_box, time::Instant};

use jiff::civil::{Date, date};
use ownwords::{
    plan::Plan,
    profile,
    rules::{self, Check, Found, Rule, reading::Reading},
};

use crate::{line, sample};

const ROUNDS: usize = 20;
const TIMES: u32 = 2_000;
const TODAY: Date = date(2026, 11, 1);

/// Prints the figures, the dearest rule first.
pub(crate) fn print() {
    let policy = profile::policy("standard").expect("the policy loads");
    let plan: Plan = serde_json::from_str(&sample::plan(1)).expect("the sample is a plan");
    let reading = Reading::of(&plan, TODAY);

    println!("\njudge, one thread, best of {ROUNDS} rounds");
    figure("whole: all rules over the plan", || drop(black_box(rules::judge(&plan, &policy, TODAY))));
    figure("Reading::of: each text judged once", || drop(black_box(Reading::of(&plan, TODAY))));
    figure("policy: which rules are in force", || {
        black_box(policy.in_force(&plan, TODAY).count());
    });
    let looks = policy.in_force(&plan, TODAY).filter_map(|(rule, standing)| Some((rule, standing, rule.check?)));
    let cost = |(rule, standing, check): (&'static Rule, _, Check)| {
        let mut findings = Vec::new();
        let look = || {
            findings.clear();
            check(black_box(&reading), &mut Found::of(rule, standing, &mut findings));
        };
        (rule, microseconds(look))
    };
    let mut costs: Vec<_> = looks.map(cost).collect();
    costs.sort_by(|one, other| other.1.total_cmp(&one.1));
    let sum: f64 = costs.iter().map(|(_, cost)| cost).sum();
    line("all rules' looks, one by one", &format!("{sum:>8.2} µs"));
    for (rule, cost) in &costs {
        line(&format!("  {} {}", rule.id, rule.name), &format!("{cost:>8.2} µs {:>5.1} %", cost / sum * 100.0));
    }
}

fn figure(name: &str, work: impl FnMut()) {
    line(name, &format!("{:>8.2} µs", microseconds(work)));
}

fn microseconds(mut work: impl FnMut()) -> f64 {
    let round = |_| {
        let start = Instant::now();
        (0..TIMES).for_each(|_| work());
        start.elapsed().as_secs_f64() / f64::from(TIMES) * 1e6
    };
    (0..ROUNDS).map(round).fold(f64::MAX, f64::min)
}
