//! What was learned of a connection: its capability record, with evidence and dates, and what changed since the last one.
//! It stands beside the connection's file as `NAME.seen.json`, for only a person's command writes it. What deliveries met
//! is in the store, and is taken in from there. Codes, counts and words of ours only: nothing of a person's record.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::Fault;
use crate::{config::DeliveryMethod, store::WriteMethod, sync::SyncError};

/// The proof by writing on the test person.
pub(super) const PROVED: &str = "proved by writing on the test person; the statement does not say so";

/// What was learned of a connection.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
pub struct Record {
    /// The connection's name.
    pub connection: String,
    /// The server's base.
    pub base_url: String,
    /// When it was tried.
    pub tried_at: String,
    /// What keeps it from being used; none when all is well.
    pub faults: Vec<Wrong>,
    /// The server's statement.
    pub statement: Option<Statement>,
    /// Scopes asked for and granted; none where no token is used.
    pub scopes: Option<Scopes>,
    /// What can be done, such as `CarePlan.create`, and who says so.
    pub abilities: BTreeMap<String, Ability>,
    /// What deliveries met there.
    pub observed: Vec<Observed>,
    /// How plans are written.
    pub write_method: Option<Method>,
    /// The write ladder.
    pub ladder: Ladder,
    /// What was tried.
    pub probes: Vec<Probe>,
}

/// Something that keeps a connection from being used.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Wrong {
    /// Its name.
    pub code: String,
    /// What is wrong.
    pub says: String,
    /// What helps.
    pub help: String,
}

/// A server's statement, as far as it is remembered.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Statement {
    /// Of its bytes without what changes at every reading.
    pub sha256: String,
    /// Such as `4.0.1`.
    pub fhir_version: String,
    /// What runs there, as it says.
    pub software: String,
}

/// Scopes of the token.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Scopes {
    /// Asked for.
    pub asked: Vec<String>,
    /// Granted; none when the server does not say.
    pub granted: Option<Vec<String>>,
    /// Asked for and not granted.
    pub missing: Vec<String>,
}

/// Whether something can be done.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Ability {
    /// Whether.
    pub can: bool,
    /// Who says so: `person`, `observed`, `scope` or `statement`.
    pub by: String,
}

/// Deliveries that a server turned away for want of an ability.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Observed {
    /// HTTP status.
    pub status: u16,
    /// How many wait for a person because of it.
    pub deliveries: u64,
    /// When it was met last.
    pub last: String,
}

/// How plans are written, and what proves it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Method {
    /// `own-ids` or `if-none-exist`.
    pub method: String,
    /// Why this one.
    pub proof: String,
}

/// The write ladder, and where we stand on it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Ladder {
    /// The highest rung that holds: `A` to `E`.
    pub rung: String,
    /// Why this one.
    pub why: String,
    /// Whether this version delivers on it.
    pub delivers: bool,
    /// Each rung.
    pub rungs: Vec<Rung>,
    /// Rungs that the server turned away, with the answer and its day.
    #[serde(default)]
    pub refused: Vec<Refusal>,
}

/// A rung that the server turned away.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Refusal {
    /// `A` to `D`; `B.pdf` for the PDF of a document.
    pub rung: String,
    /// HTTP status of the answer.
    pub status: u16,
    /// When it came.
    pub at: String,
}

/// A rung of the ladder.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Rung {
    /// `A` to `E`.
    pub rung: String,
    /// What is written there.
    pub what: String,
    /// Whether it holds.
    pub holds: bool,
    /// Why.
    pub why: String,
}

/// A probe.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Probe {
    /// 1 to 19.
    pub number: u8,
    /// What was tried.
    pub name: String,
    /// How it ended.
    pub outcome: Outcome,
    /// By what that is known.
    pub evidence: String,
    /// The setting that it changes, or would.
    pub setting: Option<String>,
}

/// How a probe ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// As wanted.
    Pass,
    /// Not as wanted.
    Fail,
    /// Not tried, and the evidence says why.
    NotTried,
}

impl Outcome {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "yes",
            Self::Fail => "no",
            Self::NotTried => "not tried",
        }
    }
}

impl From<Fault> for Wrong {
    fn from(fault: Fault) -> Self {
        Self { code: fault.code().to_owned(), says: fault.says().to_owned(), help: fault.help().to_owned() }
    }
}

impl Record {
    /// The record beside the connection's file, if there is one that can be read.
    pub fn load(folder: &Path, name: &str) -> Option<Self> {
        serde_json::from_str(&fs::read_to_string(path(folder, name)).ok()?).ok()
    }

    /// Keeps it beside the connection's file.
    pub fn save(&self, folder: &Path, name: &str) -> Result<PathBuf, SyncError> {
        let file = path(folder, name);
        let text = serde_json::to_string_pretty(self).expect("the types above made sure that it is JSON");
        let kept = fs::create_dir_all(folder).and_then(|()| fs::write(&file, text + "\n"));
        kept.map_err(|error: io::Error| SyncError::ConnectionFile {
            file: file.clone(),
            problem: format!("cannot be written: {}", error.kind()),
        })?;
        Ok(file)
    }

    /// Whether nothing keeps the connection from being used.
    pub fn is_well(&self) -> bool {
        self.faults.is_empty()
    }

    /// The types for which all of these actions are there.
    pub fn kinds_with(&self, actions: &[&str]) -> Vec<String> {
        let can = |kind: &str, action: &str| self.abilities.get(&format!("{kind}.{action}")).is_some_and(|one| one.can);
        let kinds = self.abilities.keys().filter_map(|ability| ability.strip_suffix(".read"));
        kinds.filter(|kind| actions.iter().all(|action| can(kind, action))).map(str::to_owned).collect()
    }

    /// The write method that writing proved and the statement does not offer; it belongs into the connection's file.
    pub fn proved_method(&self) -> Option<DeliveryMethod> {
        let method = self.write_method.as_ref().filter(|method| method.proof == PROVED)?;
        Some(if method.method == WriteMethod::OwnIds.as_str() {
            DeliveryMethod::OwnIds
        } else {
            DeliveryMethod::IfNoneExist
        })
    }

    /// What is different now, a line each; the moment alone is no difference.
    pub fn changes_since(&self, before: &Self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut differ = |what: &str, was: String, is: String| {
            if was != is {
                lines.push(format!("{what}: {was}, now {is}"));
            }
        };
        differ("address", before.base_url.clone(), self.base_url.clone());
        differ("rung", before.ladder.rung.clone(), self.ladder.rung.clone());
        let method = |record: &Self| record.write_method.as_ref().map_or("none".to_owned(), |one| one.method.clone());
        differ("write method", method(before), method(self));
        if let (Some(was), Some(is)) = (&before.statement, &self.statement) {
            differ("software", was.software.clone(), is.software.clone());
            differ("FHIR version", was.fhir_version.clone(), is.fhir_version.clone());
            differ("statement", was.sha256[..12].to_owned(), is.sha256[..12].to_owned());
        }
        let missing = |record: &Self| match record.scopes.as_ref().map(|scopes| scopes.missing.join(" ")) {
            Some(missing) if !missing.is_empty() => missing,
            _ => "none".to_owned(),
        };
        differ("scopes not granted", missing(before), missing(self));
        let said = |can: bool| if can { "yes" } else { "no" }.to_owned();
        for (name, is) in &self.abilities {
            if let Some(was) = before.abilities.get(name) {
                differ(name, said(was.can), said(is.can));
            }
        }
        for is in &self.probes {
            // What was not tried this time tells nothing.
            let was = before.probes.iter().find(|was| was.number == is.number && was.outcome != Outcome::NotTried);
            if let Some(was) = was.filter(|_| is.outcome != Outcome::NotTried) {
                let name = format!("probe {} ({})", is.number, is.name);
                differ(&name, was.outcome.as_str().to_owned(), is.outcome.as_str().to_owned());
            }
        }
        let has = |record: &Self, code: &str| record.faults.iter().any(|fault| fault.code == code);
        for fault in self.faults.iter().filter(|fault| !has(before, &fault.code)) {
            lines.push(format!("new: {}", fault.says));
        }
        for fault in before.faults.iter().filter(|fault| !has(self, &fault.code)) {
            lines.push(format!("no longer: {}", fault.says));
        }
        lines
    }
}

fn path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.seen.json"))
}
