//! `ownwords check FILE…`: judges plans without keeping them.

use std::{
    io::{self, BufWriter, Write},
    path::PathBuf,
};

use anyhow::bail;
use clap::{Args, ValueEnum};
use serde_json::json;

use super::{Done, file::By, show, thread};
use crate::{
    clock::Clock,
    config::Config,
    mapping::{Mapped, Packs},
    pipeline::{self, Gate, Judged},
    rules::{Outcome, Phrases, Severity, thread::Shown},
};

#[derive(Debug, Args)]
pub(super) struct Check {
    /// Files to judge; `-` is standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    by: By,
    /// Which rules weigh what: observe, standard or strict; without it, as the settings say.
    #[arg(long)]
    policy: Option<String>,
    /// The agency that sends; a record that names another one is rejected.
    #[arg(long)]
    agency: Option<String>,
    /// How findings are shown.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Show records that were accepted without any finding, too.
    #[arg(long)]
    all: bool,
    /// Show which barriers, objectives, steps and strengths hang on which goal; keys and kinds, none of the words.
    #[arg(long)]
    thread: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people, with the excerpt of the file.
    Text,
    /// One object a record, one a line.
    Json,
    /// One FHIR OperationOutcome a record, one a line.
    #[value(name = "operationoutcome")]
    OperationOutcome,
}

/// Records by verdict.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    accepted: u64,
    warned: u64,
    rejected: u64,
    /// Findings that are only worth knowing, in whatever record.
    notes: u64,
}

impl Check {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<Done> {
        if self.thread && self.format == Format::OperationOutcome {
            bail!("an OperationOutcome has no place for the thread; use --thread with --format text or json");
        }
        let packs = self.by.packs(config)?;
        let policy = super::policy::in_force(self.policy.as_deref(), self.agency.as_deref(), config)?;
        let gate = Gate { policy, clock: Clock::System, agency: self.agency.as_deref().map(Into::into) };
        let mut out = BufWriter::new(io::stdout().lock());
        let mut counts = Counts::default();
        for file in &self.files {
            self.file(file, &packs, &gate, &mut out, &mut counts)?;
        }
        if self.format == Format::Text {
            writeln!(out, "{}", counts.in_words())?;
            writeln!(
                out,
                "nothing was compared with plans received before (GOAL-030, DATA-006); that takes a store: submit, serve"
            )?;
        }
        out.flush()?;
        Ok(if counts.rejected > 0 { Done::Rejected } else { Done::Well })
    }

    fn file(
        &self,
        file: &std::path::Path,
        packs: &Packs,
        gate: &Gate,
        out: &mut impl Write,
        counts: &mut Counts,
    ) -> anyhow::Result<()> {
        let opened = self.by.open(file, packs)?;
        match pipeline::open(&opened.mapping, &opened.name, opened.bytes) {
            Ok(records) => {
                for mapped in records {
                    self.show(&gate.judge(mapped), gate.policy.phrases(), out, counts)?;
                }
            }
            Err(unreadable) => {
                let start = unreadable.place.clone();
                let mapped = Mapped { ordinal: 0, start, raw: Vec::new(), read: Err(unreadable) };
                self.show(&gate.judge(mapped), gate.policy.phrases(), out, counts)?;
            }
        }
        opened.progress.finish_and_clear();
        Ok(())
    }

    fn show(
        &self,
        judged: &Judged,
        phrases: &Phrases,
        out: &mut impl Write,
        counts: &mut Counts,
    ) -> anyhow::Result<()> {
        counts.add(judged);
        let thread = judged.plan.as_ref().filter(|_| self.thread).map(|plan| Shown::of(plan, &judged.verdict, phrases));
        match self.format {
            Format::Json => {
                let mut record = show::json(judged);
                if self.thread {
                    record["thread"] = json!(thread);
                }
                writeln!(out, "{record}")?;
            }
            Format::OperationOutcome => writeln!(out, "{}", judged.operation_outcome())?,
            Format::Text => {
                if self.all || self.thread || !judged.verdict.findings.is_empty() {
                    let paint = show::Paint::for_stdout();
                    let tree = thread.map(|shown| thread::text(&shown, paint)).unwrap_or_default();
                    writeln!(out, "{}{tree}", show::text(judged, paint))?;
                }
            }
        }
        Ok(())
    }
}

impl Counts {
    fn add(&mut self, judged: &Judged) {
        let notes = judged.verdict.findings.iter().filter(|finding| finding.severity == Severity::Information);
        self.notes += notes.count() as u64;
        match judged.outcome() {
            Outcome::Accepted => self.accepted += 1,
            Outcome::AcceptedWithWarnings => self.warned += 1,
            Outcome::Rejected => self.rejected += 1,
        }
    }
    fn in_words(self) -> String {
        let Self { accepted, warned, rejected, notes } = self;
        let all = accepted + warned + rejected;
        let notes = if notes == 1 { "1 note".to_owned() } else { format!("{notes} notes") };
        let verdicts = format!("{accepted} accepted, {warned} accepted with warnings, {rejected} rejected");
        let records = if all == 1 { "record" } else { "records" };
        format!("{all} {records}: {verdicts}; {notes} of information")
    }
}
