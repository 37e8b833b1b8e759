//! The probes that write, on the named test person alone: a goal and a document that say what they are, made, changed, read
//! back, marked entered-in-error and taken away again. They prove the write method and show what a server does not keep.

use reqwest::{
    Method,
    header::{ETAG, HeaderMap, HeaderName, HeaderValue},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Fault, Outcome, Trial};
use crate::sync::peer::Answer;

/// What the probes say; odd on purpose, to see what comes back.
const TEXT: &str = "ownwords tries out this connection.  Not a goal of a person: \u{e9}\u{1f331}\n Second line.";
const CHANGED: &str = "ownwords tries out this connection once more. Not a goal of a person.";
const IDENTIFIER: &str = "https://ownwords.org/fhir/sid/goal";
const EXTENSION: &str = "https://ownwords.org/fhir/StructureDefinition/connection-probe";
const LABEL_BASIS: &str = "http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-sec-label-basis";
const ACT: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
/// One mebibyte, written as base64.
const LARGE: usize = (1 << 20) / 3 * 4;

/// A goal made by a probe.
struct Made {
    id: String,
    key: Uuid,
}

impl Trial<'_> {
    /// Probes 10 to 14.
    pub(super) async fn write_all(&mut self, person: &str) {
        let Some(made) = self.make(person).await else {
            for number in [10, 12, 14] {
                self.note(number, Outcome::NotTried, "no goal could be made".to_owned(), None);
            }
            self.documents(person).await;
            return;
        };
        self.round_trip(&made).await;
        self.stale_write(&made, person).await;
        self.in_error(&made, person).await;
        self.take_away("Goal", &made.id).await;
        self.documents(person).await;
    }

    /// Probe 11: a goal under an id of ours, and one that is asked for twice.
    async fn make(&mut self, person: &str) -> Option<Made> {
        let key = Uuid::new_v4();
        let id = key.to_string();
        let put = self.send(Method::PUT, &["Goal", &id], Some(goal(&id, key, person, TEXT, "proposed")), &[]).await;
        let own =
            put.is_ok_and(|answer| matches!(answer.said.status, 200 | 201)) && self.read("Goal", &id).await.is_some();
        self.proved.own_ids = own;

        let second = Uuid::new_v4();
        let twice = [self.create_once(person, second).await, self.create_once(person, second).await];
        let once = matches!(&twice, [Some((a, true)), Some((b, false))] if a == b);
        self.proved.if_none_exist = once;
        let told = match (own, once) {
            (true, true) => "ids of ours are taken, and a second create makes nothing new",
            (true, false) => "ids of ours are taken; a second create makes a second one or is refused",
            (false, true) => "ids of ours are refused; a second create makes nothing new",
            (false, false) => "ids of ours are refused, and a second create makes a second one or is refused",
        };
        self.note(11, if own || once { Outcome::Pass } else { Outcome::Fail }, told.to_owned(), Some("method"));
        // What was there before is someone's, even when the server says that it is what was asked for.
        let ours = twice.into_iter().flatten().filter(|(_, is_new)| *is_new);
        let mut left: Vec<(String, Uuid)> = ours.map(|(id, _)| (id, second)).collect();
        if own {
            left.insert(0, (id, key));
        }
        let mut left = left.into_iter();
        let made = left.next().map(|(id, key)| Made { id, key });
        for (id, _) in left {
            self.take_away("Goal", &id).await;
        }
        made
    }

    /// Creates unless it is there, and gives the server's id and whether it was made by this.
    async fn create_once(&mut self, person: &str, key: Uuid) -> Option<(String, bool)> {
        let terms = format!("identifier={IDENTIFIER}|urn:uuid:{key}");
        let mut body = goal("", key, person, TEXT, "proposed");
        body.as_object_mut()?.remove("id");
        let answer = self.send(Method::POST, &["Goal"], Some(body), &[("if-none-exist", &terms)]).await.ok()?;
        if !matches!(answer.said.status, 200 | 201) {
            return None;
        }
        let location = answer.headers.get("location").or_else(|| answer.headers.get("content-location"));
        let of_header = location.and_then(|url| id_of(url.to_str().ok()?));
        let of_body = || serde_json::from_str::<Value>(&answer.said.body).ok()?["id"].as_str().and_then(checked);
        Some((of_header.or_else(of_body)?, answer.said.status == 201))
    }

    /// Probe 12.
    async fn round_trip(&mut self, made: &Made) {
        let Some(there) = self.read("Goal", &made.id).await else {
            self.note(12, Outcome::Fail, "it cannot be read back".to_owned(), None);
            return;
        };
        let value = format!("urn:uuid:{}", made.key);
        let is_in =
            |list: &Value, test: &dyn Fn(&Value) -> bool| list.as_array().is_some_and(|all| all.iter().any(test));
        let labels = &there["meta"]["security"];
        let kept = [
            ("text", there["description"]["text"] == TEXT),
            ("identifier", is_in(&there["identifier"], &|one| one["value"] == value.as_str())),
            ("extension", is_in(&there["extension"], &|one| one["url"] == EXTENSION)),
            ("labels", is_in(labels, &|one| one["code"] == "R") && is_in(labels, &|one| one["code"] == "NORDSCLCD")),
            (
                "the Part 2 label's basis",
                is_in(labels, &|one| is_in(&one["extension"], &|basis| basis["url"] == LABEL_BASIS)),
            ),
        ];
        let lost: Vec<&str> = kept.iter().filter(|(_, kept)| !kept).map(|(name, _)| *name).collect();
        match lost[..] {
            [] => self.note(12, Outcome::Pass, "all as sent".to_owned(), None),
            _ => self.note(
                12,
                Outcome::Fail,
                format!("not as sent: {}", lost.join(", ")),
                Some("what is compared after a write"),
            ),
        }
    }

    /// Probe 10.
    async fn stale_write(&mut self, made: &Made, person: &str) {
        let first = self.send(Method::GET, &["Goal", &made.id], None, &[]).await.ok();
        let Some(tag) = first.as_ref().and_then(|answer| answer.headers.get(ETAG)?.to_str().ok()).map(str::to_owned)
        else {
            self.note(
                10,
                Outcome::Fail,
                "no ETag comes; every write is read back".to_owned(),
                Some("what is compared after a write"),
            );
            return;
        };
        let changed = goal(&made.id, made.key, person, CHANGED, "proposed");
        let fresh = self.send(Method::PUT, &["Goal", &made.id], Some(changed.clone()), &[("if-match", &tag)]).await;
        let mut late = changed;
        late["description"]["text"] = json!(TEXT);
        let stale = self.send(Method::PUT, &["Goal", &made.id], Some(late), &[("if-match", &tag)]).await;
        let status = |answer: Result<Answer, Fault>| answer.map_or(0, |answer| answer.said.status);
        let (outcome, evidence) = match (status(fresh), status(stale)) {
            (200 | 201, refused @ (409 | 412)) => (Outcome::Pass, format!("a stale write gets HTTP {refused}")),
            (200 | 201, 200 | 201) => (Outcome::Fail, "If-Match is ignored: a stale write went through".to_owned()),
            (fresh, _) => (Outcome::Fail, format!("a write with the tag as it came gets HTTP {fresh}")),
        };
        self.note(10, outcome, evidence, Some("what is compared after a write"));
    }

    /// Probe 14.
    async fn in_error(&mut self, made: &Made, person: &str) {
        let body = goal(&made.id, made.key, person, TEXT, "entered-in-error");
        let answer = self.send(Method::PUT, &["Goal", &made.id], Some(body), &[]).await;
        let there = self.read("Goal", &made.id).await;
        let (outcome, evidence) = match (answer, there) {
            (Ok(answer), _) if !matches!(answer.said.status, 200 | 201) => {
                (Outcome::Fail, format!("the status is refused with HTTP {}", answer.said.status))
            }
            (Ok(_), Some(there)) if there["description"]["text"] == TEXT => {
                (Outcome::Pass, "the text stays".to_owned())
            }
            (Ok(_), Some(_)) => (Outcome::Fail, "the text is replaced; a status is never taken for a text".to_owned()),
            _ => (Outcome::Fail, "it cannot be read back".to_owned()),
        };
        self.note(14, outcome, evidence, None);
    }

    /// Probe 13.
    async fn documents(&mut self, person: &str) {
        let mut told = Vec::new();
        let mut any = false;
        for (name, kind, base64) in [
            ("text", "text/plain; charset=utf-8", "b3dud29yZHMgdHJpZXMgb3V0IHRoaXMgY29ubmVjdGlvbi4=".to_owned()),
            ("PDF", "application/pdf", "JVBERi0xLjQKJSVFT0YK".to_owned()),
            ("text of 1 MiB", "text/plain; charset=utf-8", "b3du".repeat(LARGE / 4)),
        ] {
            let answer =
                self.send(Method::POST, &["DocumentReference"], Some(document(person, kind, &base64)), &[]).await;
            let status = answer.as_ref().map_or(0, |answer| answer.said.status);
            let is_taken = matches!(status, 200..=202);
            any |= is_taken;
            told.push(if is_taken { format!("{name}: taken") } else { format!("{name}: HTTP {status}") });
            let location = answer.ok().and_then(|answer| id_of(answer.headers.get("location")?.to_str().ok()?));
            if let Some(id) = location.filter(|_| is_taken) {
                self.take_away("DocumentReference", &id).await;
            }
        }
        self.note(13, if any { Outcome::Pass } else { Outcome::Fail }, told.join("; "), Some("the kind of document"));
    }

    /// Takes away what a probe made. Where that is not allowed it stays, and says what it is.
    async fn take_away(&mut self, kind: &str, id: &str) {
        let _taken = self.send(Method::DELETE, &[kind, id], None, &[]).await;
    }

    async fn read(&mut self, kind: &str, id: &str) -> Option<Value> {
        let answer = self.send(Method::GET, &[kind, id], None, &[]).await.ok()?;
        serde_json::from_str(&answer.said.body).ok().filter(|_| answer.said.status == 200)
    }

    async fn send(
        &mut self,
        method: Method,
        path: &[&str],
        body: Option<Value>,
        headers: &[(&'static str, &str)],
    ) -> Result<Answer, Fault> {
        let mut ask = self.peer.asking(method, path, body.map(|body| body.to_string()));
        let more = headers
            .iter()
            .filter_map(|(name, value)| Some((HeaderName::from_static(name), HeaderValue::from_str(value).ok()?)));
        ask.headers.extend(more.collect::<HeaderMap>());
        self.ask(&ask).await
    }
}

/// The id in a location such as `https://host/fhir/Goal/7/_history/1`.
fn id_of(location: &str) -> Option<String> {
    let path = location.split_once("/_history").map_or(location, |(path, _)| path);
    path.trim_end_matches('/').rsplit('/').next().and_then(checked)
}

/// An id as FHIR has them. One that a path does not keep, such as `..`, would have all of a type taken away.
fn checked(id: &str) -> Option<String> {
    let is_id = (1..=64).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
        && id.bytes().any(|byte| byte != b'.');
    is_id.then(|| id.to_owned())
}

fn goal(id: &str, key: Uuid, person: &str, text: &str, status: &str) -> Value {
    json!({
        "resourceType": "Goal",
        "id": id,
        "meta": { "security": [
            {
                "extension": [{ "url": LABEL_BASIS, "valueCoding": { "system": ACT, "code": "42CFRPart2" } }],
                "system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R",
            },
            { "system": ACT, "code": "NORDSCLCD" },
        ] },
        "extension": [{ "url": EXTENSION, "valueBoolean": true }],
        "identifier": [{ "system": IDENTIFIER, "value": format!("urn:uuid:{key}") }],
        "lifecycleStatus": status,
        "description": { "text": text },
        "subject": { "reference": format!("Patient/{person}") },
    })
}

fn document(person: &str, kind: &str, base64: &str) -> Value {
    json!({
        "resourceType": "DocumentReference",
        "status": "current",
        "type": { "coding": [{ "system": "http://loinc.org", "code": "18776-5" }] },
        "category": [{ "coding": [{
            "system": "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category", "code": "clinical-note",
        }] }],
        "subject": { "reference": format!("Patient/{person}") },
        "description": "ownwords tries out this connection",
        "content": [{ "attachment": { "contentType": kind, "data": base64 } }],
    })
}

#[cfg(test)]
mod tests {
    use super::id_of;

    #[test]
    fn only_an_id_is_taken_from_a_location() {
        for (location, expected) in [
            ("https://host/fhir/Goal/7/_history/1", Some("7")),
            ("/fhir/Goal/a.b-c", Some("a.b-c")),
            ("https://host/fhir/Goal/..", None),
            ("https://host/fhir/Goal/.", None),
            ("https://host/fhir/Goal?identifier=1", None),
            ("", None),
        ] {
            assert_eq!(id_of(location).as_deref(), expected, "{location}");
        }
    }
}
