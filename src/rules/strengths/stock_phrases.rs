//! STR-004: every strength is a stock phrase that could be anyone's.

use super::first_when_every;
use crate::rules::{Domain, Found, Rule, Stage, reading::Reading, wording::strength_says};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "STR-004",
    name: "strengths-only-stock-phrases",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::A,
    code: "business-rule",
    elements: &[("", "Observation.valueString")],
    overridable: true,
    basis: &["A:367", "S1"],
    page: include_str!("stock_phrases.md"),
    check: Some(check),
};

const MESSAGE: &str = "This strength could be anyone's. A few particular words (who, what, how) will make it theirs.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    if let Some(first) = first_when_every(reading, |text| strength_says(text, |of| &of.stock)) {
        found.at(format!("/strengths/{first}/text"), MESSAGE, String::new());
    }
}
