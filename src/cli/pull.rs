//! `ownwords pull`: one round of reading a connection back, at once.

use clap::Args;
use serde_json::json;

use super::{Done, submit::intake};
use crate::{
    config::Config,
    sync::{
        Connection,
        back::{Back, Pulled, Wanted},
    },
};

#[derive(Debug, Args)]
pub(super) struct Pull {
    /// The connection; left out, the one of the settings.
    name: Option<String>,
    /// This person only, by the agency's own id; compared whole.
    #[arg(long, value_name = "ID")]
    person: Option<String>,
    /// Compare everything, say what would change, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

impl Pull {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<Done> {
        super::log::start(&config.log)?;
        super::runtime()?.block_on(async {
            let connection = self.connection(config)?;
            let wanted = Wanted { person: self.person.clone(), dry_run: self.dry_run };
            let pulled = Back::new(&intake(config).await?, connection)?.once(&wanted).await?;
            if self.json {
                println!("{}", json!(pulled))
            } else {
                self.show(&pulled)
            }
            Ok(Done::Well)
        })
    }

    fn connection(&self, config: &Config) -> anyhow::Result<Connection> {
        let name = self.name.as_deref().unwrap_or(&config.delivery.connection);
        match Connection::for_delivery(config)?.into_iter().find(|connection| connection.name == name) {
            Some(connection) => Ok(connection),
            None => Ok(Connection::load(&config.connections.folder, name)?),
        }
    }

    fn show(&self, pulled: &Pulled) {
        let would = if self.dry_run { "would be" } else { "were" };
        println!("{} persons read, {} left since a delivery is on its way", pulled.persons, pulled.busy);
        println!(
            "{} resources looked at, {} unchanged, {} not there",
            pulled.resources, pulled.unchanged, pulled.missing
        );
        println!(
            "{} fields {would} taken into {} plans; {} not accepted",
            pulled.taken, pulled.plans, pulled.not_accepted
        );
        println!("{} reviews {would} raised; `ownwords conflicts list` shows them", pulled.reviews);
        if pulled.not_ours + pulled.of_others > 0 {
            println!("{} resources are not ours, {} are of other persons", pulled.not_ours, pulled.of_others);
        }
        if pulled.merges > 0 {
            println!(
                "{} persons {would} merged there with another; `ownwords person list --waiting` shows them",
                pulled.merges
            );
        }
        if pulled.unfinished > 0 {
            println!("{} searches or files were refused or did not come to their end", pulled.unfinished);
        }
        if let Some(seconds) = pulled.waits_s {
            println!(
                "the EHR is still writing its export; `ownwords pull` goes on with it, in {seconds} seconds or later"
            );
        }
    }
}
