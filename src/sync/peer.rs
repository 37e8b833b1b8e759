//! The HTTP client of a FHIR server: one base, one pass, no redirects, no proxy, bounded time and size. It says what came
//! back and judges nothing but why nothing came.

use std::{
    error::Error as StdError,
    fs, io,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use reqwest::{
    Certificate, Client, Identity, Method, Response, Url,
    header::{
        ACCEPT, CACHE_CONTROL, CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE,
    },
    redirect,
};
use rustls::{AlertDescription as Alert, CertificateError};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, sleep, timeout},
};

use super::{
    SyncError,
    answer::Said,
    auth::{Granted, Pass, Passes, Smart},
    bucket::Bucket,
    connection::{Connection, Trust},
    delivery::Happened,
    fault::Fault,
    lines::Lines,
    retry,
};
use crate::clock::Clock;

/// Most that is read of an answer.
const BODY: usize = 16 << 20;
/// How long a file of an export may take as a whole; each part of it has the time of a request.
const FILE_TIME: Duration = Duration::from_hours(6);
const FHIR_JSON: HeaderValue = HeaderValue::from_static("application/fhir+json");
/// Has a HAPI server repeat a write that lost a race by itself; others do not know it.
const RETRY_ON_CONFLICT: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-retry-on-version-conflict"), HeaderValue::from_static("retry; max-retries=20"));

/// The server of a connection.
pub(super) struct Peer {
    http: Client,
    base: Url,
    passes: Passes,
    timeout: Duration,
    bucket: Option<Mutex<Bucket>>,
    lanes: Semaphore,
    clock: Clock,
}

/// A request, which may have to be sent twice.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: Option<String>,
}

/// An answer with its headers.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub said: Said,
    pub headers: HeaderMap,
}

impl Peer {
    /// A client for the connection; what its auth and TLS name is read.
    pub(super) fn new(connection: &Connection, timeout: Duration, clock: Clock) -> Result<Self, SyncError> {
        let base = connection.base.clone();
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
        let http = trusting(http, &connection.trust)?.build().map_err(|_| SyncError::NoClient)?;
        let bucket = connection.limit.every().map(|every| Mutex::new(Bucket::full(every, connection.limit.burst)));
        let lanes = Semaphore::new(connection.concurrency as usize);
        Ok(Self { http, base, passes: Passes::new(connection, clock)?, timeout, bucket, lanes, clock })
    }

    /// A request that reads `path` below the base.
    pub(super) fn reading(&self, path: &[&str], query: &[(&str, &str)]) -> Ask {
        let mut ask = self.asking(Method::GET, path, None);
        if !query.is_empty() {
            ask.url.query_pairs_mut().extend_pairs(query);
        }
        // A server may answer a search from its cache, and the cache may be older than our write. A statement does not follow
        // our writes, and HAPI works for seconds to make it anew.
        if path != ["metadata"] {
            ask.headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        }
        ask
    }

    /// A request to `path` below the base.
    pub(super) fn asking(&self, method: Method, path: &[&str], body: Option<String>) -> Ask {
        let mut url = self.base.clone();
        if !path.is_empty() {
            url.path_segments_mut()
                .expect("the check of the address in connection made sure it has a path")
                .pop_if_empty()
                .extend(path);
        }
        let mut headers = HeaderMap::new();
        if body.is_some() {
            headers.insert(CONTENT_TYPE, FHIR_JSON);
        }
        Ask { method, url, headers, body }
    }

    /// A request that sends a transaction Bundle to the base. One that wants a version (`ifMatch`) loses for good where it loses.
    pub(super) fn transacting(&self, bundle: String, prefer: &'static str, is_guarded: bool) -> Ask {
        let mut ask = self.asking(Method::POST, &[], Some(bundle));
        ask.headers.insert("prefer", HeaderValue::from_static(prefer));
        if !is_guarded {
            let (name, value) = RETRY_ON_CONFLICT;
            ask.headers.insert(name, value);
        }
        ask
    }

    /// Waits for one of as many lanes as the connection has requests under way at once; it is free again when dropped.
    pub(super) async fn lane(&self) -> Option<SemaphorePermit<'_>> {
        // The lanes are never closed.
        self.lanes.acquire().await.ok()
    }

    /// Asks once; once more with a fresh pass when the first was turned away.
    pub(super) async fn answer(&self, ask: &Ask) -> Result<Answer, Happened> {
        let pass = self.passes.pass(&self.http, &self.base).await.map_err(Happened::NotReady)?;
        let answer = self.once(ask, pass.clone()).await?;
        if answer.said.status != 401 {
            return Ok(answer);
        }
        match self.passes.after_refusal(pass.as_ref(), &self.http, &self.base).await {
            Ok(fresh) if fresh != pass => self.once(ask, fresh).await,
            _ => Ok(answer),
        }
    }

    /// Asks without saying who we are, as for what a server tells everyone.
    pub(super) async fn openly(&self, ask: &Ask) -> Result<Answer, Happened> {
        self.once(ask, None).await
    }

    /// Begins to read a file line by line, with our pass or openly; the status where it is refused.
    pub(super) async fn lines(&self, ask: &Ask, with_pass: bool) -> Result<Result<Lines, u16>, Happened> {
        let pass =
            if with_pass { self.passes.pass(&self.http, &self.base).await.map_err(Happened::NotReady)? } else { None };
        let mut response = self.send(ask, pass.clone(), Some(FILE_TIME)).await?;
        if with_pass && response.status().as_u16() == 401 {
            match self.passes.after_refusal(pass.as_ref(), &self.http, &self.base).await {
                Ok(fresh) if fresh != pass => response = self.send(ask, fresh, Some(FILE_TIME)).await?,
                _ => {}
            }
        }
        let status = response.status().as_u16();
        Ok(if status == 200 { Ok(Lines::of(response, self.timeout)) } else { Err(status) })
    }

    /// Gets the token, where tokens are used, and says what was granted.
    pub(super) async fn let_in(&self) -> Result<Option<Granted>, Fault> {
        self.passes.pass(&self.http, &self.base).await?;
        Ok(self.passes.granted().await)
    }

    /// The smart-configuration.
    pub(super) async fn smart(&self) -> Result<Option<Smart>, Fault> {
        Smart::read(&self.http, &self.base).await
    }

    /// How we say who we are: whether by a token, and whether at all.
    pub(super) fn passes(&self) -> &Passes {
        &self.passes
    }

    /// The base.
    pub(super) fn base(&self) -> &Url {
        &self.base
    }

    /// The moment, by our clock.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn once(&self, ask: &Ask, pass: Option<Pass>) -> Result<Answer, Happened> {
        let response = self.send(ask, pass, None).await?;
        let headers = response.headers().clone();
        Ok(Answer { said: self.said(response).await?, headers })
    }

    /// Sends, in the time of a request or in another, until the headers of the answer are there.
    async fn send(&self, ask: &Ask, pass: Option<Pass>, time: Option<Duration>) -> Result<Response, Happened> {
        let mut headers = ask.headers.clone();
        headers.entry(ACCEPT).or_insert(FHIR_JSON);
        headers.extend(pass);
        let mut request = self.http.request(ask.method.clone(), ask.url.clone()).headers(headers);
        if let Some(body) = &ask.body {
            request = request.body(body.clone());
        }
        if let Some(time) = time {
            request = request.timeout(time);
        }
        self.wait_for_turn().await;
        match timeout(self.timeout, request.send()).await {
            Ok(sent) => sent.map_err(|error| unanswered(&error)),
            Err(_) => Err(Happened::Lost),
        }
    }

    /// Waits as long as the connection's limit asks for; the lease of a delivery is long enough for it.
    async fn wait_for_turn(&self) {
        let Some(bucket) = &self.bucket else { return };
        let wait = bucket.lock().unwrap_or_else(PoisonError::into_inner).take(Instant::now());
        if !wait.is_zero() {
            sleep(wait).await;
        }
    }

    async fn said(&self, mut response: Response) -> Result<Said, Happened> {
        let status = response.status().as_u16();
        let header = |name: &HeaderName| response.headers().get(name).and_then(|value| value.to_str().ok());
        let wait = header(&RETRY_AFTER).and_then(|asked| retry::retry_after(asked, header(&DATE), self.clock.now()));
        let challenge = header(&WWW_AUTHENTICATE).map(str::to_owned);
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
        Ok(Said { status, wait, challenge, body: String::from_utf8_lossy(&body).into_owned() })
    }
}

/// How many seconds the server's clock is ahead of ours, by its `Date`; behind, when negative.
pub(super) fn seconds_ahead(date: &HeaderValue, now: Timestamp) -> Option<i64> {
    retry::moment(date.to_str().ok()?).map(|theirs| theirs.as_second() - now.as_second())
}

/// Why no answer came.
pub(super) fn fault(error: &reqwest::Error) -> Fault {
    match unanswered(error) {
        Happened::NotReady(fault) => fault,
        Happened::NotReached => Fault::NotReached,
        _ => Fault::NoAnswer,
    }
}

fn unanswered(error: &reqwest::Error) -> Happened {
    match of_tls(error) {
        Some(fault) => Happened::NotReady(fault),
        None if error.is_connect() => Happened::NotReached,
        None => Happened::Lost,
    }
}

/// A fault of TLS: the handshake failed, so nothing of ours was read by the other side. A server that wants a certificate
/// says so after our side is done, but before it reads what we sent.
fn of_tls(error: &reqwest::Error) -> Option<Fault> {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(one) = cause {
        if let Some(tls) = one.downcast_ref::<rustls::Error>() {
            return tls_fault(tls, error.is_connect());
        }
        // An I/O error passes over what it holds when it is asked for its source.
        let held = one.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        cause = held.map(|held| held as &(dyn StdError + 'static)).or_else(|| one.source());
    }
    None
}

fn tls_fault(error: &rustls::Error, in_handshake: bool) -> Option<Fault> {
    match error {
        rustls::Error::InvalidCertificate(problem) => Some(match problem {
            CertificateError::UnknownIssuer => Fault::CertificateUnknown,
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. } => Fault::CertificateExpired,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Fault::CertificateName
            }
            _ => Fault::CertificateOther,
        }),
        rustls::Error::AlertReceived(
            Alert::AccessDenied
            | Alert::BadCertificate
            | Alert::CertificateExpired
            | Alert::CertificateRequired
            | Alert::CertificateRevoked
            | Alert::CertificateUnknown
            | Alert::HandshakeFailure
            | Alert::UnknownCA,
        ) => Some(Fault::ClientCertificate),
        rustls::Error::InvalidMessage(_) if in_handshake => Some(Fault::NotTls),
        _ if in_handshake => Some(Fault::CertificateOther),
        _ => None,
    }
}

/// The client with the connection's CAs and certificate.
fn trusting(mut http: reqwest::ClientBuilder, trust: &Trust) -> Result<reqwest::ClientBuilder, SyncError> {
    let fault = |file: &std::path::Path| SyncError::Certificate { file: file.to_owned() };
    let read = |file: &std::path::PathBuf| fs::read(file).map_err(|_| fault(file));
    if let Some(file) = &trust.ca_file {
        let all = Certificate::from_pem_bundle(&read(file)?).map_err(|_| fault(file))?;
        if all.is_empty() {
            return Err(fault(file));
        }
        http = http.tls_certs_only(all);
    }
    if let Some((certificate, key)) = &trust.identity {
        let pem = [read(certificate)?, b"\n".to_vec(), read(key)?].concat();
        http = http.identity(Identity::from_pem(&pem).map_err(|_| fault(certificate))?);
    }
    Ok(http)
}
