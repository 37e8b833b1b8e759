//! Ready-made phrases: the starter list, an agency's own, and what follows for the goal.

use std::collections::BTreeSet;

use ownwords::{
    profile,
    rules::{Outcome, Phrases, Policy, Severity, Verdict, goals_in_own_words, judge, passed},
};
use serde_json::json;

use super::{finding, plan_with, plan_with_goal, rules_of, today};

const STARTER: &str = include_str!("../../../src/rules/wording/phrases.toml");
const GOALS: &str = include_str!("../../data/rules/goals.toml");

fn starter() -> Vec<String> {
    let table: toml::Table = STARTER.parse().expect("a table");
    let lists = table.values().flat_map(|list| list["phrases"].as_array().expect("phrases"));
    lists.map(|phrase| phrase.as_str().expect("a phrase").to_owned()).collect()
}

/// The policy of an agency with these phrases of its own.
fn policy(phrases: &str) -> Policy {
    let policy = Policy::clone(&profile::policy("standard").expect("a built-in policy"));
    policy.with_phrases(Phrases::read(phrases).expect("a list"))
}

fn judged(text: &str) -> Verdict {
    judge(
        &plan_with_goal(text),
        &policy("# ours\nHousing\n\nI would like to live in a supportive place!\nN/A\n"),
        today(),
    )
}

#[test]
fn each_phrase_of_the_starter_list_is_found_whatever_its_case() {
    let standard = profile::policy("standard").expect("a built-in policy");
    let phrases = starter();
    assert!(phrases.len() > 50);
    assert_eq!(phrases.iter().map(|phrase| phrase.to_lowercase()).collect::<BTreeSet<_>>().len(), phrases.len());
    for phrase in phrases {
        for text in [phrase.clone(), phrase.to_uppercase(), format!("  {}. ", phrase.replace(' ', "  "))] {
            let verdict = judge(&plan_with_goal(&text), &standard, today());
            assert!(rules_of(&verdict).contains(&"GOAL-032"), "{text}: {:?}", rules_of(&verdict));
            assert!(rules_of(&verdict).contains(&"GOAL-010"), "{text}: {:?}", rules_of(&verdict));
        }
    }
}

#[test]
fn no_goal_that_we_know_as_a_persons_own_is_in_the_starter_list() {
    let table: toml::Table = GOALS.parse().expect("a table");
    let mut own = 0;
    for goal in table["goal"].as_array().expect("goals") {
        let (text, said) = (goal["text"].as_str().expect("a text"), goal["said"].as_str().expect("a voice"));
        if said == "own-words" || said == "plausible" {
            own += 1;
            let verdict = judge(&plan_with_goal(text), &profile::policy("strict").expect("a policy"), today());
            assert!(finding(&verdict, "GOAL-032").is_none(), "{text}");
        }
    }
    assert!(own > 20);
}

#[test]
fn an_agencys_own_phrase_counts_as_a_clinicians_voice_whatever_its_words() {
    let verdict = judged("housing.");
    assert_eq!(
        finding(&verdict, "GOAL-032").map(|found| (found.severity, &*found.diagnostics)),
        Some((Severity::Warning, "markers=ready-made"))
    );
    assert_eq!(verdict.outcome(), Outcome::Rejected);
    assert!(finding(&judged("I would like to live in a supportive place"), "GOAL-010").is_some());
    assert!(finding(&judged("Maintain stability in the community"), "GOAL-032").is_some(), "the starter list stays");
    for own in ["Housing for me and my dog", "I would like to live in a supportive place near my sister"] {
        assert!(finding(&judged(own), "GOAL-032").is_none(), "{own}");
    }
    let placeholder = rules_of(&judged("n/a"));
    assert!(placeholder.contains(&"GOAL-003") && !placeholder.contains(&"GOAL-032"), "{placeholder:?}");
}

#[test]
fn what_the_record_says_outranks_the_list_and_another_goal_keeps_the_plan() {
    let with = |statement: serde_json::Value| {
        let mut statement = statement;
        statement["text"] = json!("Housing");
        let plan = plan_with(json!({ "goals": [{ "goal_id": "g1", "status": "active", "statement": statement }] }));
        let verdict = judge(&plan, &policy("Housing"), today());
        (finding(&verdict, "GOAL-032").is_some(), passed(&plan, &verdict, &Phrases::default()).own_words)
    };
    assert_eq!(with(json!({})), (true, false));
    assert_eq!(with(json!({ "capture_method": "selected-from-list", "expressed_by": "person" })), (true, false));
    assert_eq!(with(json!({ "capture_method": "spoken-verbatim" })), (false, true));
    assert_eq!(with(json!({ "attestation": { "statement": "my-own-words" } })), (false, true));
    let two = plan_with(json!({ "goals": [
        { "goal_id": "g1", "status": "active", "statement": { "text": "I want to raise goats." } },
        { "goal_id": "g2", "status": "active", "statement": { "text": "Housing" } } ] }));
    let verdict = judge(&two, &policy("Housing"), today());
    assert_eq!(verdict.outcome(), Outcome::AcceptedWithWarnings);
    assert_eq!(finding(&verdict, "GOAL-032").map(|found| &*found.pointer), Some("/goals/1/statement/text"));
    assert!(passed(&two, &verdict, &Phrases::default()).own_words);
}

#[test]
fn an_answer_takes_its_place_and_makes_the_words_own_only_for_a_reason_that_says_so() {
    let answered = |reason: &str| {
        let answer = |rule: &str| {
            json!({ "rule_id": rule, "reason_code": reason, "reason_text": "She read it out and laughed.",
            "by_role": "case-manager", "at": "2026-02-20" })
        };
        let plan =
            plan_with(json!({ "goals": [{ "goal_id": "g1", "status": "active", "statement": { "text": "Housing" } }],
            "overrides": [answer("GOAL-032"), answer("GOAL-010")] }));
        let verdict = judge(&plan, &policy("Housing"), today());
        let raised = rules_of(&verdict);
        assert!(
            raised.contains(&"OVR-001") && !raised.contains(&"GOAL-032") && !raised.contains(&"GOAL-010"),
            "{raised:?}"
        );
        passed(&plan, &verdict, &Phrases::default()).own_words
    };
    assert!(answered("words-confirmed-by-person"));
    assert!(!answered("required-by-state-rule"));
}

#[test]
fn a_list_makes_another_policy_by_its_phrases_and_not_by_its_lines() {
    let identity = |phrases: &str| policy(phrases).identity(today());
    let plain = profile::policy("standard").expect("a built-in policy").identity(today());
    assert_ne!(identity("Housing"), plain);
    assert_ne!(identity("Housing"), identity("Housing first"));
    assert_eq!(identity("# b\nHousing\nWork\n"), identity("WORK!\n\nhousing"));
}

#[test]
fn a_poor_list_is_refused_with_its_line() {
    let fault = |text: &str| {
        let fault = Phrases::read(text).expect_err("a fault");
        format!("{}: {}", fault.line, fault.fault)
    };
    assert_eq!(fault("# none\n\n"), "1: there is no phrase in this file; write one a line");
    assert_eq!(fault("Housing\n--\n"), "2: there is no word in this phrase; take the line out, or start it with #");
    assert_eq!(
        fault("\u{feff}Housing\n# x\nhousing."),
        "3: this phrase stands in line 1 already; take one of them out"
    );
}

#[test]
fn a_withdrawn_plan_is_read_with_the_phrases_too() {
    let withdrawn = plan_with(json!({ "status": "revoked", "goals": [
        { "goal_id": "g1", "status": "active", "statement": { "text": "Grow tomatoes" } } ] }));
    let verdict = judge(&withdrawn, &policy("Grow tomatoes\n"), today());
    for (phrases, own) in [("Grow tomatoes\n", vec![]), ("Housing\n", vec![0])] {
        let phrases = Phrases::read(phrases).expect("a list");
        assert_eq!(passed(&withdrawn, &verdict, &phrases).own_words, !own.is_empty());
        assert_eq!(goals_in_own_words(&withdrawn, &verdict, &phrases), own);
    }
}
