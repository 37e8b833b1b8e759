//! DATA-009: an answer that reports are split by is unknown, or was not collected.

use std::fmt;

use crate::{
    plan::people::{Answer, Missing},
    rules::{Domain, Found, Rule, Severity, Stage, reading::Reading},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "DATA-009",
    name: "stratifier-not-known",
    stage: Stage::Stable { since: "0.1.0" },
    floor: Some(Severity::Information),
    domain: Domain::E,
    code: "informational",
    elements: &[],
    overridable: false,
    basis: &["state model, sections 4 and 7"],
    page: include_str!("stratifier_not_known.md"),
    check: Some(check),
};

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    let person = &reading.plan.person;
    if let Some(asked) = &person.demographics {
        let fields =
            [("race", &asked.race), ("ethnicity", &asked.ethnicity), ("sex", &asked.sex), ("gender", &asked.gender)];
        for (field, answers) in fields {
            list(field, &format!("/person/demographics/{field}"), answers, found);
        }
    }
    if let Some(status) = &person.status {
        let fields = [
            ("SMI/SED status", "smi_sed", &status.smi_sed),
            ("living situation", "living_situation", &status.living_situation),
            ("employment", "employment", &status.employment),
            ("reason for not being in the labor force", "not_in_labor_force", &status.not_in_labor_force),
            ("school attendance", "school_attendance", &status.school_attendance),
            ("county", "county", &status.county),
        ];
        for (label, field, answer) in fields {
            one(label, format_args!("/person/status/{field}"), answer.as_ref(), found);
        }
        list("funding", "/person/status/funding", &status.funding, found);
    }
}

fn list(label: &str, pointer: &str, answers: &[Answer], found: &mut Found<'_>) {
    for (index, answer) in answers.iter().enumerate() {
        one(label, format_args!("{pointer}/{index}"), Some(answer), found);
    }
}

fn one(label: &str, pointer: fmt::Arguments<'_>, answer: Option<&Answer>, found: &mut Found<'_>) {
    let why = match answer.and_then(|answer| answer.missing.as_ref()) {
        Some(Missing::Unknown) => "unknown",
        Some(Missing::NotCollected) => "not collected",
        _ => return,
    };
    let mut field = label.to_owned();
    field[..1].make_ascii_uppercase();
    found.at(format!("{pointer}/missing"), format!("{field} is {why} for this person."), String::new());
}
