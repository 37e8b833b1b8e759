//! Rung C: the plan as answers to a questionnaire that the EHR holds; the connection's file says which question is
//! which. Pure.

use serde_json::{Value, json};

use super::Load;
use crate::{plan::PlanStatus, sync::connection::QuestionnaireFile, words::Words};

/// System of the identifier of answers.
pub(super) const SYSTEM: &str = "https://ownwords.org/fhir/sid/answers";

/// The answers.
pub(super) fn answers(load: &Load, settings: &QuestionnaireFile, subject: &str) -> Value {
    let questions = [
        (&settings.goals, told(load.plan.live_goals().filter_map(|(_, goal)| goal.statement.text.as_ref()))),
        (&settings.strengths, told(load.plan.strengths.iter().filter_map(|strength| strength.text.as_ref()))),
        (&settings.plan, vec![json!(load.copy().text())]),
    ];
    let items = questions.into_iter().filter(|(link_id, answers)| !link_id.is_empty() && !answers.is_empty());
    let items = items.map(|(link_id, answers)| {
        let answers: Vec<Value> = answers.into_iter().map(|answer| json!({ "valueString": answer })).collect();
        json!({ "linkId": link_id, "answer": answers })
    });
    let is_in_error = load.plan.status == Some(PlanStatus::EnteredInError);
    let mut tree = json!({
        "resourceType": "QuestionnaireResponse",
        "identifier": { "system": SYSTEM, "value": format!("urn:uuid:{}", load.version_ref) },
        "questionnaire": settings.url,
        "status": if is_in_error { "entered-in-error" } else { "completed" },
        "subject": { "reference": subject },
        "authored": load.at,
        "item": items.collect::<Vec<Value>>(),
    });
    if load.labels.as_array().is_some_and(|labels| !labels.is_empty()) {
        tree["meta"] = json!({ "security": load.labels });
    }
    tree
}

/// Words as FHIR carries them.
fn told<'p>(all: impl Iterator<Item = &'p Words>) -> Vec<Value> {
    all.filter(|words| !words.is_blank()).map(|words| json!(words)).collect()
}
