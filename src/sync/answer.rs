//! Reads what the peer answered: whether every entry of a transaction landed, under which id, and what a search or read
//! found. Pure. What an answer means for the delivery is `delivery`'s matter.

use std::time::Duration;

use serde_json::Value;

use super::delivery::Happened;

/// An answer as it came.
#[derive(Clone, Debug)]
pub(super) struct Said {
    /// HTTP status.
    pub status: u16,
    /// The wait that it asked for.
    pub wait: Option<Duration>,
    /// What it asks of us before it lets us (`WWW-Authenticate`).
    pub challenge: Option<String>,
    /// The body, cut at the most that is read.
    pub body: String,
}

/// An entry that was sent, as far as its answer has to be found again.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    /// Resource type.
    pub kind: String,
    /// The peer's id, when it is known before.
    pub remote_id: Option<String>,
    /// Its business identifier (system, value).
    pub identifier: Option<(String, String)>,
}

/// Where an entry landed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Landed {
    /// The peer's id.
    pub remote_id: String,
    /// The version that it has there, as the peer told it.
    pub tag: Option<String>,
    /// Whether it was made now. One that was only found may hold an older state.
    pub is_new: bool,
    /// What stands there under an id that was not known before, where the answer shows it.
    pub shown: Option<Value>,
}

impl Said {
    /// As a refusal.
    pub(super) fn refused(self) -> Happened {
        let Self { status, wait, challenge, body: text } = self;
        Happened::Refused { status, wait, challenge, text }
    }

    /// The body as FHIR, or what happened instead.
    pub(super) fn resource(self) -> Result<Value, Happened> {
        if !matches!(self.status, 200 | 201) {
            return Err(self.refused());
        }
        let Self { status, body: text, .. } = self;
        let Ok(body) = serde_json::from_str::<Value>(&text) else {
            return Err(Happened::NotUnderstood { status, text });
        };
        if is_error(&body) {
            return Err(Happened::ErrorInside { status, text });
        }
        Ok(body)
    }
}

/// Finds for each entry sent where it landed, in the order sent. An entry that failed, or cannot be found, fails the whole:
/// a transaction is all or nothing, and a half understood answer is not an answer.
pub(super) fn landed(said: Said, sent: &[Sent]) -> Result<Vec<Landed>, Happened> {
    let (status, text) = (said.status, said.body.clone());
    let body = said.resource()?;
    let entries = body["entry"].as_array().filter(|_| body["type"] == "transaction-response");
    let Some(entries) = entries else {
        return Err(Happened::NotUnderstood { status, text });
    };
    for entry in entries {
        check_entry(entry, status)?;
    }
    let in_order = entries.len() == sent.len();
    let found = sent.iter().enumerate().map(|(at, one)| {
        let entry = by_location(entries, one)
            .or_else(|| by_identifier(entries, one))
            .or_else(|| entries.get(at).filter(|entry| in_order && may_be(entry, one)))?;
        let is_new = entry_status(entry) == Some(201);
        let is_found = !is_new && one.remote_id.is_none();
        let shown = Some(&entry["resource"]).filter(|shown| is_found && shown["resourceType"] == one.kind.as_str());
        Some(Landed {
            remote_id: place(entry).map(|(_, id)| id.to_owned()).or_else(|| one.remote_id.clone())?,
            tag: entry["response"]["etag"].as_str().map(str::to_owned),
            is_new,
            shown: shown.cloned(),
        })
    });
    found.collect::<Option<Vec<_>>>().ok_or(Happened::NotUnderstood { status, text })
}

fn check_entry(entry: &Value, status: u16) -> Result<(), Happened> {
    let text = || entry["response"].to_string();
    match entry_status(entry) {
        Some(200 | 201 | 204) if is_error(&entry["response"]["outcome"]) => {
            Err(Happened::ErrorInside { status, text: text() })
        }
        Some(200 | 201 | 204) => Ok(()),
        Some(inner) => Err(Happened::refused(inner, text())),
        None => Err(Happened::NotUnderstood { status, text: text() }),
    }
}

fn by_location<'a>(entries: &'a [Value], one: &Sent) -> Option<&'a Value> {
    let remote_id = one.remote_id.as_deref()?;
    entries.iter().find(|entry| place(entry) == Some((one.kind.as_str(), remote_id)))
}

fn by_identifier<'a>(entries: &'a [Value], one: &Sent) -> Option<&'a Value> {
    let (system, value) = one.identifier.as_ref()?;
    entries.iter().find(|entry| {
        entry["resource"]["resourceType"] == one.kind.as_str() && has_identifier(&entry["resource"], system, value)
    })
}

/// Whether the entry at the same index can be this one: its type fits, and it does not have another identifier or id.
fn may_be(entry: &Value, one: &Sent) -> bool {
    let resource = &entry["resource"];
    let fits = match place(entry) {
        Some((kind, id)) => {
            kind == one.kind.as_str() && one.remote_id.as_deref().is_none_or(|remote_id| remote_id == id)
        }
        None => one.remote_id.is_some(),
    };
    let is_other = one
        .identifier
        .as_ref()
        .is_some_and(|(system, value)| !resource["identifier"].is_null() && !has_identifier(resource, system, value));
    fits && !is_other
}

/// Type and id that an entry was answered with: from its location, else from the resource given back.
fn place(entry: &Value) -> Option<(&str, &str)> {
    if let Some(location) = entry["response"]["location"].as_str() {
        let path = location.split_once("/_history").map_or(location, |(path, _)| path);
        let mut parts = path.trim_end_matches('/').rsplit('/');
        let (id, kind) = (parts.next()?, parts.next()?);
        return Some((kind, id));
    }
    let resource = &entry["resource"];
    resource["resourceType"].as_str().zip(resource["id"].as_str())
}

fn entry_status(entry: &Value) -> Option<u16> {
    entry["response"]["status"].as_str()?.get(..3)?.parse().ok()
}

/// Systems and values of a resource's identifiers; most types have many, some one.
pub(super) fn identifiers(resource: &Value) -> impl Iterator<Item = (&str, &str)> {
    let given = &resource["identifier"];
    let all = given.as_array().map_or(std::slice::from_ref(given), Vec::as_slice);
    all.iter().filter_map(|one| one["system"].as_str().zip(one["value"].as_str()))
}

/// Whether a resource has the identifier.
pub(super) fn has_identifier(resource: &Value, system: &str, value: &str) -> bool {
    identifiers(resource).any(|one| one == (system, value))
}

/// The resources that a search found; outcomes beside them are left out.
pub(super) fn matches<'a>(bundle: &'a Value, kind: &str) -> Vec<&'a Value> {
    let entries = bundle["entry"].as_array().map_or(&[][..], Vec::as_slice);
    entries.iter().map(|entry| &entry["resource"]).filter(|resource| resource["resourceType"] == kind).collect()
}

/// Whether this is an `OperationOutcome` that tells an error.
pub(super) fn is_error(outcome: &Value) -> bool {
    outcome["resourceType"] == "OperationOutcome"
        && outcome["issue"].as_array().is_some_and(|issues| {
            issues.iter().any(|issue| matches!(issue["severity"].as_str(), Some("error" | "fatal")))
        })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Happened, Landed, Said, Sent, landed};

    const SYSTEM: &str = "https://ownwords.org/fhir/sid/goal";

    fn said(body: &Value) -> Said {
        Said { status: 200, wait: None, challenge: None, body: body.to_string() }
    }

    fn response(entries: &Value) -> Value {
        json!({ "resourceType": "Bundle", "type": "transaction-response", "entry": entries })
    }

    fn goal(number: u128, remote_id: Option<&str>) -> Sent {
        Sent {
            kind: "Goal".to_owned(),
            remote_id: remote_id.map(str::to_owned),
            identifier: Some((SYSTEM.to_owned(), format!("g{number}"))),
        }
    }

    fn entry(status: &str, location: &str) -> Value {
        json!({ "response": { "status": status, "location": location } })
    }

    fn told(number: u128, status: &str, remote_id: &str) -> Value {
        json!({
            "resource": { "resourceType": "Goal", "id": remote_id, "identifier": [{ "system": SYSTEM, "value": format!("g{number}") }] },
            "response": { "status": status, "location": format!("Goal/{remote_id}/_history/3") },
        })
    }

    fn new(remote_id: &str) -> Landed {
        Landed { remote_id: remote_id.to_owned(), tag: None, is_new: true, shown: None }
    }

    fn found(remote_id: &str) -> Landed {
        Landed { remote_id: remote_id.to_owned(), tag: None, is_new: false, shown: None }
    }

    fn shown(number: u128, remote_id: &str) -> Landed {
        Landed { shown: Some(told(number, "", remote_id)["resource"].take()), ..found(remote_id) }
    }

    #[test]
    fn entries_are_found_by_location_then_identifier_then_place_in_the_row() {
        let rows: Vec<(Value, Vec<Sent>, Vec<Landed>)> = vec![
            // Ids of ours, answered in another order and with absolute locations.
            (
                json!([entry("200 OK", "https://ehr.example/fhir/Goal/b/_history/1"), entry("201", "Goal/a")]),
                vec![goal(1, Some("a")), goal(2, Some("b"))],
                vec![new("a"), found("b")],
            ),
            // The server's ids, told by the identifier.
            (
                json!([told(2, "201 Created", "92"), told(1, "200 OK", "91")]),
                vec![goal(1, None), goal(2, None)],
                vec![shown(1, "91"), new("92")],
            ),
            // One answer for two entries that are one resource.
            (json!([told(1, "201", "91")]), vec![goal(1, None), goal(1, None)], vec![new("91"), new("91")]),
            // No resource given back: the place in the row, as the type fits.
            (
                json!([entry("201 Created", "Goal/91/_history/1"), entry("201 Created", "Goal/92/_history/1")]),
                vec![goal(1, None), goal(2, None)],
                vec![new("91"), new("92")],
            ),
            // An update that is answered without any location.
            (json!([{ "response": { "status": "200" } }]), vec![goal(1, Some("a"))], vec![found("a")]),
        ];
        for (entries, sent, expected) in rows {
            assert_eq!(landed(said(&response(&entries)), &sent), Ok(expected), "{entries}");
        }
    }

    #[test]
    fn an_answer_that_cannot_be_paired_is_not_understood() {
        let one = [goal(1, None)];
        for body in [
            json!("a string"),
            json!({ "resourceType": "Bundle", "type": "batch-response", "entry": [] }),
            response(&json!([])),
            response(&json!([entry("201", "Observation/9")])),
            response(&json!([entry("201", "Goal/9"), entry("201", "Goal/10")])),
            response(&json!([told(7, "201", "97")])),
            response(&json!([{ "response": {} }])),
        ] {
            let happened = landed(said(&body), &one);
            assert!(matches!(happened, Err(Happened::NotUnderstood { .. })), "{body} gave {happened:?}");
        }
        let other = landed(said(&response(&json!([entry("201", "Goal/other")]))), &[goal(1, Some("ours"))]);
        assert!(matches!(other, Err(Happened::NotUnderstood { .. })), "{other:?}");
        let html = Said { status: 200, wait: None, challenge: None, body: "<html>Log in</html>".to_owned() };
        assert!(matches!(landed(html, &one), Err(Happened::NotUnderstood { .. })));
    }

    #[test]
    fn errors_inside_a_success_are_errors() {
        let outcome = json!({ "resourceType": "OperationOutcome", "issue": [{ "severity": "warning" }, { "severity": "error" }] });
        assert!(matches!(landed(said(&outcome), &[goal(1, None)]), Err(Happened::ErrorInside { .. })));

        let mut entry = told(1, "201", "91");
        entry["response"]["outcome"] = outcome;
        assert!(matches!(
            landed(said(&response(&json!([entry]))), &[goal(1, None)]),
            Err(Happened::ErrorInside { .. })
        ));
        entry["response"]["outcome"]["issue"] = json!([{ "severity": "warning" }]);
        assert_eq!(landed(said(&response(&json!([entry]))), &[goal(1, None)]), Ok(vec![new("91")]));

        let refused = response(&json!([told(1, "201", "91"), { "response": { "status": "412 Precondition Failed" } }]));
        let happened = landed(said(&refused), &[goal(1, None), goal(2, None)]);
        assert!(matches!(happened, Err(Happened::Refused { status: 412, .. })), "{happened:?}");
    }
}
