//! What was sent: its bytes, whatever its form, held against base FHIR R4 before anything else is looked at; and the transaction
//! taken apart into requests.

use std::io::Read;

use axum::{
    body::Body,
    http::{HeaderMap, StatusCode, header},
};
use serde_json::Value;
use tokio::task;

use super::{Part, Unit, Way, may};
use crate::{
    fhir::{
        check::{self, Fault},
        outcome::operation_outcome,
        wire, written,
    },
    http::{Service, error::HttpError, search, spool::spool, submit},
    pipeline::fingerprint::Fingerprint,
    rules::Severity,
};

/// Largest body written here, in megabytes.
pub(super) const LIMIT_MB: usize = 16;

/// Most requests of a transaction.
const MOST: usize = 500;

/// A body that is well-formed FHIR.
pub(in crate::http) struct Sent {
    /// As it came.
    pub(in crate::http) raw: Vec<u8>,
    /// SHA-256, in hexadecimal.
    pub(super) sha256: String,
    /// In JSON: what was sent, or made from the XML that was.
    pub(super) text: String,
    /// Whether places in `text` are places in what was sent.
    pub(super) is_json: bool,
    /// The same, read.
    pub(in crate::http) tree: Value,
    /// What base FHIR R4 has to say of it that is no error.
    pub(super) warnings: Vec<Fault>,
}

impl Sent {
    /// Takes a body in that should be one resource of a type.
    pub(super) async fn of_one(
        service: &Service,
        headers: &HeaderMap,
        body: Body,
        kind: &str,
    ) -> Result<Self, HttpError> {
        let sent = Self::unchecked(service, headers, body).await?.checked().await?;
        if sent.tree["resourceType"] == *kind {
            return Ok(sent);
        }
        let kind = sent.tree["resourceType"].as_str().unwrap_or_default();
        Err(wrong("This address takes another type of resource than the one sent.").at(kind))
    }

    /// Takes a body in, of which nothing is known yet but that it is JSON or XML.
    pub(in crate::http) async fn unchecked(
        service: &Service,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<Self, HttpError> {
        submit::refuse_encoded(headers)?;
        let named_xml = is_xml(headers)?;
        let spooled = spool(body, LIMIT_MB.min(service.settings.body_limit_mb)).await?;
        let (bytes, sha256) = (spooled.bytes, spooled.sha256);
        let read = task::spawn_blocking(move || {
            let mut raw = Vec::new();
            bytes
                .reader()
                .and_then(|mut reader| reader.read_to_end(&mut raw))
                .map_err(|_| HttpError::OurFault("spooling"))?;
            Self::read(raw, sha256, named_xml)
        });
        read.await.map_err(|_| HttpError::OurFault("reading"))?
    }

    fn read(raw: Vec<u8>, sha256: String, named_xml: bool) -> Result<Self, HttpError> {
        let is_json = !named_xml && !wire::is_xml(&raw);
        let text = if is_json {
            let faulty = |fault: Fault| told(StatusCode::BAD_REQUEST, &[fault]);
            match str::from_utf8(&raw) {
                Ok(text) => text.to_owned(),
                Err(_) => return Err(check::check(&raw).err().map_or_else(no_form, |error| faulty(error.into()))),
            }
        } else {
            let xml = str::from_utf8(&raw).map_err(|_| no_form())?;
            wire::json_of(xml).map_err(|error| told(StatusCode::BAD_REQUEST, &[error.into()]))?
        };
        let Ok(tree) = serde_json::from_str(&text) else {
            let error = check::check_text(&text).err();
            return Err(error.map_or_else(no_form, |error| told(StatusCode::BAD_REQUEST, &[error.into()])));
        };
        Ok(Self { raw, sha256, text, is_json, tree, warnings: Vec::new() })
    }

    /// Holds it against base FHIR R4.
    pub(in crate::http) async fn checked(mut self) -> Result<Self, HttpError> {
        let checked = task::spawn_blocking(move || {
            let faults = check::check_text(&self.text).unwrap_or_else(|error| vec![error.into()]);
            let faults = match str::from_utf8(&self.raw) {
                Ok(xml) if !self.is_json => faults.into_iter().map(|fault| fault.within_xml(xml)).collect(),
                _ => faults,
            };
            if faults.iter().any(|fault| fault.severity == Severity::Error) {
                return Err(told(StatusCode::BAD_REQUEST, &faults));
            }
            self.warnings = faults.into_iter().filter(|fault| fault.severity == Severity::Warning).collect();
            Ok(self)
        });
        checked.await.map_err(|_| HttpError::OurFault("checking"))?
    }

    /// Refuses a name that is there twice in one object: of a tree that was read, nobody can tell it any more.
    pub(in crate::http) fn refuse_doubled(&self) -> Result<(), HttpError> {
        match check::doubled(&self.text) {
            Ok(None) => Ok(()),
            Ok(Some(fault)) => Err(told(StatusCode::BAD_REQUEST, &[fault])),
            Err(error) => Err(told(StatusCode::BAD_REQUEST, &[error.into()])),
        }
    }

    /// One resource out of a batch.
    pub(in crate::http) fn of_entry(resource: &Value) -> Self {
        let text = resource.to_string();
        let raw = text.clone().into_bytes();
        let (sha256, _) = Fingerprint::of(&*raw).unwrap_or_default();
        Self { raw, sha256, text, is_json: true, tree: resource.clone(), warnings: Vec::new() }
    }
}

fn told(status: StatusCode, faults: &[Fault]) -> HttpError {
    HttpError::Told(status, operation_outcome(faults.iter().map(Fault::issue)))
}

fn no_form() -> HttpError {
    HttpError::BadRequest("The body can be read neither as FHIR in JSON nor as FHIR in XML.".to_owned())
}

/// Whether the headers name XML; a form that is none of FHIR's is refused.
fn is_xml(headers: &HeaderMap) -> Result<bool, HttpError> {
    let named = headers.get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap_or("?")).unwrap_or_default();
    match named.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "" | "application/fhir+json" | "application/json" | "text/json" | "application/json+fhir" => Ok(false),
        "application/fhir+xml" | "application/xml" | "text/xml" | "application/xml+fhir" => Ok(true),
        _ => {
            let text = "FHIR is taken here as application/fhir+json or application/fhir+xml.";
            Err(HttpError::NotThisForm(text.to_owned()))
        }
    }
}

/// The transaction of one plan.
pub(in crate::http) fn transaction(base: &str, agency: Option<String>, sent: Sent) -> Result<Unit, HttpError> {
    let entries = sent.tree["entry"].as_array().map(Vec::as_slice).unwrap_or_default();
    if entries.len() > MOST {
        return Err(wrong("A transaction holds at most 500 entries here."));
    }
    let mut parts = Vec::with_capacity(entries.len());
    for (at, entry) in entries.iter().enumerate() {
        let way = way_of(base, entry).map_err(|error| error.at(format!("Bundle.entry[{at}]")))?;
        let resource = entry.get("resource").cloned().unwrap_or_default();
        let full_url = entry["fullUrl"].as_str().map(str::to_owned);
        parts.push(Part { way, resource, full_url, at: format!("/entry/{at}/resource") });
    }
    Ok(Unit { agency, parts, sent })
}

fn wrong(text: &str) -> HttpError {
    HttpError::BadRequest(text.to_owned())
}

const DISAGREES: &str = "An entry's resource is not what its request names: type and id agree.";

/// What an entry of a Bundle asks for; a resource that does not fit its request is refused.
pub(in crate::http) fn way_of(base: &str, entry: &Value) -> Result<Way, HttpError> {
    let (request, resource) = (&entry["request"], &entry["resource"]);
    let is_of = |kind: &str| resource["resourceType"] == *kind && kind != "Bundle";
    let fits = |way: Way, does: bool| if does { Ok(way) } else { Err(wrong(DISAGREES)) };
    let text = |name: &str| request[name].as_str().map(str::to_owned);
    let url = text("url").unwrap_or_default();
    let (path, query) = url.split_once('?').unwrap_or((&url, ""));
    let path = path.strip_prefix(base).unwrap_or(path).trim_matches('/');
    match (request["method"].as_str().unwrap_or_default(), &path.split('/').collect::<Vec<_>>()[..]) {
        ("POST", [kind]) => fits(Way::Create { unless: text("ifNoneExist") }, is_of(kind)),
        ("PUT", [kind]) => {
            may(kind, "update")?;
            let pairs = search::pairs_of(query)?;
            let way = Way::UpdateWhere { kind: (*kind).to_owned(), pairs, if_match: text("ifMatch") };
            fits(way, is_of(kind))
        }
        ("PUT", [kind, id]) => {
            may(kind, "update")?;
            let is_new_only = text("ifNoneMatch").is_some_and(|tag| tag.trim() == "*");
            let way = Way::update((*kind).to_owned(), id, text("ifMatch"))?.only_new(is_new_only);
            let says = resource["id"].as_str().is_some_and(|said| said.eq_ignore_ascii_case(id));
            fits(way, is_of(kind) && says)
        }
        ("DELETE", _) => Err(HttpError::NotThisWay(super::NO_DELETE)),
        _ => Err(wrong("A transaction holds POST entries to a type, and PUT entries to what we hold.")),
    }
}

/// Whether a `CarePlan` stands for itself: what is part of another is that one's crisis plan.
pub(super) fn is_whole_plan(resource: &Value) -> bool {
    resource["resourceType"] == "CarePlan" && written::references(&resource["partOf"]).is_empty()
}
