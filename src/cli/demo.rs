//! `ownwords demo`: the whole way of a record once, on this machine alone. A sample export is judged, kept and delivered to a
//! practice EHR; the screen shows the verdicts, one plan sent back with its reason, the Bundle of another, and what to try next.

use std::{io::Cursor, sync::Arc, time::Duration};

use anyhow::{Context, bail};
use clap::Args;
use tempfile::TempDir;
use tokio::{sync::Notify, time::timeout};
use tokio_util::sync::CancellationToken;

use super::{
    Done,
    show::{self, Paint},
};
use crate::{
    clock::Clock,
    config,
    fhir::{self, Ids},
    http::practice::Practice,
    mapping::{Example, Mapping, Packs},
    pipeline::{
        self, Gate, Judged,
        fingerprint::Fingerprint,
        keep::{Incoming, Intake, Outlet, Received},
    },
    profile::{self, Policies},
    rules::Outcome,
    store::{DeliveryState, Destination, Store},
    sync::{self, Connection},
};

/// How long the practice EHR may take to hold every plan.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug, Args)]
pub(super) struct Demo {}

impl Demo {
    #[allow(clippy::unused_self, reason = "every verb runs the same way")]
    pub(super) fn run(&self) -> anyhow::Result<Done> {
        let packs = Packs::load(None)?;
        let mapping = packs.get("flat-csv").context("the mapping flat-csv is built in")?;
        let examples = packs.examples("flat-csv")?;
        let sample = examples.iter().find(|example| example.name == "demo").context("the demo sample is built in")?;
        super::runtime()?.block_on(walk(&mapping, sample))
    }
}

async fn walk(mapping: &Arc<Mapping>, sample: &Example) -> anyhow::Result<Done> {
    let paint = Paint::for_stdout();
    let judged = judge(mapping, sample)?;
    heading(paint, 1, "A sample export comes in");
    println!(
        "   {} as an agency's record system writes it, {} lines, read with the mapping flat-csv",
        sample.given,
        lines(sample)
    );
    heading(paint, 2, "Every plan is judged: does it hold the person's own words and strengths?");
    judged.iter().for_each(|one| verdict_line(one, paint));

    let practice = Practice::start().await.context("the practice EHR cannot start")?;
    let folder = TempDir::new().context("no temporary folder can be made")?;
    let intake = intake(&folder).await?;
    let receipt = keep(&intake, mapping, sample).await?;
    let delivered = deliver(&intake.store, &practice).await?;
    heading(paint, 3, "All are kept, and what was accepted is delivered to an EHR (here: a practice one)");
    println!(
        "   kept: {} records, with their bytes as received; {} sent back stay visible with their reasons",
        receipt.0, receipt.1
    );
    let held = ["CarePlan", "Goal", "Observation", "ServiceRequest", "Task"]
        .map(|kind| format!("{} {kind}", practice.count(kind)));
    println!("   delivered: {delivered} plans; the practice EHR now holds {}", held.join(", "));

    heading(paint, 4, "A plan that was sent back, with its reason and the place in the file");
    let rejected =
        judged.iter().find(|one| one.outcome() == Outcome::Rejected).context("the sample has such a plan")?;
    println!("{}", indented(&show::text(rejected, paint)));
    heading(paint, 5, "The FHIR Bundle of one that was accepted");
    let accepted =
        judged.iter().find(|one| one.outcome() != Outcome::Rejected).context("the sample has such a plan")?;
    let bundle = fhir::transaction(&accepted.resources(&Ids::public()));
    println!("{}", indented(&format!("{:#}", serde_json::from_str::<serde_json::Value>(&bundle)?)));
    next(paint, sample);
    practice.stop();
    Ok(Done::Well)
}

fn judge(mapping: &Arc<Mapping>, sample: &Example) -> anyhow::Result<Vec<Judged>> {
    let gate = Gate { policy: profile::policy("standard")?, clock: Clock::System, agency: None };
    match pipeline::open(mapping, &sample.given, Box::new(Cursor::new(sample.bytes.clone()))) {
        Ok(records) => Ok(records.map(|mapped| gate.judge(mapped)).collect()),
        Err(unreadable) => bail!("the sample cannot be read: {}", unreadable.message),
    }
}

async fn intake(folder: &TempDir) -> anyhow::Result<Intake> {
    let store = Store::open(&format!("sqlite:{}", folder.path().join("demo.db").display())).await?;
    store.migrate().await?;
    Ok(Intake {
        policies: Arc::new(Policies::built_in("standard")?),
        clock: Clock::System,
        ids: store.ids().await?,
        outlets: Arc::new([Outlet { to: Destination::of("practice"), agencies: Vec::new() }]),
        store,
    })
}

/// Records kept, and how many of them were sent back.
async fn keep(intake: &Intake, mapping: &Arc<Mapping>, sample: &Example) -> anyhow::Result<(u64, u64)> {
    let (sha256, size) = Fingerprint::of(sample.bytes.as_slice())?;
    let incoming = Incoming {
        agency: "oakleaf".to_owned(),
        mapping: mapping.clone(),
        file: sample.given.clone(),
        sha256,
        size,
        caller: "demo".to_owned(),
        bytes: sample.bytes.clone().into(),
        whole_of: None,
    };
    match intake.receive(incoming, &mut |_| true).await? {
        Received::Kept { receipt, .. } | Received::AlreadyReceived(receipt) => Ok((receipt.records, receipt.rejected)),
    }
}

/// Runs the delivery worker until everything has arrived, and says how many plans that were.
async fn deliver(store: &Store, practice: &Practice) -> anyhow::Result<u64> {
    let settings = config::Delivery {
        connection: "practice".to_owned(),
        base_url: practice.base_url(),
        ..config::Delivery::default()
    };
    let connection = Connection::of_delivery(&settings)?;
    let stop = CancellationToken::new();
    let worker =
        tokio::spawn(sync::run(store.clone(), connection, Clock::System, stop.clone(), Arc::new(Notify::new())));
    let delivered = timeout(PATIENCE, async {
        loop {
            let counts = store.delivery_counts().await?;
            let of = |state| counts.iter().find(|(known, _)| *known == state).map_or(0, |(_, count)| *count);
            let open = of(DeliveryState::Ready) + of(DeliveryState::InFlight) + of(DeliveryState::Unknown);
            if open == 0 {
                return Ok::<_, anyhow::Error>(of(DeliveryState::Done));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let delivered = delivered.await.context("the practice EHR did not take the plans in time")??;
    stop.cancel();
    worker.await.context("the delivery worker ended by itself")??;
    Ok(delivered)
}

fn heading(paint: Paint, number: u32, text: &str) {
    println!("\n{}", paint.strong(&format!("{number}. {text}")));
}

fn verdict_line(judged: &Judged, paint: Paint) {
    let mut rules: Vec<&str> = judged.verdict.heaviest_first().iter().map(|finding| finding.rule).collect();
    rules.dedup();
    let rules = if rules.is_empty() { String::new() } else { format!("  {}", rules.join(", ")) };
    println!("   plan {:<8} {}{rules}", judged.plan_id().unwrap_or("-"), paint.verdict(judged.outcome()));
}

fn lines(sample: &Example) -> usize {
    sample.bytes.iter().filter(|byte| **byte == b'\n').count()
}

fn indented(text: &str) -> String {
    text.trim_end().lines().map(|line| format!("   {line}\n")).collect()
}

fn next(paint: Paint, sample: &Example) {
    heading(paint, 6, "What to try next");
    let file = sample
        .folder
        .as_ref()
        .map_or_else(|| sample.given.clone(), |folder| folder.join(&sample.given).display().to_string());
    for (command, what) in [
        (format!("ownwords check {file} --mapping flat-csv"), "all findings, with the lines of the file"),
        ("ownwords rules GOAL-010".to_owned(), "why that plan was sent back, and what helps"),
        ("ownwords mapping new my-agency".to_owned(), "start a mapping for your own export"),
        ("ownwords serve".to_owned(), "run the service; README.md shows how to send it records"),
    ] {
        println!("   {command}\n       {}", paint.faint(what));
    }
}
