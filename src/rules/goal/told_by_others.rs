//! GOAL-013: a goal is told by someone about the person, and nothing says that it is the person's idea.

use crate::rules::{
    Domain, Found, Rule, Severity, Stage,
    reading::{Line, Reading},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "GOAL-013",
    name: "goal-told-by-others",
    stage: Stage::Stable { since: "0.1.0" },
    floor: Some(Severity::Information),
    domain: Domain::C,
    code: "business-rule",
    elements: &[("", "Goal.expressedBy")],
    overridable: true,
    basis: &["A:366", "S12"],
    page: include_str!("told_by_others.md"),
    check: Some(check),
};

const MESSAGE: &str = "This goal is told by someone about the person. If it is the person's idea, record how they confirmed it, or \
    add their own words.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    for goal in reading.goals_with(Line::Reported) {
        found.at(goal.pointer("statement/expressed_by"), MESSAGE, goal.marker_ids());
    }
}
