//! `ownwords conflicts`: what an EHR says otherwise than our plans, and deciding which of the two stays.

use anyhow::bail;
use clap::{Subcommand, ValueEnum};

use super::{Done, format::Format, submit::intake};
use crate::{
    config::Config,
    http::{conflict_json, conflict_told},
    store::{AgencyScope, Review, ReviewState, Store},
    sync::back::{self, Keep},
};

/// Reviews read at once.
const PAGE: u32 = 500;

#[derive(Debug, Subcommand)]
pub(super) enum Conflicts {
    /// List where an EHR says something else, and why each needs a person. No words are shown.
    List {
        /// Only those in this state: open, ours, theirs, settled or all.
        #[arg(long, default_value = "open")]
        state: String,
        /// How they are shown.
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Show one with both versions, as JSON. These are the person's words: mind who sees the screen.
    Show {
        /// The review.
        id: i64,
    },
    /// Decide which version stays.
    Resolve {
        /// The review.
        id: i64,
        /// Ours, as the plan says it, or theirs, as the EHR says it.
        #[arg(long, value_enum)]
        keep: Side,
        /// The name of who decided.
        #[arg(long, value_name = "NAME")]
        by: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Side {
    /// As the plan says it.
    Ours,
    /// As the EHR says it.
    Theirs,
}

impl Conflicts {
    pub(super) fn run(&self, config: &Config) -> anyhow::Result<Done> {
        super::runtime()?.block_on(async {
            match self {
                Self::List { state, format } => list(&open(config).await?, state, *format).await,
                Self::Show { id } => {
                    let Some(review) = open(config).await?.review(*id, &AgencyScope::All).await? else {
                        bail!("there is no review {id}");
                    };
                    println!("{}", serde_json::to_string_pretty(&conflict_json(&review))?);
                    Ok(Done::Well)
                }
                Self::Resolve { id, keep, by } => {
                    let keep = if *keep == Side::Ours { Keep::Ours } else { Keep::Theirs };
                    let intake = intake(config).await?;
                    let resolved = back::resolve(&intake, *id, &AgencyScope::All, keep, (by, "local")).await?;
                    match resolved.plan_version {
                        Some(version) => println!("review {id} is resolved; the plan has version {version}"),
                        None => println!("review {id} is resolved; the plan stays as it is"),
                    }
                    if resolved.is_sent {
                        println!("it goes out to the EHR once more, so that both say the same");
                    }
                    Ok(Done::Well)
                }
            }
        })
    }
}

async fn open(config: &Config) -> anyhow::Result<Store> {
    let store = Store::open(&config.store.url).await?;
    store.ready().await?;
    Ok(store)
}

async fn list(store: &Store, state: &str, format: Format) -> anyhow::Result<Done> {
    let state = match ReviewState::named(state) {
        None if state != "all" => bail!("no state {state:?}; there are open, ours, theirs, settled and all"),
        named => named,
    };
    let mut after = 0;
    loop {
        let page = store.reviews(state, &AgencyScope::All, after, PAGE).await?;
        page.iter().for_each(|review| show(review, format));
        match page.last() {
            Some(last) if page.len() == PAGE as usize => after = last.id,
            _ => return Ok(Done::Well),
        }
    }
}

fn show(review: &Review, format: Format) {
    if format == Format::Json {
        println!("{}", conflict_told(review));
        return;
    }
    let by = review.resolved_by.as_deref().map(|by| format!(" by {by}")).unwrap_or_default();
    println!(
        "{:>8} {:<8} {} plan {} {}/{} {}: {}{by}",
        review.id,
        review.state.as_str(),
        review.agency,
        review.plan_id,
        review.kind,
        review.remote_id,
        if review.field.is_empty() { "text" } else { &review.field },
        review.reason
    );
}
