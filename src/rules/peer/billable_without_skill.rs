//! PEER-006: preparation is marked as billable, and the skill worked on is not named.

use crate::{
    plan::YesNoUnknown,
    rules::{Domain, Found, Rule, Stage, reading::Reading},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "PEER-006",
    name: "billable-without-skill",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::D,
    code: "business-rule",
    elements: &[("", "Procedure.note")],
    overridable: false,
    basis: &["A:484-485"],
    page: include_str!("billable_without_skill.md"),
    check: Some(check),
};

const MESSAGE: &str =
    "This time is marked as billable skill-building. Please name the skill. (We do not decide payment.)";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    let talks = reading.plan.planning.as_ref().map_or(&[][..], |planning| &planning.preplanning);
    for (place, talk) in talks.iter().enumerate() {
        let names_skill = talk.skill.as_ref().is_some_and(|skill| !skill.trim().is_empty());
        if talk.billable == Some(YesNoUnknown::Yes) && !names_skill {
            found.at(format!("/planning/preplanning/{place}/skill"), MESSAGE, String::new());
        }
    }
}
