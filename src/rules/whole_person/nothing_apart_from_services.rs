//! WHO-001: the plan says nothing about the person's roles, interests, culture or faith.

use crate::{
    plan::{Strength, WholePerson, strength::StrengthCategory},
    rules::{
        Domain, Found, Rule, Stage,
        reading::{Reading, StrengthReading},
    },
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "WHO-001",
    name: "nothing-apart-from-services",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::A,
    code: "informational",
    elements: &[("", "CarePlan.supportingInfo")],
    overridable: false,
    basis: &["A:155"],
    page: include_str!("nothing_apart_from_services.md"),
    check: Some(check),
};

const MESSAGE: &str = "The plan says little yet about who the person is apart from services.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    let strengths = reading.plan.strengths.iter().zip(&reading.strengths);
    let mut told = strengths.filter(|(_, reading)| **reading == StrengthReading::Told);
    let of_life =
        |one: &Strength| matches!(one.category, Some(StrengthCategory::Interest | StrengthCategory::CultureOrFaith));
    if !reading.plan.whole_person.as_ref().is_some_and(is_told) && !told.any(|(one, _)| of_life(one)) {
        found.at("/whole_person".to_owned(), MESSAGE, String::new());
    }
}

fn is_told(whole: &WholePerson) -> bool {
    let single = [&whole.culture, &whole.faith, &whole.important_to_me, &whole.what_gives_life];
    let mut all = single.into_iter().flatten().chain(&whole.roles).chain(&whole.interests);
    all.any(|words| !words.is_blank())
}
