//! What checking against base FHIR R4 costs: a small Bundle, the sample's whole Bundle and its Goal, beside `serde_json` alone.

use std::hint::black_box;

use jiff::civil::date;
use ownwords::{
    fhir::{self, Ids, check::check_text},
    plan::Plan,
    profile, rules,
};
use serde_json::Value;

use crate::{
    in_process::{figure, repeat},
    sample,
};

/// Prints the figures.
pub(crate) fn print() {
    let policy = profile::policy("standard").expect("the policy loads");
    let plan: Plan = serde_json::from_str(&sample::plan(1)).expect("the sample is a plan");
    let gates = rules::passed(&plan, &rules::judge(&plan, &policy, date(2026, 11, 1)), &rules::Phrases::default());
    let resources = fhir::resources(&plan, &Ids::public(), gates);
    let goal = resources.iter().find(|resource| resource.kind == "Goal").expect("the sample has a goal").json.clone();
    let whole = fhir::transaction(&resources);
    // A person and a goal of theirs, as a Bundle of searching would hold them.
    let of = |kind: &str| resources.iter().find(|resource| resource.kind == kind).expect("the sample has it").clone();
    let small = fhir::transaction(&[of("Patient"), of("Goal")]);

    println!("\nchecking base FHIR R4, one thread, CPU time");
    for (name, text) in [("Goal", &goal), ("Bundle of 2", &small), ("Bundle of the sample", &whole)] {
        let found = check_text(text).expect("it is JSON");
        assert!(found.iter().all(|fault| fault.severity < rules::Severity::Warning), "{name}: {found:?}");
        let size = text.len();
        figure(&format!("floor: serde_json parses {name}, {size} bytes"), || {
            repeat(|| drop(black_box(serde_json::from_str::<Value>(text))));
        });
        figure(&format!("check {name}"), || repeat(|| drop(black_box(check_text(text)))));
    }
}
