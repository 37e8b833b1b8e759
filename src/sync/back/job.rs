//! Reading a connection by its bulk export: asked for, looked after while the EHR writes it, read file by file (`files`), and
//! merged person by person on the way that every reading takes. Each step is kept, so that a process that stops goes on
//! where it was, with the same export.

use std::{collections::HashSet, time::Duration};

use jiff::{SignedDuration, Timestamp};
use reqwest::{
    Method, Url,
    header::{CONTENT_LOCATION, HeaderValue},
};
use serde_json::Value;

use super::{
    files::{self, Outcome},
    pages::{Halt, Pages},
    person::{self, Exported, KINDS, Source},
    round::{Asking, Back, LEASE, PEOPLE, PullError, Pulled, is_on},
};
use crate::{
    store::{BulkReading, Round, StoreError},
    sync::{
        connection,
        delivery::Happened,
        peer::{Answer, Ask, Peer},
    },
};

/// How long to wait where the server does not say.
const USUAL_WAIT: Duration = Duration::from_mins(2);
/// How long a server may write an export before it is given up.
const PATIENCE: SignedDuration = SignedDuration::from_hours(24);
/// The least wait: a server that says none would be asked without end.
const LEAST_WAIT: Duration = Duration::from_secs(1);

/// How asking for an export ended.
enum Begun {
    /// It is under way, or the server wants us to come later.
    Later,
    /// It is not to be had.
    Refused,
}

impl Back {
    /// One step of reading by export, as far as the server has it; false where it gives none, so that people are searched for.
    pub(super) async fn by_export(
        &self,
        asked: &str,
        round: &mut Round,
        roster: Option<&HashSet<String>>,
        pages: &mut Pages<'_>,
        pulled: &mut Pulled,
    ) -> Result<bool, PullError> {
        let (peer, clock) = (pages.peer, self.intake.clock);
        let mut bulk = self.standing(asked, peer).await?;
        if let Some(wait) = bulk.look_at.and_then(|at| left(at, clock.now())) {
            pulled.waits_s = Some(wait);
            return Ok(true);
        }
        bulk.look_at = None;
        if bulk.job.is_none() && bulk.outcome.is_none() {
            bulk.is_whole = bulk.since.is_none() || self.is_time_to_compare(round.compared_at, clock.now());
            if matches!(self.kick_off(peer, &mut bulk).await?, Begun::Refused) {
                pulled.unfinished += 1;
                return Ok(false);
            }
        }
        if let Some(job) = bulk.job.clone().filter(|_| bulk.look_at.is_none() && bulk.outcome.is_none())
            && let Some(manifest) = self.look(peer, &mut bulk, &job).await?
        {
            self.intake.store.drop_bulk(&self.connection.name).await?;
            let outcome = files::read(self, peer, &manifest, round, roster, pulled).await?;
            bulk.outcome = Some(outcome.text());
            bulk.after = (String::new(), String::new());
            self.keep_bulk(&bulk).await?;
        }
        let Some(outcome) = bulk.outcome.as_deref().map(Outcome::of) else {
            pulled.waits_s = bulk.look_at.and_then(|at| left(at, clock.now()));
            return Ok(true);
        };
        self.end(peer, &mut bulk).await?;
        self.merge_all(&outcome, &mut bulk, round, roster, pages, pulled).await?;
        // What was not read whole is asked for once more.
        if outcome.failed == 0 {
            bulk.since = outcome.moment.or(bulk.since.take());
            if bulk.is_whole {
                round.compared_at = Some(clock.now());
            }
        }
        bulk.outcome = None;
        self.keep_bulk(&bulk).await?;
        self.intake.store.drop_bulk(&self.connection.name).await?;
        Ok(true)
    }

    /// Where the export stands. One of another group is given up.
    async fn standing(&self, asked: &str, peer: &Peer) -> Result<BulkReading, PullError> {
        let known = self.intake.store.bulk_reading(&self.connection.name).await?;
        let (mut known, new) = match known {
            Some(known) if known.asked == asked => return Ok(known),
            Some(other) => (other, BulkReading { asked: asked.to_owned(), ..BulkReading::default() }),
            None => return Ok(BulkReading { asked: asked.to_owned(), ..BulkReading::default() }),
        };
        self.end(peer, &mut known).await?;
        Ok(new)
    }

    async fn kick_off(&self, peer: &Peer, bulk: &mut BulkReading) -> Result<Begun, PullError> {
        let path: Vec<&str> = bulk.asked.split('/').collect();
        let types = KINDS.join(",");
        let mut query = vec![("_type", types.as_str())];
        query.extend(bulk.since.as_deref().filter(|_| !bulk.is_whole).map(|since| ("_since", since)));
        let mut ask = peer.reading(&path, &query);
        ask.headers.insert("prefer", HeaderValue::from_static("respond-async"));
        let begun_at = self.intake.store.moment().await?;
        // Asked once: an answer that was lost may have begun an export.
        let answer = peer.answer(&ask).await.map_err(|happened| halt(&happened))?;
        match answer.said.status {
            202 => {
                let Some(job) = place(&answer, peer, self.connection.allow_plain_http) else {
                    return Ok(Begun::Refused);
                };
                bulk.job = Some(job.into());
                bulk.begun_at = Some(begun_at);
                self.look_later(bulk, answer.said.wait).await?;
                Ok(Begun::Later)
            }
            429 | 503 => {
                self.look_later(bulk, Some(answer.said.wait.unwrap_or(USUAL_WAIT))).await?;
                Ok(Begun::Later)
            }
            401 => Err(NOT_LET_IN.into()),
            500..=599 => Err(Halt { reason: "server error", wait: answer.said.wait }.into()),
            _ => Ok(Begun::Refused),
        }
    }

    /// Looks whether the export is written; its manifest when it is.
    async fn look(&self, peer: &Peer, bulk: &mut BulkReading, job: &str) -> Result<Option<Value>, PullError> {
        let answer = asking(peer, Method::GET, job).await?.map_err(|happened| halt(&happened))?;
        match answer.said.status {
            200 => {
                let manifest: Option<Value> = serde_json::from_str(&answer.said.body).ok();
                let manifest = manifest.filter(|manifest| manifest["transactionTime"].is_string());
                if manifest.is_none() {
                    self.end(peer, bulk).await?;
                    return Err(Halt { reason: "not a manifest", wait: None }.into());
                }
                Ok(manifest)
            }
            202 | 429 | 502..=504 if self.is_too_old(bulk).await? => {
                self.end(peer, bulk).await?;
                Err(Halt { reason: "export never ended", wait: None }.into())
            }
            202 | 429 | 502..=504 => {
                self.look_later(bulk, Some(answer.said.wait.unwrap_or(USUAL_WAIT))).await?;
                Ok(None)
            }
            401 => Err(NOT_LET_IN.into()),
            status => {
                self.end(peer, bulk).await?;
                let reason = if matches!(status, 404 | 410) { "export gone" } else { "export failed" };
                Err(Halt { reason, wait: answer.said.wait }.into())
            }
        }
    }

    async fn is_too_old(&self, bulk: &BulkReading) -> Result<bool, StoreError> {
        let now = self.intake.store.moment().await?;
        Ok(bulk.begun_at.is_some_and(|at| now.duration_since(at) > PATIENCE))
    }

    /// Lets the server forget the export; whether it does is its own matter.
    async fn end(&self, peer: &Peer, bulk: &mut BulkReading) -> Result<(), PullError> {
        if let Some(job) = bulk.job.take() {
            let _forgotten = asking(peer, Method::DELETE, &job).await?;
            bulk.look_at = None;
            self.keep_bulk(bulk).await?;
        }
        Ok(())
    }

    async fn merge_all(
        &self,
        outcome: &Outcome,
        bulk: &mut BulkReading,
        round: &Round,
        roster: Option<&HashSet<String>>,
        pages: &mut Pages<'_>,
        pulled: &mut Pulled,
    ) -> Result<(), PullError> {
        let (store, name) = (&self.intake.store, &self.connection.name);
        let is_all = bulk.is_whole && outcome.failed == 0;
        loop {
            let people = if is_all {
                store.people_at(name, &bulk.after, PEOPLE).await?
            } else {
                store.bulk_people(name, &bulk.after, PEOPLE).await?
            };
            if people.is_empty() {
                return Ok(());
            }
            for who in people {
                if is_on(roster, &who.1) {
                    self.merge_one(&who, is_all, bulk.begun_at, pages, pulled).await?;
                }
                bulk.after = who;
                self.keep_bulk(bulk).await?;
                store.keep_reading(name, round, LEASE).await?;
            }
        }
    }

    /// A person whom the export does not hold, or to whom we delivered since it was asked for, is searched for.
    async fn merge_one(
        &self,
        who: &(String, String),
        is_all: bool,
        begun_at: Option<Timestamp>,
        pages: &mut Pages<'_>,
        pulled: &mut Pulled,
    ) -> Result<(), PullError> {
        let (store, name) = (&self.intake.store, &self.connection.name);
        let found = store.bulk_of(name, who).await?;
        let is_old = match begun_at {
            Some(begun_at) => store.has_arrived(name, who, begun_at).await?,
            None => true,
        };
        let is_read = if found.is_empty() || is_old {
            person::read(self, pages, who, Source::Searches(&mut Asking::whole(false)), pulled).await?
        } else {
            person::read(self, pages, who, Source::Export(&Exported { found, is_all }), pulled).await?
        };
        if is_read { Ok(()) } else { Ok(store.ask_reread(name, std::slice::from_ref(who)).await?) }
    }

    async fn look_later(&self, bulk: &mut BulkReading, wait: Option<Duration>) -> Result<(), StoreError> {
        let later = |wait: Duration| {
            self.intake.clock.now().checked_add(SignedDuration::try_from(wait.max(LEAST_WAIT)).ok()?).ok()
        };
        bulk.look_at = wait.and_then(later);
        self.keep_bulk(bulk).await
    }

    async fn keep_bulk(&self, bulk: &BulkReading) -> Result<(), StoreError> {
        self.intake.store.keep_bulk_reading(&self.connection.name, bulk).await
    }
}

const NOT_LET_IN: Halt = Halt { reason: "not let in", wait: None };

/// Seconds until a moment; none when it has come.
fn left(at: Timestamp, now: Timestamp) -> Option<u64> {
    let left = u64::try_from(at.duration_since(now).as_millis()).ok()?;
    Some(left.div_ceil(1000)).filter(|seconds| *seconds > 0)
}

/// Asks about an export; at another place than the connection's, openly.
async fn asking(peer: &Peer, method: Method, job: &str) -> Result<Result<Answer, Happened>, Halt> {
    let url = Url::parse(job).map_err(|_| Halt { reason: "no address", wait: None })?;
    let is_here = url.origin() == peer.base().origin();
    let ask = Ask { method, url, ..peer.reading(&[], &[]) };
    Ok(if is_here { peer.answer(&ask).await } else { peer.openly(&ask).await })
}

/// Where the export is looked after.
fn place(answer: &Answer, peer: &Peer, allow_plain_http: bool) -> Option<Url> {
    let said = answer.headers.get(CONTENT_LOCATION)?.to_str().ok()?;
    let url = peer.base().join(said).ok()?;
    connection::token_address(url.as_str(), allow_plain_http).ok()
}

fn halt(happened: &Happened) -> Halt {
    let reason = match happened {
        Happened::NotReady(fault) => fault.code(),
        Happened::NotReached => "not reached",
        Happened::NotUnderstood { .. } => "not FHIR",
        _ => "no answer",
    };
    Halt { reason, wait: None }
}
