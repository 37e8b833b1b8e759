//! The server as the attempt of a claimed delivery asks it: each request in one of the connection's lanes, and with a lease that
//! outlasts its time limit.

use std::time::Duration;

use super::{
    answer::Said,
    delivery::Happened,
    peer::{Answer, Ask, Peer},
    push::Ended,
};
use crate::store::{Claimed, Store};

/// The server, for one claimed delivery.
#[derive(Clone, Copy)]
pub(super) struct Held<'a> {
    peer: &'a Peer,
    store: &'a Store,
    claimed: &'a Claimed,
    lease: Duration,
}

impl<'a> Held<'a> {
    /// The server for a delivery that was claimed for so long.
    pub(super) fn of(peer: &'a Peer, store: &'a Store, claimed: &'a Claimed, lease: Duration) -> Self {
        Self { peer, store, claimed, lease }
    }

    /// Requests are made by it, and asked by us.
    pub(super) fn plain(&self) -> &'a Peer {
        self.peer
    }

    /// Reads `path` below the base; what hinders ends the attempt by `ends`.
    pub(super) async fn get(
        &self,
        ends: fn(Happened) -> Ended,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Said, Ended> {
        Ok(self.answer(ends, &self.peer.reading(path, query)).await?.said)
    }

    /// Sends a transaction Bundle; guarded: one that wants versions.
    pub(super) async fn transaction(
        &self,
        ends: fn(Happened) -> Ended,
        (bundle, is_guarded): (String, bool),
        prefer: &'static str,
    ) -> Result<Said, Ended> {
        Ok(self.answer(ends, &self.peer.transacting(bundle, prefer, is_guarded)).await?.said)
    }

    /// Asks when there is a lane.
    pub(super) async fn answer(&self, ends: fn(Happened) -> Ended, ask: &Ask) -> Result<Answer, Ended> {
        let _lane = self.peer.lane().await;
        if !self.store.renew(self.claimed, self.lease).await? {
            return Err(Ended::LeaseLost);
        }
        self.peer.answer(ask).await.map_err(ends)
    }
}
