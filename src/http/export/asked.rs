//! What an export is asked for, by an address or by Parameters. As Bulk Data Access has it, what we do not know is an error
//! unless the client asks for lenient handling; then it is told among the outcomes. Addresses name nobody.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    fhir::{
        bulk,
        search::{Searched, shown},
    },
    http::{error::HttpError, metadata},
};

/// People that one export may name.
const MOST_PEOPLE: usize = 1000;

/// A parameter as it was sent.
pub(super) struct Said {
    name: String,
    value: String,
    is_in_address: bool,
}

impl Said {
    pub(super) fn in_address(name: String, value: String) -> Self {
        Self { name, value, is_in_address: true }
    }

    /// The parameters of a body: FHIR Parameters in JSON, or nothing.
    pub(super) fn in_body(body: &[u8]) -> Result<Vec<Self>, HttpError> {
        if body.trim_ascii().is_empty() {
            return Ok(Vec::new());
        }
        let wrong = || HttpError::BadRequest("The body is no FHIR Parameters in JSON.".to_owned());
        let body: Value = serde_json::from_slice(body).map_err(|_| wrong())?;
        let all = body.get("parameter").map_or(Some(&[][..]), |all| all.as_array().map(Vec::as_slice));
        let all = all.filter(|_| body["resourceType"] == "Parameters").ok_or_else(wrong)?;
        all.iter().map(|one| Self::of(one).ok_or_else(wrong)).collect()
    }

    fn of(parameter: &Value) -> Option<Self> {
        let name = parameter.get("name")?.as_str()?.to_owned();
        let (_, value) = parameter.as_object()?.iter().find(|(member, _)| member.starts_with("value"))?;
        let value = value.get("reference").unwrap_or(value);
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Some(Self { name, value, is_in_address: false })
    }
}

/// What an export is asked for.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Asked {
    /// Types; none named is all.
    pub(super) kinds: Vec<String>,
    /// People, by the ids of their resources; none named is all.
    pub(super) people: Vec<Uuid>,
    /// Only what changed after this moment.
    pub(super) since: Option<Timestamp>,
    /// Names that were not used.
    pub(super) unused: Vec<String>,
    /// The address that was asked.
    pub(super) request: String,
}

impl Asked {
    pub(super) fn of(said: Vec<Said>, (base, path): (&str, &str), lenient: bool) -> Result<Self, HttpError> {
        let parts = said.iter().filter(|one| one.is_in_address);
        let parts = parts.map(|one| format!("{}={}", metadata::escaped(&one.name), metadata::escaped(&one.value)));
        let request = metadata::url(base, path, &parts.collect::<Vec<_>>());
        let mut asked = Self { request, ..Self::default() };
        let is_of_people = path != "$export";
        for one in said {
            asked.take(&one, is_of_people)?;
        }
        if !asked.unused.is_empty() && !lenient {
            return Err(HttpError::NotOffered(asked.unused.join(", ")));
        }
        if asked.kinds.is_empty() && asked.unused.iter().any(|name| name == "_type") {
            return Err(HttpError::BadRequest("_type: none of these types is kept here.".to_owned()));
        }
        asked.people.sort_unstable();
        asked.people.dedup();
        if asked.people.len() > MOST_PEOPLE {
            return Err(HttpError::BadRequest(format!("`patient`: at most {MOST_PEOPLE} people at once.")));
        }
        Ok(asked)
    }

    fn take(&mut self, one: &Said, is_of_people: bool) -> Result<(), HttpError> {
        let wrong = |text: &str| Err(HttpError::BadRequest(text.to_owned()));
        match one.name.as_str() {
            "_outputFormat" if bulk::is_ndjson(&one.value) => {}
            "_outputFormat" => return wrong("_outputFormat: files are written as application/fhir+ndjson."),
            "_since" if self.since.is_some() => return wrong("_since: once."),
            "_since" => match one.value.replace(' ', "+").parse() {
                Ok(since) => self.since = Some(since),
                Err(_) => return wrong("_since: an instant such as 2026-11-01T00:00:00Z."),
            },
            "_type" => {
                for kind in one.value.split(',').map(str::trim).filter(|kind| !kind.is_empty()) {
                    match Searched::named(kind) {
                        Some(known) => self.kinds.push(known.kind.to_owned()),
                        None => self.leave("_type"),
                    }
                }
            }
            "patient" if one.is_in_address => {
                return wrong("`patient`: an address is logged on its way and names nobody. Please send it by POST.");
            }
            "patient" if is_of_people => {
                let id = one.value.rsplit('/').next().and_then(|id| Uuid::try_parse(id).ok());
                // An id of another form is nobody's here.
                self.people.push(id.unwrap_or_default());
            }
            "_format" | "_pretty" => {}
            name => self.leave(&shown(name)),
        }
        Ok(())
    }

    fn leave(&mut self, name: &str) {
        if !self.unused.iter().any(|known| known == name) {
            self.unused.push(name.to_owned());
        }
    }
}
