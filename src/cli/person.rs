//! `ownwords person`: which ids of an agency are one person, as somebody told it; taking that back, confirming it by name, and
//! asking an EHR who a person might be there. Ids and names of staff are printed, never anything else of a person.

use std::{fs, path::PathBuf};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde_json::json;

use super::{Done, format::Format, submit::intake};
use crate::{
    clock::Clock,
    config::Config,
    http::merge_json,
    pipeline::{keep::Intake, persons::resources_in},
    store::{AgencyScope, Merge, Said, Store, Told, Way},
    sync::{self, Candidate, Connection, Suggested},
};

/// Merges read at once.
const PAGE: u32 = 500;

#[derive(Debug, Subcommand)]
pub(super) enum Person {
    /// Record that an id was given up for another. Nothing is sent for either person before that is confirmed.
    Merge(Merging),
    /// Take a merge back: everything is as it was. Where it was confirmed, this has to be confirmed, too.
    Unmerge(Undoing),
    /// Confirm, by name, a merge or that it was taken back. What waited for that is sent.
    Confirm(Confirming),
    /// List merges with all that was said of them.
    List(List),
    /// Ask an EHR who a person might be there ($match). It only shows candidates; nothing is chosen or kept.
    Suggest(Suggest),
}

/// Whose id it is about.
#[derive(Args, Debug)]
struct Id {
    /// The agency.
    #[arg(long)]
    agency: String,
    /// The agency's id of the person.
    #[arg(long, value_name = "ID")]
    person: String,
}

#[derive(Args, Debug)]
pub(super) struct Merging {
    /// The agency.
    #[arg(long)]
    agency: String,
    /// The id that is given up.
    #[arg(long, value_name = "ID", required_unless_present = "fhir", requires = "into")]
    person: Option<String>,
    /// The id that stays.
    #[arg(long, value_name = "ID", requires = "person")]
    into: Option<String>,
    /// A FHIR file that says it by Patient.link (replaced-by, replaces).
    #[arg(long, value_name = "FILE", conflicts_with_all = ["person", "into", "why"])]
    fhir: Option<PathBuf>,
    /// The name of whoever says so.
    #[arg(long, value_name = "NAME", value_parser = says)]
    by: String,
    /// Why.
    #[arg(long, value_name = "TEXT", value_parser = says, required_unless_present = "fhir")]
    why: Option<String>,
}

#[derive(Args, Debug)]
pub(super) struct Undoing {
    #[command(flatten)]
    id: Id,
    /// The name of whoever says so.
    #[arg(long, value_name = "NAME", value_parser = says)]
    by: String,
    /// Why.
    #[arg(long, value_name = "TEXT", value_parser = says)]
    why: String,
}

#[derive(Args, Debug)]
pub(super) struct Confirming {
    #[command(flatten)]
    id: Id,
    /// The name of whoever confirms it.
    #[arg(long, value_name = "NAME", value_parser = says)]
    by: String,
    /// Why, if it is to be said.
    #[arg(long, value_name = "TEXT", default_value = "")]
    why: String,
}

#[derive(Args, Debug)]
pub(super) struct List {
    /// Only those of this agency.
    #[arg(long)]
    agency: Option<String>,
    /// Only those that wait to be confirmed.
    #[arg(long)]
    waiting: bool,
    /// How they are shown.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Args, Debug)]
pub(super) struct Suggest {
    #[command(flatten)]
    id: Id,
    /// The connection to ask; left out, the one that plans go to.
    #[arg(long)]
    connection: Option<String>,
    /// How candidates are shown.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Person {
    pub(super) fn run(self, config: &Config) -> anyhow::Result<Done> {
        super::runtime()?.block_on(async {
            match self {
                Self::Merge(verb) => verb.run(&intake(config).await?).await,
                Self::Unmerge(verb) => verb.run(&open(config).await?).await,
                Self::Confirm(verb) => verb.run(&open(config).await?).await,
                Self::List(verb) => verb.run(&open(config).await?).await,
                Self::Suggest(verb) => verb.run(config).await,
            }
        })
    }
}

async fn open(config: &Config) -> anyhow::Result<Store> {
    let store = Store::open(&config.store.url).await?;
    store.ready().await?;
    Ok(store)
}

fn says(text: &str) -> Result<String, &'static str> {
    if text.trim().is_empty() { Err("it says nothing") } else { Ok(text.to_owned()) }
}

fn said(by: String, why: String) -> Said {
    Said { at: Clock::System.now(), by, why, way: Way::Cli }
}

impl Merging {
    async fn run(self, intake: &Intake) -> anyhow::Result<Done> {
        let told = match (self.person, self.into, self.fhir) {
            (Some(person), Some(into), None) => {
                if person == into {
                    bail!("these are one id; a merge is about two");
                }
                let said = said(self.by, self.why.unwrap_or_default());
                vec![intake.tell_merge(&self.agency, (&person, &into), &said).await?]
            }
            (_, _, Some(file)) => {
                let raw = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
                let told = intake.tell_by_link(&self.agency, &self.by, &resources_in(&raw)).await?;
                if told.is_empty() {
                    bail!("no Patient in {} has a link that tells of a merge; nothing was changed", file.display());
                }
                told
            }
            _ => bail!("give --person and --into, or --fhir"),
        };
        let mut done = Done::Well;
        for one in &told {
            match one {
                Told::Now(merge) => println!("recorded: {}", line(merge)),
                Told::Before(merge) => println!("recorded before: {}", line(merge)),
                Told::Otherwise(merge) => {
                    println!("not recorded, since this stands: {}", line(merge));
                    done = Done::Rejected;
                }
            }
        }
        Ok(done)
    }
}

impl Undoing {
    async fn run(self, store: &Store) -> anyhow::Result<Done> {
        let merge = of(store, &self.id).await?;
        let scope = AgencyScope::Only(self.id.agency);
        let Some(merge) = store.unmerge(merge.id, &scope, &said(self.by, self.why)).await? else {
            bail!("the merge was taken back before; nothing was changed");
        };
        println!("taken back: {}", line(&merge));
        Ok(Done::Well)
    }
}

impl Confirming {
    async fn run(self, store: &Store) -> anyhow::Result<Done> {
        let merge = of(store, &self.id).await?;
        let scope = AgencyScope::Only(self.id.agency);
        let Some(merge) = store.confirm_merge(merge.id, &scope, &said(self.by, self.why)).await? else {
            bail!("nothing waits for it to be confirmed; nothing was changed");
        };
        println!("confirmed: {}", line(&merge));
        Ok(Done::Well)
    }
}

async fn of(store: &Store, id: &Id) -> anyhow::Result<Merge> {
    let found = store.merge_of(&id.agency, &id.person).await?;
    found.context("no merge by which this id was given up stands or waits here; `ownwords person list` shows all")
}

impl List {
    async fn run(self, store: &Store) -> anyhow::Result<Done> {
        let scope = self.agency.map_or(AgencyScope::All, AgencyScope::Only);
        let mut after = 0;
        loop {
            let page = store.merges(self.waiting, &scope, after, PAGE).await?;
            for merge in &page {
                match self.format {
                    Format::Json => println!("{}", merge_json(merge)),
                    Format::Text => println!("{}{}", line(merge), acts(merge)),
                }
            }
            match page.last() {
                Some(last) if page.len() == PAGE as usize => after = last.number,
                _ => return Ok(Done::Well),
            }
        }
    }
}

/// A merge in one line.
fn line(merge: &Merge) -> String {
    let stands = if merge.stands { "is now" } else { "is not any more" };
    let waits = if merge.waits { ", waits to be confirmed" } else { "" };
    format!("{} {} {stands} {}{waits} ({})", merge.agency, merge.person_id, merge.survivor_id, merge.id)
}

fn acts(merge: &Merge) -> String {
    let acts = merge.acts.iter().map(|act| {
        let why = if act.why.is_empty() { String::new() } else { format!(": {}", act.why) };
        format!("\n    {} {} by {} ({}){why}", act.at, act.kind.as_str(), act.by, act.way.as_str())
    });
    acts.collect()
}

impl Suggest {
    async fn run(self, config: &Config) -> anyhow::Result<Done> {
        let name = self.connection.as_ref();
        let mut delivering = Connection::for_delivery(config)?.into_iter();
        let connection = match (delivering.find(|one| name.is_none_or(|name| one.name == *name)), name) {
            (None, Some(name)) => Some(Connection::load(&config.connections.folder, name)?),
            (found, _) => found,
        };
        let connection = connection.context("plans go nowhere yet; name a --connection")?;
        let (agency, person) = (self.id.agency.as_str(), self.id.person.as_str());
        let kept = open(config).await?.person(agency, person).await?;
        let kept = kept.context("no accepted plan of that person is here, so there is nothing to ask with")?;
        let patient = serde_json::from_str(&kept.json).context("the person's Patient here cannot be read")?;
        match sync::suggest(&connection, &patient, (agency, person), Clock::System).await? {
            Suggested::NotOffered(status) => {
                bail!("{} does not offer $match for us (HTTP {status})", connection.name)
            }
            Suggested::NotNow(why) => bail!("{} cannot be asked now: {why}", connection.name),
            Suggested::Candidates(all) => {
                if self.format == Format::Text && all.is_empty() {
                    println!("{} knows nobody like this person", connection.name);
                }
                all.iter().for_each(|one| self.show(one));
                Ok(Done::Well)
            }
        }
    }

    fn show(&self, one: &Candidate) {
        if self.format == Format::Json {
            let score = one.score.map(f64::from).map(|score| score / 100.0);
            let said = json!({ "id": one.remote_id, "score": score, "grade": one.grade, "has_our_id": one.has_our_id });
            println!("{said}");
            return;
        }
        let score = one.score.map(|score| format!(", score {score} of 100")).unwrap_or_default();
        let grade = one.grade.map(|grade| format!(", {grade}")).unwrap_or_default();
        let own = if one.has_our_id { ", has the agency's id" } else { "" };
        println!("Patient/{}{score}{grade}{own}", one.remote_id);
    }
}
