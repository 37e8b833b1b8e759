//! The three policies: complete, growing stricter, and refused with file and line when they do not fit the catalogue.

use ownwords::{
    plan::{Plan, ProgramType},
    profile::{policy, read_policy},
    rules::{Circumstance, Outcome, Phrases, Policy, Severity, Situation, catalogue::RULES, judge, passed},
};
use proptest::prelude::{Just, Strategy, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};
use serde_json::{Value, json};

use super::{judged, plan_with, today};

const NAMES: [&str; 3] = ["observe", "standard", "strict"];

#[test]
fn each_policy_is_at_least_as_strict_as_the_one_before() {
    let policies = NAMES.map(|name| policy(name).expect(name));
    for pair in policies.windows(2) {
        for rule in RULES {
            for circumstance in Circumstance::ALL {
                let weight = |policy: &Policy| policy.severity_when(rule.id, circumstance);
                assert!(weight(&pair[0]) <= weight(&pair[1]), "{} {circumstance:?}: {}", rule.id, pair[1].name());
            }
        }
    }
    assert_eq!(policies[1].severity("GOAL-010"), Some(Severity::Error));
    assert_eq!(policies[0].severity("GOAL-012"), None);
    assert_eq!(policies[0].severity("GOAL-999"), None);
}

#[test]
fn observe_sends_no_plan_back_for_its_words() {
    let poor = plan_with(json!({ "goals": [], "strengths": [{ "text": "none" }] }));
    assert_eq!(judged(&poor, "observe").outcome(), Outcome::AcceptedWithWarnings);
    assert_eq!(judged(&poor, "standard").outcome(), Outcome::Rejected);
}

#[test]
fn short_crisis_plans_are_not_sent_back_for_their_words() {
    let poor = json!({ "goals": [{ "statement": { "text": "Patient will reduce symptoms." } }], "strengths": [] });
    for over in [json!({ "plan_type": "crisis-short-term" }), json!({ "program": { "type": "crisis-stabilization" } })]
    {
        let mut fields = poor.clone();
        for (name, value) in over.as_object().expect("fields") {
            fields[name] = value.clone();
        }
        assert_eq!(judged(&plan_with(fields.clone()), "strict").outcome(), Outcome::AcceptedWithWarnings);
        fields["plan_id"] = Value::Null;
        assert_eq!(judged(&plan_with(fields), "strict").outcome(), Outcome::Rejected, "an id is needed all the same");
    }
    assert_eq!(judged(&plan_with(poor), "strict").outcome(), Outcome::Rejected);
}

#[test]
fn an_overlay_may_switch_a_rule_off() {
    let standard = include_str!("../../../profiles/policy/standard.toml");
    let overlay = "[[overlay]]\nprogram_type = \"peer-run\"\noff = [\"GOAL-012\"]\n";
    let policy = read_policy("house.toml", &format!("{standard}\n{overlay}")).expect("a policy");
    let weighs = |program_type: &ProgramType| {
        let situation = Situation { program_type: Some(program_type), ..Situation::default() };
        policy.standing("GOAL-012", &situation, today()).map(|standing| standing.of(Circumstance::Usual))
    };
    assert_eq!(weighs(&ProgramType::PeerRun), Some(None));
    assert_eq!(weighs(&ProgramType::Act), Some(Some(Severity::Information)));
}

#[test]
fn an_unknown_policy_is_named() {
    let error = policy("lenient").expect_err("no such policy").to_string();
    assert_eq!(error, "there is no policy \"lenient\"; take observe, standard or strict");
}

#[test]
fn what_does_not_fit_the_catalogue_is_refused_with_its_line() {
    let good = include_str!("../../../profiles/policy/standard.toml");
    let line = |needle: &str| 1 + good.lines().position(|line| line.starts_with(needle)).expect(needle);
    let refused = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        read_policy("house.toml", &good.replacen(from, to, 1)).expect_err(to).to_string()
    };
    let at = line("GOAL-010");
    assert_eq!(
        refused("GOAL-010 = \"error\"", "GOAL-999 = \"error\""),
        format!("house.toml line {at}: there is no rule GOAL-999; `ownwords rules` lists them")
    );
    assert_eq!(
        refused("GOAL-010 = \"error\"", "GOAL-010 = \"off\""),
        format!("house.toml line {at}: GOAL-010 may not weigh less than warning")
    );
    assert_eq!(
        refused("GOAL-010 = \"error\"\n", ""),
        format!("house.toml line {}: GOAL-010 is missing; say error, warning, information or off", line("[severity]"))
    );
    let unknown = refused("GOAL-010 = \"error\"", "GOAL-010 = \"fatal\"");
    assert!(unknown.starts_with(&format!("house.toml line {at}: unknown variant")), "{unknown}");
    let twice = refused("GOAL-010 = \"error\"", "GOAL-010 = \"error\"\nGOAL-010 = \"error\"");
    assert!(twice.starts_with(&format!("house.toml line {}: duplicate key", at + 1)), "{twice}");
    let overlay = refused("crisis-short-term", "crisis-shortterm");
    assert!(overlay.ends_with("a program_type of the plan model, or an age_group"), "{overlay}");
    let under = refused("[\"GOAL\", \"STR\"]", "[\"DATA\"]");
    assert!(under.ends_with("DATA-001 may not weigh less than error"), "{under}");
    let key = refused("policy = \"standard\"", "policy = \"standard\"\nraise = {}");
    assert!(key.starts_with("house.toml line ") && key.contains("unknown field `raise`"), "{key}");
}

/// A goal as anything may send it.
fn any_goal() -> impl Strategy<Value = Value> {
    let texts = prop_oneof![
        Just("I want to sing"),
        Just("Patient will increase insight."),
        Just("Get a job"),
        Just("Client wants a dog"),
        Just("being medication compliant"),
        Just("N/A"),
        Just(""),
        Just("想开一家小面馆"),
        Just("Reducir los síntomas de ansiedad"),
    ];
    let speakers = prop_oneof![Just(None), Just(Some("person")), Just(Some("staff")), Just(Some("whoever"))];
    let methods = prop_oneof![Just(None), Just(Some("staff-summary")), Just(Some("spoken-verbatim"))];
    let statuses = prop_oneof![Just("active"), Just("achieved"), Just("replaced"), Just("?")];
    let kinds = prop_oneof![Just(None), Just(Some("clinical-goal"))];
    (texts, speakers, methods, statuses, kinds).prop_map(|(text, by, method, status, kind)| {
        let statement = json!({ "text": text, "expressed_by": by, "capture_method": method });
        json!({ "status": status, "kind": kind, "statement": statement })
    })
}

fn any_plan() -> impl Strategy<Value = Plan> {
    let goals = prop::collection::vec(any_goal(), 0..4);
    let strengths = prop::collection::vec(prop_oneof![Just(""), Just("none"), Just("Sings")], 0..3);
    let no_goal = prop_oneof![
        Just(Value::Null),
        Just(json!({ "reason": "declined", "recorded_on": "2026-01-01" })),
        Just(json!({ "reason": "still-exploring", "recorded_on": "2025-01-01", "next_conversation_by": "2025-06-01" })),
        Just(json!({ "reason": "other" })),
    ];
    let status = prop_oneof![4 => Just("active"), 1 => Just("revoked"), 1 => Just("open")];
    let plan_type = prop_oneof![3 => Just("annual"), 1 => Just("crisis-short-term")];
    let ends = prop_oneof![Just("2026-08-01"), Just("2020-01-01"), Just("later")];
    (goals, strengths, no_goal, status, plan_type, ends).prop_map(
        |(goals, strengths, no_goal, status, plan_type, end)| {
            let strengths: Vec<_> = strengths.into_iter().map(|text| json!({ "text": text })).collect();
            plan_with(json!({
                "goals": goals, "strengths": strengths, "no_goal": no_goal, "status": status, "plan_type": plan_type,
                "period": { "start": "2026-01-01", "end": end },
            }))
        },
    )
}

proptest! {
    #[test]
    fn a_stricter_policy_never_finds_less(plan in any_plan()) {
        let verdicts = NAMES.map(|name| judged(&plan, name));
        for pair in verdicts.windows(2) {
            for finding in &pair[0].findings {
                let there = pair[1].findings.iter().find(|f| f.rule == finding.rule && f.pointer == finding.pointer);
                prop_assert!(there.is_some_and(|f| f.severity >= finding.severity), "{finding:?}");
            }
        }
        let rank = |outcome: Outcome| [Outcome::Accepted, Outcome::AcceptedWithWarnings, Outcome::Rejected].iter().position(|o| *o == outcome);
        prop_assert!(verdicts.windows(2).all(|pair| rank(pair[0].outcome()) <= rank(pair[1].outcome())));
        let gates = verdicts.each_ref().map(|verdict| passed(&plan, verdict, &Phrases::default()));
        prop_assert!(gates[0] == gates[1] && gates[1] == gates[2]);
    }

    #[test]
    fn judging_twice_says_the_same(plan in any_plan()) {
        let policy = policy("strict").expect("strict");
        prop_assert_eq!(judge(&plan, &policy, today()), judge(&plan.clone(), &policy, today()));
    }
}
