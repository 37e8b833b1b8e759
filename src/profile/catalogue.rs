//! The catalogue as programs read it: what each rule is, and what the built-in policies make of it.

use serde_json::{Map, Value, json};

use super::{
    built_in::{BUILT_IN, policy},
    fault::ProfileError,
};
use crate::rules::{Circumstance, Policy, Rule, Severity, Stage};

/// A rule with its severities and its page.
pub fn rule_json(rule: &Rule) -> Result<Value, ProfileError> {
    let policies: Vec<_> =
        BUILT_IN.iter().map(|name| Ok((*name, policy(name)?))).collect::<Result<_, ProfileError>>()?;
    let severity = |circumstance| -> Map<String, Value> {
        let word = |policy: &Policy| policy.severity_when(rule.id, circumstance).map_or("off", Severity::as_str);
        policies.iter().map(|(name, policy)| ((*name).to_owned(), json!(word(policy)))).collect()
    };
    let usual = severity(Circumstance::Usual);
    let others = Circumstance::ALL.into_iter().map(|circumstance| (circumstance.as_str(), severity(circumstance)));
    let others: Map<_, _> =
        others.filter(|(_, other)| *other != usual).map(|(name, other)| (name.to_owned(), other.into())).collect();
    let (stage, since) = match rule.stage {
        Stage::Preview { since } => ("preview", since),
        Stage::Stable { since } => ("stable", since),
    };
    Ok(json!({
        "id": rule.id, "name": rule.name, "area": rule.area(), "stage": stage, "since": since,
        "summary": rule.page().map_or("", |page| page.sentence), "severity": usual, "circumstances": others,
        "floor": rule.floor.map_or("off", Severity::as_str), "overridable": rule.overridable,
        "domain": { "letter": format!("{:?}", rule.domain), "name": rule.domain.as_str() }, "code": rule.code,
        "elements": rule.elements.iter().map(|(_, element)| element).collect::<Vec<_>>(), "basis": rule.basis,
        "page": rule.page,
    }))
}
