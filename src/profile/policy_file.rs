//! A policy file of a state or of an agency, as written: what it builds on and what it changes, each with its line.
//!
//! Here it is held against the catalogue only. What a state fixed and an agency may not lower is `layering`'s.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;
use toml::{Spanned, Value};

use super::{
    built_in::BUILT_IN,
    fault::{ProfileError, Source},
    weight::{Effect, Severities, Weight, age_groups_there_are, checked, known, overlay},
};
use crate::{
    plan::{PlanType, ProgramType},
    rules::{AgeGroup, Expected, Overlay, Severity, When},
};

/// The longest name of a policy.
const NAME: usize = 40;

/// A policy file that fits the catalogue.
#[derive(Debug)]
pub(super) struct PolicyFile {
    pub(super) file: String,
    /// The built-in policy it builds on, and its line.
    pub(super) base: (&'static str, usize),
    pub(super) name: String,
    pub(super) basis: Option<String>,
    pub(super) floors: Vec<Change>,
    pub(super) raise: Vec<Change>,
    pub(super) grace: Grace,
    pub(super) overlays: Vec<(Overlay, usize)>,
    /// Grace for one agency, by its id, and the line of the first.
    pub(super) agencies: BTreeMap<String, Grace>,
    pub(super) agencies_line: usize,
    /// At which ages which answers are expected, each with its line.
    pub(super) expected_ages: Vec<(Expected, usize)>,
}

/// A rule that is to weigh this.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change {
    pub(super) rule: &'static str,
    pub(super) severity: Option<Severity>,
    pub(super) line: usize,
}

/// What does not count yet, and until when.
#[derive(Clone, Debug, Default)]
pub(super) struct Grace {
    pub(super) observe_until: Option<(Date, usize)>,
    pub(super) enforce_from: BTreeMap<&'static str, (Date, usize)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    policy: Spanned<String>,
    name: Spanned<String>,
    basis: Option<String>,
    observe_until: Option<Spanned<Value>>,
    #[serde(default)]
    floors: Severities,
    #[serde(default)]
    raise: Severities,
    #[serde(default)]
    enforce_from: Dates,
    #[serde(default)]
    overlays: Vec<Spanned<WrittenOverlay>>,
    agencies: Option<Spanned<BTreeMap<String, WrittenGrace>>>,
    #[serde(default)]
    expected_ages: Vec<Spanned<Expected>>,
}

type Dates = BTreeMap<String, Spanned<Value>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenGrace {
    observe_until: Option<Spanned<Value>>,
    #[serde(default)]
    enforce_from: Dates,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenOverlay {
    when: WrittenWhen,
    #[serde(default)]
    areas: Vec<String>,
    error_becomes: Option<Weight>,
    #[serde(default)]
    off: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenWhen {
    plan_type: Option<PlanType>,
    program_type: Option<ProgramType>,
    age_group: Option<Spanned<String>>,
}

impl PolicyFile {
    /// Reads a policy file of a state or an agency.
    pub(super) fn read(source: Source<'_>) -> Result<Self, ProfileError> {
        let written: Written = source.read()?;
        let agencies_line = written.agencies.as_ref().map_or(0, |agencies| source.line(agencies.span().start));
        let agencies = written.agencies.map(Spanned::into_inner).unwrap_or_default();
        let by_agency = |(id, grace): (String, WrittenGrace)| {
            Ok((id, self::grace(source, grace.observe_until, grace.enforce_from)?))
        };
        Ok(Self {
            file: source.file.to_owned(),
            base: base(source, &written.policy)?,
            name: name(source, &written.name)?,
            basis: written.basis,
            floors: changes(source, &written.floors)?,
            raise: changes(source, &written.raise)?,
            grace: grace(source, written.observe_until, written.enforce_from)?,
            overlays: written.overlays.into_iter().map(|one| written_overlay(source, one)).collect::<Result<_, _>>()?,
            agencies: agencies.into_iter().map(by_agency).collect::<Result<_, _>>()?,
            agencies_line,
            expected_ages: written
                .expected_ages
                .into_iter()
                .map(|one| expected(source, one))
                .collect::<Result<_, _>>()?,
        })
    }
}

fn expected(source: Source<'_>, written: Spanned<Expected>) -> Result<(Expected, usize), ProfileError> {
    let line = source.line(written.span().start);
    match written.get_ref().fault() {
        Some(fault) => Err(source.unreadable(line, fault)),
        None => Ok((written.into_inner(), line)),
    }
}

fn base(source: Source<'_>, written: &Spanned<String>) -> Result<(&'static str, usize), ProfileError> {
    let line = source.line(written.span().start);
    let found = BUILT_IN.iter().find(|known| *known == written.get_ref());
    let fault = || source.unreadable(line, "policy names what this file builds on: observe, standard or strict");
    found.map(|base| (*base, line)).ok_or_else(fault)
}

fn name(source: Source<'_>, written: &Spanned<String>) -> Result<String, ProfileError> {
    let name = written.get_ref();
    let fits = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'-';
    if name.is_empty() || name.len() > NAME || !name.bytes().all(fits) || BUILT_IN.contains(&name.as_str()) {
        let fault = format!("name takes up to {NAME} small letters, digits and hyphens, and is no built-in policy's");
        return Err(source.unreadable(source.line(written.span().start), fault));
    }
    Ok(name.clone())
}

fn changes(source: Source<'_>, written: &Severities) -> Result<Vec<Change>, ProfileError> {
    let change = |(rule, weight): (&String, &Spanned<Weight>)| {
        let (rule, line) = (checked(source, rule, weight)?, source.line(weight.span().start));
        Ok(Change { rule, severity: weight.get_ref().severity(), line })
    };
    written.iter().map(change).collect()
}

fn grace(
    source: Source<'_>,
    observe_until: Option<Spanned<Value>>,
    enforce_from: Dates,
) -> Result<Grace, ProfileError> {
    let observe_until = observe_until.map(|written| date(source, &written)).transpose()?;
    let mut dates = BTreeMap::new();
    for (rule, written) in enforce_from {
        let (day, line) = date(source, &written)?;
        let rule = known(source, line, &rule)?;
        if rule.floor == Some(Severity::Error) {
            return Err(ProfileError::BelowFloor {
                file: source.file.to_owned(),
                line,
                rule: rule.id,
                floor: Severity::Error,
            });
        }
        dates.insert(rule.id, (day, line));
    }
    Ok(Grace { observe_until, enforce_from: dates })
}

/// A day, as TOML's own date or as text.
fn date(source: Source<'_>, written: &Spanned<Value>) -> Result<(Date, usize), ProfileError> {
    let line = source.line(written.span().start);
    let text = match written.get_ref() {
        Value::String(text) => text.clone(),
        Value::Datetime(date) => date.to_string(),
        _ => String::new(),
    };
    let day = text.parse().ok().filter(|_| text.len() == "2027-03-01".len());
    let fault = || source.unreadable(line, "this is no date; write the year, the month and the day as in 2027-03-01");
    day.map(|day| (day, line)).ok_or_else(fault)
}

fn written_overlay(source: Source<'_>, written: Spanned<WrittenOverlay>) -> Result<(Overlay, usize), ProfileError> {
    let line = source.line(written.span().start);
    let WrittenOverlay { when, areas, error_becomes, off } = written.into_inner();
    let WrittenWhen { plan_type, program_type, age_group } = when;
    let group = |named: Spanned<String>| {
        let unknown = || source.unreadable(source.line(named.span().start), age_groups_there_are());
        AgeGroup::named(named.get_ref()).ok_or_else(unknown)
    };
    let when = When { plan_type, program_type, age_group: age_group.map(group).transpose()? };
    Ok((overlay(source, line, when, Effect { areas, error_becomes, off })?, line))
}
