//! Rung D: a notice with a link and without a word of the plan. Pure.

use serde_json::{Value, json};

use super::Load;
use crate::sync::connection::NoticeFile;

/// System of a notice's identifier.
pub(super) const SYSTEM: &str = "https://ownwords.org/fhir/sid/notice";

/// The notice, as a Communication or a Task.
pub(super) fn notice(load: &Load, settings: &NoticeFile, kind: &str, subject: &str) -> Value {
    let link =
        settings.link.replace("{plan}", &load.plan_ref.to_string()).replace("{version}", &load.version.to_string());
    let says = format!("A person-centered recovery plan has a new version. It can be read at {link}");
    let identifier = json!([{ "system": SYSTEM, "value": format!("urn:uuid:{}", load.version_ref) }]);
    let mut tree = if kind == "Task" {
        json!({
            "resourceType": "Task", "identifier": identifier, "status": "requested", "intent": "proposal",
            "description": says, "for": { "reference": subject }, "authoredOn": load.at,
        })
    } else {
        let category = json!([{ "coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/communication-category", "code": "notification",
        }] }]);
        json!({
            "resourceType": "Communication", "identifier": identifier, "status": "completed", "category": category,
            "subject": { "reference": subject }, "sent": load.at, "payload": [{ "contentString": says }],
        })
    };
    if load.labels.as_array().is_some_and(|labels| !labels.is_empty()) {
        tree["meta"] = json!({ "security": load.labels });
    }
    tree
}
