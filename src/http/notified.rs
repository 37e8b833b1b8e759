//! `POST /connections/{connection}/notifications`: an EHR tells that something changed. Known by the secret of the connection
//! alone. Nothing of it is taken over: it only has people read again, however often and in whatever order it comes.

use std::collections::{BTreeSet, HashMap};

use axum::{
    body::{Body, to_bytes},
    extract::{Path, State},
    http::{Extensions, HeaderMap, StatusCode},
};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{Service, auth::bearer, error::HttpError, watch::request_id};
use crate::{
    events,
    fhir::notification::{Notification, notification},
    sync::{Connection, SyncError, back::Nudge},
};

/// Bytes of a notification, in megabytes.
const LIMIT_MB: usize = 1;
/// Of so many resources each one's person is looked up; of more everyone is read.
const MOST: usize = 500;

/// How notifications of a connection are known, and who is told.
pub struct Hook {
    digest: [u8; 32],
    nudge: Nudge,
}

/// Those of all connections that take notifications, by the connection's name. Secrets are read now, so that one that is
/// missing stops the start.
pub(super) fn hooks(polled: &[(&Connection, Nudge)]) -> Result<HashMap<String, Hook>, SyncError> {
    let mut all = HashMap::new();
    for (connection, nudge) in polled {
        if let Some(digest) = connection.hook_digest()? {
            all.insert(connection.name.clone(), Hook { digest, nudge: nudge.clone() });
        }
    }
    Ok(all)
}

pub(super) async fn take(
    State(service): State<Service>,
    Path(name): Path<String>,
    extensions: Extensions,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, HttpError> {
    let hook = service.hooks.get(&name);
    // A connection that takes none answers as a wrong secret does, so that nobody learns which there are.
    let known = hook.map_or([0; 32], |hook| hook.digest);
    let given = bearer(&headers).map(|token| Sha256::digest(token.as_bytes()));
    let is_known = given.is_some_and(|given| bool::from(known.as_slice().ct_eq(given.as_slice())));
    let Some(hook) = hook.filter(|_| is_known) else {
        events::CallerRefused { request: request_id(&extensions), reason: "notification without its secret" }.emit();
        return Err(HttpError::NotKnown);
    };
    let body = to_bytes(body, LIMIT_MB << 20).await.map_err(|_| HttpError::TooLarge(LIMIT_MB))?;
    let told = notification(&body).ok_or_else(|| HttpError::BadRequest(NOT_ONE.to_owned()))?;
    match told {
        Notification::NoEvent => {}
        Notification::Events(about) if about.is_empty() || about.len() > MOST => hook.nudge.everyone(),
        Notification::Events(about) => {
            let store = &service.intake.store;
            let mut people = BTreeSet::new();
            for (kind, id) in &about {
                people.extend(store.whose(&name, kind, id).await?);
            }
            if !people.is_empty() {
                store.ask_reread(&name, &people.into_iter().collect::<Vec<_>>()).await?;
                hook.nudge.some();
            }
        }
    }
    Ok(StatusCode::OK)
}

const NOT_ONE: &str =
    "This is no notification: a Bundle of type history whose first entry is the status of a subscription.";
