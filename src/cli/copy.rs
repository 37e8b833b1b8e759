//! `ownwords copy FILE`: the person's readable copy of each plan, for printing or for handing over.
//!
//! A plan that would be sent back is copied too: the words are the person's whatever a rule says. A record that cannot be
//! read is told on standard error and makes the exit code 1.

use std::{
    io::{self, BufWriter, Write},
    path::PathBuf,
};

use clap::{Args, ValueEnum};

use super::{Done, file::By};
use crate::{
    config::Config,
    copy::{self, Language},
    pipeline,
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
        let mut out = BufWriter::new(io::stdout().lock());
        let (mut done, mut before) = (Done::Well, false);
        for mapped in records {
            let plan = match mapped.read {
                Ok(read) => read.plan,
                Err(unreadable) => {
                    tell(&unreadable);
                    done = Done::Rejected;
                    continue;
                }
            };
            if self.plan.is_some() && self.plan != plan.plan_id {
                continue;
            }
            // A form feed begins a new page in print.
            if before {
                out.write_all(b"\x0c")?;
            }
            before = true;
            let language = self.language.map_or_else(|| Language::of(&plan), Language::from);
            copy::Copy::of(&plan, language, None).print(&mut out)?;
        }
        out.flush()?;
        opened.progress.finish_and_clear();
        Ok(done)
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
