//! Delivery to a real FHIR R4 server, given by `OWNWORDS_TEST_FHIR_URL`: by both methods, a plan, its change, the same again,
//! and sixteen at once. Every run uses persons and ids of its own.

use std::{env, fs, path::Path, time::Duration};

use ownwords::{
    config::{self, DeliveryMethod},
    fhir::{self, Ids, Resource},
    plan::Plan,
    rules::Gates,
    store::DeliveryState,
    sync::{
        Connection, Pace,
        connection::{ConnectionFile, RungChoice},
    },
};
use serde_json::Value;
use tokio::sync::MutexGuard;
use uuid::Uuid;

use super::{Outbox, Worker, pace, settings};
use crate::real_fhir::{self, RealFhir};

pub(super) const METHODS: [DeliveryMethod; 2] = [DeliveryMethod::OwnIds, DeliveryMethod::IfNoneExist];

/// The server, if one is given.
pub(super) struct Server {
    pub(super) base: String,
    pub(super) http: reqwest::Client,
    pub(super) _turn: Option<MutexGuard<'static, ()>>,
}

impl Server {
    pub(super) async fn given() -> Option<Self> {
        let RealFhir { base, http, turn } = real_fhir::given().await?;
        Some(Self { base, http, _turn: Some(turn) })
    }

    pub(super) fn settings(&self, method: DeliveryMethod) -> config::Delivery {
        config::Delivery { method, allow_plain_http: true, max_attempts: 20, ..settings(self.base.clone()) }
    }

    /// All resources of a type that a search finds.
    async fn search(&self, kind: &str, term: (&str, &str)) -> Vec<Value> {
        let search = format!("{}/{kind}", self.base.trim_end_matches('/'));
        let url = reqwest::Url::parse_with_params(&search, [term]).expect("a URL");
        let request = self.http.get(url).header("cache-control", "no-cache").header("accept", "application/fhir+json");
        let text = request.send().await.expect("an answer").text().await.expect("a body");
        let bundle: Value = serde_json::from_str(&text).expect("a Bundle");
        assert_eq!(bundle["type"], "searchset", "{text}");
        let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
        entries.into_iter().map(|mut entry| entry["resource"].take()).collect()
    }

    /// The one resource with an identifier of ours.
    async fn one(&self, kind: &str, system: &str, id: Uuid) -> Value {
        let identifier = format!("https://ownwords.org/fhir/sid/{system}|urn:uuid:{id}");
        let mut found = self.search(kind, ("identifier", &identifier)).await;
        assert_eq!(found.len(), 1, "{kind} {system} of this run");
        found.remove(0)
    }

    /// The plan as it is there: care plan and goal, each once.
    pub(super) async fn plan(&self, outbox: &Outbox) -> (Value, Value) {
        let care_plan = self.one("CarePlan", "plan", outbox.id("plan plan")).await;
        let goal = self.one("Goal", "goal", outbox.id("goal plan")).await;
        let patient = self.one("Patient", "person", outbox.id("person p")).await;
        let reference = |resource: &Value, kind: &str| format!("{kind}/{}", resource["id"].as_str().expect("an id"));
        assert_eq!(care_plan["goal"][0]["reference"], reference(&goal, "Goal"));
        assert_eq!(care_plan["subject"]["reference"], reference(&patient, "Patient"));
        (care_plan, goal)
    }

    pub(super) async fn provenances(&self, care_plan: &Value) -> usize {
        let target = format!("CarePlan/{}", care_plan["id"].as_str().expect("an id"));
        self.search("Provenance", ("target", &target)).await.len()
    }
}

pub(super) fn real_pace() -> Pace {
    Pace { timeout: Duration::from_mins(1), lease: Duration::from_mins(2), ..pace() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_its_change_and_the_same_again() {
    let Some(server) = Server::given().await else { return };
    for method in METHODS {
        let first = Outbox::new().await;
        // The same again comes from a store that knows nothing of the first, as after a restore from an old backup.
        let again = Outbox { run: first.run, ..Outbox::new().await };
        let mut seen = Vec::new();
        let (words, changed) = (" I want\tto paint — again ", "I want to show my paintings");
        for (mut outbox, says, provenances) in [(first, vec![words, changed], [1, 2]), (again, vec![changed], [2, 2])] {
            let worker = Worker::start(&outbox.store, server.settings(method), real_pace());
            for (says, provenances) in says.into_iter().zip(provenances) {
                outbox.enter("p", "plan", says).await;
                outbox.until(&[DeliveryState::Done]).await;
                let (care_plan, goal) = server.plan(&outbox).await;
                assert_eq!(goal["description"]["text"], says, "{method:?}: the words are there byte for byte");
                assert_eq!(server.provenances(&care_plan).await, provenances, "{method:?}");
                seen.push([care_plan, goal].map(|resource| resource["meta"]["versionId"].clone()));
            }
            worker.stop().await;
        }
        assert_ne!(seen[0], seen[1], "{method:?}: the change arrived");
        assert_eq!(seen[1], seen[2], "{method:?}: the same again changes nothing");
    }
}

/// Sixteen stores that do not know of each other deliver the same plan at once, as often as `OWNWORDS_TEST_RACE_ROUNDS` says.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixteen_at_once_leave_one() {
    let Some(server) = Server::given().await else { return };
    let rounds = env::var("OWNWORDS_TEST_RACE_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(1);
    for (round, method) in (0..rounds).flat_map(|round: u32| METHODS.map(|method| (round, method))) {
        let run = Uuid::new_v4();
        let mut outboxes = Vec::new();
        for _ in 0..16 {
            let mut outbox = Outbox::new().await;
            outbox.run = run;
            outbox.enter("p", "plan", "I want to paint again").await;
            outboxes.push(outbox);
        }
        let workers: Vec<Worker> =
            outboxes.iter().map(|outbox| Worker::start(&outbox.store, server.settings(method), real_pace())).collect();
        for outbox in &outboxes {
            outbox.until(&[DeliveryState::Done]).await;
        }
        for worker in workers {
            worker.stop().await;
        }
        let (care_plan, _) = server.plan(&outboxes[0]).await;
        assert_eq!(server.provenances(&care_plan).await, 1, "{method:?}, round {round}");
    }
}

/// Every type and form that we write, at a server that never saw it and at one that did.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whole_plans_are_there_once() {
    let Some(server) = Server::given().await else { return };
    for method in METHODS {
        let run = Uuid::new_v4();
        let mut seen: Vec<Vec<Value>> = Vec::new();
        for _ in 0..2 {
            let mut outbox = Outbox::new().await;
            let worker = Worker::start(&outbox.store, server.settings(method), real_pace());
            let mut versions = Vec::new();
            for name in ["everything", "no-goal", "odd", "part2", "spanish"] {
                let resources = said(name, run);
                outbox.enter_said(name, name, resources.clone()).await;
                let delivered = outbox.until(&[DeliveryState::Done, DeliveryState::Dead, DeliveryState::Blocked]).await;
                assert!(
                    delivered.iter().all(|one| one.state == DeliveryState::Done),
                    "{method:?} {name}: {delivered:?}"
                );
                for resource in &resources {
                    if let Some(system) = own_system(&resource.json) {
                        versions
                            .push(server.one(resource.kind, &system, resource.id).await["meta"]["versionId"].clone());
                    }
                }
                let care_plan = resources.iter().rfind(|resource| resource.kind == "CarePlan").expect("a care plan");
                let care_plan = server.one("CarePlan", "plan", care_plan.id).await;
                let told: Vec<_> = resources.iter().filter(|resource| resource.kind == "Provenance").collect();
                let of_plan = told.iter().filter(|one| one.json.contains("CarePlan/")).count();
                assert_eq!(server.provenances(&care_plan).await, of_plan, "{method:?} {name}");
            }
            worker.stop().await;
            seen.push(versions);
        }
        assert!(seen[0].len() > 60, "only {} resources", seen[0].len());
        assert_eq!(seen[0], seen[1], "{method:?}: the same again changes nothing");
    }
}

/// A plan as a document: two versions, and the first of them once more from a store that knows nothing of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_is_there_once_a_version() {
    let Some(server) = Server::given().await else { return };
    let mut outbox = Outbox::new().await;
    let local_id = outbox.run.to_string();
    let known =
        serde_json::json!({ "resourceType": "Patient", "identifier": [{ "system": "urn:mrn", "value": local_id }] });
    let base = server.base.trim_end_matches('/');
    let made = server.http.post(format!("{base}/Patient")).header("content-type", "application/fhir+json");
    assert_eq!(made.body(known.to_string()).send().await.expect("an answer").status().as_u16(), 201);
    let said = ConnectionFile {
        base_url: server.base.clone(),
        rung: RungChoice::B,
        person_system: "urn:mrn".to_owned(),
        allow_plain_http: true,
        ..ConnectionFile::default()
    };
    let mut again = Outbox { run: outbox.run, ..Outbox::new().await };
    for (outbox, all) in [(&mut outbox, vec!["one", "two"]), (&mut again, vec!["one"])] {
        let connection = Connection::of_file("ehr", Path::new("/"), said.clone()).expect("a connection");
        let worker = Worker::start_on(&outbox.store, connection, real_pace());
        for says in all {
            let tree = serde_json::json!({ "plan_id": "plan", "person": { "local_id": local_id }, "goals": [{ "statement": { "text": says } }] });
            let resources = outbox.resources(&local_id, "plan", says);
            outbox.enter_whole(&local_id, "plan", tree.to_string(), resources).await;
            outbox.until(&[DeliveryState::Done]).await;
        }
        worker.stop().await;
    }
    let patient = server.search("Patient", ("identifier", &format!("urn:mrn|{local_id}"))).await.remove(0);
    let subject = patient["id"].as_str().expect("an id");
    let mut found = server.search("DocumentReference", ("patient", subject)).await;
    found.sort_by_key(|one| one["relatesTo"].is_array());
    let [older, newer] = &found[..] else { panic!("{} documents", found.len()) };
    assert_eq!((&older["status"], &newer["status"]), (&"superseded".into(), &"current".into()));
    let target = format!("DocumentReference/{}", older["id"].as_str().expect("an id"));
    assert_eq!(newer["relatesTo"][0]["target"]["reference"], target);
    for document in [older, newer] {
        let kinds: Vec<&Value> = (0..2).map(|place| &document["content"][place]["attachment"]["contentType"]).collect();
        assert_eq!(kinds, ["text/plain; charset=utf-8", "application/pdf"]);
    }
}

/// A plan of the golden files, with ids of this run.
fn said(name: &str, run: Uuid) -> Vec<Resource> {
    let file = format!("{}/tests/data/fhir/{name}.plan.json", env!("CARGO_MANIFEST_DIR"));
    let plan: Plan = serde_json::from_str(&fs::read_to_string(&file).expect("a plan")).expect("the plan model");
    fhir::resources(&plan, &Ids::within(run), Gates { own_words: true, strengths: true })
}

/// The last part of the system of our own identifier, by which a server finds a resource again; a Provenance has none.
fn own_system(json: &str) -> Option<String> {
    let resource: Value = serde_json::from_str(json).expect("a resource");
    let identifiers = match &resource["identifier"] {
        Value::Array(several) => several.clone(),
        one => vec![one.clone()],
    };
    let ours = |one: &Value| one["system"].as_str()?.strip_prefix("https://ownwords.org/fhir/sid/").map(str::to_owned);
    identifiers
        .iter()
        .filter(|one| one["value"].as_str().is_some_and(|value| value.starts_with("urn:uuid:")))
        .find_map(ours)
}
