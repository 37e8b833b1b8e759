//! A plain FHIR server for the figures, in a process of its own so that its time is not ours: it takes transactions of `PUT`,
//! keeps them in memory, finds them by person and `_lastUpdated`, and counts what it was asked. It checks nothing.

use std::{
    collections::HashMap,
    env,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, Query, Request, State},
    http::StatusCode,
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use jiff::{Timestamp, ToSpan};
use ownwords::fhir::capability::READABLE;
use serde_json::{Value, json};
use tokio::{net::TcpListener, runtime::Runtime};

/// The argument that makes the program this server.
pub(crate) const FAKE: &str = "fake-fhir-server";

/// The server, as a process that ends with this.
pub(super) struct Fake {
    child: Child,
    /// Its base.
    pub(super) base: String,
}

impl Fake {
    pub(super) fn start() -> Self {
        let itself = env::current_exe().expect("the program knows where it is");
        let mut child = Command::new(itself).arg(FAKE).stdout(Stdio::piped()).spawn().expect("the fake starts");
        let mut base = String::new();
        let said = child.stdout.take().expect("what it says is piped");
        BufReader::new(said).read_line(&mut base).expect("it says where it is");
        Self { child, base: base.trim().to_owned() }
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Serves until the process is ended.
pub(crate) fn serve_fake() {
    Runtime::new().expect("a runtime starts").block_on(async {
        let held = Arc::new(Mutex::new(Held::default()));
        let router = Router::new()
            .route("/fhir", post(transaction))
            .route("/fhir/metadata", get(metadata))
            .route("/fhir/{kind}", get(search))
            .route("/fhir/{kind}/{id}", get(read))
            .layer(middleware::from_fn_with_state(Arc::clone(&held), count))
            .route("/asked", get(asked))
            .with_state(held);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        println!("http://{}/fhir", listener.local_addr().expect("it has an address"));
        axum::serve(listener, router).await.expect("it serves");
    });
}

#[derive(Default)]
struct Held {
    /// Version and content by type and id.
    resources: HashMap<String, (u64, String)>,
    /// Types and ids, by type and person.
    of_person: HashMap<(String, String), Vec<String>>,
    asked: u64,
}

type Shared = State<Arc<Mutex<Held>>>;

fn open(held: &Mutex<Held>) -> MutexGuard<'_, Held> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn count(State(held): Shared, request: Request, next: Next) -> Response {
    open(&held).asked += 1;
    next.run(request).await
}

async fn asked(State(held): Shared) -> String {
    open(&held).asked.to_string()
}

async fn metadata() -> Response {
    let interactions: Vec<Value> =
        ["read", "create", "update", "search-type"].iter().map(|code| json!({ "code": code })).collect();
    let kinds = READABLE.iter().map(|kind| json!({ "type": kind, "updateCreate": true, "interaction": interactions }));
    let kinds: Vec<Value> = kinds.collect();
    answer(
        StatusCode::OK,
        json!({ "resourceType": "CapabilityStatement", "fhirVersion": "4.0.1",
            "rest": [{ "mode": "server", "interaction": [{ "code": "transaction" }], "resource": kinds }] })
        .to_string(),
    )
}

async fn transaction(State(held): Shared, body: Bytes) -> Response {
    let mut bundle: Value = serde_json::from_slice(&body).expect("the Bundle is JSON");
    let entries = bundle["entry"].as_array_mut().expect("it has entries");
    // What was written yesterday is what a later round does not ask for.
    let yesterday = Timestamp::now().checked_sub(24.hours()).expect("there was a yesterday").to_string();
    let told: Vec<Value> = entries.iter_mut().map(|entry| open(&held).write(entry, &yesterday)).collect();
    answer(
        StatusCode::OK,
        json!({ "resourceType": "Bundle", "type": "transaction-response", "entry": told }).to_string(),
    )
}

async fn search(
    State(held): Shared,
    Path(kind): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let patient = query.get("patient").cloned().unwrap_or_default();
    let since: Option<Timestamp> =
        query.get("_lastUpdated").map(|asked| asked.trim_start_matches("ge").parse().unwrap_or(Timestamp::MAX));
    let held = open(&held);
    let yesterday = Timestamp::now().checked_sub(23.hours()).expect("there was a yesterday");
    let keys = held.of_person.get(&(kind, patient)).into_iter().flatten();
    let keys = keys.filter(|_| since.is_none_or(|since| since < yesterday));
    let entries: Vec<String> = keys.map(|key| format!("{{\"resource\":{}}}", held.resources[key].1)).collect();
    let entries = entries.join(",");
    answer(StatusCode::OK, format!("{{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[{entries}]}}"))
}

async fn read(State(held): Shared, Path((kind, id)): Path<(String, String)>) -> Response {
    match open(&held).resources.get(&format!("{kind}/{id}")) {
        Some((_, text)) => answer(StatusCode::OK, text.clone()),
        None => answer(StatusCode::NOT_FOUND, json!({ "resourceType": "OperationOutcome" }).to_string()),
    }
}

fn answer(status: StatusCode, body: String) -> Response {
    (status, [("content-type", "application/fhir+json")], body).into_response()
}

impl Held {
    /// Keeps the resource of an entry, and says so.
    fn write(&mut self, entry: &mut Value, at: &str) -> Value {
        let key = entry["request"]["url"].as_str().expect("a PUT has a url").to_owned();
        let resource = &mut entry["resource"];
        let version = self.resources.get(&key).map_or(0, |(version, _)| *version) + 1;
        resource["meta"]["versionId"] = json!(version.to_string());
        resource["meta"]["lastUpdated"] = json!(at);
        if version == 1
            && let Some(person) =
                resource["subject"]["reference"].as_str().and_then(|text| text.strip_prefix("Patient/"))
        {
            let kind = key.split('/').next().unwrap_or_default().to_owned();
            self.of_person.entry((kind, person.to_owned())).or_default().push(key.clone());
        }
        let status = if version == 1 { "201 Created" } else { "200 OK" };
        let told = json!({ "response": { "status": status, "location": format!("{key}/_history/{version}"),
            "etag": format!("W/\"{version}\"") } });
        self.resources.insert(key, (version, resource.to_string()));
        told
    }
}
