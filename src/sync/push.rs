//! One attempt at one delivery: looks first where an earlier outcome is unknown, then writes by the connection's method and
//! notes the peer's ids. What the answer means is `delivery`'s matter, who attempts when is `worker`'s.

use std::collections::HashSet;

use serde_json::Value;
use uuid::Uuid;

use super::{
    answer::{self, Landed, Sent},
    back::KINDS,
    bundle::{self, PLAN_VERSION, Part},
    capability::Fitness,
    delivery::{Happened, Step},
    held::Held,
    known::Known,
    rung::gives_way,
    same,
};
use crate::{
    fhir::receiver::Receiver,
    store::{Claimed, Link, Rung, Store, StoreError, WriteMethod},
};

/// Has the server give the resources back, so that their identifiers tell which answer belongs to which entry.
const TELL: &str = "return=representation";

/// Why an attempt ended before it landed.
#[derive(Debug)]
pub(super) enum Ended {
    /// The peer, or what we have to say, ended it.
    At(Step, Happened),
    /// The lease was lost: someone else has the delivery now, and this attempt settles nothing.
    LeaseLost,
    /// The store did not answer; the lease runs out, and the delivery counts as unknown.
    Store,
}

impl From<StoreError> for Ended {
    fn from(_: StoreError) -> Self {
        Self::Store
    }
}

/// What an attempt works with.
pub(super) struct Push<'a> {
    pub peer: Held<'a>,
    pub store: &'a Store,
    pub connection: &'a str,
    pub receiver: &'a Receiver,
    pub fitness: Fitness,
    pub claimed: &'a Claimed,
    /// Whether what is read back is written only where nobody else changed it since it was last written or read.
    pub guards: bool,
}

/// A plan that is at the peer in just the version that is to be sent.
struct There<'p> {
    /// The ids of all its parts there, but for what tells of it.
    known: Known,
    /// Parts that were not linked, the `CarePlan` left out, and what they say there.
    found: Vec<(&'p Part, Option<Value>)>,
}

impl Push<'_> {
    /// Attempts the delivery; on success the peer's status.
    pub(super) async fn attempt(&self) -> Result<u16, Ended> {
        let parts: Option<Vec<Part>> = Part::each(self.claimed.resources.iter(), self.receiver).collect();
        let parts = parts.map(|parts| bundle::spared(parts, |kind| self.fitness.takes(kind)));
        let Some(parts) = parts.filter(|parts| !parts.is_empty()) else {
            return Err(Ended::At(Step::Send, Happened::NotSayable));
        };
        match self.fitness.method {
            WriteMethod::OwnIds => self.with_own_ids(&parts).await,
            WriteMethod::IfNoneExist => self.if_none_exist(&parts).await,
        }
    }

    /// Whether the peer has the plan in just this version, sent by an attempt whose outcome is unknown.
    pub(super) async fn look(&self) -> Result<bool, Ended> {
        let Some(parts) = self.parts() else {
            return Err(Ended::At(Step::Look, Happened::NotSayable));
        };
        match self.fitness.method {
            WriteMethod::OwnIds => self.has_plan(&parts).await,
            WriteMethod::IfNoneExist => {
                let known = self.known(&parts).await?;
                Ok(self.find_version(&parts, &known).await?.is_some())
            }
        }
    }

    fn parts(&self) -> Option<Vec<Part>> {
        Part::each(self.claimed.resources.iter(), self.receiver).collect()
    }

    /// Method A: one transaction of `PUT Type/{our id}`.
    async fn with_own_ids(&self, parts: &[Part]) -> Result<u16, Ended> {
        if self.claimed.was_unknown && !self.claimed.is_moved && self.has_plan(parts).await? {
            return Ok(200);
        }
        let mut known = if self.guards { self.known(parts).await? } else { Known::default() };
        let parts: Vec<&Part> = parts.iter().collect();
        let bundle = bundle::with_own_ids(&parts, &known).ok_or(Ended::At(Step::Send, Happened::NotSayable))?;
        let said = self.peer.transaction(sending, (bundle, known.is_guarded(&parts)), "return=minimal").await?;
        let sent: Vec<Sent> = parts.iter().map(|part| sent(part, Some(part.id().to_string()))).collect();
        let landed = answer::landed(said, &sent).map_err(|happened| sending(not_searched(happened)))?;
        self.note(&parts, &landed, &mut known);
        self.link_guarded(&parts, &known).await?;
        Ok(200)
    }

    /// Whether the peer has the plan in just this version (method A).
    async fn has_plan(&self, parts: &[Part]) -> Result<bool, Ended> {
        let Some((part, version)) = versioned(parts) else { return Ok(false) };
        let said = self.peer.get(looking, &["CarePlan", &part.id().to_string()], &[]).await?;
        if matches!(said.status, 404 | 410) {
            return Ok(false);
        }
        let there = said.resource().map_err(looking)?;
        Ok(answer::has_identifier(&there, PLAN_VERSION, version))
    }

    /// Method B: known resources are updated under the server's ids and new ones made unless they exist; what existed
    /// already is updated after that, as `ifNoneExist` ignores the body then; Provenance comes last, when all that it
    /// tells of has an id there.
    async fn if_none_exist(&self, parts: &[Part]) -> Result<u16, Ended> {
        let (provenance, plan): (Vec<&Part>, Vec<&Part>) = parts.iter().partition(|part| part.kind() == "Provenance");
        let mut known = self.known(parts).await?;
        let there = if self.claimed.was_unknown { self.find_version(parts, &known).await? } else { None };
        if let Some(there) = there {
            known = there.known;
            self.bring_up_to_date(there.found, &mut known).await?;
            self.link(&plan, &known).await?;
        } else {
            self.bring(&plan, &mut known).await?;
        }
        self.link_guarded(&plan, &known).await?;
        self.bring(&provenance, &mut known).await.map_err(half_way)?;
        Ok(200)
    }

    /// Writes the parts, and once more those that existed otherwise and were not linked: the server ignored what we said of
    /// them. A link is kept only when the resource there holds what we said.
    async fn bring(&self, parts: &[&Part], known: &mut Known) -> Result<(), Ended> {
        let unlinked: HashSet<Uuid> =
            parts.iter().map(|part| part.id()).filter(|id| known.get(*id).is_none()).collect();
        let landed = self.write(parts, known).await?;
        let (mut new, mut found) = (Vec::new(), Vec::new());
        for (part, landed) in parts.iter().zip(landed).filter(|(part, _)| unlinked.contains(&part.id())) {
            if landed.is_new {
                new.push(*part);
            } else {
                found.push((*part, landed.shown));
            }
        }
        self.link(&new, known).await?;
        self.bring_up_to_date(found, known).await.map_err(half_way)
    }

    /// Writes what is there otherwise than we say it, and links all of it. What is there just so is left alone: a HAPI server
    /// gives up with any update what keeps its conditional creates apart, and a slower writer would make a second resource.
    async fn bring_up_to_date(&self, found: Vec<(&Part, Option<Value>)>, known: &mut Known) -> Result<(), Ended> {
        let mut stale = Vec::new();
        for (part, shown) in &found {
            let is_so = match shown {
                Some(shown) => is_said(part, known, shown),
                None => self.read(part, known).await?.is_some_and(|there| is_said(part, known, &there)),
            };
            if !is_so {
                stale.push(*part);
            }
        }
        self.write(&stale, known).await?;
        let all: Vec<&Part> = found.into_iter().map(|(part, _)| part).collect();
        Ok(self.link(&all, known).await?)
    }

    /// What stands under the id that is known; nothing where the server does not show it.
    async fn read(&self, part: &Part, known: &Known) -> Result<Option<Value>, Ended> {
        let Some(remote_id) = known.get(part.id()) else { return Ok(None) };
        let said = self.peer.get(sending, &[part.kind(), remote_id], &[]).await?;
        Ok(said.resource().ok())
    }

    /// The plan there, when the peer has it in just this version (method B). When one of its other parts is not there, the whole
    /// is sent.
    async fn find_version<'p>(&self, parts: &'p [Part], known: &Known) -> Result<Option<There<'p>>, Ended> {
        let Some((plan, version)) = versioned(parts) else { return Ok(None) };
        let mut there = There { known: known.clone(), found: Vec::new() };
        if let Some(remote_id) = known.get(plan.id()) {
            let said = self.peer.get(looking, &["CarePlan", remote_id], &[]).await?;
            if matches!(said.status, 404 | 410) {
                return Ok(None);
            }
            let shown = said.resource().map_err(looking)?;
            if !answer::has_identifier(&shown, PLAN_VERSION, version) {
                return Ok(None);
            }
        } else if self.find(plan, (PLAN_VERSION, version), &mut there.known).await?.is_none() {
            return Ok(None);
        }
        for part in parts.iter().filter(|part| part.kind() != "Provenance") {
            let Some((system, value)) = &part.identifier else { return Ok(None) };
            if there.known.get(part.id()).is_some() {
                continue;
            }
            let Some(shown) = self.find(part, (system, value), &mut there.known).await? else { return Ok(None) };
            there.found.push((part, Some(shown)));
        }
        Ok(Some(there))
    }

    /// Searches a resource by identifier, notes its id there and gives what it says.
    async fn find(
        &self,
        part: &Part,
        (system, value): (&str, &str),
        known: &mut Known,
    ) -> Result<Option<Value>, Ended> {
        let term = format!("{system}|{value}");
        let said = self.peer.get(looking, &[part.kind()], &[("identifier", &term)]).await?;
        let bundle = said.clone().resource().map_err(looking)?;
        let found: Vec<(&Value, &str)> = answer::matches(&bundle, part.kind())
            .into_iter()
            .filter(|there| answer::has_identifier(there, system, value))
            .filter_map(|there| Some((there, there["id"].as_str()?)))
            .collect();
        match found[..] {
            [] => Ok(None),
            [(there, remote_id)] => {
                known.note(part.kind(), part.id(), remote_id);
                Ok(Some(there.clone()))
            }
            // What the server itself would answer to any conditional write from now on.
            _ => Err(looking(Happened::refused(412, said.body))),
        }
    }

    /// Writes the parts in one transaction and notes their ids; nothing is sent when there is none.
    async fn write(&self, parts: &[&Part], known: &mut Known) -> Result<Vec<Landed>, Ended> {
        if parts.is_empty() {
            return Ok(Vec::new());
        }
        let bundle = bundle::with_their_ids(parts, known).ok_or(Ended::At(Step::Send, Happened::NotSayable))?;
        let sent: Vec<Sent> = parts.iter().map(|part| sent(part, known.get(part.id()).map(str::to_owned))).collect();
        let is_guarded = known.is_guarded(parts);
        let said = self.peer.transaction(sending, (bundle, is_guarded), TELL).await?;
        let failed = |happened| sending(if is_guarded { not_searched(happened) } else { happened });
        let landed = answer::landed(said, &sent).map_err(failed)?;
        self.note(parts, &landed, known);
        Ok(landed)
    }

    /// Notes where parts landed, and in which version.
    fn note(&self, parts: &[&Part], landed: &[Landed], known: &mut Known) {
        for (part, landed) in parts.iter().zip(landed) {
            known.note(part.kind(), part.id(), &landed.remote_id);
            if self.is_guarded(part.kind()) {
                known.note_tag(part.id(), landed.tag.clone());
            }
        }
    }

    fn is_guarded(&self, kind: &str) -> bool {
        self.guards && KINDS.contains(&kind)
    }

    /// The ids that the server gave before.
    async fn known(&self, parts: &[Part]) -> Result<Known, StoreError> {
        let keys: Vec<_> = parts.iter().map(|part| (part.kind().to_owned(), part.id())).collect();
        let mut known = Known::default();
        for link in self.store.links(self.connection, &keys).await? {
            known.note(&link.kind, link.id, &link.remote_id);
            if self.is_guarded(&link.kind) {
                known.note_tag(link.id, link.tag);
            }
        }
        Ok(known)
    }

    /// Keeps the versions of what was written, which the next delivery has to find there.
    async fn link_guarded(&self, parts: &[&Part], known: &Known) -> Result<(), StoreError> {
        let parts: Vec<&Part> = parts.iter().copied().filter(|part| self.is_guarded(part.kind())).collect();
        self.link(&parts, known).await
    }

    async fn link(&self, parts: &[&Part], known: &Known) -> Result<(), StoreError> {
        let links: Vec<Link> = parts
            .iter()
            .filter_map(|part| {
                let remote_id = known.get(part.id())?.to_owned();
                let tag = known.tag(part.id()).map(str::to_owned);
                Some(Link { kind: part.kind().to_owned(), id: part.id(), remote_id, tag })
            })
            .collect();
        if links.is_empty() {
            return Ok(());
        }
        self.store.link(self.connection, &links).await
    }
}

pub(super) fn looking(happened: Happened) -> Ended {
    Ended::At(Step::Look, happened)
}

/// Once a part has landed the rung has proved itself, whatever is said of the rest: the plan must not go by another, too.
fn half_way(ended: Ended) -> Ended {
    match ended {
        Ended::At(Step::Send, happened) if gives_way(Rung::A, &happened).is_some() => looking(happened),
        ended => ended,
    }
}

/// Nothing was searched for, so a 412 says that somebody else was there, and not that there are several.
fn not_searched(happened: Happened) -> Happened {
    match happened {
        Happened::Refused { status: 412, text, .. } => Happened::Stale { status: 412, text },
        other => other,
    }
}

pub(super) fn sending(happened: Happened) -> Ended {
    Ended::At(Step::Send, happened)
}

/// The plan's `CarePlan` and the identifier of its version.
fn versioned(parts: &[Part]) -> Option<(&Part, &str)> {
    parts.iter().filter(|part| part.kind() == "CarePlan").find_map(|part| Some((part, part.version.as_deref()?)))
}

/// Whether a part is there as we say it.
fn is_said(part: &Part, known: &Known, there: &Value) -> bool {
    bundle::as_kept(part, known).is_some_and(|ours| same::is_same(&ours, there))
}

fn sent(part: &Part, remote_id: Option<String>) -> Sent {
    Sent { kind: part.kind().to_owned(), remote_id, identifier: part.identifier.clone() }
}
