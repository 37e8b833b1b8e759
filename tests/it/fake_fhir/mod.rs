//! A small FHIR server that fails as told: it keeps resources in memory, answers transactions by a script, and remembers
//! everything it was sent. It is strict where a receiver may be (no POST without `ifNoneExist`), so that our mistakes show.

pub(crate) mod back;
mod bulk;
mod cutting;
pub(crate) mod ehr;
mod fate;
mod narrow;
mod tls;

use std::{
    collections::{BTreeMap, VecDeque},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
    serve::Listener,
};
use ownwords::fhir::capability::READABLE;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

use bulk::Bulk;
use cutting::{Cutting, cut};
use ehr::Ehr;
pub(crate) use fate::Fate;
use fate::unless;
use narrow::Narrow;
pub(crate) use narrow::Tells;

/// What the server says it can do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Abilities {
    pub(crate) update_create: bool,
    pub(crate) conditional_create: bool,
}

/// What the server holds and remembers.
#[derive(Debug)]
pub(crate) struct Inside {
    /// By `Type/id`: version and resource.
    pub(crate) resources: BTreeMap<String, (u32, Value)>,
    /// Fates of the transactions to come; then all go well.
    pub(crate) fates: VecDeque<Fate>,
    /// Fate of every transaction once the script is used up.
    pub(crate) ever_after: Fate,
    /// Fates of the reads and searches to come.
    pub(crate) looks: VecDeque<Fate>,
    /// Status of `metadata`.
    pub(crate) metadata: u16,
    pub(crate) abilities: Abilities,
    /// The bearer token that is let in; all when none.
    pub(crate) token: Option<String>,
    /// How the server behaves as an EHR: who is let in, which clock, what it drops.
    pub(crate) ehr: Ehr,
    /// What it does not take.
    pub(crate) narrow: Narrow,
    /// Its bulk exports.
    pub(crate) bulk: Bulk,
    /// Transactions that came in.
    pub(crate) transactions: Vec<Value>,
    /// Plan-version values of the care plans, in the order in which they were processed.
    pub(crate) processed: Vec<String>,
    /// What `$match` answers; it is not offered when none.
    pub(crate) matches: Option<(u16, Value)>,
    /// What `$match` was asked.
    pub(crate) asked_who: Vec<Value>,
    /// Reads and searches that came in.
    pub(crate) looked: Vec<String>,
    next_id: u32,
}

/// The server.
pub(crate) struct Fake {
    pub(crate) address: SocketAddr,
    inside: Arc<Mutex<Inside>>,
    task: JoinHandle<()>,
}

impl Fake {
    /// A server that takes ids of ours.
    pub(crate) async fn own_ids() -> Self {
        Self::with(Abilities { update_create: true, conditional_create: false }).await
    }

    /// A server that gives its own.
    pub(crate) async fn if_none_exist() -> Self {
        Self::with(Abilities { update_create: false, conditional_create: true }).await
    }

    pub(crate) async fn with(abilities: Abilities) -> Self {
        Self::at(SocketAddr::from(([127, 0, 0, 1], 0)), abilities).await
    }

    /// A server at an address.
    pub(crate) async fn at(address: SocketAddr, abilities: Abilities) -> Self {
        let listener = TcpListener::bind(address).await.expect("a port");
        Self::on(Cutting(listener), abilities)
    }

    /// A server that speaks TLS with a certificate of the test keys, and may want one of its callers.
    pub(crate) async fn over_tls(certificate: &str, wants_certificate: bool) -> Self {
        let listener = tls::Tls::listen(certificate, wants_certificate).await;
        Self::on(listener, Abilities { update_create: true, conditional_create: false })
    }

    fn on(listener: impl Listener<Addr = SocketAddr>, abilities: Abilities) -> Self {
        let address = listener.local_addr().expect("an address");
        let inside = Arc::new(Mutex::new(Inside::new(abilities)));
        let router = router(&inside);
        let task = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("serving");
        });
        Self { address, inside, task }
    }

    pub(crate) fn base(&self) -> String {
        format!("http://{}/fhir", self.address)
    }

    pub(crate) fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().expect("no test panicked within")
    }

    /// How many resources of a type there are.
    pub(crate) fn count(&self, kind: &str) -> usize {
        self.inside().resources.keys().filter(|key| key.starts_with(&format!("{kind}/"))).count()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.task.abort();
    }
}

type Shared = State<Arc<Mutex<Inside>>>;

fn router(inside: &Arc<Mutex<Inside>>) -> Router {
    Router::new()
        .route("/fhir", post(transaction))
        .route("/fhir/metadata", get(metadata))
        .route("/fhir/.well-known/smart-configuration", get(ehr::smart))
        .route("/token", post(ehr::token))
        .route("/token/", post(ehr::token))
        .route("/fhir/Patient/$match", post(matched))
        .route("/fhir/Group/{id}/$export", get(bulk::of_group))
        .route("/fhir/Patient/$export", get(bulk::of_everyone))
        .route("/bulk/{job}", get(bulk::status).delete(bulk::end))
        .route("/bulk/{job}/{file}", get(bulk::file))
        .route("/fhir/{kind}", get(search).post(narrow::create))
        .route("/fhir/{kind}/{id}", get(read).put(narrow::update).delete(ehr::delete))
        .layer(middleware::from_fn_with_state(Arc::clone(inside), ehr::gate))
        .with_state(Arc::clone(inside))
}

async fn metadata(State(inside): Shared) -> Response {
    let mut inside = inside.lock().expect("no test panicked within");
    inside.ehr.statements += 1;
    if let Some((kind, body)) = &inside.ehr.page {
        return ([("content-type", *kind)], body.clone()).into_response();
    }
    let usual = || READABLE.to_vec();
    let kinds: Vec<&str> = inside.narrow.lists.clone().unwrap_or_else(usual);
    let kinds = kinds.into_iter().map(|kind| {
        json!({
            "type": kind,
            "interaction": [{ "code": "read" }, { "code": "create" }, { "code": "update" }, { "code": "search-type" }],
            "updateCreate": inside.abilities.update_create,
            "conditionalCreate": inside.abilities.conditional_create,
        })
    });
    let kinds: Vec<Value> = kinds.collect();
    let statement = json!({
        "resourceType": "CapabilityStatement",
        "fhirVersion": "4.0.1",
        "software": { "name": "fake", "version": inside.ehr.version },
        "implementation": { "url": inside.ehr.own_address },
        "rest": [{ "mode": "server", "interaction": inside.narrow.system(), "resource": kinds }],
    });
    answer(inside.metadata, &statement)
}

async fn matched(State(inside): Shared, body: Bytes) -> Response {
    let mut inside = inside.lock().expect("no test panicked within");
    inside.asked_who.push(serde_json::from_slice(&body).expect("Parameters"));
    let (status, bundle) = inside.matches.clone().unwrap_or_else(|| (404, outcome("not-supported")));
    answer(status, &bundle)
}

async fn read(State(inside): Shared, Path((kind, id)): Path<(String, String)>) -> Response {
    let key = format!("{kind}/{id}");
    let fate = look(&inside, key.clone());
    unless(fate, || match inside.lock().expect("no test panicked within").resources.get(&key) {
        Some((_, resource)) => answer(200, resource),
        None => answer(404, &outcome("not-found")),
    })
    .await
}

async fn search(
    State(inside): Shared,
    Path(kind): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    let fate = look(&inside, format!("{kind}?{query:?}"));
    unless(fate, || {
        let inside = inside.lock().expect("no test panicked within");
        let found: Vec<Value> =
            inside.find(&kind, &query).iter().map(|key| json!({ "resource": inside.resources[key].1 })).collect();
        answer(200, &json!({ "resourceType": "Bundle", "type": "searchset", "entry": found }))
    })
    .await
}

fn look(inside: &Mutex<Inside>, what: String) -> Fate {
    let mut inside = inside.lock().expect("no test panicked within");
    inside.looked.push(what);
    inside.looks.pop_front().unwrap_or(Fate::Well)
}

async fn transaction(State(inside): Shared, headers: HeaderMap, body: Bytes) -> Response {
    let bundle: Value = serde_json::from_slice(&body).expect("a Bundle");
    let fate = {
        let mut inside = inside.lock().expect("no test panicked within");
        let given = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        if inside.token.as_ref().is_some_and(|token| given != format!("Bearer {token}")) {
            return answer(401, &outcome("login"));
        }
        inside.transactions.push(bundle.clone());
        if let Some(refused) = inside.narrow.refused("") {
            return refused;
        }
        inside.fates.pop_front().unwrap_or_else(|| inside.ever_after.clone())
    };
    let represent = headers.get("prefer").is_some_and(|value| value == "return=representation");
    unless(fate, || inside.lock().expect("no test panicked within").process(&bundle, represent)).await
}

fn answer(status: u16, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    (status, [("content-type", "application/fhir+json")], body.to_string()).into_response()
}

fn outcome(code: &str) -> Value {
    json!({ "resourceType": "OperationOutcome", "issue": [{ "severity": "error", "code": code, "diagnostics": "as the fake says" }] })
}

impl Inside {
    fn new(abilities: Abilities) -> Self {
        Self {
            resources: BTreeMap::new(),
            fates: VecDeque::new(),
            ever_after: Fate::Well,
            looks: VecDeque::new(),
            metadata: 200,
            abilities,
            token: None,
            ehr: Ehr::default(),
            narrow: Narrow::default(),
            bulk: Bulk::default(),
            transactions: Vec::new(),
            processed: Vec::new(),
            matches: None,
            asked_who: Vec::new(),
            looked: Vec::new(),
            next_id: 100,
        }
    }

    fn process(&mut self, bundle: &Value, represent: bool) -> Response {
        let entries = bundle["entry"].as_array().expect("entries");
        let keys: Option<Vec<(String, bool)>> = entries.iter().map(|entry| self.key(entry)).collect();
        let Some(keys) = keys else { return answer(412, &outcome("multiple-matches")) };
        if entries.iter().zip(&keys).any(|(entry, (key, _))| self.is_stale(&entry["request"]["ifMatch"], key)) {
            return answer(self.ehr.stale, &outcome("conflict"));
        }
        let by_full_url: BTreeMap<String, String> = entries
            .iter()
            .zip(&keys)
            .map(|(entry, (key, _))| {
                (entry["fullUrl"].as_str().expect("every entry has a fullUrl").to_owned(), key.clone())
            })
            .collect();
        let mut answers = Vec::new();
        for (entry, (key, writes)) in entries.iter().zip(keys) {
            let is_new = !self.resources.contains_key(&key);
            if writes {
                self.write(&key, &entry["resource"], &by_full_url);
            }
            let (version, resource) = &self.resources[&key];
            let status = if is_new { "201 Created" } else { "200 OK" };
            let mut told = json!({ "response": { "status": status, "location": format!("{key}/_history/{version}"), "etag": version.to_string() } });
            if self.ehr.untagged {
                told["response"]["etag"].take();
            }
            if represent && self.narrow.tells != Tells::NoResource {
                told["resource"] = resource.clone();
            }
            answers.push(told);
        }
        answer(200, &json!({ "resourceType": "Bundle", "type": "transaction-response", "entry": answers }))
    }

    /// Whether a resource stands in another version than an update wants.
    fn is_stale(&self, wanted: &Value, key: &str) -> bool {
        let wanted = wanted.as_str().map(|tag| tag.trim_start_matches("W/").trim_matches('"'));
        let is = self.resources.get(key).map(|(version, _)| version.to_string());
        !self.ehr.ignores_if_match && wanted.is_some_and(|wanted| is.as_deref() != Some(wanted))
    }

    /// Where an entry goes, and whether its body is taken: not when `ifNoneExist` finds something. None where it finds several.
    fn key(&mut self, entry: &Value) -> Option<(String, bool)> {
        let url = entry["request"]["url"].as_str().expect("a url").to_owned();
        if entry["request"]["method"] == "PUT" {
            assert!(!url.contains('?'), "a conditional update makes duplicates");
            assert!(self.abilities.update_create || self.resources.contains_key(&url), "{url} is no id of this server");
            return Some((url, true));
        }
        let terms = entry["request"]["ifNoneExist"].as_str().expect("a POST without ifNoneExist makes duplicates");
        let query: Vec<(String, String)> = terms
            .split('&')
            .map(|term| term.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned())).expect("a term"))
            .collect();
        match &self.find(&url, &query)[..] {
            [] => {
                self.next_id += 1;
                Some((format!("{url}/{}", self.next_id), true))
            }
            [one] => Some((one.clone(), false)),
            _ => None,
        }
    }

    fn write(&mut self, key: &str, resource: &Value, by_full_url: &BTreeMap<String, String>) {
        let mut text = resource.to_string();
        for (full_url, key) in by_full_url {
            text = text.replace(&format!("\"{full_url}\""), &format!("\"{key}\""));
        }
        let mut resource: Value = serde_json::from_str(&text).expect("JSON");
        resource["id"] = json!(key.split_once('/').expect("Type/id").1);
        if resource["resourceType"] == "CarePlan" {
            self.processed.push(plan_version(&resource));
        }
        let before = self.resources.get(key);
        let version = before.map_or(1, |(version, kept)| if *kept == resource { *version } else { version + 1 });
        self.resources.insert(key.to_owned(), (version, resource));
    }

    fn find(&self, kind: &str, query: &[(String, String)]) -> Vec<String> {
        let fits = |resource: &Value| {
            query.iter().all(|(name, value)| match name.as_str() {
                "identifier" => {
                    let (system, value) = value.split_once('|').expect("system|value");
                    let given = &resource["identifier"];
                    let all = given.as_array().map_or(std::slice::from_ref(given), Vec::as_slice);
                    all.iter().any(|one| one["system"] == system && one["value"] == value)
                }
                "target" => {
                    let all = resource["target"].as_array();
                    all.is_some_and(|all| all.iter().any(|one| one["reference"] == value.as_str()))
                }
                "url" => resource["channel"]["endpoint"] == value.as_str(),
                "recorded" => resource["recorded"] == value.as_str(),
                other => panic!("an unknown search parameter {other}"),
            })
        };
        let of_kind = self.resources.iter().filter(|(key, _)| key.starts_with(&format!("{kind}/")));
        of_kind.filter(|(_, (_, resource))| fits(resource)).map(|(key, _)| key.clone()).collect()
    }
}

/// The plan-version identifier of a care plan.
fn plan_version(resource: &Value) -> String {
    let all = resource["identifier"].as_array().expect("identifiers");
    let version = all.iter().find(|one| one["system"] == "https://ownwords.org/fhir/sid/plan-version");
    version.expect("a plan-version")["value"].as_str().expect("a value").to_owned()
}
