//! The catalogue is sorted, complete and says of each rule what reports and operation outcomes need.

use std::{collections::BTreeSet, fs};

use ownwords::rules::{
    Severity,
    catalogue::{RETIRED, RULES, rule},
};

#[test]
fn ids_and_names_are_unique_and_sorted_and_no_retired_id_is_used() {
    assert!(RULES.windows(2).all(|pair| pair[0].id < pair[1].id), "sorted by id");
    let names: BTreeSet<_> = RULES.iter().map(|rule| rule.name).collect();
    assert_eq!(names.len(), RULES.len());
    for rule in RULES {
        assert!(rule.id.split_once('-').is_some_and(|(_, number)| number.len() == 3), "{}", rule.id);
        assert!(rule.name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{}", rule.name);
        assert!(!rule.basis.is_empty(), "{} says what asks for it", rule.id);
        assert!(!RETIRED.iter().any(|(id, _)| *id == rule.id), "{} is retired", rule.id);
    }
    assert!(RETIRED.iter().all(|(_, reason)| !reason.is_empty()));
}

#[test]
fn every_rule_is_a_pair_of_files_and_no_page_is_orphaned() {
    let mut pairs = 0;
    let areas = [
        "actions",
        "data",
        "file",
        "goal",
        "objectives",
        "overrides",
        "peer",
        "process",
        "staff_text",
        "strengths",
        "whole_person",
    ];
    for area in areas {
        for entry in fs::read_dir(format!("src/rules/{area}")).expect("an area's folder") {
            let path = entry.expect("an entry").path();
            if path.file_name().is_some_and(|name| name != "mod.rs") {
                let twin = path.with_extension(if path.extension().is_some_and(|e| e == "md") { "rs" } else { "md" });
                assert!(twin.exists(), "{} has no twin", path.display());
                pairs += 1;
            }
        }
    }
    assert_eq!(pairs, 2 * RULES.len());
}

#[test]
fn rules_are_found_by_id_and_know_their_element() {
    assert_eq!(
        rule("GOAL-010").and_then(|rule| rule.element("/goals/0/statement/text")),
        Some("Goal.description.text")
    );
    let id = rule("DATA-001").expect("DATA-001");
    assert_eq!(id.element("/person/local_id"), Some("Patient.identifier"));
    assert_eq!(id.element("/plan_id"), Some("CarePlan.identifier"));
    assert_eq!(id.area(), "DATA");
    let wording = rule("LANG-001").expect("LANG-001");
    assert_eq!(wording.element("/objectives/12/text"), Some("Goal.description.text"));
    assert_eq!(wording.element("/reviews/0/progress/3/text"), Some("Goal.note.text"));
    assert_eq!(wording.element("/risks/0/mitigation"), Some("RiskAssessment.mitigation"));
    assert_eq!(wording.element("/text"), None);
    assert!(rule("GOAL-000").is_none());
}

/// Measures PCRP-04 and PCRP-05 are counted from these rules' findings, so no policy may switch them off.
#[test]
fn rules_that_measures_count_have_a_floor() {
    let counted = [
        "GOAL-002", "GOAL-003", "GOAL-010", "GOAL-011", "GOAL-013", "GOAL-014", "GOAL-032", "STR-001", "STR-002",
        "STR-007",
    ];
    for id in counted {
        assert!(rule(id).is_some_and(|rule| rule.floor >= Some(Severity::Information)), "{id}");
    }
    for id in ["GOAL-002", "GOAL-010", "STR-001"] {
        assert_eq!(rule(id).and_then(|rule| rule.floor), Some(Severity::Warning), "{id}");
    }
}
