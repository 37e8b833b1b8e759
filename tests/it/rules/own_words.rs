//! Is a goal in the person's own words? The seed's six sentences, our labeled goals, and what the record says about them.

use std::fs;

use ownwords::rules::{Gates, Outcome, Phrases, Severity, passed};
use proptest::prelude::{prop_assert, prop_assert_ne, proptest};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{finding, judged_on_words as judged, plan_with, plan_with_goal, said_of_words};

/// "PCRP goals: new and improved" (MHTTC, Yale PRCH, Via Hope, 2024), the first acceptance test of the product.
#[test]
fn the_seeds_six_sentences() {
    let improved = [
        "I want to go back to college and finish my degree.",
        "I want to have control of and manage my own money.",
        "I would like to live in my own home.",
    ];
    for text in improved {
        let verdict = judged(&plan_with_goal(text), "standard");
        assert_eq!(verdict.outcome(), Outcome::Accepted, "{text}: {verdict:?}");
        assert_eq!(said_of_words(&verdict), Vec::<&str>::new(), "{text}");
    }
    let traditional = [
        "Patient will maintain medication and treatment compliance.",
        "Patient will increase insight.",
        "Patient will reduce behavioral outbursts.",
    ];
    for text in traditional {
        let verdict = judged(&plan_with_goal(text), "standard");
        assert_eq!(verdict.outcome(), Outcome::Rejected, "{text}");
        assert_eq!(said_of_words(&verdict), ["GOAL-010"], "{text}");
        assert_eq!(verdict.findings[0].pointer, "/goals/0/statement/text");
        assert!(verdict.findings[0].diagnostics.starts_with("markers=C1,C"), "{verdict:?}");
    }
}

#[derive(Deserialize)]
struct Labeled {
    goal: Vec<Goal>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Goal {
    text: String,
    lang: Option<String>,
    preferred_name: Option<String>,
    expressed_by: Option<String>,
    capture_method: Option<String>,
    attestation: Option<String>,
    said: String,
    #[serde(default)]
    findings: Vec<String>,
}

#[test]
fn labeled_goals_are_heard_as_a_reader_hears_them() {
    let text = fs::read_to_string("tests/data/rules/goals.toml").expect("the labeled goals");
    let labeled: Labeled = toml::from_str(&text).expect("labeled goals");
    assert!(labeled.goal.len() >= 40);
    let mut wrong = Vec::new();
    for goal in &labeled.goal {
        let mut statement = json!({ "text": goal.text });
        let parts =
            [("lang", &goal.lang), ("expressed_by", &goal.expressed_by), ("capture_method", &goal.capture_method)];
        for (name, value) in parts {
            if let Some(value) = value {
                statement[name] = json!(value);
            }
        }
        if let Some(what) = &goal.attestation {
            statement["attestation"] = json!({ "statement": what, "by": "person", "date": "2026-02-02" });
        }
        let plan = plan_with(json!({
            "person": { "local_id": "P-77", "preferred_name": goal.preferred_name },
            "goals": [{ "goal_id": "g1", "status": "active", "statement": statement }],
        }));
        let said = super::shared_examples::voice(&goal.text, goal.lang.as_deref(), goal.preferred_name.as_deref());
        let found = said_of_words(&judged(&plan, "standard"));
        if said != goal.said || found != goal.findings {
            wrong.push(format!("{:?}: {said} {found:?}, labeled {} {:?}", goal.text, goal.said, goal.findings));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_clinical_goal_beside_the_persons_own_is_fine() {
    let plan = plan_with(json!({ "goals": [
        { "status": "active", "statement": { "text": "Patient will increase insight." } },
        { "status": "active", "statement": { "text": "I want to drive a forklift." } },
    ] }));
    let verdict = judged(&plan, "standard");
    assert_eq!(said_of_words(&verdict), ["GOAL-011"]);
    assert_eq!(verdict.outcome(), Outcome::Accepted);
    assert_eq!(verdict.findings[0].pointer, "/goals/0/kind");
}

#[test]
fn goals_no_longer_wanted_neither_help_nor_hurt() {
    let gone = json!({ "status": "changed-my-mind", "statement": { "text": "I want to drive a forklift." } });
    let clinical = json!({ "status": "active", "statement": { "text": "Patient will increase insight." } });
    let only_gone = judged(&plan_with(json!({ "goals": [gone] })), "standard");
    assert_eq!(said_of_words(&only_gone), ["GOAL-001"]);
    let beside = judged(&plan_with(json!({ "goals": [gone, clinical] })), "standard");
    assert_eq!(said_of_words(&beside), ["GOAL-010"]);
    assert_eq!(beside.findings[0].pointer, "/goals/1/statement/text");
}

#[test]
fn an_empty_goal_only_warns_when_something_stands() {
    let empty = json!({ "status": "active", "domain": "housing" });
    let own = json!({ "status": "active", "statement": { "text": "I want my own front door." } });
    let clinical = json!({ "status": "active", "statement": { "text": "Patient will increase insight." } });
    let weight = |fields: Value, rule: &str| finding(&judged(&plan_with(fields), "standard"), rule).map(|f| f.severity);
    assert_eq!(weight(json!({ "goals": [empty] }), "GOAL-002"), Some(Severity::Error));
    assert_eq!(weight(json!({ "goals": [empty, own] }), "GOAL-002"), Some(Severity::Warning));
    assert_eq!(weight(json!({ "goals": [empty, clinical] }), "GOAL-002"), Some(Severity::Error));
    assert_eq!(weight(json!({ "goals": [empty, clinical] }), "GOAL-010"), Some(Severity::Error));
    let reason = json!({ "reason": "declined", "recorded_on": "2026-02-20" });
    assert_eq!(weight(json!({ "goals": [empty], "no_goal": reason }), "GOAL-002"), Some(Severity::Warning));
    assert_eq!(weight(json!({ "goals": [empty], "no_goal": reason }), "GOAL-004"), Some(Severity::Warning));
    let none = json!({ "text": "None identified" });
    let told = json!({ "text": "Bakes bread" });
    assert_eq!(weight(json!({ "strengths": [none] }), "STR-002"), Some(Severity::Error));
    assert_eq!(weight(json!({ "strengths": [none, told] }), "STR-002"), Some(Severity::Warning));
}

#[test]
fn an_attestation_of_nothing_attests_nothing() {
    let plan = plan_with(json!({ "goals": [
        { "statement": { "text": "Patient will increase insight." } },
        { "statement": { "text": " ", "attestation": { "statement": "my-own-words", "by": "person" } } },
    ] }));
    assert_eq!(said_of_words(&judged(&plan, "standard")), ["GOAL-002", "GOAL-010"]);
}

#[test]
fn a_goal_copied_from_a_barrier_is_a_placeholder_unless_the_person_gave_it() {
    let plan = |capture: Value| {
        plan_with(json!({
            "goals": [{ "statement": { "text": "  no car to get  to work.", "capture_method": capture } }],
            "barriers": [{ "text": "No car to get to work." }],
        }))
    };
    let copied = judged(&plan(Value::Null), "standard");
    assert_eq!(said_of_words(&copied), ["GOAL-003"]);
    assert_eq!(copied.findings[0].diagnostics, "repeats=barrier");
    assert_eq!(said_of_words(&judged(&plan(json!("spoken-verbatim")), "standard")), Vec::<&str>::new());
}

#[test]
fn withdrawn_plans_get_the_data_rules_only() {
    for status in ["entered-in-error", "revoked"] {
        let plan = plan_with(json!({ "status": status, "goals": [], "strengths": [], "period": { "start": "soon" } }));
        assert_eq!(said_of_words(&judged(&plan, "strict")), ["DATA-002"], "{status}");
        assert_eq!(passed(&plan, &judged(&plan, "strict"), &Phrases::default()), Gates::default());
        let good = plan_with(json!({ "status": status }));
        assert_eq!(
            passed(&good, &judged(&good, "strict"), &Phrases::default()),
            Gates { own_words: true, strengths: true }
        );
    }
}

#[test]
fn a_waiting_person_is_asked_again_after_sixty_days() {
    let plan = |reason: &str, day: &str| {
        let no_goal = json!({ "reason": reason, "recorded_on": "2025-12-01", "next_conversation_by": day });
        plan_with(json!({ "goals": [], "no_goal": no_goal }))
    };
    let weight = |reason: &str, day: &str, policy: &str| {
        let verdict = judged(&plan(reason, day), policy);
        assert_eq!(said_of_words(&verdict), ["GOAL-004"]);
        (verdict.findings[0].severity, verdict.findings[0].message.contains("has passed"))
    };
    assert_eq!(weight("still-exploring", "2026-03-20", "strict"), (Severity::Warning, false));
    assert_eq!(weight("still-exploring", "2026-03-01", "strict"), (Severity::Warning, true));
    assert_eq!(weight("still-exploring", "2026-01-01", "strict"), (Severity::Warning, true));
    assert_eq!(weight("still-exploring", "2025-12-31", "strict"), (Severity::Error, true));
    assert_eq!(weight("unable-at-this-time", "2025-12", "strict"), (Severity::Error, true));
    assert_eq!(weight("unable-at-this-time", "2025-12", "standard"), (Severity::Warning, true));
    assert_eq!(weight("declined", "2025-01-01", "strict"), (Severity::Warning, true));
    assert_eq!(weight("still-exploring", "2025-12-31", "observe"), (Severity::Information, true));
}

#[test]
fn gates_are_counted_the_same_under_every_policy() {
    let cases = [
        (json!({}), true, true),
        (json!({ "goals": [], "strengths": [] }), false, false),
        (json!({ "goals": [{ "statement": { "text": "Get a job" } }] }), true, true),
        (json!({ "goals": [{ "statement": { "text": "Client wants a job" } }] }), false, true),
        (json!({ "goals": [{ "statement": { "text": "being medication compliant" } }] }), false, true),
        (json!({ "goals": [{ "statement": { "text": "Patient will increase insight." } }] }), false, true),
        (json!({ "goals": [{ "statement": { "text": "想开一家小面馆" } }] }), true, true),
        (json!({ "goals": [{ "kind": "clinical-goal", "statement": { "text": "I want to sleep" } }] }), true, true),
        (json!({ "strengths": [{ "text": "N/A" }] }), true, false),
        (json!({ "strengths": [{ "text": "N/A" }, { "text": "Sings" }] }), true, true),
        (json!({ "strengths": [], "no_strengths": { "reason": "declined" } }), true, false),
    ];
    for (fields, own_words, strengths) in cases {
        for policy in ["observe", "standard", "strict"] {
            let plan = plan_with(fields.clone());
            let gates = passed(&plan, &judged(&plan, policy), &Phrases::default());
            assert_eq!(gates, Gates { own_words, strengths }, "{policy} {fields}");
        }
    }
}

#[test]
fn staff_who_speak_for_the_person_weigh_more_under_strict_only() {
    let weight = |by: &str, policy: &str, beside: Option<Value>| {
        let goal = json!({ "kind": "clinical-goal", "statement": { "text": "Fewer stays in the hospital", "expressed_by": by } });
        let goals: Vec<_> = std::iter::once(goal).chain(beside).collect();
        let plan = plan_with(json!({ "planning": null, "agreement": null, "goals": goals }));
        finding(&judged(&plan, policy), "GOAL-016").map(|found| found.severity)
    };
    assert_eq!(weight("staff", "observe", None), Some(Severity::Information));
    assert_eq!(weight("staff", "standard", None), Some(Severity::Warning));
    assert_eq!(weight("staff", "strict", None), Some(Severity::Error));
    assert_eq!(weight("guardian", "strict", None), Some(Severity::Warning));
    assert_eq!(weight("person", "strict", None), None);
    let own = json!({ "statement": { "text": "I want to drive a forklift." } });
    assert_eq!(weight("staff", "strict", Some(own)), None, "a clinical goal beside the person's own is fine");
}

#[test]
fn ages_are_counted_in_whole_years_at_the_start_of_the_plan() {
    let found = |born: &str, start: &str, status: Value| {
        let plan = plan_with(json!({
            "period": { "start": start }, "person": { "local_id": "P-77", "birth_date": born, "status": status },
        }));
        judged(&plan, "standard").findings.iter().any(|f| ["DATA-007", "DATA-008"].contains(&f.rule))
    };
    let smi = || json!({ "smi_sed": { "code": "smi" } });
    assert!(found("2008-02-03", "2026-02-02", smi()), "a day before eighteen");
    assert!(!found("2008-02-02", "2026-02-02", smi()));
    assert!(!found("2008-02", "2026-02-02", smi()), "the second of February would fit");
    assert!(found("2008-02-29", "2026-02-27", smi()));
    assert!(!found("2008-02-29", "2026-02-28", smi()));
    assert!(!found("2030-02-29", "2026-02-28", smi()), "not born yet: DATA-004's matter, if any");
    let sed = || json!({ "smi_sed": { "code": "sed" } });
    assert!(found("2004-02-02", "2026-02-02", sed()) && !found("2004-02-03", "2026-02-02", sed()));
    let works = |code: &str| json!({ "employment": { "code": code } });
    assert!(
        found("2010-02-03", "2026-02-02", works("full-time")) && !found("2010-02-02", "2026-02-02", works("full-time"))
    );
    assert!(!found("2015", "2026-02-02", works("not-in-labor-force")));
    let missing = json!({ "employment": { "code": "full-time", "missing": "unknown" } });
    assert!(!found("2015", "2026-02-02", missing));
}

proptest! {
    /// Whatever the text, an attestation outranks its look.
    #[test]
    fn attested_words_never_send_a_plan_back(text in "\\PC{0,60}|(Patient|Client|He) will [a-z ]{0,20}(insight|symptoms|complian)[a-z]*") {
        let plan = plan_with(json!({ "goals": [
            { "statement": { "text": text, "attestation": { "statement": "my-own-words", "by": "person" } } },
            { "statement": { "text": "Patient will increase insight." } },
        ] }));
        let verdict = judged(&plan, "strict");
        let stopped = finding(&verdict, "GOAL-002").or(finding(&verdict, "GOAL-003")).is_some();
        let heavy = verdict.findings.iter().find(|f| f.rule.starts_with("GOAL-01") && f.severity == Severity::Error);
        prop_assert!(stopped || heavy.is_none(), "{:?}", verdict);
    }

    /// First person alone never sends a plan back.
    #[test]
    fn who_says_i_is_never_sent_back(text in "[A-Za-z0-9 ,.%/-]{0,80}") {
        let plan = plan_with_goal(&format!("I want {text}"));
        prop_assert_ne!(judged(&plan, "strict").outcome(), Outcome::Rejected);
    }
}
