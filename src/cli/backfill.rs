//! `ownwords backfill`: enters the plans that were kept before a connection took them, behind all that comes by itself.

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};

use super::Done;
use crate::{
    config::Config,
    pipeline::keep::Outlet,
    store::{Backfill as Standing, DeliveryState, Store},
    sync::Connection,
};

/// Plans walked in one step.
const STEP: u32 = 500;

#[derive(Debug, Subcommand)]
pub(super) enum Backfill {
    /// Enter what was never to be delivered there. Broken off, it goes on from where it stopped; nothing is entered twice.
    Start(Start),
    /// Show how far it is.
    Show {
        /// The connection; left out, the one of the settings.
        connection: Option<String>,
    },
    /// Let it wait, until `resume`; what comes by itself goes on.
    Pause {
        /// The connection; left out, the one of the settings.
        connection: Option<String>,
    },
    /// Let it go on.
    Resume {
        /// The connection; left out, the one of the settings.
        connection: Option<String>,
    },
}

#[derive(Args, Debug)]
pub(super) struct Start {
    /// The connection; left out, the one of the settings.
    connection: Option<String>,
    /// Only this agency's plans; may be given several times.
    #[arg(long = "agency", value_name = "ID")]
    agencies: Vec<String>,
}

impl Backfill {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<Done> {
        let named = match self {
            Self::Start(Start { connection, .. })
            | Self::Show { connection }
            | Self::Pause { connection }
            | Self::Resume { connection } => connection.as_ref(),
        };
        let connection = named.unwrap_or(&config.delivery.connection).as_str();
        super::runtime()?.block_on(async {
            let store = Store::open(&config.store.url).await?;
            store.ready().await?;
            match self {
                Self::Start(start) => start.run(&store, &outlet(config, connection)?).await?,
                Self::Pause { .. } if !store.pause_backfill(connection).await? => {
                    bail!("no backfill of connection {connection:?} was under way; nothing was changed")
                }
                Self::Resume { .. } if !store.resume_backfill(connection).await? => {
                    bail!("no backfill of connection {connection:?} was paused; nothing was changed")
                }
                Self::Show { .. } | Self::Pause { .. } | Self::Resume { .. } => {}
            }
            println!("connection {connection}: {}", shown(store.backfilled(connection).await?.as_ref()));
            Ok(Done::Well)
        })
    }
}

impl Start {
    async fn run(&self, store: &Store, outlet: &Outlet) -> anyhow::Result<()> {
        if let Some(other) = self.agencies.iter().find(|agency| !outlet.takes(agency)) {
            bail!(
                "connection {:?} does not take the plans of agency {other:?}; see agencies in its file",
                outlet.to.connection
            );
        }
        let agencies = if self.agencies.is_empty() { &outlet.agencies } else { &self.agencies };
        let style = ProgressStyle::with_template("{spinner} {pos} deliveries entered {elapsed}").context("the bar")?;
        let bar = ProgressBar::no_length().with_style(style);
        // A walk that went on in the middle may have left out plans of another agency before it: then all are walked once more.
        let mut is_whole = None;
        loop {
            let walked = store.backfill(&outlet.to, agencies, STEP).await?;
            bar.inc(walked.entered);
            let whole = *is_whole.get_or_insert(!walked.goes_on);
            if walked.is_over && whole {
                break;
            }
            is_whole = Some(whole || walked.is_over);
        }
        bar.finish_and_clear();
        println!("{} deliveries entered; a running service sends them when nothing else waits", bar.position());
        Ok(())
    }
}

/// The connection as plans are sent to it.
fn outlet(config: &Config, name: &str) -> anyhow::Result<Outlet> {
    let all = Connection::for_delivery(config)?;
    let found = all.iter().find(|connection| connection.name == name).map(Connection::outlet);
    found.with_context(|| format!("no plans go to a connection {name:?}; name agencies in its file first"))
}

fn shown(backfill: Option<&Standing>) -> String {
    let Some(backfill) = backfill else { return "no backfill was begun".to_owned() };
    let all = backfill.count(&DeliveryState::ALL);
    let arrived = backfill.count(&[DeliveryState::Done, DeliveryState::Superseded]);
    let share = (arrived * 100).checked_div(all).unwrap_or(100);
    let paused = backfill.paused.map(|since| format!(", paused since {since}")).unwrap_or_default();
    format!(
        "{arrived} of {all} delivered or replaced by newer ones ({share} %), {} wait, {} under way or unknown, {} need a person{paused}",
        backfill.count(&[DeliveryState::Ready]),
        backfill.count(&[DeliveryState::InFlight, DeliveryState::Unknown]),
        backfill.count(&[DeliveryState::Blocked, DeliveryState::Dead]),
    )
}
