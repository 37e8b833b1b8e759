//! Reads policy files: which rule at which severity. What does not fit the catalogue is refused with file and line.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use serde::Deserialize;
use toml::Spanned;

use crate::{
    plan::{PlanType, ProgramType, code::Vocabulary},
    rules::{
        Circumstance, Overlay, Policy, Severity, Weights,
        catalogue::{self, RETIRED, RULES},
    },
};

/// Why a policy cannot be used, and where.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// There is no such policy.
    #[error("there is no policy \"{name}\"; take observe, standard or strict")]
    UnknownPolicy {
        /// The name asked for.
        name: String,
    },
    /// The file is no TOML, or has a key or value that policies do not have.
    #[error("{file} line {line}: {fault}")]
    Unreadable {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// What the reader says.
        fault: String,
    },
    /// A rule that the catalogue does not have.
    #[error("{file} line {line}: there is no rule {rule}{why}; `ownwords rules` lists them")]
    UnknownRule {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// The rule's id.
        rule: String,
        /// Why, when it was retired.
        why: String,
    },
    /// A rule of the catalogue that the policy does not name.
    #[error("{file} line {line}: {rule} is missing; say error, warning, information or off")]
    MissingRule {
        /// The file.
        file: String,
        /// The line of the table, counted from 1.
        line: usize,
        /// The rule's id.
        rule: &'static str,
    },
    /// A severity under the rule's floor.
    #[error("{file} line {line}: {rule} may not weigh less than {}", floor.as_str())]
    BelowFloor {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// The rule's id.
        rule: &'static str,
        /// The least it may weigh.
        floor: Severity,
    },
}

const BUILT_IN: [(&str, &str, &str); 3] = [
    ("observe", "profiles/policy/observe.toml", include_str!("../../profiles/policy/observe.toml")),
    ("standard", "profiles/policy/standard.toml", include_str!("../../profiles/policy/standard.toml")),
    ("strict", "profiles/policy/strict.toml", include_str!("../../profiles/policy/strict.toml")),
];

/// A built-in policy, read once.
pub fn policy(name: &str) -> Result<Arc<Policy>, ProfileError> {
    static READ: [OnceLock<Arc<Policy>>; BUILT_IN.len()] = [const { OnceLock::new() }; BUILT_IN.len()];
    let known = BUILT_IN.iter().zip(&READ).find(|((known, ..), _)| *known == name);
    let ((_, file, text), read) = known.ok_or_else(|| ProfileError::UnknownPolicy { name: name.to_owned() })?;
    if let Some(policy) = read.get() {
        return Ok(Arc::clone(policy));
    }
    let policy = Arc::new(read_policy(file, text)?);
    Ok(Arc::clone(read.get_or_init(|| policy)))
}

/// Reads a policy file. Every rule of the catalogue stands in `[severity]`, no other does, and none is under its floor.
pub fn read_policy(file: &str, text: &str) -> Result<Policy, ProfileError> {
    let unreadable = |error: toml::de::Error| ProfileError::Unreadable {
        file: file.to_owned(),
        line: line_of(text, error.span().map_or(0, |span| span.start)),
        fault: error.message().to_owned(),
    };
    let spec: PolicyFile = toml::from_str(text).map_err(unreadable)?;
    let reader = Reader { file, text };
    let mut weights: BTreeMap<&str, Weights> = BTreeMap::new();
    for (rule, weight) in spec.severity.get_ref() {
        let id = reader.check(rule, *weight.get_ref(), weight.span().start)?;
        weights.insert(id, Weights::always(weight.get_ref().severity()));
    }
    let table = line_of(text, spec.severity.span().start);
    if let Some(missing) = RULES.iter().find(|rule| !weights.contains_key(rule.id)) {
        return Err(ProfileError::MissingRule { file: file.to_owned(), line: table, rule: missing.id });
    }
    let special = [
        (Circumstance::AnotherStands, &spec.circumstance.another_stands),
        (Circumstance::Overdue60Days, &spec.circumstance.overdue_60_days),
        (Circumstance::Suggestion, &spec.circumstance.suggestion),
        (Circumstance::StaffSpoke, &spec.circumstance.staff_spoke),
    ];
    for (circumstance, severities) in special {
        for (rule, weight) in severities {
            let id = reader.check(rule, *weight.get_ref(), weight.span().start)?;
            weights.entry(id).and_modify(|known| *known = known.with(circumstance, weight.get_ref().severity()));
        }
    }
    let overlays: Result<_, _> = spec.overlay.into_iter().map(|overlay| reader.overlay(overlay)).collect();
    Ok(Policy::new(&spec.policy, |rule| weights.get(rule.id).copied().unwrap_or_default(), overlays?))
}

/// A policy file as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyFile {
    policy: String,
    severity: Spanned<Severities>,
    #[serde(default)]
    circumstance: Circumstances,
    #[serde(default)]
    overlay: Vec<Spanned<OverlayTable>>,
}

type Severities = BTreeMap<String, Spanned<Weight>>;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Circumstances {
    another_stands: Severities,
    overdue_60_days: Severities,
    suggestion: Severities,
    staff_spoke: Severities,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Weight {
    Error,
    Warning,
    Information,
    Off,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OverlayTable {
    plan_type: Option<PlanType>,
    program_type: Option<ProgramType>,
    areas: Vec<String>,
    error_becomes: Weight,
}

impl Weight {
    fn severity(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Information => Some(Severity::Information),
            Self::Off => None,
        }
    }
}

/// The file being read, for messages.
struct Reader<'a> {
    file: &'a str,
    text: &'a str,
}

impl Reader<'_> {
    /// The rule's permanent id, when it is in the catalogue and may weigh this.
    fn check(&self, rule: &str, weight: Weight, at: usize) -> Result<&'static str, ProfileError> {
        let (file, line) = (self.file.to_owned(), line_of(self.text, at));
        let Some(known) = catalogue::rule(rule) else {
            let retired = RETIRED.iter().find(|(id, _)| *id == rule);
            let why = retired.map_or_else(String::new, |(_, reason)| format!(" any more ({reason})"));
            return Err(ProfileError::UnknownRule { file, line, rule: rule.to_owned(), why });
        };
        match known.floor {
            Some(floor) if weight.severity() < Some(floor) => {
                Err(ProfileError::BelowFloor { file, line, rule: known.id, floor })
            }
            _ => Ok(known.id),
        }
    }

    /// An overlay that names a known kind of plan and puts no rule under its floor.
    fn overlay(&self, table: Spanned<OverlayTable>) -> Result<Overlay, ProfileError> {
        let at = table.span().start;
        let table = table.into_inner();
        let fault = |fault: &str| ProfileError::Unreadable {
            file: self.file.to_owned(),
            line: line_of(self.text, at),
            fault: fault.to_owned(),
        };
        let plan_type_unknown = table.plan_type.as_ref().is_some_and(Vocabulary::is_other);
        let program_type_unknown = table.program_type.as_ref().is_some_and(Vocabulary::is_other);
        if plan_type_unknown || program_type_unknown || (table.plan_type.is_none() && table.program_type.is_none()) {
            return Err(fault("an overlay names a plan_type or a program_type of the plan model"));
        }
        if let Some(unknown) = table.areas.iter().find(|area| !RULES.iter().any(|rule| rule.area() == *area)) {
            return Err(fault(&format!("there is no area of rules \"{unknown}\"")));
        }
        let lesser = table.error_becomes.severity().ok_or_else(|| fault("error_becomes takes no \"off\""))?;
        for rule in RULES.iter().filter(|rule| table.areas.iter().any(|area| area == rule.area())) {
            self.check(rule.id, table.error_becomes, at)?;
        }
        let OverlayTable { plan_type, program_type, areas, .. } = table;
        Ok(Overlay { plan_type, program_type, areas, error_becomes: lesser })
    }
}

/// The line of a byte, counted from 1.
fn line_of(text: &str, byte: usize) -> usize {
    1 + text.bytes().take(byte).filter(|byte| *byte == b'\n').count()
}
