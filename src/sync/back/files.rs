//! Reads the files of a bulk export line by line, and keeps what is about our people until it is merged. A file or line that
//! cannot be read is counted, and the rest is still read.

use std::collections::{HashMap, HashSet};

use reqwest::{
    Url,
    header::{ACCEPT, HeaderMap, HeaderValue},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::Instant;

use super::{
    person::{KINDS, patient_of},
    round::{Back, LEASE, PullError, Pulled, is_on},
};
use crate::{
    fhir::bulk::NDJSON,
    store::{BulkResource, Round, StoreError},
    sync::{
        connection,
        peer::{Ask, Peer},
    },
};

/// How many resources are kept in one go.
const AT_ONCE: usize = 200;
/// How many people are remembered by the server's ids, so that not every line is looked up.
const REMEMBERED: usize = 10_000;
/// Severities that do not keep an export from being whole.
const HARMLESS: [&str; 2] = ["information", "success"];

/// What reading the files came to.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Outcome {
    /// The moment that the export shows, as the server says it.
    pub moment: Option<String>,
    /// Files and lines that could not be read, and what the server says it could not export.
    pub failed: u64,
}

impl Outcome {
    pub(super) fn text(&self) -> String {
        serde_json::json!(self).to_string()
    }

    /// What was kept; what is not one counts as not read.
    pub(super) fn of(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or(Self { moment: None, failed: 1 })
    }
}

/// What the lines of a file are.
#[derive(Clone, Copy)]
enum Sort {
    Resources,
    Deleted,
    Outcomes,
}

struct Reader<'r> {
    back: &'r Back,
    peer: &'r Peer,
    round: &'r Round,
    roster: Option<&'r HashSet<String>>,
    needs_token: bool,
    known: HashMap<String, Option<(String, String)>>,
    held: Vec<BulkResource>,
    renewed: Instant,
    failed: u64,
    of_others: u64,
}

/// Reads all files of a manifest.
pub(super) async fn read(
    back: &Back,
    peer: &Peer,
    manifest: &Value,
    round: &Round,
    roster: Option<&HashSet<String>>,
    pulled: &mut Pulled,
) -> Result<Outcome, PullError> {
    let mut reader = Reader {
        back,
        peer,
        round,
        roster,
        needs_token: manifest["requiresAccessToken"] == true,
        known: HashMap::new(),
        held: Vec::new(),
        renewed: Instant::now(),
        failed: 0,
        of_others: 0,
    };
    for (list, sort) in [("output", Sort::Resources), ("deleted", Sort::Deleted), ("error", Sort::Outcomes)] {
        for file in manifest[list].as_array().into_iter().flatten() {
            // What comes beside and was not asked for is left.
            let is_wanted =
                !matches!(sort, Sort::Resources) || file["type"].as_str().is_none_or(|one| KINDS.contains(&one));
            if is_wanted {
                reader.file(file, sort).await?;
            }
        }
    }
    // A manifest of which this is only a part was not asked for.
    let has_more = manifest["link"].as_array().into_iter().flatten().any(|link| link["relation"] == "next");
    reader.failed += u64::from(has_more);
    pulled.unfinished += reader.failed;
    pulled.of_others += reader.of_others;
    Ok(Outcome { moment: manifest["transactionTime"].as_str().map(str::to_owned), failed: reader.failed })
}

impl Reader<'_> {
    async fn file(&mut self, file: &Value, sort: Sort) -> Result<(), PullError> {
        let allow_plain_http = self.back.connection.allow_plain_http;
        let url = file["url"].as_str().and_then(|url| self.peer.base().join(url).ok());
        let Some(url) = url.filter(|url| connection::token_address(url.as_str(), allow_plain_http).is_ok()) else {
            self.failed += 1;
            return Ok(());
        };
        let with_pass = self.needs_token && url.origin() == self.peer.base().origin();
        let Ok(Ok(mut lines)) = self.peer.lines(&asking(self.peer, url), with_pass).await else {
            self.failed += 1;
            return Ok(());
        };
        loop {
            match lines.next().await {
                Ok(Some(line)) => self.line(&line, sort).await?,
                Ok(None) => break,
                Err(_) => {
                    self.failed += 1;
                    break;
                }
            }
            if self.held.len() >= AT_ONCE || self.renewed.elapsed() > LEASE / 4 {
                self.keep().await?;
            }
        }
        self.keep().await
    }

    async fn line(&mut self, line: &[u8], sort: Sort) -> Result<(), StoreError> {
        let tree: Option<Value> = serde_json::from_slice(line).ok();
        let Some(tree) = tree.filter(|tree| tree["resourceType"].is_string()) else {
            self.failed += 1;
            return Ok(());
        };
        match sort {
            Sort::Resources => self.resource(&tree).await,
            Sort::Deleted => self.deleted(&tree).await,
            Sort::Outcomes => {
                let mut issues = tree["issue"].as_array().into_iter().flatten();
                let is_harmless = issues.all(|one| HARMLESS.iter().any(|severity| one["severity"] == *severity));
                self.failed += u64::from(!is_harmless);
                Ok(())
            }
        }
    }

    async fn resource(&mut self, tree: &Value) -> Result<(), StoreError> {
        let kind = tree["resourceType"].as_str().filter(|kind| KINDS.contains(kind));
        let (Some(kind), Some(id), Some(patient)) = (kind, tree["id"].as_str(), patient_of(tree)) else {
            return Ok(());
        };
        match self.who(patient).await? {
            Some(who) if is_on(self.roster, &who.1) => self.hold(who, kind, id, Some(tree.to_string())),
            Some(_) => {}
            None => self.of_others += 1,
        }
        Ok(())
    }

    /// A Bundle whose entries say what was deleted.
    async fn deleted(&mut self, tree: &Value) -> Result<(), StoreError> {
        let (store, name) = (&self.back.intake.store, &self.back.connection.name);
        for entry in tree["entry"].as_array().into_iter().flatten() {
            let url = entry["request"]["url"].as_str().filter(|_| entry["request"]["method"] == "DELETE");
            let mut parts = url.unwrap_or_default().rsplit('/');
            let (Some(id), Some(kind)) = (parts.next(), parts.next()) else { continue };
            if let Some(who) = store.whose(name, kind, id).await?.filter(|_| KINDS.contains(&kind))
                && is_on(self.roster, &who.1)
            {
                self.hold(who, kind, id, None);
            }
        }
        Ok(())
    }

    fn hold(&mut self, who: (String, String), kind: &str, id: &str, content: Option<String>) {
        self.held.push(BulkResource { who, kind: kind.to_owned(), remote_id: id.to_owned(), content });
    }

    async fn who(&mut self, patient: &str) -> Result<Option<(String, String)>, StoreError> {
        if let Some(known) = self.known.get(patient) {
            return Ok(known.clone());
        }
        let who = self.back.intake.store.whose(&self.back.connection.name, "Patient", patient).await?;
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        self.known.insert(patient.to_owned(), who.clone());
        Ok(who)
    }

    /// Keeps what is held, and goes on being the one who reads.
    async fn keep(&mut self) -> Result<(), PullError> {
        let (store, name) = (&self.back.intake.store, &self.back.connection.name);
        store.keep_bulk(name, &std::mem::take(&mut self.held)).await?;
        store.keep_reading(name, self.round, LEASE).await?;
        self.renewed = Instant::now();
        Ok(())
    }
}

fn asking(peer: &Peer, url: Url) -> Ask {
    let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(NDJSON))]);
    Ask { url, headers, ..peer.reading(&[], &[]) }
}
