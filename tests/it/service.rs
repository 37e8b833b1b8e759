//! A service of our own for tests: in this process, on a free port, with a store in a temporary folder.

use std::{net::SocketAddr, time::Duration};

use jiff::civil::date;
use ownwords::{
    clock::Clock,
    config::{self, Config},
    http,
};
use reqwest::{Client, Response, StatusCode};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// A service that answers until it is dropped.
pub(crate) struct TestService {
    pub(crate) address: SocketAddr,
    pub(crate) client: Client,
    /// Held so that it is removed at the end.
    _folder: TempDir,
    token: Option<String>,
    stop: CancellationToken,
    ended: Option<JoinHandle<Result<(), http::ServeError>>>,
}

/// Starts a service with the default settings, changed as the test wants.
pub(crate) async fn start(change: impl FnOnce(&mut Config)) -> TestService {
    let folder = TempDir::new().expect("a temporary folder can be made");
    let mut config = Config::default();
    config.store.url = format!("sqlite:{}", folder.path().join("test.db").display());
    config.server.export_folder = folder.path().join("exports");
    change(&mut config);
    start_in(folder, config).await
}

async fn start_in(folder: TempDir, mut config: Config) -> TestService {
    config.server.listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let stop = CancellationToken::new();
    let clock = Clock::fixed_on(date(2026, 11, 1));
    let serving = http::serve(&config, clock, stop.clone()).await.expect("the service starts");
    let address = serving.address;
    // Another test may have chosen the provider before; it is the same one.
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = Client::builder().no_proxy().timeout(Duration::from_mins(1)).build().expect("a client can be made");
    TestService { address, client, _folder: folder, token: None, stop, ended: Some(tokio::spawn(serving.ended())) }
}

impl TestService {
    /// The same service, called with a token.
    pub(crate) fn with_token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    pub(crate) fn set_token(&mut self, token: &str) {
        self.token = Some(token.to_owned());
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.send(self.client.get(self.url(path))).await
    }

    pub(crate) async fn post(&self, path: &str, body: impl Into<reqwest::Body>) -> Response {
        self.send(self.client.post(self.url(path)).body(body)).await
    }

    pub(crate) async fn post_json(&self, path: &str, body: Value) -> Response {
        self.send(self.client.post(self.url(path)).json(&body)).await
    }

    pub(crate) async fn submit(&self, body: &str) -> (StatusCode, Value) {
        let response = self.post("/submissions?agency=ag-1&mapping=plan-json&file=given.json", body.to_owned()).await;
        let status = response.status();
        (status, response.json().await.expect("the answer is JSON"))
    }

    pub(crate) async fn json(&self, path: &str) -> Value {
        let response = self.get(path).await;
        assert_eq!(response.status(), StatusCode::OK, "GET {path}");
        response.json().await.expect("the answer is JSON")
    }

    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Response {
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        request.send().await.expect("the service answers")
    }

    /// Asks the service to stop and waits for its end.
    pub(crate) async fn stop(mut self) {
        self.stop.cancel();
        let ended = self.ended.take().expect("the service is stopped once");
        ended.await.expect("the service ends").expect("the service ends well");
    }
}

impl Drop for TestService {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// A configured caller with a token.
pub(crate) fn caller(name: &str, agency: &str, token: &str, operations: &[config::Operation]) -> config::Caller {
    config::Caller {
        name: name.to_owned(),
        agency: agency.to_owned(),
        token_sha256: Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect(),
        operations: operations.to_vec(),
    }
}

/// A plan that is in order, with a goal and a strength of the given words.
pub(crate) fn plan(plan_id: &str, goal: &str, strength: &str) -> String {
    serde_json::json!({
        "schema_version": "1.0", "plan_id": plan_id,
        "source": { "system": "test", "record_id": plan_id },
        "plan_type": "initial", "status": "active", "period": { "start": "2026-09-01" }, "next_review_due": "2026-12-01",
        "person": { "local_id": format!("person-of-{plan_id}"), "primary_language": "en" },
        "goals": [{ "goal_id": "g1", "statement": { "text": goal, "lang": "en" }, "kind": "life-goal", "status": "active",
            "start_date": "2026-09-01" }],
        "strengths": [{ "strength_id": "s1", "text": strength, "told_by": "person" }],
    })
    .to_string()
}
