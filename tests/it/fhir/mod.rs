//! FHIR out: golden Bundles, and what must hold of every Bundle whatever the plan holds.
//!
//! `UPDATE_EXPECT=1 cargo test fhir` writes the golden files anew. The HL7 validator and a FHIR server look at the same
//! files from outside.

mod agreed;
mod check;
mod definitions;
mod generated;
mod kept;
mod notification;
mod outside;
mod receiver;
mod round;
mod rows;
mod search;
mod stamped;
mod strangers;
mod two_hundred;
mod whole;
mod xml;

use std::{collections::BTreeSet, fs, path::Path};

use ownwords::{
    fhir::{self, Ids},
    plan::Plan,
    rules::Gates,
};
use serde_json::Value;
use uuid::Uuid;

pub(crate) use two_hundred::written_bundles;
use whole::holds;

const BOTH: Gates = Gates { own_words: true, strengths: true };

fn cases() -> Vec<std::path::PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/fhir");
    let files = fs::read_dir(folder).expect("the folder of plans is there");
    let mut plans: Vec<_> = files
        .map(|file| file.expect("the folder can be listed").path())
        .filter(|path| path.to_string_lossy().ends_with(".plan.json"))
        .collect();
    plans.sort();
    assert!(plans.len() >= 6, "plans went missing");
    plans
}

fn plan_in(path: &Path) -> Plan {
    serde_json::from_slice(&fs::read(path).expect("the plan can be read")).expect("the plan fits the model")
}

fn case(name: &str) -> Plan {
    plan_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/fhir/{name}.plan.json")))
}

/// The gates as they stand for the authored plans: a goal with words, a strength.
fn passed(plan: &Plan) -> Gates {
    Gates { own_words: !plan.goals.is_empty(), strengths: !plan.strengths.is_empty() }
}

fn bundle_of(plan: &Plan) -> Value {
    let text = fhir::transaction(&fhir::resources(plan, &Ids::public(), passed(plan)));
    serde_json::from_str(&text).expect("a Bundle is JSON")
}

fn resource<'b>(bundle: &'b Value, kind: &str) -> Vec<&'b Value> {
    let entries = bundle["entry"].as_array().expect("a Bundle has entries");
    entries.iter().map(|entry| &entry["resource"]).filter(|resource| resource["resourceType"] == kind).collect()
}

#[test]
fn golden_bundles() {
    let mut stale = Vec::new();
    for path in cases() {
        let mut said = serde_json::to_string_pretty(&bundle_of(&plan_in(&path))).expect("JSON can be written");
        said.push('\n');
        let golden = path.to_string_lossy().replace(".plan.json", ".bundle.json");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&golden, &said).expect("the golden file can be written");
        } else if fs::read_to_string(&golden).ok().as_deref() != Some(said.as_str()) {
            stale.push(golden);
        }
    }
    assert!(stale.is_empty(), "these differ; look, then UPDATE_EXPECT=1: {stale:#?}");
}

#[test]
fn every_golden_bundle_is_whole() {
    for path in cases() {
        let bundle = bundle_of(&plan_in(&path));
        holds(&bundle);
    }
}

#[test]
fn the_same_plan_gives_the_same_bytes() {
    for path in cases() {
        let plan = plan_in(&path);
        let once = fhir::resources(&plan, &Ids::public(), BOTH);
        let again = fhir::resources(&plan.clone(), &Ids::public(), BOTH);
        assert_eq!(once, again, "{}", path.display());
        let elsewhere = fhir::resources(&plan, &Ids::within(Uuid::from_u128(7)), BOTH);
        assert!(once.iter().zip(&elsewhere).all(|(one, other)| one.id != other.id), "{}", path.display());
    }
}

#[test]
fn the_writer_writes_what_serde_json_writes() {
    for path in cases() {
        for resource in fhir::resources(&plan_in(&path), &Ids::public(), BOTH) {
            let read: Value = serde_json::from_str(&resource.json).expect("a resource is JSON");
            assert_eq!(read.to_string(), resource.json, "{} {}", path.display(), resource.kind);
        }
    }
}

#[test]
fn what_needs_an_escape_gets_it_wherever_it_stands() {
    let mut plan = case("minimal");
    for length in 2..50 {
        for place in 0..length {
            for odd in ['"', '\\', '\n', '\u{1f}', 'é'] {
                let mut text = "x".repeat(place);
                text.push(odd);
                text.push_str(&"x".repeat(length - place - 1));
                plan.goals[0].statement.text = Some(text.as_str().into());
                let bundle = bundle_of(&plan);
                let told = resource(&bundle, "Goal").iter().any(|goal| goal["description"]["text"] == text);
                assert!(told, "{odd:?} at {place} of {length}");
            }
        }
    }
}

#[test]
fn ids_do_not_run_into_each_other() {
    let ids = Ids::public();
    let keys: [(&str, &str, &[&str]); 6] = [
        ("Goal", "a", &["b", "c"]),
        ("Goal", "a", &["bc"]),
        ("Goal", "ab", &["c"]),
        ("Goal", "", &["a", "b", "c"]),
        ("Goal", "a", &["b", "c", ""]),
        ("Goala", "", &["b", "c"]),
    ];
    let distinct: BTreeSet<Uuid> = keys.iter().map(|(kind, agency, key)| ids.of(kind, agency, key)).collect();
    assert_eq!(distinct.len(), keys.len());
}

#[test]
fn the_plan_is_found_by_its_key_and_its_version() {
    let mut plan = case("everything");
    let id = Ids::public().of("CarePlan", "ag-17", &["RP-2041"]);
    let version = |plan: &Plan| {
        let bundle = bundle_of(plan);
        let main = resource(&bundle, "CarePlan").into_iter().find(|one| one["id"] == id.to_string()).cloned();
        let main = main.expect("the CarePlan's id comes from its plan's id");
        let systems = main["identifier"].as_array().expect("identifiers").iter();
        let version = systems.filter(|one| one["system"] == "https://ownwords.org/fhir/sid/plan-version");
        version.map(|one| one["value"].clone()).collect::<Vec<_>>()
    };
    let before = version(&plan);
    plan.goals[0].why_it_matters = Some("Because.".into());
    assert_eq!(before.len(), 1);
    assert_ne!(before, version(&plan), "another version is another value");
}

#[test]
fn the_words_go_out_byte_for_byte() {
    let plan = case("odd");
    let bundle = bundle_of(&plan);
    let goal = resource(&bundle, "Goal")[0];
    let words = plan.goals[0].statement.text.as_ref().expect("the odd plan has words").reveal();
    assert_eq!(goal["description"]["text"], words);
    let told = resource(&bundle, "Observation")
        .into_iter()
        .any(|one| one["valueString"] == "quiet\u{0}room\u{7} \u{202E}ok\u{202C}");
    assert!(told, "control characters stay in the text");
    let plan_text = resource(&bundle, "CarePlan")[0]["text"]["div"].as_str().expect("a narrative").to_owned();
    assert!(plan_text.contains("&lt;b&gt;me&lt;/b&gt;”"), "{plan_text}");
}

#[test]
fn claims_fall_together() {
    let eltss = |plan: &Plan, kind: &str| {
        let bundle = bundle_of(plan);
        let claims = |one: &&Value| one["meta"]["profile"].to_string().contains("-eltss");
        resource(&bundle, kind).iter().filter(|one| claims(one)).count()
    };
    let whole = case("everything");
    assert!(eltss(&whole, "CarePlan") == 2 && eltss(&whole, "Goal") > 0 && eltss(&whole, "Observation") > 0);
    let mut nameless = whole.clone();
    nameless.person.name = None;
    for kind in ["Patient", "CarePlan", "Goal", "Observation", "ServiceRequest", "Condition", "RelatedPerson"] {
        assert_eq!(eltss(&nameless, kind), 0, "{kind} rests on the Patient's claim");
    }
    let mut uncoded = whole.clone();
    uncoded.actions[2].service_code = None;
    assert_eq!(eltss(&uncoded, "CarePlan"), 0, "one service without HCPCS costs the plan its claim");
    assert!(eltss(&uncoded, "Goal") > 0);
    let mut endless = whole;
    endless.goals.iter_mut().for_each(|goal| goal.start_date = None);
    let bundle = bundle_of(&endless);
    assert!(!bundle.to_string().contains("pco-care-plan"), "no goal with a start, no PCO claim");
}

#[test]
fn gates_decide_our_own_claims() {
    let plan = case("everything");
    let claims = |passed| fhir::transaction(&fhir::resources(&plan, &Ids::public(), passed));
    assert!(claims(BOTH).contains("pcrp-careplan"));
    assert!(!claims(Gates { own_words: true, strengths: false }).contains("pcrp-careplan"));
    assert!(claims(Gates { own_words: true, strengths: false }).contains("own-words-goal"));
    assert!(!claims(Gates { own_words: false, strengths: true }).contains("own-words-goal"));
}

#[test]
fn part_2_content_carries_its_labels() {
    let bundle = bundle_of(&case("part2"));
    for kind in ["Patient", "CarePlan", "Goal", "Observation", "ServiceRequest", "CareTeam", "Provenance"] {
        for one in resource(&bundle, kind) {
            let security = one["meta"]["security"].to_string();
            assert!(security.contains("42CFRPart2") && security.contains("NORDSCLCD"), "{kind} has no label");
        }
    }
    assert!(bundle["meta"]["security"].to_string().contains("42CFRPart2"));
    assert!(bundle_of(&case("everything"))["meta"].is_null());
}

#[test]
fn a_period_never_ends_before_it_starts() {
    let ends = |start: &str, end: &str| {
        let mut plan = case("minimal");
        plan.period.start = Some(start.into());
        plan.period.end = Some(end.into());
        let period = resource(&bundle_of(&plan), "CarePlan")[0]["period"].clone();
        assert_eq!(period["start"], start, "the start stays");
        period["end"] == end
    };
    assert!(ends("2026-11-01", "2026-11-01") && ends("2026-11-01", "2027-04-30") && ends("2026-11-01", "2027"));
    assert!(!ends("2026-11-01", "2025-08-29") && !ends("2026-11-01", "2026-11") && !ends("2026", "2025-12"));
}

#[test]
fn a_plan_without_any_date_has_no_provenance() {
    let mut plan = case("minimal");
    assert!(!resource(&bundle_of(&plan), "Provenance").is_empty());
    plan.period.start = None;
    assert!(resource(&bundle_of(&plan), "Provenance").is_empty());
}
