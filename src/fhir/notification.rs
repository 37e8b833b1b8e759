//! Topic-based subscriptions as R4 has them by HL7's backport: what a server tells by a notification, and the Subscription by
//! which it is asked to. Of a notification only the ids are read; what else it may carry is left.

use serde_json::{Value, json};

const BACKPORT: &str = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/";
const STATUS: [&str; 2] = ["Parameters", "SubscriptionStatus"];

/// What a notification tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notification {
    /// Nothing that happened: a handshake, a heartbeat, a state.
    NoEvent,
    /// Something happened to these resources: type, and the server's id. None named: to any.
    Events(Vec<(String, String)>),
}

/// Reads a notification: a history Bundle whose first entry is the status; none where it is not one. A server that sends no
/// content, as plain R4 has it, says that something happened.
pub fn notification(body: &[u8]) -> Option<Notification> {
    if body.trim_ascii().is_empty() {
        return Some(Notification::Events(Vec::new()));
    }
    let bundle: Value = serde_json::from_slice(body).ok()?;
    let entries =
        bundle["entry"].as_array().filter(|_| bundle["resourceType"] == "Bundle" && bundle["type"] == "history")?;
    let status = &entries.first()?["resource"];
    let kind = status["resourceType"].as_str().filter(|kind| STATUS.contains(kind))?;
    let told = if kind == "Parameters" { part(status, "type")?["valueCode"].as_str() } else { status["type"].as_str() };
    if told? != "event-notification" {
        return Some(Notification::NoEvent);
    }
    let mut about: Vec<(String, String)> = focuses(status).filter_map(place).collect();
    for entry in &entries[1..] {
        about.extend([&entry["fullUrl"], &entry["request"]["url"]].into_iter().filter_map(|url| place(url.as_str()?)));
    }
    about.sort();
    about.dedup();
    Some(Notification::Events(about))
}

/// The Subscription that asks a server to notify us, with ids alone, whenever its topic says.
pub fn subscription(topic: &str, filters: &[String], endpoint: &str, header: &str) -> Value {
    let mut asked = json!({
        "resourceType": "Subscription",
        "meta": { "profile": [format!("{BACKPORT}backport-subscription")] },
        "status": "requested",
        "reason": "What changes is read again",
        "criteria": topic,
        "channel": {
            "type": "rest-hook",
            "endpoint": endpoint,
            "payload": "application/fhir+json",
            "_payload": { "extension": [{ "url": format!("{BACKPORT}backport-payload-content"), "valueCode": "id-only" }] },
            "header": [header],
        },
    });
    if !filters.is_empty() {
        let filter = |one: &String| json!({ "url": format!("{BACKPORT}backport-filter-criteria"), "valueString": one });
        asked["_criteria"] = json!({ "extension": filters.iter().map(filter).collect::<Vec<_>>() });
    }
    asked
}

fn focuses(status: &Value) -> impl Iterator<Item = &str> {
    let events = status["parameter"].as_array().into_iter().flatten().filter(|one| one["name"] == "notification-event");
    let parts = events.flat_map(|event| event["part"].as_array().into_iter().flatten());
    let in_r4 =
        parts.filter(|part| part["name"] == "focus").filter_map(|part| part["valueReference"]["reference"].as_str());
    let in_r4b = status["notificationEvent"].as_array().into_iter().flatten();
    in_r4.chain(in_r4b.filter_map(|event| event["focus"]["reference"].as_str()))
}

fn part<'p>(parameters: &'p Value, name: &str) -> Option<&'p Value> {
    parameters["parameter"].as_array()?.iter().find(|one| one["name"] == name)
}

/// Type and id that a reference or an address names.
fn place(reference: &str) -> Option<(String, String)> {
    let plain = reference.split_once("/_history/").map_or(reference, |(plain, _)| plain);
    let mut parts = plain.rsplit('/');
    let (id, kind) = (parts.next()?, parts.next()?);
    let is_kind =
        kind.starts_with(|first: char| first.is_ascii_uppercase()) && kind.bytes().all(|one| one.is_ascii_alphabetic());
    (is_kind && !id.is_empty() && !id.contains('?')).then(|| (kind.to_owned(), id.to_owned()))
}
