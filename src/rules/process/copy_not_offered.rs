//! PROC-004: nothing says that the person was offered a copy of the plan.

use crate::{
    plan::YesNoUnknown,
    rules::{Domain, Found, Rule, Stage, reading::Reading},
};

/// The rule.
pub(crate) const RULE: Rule = Rule {
    id: "PROC-004",
    name: "copy-not-offered",
    stage: Stage::Stable { since: "0.1.0" },
    floor: None,
    domain: Domain::C,
    code: "business-rule",
    elements: &[("", "QuestionnaireResponse.item")],
    overridable: false,
    basis: &["B:136", "S15"],
    page: include_str!("copy_not_offered.md"),
    check: Some(check),
};

const MESSAGE: &str = "Please record that the person was offered a copy.";

fn check(reading: &Reading<'_>, found: &mut Found<'_>) {
    let offered = reading.plan.agreement.as_ref().and_then(|agreement| agreement.copy_offered.as_ref());
    if offered != Some(&YesNoUnknown::Yes) && !reading.is_draft() {
        found.at("/agreement/copy_offered".to_owned(), MESSAGE, String::new());
    }
}
