//! How a connection is read back, as `[read]` of its file says it and as it is used.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// `[read]` of a connection's file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReadFile {
    /// How long from one round to the next, such as `15m`; empty: only when `ownwords pull` asks.
    pub every: String,
    /// How long from one whole comparison to the next; rounds between them ask for what changed, where the server heeds it.
    pub compare: String,
    /// How far a round looks back before the last one: more than the slowest write at the server takes.
    pub overlap: String,
    /// Requests a second, at most.
    pub per_second: u32,
    /// A file with the agency's ids of the persons to be read, one a line; empty: everyone whose plan was delivered.
    pub roster: PathBuf,
    /// Id of the Group there whose bulk export is read in place of searching for each person; `*`: the export of everyone;
    /// empty: none is.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub bulk_group: String,
}

impl Default for ReadFile {
    fn default() -> Self {
        Self {
            every: String::new(),
            compare: "24h".to_owned(),
            overlap: "10m".to_owned(),
            per_second: 5,
            roster: PathBuf::new(),
            bulk_group: String::new(),
        }
    }
}

/// How a connection is read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// From one round to the next; none: only when asked.
    pub every: Option<Duration>,
    /// From one whole comparison to the next.
    pub compare: Duration,
    /// How far a round looks back before the last one.
    pub overlap: Duration,
    /// Requests a second, at most; 0: no limit.
    pub per_second: u32,
    /// The file that names the persons.
    pub roster: Option<PathBuf>,
    /// The address of the bulk export that is read, below the base.
    pub bulk: Option<String>,
}

impl Default for Reading {
    fn default() -> Self {
        Self::of(&ReadFile::default(), Path::new("")).expect("the usual settings above can be used")
    }
}

impl Reading {
    /// What the file says, checked. Paths count from `folder`.
    pub fn of(said: &ReadFile, folder: &Path) -> Result<Self, &'static str> {
        let every = Some(&said.every).filter(|every| !every.is_empty());
        Ok(Self {
            every: every.map(|every| length(every)).transpose().map_err(|()| EVERY)?.filter(|every| !every.is_zero()),
            compare: length(&said.compare).map_err(|()| "read.compare is no length of time such as 24h")?,
            overlap: length(&said.overlap).map_err(|()| "read.overlap is no length of time such as 10m")?,
            per_second: said.per_second,
            roster: Some(folder.join(&said.roster)).filter(|_| !said.roster.as_os_str().is_empty()),
            bulk: bulk(&said.bulk_group)?,
        })
    }
}

/// Where the export of a group, or of everyone, is asked for.
fn bulk(group: &str) -> Result<Option<String>, &'static str> {
    let is_id = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    match group {
        "" => Ok(None),
        "*" => Ok(Some("Patient/$export".to_owned())),
        id if id.len() <= LONGEST_ID && id.bytes().all(is_id) => Ok(Some(format!("Group/{id}/$export"))),
        _ => Err("read.bulk_group is neither the id of a Group nor *"),
    }
}

/// Of a FHIR id.
const LONGEST_ID: usize = 64;
const EVERY: &str = "read.every is no length of time such as 15m";

fn length(text: &str) -> Result<Duration, ()> {
    let length: SignedDuration = text.parse().map_err(|_| ())?;
    length.try_into().map_err(|_| ())
}
