//! How the plan came about and goes on, and what is there for a crisis: the cases that are easily got wrong.

use ownwords::{profile, rules::judge};
use serde_json::{Value, json};

use super::{check_places, finding, judged, plan_with};

#[test]
fn a_review_is_late_from_the_day_after() {
    let late = |fields: Value, today: &str| {
        let policy = profile::policy("standard").expect("standard");
        let verdict = judge(&plan_with(fields), &policy, today.parse().expect("a day"));
        finding(&verdict, "PROC-005").map(|finding| finding.pointer.clone())
    };
    let due = |day: &str| json!({ "next_review_due": day });
    let reviewed = |day: &str| json!({ "next_review_due": "2026-05-04", "reviews": [{ "date": day }] });
    let status = |status: &str| json!({ "next_review_due": "2026-05-04", "status": status });
    let cases = [
        (due("2026-05-04"), "2026-05-03", false),
        (due("2026-05-04"), "2026-05-04", false),
        (due("2026-05-04"), "2026-05-05", true),
        (due("2026-05-04T09:00:00-05:00"), "2026-05-04", false),
        (due("2026-05-04T09:00:00-05:00"), "2026-05-05", true),
        (due("2026-05"), "2026-05-31", false),
        (due("2026-05"), "2026-06-01", true),
        (due("2026"), "2026-12-31", false),
        (due("2026"), "2027-01-01", true),
        (due("spring"), "2027-01-01", false),
        (json!({ "next_review_due": null }), "2027-01-01", false),
        (reviewed("2026-05-03"), "2026-05-05", true),
        (reviewed("2026-05-04"), "2026-05-05", false),
        (reviewed("2026-05-05T10:00:00Z"), "2026-05-05", false),
        (reviewed("2026-05"), "2026-06-05", false),
        (reviewed("2026-04"), "2026-06-05", true),
        (reviewed("soon"), "2026-06-05", true),
        (status("active"), "2026-05-05", true),
        (status("draft"), "2026-05-05", false),
        (status("on-hold"), "2026-05-05", false),
        (status("completed"), "2026-05-05", false),
        (status("revoked"), "2026-05-05", false),
    ];
    for (fields, today, expected) in cases {
        let place = expected.then(|| "/next_review_due".to_owned());
        assert_eq!(late(fields.clone(), today), place, "{fields} on {today}");
    }
}

#[test]
fn crisis_planning_has_three_ways_out() {
    let crisis = |crisis: Value| json!({ "crisis": crisis });
    let open: &[&str] = &["/crisis/status"];
    check_places(
        "CRI-001",
        [
            (crisis(json!({ "status": "in-plan" })), &[]),
            (crisis(json!({ "what_to_avoid": ["crowds"] })), &[]),
            (crisis(json!({ "people_to_call": ["my sister"] })), &[]),
            (crisis(json!({ "status": "linked" })), &[]),
            (crisis(json!({ "linked_plan": { "ref": "WRAP-77" } })), &[]),
            (crisis(json!({ "status": "declined" })), &[]),
            (crisis(Value::Null), open),
            (crisis(json!({})), open),
            (crisis(json!({ "status": "offered-later" })), open),
            (crisis(json!({ "status": "not-offered", "what_helps": [" "] })), open),
            (crisis(json!({ "status": "not-offered", "what_helps": ["music"] })), &[]),
            (crisis(json!({ "linked_plan": { "ref": " " } })), open),
            (crisis(json!({ "pad_exists": "yes" })), open),
            (crisis(json!({ "status": "see chart" })), open),
        ],
    );
    check_places(
        "CRI-002",
        [
            (crisis(json!({ "status": "in-plan" })), &["/crisis"]),
            (crisis(json!({ "people_to_call": ["988"] })), &["/crisis"]),
            (crisis(json!({ "people_to_call": ["988"], "preferences": "No hospital" })), &[]),
            (crisis(json!({ "status": "linked", "people_to_call": ["988"] })), &[]),
            (crisis(json!({ "status": "declined", "people_to_call": ["988"] })), &[]),
            (crisis(json!({ "status": "not-offered" })), &[]),
            (crisis(Value::Null), &[]),
        ],
    );
}

#[test]
fn language_access_is_asked_for_by_name_where_none_is_recorded() {
    let said = |tag: &str, over: Value| {
        let mut fields = json!({ "person": { "local_id": "P-77", "primary_language": tag } });
        for (name, value) in over.as_object().expect("fields") {
            fields[name] = value.clone();
        }
        let verdict = judged(&plan_with(fields), "standard");
        finding(&verdict, "PROC-002").map(|finding| finding.message.clone())
    };
    let plain = || json!({});
    let message =
        |language: &str| Some(format!("The person uses {language}. Please record how language access was provided."));
    for (tag, language) in [
        ("es", "Spanish"),
        ("ES-pr", "Spanish"),
        ("spa", "Spanish"),
        ("zh-Hans", "Chinese"),
        ("ase", "sign language"),
        ("tlh", "a language other than English"),
    ] {
        assert_eq!(said(tag, plain()), message(language), "{tag}");
    }
    for tag in ["en", "eng", "EN-US", "und", "", "English", "Spanish", "s3", "she speaks Spanish"] {
        assert_eq!(said(tag, plain()), None, "{tag}");
    }
    let met = |planning: Value| json!({ "planning": planning });
    let told = |statement: Value| json!({ "goals": [{ "statement": statement }] });
    for recorded in [
        met(json!({ "interpreter": { "used": true } })),
        met(json!({ "interpreter": { "used": false, "language": "es" } })),
        met(json!({ "interpreter": { "kind": "cart" } })),
        met(json!({ "participants": [{ "role": "interpreter" }] })),
        told(json!({ "text": "Quiero trabajar", "capture_method": "interpreted" })),
        told(json!({ "text": "I WANT WORK", "attestation": { "statement": "signed-and-voiced" } })),
    ] {
        assert_eq!(said("es", recorded.clone()), None, "{recorded}");
    }
    assert_eq!(said("es", met(json!({ "interpreter": { "used": false } }))), message("Spanish"));
    let signs = json!({ "person": { "primary_language": "en", "communication_modes": ["spoken", "signed"] } });
    assert_eq!(said("en", signs), message("sign language"));
}

#[test]
fn agreeing_and_a_copy_are_asked_for_once_the_plan_is_no_draft() {
    let agreement = |agreement: Value| json!({ "agreement": agreement });
    let open: &[&str] = &["/agreement/person_agrees"];
    check_places(
        "PROC-007",
        [
            (agreement(Value::Null), open),
            (agreement(json!({ "person_agrees": "not-asked" })), open),
            (agreement(json!({ "copy_offered": "yes", "method": " " })), open),
            (agreement(json!({ "method": "signature" })), &[]),
            (agreement(json!({ "disagreement_text": " " })), open),
            (agreement(json!({ "person_agrees": "no" })), &[]),
            (agreement(json!({ "person_signed_on": "2026-02-02" })), &[]),
            (agreement(json!({ "representative_signed_on": "2026-02-02" })), &[]),
            (agreement(json!({ "person_agrees": "not-asked", "disagreement_text": "Not signing" })), &[]),
            (json!({ "agreement": null, "planning": { "person_took_part": "declined" } }), &[]),
            (json!({ "agreement": null, "status": "draft" }), &[]),
            (json!({ "agreement": null, "status": "entered-in-error" }), &[]),
        ],
    );
    let copy: &[&str] = &["/agreement/copy_offered"];
    check_places(
        "PROC-004",
        [
            (agreement(Value::Null), copy),
            (agreement(json!({ "copy_offered": "unknown" })), copy),
            (agreement(json!({ "copy_offered": "yes" })), &[]),
            (json!({ "agreement": null, "status": "draft" }), &[]),
        ],
    );
}

#[test]
fn taking_part_in_part_or_declining_is_an_answer() {
    let part = |answer: Value| json!({ "planning": { "person_took_part": answer } });
    let open: &[&str] = &["/planning/person_took_part"];
    check_places(
        "PROC-001",
        [
            (part(json!("no")), open),
            (part(json!("unknown")), open),
            (part(Value::Null), open),
            (json!({ "planning": null }), open),
            (part(json!("yes")), &[]),
            (part(json!("partly")), &[]),
            (part(json!("declined")), &[]),
            (part(json!("by phone")), &[]),
        ],
    );
}

#[test]
fn nobody_prepares_for_a_crisis_stay() {
    let unprepared = |over: Value| {
        let mut fields = over;
        fields["planning"] = json!({ "person_took_part": "yes" });
        fields
    };
    let open: &[&str] = &["/planning/preplanning"];
    check_places(
        "PROC-006",
        [
            (unprepared(json!({})), open),
            (unprepared(json!({ "plan_type": "annual" })), open),
            (unprepared(json!({ "plan_type": "crisis-short-term" })), &[]),
            (unprepared(json!({ "program": { "type": "crisis-stabilization" } })), &[]),
        ],
    );
}
