//! GOAL-016: a goal was given by someone other than the person, and the person's part in it is not recorded.

use crate::{
    plan::{Plan, crisis::PersonAgrees, goal::ExpressedBy, planning::TookPart},
    rules::{Circumstance, Domain, Found, Rule, Stage, reading::Reading},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "GOAL-016",
    name: "goal-without-the-persons-part",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::C,
    code: "business-rule",
    elements: &[("", "Goal.expressedBy")],
    overridable: true,
    basis: &["A:366", "A:425", "S15"],
    page: include_str!("persons_part_unknown.md"),
    check: Some(check),
};

const MESSAGE: &str = "This goal was given by someone other than the person. Please record how the person took part, or what they \
    want themselves.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    if took_part(reading.plan) {
        return;
    }
    for goal in reading.goals.iter().filter(|goal| !goal.is_stopped() && !reading.is_clinical(goal)) {
        let statement = &goal.goal.statement;
        let circumstance = match &statement.expressed_by {
            Some(ExpressedBy::Staff) => Circumstance::StaffSpoke,
            Some(ExpressedBy::Guardian | ExpressedBy::Family | ExpressedBy::CourtOrAgency) => Circumstance::Usual,
            _ => continue,
        };
        if !goal.is_attested() {
            found.when(circumstance, goal.pointer("statement/expressed_by"), MESSAGE, String::new());
        }
    }
}

/// Whether the plan says what part the person had in it.
fn took_part(plan: &Plan) -> bool {
    let part = plan.planning.as_ref().and_then(|planning| planning.person_took_part.as_ref());
    let agrees = plan.agreement.as_ref().and_then(|agreement| agreement.person_agrees.as_ref());
    matches!(part, Some(TookPart::Yes | TookPart::Partly))
        || matches!(agrees, Some(PersonAgrees::Yes | PersonAgrees::Partly | PersonAgrees::No))
}
