//! An agency's list of ready-made phrases, from the settings to the policy that judges its plans.

use std::{collections::BTreeMap, fs, path::PathBuf};

use ownwords::{
    config::{Config, Gate, GateAgency},
    profile::Policies,
    rules::judge,
};
use tempfile::TempDir;

use super::day;
use crate::rules::plan_with_goal;

struct Folder(TempDir);

impl Folder {
    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).expect("a file can be written");
        path
    }
}

fn folder() -> Folder {
    Folder(TempDir::new().expect("a temporary folder can be made"))
}

fn gate(policy: &str, phrases: PathBuf) -> Gate {
    let agency = GateAgency { id: "ag-1".to_owned(), policy: policy.to_owned(), phrases };
    Gate { agency: vec![agency], ..Gate::default() }
}

#[test]
fn an_agency_has_its_phrases_beside_whatever_policy_judges_it() {
    let folder = folder();
    let phrases = folder.file("ready-made.txt", b"# from the pick list\r\nHousing\r\nVocational skills\r\n");
    let state = folder.file("state.toml", b"policy = \"standard\"\nname = \"prairie\"\n");
    for (policy, state_policy, severity) in [
        ("", PathBuf::new(), Some("warning")),
        ("observe", PathBuf::new(), Some("information")),
        ("", state.clone(), Some("warning")),
        ("strict", state, Some("warning")),
    ] {
        let gate = Gate { state_policy, ..gate(policy, phrases.clone()) };
        let policies = Policies::load(&gate).expect("the settings are in order");
        let severity_for = |agency: Option<&str>| {
            let verdict = judge(&plan_with_goal("vocational SKILLS"), policies.for_agency(agency), day("2026-03-02"));
            verdict.findings.iter().find(|found| found.rule == "GOAL-032").map(|found| found.severity.as_str())
        };
        assert_eq!(severity_for(Some("ag-1")), severity, "{policy:?}");
        assert_eq!(severity_for(Some("ag-2")), None, "another agency has none");
        assert_eq!(severity_for(None), None);
    }
}

#[test]
fn a_list_that_cannot_be_used_stops_the_start_with_file_and_line() {
    let folder = folder();
    let fault = |bytes: &[u8]| {
        let file = folder.file("list.txt", bytes);
        let error = Policies::load(&gate("", file.clone())).expect_err("a fault").to_string();
        error.replace(&file.display().to_string(), "list.txt")
    };
    assert_eq!(fault(b""), "list.txt line 1: there is no phrase in this file; write one a line");
    assert_eq!(
        fault(b"Housing\nWork\nhousing\n"),
        "list.txt line 3: this phrase stands in line 1 already; take one of them out"
    );
    assert_eq!(fault(b"Housing\nM\xe9dico\n"), "list.txt line 2: this line is not UTF-8; save the file as UTF-8");
    let missing = Policies::load(&gate("", folder.0.path().join("none.txt"))).expect_err("a fault").to_string();
    assert!(missing.contains("none.txt: entity not found") && missing.contains("gate.agency.phrases"), "{missing}");
}

#[test]
fn an_agency_without_policy_and_phrases_is_refused() {
    let folder = folder();
    let load = |group: &str| {
        let file = folder.file("config.toml", format!("[[gate.agency]]\nid = \"ag-1\"\n{group}").as_bytes());
        Config::load(Some(&file), BTreeMap::new().into_iter()).map_err(|error| error.to_string())
    };
    let refused = load("").expect_err("nothing is said of it");
    assert!(refused.contains("agency \"ag-1\" has neither policy nor phrases"), "{refused}");
    for group in ["policy = \"strict\"\n", "phrases = \"list.txt\"\n"] {
        load(group).expect(group);
    }
}
