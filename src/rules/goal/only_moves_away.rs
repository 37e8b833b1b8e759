//! GOAL-020: a goal says only what the person wants to move away from.

use crate::rules::{Domain, Found, Rule, Stage, reading::Reading, wording::says};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "GOAL-020",
    name: "goal-only-moves-away",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::C,
    code: "informational",
    elements: &[("", "Goal.description.text")],
    overridable: false,
    basis: &["A:367", "A:385-395", "S12"],
    page: include_str!("only_moves_away.md"),
    check: Some(check),
};

const MESSAGE: &str = "This goal says what the person wants to move away from. It stands as it is. Next time you talk, you might \
    ask what they would like to have instead.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    for goal in &reading.goals {
        let Some((text, language)) = goal.open_text() else { continue };
        if says(text, language, |sense| &sense.neg) && !says(text, language, |sense| &sense.toward) {
            found.at(goal.pointer("statement/text"), MESSAGE, String::new());
        }
    }
}
