//! `ownwords serve`: runs the service until it is asked to stop.

use std::net::SocketAddr;

use clap::Args;

use super::Done;
use crate::{clock::Clock, config::Config, http};

#[derive(Debug, Args)]
pub(super) struct Serve {
    /// Listen here instead of where the settings say.
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
}

impl Serve {
    pub(super) fn run(&self, mut config: Config) -> anyhow::Result<Done> {
        if let Some(address) = self.listen {
            config.server.listen = address;
            config = config.checked()?;
        }
        super::log::start(&config.log)?;
        super::runtime()?.block_on(async {
            let stop = super::stop_on_signal()?;
            let serving = http::serve(&config, Clock::System, stop).await?;
            eprintln!("ownwords answers at http://{}  (Ctrl-C stops it)", serving.address);
            serving.ended().await?;
            Ok(Done::Well)
        })
    }
}
