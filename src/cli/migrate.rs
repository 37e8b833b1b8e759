//! `ownwords migrate`: brings the store to this version.

use clap::Args;

use super::Done;
use crate::{config::Config, store::Store};

#[derive(Debug, Args)]
pub(super) struct Migrate {}

impl Migrate {
    #[allow(clippy::unused_self, reason = "every verb runs the same way")]
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<Done> {
        super::runtime()?.block_on(async {
            let applied = Store::open(&config.store.url).await?.migrate().await?;
            applied.iter().for_each(|name| println!("applied {name}"));
            println!("the store is at this version ({} migrations applied now)", applied.len());
            Ok(Done::Well)
        })
    }
}
