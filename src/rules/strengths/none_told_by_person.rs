//! STR-006: no strength is recorded as told by the person.

use crate::{
    plan::strength::ToldBy,
    rules::{Domain, Found, Rule, Stage, reading::Reading},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "STR-006",
    name: "strengths-none-told-by-the-person",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::A,
    code: "informational",
    elements: &[("", "Observation.performer")],
    overridable: false,
    basis: &["A:447-451"],
    page: include_str!("none_told_by_person.md"),
    check: Some(check),
};

const MESSAGE: &str = "If you can, add a strength the person named themselves.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    let mut told = reading.told_strengths().peekable();
    if told.peek().is_some() && told.all(|(_, strength)| strength.told_by != Some(ToldBy::Person)) {
        found.at("/strengths".to_owned(), MESSAGE, String::new());
    }
}
