//! Answers of an agency to findings: what they replace, when they hold, and what they never make of a clinician's words.

use ownwords::{
    plan::{Plan, code::Vocabulary, overrides::OverrideReason},
    rules::{Gates, Outcome, Phrases, Severity, Verdict, catalogue::RULES, judge, passed, passed_by_answer},
};
use serde_json::{Value, json};

use super::{finding, judged, judged_on_words, plan_with, said_of_words};

const CLINICAL: &str = "Patient will increase insight.";

fn answer(rule: &str, reason: &str) -> Value {
    json!({ "rule_id": rule, "pointer": "/goals/0/statement/text", "reason_code": reason,
            "reason_text": "Talked it over on Friday.", "by_role": "supervisor", "by_id": "s-4", "at": "2026-02-20" })
}

/// A plan with one clinical goal and this answer.
fn answered(change: &Value) -> Plan {
    let mut given = answer("GOAL-010", "words-confirmed-by-person");
    for (name, value) in change.as_object().expect("fields") {
        given[name] = value.clone();
    }
    plan_with(
        json!({ "goals": [{ "strengths_used": ["s1"], "statement": { "text": CLINICAL } }], "overrides": [given] }),
    )
}

fn fault(plan: &Plan) -> Option<String> {
    let verdict = judged(plan, "standard");
    let fault = finding(&verdict, "OVR-002")?.diagnostics.clone();
    assert!(finding(&verdict, "GOAL-010").is_some(), "the finding stands");
    assert_eq!(verdict.outcome(), Outcome::Rejected);
    Some(fault)
}

#[test]
fn an_answer_stands_in_place_of_the_finding() {
    let verdict = judged(&answered(&json!({})), "standard");
    assert_eq!(said_of_words(&verdict), ["OVR-001"]);
    let found = &verdict.findings.iter().find(|f| f.rule == "OVR-001").expect("the answer");
    assert_eq!((found.pointer.as_str(), found.severity), ("/goals/0/statement/text", Severity::Information));
    assert_eq!(found.diagnostics, "answered=GOAL-010; reason=words-confirmed-by-person");
    assert_eq!(verdict.outcome(), Outcome::Accepted);
    for pointer in [Value::Null, json!(""), json!("/goals/0"), json!("/goals/0/statement")] {
        assert_eq!(
            said_of_words(&judged(&answered(&json!({ "pointer": pointer })), "strict")),
            ["OVR-001"],
            "{pointer}"
        );
    }
    for pointer in ["/goals/1/statement/text", "/goals/0/statement/tex", "/strengths", "goals/0"] {
        assert_eq!(
            said_of_words(&judged(&answered(&json!({ "pointer": pointer })), "strict")),
            ["GOAL-010"],
            "{pointer}"
        );
    }
}

#[test]
fn an_answer_needs_reason_role_and_date_and_a_rule_that_takes_one() {
    let incomplete = [
        json!({ "reason_code": null }),
        json!({ "reason_code": "because" }),
        json!({ "reason_text": null }),
        json!({ "reason_text": "  fourteen chars  " }),
        json!({ "by_role": " " }),
        json!({ "at": null }),
        json!({ "at": "last week" }),
    ];
    for change in incomplete {
        assert_eq!(fault(&answered(&change)).as_deref(), Some("override=0; fault=incomplete"), "{change}");
    }
    assert_eq!(fault(&answered(&json!({ "reason_text": "fifteen letters" }))), None);
    let unknown = judged(&answered(&json!({ "rule_id": "GOAL-999" })), "standard");
    assert_eq!(said_of_words(&unknown), ["GOAL-010", "OVR-002"]);
    assert_eq!(finding(&unknown, "OVR-002").map(|f| f.pointer.as_str()), Some("/overrides/0/rule_id"));
    for rule in RULES.iter().filter(|rule| !rule.overridable) {
        let verdict = judged(&answered(&json!({ "rule_id": rule.id, "pointer": null })), "standard");
        assert!(finding(&verdict, "OVR-001").is_none() && finding(&verdict, "GOAL-010").is_some(), "{}", rule.id);
    }
}

#[test]
fn an_answer_ends() {
    let on = |change: Value, next_review: Value, day: &str| {
        let mut plan = serde_json::to_value(answered(&change)).expect("JSON");
        plan["next_review_due"] = next_review;
        let plan: Plan = serde_json::from_value(plan).expect("a plan");
        let policy = ownwords::profile::policy("standard").expect("standard");
        let verdict = judge(&plan, &policy, day.parse().expect("a day"));
        finding(&verdict, "OVR-002").map(|f| f.message.contains("expired")).map_or("holds", |_| "ended")
    };
    let ends = || json!({ "expires_on": "2026-05-04" });
    assert_eq!(on(ends(), Value::Null, "2026-05-04"), "holds");
    assert_eq!(on(ends(), Value::Null, "2026-05-05"), "ended");
    assert_eq!(on(json!({ "expires_on": "2026-05" }), Value::Null, "2026-05-31"), "holds");
    assert_eq!(on(json!({ "expires_on": "2026-05" }), Value::Null, "2026-06-01"), "ended");
    assert_eq!(on(json!({}), json!("2026-05-04"), "2026-05-05"), "ended", "with the next review");
    assert_eq!(on(json!({}), json!("2026-01-04"), "2026-05-05"), "holds", "that review was before the answer");
    assert_eq!(on(ends(), json!("2026-03-01"), "2026-05-04"), "holds", "its own day counts");
    assert_eq!(on(json!({}), Value::Null, "2027-02-20"), "holds");
    assert_eq!(on(json!({ "expires_on": "2099-01-01" }), Value::Null, "2027-02-21"), "ended", "a year at most");
}

#[test]
fn one_good_answer_is_enough_and_nothing_hides_a_bad_one() {
    let good = answer("GOAL-010", "words-confirmed-by-person");
    let mut bad = good.clone();
    bad["reason_text"] = json!("ok");
    let goals = json!([{ "statement": { "text": CLINICAL } }, { "statement": { "text": CLINICAL } }]);
    let judged_with =
        |overrides: Value| judged_on_words(&plan_with(json!({ "goals": goals, "overrides": overrides })), "standard");
    assert_eq!(
        said_of_words(&judged_with(json!([bad, good]))),
        ["OVR-001", "OVR-001"],
        "one answer for the whole plan"
    );
    let hiding = answer("OVR-002", "checker-mistake");
    let hidden = judged_with(json!([bad, hiding, { "rule_id": "OVR-002", "pointer": "" }]));
    assert_eq!(said_of_words(&hidden), ["GOAL-010", "GOAL-010", "OVR-002"]);
    let over_answer = answer("OVR-001", "checker-mistake");
    assert_eq!(said_of_words(&judged_with(json!([good, over_answer]))), ["OVR-001", "OVR-001"]);
}

#[test]
fn withdrawn_plans_have_nothing_to_answer() {
    let mut plan = answered(&json!({ "reason_text": "ok" }));
    plan.status = Some("revoked".into());
    assert_eq!(said_of_words(&judged(&plan, "standard")), Vec::<&str>::new());
}

/// PCRP-04 lets an answered plan pass in a column of its own; own words it has only where the reason says so.
#[test]
fn only_a_reason_that_says_so_makes_words_the_persons() {
    let gates = |plan: &Plan, verdict: &Verdict| {
        (passed(plan, verdict, &Phrases::default()).own_words, passed_by_answer(plan, verdict))
    };
    for reason in OverrideReason::CODES {
        let theirs = !["required-by-state-rule", "crisis-admission"].contains(reason);
        for policy in ["observe", "standard", "strict"] {
            let plan = answered(&json!({ "reason_code": reason }));
            let verdict = judged(&plan, policy);
            assert_eq!(gates(&plan, &verdict), (theirs, true), "{reason} {policy}");
            assert_eq!(verdict.outcome(), Outcome::Accepted);
        }
    }
    let unusable = answered(&json!({ "reason_text": "ok" }));
    assert_eq!(gates(&unusable, &judged(&unusable, "standard")), (false, false));
    let own = plan_with(json!({ "overrides": [answer("GOAL-010", "crisis-admission")] }));
    assert_eq!(
        passed(&own, &judged(&own, "standard"), &Phrases::default()),
        Gates { own_words: true, strengths: true }
    );
    assert!(!passed_by_answer(&own, &judged(&own, "standard")));
}
