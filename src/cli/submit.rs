//! `ownwords submit FILE…`: judges and keeps files in the configured store, by the same path as the service.
//!
//! A running service on the same store delivers what is kept. Ctrl-C stops after the piece at hand; the same command goes on.

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use serde_json::json;

use super::{Done, file::By};
use crate::{
    clock::Clock,
    config::Config,
    mapping::Packs,
    pipeline::{
        fingerprint::Fingerprint,
        keep::{Incoming, Intake, Received},
        period::WholeOf,
    },
    profile::Policies,
    store::{Receipt, Store},
    sync::Connection,
};

#[derive(Debug, Args)]
pub(super) struct Submit {
    /// Files to keep.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    by: By,
    /// The agency that sends.
    #[arg(long)]
    agency: String,
    /// The days of which each file holds everyone, such as 2026-07-01/2026-09-30.
    #[arg(long, value_name = "FIRST/LAST")]
    period: Option<String>,
    /// A person looked at it: the file is complete although it holds fewer people than the one before (FILE-005).
    #[arg(long, value_name = "WHAT")]
    confirm: Option<Confirmed>,
    /// How receipts are shown.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Confirmed {
    /// Fewer people than before are right.
    FewerPeople,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// One receipt a line.
    Json,
}

impl Submit {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<Done> {
        super::log::start(&config.log)?;
        let packs = self.by.packs(config)?;
        super::runtime()?.block_on(async {
            let stop = super::stop_on_signal()?;
            let intake = intake(config).await?;
            let whole_of = intake.whole_of(self.period.as_deref(), self.confirm.is_some())?;
            let mut done = Done::Well;
            for file in &self.files {
                let incoming = self.incoming(file, &packs, whole_of)?;
                let progress = &mut |_| !stop.is_cancelled();
                let received = intake.receive(incoming, progress).await;
                let received = received.with_context(|| format!("{} was not received whole", file.display()))?;
                if self.show(&received).rejected > 0 {
                    done = Done::Rejected;
                }
            }
            Ok(done)
        })
    }

    fn incoming(&self, file: &Path, packs: &Packs, whole_of: Option<WholeOf>) -> anyhow::Result<Incoming> {
        if file == Path::new("-") {
            bail!("submit takes files, since they are read twice; save standard input to a file first");
        }
        let mapping = self.by.open(file, packs)?.mapping;
        let mut bytes = File::open(file).with_context(|| format!("cannot open {}", file.display()))?;
        let (sha256, size) = Fingerprint::of(&mut bytes).with_context(|| format!("cannot read {}", file.display()))?;
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let (agency, bytes) = (self.agency.clone(), bytes.into());
        Ok(Incoming { agency, mapping, file: name, sha256, size, caller: "local".to_owned(), bytes, whole_of })
    }

    fn show<'a>(&self, received: &'a Received) -> &'a Receipt {
        let (receipt, repeated) = match received {
            Received::Kept { receipt, .. } => (receipt, false),
            Received::AlreadyReceived(receipt) => (receipt, true),
        };
        match self.format {
            Format::Json => println!(
                "{}",
                json!({
                    "submission": receipt.id, "file": receipt.file, "already_received": repeated,
                    "counts": { "records": receipt.records, "accepted": receipt.accepted,
                        "accepted_with_warnings": receipt.warned, "rejected": receipt.rejected },
                })
            ),
            Format::Text if repeated => {
                let day = receipt.received_at.strftime("%Y-%m-%d");
                println!("{}: FILE-004: already received on {day}; nothing was changed", receipt.file);
            }
            Format::Text => println!(
                "{}: {} records kept: {} accepted, {} accepted with warnings, {} rejected (submission {})",
                receipt.file, receipt.records, receipt.accepted, receipt.warned, receipt.rejected, receipt.id
            ),
        }
        receipt
    }
}

/// The intake of the settings, on a store brought to this version.
pub(super) async fn intake(config: &Config) -> anyhow::Result<Intake> {
    let policies = Arc::new(Policies::load(&config.gate)?);
    let store = Store::open(&config.store.url).await?;
    store.migrate().await?;
    Ok(Intake {
        policies,
        clock: Clock::System,
        ids: store.ids().await?,
        outlets: Connection::for_delivery(config)?.iter().map(Connection::outlet).collect(),
        store,
    })
}
