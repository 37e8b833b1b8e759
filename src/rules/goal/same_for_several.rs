//! GOAL-030: a long goal is worded the same as in the plans of at least two other people of the agency.

use crate::rules::{Domain, Found, Rule, Stage, reading::Reading};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "GOAL-030",
    name: "goal-same-for-several-people",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::E,
    code: "business-rule",
    elements: &[("", "Goal.description.text")],
    overridable: true,
    basis: &["A:367", "S1", "S29"],
    page: include_str!("same_for_several.md"),
    check: Some(check),
};

const MESSAGE: &str = "This goal is worded the same as in other people's plans at your agency. Please check that these are this \
    person's own words.";
/// Other people from which it counts: three with this one.
const SEVERAL: usize = 2;

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    for goal in &reading.goals {
        if reading.others.people(goal.index) >= SEVERAL && !goal.is_attested() {
            found.at(goal.pointer("statement/text"), MESSAGE, "people>=3".to_owned());
        }
    }
}
