//! `ownwords deliveries`: what was sent, what waits, what needs a person.

use anyhow::bail;
use clap::{Args, Subcommand, ValueEnum};

use super::Done;
use crate::{
    config::Config,
    http::delivery_json,
    store::{AgencyScope, Delivery, DeliveryState, Store},
};

/// Deliveries read at once.
const PAGE: u32 = 500;

#[derive(Debug, Args)]
pub(super) struct Deliveries {
    #[command(subcommand)]
    act: Option<Act>,
    /// Only those in this state: ready, `in_flight`, unknown, done, blocked, dead or superseded.
    #[arg(long)]
    state: Option<String>,
    /// How they are shown.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Send a blocked or dead delivery again.
    Retry {
        /// The delivery.
        id: i64,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people: counts, and a line a delivery.
    Text,
    /// One object a delivery, one a line.
    Json,
}

impl Deliveries {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<Done> {
        let state = match self.state.as_deref() {
            None => None,
            Some(name) => Some(DeliveryState::named(name).ok_or_else(|| {
                anyhow::anyhow!(
                    "no state {name:?}; there are {}",
                    DeliveryState::ALL.map(DeliveryState::as_str).join(", ")
                )
            })?),
        };
        super::runtime()?.block_on(async {
            let store = Store::open(&config.store.url).await?;
            store.ready().await?;
            if let Some(Act::Retry { id }) = self.act {
                if !store.retry_delivery(id, &AgencyScope::All).await? {
                    bail!(
                        "delivery {id} is not blocked or dead, or a newer version has replaced it; nothing was changed"
                    );
                }
                println!("delivery {id} is ready; a running service sends it");
                return Ok(Done::Well);
            }
            if self.format == Format::Text {
                let counts = store.delivery_counts().await?;
                let shown: Vec<_> = counts.iter().map(|(state, count)| format!("{} {count}", state.as_str())).collect();
                println!("{}", if shown.is_empty() { "no deliveries".to_owned() } else { shown.join(", ") });
            }
            let mut after = 0;
            loop {
                let page = store.deliveries(state, &AgencyScope::All, after, PAGE).await?;
                page.iter().for_each(|delivery| self.show(delivery));
                match page.last() {
                    Some(last) if page.len() == PAGE as usize => after = last.id,
                    _ => return Ok(Done::Well),
                }
            }
        })
    }

    fn show(&self, delivery: &Delivery) {
        if self.format == Format::Json {
            println!("{}", delivery_json(delivery));
            return;
        }
        let status = delivery.status.map(|status| format!(", HTTP {status}")).unwrap_or_default();
        let reason = delivery.reason.as_deref().map(|reason| format!(", {reason}")).unwrap_or_default();
        println!(
            "{:>8} {:<10} {} plan {} version {}: {} attempts{status}{reason}",
            delivery.id,
            delivery.state.as_str(),
            delivery.agency,
            delivery.plan_id,
            delivery.plan_version,
            delivery.attempts
        );
    }
}
