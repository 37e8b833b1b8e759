//! `ownwords map FILE --to plan|bundle`: prints one plan or transaction Bundle a line.
//!
//! A record that cannot be read is told on standard error and makes the exit code 1; a plan that would be rejected still
//! prints as a plan, and has no Bundle.

use std::{
    io::{self, BufWriter, Write},
    path::PathBuf,
};

use clap::{Args, ValueEnum};

use super::{Done, file::By};
use crate::{
    clock::Clock,
    config::Config,
    fhir::{self, Ids},
    pipeline::{self, Gate, Judged},
    rules::Outcome,
};

#[derive(Debug, Args)]
pub(super) struct Map {
    /// The file; `-` is standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    by: By,
    /// What to print.
    #[arg(long, value_enum)]
    to: To,
    /// The agency that sends, for records that do not name it.
    #[arg(long)]
    agency: Option<String>,
    /// Which rules weigh what; without it, as the settings say.
    #[arg(long)]
    policy: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum To {
    /// The plan model.
    Plan,
    /// A FHIR transaction Bundle.
    Bundle,
}

impl Map {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<Done> {
        let packs = self.by.packs(config)?;
        let policy = super::policy::in_force(self.policy.as_deref(), self.agency.as_deref(), config)?;
        let gate = Gate { policy, clock: Clock::System, agency: self.agency.as_deref().map(Into::into) };
        let opened = self.by.open(&self.file, &packs)?;
        let records = match pipeline::open(&opened.mapping, &opened.name, opened.bytes) {
            Ok(records) => records,
            Err(unreadable) => {
                let place = &unreadable.place;
                eprintln!("{}:{}: {} {}", place.file, place.line, unreadable.rule, unreadable.message);
                return Ok(Done::Rejected);
            }
        };
        let mut out = BufWriter::new(io::stdout().lock());
        let mut done = Done::Well;
        for mapped in records {
            let judged = gate.judge(mapped);
            if let Some(line) = self.line(&judged)? {
                writeln!(out, "{line}")?
            } else {
                if judged.outcome() == Outcome::Rejected {
                    done = Done::Rejected;
                }
                tell(&judged);
            }
        }
        out.flush()?;
        opened.progress.finish_and_clear();
        Ok(done)
    }

    fn line(&self, judged: &Judged) -> anyhow::Result<Option<String>> {
        Ok(match (self.to, &judged.plan) {
            (_, None) => None,
            (To::Plan, Some(plan)) => Some(serde_json::to_string(plan)?),
            (To::Bundle, Some(_)) if judged.outcome() == Outcome::Rejected => None,
            (To::Bundle, Some(_)) => Some(fhir::transaction(&judged.resources(&Ids::public()))),
        })
    }
}

/// Says on standard error why a record gives no line.
fn tell(judged: &Judged) {
    for finding in &judged.verdict.findings {
        if finding.severity == crate::rules::Severity::Error {
            let place = judged.place_of(finding);
            eprintln!("{}:{}:{}: {} {}", place.file, place.line, place.column, finding.rule, finding.message);
        }
    }
}
