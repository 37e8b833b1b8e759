//! `ownwords copy FILE`: the person's readable copy of each plan as text, or of one plan as a PDF, for printing or for
//! handing over.
//!
//! A plan that would be sent back is copied too: the words are the person's whatever a rule says. A record that cannot be
//! read is told on standard error and makes the exit code 1.

use std::{
    fs::{self, File},
    io::{self, BufWriter, IsTerminal, Write},
    path::PathBuf,
};

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};

use super::{Done, file::By};
use crate::{
    config::Config,
    copy::{self, Language},
    pipeline,
    plan::Plan,
};

#[derive(Debug, Args)]
pub(super) struct Copy {
    /// The file; `-` is standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    by: By,
    /// The language of our words around the person's; without it the person's own where we have it, else English.
    #[arg(long, value_enum)]
    language: Option<In>,
    /// Only the plan with this id.
    #[arg(long, value_name = "ID")]
    plan: Option<String>,
    /// Text with every plan of the file, or a PDF in large print of one.
    #[arg(long, value_enum, default_value = "text")]
    format: As,
    /// The file that is written, in place of standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum As {
    /// Plain text.
    Text,
    /// PDF.
    Pdf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum In {
    /// English.
    En,
    /// Spanish.
    Es,
}

impl Copy {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<Done> {
        let packs = self.by.packs(config)?;
        let opened = self.by.open(&self.file, &packs)?;
        let records = match pipeline::open(&opened.mapping, &opened.name, opened.bytes) {
            Ok(records) => records,
            Err(unreadable) => {
                tell(&unreadable);
                return Ok(Done::Rejected);
            }
        };
        let mut unread = false;
        let copies = records.filter_map(|mapped| match mapped.read {
            Ok(read) => self.copy(&read.plan),
            Err(unreadable) => {
                tell(&unreadable);
                unread = true;
                None
            }
        });
        let done = match self.format {
            As::Text => self.print(copies)?,
            As::Pdf => self.lay_out(copies)?,
        };
        opened.progress.finish_and_clear();
        Ok(if unread { Done::Rejected } else { done })
    }

    /// The copy of a plan, unless another one is asked for.
    fn copy(&self, plan: &Plan) -> Option<copy::Copy> {
        let is_asked_for = self.plan.is_none() || self.plan == plan.plan_id;
        let language = self.language.map_or_else(|| Language::of(plan), Language::from);
        is_asked_for.then(|| copy::Copy::of(plan, language, None))
    }

    fn print(&self, copies: impl Iterator<Item = copy::Copy>) -> anyhow::Result<Done> {
        let out: Box<dyn Write> = match &self.out {
            Some(path) => Box::new(File::create(path).with_context(|| format!("cannot write {}", path.display()))?),
            None => Box::new(io::stdout().lock()),
        };
        let mut out = BufWriter::new(out);
        for (place, copy) in copies.enumerate() {
            // A form feed begins a new page in print.
            if place > 0 {
                out.write_all(b"\x0c")?;
            }
            copy.print(&mut out)?;
        }
        out.flush()?;
        Ok(Done::Well)
    }

    /// One plan as a PDF; nothing is written where it cannot be one.
    fn lay_out(&self, mut copies: impl Iterator<Item = copy::Copy>) -> anyhow::Result<Done> {
        if self.out.is_none() && io::stdout().is_terminal() {
            bail!("a terminal cannot show a PDF; name a file with --out");
        }
        let Some(copy) = copies.next() else { bail!("there is no such plan in the file") };
        if copies.next().is_some() {
            bail!("the file holds several plans, and a PDF is of one; name it with --plan");
        }
        let pdf = match copy.pdf() {
            Ok(pdf) => pdf,
            Err(no_pdf) => {
                eprintln!("no PDF is made: {no_pdf} (--format text)");
                return Ok(Done::Rejected);
            }
        };
        match &self.out {
            Some(path) => fs::write(path, pdf).with_context(|| format!("cannot write {}", path.display()))?,
            None => io::stdout().lock().write_all(&pdf)?,
        }
        Ok(Done::Well)
    }
}

impl From<In> for Language {
    fn from(asked: In) -> Self {
        match asked {
            In::En => Self::English,
            In::Es => Self::Spanish,
        }
    }
}

fn tell(unreadable: &crate::mapping::Unreadable) {
    let place = &unreadable.place;
    eprintln!("{}:{}: {} {}", place.file, place.line, unreadable.rule, unreadable.message);
}
