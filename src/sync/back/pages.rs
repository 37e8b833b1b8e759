//! Searches of an EHR, page by page, and single reads: at a pace that it bears, with what it asks for by `Retry-After`, and with
//! a defence against pages that lead in a circle, away, or nowhere any more.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use jiff::Timestamp;
use reqwest::{
    Url,
    header::{DATE, LOCATION},
};
use serde_json::Value;
use tokio::time::{Instant, sleep, sleep_until};

use crate::sync::{
    delivery::Happened,
    peer::{Answer, Ask, Peer},
    retry,
};

/// Most pages of one search.
const PAGES: usize = 200;
/// How often a search is begun again whose next page had expired.
const BEGUN: usize = 3;
/// How often one request is sent.
const TRIES: u32 = 3;
/// The longest wait that a round sits out; for a longer one it stops and goes on later.
const PATIENCE: Duration = Duration::from_mins(1);
/// The first wait where the server names none.
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// Why a round stops here; it goes on later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Halt {
    /// What happened, as a code.
    pub reason: &'static str,
    /// How long the server asked us to wait.
    pub wait: Option<Duration>,
}

/// What a search found.
#[derive(Debug, Default)]
pub(super) struct Listed {
    /// The resources, each once.
    pub resources: Vec<Value>,
    /// Whether the last page was reached, so that what is not here was not found.
    pub is_whole: bool,
}

/// Reads at a pace.
pub(super) struct Pages<'a> {
    pub peer: &'a Peer,
    gap: Duration,
    next: Instant,
    /// The server's clock at its first answer.
    pub began: Option<Timestamp>,
}

/// How a walk along the pages ended.
enum Walked {
    ToTheEnd,
    Astray,
    Expired,
    Refused(u16),
}

impl<'a> Pages<'a> {
    pub(super) fn new(peer: &'a Peer, per_second: u32) -> Self {
        let gap = Duration::from_secs(1).checked_div(per_second).unwrap_or_default();
        Self { peer, gap, next: Instant::now(), began: None }
    }

    /// All that a search finds; the status where it was refused.
    pub(super) async fn search(&mut self, kind: &str, query: &[(&str, &str)]) -> Result<Result<Listed, u16>, Halt> {
        let first = self.peer.reading(&[kind], query);
        let mut found = HashMap::new();
        for _ in 0..BEGUN {
            match self.walk(kind, first.clone(), &mut found).await? {
                Walked::ToTheEnd => return Ok(Ok(listed(found, true))),
                Walked::Astray => return Ok(Ok(listed(found, false))),
                Walked::Refused(status) => return Ok(Err(status)),
                Walked::Expired => {}
            }
        }
        Ok(Ok(listed(found, false)))
    }

    /// One resource; the status where it did not come.
    pub(super) async fn one(&mut self, kind: &str, id: &str) -> Result<Result<Value, u16>, Halt> {
        let answer = self.ask(&self.peer.reading(&[kind, id], &[])).await?;
        if answer.said.status != 200 {
            return Ok(Err(answer.said.status));
        }
        let resource: Value = serde_json::from_str(&answer.said.body).map_err(|_| NOT_FHIR)?;
        if resource["resourceType"] == kind { Ok(Ok(resource)) } else { Err(NOT_FHIR) }
    }

    /// The id of the record that took the place of a person's, as a redirect or a link of the record says it.
    pub(super) async fn taken_into(&mut self, patient: &str) -> Result<Option<String>, Halt> {
        let answer = self.ask(&self.peer.reading(&["Patient", patient], &[])).await?;
        if (300..400).contains(&answer.said.status) {
            let location = answer.headers.get(LOCATION).and_then(|to| to.to_str().ok());
            return Ok(location.and_then(person_in).filter(|to| to != patient));
        }
        let record: Value = serde_json::from_str(&answer.said.body).unwrap_or_default();
        let links = record["link"].as_array().into_iter().flatten();
        let mut to = links.filter(|link| link["type"] == "replaced-by");
        Ok(to.find_map(|link| person_in(link["other"]["reference"].as_str()?)).filter(|to| to != patient))
    }

    async fn walk(&mut self, kind: &str, first: Ask, found: &mut HashMap<String, Value>) -> Result<Walked, Halt> {
        let (mut ask, mut seen) = (first, HashSet::new());
        loop {
            // A page that comes again leads in a circle; a link to another host would carry our token there.
            let is_here = ask.url.origin() == self.peer.base().origin();
            if !is_here || !seen.insert(ask.url.clone()) || seen.len() > PAGES {
                return Ok(Walked::Astray);
            }
            let answer = self.ask(&ask).await?;
            let bundle: Option<Value> = serde_json::from_str(&answer.said.body).ok();
            let bundle = bundle.filter(|bundle| answer.said.status == 200 && bundle["type"] == "searchset");
            let Some(bundle) = bundle else {
                return match (seen.len(), answer.said.status) {
                    (1, 200) => Err(NOT_FHIR),
                    (1, status) => Ok(Walked::Refused(status)),
                    _ => Ok(Walked::Expired),
                };
            };
            for entry in bundle["entry"].as_array().into_iter().flatten() {
                add(found, kind, &entry["resource"]);
            }
            match next(&bundle, &ask.url) {
                Some(url) => ask.url = url,
                None => return Ok(Walked::ToTheEnd),
            }
        }
    }

    /// Asks when it is time, and again where the server wants us to wait or failed to answer: reading changes nothing.
    async fn ask(&mut self, ask: &Ask) -> Result<Answer, Halt> {
        let mut halt = Halt { reason: "no answer", wait: None };
        for attempt in 0..TRIES {
            sleep_until(self.next).await;
            self.next = Instant::now() + self.gap;
            let usual = FIRST_WAIT * 2_u32.pow(attempt);
            let answer = match self.peer.answer(ask).await {
                Ok(answer) => answer,
                Err(Happened::Lost) => {
                    sleep(usual).await;
                    continue;
                }
                Err(Happened::NotReady(fault)) => return Err(Halt { reason: fault.code(), wait: None }),
                Err(Happened::NotReached) => return Err(Halt { reason: "not reached", wait: None }),
                Err(_) => return Err(NOT_FHIR),
            };
            self.hear(&answer);
            let wait = answer.said.wait;
            match answer.said.status {
                401 => return Err(Halt { reason: "not let in", wait: None }),
                429 | 503 => halt = Halt { reason: "asked to slow down", wait },
                500..=599 => halt = Halt { reason: "server error", wait },
                _ => return Ok(answer),
            }
            match wait.unwrap_or(usual) {
                long if long > PATIENCE => return Err(halt),
                short if attempt + 1 < TRIES => sleep(short).await,
                _ => {}
            }
        }
        Err(halt)
    }

    fn hear(&mut self, answer: &Answer) {
        if self.began.is_none() {
            let date = answer.headers.get(DATE).and_then(|date| date.to_str().ok());
            self.began = date.and_then(retry::moment);
        }
    }
}

const NOT_FHIR: Halt = Halt { reason: "not FHIR", wait: None };

pub(super) fn listed(found: HashMap<String, Value>, is_whole: bool) -> Listed {
    let mut found: Vec<(String, Value)> = found.into_iter().collect();
    found.sort_by(|one, other| one.0.cmp(&other.0));
    Listed { resources: found.into_iter().map(|(_, resource)| resource).collect(), is_whole }
}

/// The id in an address of a person's record.
fn person_in(address: &str) -> Option<String> {
    let path = address.split_once("/_history").map_or(address, |(path, _)| path);
    let (_, id) = path.rsplit_once("Patient/")?;
    let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'));
    is_id.then(|| id.to_owned())
}

/// Takes a resource in; of two versions of one the newer stands, since pages may shift while they are read.
pub(super) fn add(found: &mut HashMap<String, Value>, kind: &str, resource: &Value) {
    let Some(id) = resource["id"].as_str().filter(|_| resource["resourceType"] == kind) else { return };
    let age = |one: &Value| {
        let version = one["meta"]["versionId"].as_str().and_then(|version| version.parse::<u64>().ok());
        (version, one["meta"]["lastUpdated"].as_str().and_then(|at| at.parse::<Timestamp>().ok()))
    };
    match found.get(id) {
        Some(known) if age(known) > age(resource) => {}
        _ => drop(found.insert(id.to_owned(), resource.clone())),
    }
}

/// Where the next page is; a relative link counts from this one.
fn next(bundle: &Value, here: &Url) -> Option<Url> {
    let next = bundle["link"].as_array()?.iter().find(|link| link["relation"] == "next")?;
    here.join(next["url"].as_str()?).ok()
}
