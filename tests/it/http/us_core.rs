//! What US Core 6.1.0 asks a server to be searched by, as a table of ours: each parameter alone and each combination, by GET and by
//! POST, with values that fit a plan, and with one of them at a time that does not. So a parameter that is ignored fails.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::Path,
    process::Command,
};

use reqwest::{StatusCode, header};
use serde_json::{Value, json};

use super::{
    OWN, STRENGTH,
    search::{entries, ids, link, person_of},
};
use crate::service::{TestService, plan, start};

/// A parameter, a value that fits, and one that does not.
type Parameter = (&'static str, &'static str, &'static str);

/// A type, what it is searched by, and what US Core names together.
type Row = (&'static str, &'static [Parameter], &'static [&'static [&'static str]]);

const PATIENT: Parameter = ("patient", "{person}", "{other}");
const ID: Parameter = ("_id", "{id}", "11111111-1111-5111-8111-111111111111");
const IDENTIFIER: Parameter = ("identifier", "{identifier}", "https://ownwords.org/fhir/sid/plan|none");
const CHANGED: Parameter = ("_lastUpdated", "ge2020-01-01", "lt2020-01-01");
const ACTIVE: Parameter = ("status", "draft,active", "completed");
/// No resource of ours says it, so that no value fits; that it is not ignored is seen by the other.
const NEVER: &str = "";

const TABLE: &[Row] = &[
    (
        "CarePlan",
        &[
            PATIENT,
            ("category", "http://hl7.org/fhir/us/core/CodeSystem/careplan-category|assess-plan", "longitudinal"),
            ACTIVE,
            ("date", "ge2026-09-01", "lt2026-09-01"),
            IDENTIFIER,
            ID,
            CHANGED,
        ],
        &[
            &["patient", "category"],
            &["patient", "category", "date"],
            &["patient", "category", "status"],
            &["patient", "category", "status", "date"],
        ],
    ),
    (
        "CareTeam",
        &[
            PATIENT,
            ACTIVE,
            ("role", "http://nucc.org/provider-taxonomy|175T00000X", "101Y00000X"),
            IDENTIFIER,
            ID,
            CHANGED,
        ],
        &[&["patient", "status"], &["patient", "role"]],
    ),
    (
        "Goal",
        &[
            PATIENT,
            ("lifecycle-status", "on-hold,active", "completed"),
            ("target-date", "2027-01", "ge2027-02-01"),
            ("start-date", "2026-09-01", "gt2026-09-01"),
            // The person's words are no code, so that a token cannot name them.
            ("description", NEVER, "http://snomed.info/sct|1"),
            IDENTIFIER,
            ID,
            CHANGED,
        ],
        &[&["patient", "lifecycle-status"], &["patient", "target-date"], &["patient", "description"]],
    ),
    (
        "Observation",
        &[
            PATIENT,
            ("category", "social-history", "laboratory"),
            ("code", "strength", "8867-4"),
            ("status", "final", "preliminary"),
            ("date", "2026-09-02", "gt2026-09-02"),
            IDENTIFIER,
            ID,
            CHANGED,
        ],
        &[
            &["patient", "code"],
            &["patient", "category"],
            &["patient", "category", "date"],
            &["patient", "category", "status"],
            &["patient", "code", "date"],
        ],
    ),
    (
        "Patient",
        &[
            ID,
            (
                "identifier",
                "https://ownwords.org/fhir/sid/agency/ag-1/person|person-of-P-1",
                "https://ownwords.org/fhir/sid/agency/ag-1/person|nobody",
            ),
            ("name", "bak", "zzz"),
            ("family", "Baker", "Noor"),
            ("given", "noor", "Baker"),
            ("birthdate", "1984-05-06", "1984-05-07"),
            ("gender", "female", "male"),
            CHANGED,
        ],
        &[&["birthdate", "name"], &["gender", "name"], &["birthdate", "family"], &["family", "gender"]],
    ),
    (
        "ServiceRequest",
        &[
            PATIENT,
            ACTIVE,
            // A service of a plan has a code and no category.
            ("category", NEVER, "http://snomed.info/sct|409073007"),
            ("code", "H0038", "H0039"),
            ("authored", "ge2026-09-02", "gt2026-09-02"),
            IDENTIFIER,
            ID,
            CHANGED,
        ],
        &[
            &["patient", "category"],
            &["patient", "code"],
            &["patient", "category", "authored"],
            &["patient", "code", "authored"],
            &["patient", "status"],
        ],
    ),
    ("Task", &[PATIENT, ("status", "requested", "completed"), IDENTIFIER, ID, CHANGED], &[&["patient", "status"]]),
    ("Provenance", &[PATIENT, ("target", "{plan}", "CarePlan/11111111-1111-5111-8111-111111111111"), ID, CHANGED], &[]),
];

/// What US Core names and we keep nothing of: no plan says that a person has died.
const NOT_KEPT: &[(&str, &str)] = &[("Patient", "death-date")];

/// A plan that says what is searched for.
fn full() -> String {
    json!({
        "schema_version": "1.0", "plan_id": "P-1", "source": { "system": "test", "record_id": "P-1" },
        "plan_type": "initial", "status": "active", "period": { "start": "2026-09-01", "end": "2027-02-28" },
        "next_review_due": "2026-12-01", "finalized_on": "2026-09-02",
        "person": { "local_id": "person-of-P-1", "name": { "family": "Baker", "given": ["Noor"] },
            "birth_date": "1984-05-06", "sex": "female", "primary_language": "en" },
        "planning": { "person_took_part": "yes",
            "participants": [{ "name": "K. Rivera", "role": "peer", "invited_by_person": "yes" }] },
        "goals": [{ "goal_id": "g1", "statement": { "text": OWN, "lang": "en" }, "kind": "life-goal",
            "status": "active", "start_date": "2026-09-01", "target_date": "2027-01-31" }],
        "strengths": [{ "strength_id": "s1", "text": STRENGTH, "told_by": "person" }],
        "actions": [
            { "id": "a1", "goal_id": "g1", "actor": "person", "text": "Buys soil and a pot." },
            { "id": "a2", "goal_id": "g1", "actor": "peer", "actor_name": "K. Rivera", "text": "Goes along.",
                "service_code": "H0038", "frequency": "once", "duration": "one day" }],
        "agreement": { "person_agrees": "yes", "person_signed": "yes", "person_signed_on": "2026-09-01" }
    })
    .to_string()
}

/// A service that holds that plan and another person's.
async fn kept() -> (TestService, BTreeMap<&'static str, String>) {
    let service = start(|_| {}).await;
    for one in [full(), plan("P-2", OWN, STRENGTH)] {
        assert_eq!(service.submit(&one).await.0, StatusCode::CREATED);
    }
    let person = person_of(&service, "P-1").await;
    let plans = service.json(&format!("/fhir/CarePlan?patient={person}")).await;
    let known = BTreeMap::from([
        ("{other}", person_of(&service, "P-2").await),
        ("{plan}", format!("CarePlan/{}", ids(&entries(&plans, "match"))[0])),
        ("{person}", person),
    ]);
    (service, known)
}

/// Asks strictly, by the address and by a form; the same is found.
async fn found(service: &TestService, kind: &str, pairs: &[(&str, String)]) -> Vec<String> {
    let escaped = |value: &str| value.replace('|', "%7C").replace('/', "%2F");
    let query: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    let query = query.join("&");
    let strict = ("prefer", "handling=strict");
    let by_get = service.client.get(service.url(&format!("/fhir/{kind}?{query}"))).header(strict.0, strict.1);
    let by_form = service.client.post(service.url(&format!("/fhir/{kind}/_search"))).header(strict.0, strict.1);
    let by_form = by_form.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(query.clone());
    let mut answers = Vec::new();
    for request in [by_get, by_form] {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200, "{kind}?{query}");
        answers.push(ids(&entries(&response.json::<Value>().await.unwrap(), "match")));
    }
    assert_eq!(answers[0], answers[1], "{kind}?{query}: by POST as by GET");
    answers.swap_remove(0)
}

/// The person's resources of a type, with the values that are theirs.
async fn of_person(
    service: &TestService,
    kind: &str,
    known: &BTreeMap<&'static str, String>,
) -> (Vec<String>, BTreeMap<&'static str, String>) {
    let by = if kind == "Patient" { "_id" } else { "patient" };
    let all = service.json(&format!("/fhir/{kind}?{by}={}", known["{person}"])).await;
    let all = entries(&all, "match");
    let mut known = known.clone();
    known.insert("{id}", all[0]["id"].as_str().unwrap().to_owned());
    if let [Some(system), Some(value)] = ["system", "value"].map(|name| all[0]["identifier"][0][name].as_str()) {
        known.insert("{identifier}", format!("{system}|{value}"));
    }
    (ids(&all), known)
}

#[tokio::test]
async fn every_parameter_and_every_combination_finds_what_fits_and_nothing_else() {
    let (service, known) = kept().await;
    for (kind, parameters, together) in TABLE {
        let (mine, known) = of_person(&service, kind, &known).await;
        let alone = parameters.iter().map(|(name, ..)| vec![*name]);
        for names in alone.chain(together.iter().map(|names| names.to_vec())) {
            let value = |text: &str| known.get(text).cloned().unwrap_or_else(|| text.to_owned());
            let of_name = |name: &str| parameters.iter().find(|one| one.0 == name).unwrap();
            let fits = |name: &'static str| {
                let (_, fits, _) = of_name(name);
                (*fits != NEVER).then(|| (name, value(fits)))
            };
            let all: Vec<_> = names.iter().filter_map(|name| fits(name)).collect();
            if all.len() == names.len() {
                let found = found(&service, kind, &all).await;
                assert!(found.iter().any(|id| mine.contains(id)), "{kind} by {names:?} is not found");
            }
            for wrong in &names {
                let others = names.iter().filter(|name| *name != wrong).filter_map(|name| fits(name));
                let pairs: Vec<_> = others.chain([(*wrong, value(of_name(wrong).2))]).collect();
                let found = found(&service, kind, &pairs).await;
                assert!(!found.iter().any(|id| mine.contains(id)), "{kind} by {names:?}: {wrong} is ignored");
            }
        }
    }
    service.stop().await;
}

#[tokio::test]
async fn pages_of_every_type_hold_each_once_and_a_link_leads_to_the_same() {
    let (service, known) = kept().await;
    for (kind, ..) in TABLE {
        let by = if *kind == "Patient" { String::new() } else { format!("patient={}&", known["{person}"]) };
        let whole = ids(&entries(&service.json(&format!("/fhir/{kind}?{by}_count=200")).await, "match"));
        let (mut next, mut seen) = (Some(format!("/fhir/{kind}?{by}_count=1")), Vec::new());
        while let Some(path) = next {
            let [page, again] = [service.json(&path).await, service.json(&path).await];
            let here = ids(&entries(&page, "match"));
            assert_eq!(here, ids(&entries(&again, "match")), "{path}");
            assert!(here.len() <= 1, "{path}");
            assert!(link(&page, "self").unwrap().contains("_count=1"), "{path}");
            seen.extend(here);
            next = link(&page, "next");
        }
        assert_eq!(seen, whole, "{kind}");
    }
    service.stop().await;
}

#[tokio::test]
async fn what_is_asked_for_beside_comes_and_nothing_else() {
    let (service, known) = kept().await;
    let person = &known["{person}"];
    let beside = async |query: &str| -> BTreeSet<String> {
        let bundle = service.json(&format!("/fhir/{query}")).await;
        assert!(!entries(&bundle, "match").is_empty() && entries(&bundle, "outcome").is_empty(), "{query}: {bundle:#}");
        entries(&bundle, "include").iter().map(|one| one["resourceType"].as_str().unwrap().to_owned()).collect()
    };
    for (kind, ..) in TABLE.iter().filter(|(kind, ..)| !["Patient", "Provenance"].contains(kind)) {
        let query = format!("{kind}?patient={person}");
        assert_eq!(beside(&query).await, BTreeSet::new(), "{kind}");
        let with = beside(&format!("{query}&_revinclude=Provenance:target")).await;
        assert_eq!(with, BTreeSet::from(["Provenance".to_owned()]), "{kind}");
    }
    for (query, kinds) in [
        ("CareTeam?patient={person}&_include=CareTeam:participant", &["Patient", "PractitionerRole"][..]),
        ("CareTeam?patient={person}&_include=CareTeam:participant:Patient", &["Patient"]),
        ("CareTeam?patient={person}&_include=CareTeam:participant:PractitionerRole", &["PractitionerRole"]),
        ("CareTeam?patient={person}&_include=CareTeam:participant:Practitioner", &[]),
        ("CareTeam?patient={person}&_include=CareTeam:participant:RelatedPerson", &[]),
        ("CarePlan?patient={person}&_include=CarePlan:goal", &["Goal"]),
        ("CarePlan?patient={person}&_include=CarePlan:care-team&_include=CarePlan:patient", &["CareTeam", "Patient"]),
        ("Goal?patient={person}&_include=Goal:patient", &["Patient"]),
        ("Patient?_id={person}&_revinclude=Provenance:target", &[]),
    ] {
        let came = beside(&query.replace("{person}", person)).await;
        assert_eq!(came, kinds.iter().map(|kind| (*kind).to_owned()).collect(), "{query}");
    }
    service.stop().await;
}

/// What US Core's own `CapabilityStatement` names is in the table, where that is at hand.
#[test]
fn the_table_holds_what_the_statement_of_us_core_names() {
    let shared = env::var("OWNWORDS_SHARED").unwrap_or_else(|_| "../shared".to_owned());
    let package = Path::new(&shared).join("data/fhir-packages/hl7.fhir.us.core-6.1.0.tgz");
    let file = "package/CapabilityStatement-us-core-server.json";
    let read = fs::exists(&package).ok().filter(|is| *is);
    let read = read.and_then(|_| Command::new("tar").arg("-xOzf").arg(&package).arg(file).output().ok());
    let Some(read) = read else {
        println!("skipped: {} is not there", package.display());
        return;
    };
    let statement: Value = serde_json::from_slice(&read.stdout).unwrap();
    for (kind, parameters, together) in TABLE {
        let all = statement["rest"][0]["resource"].as_array().unwrap();
        let Some(asked) = all.iter().find(|one| one["type"] == *kind) else {
            assert_eq!(*kind, "Task", "US Core has no {kind}");
            continue;
        };
        let is_kept = |name: &&str| !NOT_KEPT.contains(&(kind, name));
        let searched = asked["searchParam"].as_array().into_iter().flatten().map(|one| one["name"].as_str().unwrap());
        for name in searched.filter(is_kept) {
            assert!(parameters.iter().any(|one| one.0 == name), "{kind}: {name}");
        }
        for extension in asked["extension"].as_array().into_iter().flatten() {
            let parts = extension["extension"].as_array().into_iter().flatten();
            let combined: Vec<&str> = parts.filter_map(|part| part["valueString"].as_str()).collect();
            let is_there = combined.is_empty() || together.iter().any(|one| **one == *combined);
            assert!(is_there || !combined.iter().all(is_kept), "{kind}: {combined:?}");
        }
    }
}
