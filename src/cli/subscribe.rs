//! `ownwords connect subscribe`: asks an EHR to notify us of changes, once, and shows where that stands.

use super::Done;
use crate::{
    clock::Clock,
    config::Config,
    sync::{Connection, Subscribed, subscribe},
};

pub(super) fn run(config: &Config, name: &str) -> anyhow::Result<Done> {
    let connection = Connection::load(&config.connections.folder, name)?;
    let subscribed = super::runtime()?.block_on(subscribe(&connection, Clock::System))?;
    Ok(match subscribed {
        Subscribed::There { id, status, is_new } => {
            let was = if is_new { "made" } else { "there already" };
            println!("Subscription/{id} at {name}: {was}, {status}");
            if status == "error" || status == "off" { Done::Rejected } else { Done::Well }
        }
        Subscribed::Refused(status) => {
            println!("{name} takes no subscription: HTTP {status}; what changes is found by the rounds all the same");
            Done::Rejected
        }
        Subscribed::NotNow(fault) => {
            println!("{name} cannot be asked now: {fault}; `ownwords connect {name}` tells what helps");
            Done::Rejected
        }
    })
}
