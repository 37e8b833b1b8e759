//! Tries a connection out (`ownwords connect`): nineteen probes, each with its evidence and the setting it changes, and what
//! follows from them: what can be read and written, by which method, on which rung.
//!
//! Probes only read, unless writing was asked for; then they write on the named test person alone. A fault ends what stands
//! on it: without a statement nothing else is tried, without a token nothing that needs one. The same checks stand before
//! every delivery (`capability`), so what is wrong here stops delivering too.

pub(super) mod ladder;
mod reading;
pub mod record;
mod stated;
mod writing;

use std::{collections::BTreeMap, ops::RangeInclusive};

use jiff::Timestamp;
use reqwest::header::HeaderName;
use serde_json::Value;

use super::{
    SyncError,
    auth::{self, Granted},
    capability::{self, Fitness, in_force},
    connection::{self, Connection},
    fault::Fault,
    peer::{self, Answer, Peer},
    statement::{self, Powers},
};
use crate::{
    clock::Clock,
    config::DeliveryMethod,
    store::{AgencyScope, DeliveryState, PdfRefusal, RungRefused, Store, StoreError, WriteMethod},
};
use record::{Method, Observed, Outcome, PROVED, Probe, Record, Scopes, Wrong};
use stated::{abilities, kinds, seen};

/// The names of the probes, in the order of their numbers.
const NAMES: [&str; 19] = [
    "statement can be read, as JSON",
    "smart-configuration",
    "token",
    "scopes granted as asked",
    "test person can be read",
    "care plans can be searched",
    "goals, care teams and documents can be searched",
    "page size honored, pages end",
    "_lastUpdated honored",
    "stale writes are turned away (If-Match)",
    "nothing is made twice (own ids, If-None-Exist)",
    "identifier, extension, labels and text come back",
    "documents are taken",
    "entered-in-error leaves the text",
    "clocks agree",
    "limits of the rate are told",
    "bulk export",
    "HL7 v2",
    "files",
];

/// How far apart clocks may be: an assertion holds no longer than five minutes anywhere.
const CLOCKS_APART: i64 = 300;

/// Deliveries read at once.
const PAGE: u32 = 500;

/// What is known before a connection is tried.
#[derive(Clone, Debug, Default)]
pub struct Before {
    /// The write method of the connection, once decided.
    pub decided: Option<WriteMethod>,
    /// What deliveries met.
    pub observed: Vec<Observed>,
    /// Rungs that the server turned away.
    pub refused: Vec<RungRefused>,
    /// That the server refused the PDF of a document.
    pub refused_pdf: Option<PdfRefusal>,
    /// Whether probes may write on the test person.
    pub write: bool,
}

impl Before {
    /// What the store knows of a connection.
    pub async fn met(store: &Store, name: &str) -> Result<Self, StoreError> {
        let (mut refusals, mut after) = (Vec::new(), 0);
        loop {
            let page = store.deliveries(Some(DeliveryState::Blocked), &AgencyScope::All, after, PAGE).await?;
            let ours = page.iter().filter(|delivery| delivery.connection == name);
            refusals.extend(ours.filter_map(|delivery| Some((delivery.status?, delivery.updated_at))));
            match page.last() {
                Some(last) if page.len() == PAGE as usize => after = last.id,
                _ => break,
            }
        }
        let (decided, refused) = (store.write_method(name).await?, store.refused_rungs(name).await?);
        let refused_pdf = store.refused_pdf(name).await?;
        Ok(Self { decided, observed: observed(refusals.into_iter()), refused, refused_pdf, write: false })
    }
}

/// Tries a connection out.
pub async fn try_out(connection: &Connection, before: Before, clock: Clock) -> Result<Record, SyncError> {
    let peer = Peer::new(connection, connection.timeout, clock)?;
    let mut trial = Trial::new(connection, peer, before);
    trial.run().await;
    Ok(trial.record)
}

/// A connection being tried.
struct Trial<'a> {
    connection: &'a Connection,
    peer: Peer,
    before: Before,
    record: Record,
    faults: Vec<Fault>,
    /// Names of headers that tell of limits.
    limits: Vec<String>,
    /// What writing proved.
    proved: Proved,
}

/// What writing on the test person proved.
#[derive(Clone, Copy, Debug, Default)]
struct Proved {
    own_ids: bool,
    if_none_exist: bool,
}

impl<'a> Trial<'a> {
    fn new(connection: &'a Connection, peer: Peer, before: Before) -> Self {
        let record = Record {
            connection: connection.name.clone(),
            base_url: connection.base_url().to_owned(),
            tried_at: peer.now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            observed: before.observed.clone(),
            ..Record::default()
        };
        Self { connection, peer, before, record, faults: Vec::new(), limits: Vec::new(), proved: Proved::default() }
    }

    async fn run(&mut self) {
        let statement = self.statement().await;
        if let Some(statement) = &statement {
            self.smart(statement).await;
        }
        let granted = match statement {
            Some(_) if self.faults.is_empty() => self.token().await,
            _ => None,
        };
        if statement.is_some() && self.faults.is_empty() {
            self.with_the_person().await;
        }
        self.said_by_headers();
        self.not_by_fhir();
        self.conclude(statement.as_ref(), granted.as_ref());
        self.fill();
    }

    /// Probes 1 and 15.
    async fn statement(&mut self) -> Option<Value> {
        let answer = match capability::metadata(&self.peer).await {
            Ok(answer) => answer,
            Err(fault) => {
                self.fault(1, fault);
                return None;
            }
        };
        self.clock(&answer);
        self.hear(&answer);
        let statement = match statement::read(&answer.said) {
            Ok(statement) => statement,
            Err(fault) => {
                self.fault(1, fault);
                return None;
            }
        };
        let (seen, kinds) = (seen(&statement), kinds(&statement));
        self.note(1, Outcome::Pass, format!("FHIR {}, {kinds} types, {}", seen.fhir_version, seen.software), None);
        self.record.statement = Some(seen);
        Some(statement)
    }

    fn clock(&mut self, answer: &Answer) {
        let date = answer.headers.get("date");
        let Some(ahead) = date.and_then(|date| peer::seconds_ahead(date, self.peer.now())) else {
            self.note(15, Outcome::NotTried, "the server tells no time".to_owned(), None);
            return;
        };
        let side = if ahead >= 0 { "ahead of" } else { "behind" };
        let (minutes, seconds) = (ahead.abs() / 60, ahead.abs() % 60);
        let evidence = format!("the server's clock is {minutes} min {seconds} s {side} ours");
        if ahead.abs() >= CLOCKS_APART {
            self.note(15, Outcome::Fail, evidence, Some("this machine's clock"));
            self.faults.push(Fault::ClockOff);
        } else {
            self.note(15, Outcome::Pass, evidence, None);
        }
    }

    /// Probe 2, and whether all addresses are of one tenant.
    async fn smart(&mut self, statement: &Value) {
        let mut token_url = None;
        match self.peer.smart().await {
            Ok(Some(smart)) => {
                let algorithms = if smart.algorithms.is_empty() {
                    "no algorithms named".to_owned()
                } else {
                    smart.algorithms.join(", ")
                };
                let spelling = if smart.is_v1 { "scopes of version 1" } else { "scopes of version 2" };
                let has_token = if smart.token_url.is_some() { "token address" } else { "no token address" };
                let outcome = if smart.token_url.is_some() { Outcome::Pass } else { Outcome::Fail };
                self.note(2, outcome, format!("{has_token}, {algorithms}, {spelling}"), Some("auth.token_url"));
                token_url = smart.token_url;
            }
            Ok(None) => self.note(2, Outcome::Fail, "the server has none".to_owned(), Some("auth.token_url")),
            Err(fault) => self.note(2, Outcome::Fail, fault.says().to_owned(), None),
        }
        let token_url = token_url.filter(|_| self.peer.passes().by_token());
        if !statement::is_one_tenant(self.peer.base(), statement, token_url.as_deref()) {
            self.faults.push(Fault::TenantMixUp);
        }
    }

    /// Probes 3 and 4.
    async fn token(&mut self) -> Option<Granted> {
        if !self.peer.passes().by_token() {
            let way = if self.peer.passes().is_none() { "auth.kind is none" } else { "a fixed header is sent" };
            self.note(3, Outcome::NotTried, way.to_owned(), Some("auth"));
            return None;
        }
        let granted = match self.peer.let_in().await {
            Ok(granted) => granted?,
            Err(fault) => {
                self.fault(3, fault);
                return None;
            }
        };
        let by = granted
            .algorithm
            .map_or("a secret".to_owned(), |algorithm| format!("{algorithm}; the other kind needs another key"));
        self.note(3, Outcome::Pass, format!("got one by {by}"), None);
        let missing = auth::missing(&granted.asked, in_force(&granted));
        match (&granted.scopes, missing.is_empty()) {
            (None, _) => self.note(4, Outcome::NotTried, "the server does not say; taken as asked".to_owned(), None),
            (_, true) => self.note(4, Outcome::Pass, format!("all {}", granted.asked.len()), None),
            _ => self.note(4, Outcome::Fail, format!("not granted: {}", missing.join(" ")), Some("auth.scopes")),
        }
        self.record.scopes = Some(Scopes { asked: granted.asked.clone(), granted: granted.scopes.clone(), missing });
        Some(granted)
    }

    /// Probes 5 to 14 and 17.
    async fn with_the_person(&mut self) {
        if self.peer.passes().is_none() && !connection::is_this_machine(self.peer.base()) {
            self.rest(5..=14, "reading a record needs [auth]: say who we are");
            return;
        }
        let Some(person) = self.connection.person.clone() else {
            self.rest(5..=14, "name a test person with --person");
            return;
        };
        if self.read_person(&person).await {
            self.search_all(&person).await;
            if self.before.write {
                self.write_all(&person).await;
            } else {
                self.rest(10..=14, "writes are tried with --write only");
            }
        } else {
            self.rest(6..=14, "the test person cannot be read");
        }
        self.export().await;
    }

    /// What follows: abilities, method, ladder.
    fn conclude(&mut self, statement: Option<&Value>, granted: Option<&Granted>) {
        let refused: Vec<String> = if self.before.observed.iter().any(|one| matches!(one.status, 405 | 501)) {
            vec!["transaction".to_owned()]
        } else {
            Vec::new()
        };
        let scopes = granted.map(in_force);
        let powers =
            statement.map(|statement| Powers { statement, scopes, known: &self.connection.known, refused: &refused });
        let (fitness, proof) = match (powers, self.faults.first()) {
            (Some(powers), None) => self.fitness(powers),
            (_, fault) => (Err(fault.copied().unwrap_or(Fault::NotReached)), ""),
        };
        if let Some(powers) = powers {
            self.record.abilities = abilities(powers);
        }
        if let Ok(fit) = fitness {
            let method = fit.method.as_str().to_owned();
            self.record.write_method = Some(Method { method, proof: proof.to_owned() });
        }
        self.record.ladder = ladder::ladder(powers, fitness, &self.connection.rungs, &self.before.refused);
        if let Some(met) = self.before.refused_pdf {
            ladder::without_pdf(&mut self.record.ladder, met);
        }
        // An ability that is wanting makes the rung fall; it is no fault of the connection. A scope that was asked for and not
        // granted can be mended.
        let is_wanted = self.record.scopes.as_ref().is_some_and(|scopes| !scopes.missing.is_empty());
        if fitness == Err(Fault::ScopeMissing) && (is_wanted || !self.record.ladder.delivers) {
            self.faults.push(Fault::ScopeMissing);
        }
        self.record.faults = self.faults.iter().copied().map(Wrong::from).collect();
    }

    fn fitness(&self, powers: Powers<'_>) -> (Result<Fitness, Fault>, &'static str) {
        let decided = self.before.decided;
        let fitness = capability::fitness(powers, self.connection.method, decided);
        let proof = match (decided, self.connection.method) {
            (Some(_), _) => "the connection has written by it before, and keeps it",
            (None, DeliveryMethod::Auto) => "the server's statement offers it for every type of a plan",
            (None, _) => "set in the connection's file",
        };
        if fitness != Err(Fault::NoMethod) {
            return (fitness, proof);
        }
        let proved = match self.proved {
            Proved { own_ids: true, .. } => DeliveryMethod::OwnIds,
            Proved { if_none_exist: true, .. } => DeliveryMethod::IfNoneExist,
            _ => return (fitness, proof),
        };
        (capability::fitness(powers, proved, decided), PROVED)
    }

    fn said_by_headers(&mut self) {
        let evidence =
            if self.limits.is_empty() { "no header tells of a limit".to_owned() } else { self.limits.join(", ") };
        let outcome = if self.limits.is_empty() { Outcome::NotTried } else { Outcome::Pass };
        self.note(16, outcome, evidence, None);
    }

    fn not_by_fhir(&mut self) {
        self.note(18, Outcome::NotTried, "this connection speaks FHIR only".to_owned(), None);
        self.note(19, Outcome::NotTried, "this connection speaks FHIR only".to_owned(), None);
    }

    /// Every probe that nothing was said of.
    fn fill(&mut self) {
        let why = match self.faults.first() {
            Some(fault) => format!("something comes first: {}", fault.says()),
            None => "nothing to try".to_owned(),
        };
        for number in 1..=19 {
            if self.record.probes.iter().all(|probe| probe.number != number) {
                self.note(number, Outcome::NotTried, why.clone(), None);
            }
        }
        self.record.probes.sort_by_key(|probe| probe.number);
    }

    fn fault(&mut self, number: u8, fault: Fault) {
        self.note(number, Outcome::Fail, fault.says().to_owned(), None);
        self.faults.push(fault);
    }

    fn note(&mut self, number: u8, outcome: Outcome, evidence: String, setting: Option<&str>) {
        let name = NAMES[usize::from(number) - 1].to_owned();
        self.record.probes.push(Probe { number, name, outcome, evidence, setting: setting.map(str::to_owned) });
    }

    fn rest(&mut self, numbers: RangeInclusive<u8>, why: &str) {
        numbers.for_each(|number| self.note(number, Outcome::NotTried, why.to_owned(), None));
    }

    /// Takes in the headers that tell of limits.
    fn hear(&mut self, answer: &Answer) {
        for name in answer.headers.keys().map(HeaderName::as_str) {
            if (name.contains("ratelimit") || name.contains("rate-limit") || name == "retry-after")
                && !self.limits.iter().any(|known| known == name)
            {
                self.limits.push(name.to_owned());
            }
        }
    }
}

/// What deliveries met, gathered from those that wait for a person: status and moment of each.
pub fn observed(refusals: impl Iterator<Item = (u16, Timestamp)>) -> Vec<Observed> {
    let mut met: BTreeMap<u16, (u64, Timestamp)> = BTreeMap::new();
    for (status, at) in refusals.filter(|(status, _)| matches!(status, 403 | 405 | 501)) {
        let seen = met.entry(status).or_insert((0, at));
        *seen = (seen.0 + 1, seen.1.max(at));
    }
    let told = met.into_iter().map(|(status, (deliveries, last))| Observed {
        status,
        deliveries,
        last: last.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    });
    told.collect()
}
