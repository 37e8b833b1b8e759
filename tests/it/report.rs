//! The figures of the gate: every dimension adds up to all plans, no text of a plan comes out, and a ratio says when to look.
#![allow(clippy::unwrap_used, reason = "a test may end where it stands")]

use jiff::{
    Timestamp,
    civil::{Date, date},
};
use ownwords::{
    plan::{Place, Plan},
    report::{Format, GateFigures, Period, Verdicts, gate_figures, write_gate},
    rules::Outcome,
    store::{AgencyScope, NewPlan, NewRecord, NewSubmission, Store},
};
use proptest::prelude::{Strategy, any, prop, prop_assert, prop_assert_eq, proptest};
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

/// Stands where a mapping may have put prose for a code.
const CANARY: &str = "Zebrafinch sang";

const DAY: Date = date(2026, 11, 1);
const PERIOD: Period = Period { from: date(2026, 10, 1), to: date(2026, 12, 31) };
const OUTCOMES: [Outcome; 3] = [Outcome::Accepted, Outcome::AcceptedWithWarnings, Outcome::Rejected];

fn plan(person: &Value, rest: &Value) -> Plan {
    let mut plan = json!({ "plan_id": "P-1", "person": person });
    plan.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    serde_json::from_value(plan).expect("a plan")
}

fn speaks(language: &str) -> Plan {
    plan(&json!({ "primary_language": language }), &json!({}))
}

fn rows(figures: &GateFigures, id: &str) -> Vec<(String, u64)> {
    let dimension = figures.dimensions.iter().find(|dimension| dimension.id == id).expect("the dimension is there");
    dimension.rows.iter().map(|(row, verdicts)| (row.clone(), verdicts.all())).collect()
}

/// The row that one plan stands in.
fn row_of(id: &str, person: &Value, rest: &Value) -> String {
    let mut figures = GateFigures::default();
    figures.count(&plan(person, rest), Outcome::Accepted, DAY);
    let rows = rows(&figures, id);
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows[0].0.clone()
}

#[test]
fn a_plan_stands_in_the_row_of_its_code() {
    for (id, person, rest, row) in [
        ("language", json!({ "primary_language": "es-MX" }), json!({}), "es"),
        ("language", json!({ "primary_language": "SPA" }), json!({}), "es"),
        ("language", json!({ "primary_language": "und" }), json!({}), "not recorded"),
        ("language", json!({ "primary_language": " " }), json!({}), "not recorded"),
        ("language", json!({ "primary_language": CANARY }), json!({}), "not-in-vocabulary"),
        ("language", json!({}), json!({}), "not recorded"),
        ("interpreter", json!({}), json!({ "planning": { "interpreter": { "used": true } } }), "used"),
        ("interpreter", json!({}), json!({ "planning": { "interpreter": { "used": false } } }), "not used"),
        ("interpreter", json!({}), json!({ "planning": { "interpreter": { "kind": "signed" } } }), "not recorded"),
        (
            "communication-mode",
            json!({ "communication_modes": ["written", "signed", "written"] }),
            json!({}),
            "signed + written",
        ),
        (
            "communication-mode",
            json!({ "communication_modes": [CANARY, "spoken"] }),
            json!({}),
            "spoken + not-in-vocabulary",
        ),
        ("communication-mode", json!({ "communication_modes": [] }), json!({}), "not recorded"),
        ("decision-support", json!({ "decision_support": { "type": "guardian-full" } }), json!({}), "guardian-full"),
        ("decision-support", json!({ "decision_support": { "type": CANARY } }), json!({}), "not-in-vocabulary"),
        ("decision-support", json!({ "decision_support": {} }), json!({}), "not recorded"),
        ("age-band", json!({ "birth_date": "2008-11-02" }), json!({}), "13-17"),
        ("age-band", json!({ "birth_date": "2008-11-01" }), json!({}), "18-20"),
        ("age-band", json!({ "birth_date": "2008" }), json!({}), "not recorded"),
        ("age-band", json!({ "birth_date": "1980" }), json!({}), "45-64"),
        ("age-band", json!({ "birth_date": CANARY }), json!({}), "not recorded"),
        ("program-type", json!({}), json!({ "program": { "type": "peer-run", "name": CANARY } }), "peer-run"),
        ("program-type", json!({}), json!({ "program": { "type": CANARY } }), "not-in-vocabulary"),
        ("program-type", json!({}), json!({ "program": { "name": CANARY } }), "not recorded"),
    ] {
        assert_eq!(row_of(id, &person, &rest), row, "{id} of {person} {rest}");
    }
}

fn coded(codes: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let given = prop::sample::select(codes).prop_map(|code| json!(code));
    prop::option::weighted(0.8, given).prop_map(Option::unwrap_or_default)
}

fn any_plan() -> impl Strategy<Value = Plan> {
    let mode = prop::sample::select(&["spoken", "signed", "written", "aac-device", CANARY][..]);
    (
        coded(&["en", "es", "es-MX", "hmn", "und", CANARY, ""]),
        prop::option::of(any::<bool>()),
        prop::collection::vec(mode, 0..4),
        coded(&["none", "guardian-full", CANARY]),
        coded(&["1961-04-12", "2015", "2008", CANARY]),
        coded(&["ccbhc", "act", CANARY]),
    )
        .prop_map(|(language, used, modes, support, birth, program)| {
            plan(
                &json!({ "primary_language": language, "communication_modes": modes, "birth_date": birth,
                    "decision_support": { "type": support }, "preferred_name": CANARY }),
                &json!({ "planning": { "interpreter": { "used": used } }, "program": { "type": program, "name": CANARY } }),
            )
        })
}

proptest! {
    #[test]
    fn every_dimension_adds_up_to_all_plans(
        plans in prop::collection::vec((any_plan(), prop::sample::select(&OUTCOMES)), 0..40)
    ) {
        let mut figures = GateFigures::default();
        for (plan, outcome) in &plans {
            figures.count(plan, *outcome, DAY);
        }
        prop_assert_eq!(figures.plans.all(), plans.len() as u64);
        prop_assert_eq!(figures.dimensions.len(), 6);
        for dimension in &figures.dimensions {
            let mut sum = Verdicts::default();
            for row in dimension.rows.values() {
                prop_assert!(row.all() > 0, "{} has an empty row", dimension.id);
                sum.accepted += row.accepted;
                sum.accepted_with_warnings += row.accepted_with_warnings;
                sum.rejected += row.rejected;
            }
            prop_assert_eq!(sum, figures.plans, "{}", dimension.id);
        }
        for format in [Format::Text, Format::Csv, Format::Json] {
            let text = write_gate(&figures, PERIOD, None, format);
            prop_assert!(text.contains("internal, not for release"), "{}", text);
            prop_assert!(!text.contains("Zebrafinch"), "{}", text);
        }
    }
}

fn counted(groups: &[(&str, u64, u64)]) -> GateFigures {
    let mut figures = GateFigures::default();
    for (language, plans, rejected) in groups {
        for number in 0..*plans {
            let outcome = if number < *rejected { Outcome::Rejected } else { Outcome::Accepted };
            figures.count(&speaks(language), outcome, DAY);
        }
    }
    figures
}

#[test]
fn a_ratio_above_the_limit_asks_for_a_look_when_there_are_plans_enough() {
    for (groups, ratio, look) in [
        ([("es", 50, 20), ("en", 100, 10)], Some(200), true),
        ([("es", 49, 20), ("en", 100, 10)], Some(203), false),
        ([("es", 100, 25), ("en", 100, 15)], Some(125), false),
        ([("es", 100, 26), ("en", 100, 14)], Some(130), true),
        ([("es", 100, 0), ("en", 100, 14)], Some(0), false),
        ([("es", 100, 0), ("en", 100, 0)], None, false),
    ] {
        let figures = counted(&groups);
        let spanish = &figures.dimensions[0].rows["es"];
        let against = figures.rejections(spanish);
        assert_eq!((against.ratio, against.look), (ratio, look), "{groups:?}");
        let warned = figures.warnings(spanish);
        assert_eq!((warned.ratio, warned.look), (None, false), "none was warned");
    }
}

#[test]
fn each_format_says_counts_ratios_and_what_to_look_at() {
    let mut figures = counted(&[("es", 50, 20), ("", 100, 10)]);
    figures.not_filed = 3;
    let text = write_gate(&figures, PERIOD, Some("ag-1"), Format::Text);
    let line = |text: &str, start: &str| {
        let found = text.lines().find(|line| line.trim_start().starts_with(start));
        found.unwrap_or_else(|| panic!("no {start} in {text}")).split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line(&text, "es "), "es 50 30 0 (0.0 %) 20 (40.0 %) 2.00 look");
    assert_eq!(line(&text, "not recorded "), "not recorded 100 90 0 (0.0 %) 10 (10.0 %) 0.50");
    assert_eq!(line(&text, "all plans "), "all plans 150 120 0 (0.0 %) 30 (20.0 %) 1.00");
    assert!(text.contains("of agency ag-1 ") && text.contains("could not be filed as a plan: 3\n"), "{text}");
    let csv = write_gate(&figures, PERIOD, Some("=a\"g"), Format::Csv);
    let start = "\"internal, not for release\",2026-10-01,2026-12-31,\"'=a\"\"g\"";
    assert!(csv.contains(&format!("{start},language,\"es\",50,30,0,20,,2.00,rejections\n")), "{csv}");
    assert!(csv.contains(&format!("{start},all,\"all plans\",150,120,0,30,,1.00,\n")), "{csv}");
    let json: Value = serde_json::from_str(&write_gate(&figures, PERIOD, None, Format::Json)).expect("JSON");
    let spanish = json!({ "row": "es", "plans": 50, "accepted": 30, "accepted_with_warnings": 0, "rejected": 20,
        "warning_ratio": null, "rejection_ratio": 2.00, "look": ["rejections"] });
    let mut rows = json["dimensions"]["language"].as_array().unwrap().iter();
    assert_eq!(
        rows.find(|row| row["row"] == "es").map(|row| sorted(&row.to_string())),
        Some(sorted(&spanish.to_string()))
    );
    assert_eq!(
        (&json["mark"], &json["agency"], &json["records_not_filed"]),
        (&json!("internal, not for release"), &json!(null), &json!(3))
    );
    assert!(write_gate(&GateFigures::default(), PERIOD, None, Format::Text).contains("No plans were received"));
}

/// The members of an object in the order of their names, decimals without their zeros at the end.
fn sorted(object: &str) -> Vec<(String, String)> {
    let object: serde_json::Map<String, Value> = serde_json::from_str(object).expect("an object");
    let plain = |value: Value| value.as_f64().map_or(value.to_string(), |number| number.to_string());
    let mut members: Vec<_> = object.into_iter().map(|(name, value)| (name, plain(value))).collect();
    members.sort();
    members
}

/// More plans than the store gives at once; only the newest of a plan, only the period, only the agency asked for.
#[tokio::test(flavor = "multi_thread")]
async fn all_pages_of_the_store_are_counted() {
    let folder = TempDir::new().unwrap();
    let store = Store::open(&format!("sqlite:{}", folder.path().join("report.db").display())).await.unwrap();
    store.migrate().await.unwrap();
    let within: Timestamp = "2026-11-01T12:00:00Z".parse().unwrap();
    let before: Timestamp = "2026-09-30T23:59:59Z".parse().unwrap();
    let plans = (1..=501).map(|number| record("ag-1", number, within, Outcome::Accepted)).collect();
    submit(&store, "ag-1", "aa", plans).await;
    submit(&store, "ag-1", "bb", vec![record("ag-1", 1, within, Outcome::Rejected)]).await;
    submit(&store, "ag-1", "cc", vec![record("ag-1", 900, before, Outcome::Rejected)]).await;
    let mut unfiled = record("ag-2", 1, within, Outcome::Rejected);
    unfiled.plan = None;
    submit(&store, "ag-2", "dd", vec![record("ag-2", 2, within, Outcome::AcceptedWithWarnings), unfiled]).await;
    let all = gate_figures(&store, PERIOD, &AgencyScope::All).await.unwrap();
    assert_eq!(all.plans, Verdicts { accepted: 500, accepted_with_warnings: 1, rejected: 1 });
    assert_eq!(all.not_filed, 1);
    let one = gate_figures(&store, PERIOD, &AgencyScope::Only("ag-1".to_owned())).await.unwrap();
    assert_eq!((one.plans.all(), one.not_filed), (501, 0));
    assert_eq!(rows(&one, "language"), [("es".to_owned(), 501)]);
    let wrong = Period { from: PERIOD.to, to: PERIOD.from };
    gate_figures(&store, wrong, &AgencyScope::All).await.unwrap_err();
}

fn record(agency: &str, number: u64, received_at: Timestamp, outcome: Outcome) -> NewRecord {
    let id = format!("P-{number}");
    NewRecord {
        submission: Uuid::nil(),
        ordinal: number,
        agency: agency.to_owned(),
        start: Place { file: "plans.ndjson".into(), line: 1, column: 1, field: None },
        raw: id.clone().into_bytes(),
        outcome,
        findings: Vec::new(),
        unread: Vec::new(),
        plan: Some(NewPlan {
            json: json!({ "plan_id": id, "person": { "primary_language": "es" }, "status": outcome.as_str() })
                .to_string(),
            person_id: format!("person of {id}"),
            plan_id: id,
            resources: Vec::new(),
            deliver_to: Vec::new(),
            wordings: Vec::new(),
            edition: None,
        }),
        received_at,
    }
}

async fn submit(store: &Store, agency: &str, sha256: &str, records: Vec<NewRecord>) {
    let new = NewSubmission {
        agency: agency.to_owned(),
        mapping: "plan-json".to_owned(),
        mapping_version: "1".to_owned(),
        policy: "standard".to_owned(),
        sha256: sha256.to_owned(),
        size: 1,
        caller: "local".to_owned(),
        file: "plans.ndjson".to_owned(),
        received_at: records[0].received_at,
    };
    store.receive(new, b"", records).await.unwrap();
}
