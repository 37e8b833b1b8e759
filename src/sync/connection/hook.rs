//! How the server of a connection lets us know that something changed, as `[subscription]` of its file says it. Whoever knows
//! the secret may only have people read again.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Connection;
use crate::sync::{
    SyncError,
    secret::{Secret, SecretPlace},
};

/// `[subscription]` of a connection's file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct SubscriptionFile {
    /// The file with the secret that notifications carry as bearer token; empty: none are taken.
    pub secret_file: PathBuf,
    /// Our address as the server reaches it: `https://…/connections/NAME/notifications`.
    pub endpoint: String,
    /// The canonical address of the topic to subscribe to.
    pub topic: String,
    /// Filters of the topic, such as `CarePlan?category=assess-plan`.
    pub filters: Vec<String>,
}

/// How notifications are known, and what to subscribe to.
#[derive(Clone, Debug)]
pub(in crate::sync) struct Hook {
    secret: SecretPlace,
    pub said: SubscriptionFile,
}

impl Hook {
    /// What the file says. Paths count from `folder`.
    pub(super) fn of(said: &SubscriptionFile, folder: &Path, is_polled: bool) -> Result<Option<Self>, &'static str> {
        if *said == SubscriptionFile::default() {
            return Ok(None);
        }
        if said.secret_file.as_os_str().is_empty() {
            return Err("subscription needs secret_file");
        }
        if !is_polled {
            return Err("subscription needs read.every: what is told is read by the rounds");
        }
        Ok(Some(Self { secret: SecretPlace::File(folder.join(&said.secret_file)), said: said.clone() }))
    }

    pub(in crate::sync) fn secret(&self) -> Result<Secret, SyncError> {
        self.secret.read()
    }
}

impl Connection {
    /// SHA-256 of the secret by which its notifications are known; none where none are taken.
    pub fn hook_digest(&self) -> Result<Option<[u8; 32]>, SyncError> {
        let Some(hook) = &self.hook else { return Ok(None) };
        Ok(Some(Sha256::digest(hook.secret()?.expose().as_bytes()).into()))
    }
}
