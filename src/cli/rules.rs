//! `ownwords rules [ID]`: the catalogue, and the page of one rule.

use std::fmt::Write as _;

use anyhow::bail;
use clap::Args;
use serde_json::Value;

use super::{Done, format::Format};
use crate::{
    profile::{self, BUILT_IN, rule_json},
    rules::{Rule, catalogue},
};

#[derive(Debug, Args)]
pub(super) struct Rules {
    /// A rule's id, such as GOAL-010.
    id: Option<String>,
    /// How it is printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

impl Rules {
    pub(super) fn run(&self) -> anyhow::Result<Done> {
        match (&self.id, self.format) {
            (None, Format::Text) => print!("{}", table()?),
            (None, Format::Json) => {
                let all: Result<Vec<_>, _> = catalogue::RULES.iter().map(|rule| rule_json(rule)).collect();
                println!("{:#}", Value::from(all?));
            }
            (Some(id), format) => {
                let rule = find(id)?;
                match format {
                    Format::Text => print!("{}", rule.page),
                    Format::Json => println!("{:#}", rule_json(rule)?),
                }
            }
        }
        Ok(Done::Well)
    }
}

fn find(id: &str) -> anyhow::Result<&'static Rule> {
    let id = id.to_ascii_uppercase();
    if let Some(rule) = catalogue::rule(&id) {
        return Ok(rule);
    }
    if let Some((_, reason)) = catalogue::RETIRED.iter().find(|(retired, _)| *retired == id) {
        bail!("{id} was retired: {reason}");
    }
    bail!("there is no rule {id}; `ownwords rules` lists them")
}

fn severity(rule: &Rule, policy: &str) -> anyhow::Result<&'static str> {
    Ok(profile::policy(policy)?.severity(rule.id).map_or("off", crate::rules::Severity::as_str))
}

fn table() -> anyhow::Result<String> {
    let mut text = format!("{:<10}{:<13}{:<13}{:<13}\n", "rule", BUILT_IN[0], BUILT_IN[1], BUILT_IN[2]);
    for rule in catalogue::RULES {
        let [observe, standard, strict] = [0, 1, 2].map(|at| severity(rule, BUILT_IN[at]));
        let summary = rule.page()?.sentence;
        writeln!(text, "{:<10}{:<13}{:<13}{:<13}{summary}", rule.id, observe?, standard?, strict?)?;
    }
    Ok(text + "\nownwords rules ID prints the page of a rule: what it looks for, why, examples, what to do.\n")
}
