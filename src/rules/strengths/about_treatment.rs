//! STR-003: every strength is about taking part in treatment, manner toward staff, an exam finding, or a symptom that is not there.

use super::first_when_every;
use crate::rules::{Domain, Found, Rule, Stage, reading::Reading, wording::strength_says};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "STR-003",
    name: "strengths-only-about-treatment",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::A,
    code: "business-rule",
    elements: &[("", "Observation.valueString")],
    overridable: true,
    basis: &["A:298", "A:338", "B:163"],
    page: include_str!("about_treatment.md"),
    check: Some(check),
};

const MESSAGE: &str = "These notes describe how the person takes part in treatment. Please add what is strong in the person and \
    their life.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    if let Some(first) = first_when_every(reading, |text| strength_says(text, |of| &of.treatment)) {
        found.at(format!("/strengths/{first}/text"), MESSAGE, String::new());
    }
}
