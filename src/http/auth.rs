//! Who may do what. With callers configured, every request but the health checks needs a bearer token; each is bound to one
//! agency and to operations. Without, only this machine may call, and not through a web page that it happens to show.

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{Service, error::HttpError, watch::request_id};
use crate::{
    config::{self, Operation},
    events,
    store::AgencyScope,
};

/// Everyone who may call.
#[derive(Debug, Default)]
pub struct Callers {
    known: Vec<(Vec<u8>, Caller)>,
}

/// Whoever sent a request.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Configured name, or `local`.
    pub name: String,
    /// Whose records they may send and see.
    pub scope: AgencyScope,
    operations: Option<Vec<Operation>>,
}

impl Callers {
    /// The callers of the settings.
    pub fn of(configured: &[config::Caller]) -> Self {
        let caller = |caller: &config::Caller| Caller {
            name: caller.name.clone(),
            scope: match caller.agency.as_str() {
                "*" => AgencyScope::All,
                agency => AgencyScope::Only(agency.to_owned()),
            },
            operations: Some(caller.operations.clone()),
        };
        Self { known: configured.iter().map(|one| (from_hex(&one.token_sha256), caller(one))).collect() }
    }

    /// Whether no one is configured, so that only this machine may call.
    pub fn is_this_machine_only(&self) -> bool {
        self.known.is_empty()
    }

    /// Every token is compared in constant time, so that the time taken tells nothing.
    fn find(&self, token: &str) -> Option<&Caller> {
        let hash = Sha256::digest(token.as_bytes());
        self.known.iter().fold(None, |found, (known, caller)| {
            if bool::from(known.as_slice().ct_eq(hash.as_slice())) { Some(caller) } else { found }
        })
    }
}

impl Caller {
    /// Whether the caller may do this at all.
    pub fn may(&self, operation: Operation) -> Result<(), HttpError> {
        match &self.operations {
            Some(operations) if !operations.contains(&operation) => {
                Err(HttpError::NotAllowed("This caller is not configured for this operation ([[caller]] operations)."))
            }
            _ => Ok(()),
        }
    }

    /// The agency to send as: the one named, if the caller may, else the caller's own.
    pub fn agency(&self, named: Option<&str>) -> Result<String, HttpError> {
        match (&self.scope, named.filter(|agency| !agency.trim().is_empty())) {
            (_, Some(agency)) if self.scope.holds(agency) => Ok(agency.to_owned()),
            (AgencyScope::Only(agency), None) => Ok(agency.clone()),
            (AgencyScope::All, None) => Err(HttpError::BadRequest(
                "Please name the agency that sends: ?agency=… (any short id, the same every time).".to_owned(),
            )),
            (_, Some(_)) => Err(HttpError::NotAllowed("This caller sends for another agency.")),
        }
    }
}

impl FromRequestParts<Service> for Caller {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, HttpError> {
        if service.callers.is_this_machine_only() {
            return Ok(Self { name: "local".to_owned(), scope: AgencyScope::All, operations: None });
        }
        match bearer(&parts.headers).map(|token| service.callers.find(token)) {
            Some(Some(caller)) => Ok(caller.clone()),
            found => {
                let reason = if found.is_some() { "token not known" } else { "no token" };
                events::CallerRefused { request: request_id(&parts.extensions), reason }.emit();
                Err(HttpError::NotKnown)
            }
        }
    }
}

/// While only this machine may call, turns away what a web page could send here: a foreign `Host` (a name that was bound
/// to this machine's address) or a foreign `Origin`.
pub(super) async fn guard_this_machine(State(service): State<Service>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let foreign = |name| headers.get(name).is_some_and(|value| !value.to_str().is_ok_and(is_this_machine));
    if service.callers.is_this_machine_only() && (foreign(header::HOST) || foreign(header::ORIGIN)) {
        let text = "Only programs on this machine may call while no [[caller]] is configured.";
        return HttpError::NotAllowed(text).into_response();
    }
    next.run(request).await
}

fn is_this_machine(host: &str) -> bool {
    let host = host.strip_prefix("http://").unwrap_or(host);
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The bytes of a hexadecimal text, which the settings have checked.
fn from_hex(text: &str) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()).unwrap_or_default();
    text.as_bytes().chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}
