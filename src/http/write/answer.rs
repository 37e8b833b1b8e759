//! What a write is answered: where each part can be read, and what there is to say of the plan. Never a word of it.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;
use uuid::Uuid;

use super::{Part, Sent, Way, sent::is_whole_plan, unit::Done};
use crate::{
    fhir::{
        check::Fault,
        found::{self, Wrote},
        outcome::{Issue, operation_outcome},
        written::{identifiers, not_taken, part_key},
    },
    http::{error::HttpError, form::Form, read, submissions},
    rules::Severity,
    store::{RecordRow, StoredResource},
};

/// It was here.
pub(super) const OK: &str = "200 OK";
const CREATED: &str = "201 Created";
const ACCEPTED: &str = "202 Accepted";

/// Paths that are named before the rest is only counted.
const NAMED: usize = 40;

/// What a part came to.
pub(in crate::http) struct Came {
    pub(super) status: &'static str,
    /// Where it stands now.
    pub(super) stored: Option<StoredResource>,
    /// What there is to say of it alone.
    pub(super) told: Option<Value>,
}

/// What the caller wants back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) enum Wish {
    Minimal,
    Representation,
    Outcome,
}

impl Wish {
    /// By the `Prefer` header, if it says.
    pub(in crate::http) fn named(headers: &HeaderMap) -> Option<Self> {
        let wishes = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
        wishes.flat_map(|value| value.split([',', ';'])).find_map(|wish| match wish.trim() {
            "return=minimal" => Some(Self::Minimal),
            "return=representation" => Some(Self::Representation),
            "return=OperationOutcome" => Some(Self::Outcome),
            _ => None,
        })
    }

    /// The same, for a resource that is written alone.
    pub(in crate::http) fn of(headers: &HeaderMap) -> Self {
        Self::named(headers).unwrap_or(Self::Representation)
    }
}

/// What was seen after keeping.
pub(super) struct Seen<'s> {
    pub(super) row: &'s RecordRow,
    /// The same was received before.
    pub(super) repeated: bool,
    pub(super) resources: &'s [StoredResource],
    pub(super) care_plan: Uuid,
    /// What the plan held before.
    pub(super) before: &'s [StoredResource],
    pub(super) own: bool,
}

impl Seen<'_> {
    /// The answer to all parts.
    pub(super) fn done(&self, sent: &Sent, parts: &[Part], held: Vec<Option<StoredResource>>) -> Done {
        let came: Vec<Came> = parts.iter().zip(held).map(|(part, held)| self.came(part, held)).collect();
        Done { outcome: self.outcome(sent, parts, &came), parts: came }
    }

    fn came(&self, part: &Part, held: Option<StoredResource>) -> Came {
        if let Some(stored) = held {
            return Came { status: OK, stored: Some(stored), told: None };
        }
        match self.stands_as(part) {
            Some(stored) => {
                let is_new = !self.repeated && self.is_new(stored);
                Came { status: if is_new { CREATED } else { OK }, stored: Some(stored.clone()), told: None }
            }
            None => Came {
                status: ACCEPTED,
                stored: None,
                told: Some(outcome_of(&[(Severity::Information, NO_ADDRESS, "")])),
            },
        }
    }

    /// Whether it came to be with this version of the plan.
    fn is_new(&self, stored: &StoredResource) -> bool {
        let newest = self.resources.iter().map(|one| one.updated_at).max();
        stored.version == 1 && Some(stored.updated_at) == newest && self.before.iter().all(|one| one.id != stored.id)
    }

    /// The resource that a part became: by its id, or by the key that the plan keeps of it.
    fn stands_as(&self, part: &Part) -> Option<&StoredResource> {
        let kind = part.resource["resourceType"].as_str()?;
        let mut of_kind = self.resources.iter().filter(|one| one.kind == kind);
        if let Way::Update { id, .. } = part.way {
            return of_kind.find(|one| one.id == id);
        }
        if is_whole_plan(&part.resource) {
            return of_kind.find(|one| one.id == self.care_plan);
        }
        if matches!(kind, "Patient" | "CareTeam") {
            return of_kind.next();
        }
        let keys: Vec<&str> = identifiers(&part.resource)
            .map(|one| &one["value"])
            .chain([&part.resource["id"]])
            .filter_map(Value::as_str)
            .collect();
        of_kind.find(|one| {
            let came: Value = serde_json::from_str(&one.json).unwrap_or_default();
            part_key(&came).is_some_and(|key| keys.contains(&key))
        })
    }

    fn outcome(&self, sent: &Sent, parts: &[Part], came: &[Came]) -> Value {
        let mut paths: Vec<String> = self.row.unread.clone();
        for (part, came) in parts.iter().zip(came) {
            if let (true, Way::Update { .. }, Some(stored)) = (self.own, &part.way, &came.stored) {
                let stands: Value = serde_json::from_str(&stored.json).unwrap_or_default();
                paths.extend(not_taken(&part.resource, &stands));
            }
        }
        paths.sort_unstable();
        paths.dedup();
        let left = self.before.iter().filter(|one| self.resources.iter().all(|now| now.id != one.id)).count();
        let listed = listed(&paths);
        let left = (left > 0).then(|| left.to_string());
        let mut said: Vec<(Severity, &str, &str)> = Vec::new();
        said.extend(self.repeated.then_some((Severity::Information, REPEATED, "")));
        said.extend((!paths.is_empty()).then_some((Severity::Information, NOT_READ, listed.as_str())));
        said.extend(left.as_deref().map(|left| (Severity::Information, LEFT_OUT, left)));
        all_issues(self.row, sent, &said)
    }
}

const NO_ADDRESS: &str = "This is kept with the record as it was received. What the plan took from it stands in the plan's own \
    resources; it has no address of its own.";
const REPEATED: &str = "We already received this. Nothing was changed.";
const NOT_READ: &str = "These elements were not read into the plan; they are kept with the record as it was received.";
const LEFT_OUT: &str = "Resources that the plan had before are no longer part of it; their versions can still be read.";
const NOTHING: &str = "It is here already. Nothing was changed.";
const NOT_FILED: &str =
    "This makes no plan here: it is a note, or says not whose plan it is. It is kept as it was received.";

fn listed(paths: &[String]) -> String {
    let mut listed = paths.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    if paths.len() > NAMED {
        listed.extend([" and ", &(paths.len() - NAMED).to_string(), " more"]);
    }
    listed
}

/// What is said where nothing was written.
pub(super) fn nothing_to_do() -> Value {
    outcome_of(&[(Severity::Information, NOTHING, "")])
}

fn outcome_of(said: &[(Severity, &str, &str)]) -> Value {
    operation_outcome(said.iter().map(issue))
}

fn issue<'a>((severity, message, diagnostics): &'a (Severity, &'a str, &'a str)) -> Issue<'a> {
    let (severity, code) = (*severity, if *severity == Severity::Error { "business-rule" } else { "informational" });
    Issue { severity, rule: None, code, message, diagnostics, expression: None, pointer: None, place: None }
}

/// The findings, what base FHIR has to say, and this beside.
fn all_issues(row: &RecordRow, sent: &Sent, said: &[(Severity, &str, &str)]) -> Value {
    let findings = row.findings.iter().map(|finding| {
        let issue = submissions::issue(finding);
        let element = finding.place.field.as_deref().filter(|field| field.contains('.'));
        Issue { expression: element.or(issue.expression), ..issue }
    });
    operation_outcome(findings.chain(sent.warnings.iter().map(Fault::issue)).chain(said.iter().map(issue)))
}

/// A plan that was kept and not accepted, with its reasons.
pub(super) fn sent_back(row: &RecordRow, sent: &Sent) -> HttpError {
    let has_reason = row.findings.iter().any(|finding| finding.severity == Severity::Error);
    let said: &[(Severity, &str, &str)] = if has_reason { &[] } else { &[(Severity::Error, NOT_FILED, "")] };
    HttpError::Told(StatusCode::UNPROCESSABLE_ENTITY, all_issues(row, sent, said))
}

/// The answer to one resource written alone.
pub(super) fn alone(form: Form, wish: Wish, base: &str, done: &Done) -> Result<Response, HttpError> {
    let came = done.parts.first().ok_or(HttpError::OurFault("no answer"))?;
    let status = if came.status == CREATED { StatusCode::CREATED } else { StatusCode::OK };
    let mut response = match (&came.stored, wish) {
        (_, Wish::Minimal) => status.into_response(),
        (Some(stored), Wish::Representation) => form.answer(status, &read::said(stored)?)?,
        (None, _) | (_, Wish::Outcome) => form.answer(status, &done.outcome)?,
    };
    if let Some(stored) = &came.stored {
        let modified = stored.updated_at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        let all = [
            (header::LOCATION, location(base, stored)),
            (header::ETAG, format!("W/\"{}\"", stored.version)),
            (header::LAST_MODIFIED, modified),
        ];
        for (name, value) in all {
            let value = HeaderValue::try_from(value).map_err(|_| HttpError::OurFault("header"))?;
            response.headers_mut().insert(name, value);
        }
    }
    Ok(response)
}

fn location(base: &str, stored: &StoredResource) -> String {
    format!("{base}/{}/{}/_history/{}", stored.kind, stored.id, stored.version)
}

/// The entries that answer a unit; what there is to say of the plan stands with its first part, the `CarePlan` if there is one.
pub(in crate::http) fn entries(
    base: &str,
    wish: Option<Wish>,
    parts: &[Part],
    done: Done,
) -> Result<Vec<Value>, HttpError> {
    let Done { mut outcome, parts: came } = done;
    let plan = parts.iter().position(|part| is_whole_plan(&part.resource)).unwrap_or_default();
    let mut entries = Vec::with_capacity(came.len());
    for (at, came) in came.into_iter().enumerate() {
        let is_wanted = wish == Some(Wish::Representation);
        let resource = came.stored.as_ref().filter(|_| is_wanted).map(read::said).transpose()?;
        let told = came.told.or_else(|| (at == plan).then(|| outcome.take()));
        let wrote = Wrote {
            status: came.status,
            location: came.stored.as_ref().map(|stored| location(base, stored)),
            version: came.stored.as_ref().map(|stored| (stored.version, stored.updated_at)),
            outcome: told,
            resource,
        };
        entries.push(wrote.entry());
    }
    Ok(entries)
}

/// A transaction's answer.
pub(in crate::http) fn together(form: Form, entries: Vec<Value>) -> Result<Response, HttpError> {
    form.answer(StatusCode::OK, &found::responses("transaction-response", entries))
}
