//! `ownwords deliveries`: what was sent, what waits, what needs a person; sending again, pausing a connection.

use anyhow::bail;
use clap::{Args, Subcommand, ValueEnum};

use super::Done;
use crate::{
    config::Config,
    http::delivery_json,
    store::{Again, AgencyScope, Delivery, DeliveryState, Store},
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
    /// Send blocked and dead deliveries again: one by its id, or those for which all that is given holds.
    Retry(Retry),
    /// Let deliveries to a connection wait, until `resume`. What is under way ends; records come in as ever.
    Pause {
        /// The connection; left out, the one of the settings.
        connection: Option<String>,
    },
    /// Let deliveries to a connection go on.
    Resume {
        /// The connection; left out, the one of the settings.
        connection: Option<String>,
    },
}

#[derive(Args, Debug)]
#[command(group = clap::ArgGroup::new("which").required(true).multiple(true))]
struct Retry {
    /// The delivery.
    #[arg(group = "which")]
    id: Option<i64>,
    /// Every blocked or dead delivery.
    #[arg(long, group = "which", conflicts_with = "id")]
    all: bool,
    /// Those to this connection.
    #[arg(long, group = "which")]
    connection: Option<String>,
    /// Those of this agency.
    #[arg(long, group = "which")]
    agency: Option<String>,
    /// Those of this person, by the agency's own id.
    #[arg(long, value_name = "ID", requires = "agency")]
    person: Option<String>,
    /// Those that stand there for this reason, word for word as it is listed.
    #[arg(long, group = "which")]
    reason: Option<String>,
    /// Those last answered with this HTTP status.
    #[arg(long, group = "which")]
    status: Option<u16>,
    /// Only say how many.
    #[arg(long)]
    dry_run: bool,
}

impl Retry {
    async fn run(&self, store: &Store) -> anyhow::Result<()> {
        let again = Again {
            id: self.id,
            connection: self.connection.clone(),
            agency: self.agency.clone(),
            person_id: self.person.clone(),
            reason: self.reason.clone(),
            status: self.status,
        };
        if self.dry_run {
            println!("{} to be sent again", named(store.could_send_again(&again, &AgencyScope::All).await?));
            return Ok(());
        }
        match store.send_again(&again, &AgencyScope::All).await? {
            0 => {
                bail!("no such delivery is blocked or dead, or newer versions have replaced them; nothing was changed")
            }
            count => println!("{} ready; a running service sends them", named(count)),
        }
        Ok(())
    }
}

fn named(count: u64) -> String {
    if count == 1 { "1 delivery".to_owned() } else { format!("{count} deliveries") }
}

impl Act {
    async fn run(&self, store: &Store, config: &Config) -> anyhow::Result<()> {
        let of = |connection: &Option<String>| connection.as_ref().unwrap_or(&config.delivery.connection).clone();
        match self {
            Self::Retry(retry) => retry.run(store).await,
            Self::Pause { connection } => {
                let connection = of(connection);
                if connection != config.delivery.connection && !store.has_deliveries(&connection).await? {
                    bail!("no connection {connection:?} is known here");
                }
                let was_not = store.pause(&connection).await?;
                println!("connection {connection} {}", if was_not { "is paused" } else { "was paused already" });
                Ok(())
            }
            Self::Resume { connection } => {
                let connection = of(connection);
                if !store.resume(&connection).await? {
                    bail!("connection {connection:?} was not paused; nothing was changed");
                }
                println!("connection {connection} goes on");
                Ok(())
            }
        }
    }
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
            if let Some(act) = &self.act {
                act.run(&store, config).await?;
                return Ok(Done::Well);
            }
            if self.format == Format::Text {
                let counts = store.delivery_counts().await?;
                let shown: Vec<_> = counts.iter().map(|(state, count)| format!("{} {count}", state.as_str())).collect();
                println!("{}", if shown.is_empty() { "no deliveries".to_owned() } else { shown.join(", ") });
                for (connection, since) in store.paused().await? {
                    println!("connection {connection} is paused since {since}; deliveries resume lets it go on");
                }
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
        let rung = delivery.rung.map(|rung| format!(" on rung {}", rung.as_str())).unwrap_or_default();
        let reason = delivery.reason.as_deref().map(|reason| format!(", {reason}")).unwrap_or_default();
        println!(
            "{:>8} {:<10} {} plan {} version {}: {} attempts{rung}{status}{reason}",
            delivery.id,
            delivery.state.as_str(),
            delivery.agency,
            delivery.plan_id,
            delivery.plan_version,
            delivery.attempts
        );
    }
}
