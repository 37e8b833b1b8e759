//! Bulk exports as a client meets them: asked for, looked after, read, given up; what is wrong is told, nothing of others is
//! shown, and a stop in between loses nothing.

use std::{collections::BTreeMap, fs, os::unix::fs::PermissionsExt, path::Path, time::Duration};

use ownwords::store::{AgencyScope, NewExport, Store};
use reqwest::{Response, StatusCode, header};
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use super::{OWN, STRENGTH, with_two_agencies};
use crate::service::{TestService, plan, start};

const GOAL: &str = "I want to keep bees.";

impl TestService {
    /// Asks for an export as the guide has it; a body makes it a POST.
    async fn ask(&self, path: &str, body: Option<Value>, prefer: &str) -> Response {
        let url = self.url(path);
        let request = match body {
            Some(body) => self.client.post(url).json(&body),
            None => self.client.get(url),
        };
        self.send(request.header("prefer", prefer).header(header::ACCEPT, "application/fhir+json")).await
    }

    /// The manifest, when it is done; and where its status is.
    async fn exported(&self, path: &str, body: Option<Value>) -> (String, Value) {
        let answer = self.ask(path, body, "respond-async").await;
        assert_eq!(answer.status(), StatusCode::ACCEPTED, "{path}");
        let place = answer.headers()[header::CONTENT_LOCATION].to_str().unwrap().to_owned();
        let place = place[place.find("/fhir").unwrap()..].to_owned();
        let manifest = self.awaited(&place).await;
        (place, manifest)
    }

    async fn awaited(&self, place: &str) -> Value {
        for _ in 0..1000 {
            let answer = self.get(place).await;
            if answer.status() != StatusCode::ACCEPTED {
                assert_eq!(answer.status(), StatusCode::OK, "{place}");
                assert!(answer.headers().contains_key(header::EXPIRES));
                return answer.json().await.unwrap();
            }
            assert!(answer.headers()["x-progress"].to_str().unwrap().ends_with("% written"));
            assert!(answer.headers().contains_key(header::RETRY_AFTER));
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{place} is not done");
    }

    /// The resources of the files of a list of the manifest, by type.
    async fn files(&self, manifest: &Value, list: &str) -> BTreeMap<String, Vec<Value>> {
        let mut all = BTreeMap::new();
        for file in manifest[list].as_array().unwrap() {
            let url = file["url"].as_str().unwrap();
            let answer = self.get(&url[url.find("/fhir").unwrap()..]).await;
            assert_eq!(answer.status(), StatusCode::OK, "{url}");
            assert_eq!(answer.headers()[header::CONTENT_TYPE], "application/fhir+ndjson");
            let text = answer.text().await.unwrap();
            let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            assert_eq!(file["count"], lines.len(), "{url}");
            assert!(lines.iter().all(|one| one["resourceType"] == file["type"]), "{url}");
            all.insert(file["type"].as_str().unwrap().to_owned(), lines);
        }
        all
    }
}

fn texts(goals: &[Value]) -> Vec<&str> {
    let mut texts: Vec<_> = goals.iter().map(|goal| goal["description"]["text"].as_str().unwrap()).collect();
    texts.sort_unstable();
    texts
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn an_export_holds_what_a_search_finds_and_then_what_changed() {
    let folder = TempDir::new().unwrap();
    let exports = folder.path().join("deep/exports");
    let service = start(|config| config.server.export_folder.clone_from(&exports)).await;
    for one in ["P-1", "P-2"] {
        service.submit(&plan(one, OWN, STRENGTH)).await;
    }
    let (place, manifest) = service.exported("/fhir/$export", None).await;
    assert_eq!(manifest["requiresAccessToken"], false);
    assert!(manifest["request"].as_str().unwrap().ends_with("/fhir/$export"));
    let files = service.files(&manifest, "output").await;
    for kind in ["CarePlan", "CareTeam", "Goal", "Observation", "Organization", "Patient", "Provenance", "Task"] {
        let found = service.json(&format!("/fhir/{kind}?_count=200")).await;
        let found: Vec<&Value> = found["entry"].as_array().unwrap().iter().map(|entry| &entry["resource"]).collect();
        let there = files.get(kind).unwrap_or_else(|| panic!("no {kind}"));
        assert!(there.len() == found.len() && there.iter().all(|one| found.contains(&one)), "{kind}");
    }
    let of_this = exports.join(place.rsplit('/').next().unwrap());
    assert_eq!((mode(&exports), mode(&of_this), mode(&of_this.join("Goal.ndjson"))), (0o700, 0o700, 0o600));

    let since = manifest["transactionTime"].as_str().unwrap();
    let other = plan("P-1", GOAL, STRENGTH).replace("\"g1\"", "\"g2\"");
    assert_eq!(service.submit(&other).await.0, StatusCode::CREATED);
    let (_, later) = service.exported(&format!("/fhir/Patient/$export?_since={since}&_type=Goal,Task"), None).await;
    let changed = service.files(&later, "output").await;
    assert_eq!(texts(&changed["Goal"]), [GOAL]);
    assert!(changed.keys().all(|kind| kind == "Goal" || kind == "Task"), "{:?}", changed.keys());
    let gone = service.files(&later, "deleted").await;
    let gone: Vec<&Value> = gone["Bundle"].iter().map(|bundle| &bundle["entry"][0]["request"]).collect();
    assert_eq!((gone.len(), &gone[0]["method"]), (1, &"DELETE".into()), "{gone:?}");
    let url = gone[0]["url"].as_str().unwrap().to_owned();
    let known = files["Goal"].iter().any(|goal| url == format!("Goal/{}", goal["id"].as_str().unwrap()));
    assert!(known, "{url}");
    assert_eq!(service.get(&format!("/fhir/{url}")).await.status(), StatusCode::GONE);

    let given_up = service.send(service.client.delete(service.url(&place))).await;
    assert_eq!(given_up.status(), StatusCode::ACCEPTED);
    assert_eq!(service.get(&place).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(service.get(&format!("{place}/Goal.ndjson")).await.status(), StatusCode::NOT_FOUND);
    assert!(!of_this.exists());
    service.stop().await;
}

#[tokio::test]
async fn an_agency_exports_its_own_alone() {
    let mut service = with_two_agencies().await.with_token("token-1");
    service.post("/submissions?mapping=plan-json", plan("P-1", OWN, STRENGTH)).await;
    let groups = service.json("/fhir/Group").await;
    assert_eq!(groups["total"], 1);
    let told = service.json("/fhir/Group?name=x").await;
    assert_eq!((&told["total"], told["entry"].as_array().unwrap().len()), (&1.into(), 2));
    let strict = service.client.get(service.url("/fhir/Group?name=x")).header("prefer", "handling=strict");
    assert_eq!(service.send(strict).await.status(), StatusCode::BAD_REQUEST);
    let group = groups["entry"][0]["resource"]["id"].as_str().unwrap().to_owned();
    let (place, manifest) = service.exported(&format!("/fhir/Group/{group}/$export"), None).await;
    assert_eq!(manifest["requiresAccessToken"], true);
    assert_eq!(texts(&service.files(&manifest, "output").await["Goal"]), [OWN]);
    service.set_token("token-2");
    for path in [format!("/fhir/Group/{group}"), place.clone(), format!("{place}/Goal.ndjson")] {
        assert_eq!(service.get(&path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    let foreign = service.ask(&format!("/fhir/Group/{group}/$export"), None, "respond-async").await;
    assert_eq!(foreign.status(), StatusCode::NOT_FOUND);
    assert_eq!(service.send(service.client.delete(service.url(&place))).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(service.json("/fhir/Group").await["total"], 0);
    let (_, theirs) = service.exported("/fhir/$export", None).await;
    assert_eq!(theirs["output"], json!([]));
    service.set_token("token-1");
    assert_eq!(service.json(&format!("/fhir/Group/{group}")).await["type"], "person");
    assert_eq!(service.json(&place).await["output"], manifest["output"]);
    service.stop().await;
}

#[tokio::test]
async fn named_people_are_exported_and_an_address_names_nobody() {
    let service = start(|_| {}).await;
    for (one, text) in [("P-1", OWN), ("P-2", GOAL)] {
        service.submit(&plan(one, text, STRENGTH)).await;
    }
    let people =
        service.json("/fhir/Patient?identifier=https://ownwords.org/fhir/sid/agency/ag-1/person%7Cperson-of-P-2");
    let person = people.await["entry"][0]["resource"]["id"].as_str().unwrap().to_owned();
    let asked = |id: &str| {
        json!({ "resourceType": "Parameters", "parameter": [
            { "name": "patient", "valueReference": { "reference": format!("Patient/{id}") } },
            { "name": "_type", "valueString": "Goal" }, { "name": "_type", "valueString": "Organization" } ] })
    };
    let (_, manifest) = service.exported("/fhir/Patient/$export", Some(asked(&person))).await;
    let files = service.files(&manifest, "output").await;
    assert_eq!(texts(&files["Goal"]), [GOAL]);
    assert_eq!(files["Organization"].len(), 1, "what others share comes too");
    assert!(!manifest.to_string().contains(&person));
    let nobody = asked(&Uuid::new_v4().to_string());
    for (path, body) in [
        ("/fhir/Patient/$export", Some(nobody)),
        ("/fhir/$export", Some(asked(&person))),
        (&format!("/fhir/Patient/$export?patient={person}"), None),
    ] {
        let answer = service.ask(path, body, "respond-async").await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{path}");
        assert!(!answer.text().await.unwrap().contains(&person), "{path}");
    }
    service.stop().await;
}

#[tokio::test]
async fn a_wrong_request_is_told_and_lenient_handling_tells_it_in_a_file() {
    let service = start(|_| {}).await;
    service.submit(&plan("P-1", OWN, STRENGTH)).await;
    for (path, body, prefer, says) in [
        ("/fhir/$export", None, "return=minimal", "Prefer: respond-async"),
        ("/fhir/$export?_since=yesterday", None, "respond-async", "_since"),
        ("/fhir/$export?_outputFormat=parquet", None, "respond-async", "_outputFormat"),
        ("/fhir/$export?_typeFilter=Goal%3Fstatus", None, "respond-async", "_typeFilter"),
        ("/fhir/$export?_type=Medication", None, "respond-async", "_type"),
        ("/fhir/$export?_type=Medication", None, "respond-async, handling=lenient", "_type"),
        ("/fhir/$export", Some(json!({ "resourceType": "Goal" })), "respond-async", "Parameters"),
        (
            "/fhir/$export",
            Some(json!({ "resourceType": "Parameters", "parameter": [{}] })),
            "respond-async",
            "Parameters",
        ),
    ] {
        let answer = service.ask(path, body, prefer).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{path}");
        assert!(answer.text().await.unwrap().contains(says), "{path}");
    }
    let as_xml = service.client.get(service.url("/fhir/$export")).header(header::ACCEPT, "application/fhir+xml");
    assert_eq!(as_xml.header("prefer", "respond-async").send().await.unwrap().status(), StatusCode::NOT_ACCEPTABLE);
    let asked = "/fhir/$export?_type=Goal,Medication&_elements=id&_outputFormat=application/fhir%2Bndjson";
    let answer = service.ask(asked, None, "respond-async, handling=lenient").await;
    let place = answer.headers()[header::CONTENT_LOCATION].to_str().unwrap().to_owned();
    let manifest = service.awaited(&place[place.find("/fhir").unwrap()..]).await;
    assert_eq!(service.files(&manifest, "output").await.len(), 1);
    let told = service.files(&manifest, "error").await["OperationOutcome"][0].to_string();
    assert!(told.contains("_type, _elements"), "{told}");
    for path in ["/fhir/$export/x", "/fhir/$export/11111111-1111-4111-8111-111111111111"] {
        assert_eq!(service.get(path).await.status(), StatusCode::NOT_FOUND, "{path}");
    }
    service.stop().await;
}

#[tokio::test]
async fn a_stop_in_between_loses_nothing_and_repeats_nothing() {
    let folder = TempDir::new().unwrap();
    let (url, exports) = (format!("sqlite:{}", folder.path().join("kept.db").display()), folder.path().join("exports"));
    let begin = || {
        start(|config| {
            config.store.url.clone_from(&url);
            config.server.export_folder.clone_from(&exports);
        })
    };
    let service = begin().await;
    for number in 1..=150 {
        service.submit(&plan(&format!("P-{number}"), OWN, STRENGTH)).await;
    }
    let (_, whole) = service.exported("/fhir/$export?_type=Goal", None).await;
    let whole = service.files(&whole, "output").await;
    service.stop().await;

    // As a process leaves it that was killed after its first step and within its second.
    let store = Store::open(&url).await.unwrap();
    let asked = json!({ "kinds": ["Goal"], "people": [], "since": null, "unused": [], "request": "x" }).to_string();
    let id = Uuid::new_v4();
    let new = NewExport { id, scope: &AgencyScope::All, asked, since: None, keep: Duration::from_hours(1) };
    store.begin_export(&new).await.unwrap().unwrap();
    let claimed = store.claim_export(Duration::ZERO).await.unwrap().unwrap();
    let part = store.part(claimed.whole, &[], &AgencyScope::All).await.unwrap();
    let step = part.rest.expect("150 plans are more than one step").after;
    let first: Vec<String> = whole["Goal"][..100].iter().map(|goal| format!("{goal}\n")).collect();
    let bytes = first.concat().len() as u64;
    fs::create_dir_all(exports.join(id.to_string())).unwrap();
    fs::write(exports.join(id.to_string()).join("Goal.ndjson"), first.concat() + "{\"half of a li").unwrap();
    let files = json!([{ "name": "Goal.ndjson", "kind": "Goal", "bytes": bytes, "lines": 100 }]);
    let files = serde_json::from_value(files).unwrap();
    let state = claimed.state;
    assert!(store.advance_export(claimed.claim(), state, step, files, Duration::ZERO).await.unwrap());
    fs::create_dir(exports.join(Uuid::new_v4().to_string())).unwrap();
    store.close().await;

    let service = begin().await;
    let manifest = service.awaited(&format!("/fhir/$export/{id}")).await;
    assert_eq!(service.files(&manifest, "output").await, whole);
    assert_eq!(fs::read_dir(&exports).unwrap().count(), 2, "the folder of no export is gone");
    service.stop().await;
}

#[tokio::test]
async fn what_is_over_is_removed() {
    let folder = TempDir::new().unwrap();
    let service = start(|config| {
        config.server.export_folder = folder.path().to_owned();
        config.server.export_hours = 0;
    })
    .await;
    let answer = service.ask("/fhir/$export", None, "respond-async").await;
    let place = answer.headers()[header::CONTENT_LOCATION].to_str().unwrap().to_owned();
    for _ in 0..1000 {
        if service.get(&place[place.find("/fhir").unwrap()..]).await.status() == StatusCode::NOT_FOUND {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(service.get(&place[place.find("/fhir").unwrap()..]).await.status(), StatusCode::NOT_FOUND);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    service.stop().await;
}
