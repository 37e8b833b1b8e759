//! `ownwords policy explain|check`: what each rule weighs for an agency's plans and why; whether a policy file is in
//! order.

use std::{path::PathBuf, sync::Arc};

use anyhow::bail;
use clap::{Args, Subcommand};
use jiff::civil::Date;

use super::{Done, format::Format};
use crate::{
    clock::Clock,
    config::{Config, GateAgency},
    plan::{PlanType, ProgramType, code::Vocabulary},
    profile::{Explained, ExplainedRule, Policies, ProfileError, Step},
    rules::{AGE_GROUPS, AgeGroup, Circumstance, Policy as RulePolicy, Severity, Situation},
};

#[derive(Debug, Subcommand)]
pub(super) enum Policy {
    /// Show what each rule weighs, the least it may weigh, and where that comes from.
    Explain(Explain),
    /// Check a policy file, as if the settings named it.
    Check(CheckFile),
}

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The agency whose plans are meant; without it, every agency that has no policy of its own.
    #[arg(long, value_name = "ID")]
    agency: Option<String>,
    /// The day, such as 2027-03-01; without it, today.
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    /// Plans of such a program, such as crisis-stabilization.
    #[arg(long, value_name = "TYPE", value_parser = code::<ProgramType>)]
    program_type: Option<ProgramType>,
    /// Plans of this type, such as crisis-short-term.
    #[arg(long, value_name = "TYPE", value_parser = code::<PlanType>)]
    plan_type: Option<PlanType>,
    /// Plans of people of this age, such as child, adult or 18-20.
    #[arg(long, value_name = "GROUP", value_parser = age_group)]
    age_group: Option<AgeGroup>,
    /// How it is printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Args)]
pub(super) struct CheckFile {
    /// The policy file.
    file: PathBuf,
    /// Check it as the policy of this agency; without it, as the state's, together with the policies of all agencies.
    #[arg(long, value_name = "ID")]
    agency: Option<String>,
}

/// The built-in policy named, with the agency's ready-made phrases, or the policy that the settings have for the agency.
pub(super) fn in_force(
    named: Option<&str>,
    agency: Option<&str>,
    config: &Config,
) -> Result<Arc<RulePolicy>, ProfileError> {
    match named {
        Some(name) => Policies::built_in_with_phrases(name, &config.gate, agency),
        None => Policies::load(&config.gate).map(|policies| policies.for_agency(agency).clone()),
    }
}

impl Policy {
    pub(super) fn run(self, config: Config) -> anyhow::Result<Done> {
        match self {
            Self::Explain(explain) => explain.run(&config),
            Self::Check(check) => check.run(config),
        }
    }
}

impl Explain {
    fn run(&self, config: &Config) -> anyhow::Result<Done> {
        let situation = Situation {
            plan_type: self.plan_type.as_ref(),
            program_type: self.program_type.as_ref(),
            ages: self.age_group.map(AgeGroup::ages),
        };
        let day = self.on.unwrap_or_else(|| Clock::System.today());
        let explained = Policies::load(&config.gate)?.explain(self.agency.as_deref(), &situation, day);
        match self.format {
            Format::Text => print!("{}", table(&explained)),
            Format::Json => println!("{:#}", explained.json()),
        }
        Ok(Done::Well)
    }
}

impl CheckFile {
    fn run(self, config: Config) -> anyhow::Result<Done> {
        let mut gate = config.gate;
        let file = self.file.display().to_string();
        match &self.agency {
            Some(id) => {
                // A built-in policy's name would be taken for that policy.
                let policy = format!("./{file}").replacen(".//", "/", 1);
                match gate.agency.iter_mut().find(|agency| agency.id == *id) {
                    Some(agency) => agency.policy = policy,
                    None => gate.agency.push(GateAgency { id: id.clone(), policy, ..GateAgency::default() }),
                }
            }
            None => gate.state_policy.clone_from(&self.file),
        }
        match Policies::load(&gate) {
            Ok(policies) => {
                let identity = policies.for_agency(self.agency.as_deref()).identity(Clock::System.today());
                println!("{file} is in order; plans are judged under {identity}");
                Ok(Done::Well)
            }
            Err(error @ ProfileError::NoFile { .. }) => bail!(error),
            Err(error) => {
                println!("{error}");
                Ok(Done::Rejected)
            }
        }
    }
}

fn table(explained: &Explained) -> String {
    let mut lines = vec![format!("policy {} on {}", explained.policy, explained.day)];
    lines.extend(explained.basis.iter().map(|basis| format!("basis: {basis}")));
    lines.push(row(["rule", "severity", "floor", "from"]));
    lines.extend(explained.rules.iter().map(line));
    lines.join("\n") + "\n"
}

fn line(rule: &ExplainedRule) -> String {
    let word = |severity: Option<Severity>| severity.map_or("off", Severity::as_str);
    let mut from: Vec<_> = rule.steps.iter().map(Step::in_words).collect();
    let other = Circumstance::ALL.into_iter().filter(|one| rule.standing.of(*one) != rule.usual());
    from.extend(other.map(|one| format!("{}: {}", one.as_str(), word(rule.standing.of(one)))));
    row([rule.rule.id, word(rule.usual()), word(rule.rule.floor), &from.join("; ")])
}

fn row([rule, severity, floor, from]: [&str; 4]) -> String {
    format!("{rule:<10}{severity:<13}{floor:<13}{from}")
}

/// A code of a vocabulary of the plan model.
fn code<V: Vocabulary + for<'a> From<&'a str>>(text: &str) -> Result<V, String> {
    let code = V::from(text);
    if code.is_other() { Err(format!("take one of {}", V::CODES.join(", "))) } else { Ok(code) }
}

fn age_group(text: &str) -> Result<AgeGroup, String> {
    let names = || AGE_GROUPS.map(|group| group.name).join(", ");
    AgeGroup::named(text).ok_or_else(|| format!("take one of {}", names()))
}
