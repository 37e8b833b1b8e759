//! The HTTP client of the receiving FHIR server: one base, one token, no redirects, no proxy, bounded time and size.
//! It says what came back and judges nothing.

use std::{
    io,
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use reqwest::{
    Client, Method, RequestBuilder, Response, Url,
    header::{
        ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER,
    },
    redirect,
};

use super::{SyncError, answer::Said, delivery::Happened, retry};
use crate::{clock::Clock, config};

/// Most that is read of an answer.
const BODY: usize = 16 << 20;
const FHIR_JSON: HeaderValue = HeaderValue::from_static("application/fhir+json");
/// Has a HAPI server repeat a write that lost a race by itself; others do not know it.
const RETRY_ON_CONFLICT: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-retry-on-version-conflict"), HeaderValue::from_static("retry; max-retries=20"));

/// The receiving server.
pub(super) struct Peer {
    http: Client,
    base: Url,
    token_file: PathBuf,
    token: Mutex<Option<HeaderValue>>,
    clock: Clock,
}

impl Peer {
    /// A client for the configured server; the token file is read.
    pub(super) fn new(settings: &config::Delivery, timeout: Duration, clock: Clock) -> Result<Self, SyncError> {
        let base = base(settings)?;
        // A provider that was chosen before stays; either way there is one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut http = Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .timeout(timeout)
            .connect_timeout((timeout / 2).min(Duration::from_secs(10)))
            .pool_idle_timeout(Duration::from_secs(30))
            .user_agent(concat!("ownwords/", env!("CARGO_PKG_VERSION")));
        if base.scheme() == "http" {
            // No certificate will be checked, so none has to be on the machine.
            http = http.tls_certs_only([]);
        }
        let http = http.build().map_err(|_| SyncError::NoClient)?;
        let token = read_token(&settings.token_file)?;
        Ok(Self { http, base, token_file: settings.token_file.clone(), token: Mutex::new(token), clock })
    }

    /// Reads `path` below the base.
    pub(super) async fn get(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Said, Happened> {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .expect("the check of the base above made sure it has a path")
            .pop_if_empty()
            .extend(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        // A server may answer a search from its cache, and the cache may be older than our write.
        self.ask(|| self.http.request(Method::GET, url.clone()).header(CACHE_CONTROL, "no-cache")).await
    }

    /// Sends a transaction Bundle to the base.
    pub(super) async fn transaction(&self, bundle: String, prefer: &'static str) -> Result<Said, Happened> {
        self.ask(|| {
            let (name, value) = RETRY_ON_CONFLICT;
            self.http
                .request(Method::POST, self.base.clone())
                .header(CONTENT_TYPE, FHIR_JSON)
                .header("prefer", prefer)
                .header(name, value)
                .body(bundle.clone())
        })
        .await
    }

    /// Asks once; once more when the token was refused and its file holds another by now.
    async fn ask(&self, request: impl Fn() -> RequestBuilder) -> Result<Said, Happened> {
        let token = self.token.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let said = self.ask_with(request(), token.clone()).await?;
        if said.status != 401 {
            return Ok(said);
        }
        match read_token(&self.token_file) {
            Ok(fresh) if fresh != token => {
                self.token.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&fresh);
                self.ask_with(request(), fresh).await
            }
            _ => Ok(said),
        }
    }

    async fn ask_with(&self, request: RequestBuilder, token: Option<HeaderValue>) -> Result<Said, Happened> {
        let mut headers = HeaderMap::from_iter([(ACCEPT, FHIR_JSON)]);
        headers.extend(token.map(|token| (AUTHORIZATION, token)));
        let response = request.headers(headers).send().await.map_err(|error| unanswered(&error))?;
        self.said(response).await
    }

    async fn said(&self, mut response: Response) -> Result<Said, Happened> {
        let status = response.status().as_u16();
        let header = |name: &HeaderName| response.headers().get(name).and_then(|value| value.to_str().ok());
        let wait = header(&RETRY_AFTER).and_then(|asked| retry::retry_after(asked, header(&DATE), self.clock.now()));
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() <= BODY => body.extend_from_slice(&chunk),
                Ok(None) => break,
                // A refusal stands even when its text is cut; a success that was not read whole is none.
                Ok(Some(_)) | Err(_) if status >= 300 => break,
                Ok(Some(_)) => {
                    return Err(Happened::NotUnderstood {
                        status,
                        text: "(the answer is longer than is read)".to_owned(),
                    });
                }
                Err(_) => return Err(Happened::Lost),
            }
        }
        Ok(Said { status, wait, body: String::from_utf8_lossy(&body).into_owned() })
    }
}

fn unanswered(error: &reqwest::Error) -> Happened {
    if error.is_connect() { Happened::NotReached } else { Happened::Lost }
}

/// The base, checked: https, or http to this machine, or http that the settings allow.
fn base(settings: &config::Delivery) -> Result<Url, SyncError> {
    let wrong = |problem| SyncError::Base { problem };
    let base = Url::parse(settings.base_url.trim_end_matches('/'))
        .map_err(|_| wrong("is no URL; give it as https://host/path"))?;
    if !base.username().is_empty() || base.password().is_some() {
        return Err(wrong("holds a user name or password; put a token into delivery.token_file"));
    }
    if base.query().is_some() || base.fragment().is_some() {
        return Err(wrong("has a \"?\" or \"#\"; give the base alone"));
    }
    match base.scheme() {
        "https" => Ok(base),
        "http" if settings.allow_plain_http || is_this_machine(&base) => Ok(base),
        "http" => Err(wrong(
            "is plain http to another machine, where plans could be read on the way; use https, or set delivery.allow_plain_http",
        )),
        _ => Err(wrong("is neither https nor http")),
    }
}

fn is_this_machine(base: &Url) -> bool {
    let host = base.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The token in its file as a header, or none when no file is configured.
fn read_token(file: &PathBuf) -> Result<Option<HeaderValue>, SyncError> {
    if file.as_os_str().is_empty() {
        return Ok(None);
    }
    let fault = |kind| SyncError::Token { file: file.clone(), kind };
    let token = std::fs::read_to_string(file).map_err(|error| fault(error.kind()))?;
    let mut header = HeaderValue::from_str(&format!("Bearer {}", token.trim()))
        .ok()
        .filter(|_| !token.trim().is_empty())
        .ok_or_else(|| fault(io::ErrorKind::InvalidData))?;
    header.set_sensitive(true);
    Ok(Some(header))
}
