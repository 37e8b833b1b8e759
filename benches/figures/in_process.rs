//! From source bytes to verdict and Bundle on one thread, whole and by part, beside `serde_json` alone.

use std::{fs, hint::black_box, io::Cursor, sync::Arc};

use jiff::civil::date;
use ownwords::{
    clock::Clock,
    fhir::{self, Ids},
    mapping::{Mapping, Packs},
    pipeline::{Gate, PIECE},
    plan::Plan,
    profile, rules,
};
use serde_json::Value;

use crate::{line, sample};

/// Records a figure is taken over; the best of three runs counts, since other programs only slow it down.
const RECORDS: u64 = 20_000;

/// Prints the figures.
pub(crate) fn print() {
    let packs = Packs::load(None).expect("the mappings load");
    let pack = |id| packs.get(id).expect("the mapping is built in");
    let policy = profile::policy("standard").expect("the policy loads");
    let gate = Gate { policy: policy.clone(), clock: Clock::fixed_on(date(2026, 11, 1)), agency: None };
    let plans: Arc<[u8]> = (1..=RECORDS).flat_map(|number| (sample::plan(number) + "\n").into_bytes()).collect();
    let rows: Arc<[u8]> =
        sample::HEADER.bytes().chain((1..=RECORDS).flat_map(|n| sample::row(n).into_bytes())).collect();
    let one = sample::plan(1);
    let plan: Plan = serde_json::from_str(&one).expect("the sample is a plan");
    let gates = rules::passed(&plan, &rules::judge(&plan, &policy, date(2026, 11, 1)), &rules::Phrases::default());
    let bundle = fhir::transaction(&fhir::resources(&plan, &Ids::public(), gates));

    println!("\nin process, one thread, CPU time");
    let parse = |text: &str| serde_json::from_str::<Value>(text).expect("it is JSON");
    figure("floor: serde_json parses and writes the plan", || repeat(|| drop(black_box(parse(&one).to_string()))));
    figure("floor: serde_json parses and writes the Bundle", || repeat(|| drop(black_box(parse(&bundle).to_string()))));
    figure("plan-json bytes -> plan", || read(&pack("plan-json"), &plans));
    figure("flat-csv bytes -> plan", || read(&pack("flat-csv"), &rows));
    figure("judge: all rules over the plan", || {
        repeat(|| drop(black_box(rules::judge(&plan, &policy, date(2026, 11, 1)))));
    });
    figure("say: plan -> Bundle", || {
        repeat(|| drop(black_box(fhir::transaction(&fhir::resources(&plan, &Ids::public(), gates)))));
    });
    let written = parse(&bundle);
    rate("floor: serde_json writes the same Bundle", bundle.len(), || drop(black_box(written.to_string())));
    rate("say: plan -> Bundle, as bytes written", bundle.len(), || {
        drop(black_box(fhir::transaction(&fhir::resources(&plan, &Ids::public(), gates))));
    });
    figure("whole: plan-json bytes -> verdict + Bundle", || whole(&pack("plan-json"), &gate, &plans));
    figure("whole: flat-csv bytes -> verdict + Bundle", || whole(&pack("flat-csv"), &gate, &rows));
}

/// A figure of work that is done `RECORDS` times.
pub(crate) fn figure(name: &str, mut work: impl FnMut()) {
    let best = (0..3).map(|_| cpu_seconds(&mut work)).fold(f64::MAX, f64::min);
    #[allow(clippy::cast_precision_loss, reason = "a count of 20 000 is exact in a float")]
    let records = RECORDS as f64;
    line(name, &format!("{:>8.1} µs {:>9.0} / CPU-s", best / records * 1e6, records / best));
}

/// A figure of work that writes so many bytes each time.
fn rate(name: &str, bytes: usize, mut work: impl FnMut()) {
    let best = (0..3).map(|_| cpu_seconds(&mut || repeat(&mut work))).fold(f64::MAX, f64::min);
    #[allow(clippy::cast_precision_loss, reason = "bytes of all records are far below 2^52")]
    let (records, mb) = (RECORDS as f64, bytes as f64 * RECORDS as f64 / 1e6);
    line(name, &format!("{:>8.1} µs {:>9.0} MB / CPU-s", best / records * 1e6, mb / best));
}

/// Does the work once for each record.
pub(crate) fn repeat(mut work: impl FnMut()) {
    (0..RECORDS).for_each(|_| work());
}

fn read(mapping: &Arc<Mapping>, bytes: &Arc<[u8]>) {
    let records = mapping.open("bench", Box::new(Cursor::new(Arc::clone(bytes)))).expect("the sample opens");
    let read = records.filter(|record| record.read.is_ok()).count();
    assert_eq!(read as u64, RECORDS);
}

fn whole(mapping: &Arc<Mapping>, gate: &Gate, bytes: &Arc<[u8]>) {
    let records = mapping.open("bench", Box::new(Cursor::new(Arc::clone(bytes)))).expect("the sample opens");
    let mut records = records.peekable();
    // In pieces, as the pipeline keeps them: each step for all records of one.
    while records.peek().is_some() {
        let piece: Vec<_> = records.by_ref().take(PIECE).collect();
        let judged: Vec<_> = piece.into_iter().map(|mapped| gate.judge(mapped)).collect();
        for judged in judged {
            let resources = judged.resources(&Ids::public());
            assert!(!resources.is_empty(), "the sample is accepted");
            black_box(fhir::transaction(&resources));
        }
    }
}

/// Seconds that this thread ran, without those in which it waited for a core.
fn cpu_seconds(work: &mut impl FnMut()) -> f64 {
    let before = on_core();
    work();
    #[allow(clippy::cast_precision_loss, reason = "nanoseconds of a run are far below 2^52")]
    let nanoseconds = (on_core() - before) as f64;
    nanoseconds / 1e9
}

fn on_core() -> u64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux tells how long a thread ran");
    text.split_whitespace().next().and_then(|word| word.parse().ok()).expect("the first word is a number")
}
