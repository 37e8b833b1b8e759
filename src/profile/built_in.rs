//! The built-in policies, `profiles/policy/*.toml`: what each makes of every rule. One that does not fit the catalogue
//! is refused with file and line. Policy files of states and agencies build on these; `policy_file` reads them.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use serde::Deserialize;
use toml::Spanned;

use super::{
    fault::{ProfileError, Source},
    weight::{Effect, Severities, Weight, checked, overlay},
};
use crate::{
    plan::{PlanType, ProgramType},
    rules::{AgeGroup, Circumstance, Layer, Overlay, Policy, Weights, When, catalogue::RULES},
};

/// The built-in policies, in the order of their strictness.
pub const BUILT_IN: [&str; 3] = ["observe", "standard", "strict"];

const FILES: [(&str, &str); 3] = [
    ("profiles/policy/observe.toml", include_str!("../../profiles/policy/observe.toml")),
    ("profiles/policy/standard.toml", include_str!("../../profiles/policy/standard.toml")),
    ("profiles/policy/strict.toml", include_str!("../../profiles/policy/strict.toml")),
];

/// What a built-in policy makes of each rule, ready to be built on.
#[derive(Debug)]
pub(super) struct Base {
    pub(super) name: &'static str,
    pub(super) weights: BTreeMap<&'static str, Weights>,
    /// Circumstances in which a rule is said to weigh no more than usual, such as that another goal of the plan stands.
    pub(super) milder: BTreeMap<&'static str, Vec<Circumstance>>,
    pub(super) overlays: Vec<Overlay>,
    policy: Arc<Policy>,
}

/// A built-in policy.
pub fn policy(name: &str) -> Result<Arc<Policy>, ProfileError> {
    base(name).map(|base| Arc::clone(&base.policy))
}

/// A built-in policy to build on, read once.
pub(super) fn base(name: &str) -> Result<&'static Base, ProfileError> {
    static READ: [OnceLock<Base>; BUILT_IN.len()] = [const { OnceLock::new() }; BUILT_IN.len()];
    let place = BUILT_IN.iter().position(|known| *known == name);
    let place = place.ok_or_else(|| ProfileError::UnknownPolicy { name: name.to_owned() })?;
    if let Some(base) = READ[place].get() {
        return Ok(base);
    }
    let (file, text) = FILES[place];
    let base = read(BUILT_IN[place], Source { file, text })?;
    Ok(READ[place].get_or_init(|| base))
}

/// Reads a policy file like the built-in ones. Every rule of the catalogue stands in `[severity]`, no other does, and
/// none is under its floor.
pub fn read_policy(file: &str, text: &str) -> Result<Policy, ProfileError> {
    read("of a file", Source { file, text }).map(|base| Policy::clone(&base.policy))
}

impl Base {
    /// The layer of its weights, changed or not, with overlays.
    pub(super) fn layer(weights: &BTreeMap<&'static str, Weights>, overlays: Vec<Overlay>) -> Layer {
        Layer::new(|rule| weights.get(rule.id).copied().unwrap_or_default(), overlays)
    }
}

/// A policy file as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BuiltInFile {
    policy: String,
    severity: Spanned<Severities>,
    #[serde(default)]
    circumstance: Circumstances,
    #[serde(default)]
    overlay: Vec<Spanned<OverlayTable>>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Circumstances {
    another_stands: Severities,
    overdue_60_days: Severities,
    suggestion: Severities,
    staff_spoke: Severities,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OverlayTable {
    plan_type: Option<PlanType>,
    program_type: Option<ProgramType>,
    age_group: Option<String>,
    #[serde(default)]
    areas: Vec<String>,
    error_becomes: Option<Weight>,
    #[serde(default)]
    off: Vec<String>,
}

fn read(name: &'static str, source: Source<'_>) -> Result<Base, ProfileError> {
    let spec: BuiltInFile = source.read()?;
    let mut weights: BTreeMap<&str, Weights> = BTreeMap::new();
    for (rule, weight) in spec.severity.get_ref() {
        let id = checked(source, rule, weight)?;
        weights.insert(id, Weights::always(weight.get_ref().severity()));
    }
    if let Some(missing) = RULES.iter().find(|rule| !weights.contains_key(rule.id)) {
        let line = source.line(spec.severity.span().start);
        return Err(ProfileError::MissingRule { file: source.file.to_owned(), line, rule: missing.id });
    }
    let special = [
        (Circumstance::AnotherStands, &spec.circumstance.another_stands),
        (Circumstance::Overdue60Days, &spec.circumstance.overdue_60_days),
        (Circumstance::Suggestion, &spec.circumstance.suggestion),
        (Circumstance::StaffSpoke, &spec.circumstance.staff_spoke),
    ];
    let mut milder: BTreeMap<&str, Vec<Circumstance>> = BTreeMap::new();
    for (circumstance, severities) in special {
        for (rule, weight) in severities {
            let (id, severity) = (checked(source, rule, weight)?, weight.get_ref().severity());
            let known = weights.entry(id).or_default();
            *known = known.with(circumstance, severity);
            if severity <= known.of(Circumstance::Usual) {
                milder.entry(id).or_default().push(circumstance);
            }
        }
    }
    let overlays: Result<Vec<_>, _> = spec.overlay.into_iter().map(|table| built_in_overlay(source, table)).collect();
    let overlays = overlays?;
    let policy = Policy::new(&spec.policy, Base::layer(&weights, overlays.clone()), None);
    Ok(Base { name, weights, milder, overlays, policy: Arc::new(policy) })
}

fn built_in_overlay(source: Source<'_>, table: Spanned<OverlayTable>) -> Result<Overlay, ProfileError> {
    let line = source.line(table.span().start);
    let OverlayTable { plan_type, program_type, age_group, areas, error_becomes, off } = table.into_inner();
    let group = age_group.as_deref().map(AgeGroup::named);
    if group == Some(None) {
        return Err(source.unreadable(line, super::weight::age_groups_there_are()));
    }
    let when = When { plan_type, program_type, age_group: group.flatten() };
    overlay(source, line, when, Effect { areas, error_becomes, off })
}
