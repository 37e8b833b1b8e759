//! How often and how much is allocated for one sample plan: read, judged, said, and all three. `cargo bench --bench allocations`.
//!
//! Judging holds each text against every pattern of its language: that it allocates less often than there are patterns shows
//! that none allocates by itself.

#[path = "figures/sample.rs"]
#[expect(dead_code, reason = "the other form of the sample is for the figures")]
mod sample;

use std::io::Cursor;

use divan::{AllocProfiler, Bencher, black_box};
use jiff::civil::{Date, date};
use ownwords::{
    clock::Clock,
    fhir::{self, Ids},
    mapping::Packs,
    pipeline::Gate,
    plan::Plan,
    profile,
    rules::{self, Policy, wording::tables::tables},
};

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

const TODAY: Date = date(2026, 11, 1);

fn main() {
    let patterns = tables().patterns().len();
    println!("{patterns} patterns of wording, sample plan of {} bytes", sample::plan(1).len());
    divan::main();
}

#[divan::bench]
fn a_read(bencher: Bencher<'_, '_>) {
    let mapping = Packs::load(None).expect("the mappings load").get("plan-json").expect("it is built in");
    bencher.with_inputs(|| sample::plan(1).into_bytes()).bench_values(|bytes| {
        let records = mapping.open("bench", Box::new(Cursor::new(bytes))).expect("the sample opens");
        records.filter(|record| record.read.is_ok()).count()
    });
}

#[divan::bench]
fn b_judge(bencher: Bencher<'_, '_>) {
    let (plan, policy) = plan_and_policy();
    // What is compiled at first use is there before the count.
    black_box(rules::judge(&plan, &policy, TODAY));
    bencher.bench(|| rules::judge(black_box(&plan), &policy, TODAY));
}

#[divan::bench]
fn c_say(bencher: Bencher<'_, '_>) {
    let (plan, policy) = plan_and_policy();
    let gates = rules::passed(&plan, &rules::judge(&plan, &policy, TODAY), &rules::Phrases::default());
    bencher.bench(|| fhir::transaction(&fhir::resources(black_box(&plan), &Ids::public(), gates)));
}

#[divan::bench]
fn d_whole(bencher: Bencher<'_, '_>) {
    let mapping = Packs::load(None).expect("the mappings load").get("plan-json").expect("it is built in");
    let (_, policy) = plan_and_policy();
    let gate = Gate { policy, clock: Clock::fixed_on(TODAY), agency: None };
    bencher.with_inputs(|| sample::plan(1).into_bytes()).bench_values(|bytes| {
        let mut records = mapping.open("bench", Box::new(Cursor::new(bytes))).expect("the sample opens");
        let judged = gate.judge(records.next().expect("the sample is a record"));
        fhir::transaction(&judged.resources(&Ids::public()))
    });
}

fn plan_and_policy() -> (Plan, std::sync::Arc<Policy>) {
    let plan = serde_json::from_str(&sample::plan(1)).expect("the sample is a plan");
    (plan, profile::policy("standard").expect("the policy loads"))
}
