//! DATA-007: SMI or SED status and the person's age do not fit the state's table.

use crate::rules::{
    Domain, Found, Rule, Stage,
    ages::{Ages, Field},
    reading::Reading,
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "DATA-007",
    name: "smi-sed-does-not-fit-age",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::E,
    code: "business-rule",
    elements: &[("", "Patient.birthDate")],
    overridable: false,
    basis: &["state model, section 4", "64 FR 33890"],
    page: include_str!("smi_sed_and_age.md"),
    check: Some(check),
};

const MESSAGE: &str = "SMI/SED status and age do not fit the state's table. Please check both fields.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    let answer = reading.plan.person.status.as_ref().and_then(|status| Field::SmiSed.of(status));
    if let (Some(answer), Some(ages)) = (answer, Ages::at_start(reading.plan))
        && ages.contradict(reading.ages, Field::SmiSed, answer)
    {
        found.at("/person/status/smi_sed/code".to_owned(), MESSAGE, String::new());
    }
}
