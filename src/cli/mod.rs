//! The command line: one verb a file. Output and exit codes are fixed in ARCHITECTURE.md, since scripts stand on them.
//!
//! Exit code 0: done, and nothing was rejected. 1: something was rejected. 2: the command itself could not run.

mod backfill;
mod check;
mod conflicts;
mod connect;
mod copy;
mod deliveries;
mod demo;
mod file;
mod format;
mod health;
mod log;
mod map;
mod mapping;
mod migrate;
mod person;
mod policy;
mod pull;
mod report;
mod rules;
mod serve;
mod show;
mod submit;
mod subscribe;
mod thread;
mod validate;

use std::{
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use clap::{Parser, Subcommand};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use crate::config::Config;

/// Brings person-centered recovery plans out of agency EHRs into FHIR R4 and keeps the person's own words whole.
#[derive(Debug, Parser)]
#[command(name = "ownwords", version, arg_required_else_help = true)]
struct Cli {
    /// Settings; without it config.toml here is used when there is one.
    #[arg(long, global = true, env = "OWNWORDS_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Show the whole way once: a sample export is judged, kept and delivered to a practice EHR.
    Demo(demo::Demo),
    /// Judge plans without keeping them.
    Check(check::Check),
    /// Print plans or FHIR Bundles, one a line.
    Map(map::Map),
    /// Print the person's readable copy of a plan.
    Copy(copy::Copy),
    /// Test a mapping's examples, or start a mapping of your own.
    #[command(subcommand)]
    Mapping(mapping::Mapping),
    /// Print the rules, or the page of one.
    Rules(rules::Rules),
    /// Show which rule weighs what and why, or check a policy file.
    #[command(subcommand)]
    Policy(policy::Policy),
    /// Judge and keep a file, ready to be delivered.
    Submit(submit::Submit),
    /// Check FHIR R4 resources, without keeping or judging them.
    Validate(validate::Validate),
    /// Try out a connection to an EHR, say what it can do, and keep it.
    Connect(Box<connect::Connect>),
    /// Run the service: API and delivery.
    Serve(serve::Serve),
    /// Show deliveries, or send one again.
    Deliveries(deliveries::Deliveries),
    /// Tell which ids of an agency are one person, take that back, confirm it; list; ask an EHR who somebody might be there.
    #[command(subcommand)]
    Person(person::Person),
    /// Read back at once what became of our plans at an EHR.
    Pull(pull::Pull),
    /// Show where an EHR says something else than our plans, and decide.
    #[command(subcommand)]
    Conflicts(conflicts::Conflicts),
    /// Enter plans that were kept before a connection took them, behind all that comes by itself.
    #[command(subcommand)]
    Backfill(backfill::Backfill),
    /// Count plans, verdicts and measures over a period (internal, not for release).
    Report(report::Report),
    /// Bring the store to this version.
    Migrate(migrate::Migrate),
    /// Ask a running service whether it can take records.
    Health(health::Health),
}

/// What a verb came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Done {
    /// All is well.
    Well,
    /// Something was rejected or did not hold.
    Rejected,
}

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    match cli.verb.run(cli.config.as_deref()) {
        Ok(Done::Well) => ExitCode::SUCCESS,
        Ok(Done::Rejected) => ExitCode::from(1),
        // Whoever read our output has seen enough, as `head` does.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

impl Verb {
    fn run(self, config: Option<&Path>) -> anyhow::Result<Done> {
        let config = || settings(config);
        match self {
            Self::Demo(verb) => verb.run(),
            Self::Check(verb) => verb.run(&config()?),
            Self::Map(verb) => verb.run(&config()?),
            Self::Copy(verb) => verb.run(&config()?),
            Self::Mapping(verb) => verb.run(&config()?),
            Self::Rules(verb) => verb.run(),
            Self::Policy(verb) => verb.run(config()?),
            Self::Submit(verb) => verb.run(&config()?),
            Self::Validate(verb) => verb.run(),
            Self::Connect(verb) => verb.run(&config()?),
            Self::Serve(verb) => verb.run(config()?),
            Self::Deliveries(verb) => verb.run(&config()?),
            Self::Person(verb) => verb.run(&config()?),
            Self::Pull(verb) => verb.run(&config()?),
            Self::Conflicts(verb) => verb.run(&config()?),
            Self::Backfill(verb) => verb.run(&config()?),
            Self::Report(verb) => verb.run(&config()?),
            Self::Migrate(verb) => verb.run(&config()?),
            Self::Health(verb) => verb.run(&config()?),
        }
    }
}

/// The settings of the named file, else of `config.toml` here, else the defaults; the environment lies over them.
fn settings(named: Option<&Path>) -> anyhow::Result<Config> {
    let here = Path::new("config.toml");
    let file = named.or_else(|| here.is_file().then_some(here));
    Ok(Config::load(file, std::env::vars())?)
}

fn runtime() -> anyhow::Result<Runtime> {
    Runtime::new().context("the asynchronous runtime cannot start")
}

/// Cancelled when the process is asked to stop (Ctrl-C, SIGTERM). A second Ctrl-C ends it at once.
fn stop_on_signal() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let asked = stop.clone();
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        asked.cancel();
        if tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(130);
        }
    });
    Ok(stop)
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>()).any(|io| io.kind() == ErrorKind::BrokenPipe)
}
