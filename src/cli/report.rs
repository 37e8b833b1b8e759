//! `ownwords report --from --to`: figures over a period; with `--gate`, those of the gate itself.

use clap::{Args, ValueEnum};
use jiff::civil::Date;

use super::Done;
use crate::{
    config::Config,
    profile::Policies,
    report::{Period, figures, gate_figures, write, write_gate},
    store::{AgencyScope, Store},
};

#[derive(Debug, Args)]
pub(super) struct Report {
    /// First day, such as 2026-10-01.
    #[arg(long, value_name = "DAY")]
    from: Date,
    /// Last day.
    #[arg(long, value_name = "DAY")]
    to: Date,
    /// Only this agency.
    #[arg(long)]
    agency: Option<String>,
    /// Is the gate fair? Verdicts by language, interpreter, communication, decision support, age and program (FIG-20).
    #[arg(long)]
    gate: bool,
    /// How figures are written.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// One line a figure.
    Csv,
    /// One object.
    Json,
}

impl Report {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<Done> {
        let period = Period { from: self.from, to: self.to };
        let scope = self.agency.clone().map_or(AgencyScope::All, AgencyScope::Only);
        let format = match self.format {
            Format::Text => crate::report::Format::Text,
            Format::Csv => crate::report::Format::Csv,
            Format::Json => crate::report::Format::Json,
        };
        super::runtime()?.block_on(async {
            let store = Store::open(&config.store.url).await?;
            store.ready().await?;
            let text = if self.gate {
                write_gate(&gate_figures(&store, period, &scope).await?, period, self.agency.as_deref(), format)
            } else {
                write(&figures(&store, &Policies::load(&config.gate)?, period, &scope).await?, period, format)
            };
            print!("{text}");
            Ok(Done::Well)
        })
    }
}
