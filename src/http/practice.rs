//! A practice EHR: a FHIR R4 server in memory that takes transactions of `PUT` entries, so that the whole way of a record
//! can be tried without an EHR at hand. It keeps nothing after its end and is no FHIR server for anything else.

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::fhir::capability::READABLE;

/// What the practice EHR holds: resource and version by `Type/id`.
#[derive(Clone, Default)]
struct Held(Arc<Mutex<HashMap<String, (u32, Value)>>>);

/// A practice EHR that answers.
pub struct Practice {
    /// Where it listens.
    pub address: SocketAddr,
    held: Held,
    server: JoinHandle<()>,
}

impl Practice {
    /// Starts one on a free port of this machine.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((std::net::Ipv4Addr::LOCALHOST, 0)).await?;
        let (address, held) = (listener.local_addr()?, Held::default());
        let router = Router::new()
            .route("/fhir/metadata", get(metadata))
            .route("/fhir", post(transaction))
            .route("/fhir/{kind}/{id}", get(read))
            .layer(DefaultBodyLimit::max(16 << 20))
            .with_state(held.clone());
        let server = tokio::spawn(async move { drop(axum::serve(listener, router).await) });
        Ok(Self { address, held, server })
    }

    /// Its FHIR base.
    pub fn base_url(&self) -> String {
        format!("http://{}/fhir", self.address)
    }

    /// How many resources of a type it holds.
    pub fn count(&self, kind: &str) -> usize {
        let within = format!("{kind}/");
        self.held.lock().keys().filter(|key| key.starts_with(&within)).count()
    }

    /// Stops it; what it held is gone.
    pub fn stop(self) {
        self.server.abort();
    }
}

impl Held {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, (u32, Value)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts one resource; an unchanged one keeps its version.
    fn put(&self, key: &str, resource: Value) -> (StatusCode, u32) {
        let mut held = self.lock();
        match held.get_mut(key) {
            None => {
                held.insert(key.to_owned(), (1, resource));
                (StatusCode::CREATED, 1)
            }
            Some((version, known)) => {
                if *known != resource {
                    *known = resource;
                    *version += 1;
                }
                (StatusCode::OK, *version)
            }
        }
    }
}

async fn metadata() -> Json<Value> {
    let ability = |kind: &&str| {
        json!({ "type": kind, "updateCreate": true, "versioning": "versioned",
        "interaction": [{ "code": "read" }, { "code": "update" }] })
    };
    let resource: Vec<Value> = READABLE.iter().map(ability).collect();
    Json(json!({
        "resourceType": "CapabilityStatement", "status": "active", "kind": "instance", "fhirVersion": "4.0.1",
        "date": "2026-11-01", "format": ["json"], "software": { "name": "ownwords practice EHR" },
        "rest": [{ "mode": "server", "interaction": [{ "code": "transaction" }], "resource": resource }],
    }))
}

async fn transaction(State(held): State<Held>, Json(bundle): Json<Value>) -> Response {
    let entries = bundle["entry"].as_array().map(Vec::as_slice).unwrap_or_default();
    let request = |entry: &Value| Some((entry["request"]["url"].as_str()?.to_owned(), entry["resource"].clone()));
    let is_put = |entry: &Value| entry["request"]["method"] == "PUT";
    let puts: Option<Vec<_>> = entries.iter().map(|entry| request(entry).filter(|_| is_put(entry))).collect();
    let Some(puts) = puts.filter(|_| bundle["type"] == "transaction") else {
        return refused("The practice EHR takes a transaction of PUT entries only.");
    };
    let entry: Vec<Value> = puts
        .into_iter()
        .map(|(url, resource)| {
            let (status, version) = held.put(&url, resource);
            json!({ "response": { "status": status.to_string(), "location": format!("{url}/_history/{version}"),
                "etag": format!("W/\"{version}\"") } })
        })
        .collect();
    answer(StatusCode::OK, &json!({ "resourceType": "Bundle", "type": "transaction-response", "entry": entry }))
}

async fn read(State(held): State<Held>, Path((kind, id)): Path<(String, String)>) -> Response {
    match held.lock().get(&format!("{kind}/{id}")) {
        Some((_, resource)) => answer(StatusCode::OK, resource),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn refused(text: &str) -> Response {
    let issue = json!([{ "severity": "error", "code": "not-supported", "details": { "text": text } }]);
    answer(StatusCode::UNPROCESSABLE_ENTITY, &json!({ "resourceType": "OperationOutcome", "issue": issue }))
}

fn answer(status: StatusCode, resource: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/fhir+json")], resource.to_string()).into_response()
}
