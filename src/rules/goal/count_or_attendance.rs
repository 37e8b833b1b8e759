//! GOAL-022: a goal is a count or an attendance target.

use crate::rules::{
    Domain, Found, Rule, Stage,
    reading::Reading,
    wording::{Markers, says},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "GOAL-022",
    name: "goal-is-a-target",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::C,
    code: "informational",
    elements: &[("", "Goal.description.text")],
    overridable: false,
    basis: &["A:362", "A:369"],
    page: include_str!("count_or_attendance.md"),
    check: Some(check),
};

const MESSAGE: &str = "This looks like a step toward something. What is it for? The answer may be the goal.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    for goal in &reading.goals {
        let Some((text, language)) = goal.open_text() else { continue };
        let is_count = goal.judged.is_some_and(|judged| judged.markers.any(Markers::C6));
        if is_count || says(text, language, |sense| &sense.attend) {
            let target = if is_count { "count" } else { "attendance" };
            found.at(goal.pointer("statement/text"), MESSAGE, format!("target={target}"));
        }
    }
}
