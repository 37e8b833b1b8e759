//! `ownwords rules [ID]`: the catalogue, and the page of one rule.

use std::fmt::Write as _;

use anyhow::bail;
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::Done;
use crate::{
    profile,
    rules::{Rule, catalogue},
};

/// The policies in the order of their strictness.
const POLICIES: [&str; 3] = ["observe", "standard", "strict"];

#[derive(Debug, Args)]
pub(super) struct Rules {
    /// A rule's id, such as GOAL-010.
    id: Option<String>,
    /// How it is printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

impl Rules {
    pub(super) fn run(&self) -> anyhow::Result<Done> {
        match (&self.id, self.format) {
            (None, Format::Text) => print!("{}", table()?),
            (None, Format::Json) => {
                let all: Result<Vec<_>, _> = catalogue::RULES.iter().map(|rule| about(rule)).collect();
                println!("{:#}", Value::from(all?));
            }
            (Some(id), format) => {
                let rule = find(id)?;
                match format {
                    Format::Text => print!("{}", rule.page),
                    Format::Json => println!("{:#}", about(rule)?),
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
    let mut text = format!("{:<10}{:<13}{:<13}{:<13}\n", "rule", POLICIES[0], POLICIES[1], POLICIES[2]);
    for rule in catalogue::RULES {
        let [observe, standard, strict] = [0, 1, 2].map(|at| severity(rule, POLICIES[at]));
        let summary = rule.page()?.sentence;
        writeln!(text, "{:<10}{:<13}{:<13}{:<13}{summary}", rule.id, observe?, standard?, strict?)?;
    }
    Ok(text + "\nownwords rules ID prints the page of a rule: what it looks for, why, examples, what to do.\n")
}

fn about(rule: &Rule) -> anyhow::Result<Value> {
    let mut severities = serde_json::Map::new();
    for policy in POLICIES {
        severities.insert(policy.to_owned(), json!(severity(rule, policy)?));
    }
    Ok(json!({
        "id": rule.id, "name": rule.name, "summary": rule.page()?.sentence, "severity": severities,
        "code": rule.code, "elements": rule.elements.iter().map(|(_, element)| element).collect::<Vec<_>>(), "basis": rule.basis, "page": rule.page,
    }))
}
