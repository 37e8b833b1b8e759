//! DATA-008: employment or school attendance is reported at an age at which the state does not expect it.

use crate::rules::{
    Domain, Found, Rule, Stage,
    ages::{Ages, Field},
    reading::Reading,
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "DATA-008",
    name: "status-not-expected-at-age",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::E,
    code: "business-rule",
    elements: &[("", "Patient.birthDate")],
    overridable: false,
    basis: &["state model, section 4"],
    page: include_str!("status_and_age.md"),
    check: Some(check),
};

const FIELDS: [(Field, &str, &str); 2] = [
    (Field::Employment, "Employment", "employment"),
    (Field::SchoolAttendance, "School attendance", "school_attendance"),
];

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    let (Some(status), Some(ages)) = (&reading.plan.person.status, Ages::at_start(reading.plan)) else { return };
    for (field, label, name) in FIELDS {
        if field.of(status).is_some_and(|answer| ages.contradict(reading.ages, field, answer)) {
            let message = format!("{label} is not expected at this age. Please check this field and the birth date.");
            found.at(format!("/person/status/{name}/code"), message, String::new());
        }
    }
}
