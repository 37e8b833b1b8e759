//! Opens a file for a verb: standard input for `-`, the mapping named or recognised, a progress bar on a terminal.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, IsTerminal, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    config::Config,
    http::packs,
    mapping::{Mapping, Packs},
};

/// Bytes from which on a progress bar is worth its place.
const LONG: u64 = 8 << 20;

/// Which mapping reads a file.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct By {
    /// The mapping that reads the file; needed for delimited files and foreign JSON.
    #[arg(long, value_name = "ID")]
    mapping: Option<String>,
    /// A folder with mappings of your own, one folder each.
    #[arg(long, value_name = "FOLDER")]
    mappings: Option<PathBuf>,
}

/// A file ready to be read.
pub(super) struct Opened {
    /// Its name, as findings show it.
    pub(super) name: String,
    /// The mapping that reads it.
    pub(super) mapping: Arc<Mapping>,
    /// Its bytes.
    pub(super) bytes: Box<dyn BufRead + Send>,
    /// Shows how far reading has come.
    pub(super) progress: ProgressBar,
}

impl By {
    /// The mappings at hand.
    pub(super) fn packs(&self, config: &Config) -> anyhow::Result<Packs> {
        match &self.mappings {
            Some(folder) => Ok(Packs::load(Some(folder))?),
            None => Ok(packs(config)?),
        }
    }

    /// Opens a file; `-` is standard input.
    pub(super) fn open(&self, file: &Path, packs: &Packs) -> anyhow::Result<Opened> {
        let (name, size, reader) = reader(file)?;
        let progress = progress(size);
        let mut bytes = BufReader::with_capacity(64 << 10, progress.wrap_read(reader));
        let mapping = if let Some(id) = &self.mapping {
            packs.get(id).with_context(|| format!("there is no mapping {id:?}; {}", at_hand(packs)))?
        } else {
            let head = bytes.fill_buf().with_context(|| format!("cannot read {}", file.display()))?;
            let Some(mapping) = packs.recognise(head) else {
                bail!(
                    "cannot tell the form of {name} from its content; name its mapping with --mapping; {}",
                    at_hand(packs)
                );
            };
            if io::stderr().is_terminal() {
                eprintln!("{name}: read with mapping {}", mapping.id());
            }
            mapping
        };
        Ok(Opened { name, mapping, bytes: Box::new(bytes), progress })
    }
}

fn at_hand(packs: &Packs) -> String {
    format!("at hand: {}", packs.ids().collect::<Vec<_>>().join(", "))
}

fn reader(file: &Path) -> anyhow::Result<(String, u64, Box<dyn Read + Send>)> {
    if file == Path::new("-") {
        return Ok(("standard input".to_owned(), 0, Box::new(io::stdin())));
    }
    let name = file.display().to_string();
    let opened = File::open(file).with_context(|| format!("cannot open {name}"))?;
    let about = opened.metadata().with_context(|| format!("cannot read {name}"))?;
    if about.is_dir() {
        bail!("{name} is a folder; please name its files");
    }
    Ok((name, about.len(), Box::new(opened)))
}

fn progress(size: u64) -> ProgressBar {
    if size < LONG || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{wide_bar} {bytes} of {total_bytes}, {eta} to go");
    ProgressBar::new(size).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
