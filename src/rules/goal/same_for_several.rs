//! GOAL-030: a long goal, or the plan as a whole, is worded the same as for at least two other people of the agency.

use crate::rules::{
    Domain, Found, Rule, Stage,
    reading::{GoalReading, Reading},
    sameness::Part,
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "GOAL-030",
    name: "goal-same-for-several-people",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::E,
    code: "business-rule",
    elements: &[("/text", "Goal.description.text"), ("/goals", "CarePlan.goal")],
    overridable: true,
    basis: &["A:367", "S1", "S29"],
    page: include_str!("same_for_several.md"),
    check: Some(check),
};

const MESSAGE: &str = "This goal is worded the same as in other people's plans at your agency. Please check that these are this \
    person's own words.";
const MESSAGE_WHOLE: &str = "Goals, strengths and objectives of this plan, taken together, are worded the same as in other people's \
    plans at your agency. Please check that these are this person's own words.";
/// Other people from which it counts: three with this one.
const SEVERAL: usize = 2;

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    let is_said = |part| reading.others.people(part) >= SEVERAL;
    let mut single =
        reading.goals.iter().filter(|goal| is_said(Part::Goal(goal.index)) && !goal.is_attested()).peekable();
    if single.peek().is_none() && is_said(Part::Whole) && !reading.goals.iter().all(GoalReading::is_attested) {
        found.at("/goals".to_owned(), MESSAGE_WHOLE, "people>=3; text=whole".to_owned());
    }
    for goal in single {
        found.at(goal.pointer("statement/text"), MESSAGE, "people>=3".to_owned());
    }
}
