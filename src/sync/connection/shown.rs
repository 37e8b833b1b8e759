//! A connection as staff see it. What proves who we are is never shown, nor where it stands.

use serde_json::{Value, json};

use super::{Auth, Connection};

impl Connection {
    /// What its file says, without secrets.
    pub fn shown(&self) -> Value {
        let (auth, client_id) = match &self.auth {
            Auth::None => ("none", None),
            Auth::Header { .. } => ("header", None),
            Auth::Secret { client_id, .. } => ("client-secret", Some(client_id)),
            Auth::Key { client_id, .. } => ("smart-backend", Some(client_id)),
        };
        json!({
            "connection": self.name, "base_url": self.base.as_str(), "agencies": self.agencies, "auth": auth,
            "client_id": client_id, "method": self.method, "rung": self.rungs.choice, "concurrency": self.concurrency,
            "timeout_s": self.timeout.as_secs(), "max_attempts": self.max_attempts,
            "limit": self.limit.every().map(|_| self.limit),
        })
    }
}
