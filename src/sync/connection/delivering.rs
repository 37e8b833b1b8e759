//! Which connections deliver, and whose plans go to each.

use super::{Auth, Connection, EVERYONE, is_this_machine, path};
use crate::{
    config::Config,
    pipeline::keep::Outlet,
    store::{Destination, RetryPolicy},
    sync::{SyncError, retry::Backoff},
};

impl Connection {
    /// Where accepted plans go: to the server of `[delivery]`, else to the connection of that name; and to every other
    /// connection whose file names agencies.
    pub fn for_delivery(config: &Config) -> Result<Vec<Self>, SyncError> {
        let (folder, first) = (&config.connections.folder, &config.delivery.connection);
        let file = path(folder, first);
        if config.delivery.is_on() && file.is_file() {
            return Err(SyncError::TwoPlaces { connection: first.clone(), file });
        }
        let mut all = Vec::new();
        if config.delivery.is_on() {
            all.push(Self::of_delivery(&config.delivery)?);
        }
        for name in Self::names(folder) {
            let mut connection = Self::load(folder, &name)?;
            if connection.agencies.is_empty() && name == *first {
                connection.agencies = vec![EVERYONE.to_owned()];
            }
            if connection.agencies.is_empty() {
                continue;
            }
            if matches!(connection.auth, Auth::None) && !is_this_machine(&connection.base) {
                return Err(connection
                    .wrong("auth.kind is none, and the server is on another machine; say in [auth] who we are"));
            }
            all.push(connection);
        }
        Ok(all)
    }

    /// The connection as plans are sent to it. How it is tried is laid down when a plan is entered.
    pub fn outlet(&self) -> Outlet {
        let Backoff { first, longest } = Backoff::default();
        let retry = RetryPolicy { most: self.max_attempts, first, longest };
        let everyone = self.agencies.iter().any(|agency| agency == EVERYONE);
        Outlet {
            to: Destination { connection: self.name.clone(), retry: Some(retry) },
            agencies: if everyone { Vec::new() } else { self.agencies.clone() },
        }
    }
}
