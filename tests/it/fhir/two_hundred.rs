//! 200 generated plans, judged and said in FHIR like any other: what our own checker makes of them, and files for the HL7
//! validator where `OWNWORDS_TEST_BUNDLES` names a folder for them.

use std::{fs, path::Path};

use jiff::civil::date;
use ownwords::{
    fhir::{self, Ids, check::check_text},
    profile,
    rules::{self, Severity},
};
use serde_json::Value;

use super::generated;

const COUNT: u64 = 200;

/// The Bundle of a generated plan, with the claims that its verdict allows.
fn said(number: u64) -> String {
    let plan = generated::plan(number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let policy = profile::policy("standard").expect("the policy is built in");
    let verdict = rules::judge(&plan, &policy, date(2026, 11, 1));
    fhir::transaction(&fhir::resources(&plan, &Ids::public(), rules::passed(&plan, &verdict)))
}

/// What we write: the Bundles of the mappings' examples, and of some generated plans.
pub(crate) fn written_bundles() -> Vec<Value> {
    let listed = |folder: &Path| {
        let entries = fs::read_dir(folder).into_iter().flatten();
        entries.map(|entry| entry.expect("the folder can be listed").path()).collect::<Vec<_>>()
    };
    let mappings = listed(&Path::new(env!("CARGO_MANIFEST_DIR")).join("mappings"));
    let examples = mappings.iter().flat_map(|mapping| listed(&mapping.join("examples")));
    let golden = examples.filter_map(|example| fs::read_to_string(example.join("bundle.json")).ok());
    let golden = golden.filter(|text| !text.trim().is_empty()).flat_map(|text| {
        let bundles: Value = serde_json::from_str(&text).expect("a golden file is JSON");
        bundles.as_array().cloned().unwrap_or_else(|| vec![bundles])
    });
    let generated = (1..=40).map(|number| serde_json::from_str(&said(number)).expect("a Bundle is JSON"));
    golden.chain(generated).collect()
}

#[test]
fn generated_plans_for_the_validator() {
    let folder = std::env::var_os("OWNWORDS_TEST_BUNDLES");
    for number in 1..=COUNT {
        let bundle = said(number);
        let faults = check_text(&bundle).expect("a Bundle is JSON").into_iter();
        let errors: Vec<_> = faults.filter(|fault| fault.severity == Severity::Error).collect();
        assert!(errors.is_empty(), "generated plan {number}: {errors:?}");
        if let Some(folder) = &folder {
            let file = Path::new(folder).join(format!("generated-{number:03}.json"));
            fs::write(file, bundle).expect("the folder takes files");
        }
    }
}
