//! What a notification of a topic-based subscription tells, in the forms that HL7's backport has, and in none.

use ownwords::fhir::notification::{
    Notification::{self, Events, NoEvent},
    notification, subscription,
};
use serde_json::{Value, json};

fn status(kind: &str, events: &[&str]) -> Value {
    let event = |focus: &&str| {
        json!({ "name": "notification-event", "part": [
            { "name": "event-number", "valueString": "2" }, { "name": "focus", "valueReference": { "reference": focus } }] })
    };
    let first = [
        json!({ "name": "subscription", "valueReference": { "reference": "https://ehr.example.org/fhir/Subscription/1" } }),
        json!({ "name": "type", "valueCode": kind }),
    ];
    json!({ "resourceType": "Parameters", "parameter": first.into_iter().chain(events.iter().map(event)).collect::<Vec<_>>() })
}

fn bundle(status: &Value, rest: &[Value]) -> String {
    let first = json!({ "resource": status, "request": { "method": "GET", "url": "Subscription/1/$status" } });
    let entries = [&[first][..], rest].concat();
    json!({ "resourceType": "Bundle", "type": "history", "entry": entries }).to_string()
}

fn about(all: &[(&str, &str)]) -> Notification {
    Events(all.iter().map(|(kind, id)| ((*kind).to_owned(), (*id).to_owned())).collect())
}

#[test]
fn each_form_is_read() {
    let event = "event-notification";
    let entry =
        json!({ "fullUrl": "https://ehr.example.org/fhir/Goal/9", "request": { "method": "PUT", "url": "Goal/9" } });
    let removed = json!({ "request": { "method": "DELETE", "url": "CarePlan/3" }, "response": { "status": "200" } });
    let created = json!({ "fullUrl": "urn:uuid:1", "request": { "method": "POST", "url": "Goal" } });
    let r4b = json!({ "resourceType": "SubscriptionStatus", "type": event,
        "notificationEvent": [{ "eventNumber": "2", "focus": { "reference": "Goal/7" } }] });
    let rows = [
        (bundle(&status("handshake", &[]), &[]), Some(NoEvent)),
        (bundle(&status("heartbeat", &[]), &[]), Some(NoEvent)),
        (bundle(&status("query-status", &["Goal/7"]), &[]), Some(NoEvent)),
        (
            bundle(&status(event, &["https://ehr.example.org/fhir/Goal/7/_history/2"]), &[]),
            Some(about(&[("Goal", "7")])),
        ),
        (
            bundle(&status(event, &["Goal/7", "Goal/7", "CarePlan/3"]), &[]),
            Some(about(&[("CarePlan", "3"), ("Goal", "7")])),
        ),
        (bundle(&status(event, &[]), &[entry, removed, created]), Some(about(&[("CarePlan", "3"), ("Goal", "9")]))),
        (bundle(&r4b, &[]), Some(about(&[("Goal", "7")]))),
        (bundle(&status(event, &[]), &[]), Some(about(&[]))),
        (bundle(&status(event, &["urn:uuid:1", "Goal?x=y", "nothing"]), &[]), Some(about(&[]))),
        (" \n".to_owned(), Some(about(&[]))),
        (bundle(&json!({ "resourceType": "Goal" }), &[]), None),
        (json!({ "resourceType": "Bundle", "type": "searchset", "entry": [] }).to_string(), None),
        (json!({ "resourceType": "Bundle", "type": "history" }).to_string(), None),
        ("{".to_owned(), None),
    ];
    for (body, expected) in rows {
        assert_eq!(notification(body.as_bytes()), expected, "{body}");
    }
}

#[test]
fn what_is_asked_for_is_ids_alone() {
    let (topic, endpoint) = ("http://example.org/topic", "https://plans.example.org/connections/ehr/notifications");
    let asked = subscription(topic, &["CarePlan?category=assess-plan".to_owned()], endpoint, "Authorization: Bearer s");
    let channel = &asked["channel"];
    assert_eq!((&asked["status"], &asked["criteria"]), (&json!("requested"), &json!(topic)));
    assert_eq!((&channel["type"], &channel["endpoint"]), (&json!("rest-hook"), &json!(endpoint)));
    assert_eq!(channel["_payload"]["extension"][0]["valueCode"], "id-only");
    assert_eq!(asked["_criteria"]["extension"][0]["valueString"], "CarePlan?category=assess-plan");
    assert_eq!(subscription(topic, &[], endpoint, "").get("_criteria"), None);
}
