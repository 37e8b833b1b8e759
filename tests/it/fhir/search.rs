//! What a search asks for, and which resources are that.

use ownwords::fhir::{
    Ids,
    search::{Asked, Searched},
};
use serde_json::{Value, json};
use uuid::Uuid;

const PERSON: &str = "11111111-1111-5111-8111-111111111111";
const MOMENT: i64 = 1_793_530_800_000_000; // 2026-11-01T11:00:00Z

fn asked(kind: &str, query: &[(&str, &str)]) -> Result<Asked, String> {
    let pairs: Vec<_> = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Asked::of(Searched::named(kind).expect("a type"), &pairs).map_err(|wrong| wrong.to_string())
}

fn goal() -> Value {
    json!({"resourceType": "Goal", "id": "22222222-2222-5222-8222-222222222222", "lifecycleStatus": "active",
        "identifier": [{"system": "https://a.example/ids", "value": "G,1"}, {"value": "bare"}],
        "category": [{"coding": [{"system": "http://s.example", "code": "one"}, {"code": "two"}]}],
        "description": {"text": "I want to sing."}, "subject": {"reference": format!("Patient/{PERSON}")},
        "startDate": "2026-11", "target": [{"dueDate": "2026-12-24"}, {"dueDate": "2027-06-01"}]})
}

#[test]
fn values_are_compared_as_fhir_says() {
    let goal = goal();
    let cases: &[(&str, &str, bool)] = &[
        ("lifecycle-status", "active", true),
        ("lifecycle-status", "completed,active", true),
        ("lifecycle-status", "http://hl7.org/fhir/goal-status|active", true),
        ("lifecycle-status", "act", false),
        ("category", "one", true),
        ("category", "http://s.example|one", true),
        ("category", "http://s.example|", true),
        ("category", "http://s.example|two", false),
        ("category", "|two", true),
        ("category", "|one", false),
        ("identifier", r"https://a.example/ids|G\,1", true),
        ("identifier", "https://a.example/ids|G", false),
        ("identifier", "|bare", true),
        ("patient", PERSON, true),
        ("patient", "Patient/11111111-1111-5111-8111-111111111111", true),
        ("subject", "http://x.example/fhir/Patient/11111111-1111-5111-8111-111111111111/_history/2", true),
        ("subject:Patient", PERSON, true),
        ("subject", "Practitioner/11111111-1111-5111-8111-111111111111", false),
        ("start-date", "2026", true),
        ("start-date", "2026-11", true),
        ("start-date", "2026-11-01", false),
        ("start-date", "ge2026-11-01", true),
        ("start-date", "gt2026-11-30", false),
        ("start-date", "lt2026-11-01", false),
        ("start-date", "lt2026-11-15", true),
        ("start-date", "sa2026-10-31", true),
        ("start-date", "eb2026-12-01", true),
        ("start-date", "ap2026-11-15", true),
        ("start-date", "ne2026-11", false),
        ("target-date", "2027", true),
        ("target-date", "2026-12-24T00:00:00Z", false),
        ("target-date", "le2026-12-23", false),
        ("_lastUpdated", "2026-11-01", true),
        ("_lastUpdated", "2026-11-01T11:00", true),
        ("_lastUpdated", "gt2026-11-01T12:00:00+01:00", false),
        ("_lastUpdated", "ge2026-11-01T12:00:00+01:00", true),
        ("_id", "22222222-2222-5222-8222-222222222222", true),
        ("_id", PERSON, false),
    ];
    for (name, value, fits) in cases {
        let asked = asked("Goal", &[(name, value)]).expect("a search");
        assert_eq!(asked.fits(&goal, MOMENT), *fits, "{name}={value}");
        assert!(asked.unused.is_empty(), "{name}");
    }
    let both = asked("Goal", &[("lifecycle-status", "active"), ("category", "three")]).expect("a search");
    assert!(!both.fits(&goal, MOMENT), "every parameter holds");
}

#[test]
fn periods_are_open_where_they_say_nothing() {
    let plan = json!({"period": {"start": "2026-11-01"}});
    for (value, fits) in [("2026", false), ("ge2030-01-01", true), ("lt2026-11-01", false), ("lt2026-11-02", true)] {
        let asked = asked("CarePlan", &[("date", value)]).expect("a search");
        assert_eq!(asked.fits(&plan, MOMENT), fits, "{value}");
    }
    let never = asked("CarePlan", &[("date", "ge2020")]).expect("a search");
    assert!(!never.fits(&json!({"status": "active"}), MOMENT));
}

#[test]
fn what_is_not_known_is_named_and_what_is_wrong_is_refused() {
    let known = asked("Goal", &[("colour", "red"), ("lifecycle-status", ""), ("I want", "x"), ("_summary", "text")]);
    assert_eq!(known.expect("a search").unused, ["colour", "lifecycle-status", "(a name of another form)", "_summary"]);
    for (name, value) in [
        ("start-date", "soon"),
        ("start-date", "2026-13"),
        ("_lastUpdated", "2026-11-01T"),
        ("_count", "many"),
        ("lifecycle-status:not", "active"),
        ("patient:Nobody", "x"),
        ("_include:iterate", "Goal:patient"),
        ("patient", "Patient/"),
    ] {
        let wrong = asked("Goal", &[(name, value)]).expect_err(name);
        assert!(wrong.starts_with(name) && !wrong.contains("soon"), "{wrong}");
    }
    let count = |value: &str| asked("Goal", &[("_count", value)]).map(|asked| (asked.count, asked.only_count));
    assert_eq!([count("7"), count("9999"), count("0")], [Ok((7, false)), Ok((200, false)), Ok((1, true))]);
}

#[test]
fn a_search_tells_where_to_look() {
    let (ids, person) = (Ids::public(), Uuid::try_parse(PERSON).expect("an id"));
    let of = |kind: &str, query: &[(&str, &str)]| asked(kind, query).expect("a search");
    assert_eq!(of("Goal", &[("patient", PERSON), ("lifecycle-status", "active")]).people(), Some(vec![person]));
    assert_eq!(of("Goal", &[("patient", PERSON), ("subject", "Patient/x")]).people(), Some(vec![]));
    assert_eq!(of("Goal", &[("lifecycle-status", "active")]).people(), None);
    let own = format!("https://ownwords.org/fhir/sid/goal|urn:uuid:{PERSON}");
    assert_eq!(of("Goal", &[("identifier", &own)]).ids(&ids), Some(vec![person]));
    assert_eq!(of("Goal", &[("identifier", &format!("urn:uuid:{PERSON}"))]).ids(&ids), None, "of any system");
    let local = "https://ownwords.org/fhir/sid/agency/ag%201/person|P-1";
    let expected = ids.of("Patient", "ag 1", &["P-1"]);
    assert_eq!(of("Patient", &[("identifier", local)]).ids(&ids), Some(vec![expected]));
    let plan = "https://ownwords.org/fhir/sid/agency/a/plan|7";
    assert_eq!(of("CarePlan", &[("identifier", plan)]).ids(&ids), Some(vec![ids.of("CarePlan", "a", &["7"])]));
    assert_eq!(of("Patient", &[("identifier", "http://mrn.example|7")]).ids(&ids), None);
    let between = of("Goal", &[("_lastUpdated", "ge2026-11-01"), ("_lastUpdated", "lt2026-12-01")]).changed_between();
    assert_eq!(between, (1_793_491_200_000_000, 1_796_083_200_000_000));
    let included = of("Goal", &[("_include", "Goal:patient"), ("_include", "Goal:subject:Group")]);
    assert_eq!(included.included(&goal()), [("Patient".to_owned(), person)]);
    assert_eq!(of("Goal", &[("_include", "CarePlan:goal")]).unused, ["_include"]);
    let about = of("Provenance", &[("patient", PERSON), ("_revinclude", "Provenance:target")]);
    assert!(about.with_provenance && about.people() == Some(vec![person]));
}

#[test]
fn names_are_found_by_their_beginning_whatever_case_and_accents() {
    let person = json!({"resourceType": "Patient", "id": PERSON, "name": [{"use": "official", "family": "Núñez Brandt",
        "given": ["Tessa", "María"], "text": "Tessa M. Núñez"}]});
    for (parameter, value, fits) in [
        ("name", "tess", true),
        ("name", "nunez", true),
        ("name", "MARI", true),
        ("name", "brandt", false),
        ("name", "official", false),
        ("name:contains", "brandt", true),
        ("name:exact", "Tessa", true),
        ("name:exact", "tessa", false),
        ("family", "núñez", true),
        ("family", "tessa", false),
        ("given", "maria", true),
        ("given", "x,tessa", true),
    ] {
        let asked = asked("Patient", &[(parameter, value)]).expect("it can be used");
        assert_eq!(asked.fits(&person, MOMENT), fits, "{parameter}={value}");
    }
    assert!(asked("Patient", &[("name:missing", "true")]).is_err());
    assert!(asked("Goal", &[("name", "x")]).expect("it can be used").unused == ["name"]);
}

#[test]
fn matches_are_put_in_the_order_that_is_asked_for() {
    let of = |id: &str, start: &str, dues: &[&str]| {
        let targets: Vec<_> = dues.iter().map(|due| json!({ "dueDate": due })).collect();
        json!({"resourceType": "Goal", "id": id, "startDate": start, "target": targets})
    };
    let goals = [
        of("a", "2026-03-01", &["2026-09-01"]),
        of("b", "2026-02", &[]),
        of("c", "2026-03-01", &["2026-06-01", "2027"]),
    ];
    let sorted = |by: &str| {
        let order = asked("Goal", &[("_sort", by)]).expect("it can be used").order.expect("an order");
        let mut at: Vec<usize> = (0..goals.len()).collect();
        let place = |at: usize| (&goals[at], MOMENT + i64::try_from(at).expect("it can be used"));
        at.sort_by(|one, other| order.compare(place(*one), place(*other)));
        at.into_iter().map(|at| goals[at]["id"].as_str().expect("it can be used")).collect::<String>()
    };
    for (by, wanted) in [
        ("_lastUpdated", "abc"),
        ("-_lastUpdated", "cba"),
        ("start-date", "bac"),
        ("-start-date,-_lastUpdated", "cab"),
        ("target-date", "cab"),
        ("-target-date", "cab"),
    ] {
        assert_eq!(sorted(by), wanted, "{by}");
    }
    for wrong in ["lifecycle-status", "start-date,", "description", "date", "--start-date"] {
        assert!(asked("Goal", &[("_sort", wrong)]).is_err(), "{wrong}");
    }
}
