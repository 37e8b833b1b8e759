//! What policy files say of one rule or some: severities and overlays, checked against the catalogue and its floors.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::fault::{ProfileError, Source};
use crate::{
    plan::code::Vocabulary,
    rules::{AGE_GROUPS, Overlay, Rule, Severity, When, catalogue, catalogue::RULES},
};

/// Severities by rule, as written.
pub(super) type Severities = BTreeMap<String, Spanned<Weight>>;

/// A severity, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Weight {
    Error,
    Warning,
    Information,
    Off,
}

/// What an overlay does, as written.
#[derive(Debug)]
pub(super) struct Effect {
    pub(super) areas: Vec<String>,
    pub(super) error_becomes: Option<Weight>,
    pub(super) off: Vec<String>,
}

impl Weight {
    pub(super) fn severity(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Information => Some(Severity::Information),
            Self::Off => None,
        }
    }
}

/// The rule of an id.
pub(super) fn known(source: Source<'_>, line: usize, rule: &str) -> Result<&'static Rule, ProfileError> {
    catalogue::rule(rule).ok_or_else(|| source.unknown_rule(line, rule))
}

/// The rule's permanent id, when it is in the catalogue and may weigh this.
pub(super) fn checked(source: Source<'_>, rule: &str, weight: &Spanned<Weight>) -> Result<&'static str, ProfileError> {
    let line = source.line(weight.span().start);
    let rule = known(source, line, rule)?;
    above_floor(source, line, rule, weight.get_ref().severity())?;
    Ok(rule.id)
}

/// Refuses a severity under the rule's floor.
pub(super) fn above_floor(
    source: Source<'_>,
    line: usize,
    rule: &Rule,
    severity: Option<Severity>,
) -> Result<(), ProfileError> {
    match rule.floor {
        Some(floor) if severity < Some(floor) => {
            Err(ProfileError::BelowFloor { file: source.file.to_owned(), line, rule: rule.id, floor })
        }
        _ => Ok(()),
    }
}

/// An overlay that names a known kind of plan, does something, and puts no rule under its floor.
pub(super) fn overlay(source: Source<'_>, line: usize, when: When, effect: Effect) -> Result<Overlay, ProfileError> {
    let fault = |fault: String| Err(source.unreadable(line, fault));
    let is_unknown = when.plan_type.as_ref().is_some_and(Vocabulary::is_other)
        || when.program_type.as_ref().is_some_and(Vocabulary::is_other);
    if is_unknown || when.is_empty() {
        return fault("an overlay names a plan_type or a program_type of the plan model, or an age_group".to_owned());
    }
    if let Some(unknown) = effect.areas.iter().find(|area| !RULES.iter().any(|rule| rule.area() == *area)) {
        return fault(format!("there is no area of rules \"{unknown}\""));
    }
    if effect.error_becomes.is_some() == effect.areas.is_empty() {
        return fault("error_becomes and areas stand together, such as areas = [\"GOAL\", \"STR\"]".to_owned());
    }
    let error_becomes = match effect.error_becomes {
        Some(Weight::Off) => return fault("error_becomes takes no \"off\"; name rules under off".to_owned()),
        Some(Weight::Error) => return fault("error_becomes takes warning or information".to_owned()),
        lesser => lesser.and_then(Weight::severity),
    };
    if error_becomes.is_none() && effect.off.is_empty() {
        return fault("an overlay says error_becomes with areas, or off".to_owned());
    }
    for rule in RULES.iter().filter(|rule| effect.areas.iter().any(|area| area == rule.area())) {
        above_floor(source, line, rule, error_becomes)?;
    }
    let mut off = Vec::new();
    for id in &effect.off {
        let rule = known(source, line, id)?;
        above_floor(source, line, rule, None)?;
        off.push(rule.id);
    }
    Ok(Overlay { when, error_becomes, areas: effect.areas, off })
}

/// What to write as `age_group`.
pub(super) fn age_groups_there_are() -> String {
    let names: Vec<_> = AGE_GROUPS.iter().map(|group| group.name).collect();
    format!("there is no such age_group; take {}", names.join(", "))
}
