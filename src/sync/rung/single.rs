//! Brings one resource to a server once: who the person is there, whether it is there already, making it, and putting it in
//! the place of the version before.
//!
//! It is looked for before it is made, by our link, by its identifier and, for a document, by the marker line, since many
//! servers drop identifiers. A server that took it for review (202) is only looked at again.

use base64::{Engine, prelude::BASE64_STANDARD};
use reqwest::{
    Method,
    header::{ETAG, HeaderValue, IF_MATCH},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Hitch, Load, gives_way};
use crate::{
    plan::PlanStatus,
    store::{Claimed, Link, Rung, Store},
    sync::{
        answer::{self, Said},
        bundle,
        delivery::{Happened, Step},
        held::Held,
        push::{Ended, looking, sending},
    },
};

/// How often a status is written when others write there at the same moment.
const RESTATED: usize = 3;

/// A resource on its way.
pub(in crate::sync) struct Single<'a> {
    pub peer: Held<'a>,
    pub store: &'a Store,
    pub connection: &'a str,
    /// The system of the agency's person ids there; empty: as the plan's own identifiers say.
    pub person_system: &'a str,
    pub claimed: &'a Claimed,
    /// HTTP status of the last answer.
    pub last: Option<u16>,
    pub load: &'a Load,
    pub kind: &'static str,
    pub system: &'static str,
}

impl Single<'_> {
    /// Brings it there; on success the peer's status. `said` says it for a person and an older version there.
    pub(in crate::sync) async fn bring(&self, said: impl Fn(&str, Option<&str>) -> Value) -> Result<u16, Ended> {
        let older = self.linked(self.load.plan_ref).await?;
        if self.kind == "DocumentReference" && self.load.plan.status == Some(PlanStatus::EnteredInError) {
            return self.retract(older.as_deref()).await;
        }
        let subject = self.person().await?;
        let (status, here) = match self.there(&subject).await? {
            Some(here) => (200, Some(here)),
            None if self.is_held() => {
                let text = "(it was taken for review, and is not there yet)".to_owned();
                return Err(looking(Happened::refused(202, text)));
            }
            None => self.make(&said(&subject, older.as_deref()), &subject).await?,
        };
        let Some(here) = here else { return Ok(status) };
        self.link(self.load.version_ref, &here).await?;
        if let Some(older) = older.filter(|older| *older != here && self.kind == "DocumentReference") {
            self.supersede(&older).await?;
        }
        self.link(self.load.plan_ref, &here).await?;
        Ok(status)
    }

    /// Whether this version is there.
    pub(in crate::sync) async fn look(&self) -> Result<bool, Ended> {
        let subject = self.person().await?;
        Ok(self.there(&subject).await?.is_some())
    }

    fn is_held(&self) -> bool {
        self.claimed.was_unknown && self.last == Some(202)
    }

    /// The person's id there as a reference: by link, else by the one record that has the agency's id.
    async fn person(&self) -> Result<String, Ended> {
        let hitch = |hitch| Err(Ended::At(Step::Send, Happened::Hitch(hitch, None)));
        let Some(part) = &self.load.person else { return hitch(Hitch::PersonUnknown) };
        let known = self.store.links(self.connection, &[("Patient".to_owned(), part.id())]).await?;
        if let Some(link) = known.first() {
            return Ok(format!("Patient/{}", link.remote_id));
        }
        let tree: Value = serde_json::from_str(&part.resource.json).unwrap_or_default();
        let names: Vec<(&str, &str)> = if self.person_system.is_empty() {
            answer::identifiers(&tree).collect()
        } else {
            vec![(self.person_system, self.load.person_id.as_str())]
        };
        for (system, value) in names {
            let found = self.search("Patient", system, value).await?;
            match &found[..] {
                [] => {}
                [one] => {
                    let link = Link { kind: "Patient".to_owned(), id: part.id(), remote_id: one.clone(), tag: None };
                    self.store.link(self.connection, &[link]).await?;
                    return Ok(format!("Patient/{one}"));
                }
                _ => return hitch(Hitch::PersonTwice),
            }
        }
        hitch(Hitch::PersonUnknown)
    }

    /// Its id there, if it is there.
    async fn there(&self, subject: &str) -> Result<Option<String>, Ended> {
        if let Some(linked) = self.linked(self.load.version_ref).await? {
            return Ok(Some(linked));
        }
        let value = format!("urn:uuid:{}", self.load.version_ref);
        match self.search(self.kind, self.system, &value).await {
            Ok(found) if found.is_empty() => {}
            Ok(mut found) => return Ok(Some(found.remove(0))),
            // A server that cannot be searched can still be written to, as long as nothing was sent.
            Err(Ended::At(_, Happened::Refused { status: 400..=428, .. })) if !self.claimed.was_unknown => {}
            Err(ended) => return Err(ended),
        }
        if self.claimed.was_unknown && self.kind == "DocumentReference" {
            return self.by_marker(subject).await;
        }
        Ok(None)
    }

    /// The document of the person that opens with our marker.
    async fn by_marker(&self, subject: &str) -> Result<Option<String>, Ended> {
        let person = subject.trim_start_matches("Patient/");
        let said = self.peer.get(looking, &[self.kind], &[("patient", person)]).await?;
        let bundle = said.resource().map_err(looking)?;
        let marker = self.load.marker();
        let is_it = |there: &&Value| {
            let opens = |content: &Value| {
                let data = content["attachment"]["data"].as_str().and_then(|data| BASE64_STANDARD.decode(data).ok());
                data.is_some_and(|data| data.split(|byte| *byte == b'\n').next() == Some(marker.as_bytes()))
            };
            there["description"] == marker.as_str()
                || there["content"].as_array().is_some_and(|all| all.iter().any(opens))
        };
        let found = answer::matches(&bundle, self.kind).into_iter().find(is_it);
        Ok(found.and_then(|there| there["id"].as_str()).map(str::to_owned))
    }

    /// Makes it. An answer without an id is looked after once; what then is not found is there all the same.
    async fn make(&self, tree: &Value, subject: &str) -> Result<(u16, Option<String>), Ended> {
        let mut ask = self.peer.plain().asking(Method::POST, &[self.kind], Some(tree.to_string()));
        let terms = bundle::term("identifier", &format!("{}|urn:uuid:{}", self.system, self.load.version_ref));
        if let Ok(terms) = HeaderValue::from_str(&terms) {
            ask.headers.insert("if-none-exist", terms);
        }
        let answer = self.peer.answer(sending, &ask).await?;
        let location = answer.headers.get("location").and_then(|value| value.to_str().ok()).map(str::to_owned);
        if !matches!(answer.said.status, 200 | 201) {
            return Err(sending(answer.said.refused()));
        }
        let Said { status, body, .. } = answer.said;
        let said: Value = serde_json::from_str(&body).unwrap_or_default();
        if answer::is_error(&said) {
            return Err(sending(Happened::ErrorInside { status, text: body }));
        }
        let is_it = said["resourceType"] == self.kind;
        let named = location.as_deref().and_then(|location| id_in(location, self.kind));
        let here = named.or_else(|| said["id"].as_str().filter(|_| is_it).map(str::to_owned));
        if here.is_none() && status == 200 {
            return Err(sending(Happened::NotUnderstood { status, text: body }));
        }
        match here {
            Some(here) => Ok((status, Some(here))),
            None => Ok((status, self.there(subject).await.unwrap_or(None))),
        }
    }

    /// Marks the version before as superseded, where the server lets us; that the new one replaces it is said there anyway.
    async fn supersede(&self, older: &str) -> Result<(), Ended> {
        match self.restate(older, "superseded").await {
            Err(Ended::At(_, Happened::Refused { status: 400..=428, .. })) => Ok(()),
            ended => ended.map(drop),
        }
    }

    /// Marks what was sent before as entered in error. Where nothing was sent, there is nothing to do.
    async fn retract(&self, older: Option<&str>) -> Result<u16, Ended> {
        let Some(older) = older else { return Ok(200) };
        match self.restate(older, "entered-in-error").await {
            Ok(false) => Err(sending(Happened::Hitch(Hitch::NotRetracted, None))),
            Err(Ended::At(_, happened)) if gives_way(Rung::B, &happened).is_some() => {
                Err(sending(Happened::Hitch(Hitch::NotRetracted, None)))
            }
            ended => ended.map(|_| 200),
        }
    }

    /// Gives a document there another status and leaves the rest of it as it stands; whether it has it then, since some
    /// servers say yes and change nothing. Where somebody else was there first, theirs is read again and kept.
    async fn restate(&self, id: &str, status: &str) -> Result<bool, Ended> {
        let mut stale = Happened::NotSayable;
        for _ in 0..RESTATED {
            let (mut tree, tag) = self.stands(id).await?;
            if tree["status"] == status || tree["status"] == "entered-in-error" {
                return Ok(true);
            }
            tree["status"] = json!(status);
            let mut ask = self.peer.plain().asking(Method::PUT, &[self.kind, id], Some(tree.to_string()));
            ask.headers.extend(tag.map(|tag| (IF_MATCH, tag)));
            let said = self.peer.answer(sending, &ask).await?.said;
            match said.status {
                200 | 201 | 204 => {
                    let (there, _) = self.stands(id).await?;
                    return Ok(there["status"] == status);
                }
                409 | 412 => stale = Happened::Stale { status: said.status, text: said.body },
                _ => return Err(sending(said.refused())),
            }
        }
        Err(sending(stale))
    }

    /// A document as it stands there, with its tag as it came.
    async fn stands(&self, id: &str) -> Result<(Value, Option<HeaderValue>), Ended> {
        let answer = self.peer.answer(looking, &self.peer.plain().reading(&[self.kind, id], &[])).await?;
        let tag = answer.headers.get(ETAG).cloned();
        Ok((answer.said.resource().map_err(looking)?, tag))
    }

    /// Ids of the resources there with an identifier. What a server finds besides is not taken for it.
    async fn search(&self, kind: &str, system: &str, value: &str) -> Result<Vec<String>, Ended> {
        let term = format!("{system}|{value}");
        let said = self.peer.get(looking, &[kind], &[("identifier", &term)]).await?;
        let bundle = said.resource().map_err(looking)?;
        let mut found: Vec<String> = answer::matches(&bundle, kind)
            .into_iter()
            .filter(|there| answer::has_identifier(there, system, value))
            .filter_map(|there| there["id"].as_str().map(str::to_owned))
            .collect();
        found.sort();
        found.dedup();
        Ok(found)
    }

    async fn linked(&self, id: Uuid) -> Result<Option<String>, Ended> {
        let found = self.store.links(self.connection, &[(self.kind.to_owned(), id)]).await?;
        Ok(found.into_iter().next().map(|link| link.remote_id))
    }

    async fn link(&self, id: Uuid, remote_id: &str) -> Result<(), Ended> {
        let link = Link { kind: self.kind.to_owned(), id, remote_id: remote_id.to_owned(), tag: None };
        Ok(self.store.link(self.connection, &[link]).await?)
    }
}

/// The id in a location of a resource of this type.
fn id_in(location: &str, kind: &str) -> Option<String> {
    let path = location.split_once("/_history").map_or(location, |(path, _)| path);
    let mut parts = path.trim_end_matches('/').rsplit('/');
    let (id, of) = (parts.next()?, parts.next()?);
    (of == kind && !id.is_empty()).then(|| id.to_owned())
}
