//! `ownwords mapping test|new`: runs a mapping's examples, and starts a mapping from one that is there.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};

use super::Done;
use crate::{
    config::Config,
    mapping::{Example, Packs},
    pipeline::examples,
    profile,
};

#[derive(Debug, Subcommand)]
pub(super) enum Mapping {
    /// Run the examples of one mapping, or of all.
    Test(Test),
    /// Start a mapping of your own from one that is there.
    New(New),
}

#[derive(Debug, Args)]
pub(super) struct Test {
    /// The mapping; without it, all.
    id: Option<String>,
    /// A folder with mappings, one folder each; without it ./mappings when there is one, else those built in.
    #[arg(long, value_name = "FOLDER")]
    mappings: Option<PathBuf>,
    /// Write what comes of the examples as their golden files, to be read and committed.
    #[arg(long)]
    accept: bool,
}

#[derive(Debug, Args)]
pub(super) struct New {
    /// The new mapping's id, such as `oakleaf-csv`: letters, digits and hyphens.
    id: String,
    /// The mapping to start from.
    #[arg(long, default_value = "flat-csv", value_name = "ID")]
    from: String,
    /// The folder that gets it.
    #[arg(long, default_value = "mappings", value_name = "FOLDER")]
    mappings: PathBuf,
}

impl Mapping {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<Done> {
        match self {
            Self::Test(test) => test.run(config),
            Self::New(new) => new.run(),
        }
    }
}

impl Test {
    fn run(&self, config: &Config) -> anyhow::Result<Done> {
        let packs = self.packs(config)?;
        let policy = profile::policy("standard")?;
        let (mut run, mut differing) = (0_u32, 0_u32);
        for id in packs.ids().filter(|id| self.id.as_deref().is_none_or(|wanted| wanted == *id)) {
            let mapping = packs.get(id).context("a mapping went away")?;
            for example in packs.examples(id)? {
                run += 1;
                let came = examples::run(&mapping, &policy, &example.given, &example.bytes);
                let differs = if self.accept { accept(&example, &came)? } else { compare(&example, &came) };
                let word = match (differs.is_empty(), self.accept) {
                    (true, _) => "ok",
                    (false, true) => "written",
                    (false, false) => "DIFFERS",
                };
                println!("{id}/{}: {word}", example.name);
                differs.iter().for_each(|line| println!("  {line}"));
                differing += u32::from(!differs.is_empty() && !self.accept);
            }
        }
        if run == 0 {
            let known: Vec<_> = packs.ids().collect();
            bail!("no examples found; mappings at hand: {}", known.join(", "));
        }
        println!("{run} examples, {differing} differ");
        Ok(if differing == 0 { Done::Well } else { Done::Rejected })
    }

    fn packs(&self, config: &Config) -> anyhow::Result<Packs> {
        let here = Path::new("mappings");
        match &self.mappings {
            Some(folder) => Ok(Packs::load(Some(folder))?),
            None if here.is_dir() => Ok(Packs::load(Some(here))?),
            None => Ok(crate::http::packs(config)?),
        }
    }
}

/// What differs, a line a golden file, with the first line that is not as expected.
fn compare(example: &Example, came: &examples::Outcomes) -> Vec<String> {
    let mut lines = Vec::new();
    for (file, text) in came.files() {
        match example.golden.get(file) {
            None if text.is_empty() || text == "[]\n" => {}
            None => lines.push(format!("{file} is missing; --accept writes it")),
            Some(expected) if expected == text => {}
            Some(expected) => lines.push(first_difference(file, expected, text)),
        }
    }
    lines
}

fn first_difference(file: &str, expected: &str, came: &str) -> String {
    let (mut left, mut right) = (expected.lines(), came.lines());
    for number in 1_u32.. {
        match (left.next(), right.next()) {
            (None, None) => break,
            (one, other) if one == other => {}
            (one, other) => {
                let shown = |line: Option<&str>| line.map_or("(the end)".to_owned(), |line| line.trim().to_owned());
                return format!("{file}:{number}: expected {} but came {}", shown(one), shown(other));
            }
        }
    }
    format!("{file}: differs in its line ends only")
}

fn accept(example: &Example, came: &examples::Outcomes) -> anyhow::Result<Vec<String>> {
    let Some(folder) = &example.folder else {
        bail!("the mappings built in cannot be written; copy one with `ownwords mapping new`");
    };
    let mut written = Vec::new();
    for (file, text) in came.files() {
        let path = folder.join(file);
        let known = example.golden.get(file).map(String::as_str);
        if text.is_empty() || text == "[]\n" {
            if known.is_some() {
                fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
                written.push(format!("{file} removed: there is nothing to say"));
            }
        } else if known != Some(text) {
            fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
            written.push(file.to_owned());
        }
    }
    Ok(written)
}

impl New {
    fn run(&self) -> anyhow::Result<Done> {
        let is_id = !self.id.is_empty() && self.id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        if !is_id {
            bail!("an id has letters, digits and hyphens only");
        }
        let folder = self.mappings.join(&self.id);
        if folder.exists() {
            bail!("{} is there already; nothing was changed", folder.display());
        }
        let packs = Packs::load(Some(self.mappings.as_path()).filter(|folder| folder.is_dir()))?;
        if packs.get(&self.from).is_none() {
            bail!(
                "there is no mapping {:?} to start from; at hand: {}",
                self.from,
                packs.ids().collect::<Vec<_>>().join(", ")
            );
        }
        for (path, bytes) in packs.files(&self.from)? {
            let target = folder.join(&path);
            let parent = target.parent().context("a file of a mapping has a folder")?;
            fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
            let bytes = if path == Path::new("mapping.toml") { renamed(&bytes, &self.from, &self.id)? } else { bytes };
            fs::write(&target, bytes).with_context(|| format!("cannot write {}", target.display()))?;
        }
        println!(
            "made {}; change mapping.toml, then run: ownwords mapping test {} --accept",
            folder.display(),
            self.id
        );
        Ok(Done::Well)
    }
}

/// The mapping file under its new id.
fn renamed(bytes: &[u8], from: &str, to: &str) -> anyhow::Result<Vec<u8>> {
    let text = std::str::from_utf8(bytes).context("mapping.toml is no UTF-8")?;
    Ok(text.replacen(&format!("id = \"{from}\""), &format!("id = \"{to}\""), 1).into_bytes())
}
