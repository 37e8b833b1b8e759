//! What a server says it can do: tells a FHIR R4 statement from everything else that may stand at an address, and weighs
//! its words against what was granted, what was seen, and what a person knows. Pure.

use reqwest::Url;
use serde_json::Value;
use uuid::Uuid;

use super::{answer::Said, auth, connection::Known, fault::Fault};

/// The statement in an answer of `metadata`, or what stands there instead.
pub(super) fn read(said: &Said) -> Result<Value, Fault> {
    match said.status {
        200 | 201 => {}
        300..=399 => return Err(Fault::Elsewhere),
        401 | 403 => return Err(Fault::NotLetIn),
        404 | 405 | 410 => return Err(Fault::NotFound),
        406 | 415 => return Err(Fault::Xml),
        _ => return Err(Fault::ServerFailed),
    }
    let text = said.body.trim_start_matches('\u{feff}').trim_start();
    let Ok(tree) = serde_json::from_str::<Value>(text) else { return Err(no_json(text)) };
    let version = tree["fhirVersion"].as_str().unwrap_or_default();
    match (tree["resourceType"].as_str(), version) {
        (Some("Conformance"), _) | (_, "1.0.0" | "1.0.1" | "1.0.2") => Err(Fault::Dstu2),
        (Some("CapabilityStatement"), version) if version.starts_with("3.") || version.starts_with("1.") => {
            Err(Fault::Stu3)
        }
        (Some("CapabilityStatement"), version) if version.starts_with("4.0") => {
            if server_part(&tree).is_some() {
                Ok(tree)
            } else {
                Err(Fault::NoServerPart)
            }
        }
        (Some("CapabilityStatement"), _) => Err(Fault::LaterVersion),
        _ => Err(Fault::NotFhir),
    }
}

fn no_json(text: &str) -> Fault {
    if !text.starts_with('<') {
        return Fault::NotFhir;
    }
    let is_fhir = text.contains("http://hl7.org/fhir");
    match is_fhir {
        true if text.contains("<Conformance") => Fault::Dstu2,
        true => Fault::Xml,
        false => Fault::Html,
    }
}

/// The part of a statement that speaks of the server.
pub(super) fn server_part(statement: &Value) -> Option<&Value> {
    statement["rest"].as_array().and_then(|all| all.iter().find(|rest| rest["mode"] == "server"))
}

/// Whether the address, the token address and what the server calls itself are of one tenant. A proxy may give the server
/// another host or a longer path; the same path with another name in it is another tenant.
pub(super) fn is_one_tenant(base: &Url, statement: &Value, token_url: Option<&str>) -> bool {
    let own = statement["implementation"]["url"].as_str().and_then(|url| Url::parse(url).ok());
    let ids = |url: &Url| -> Vec<Uuid> { parts(url).iter().filter_map(|part| Uuid::parse_str(part).ok()).collect() };
    let same_ids = |other: &Url| {
        let (ours, theirs) = (ids(base), ids(other));
        ours.is_empty() || theirs.is_empty() || ours.iter().any(|id| theirs.contains(id))
    };
    let same_path = |other: &Url| {
        let is_same_host =
            base.host_str() == other.host_str() && base.port_or_known_default() == other.port_or_known_default();
        let (ours, theirs) = (parts(base), parts(other));
        !is_same_host || ours.len() != theirs.len() || ours.iter().zip(&theirs).all(|(a, b)| a.eq_ignore_ascii_case(b))
    };
    let token_url = token_url.and_then(|url| Url::parse(url).ok());
    own.iter().all(|url| same_path(url) && same_ids(url)) && token_url.iter().all(same_ids)
}

fn parts(url: &Url) -> Vec<&str> {
    url.path_segments().into_iter().flatten().filter(|part| !part.is_empty()).collect()
}

/// Who says that something can be done or cannot, the strongest word first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// A person, in the connection's file.
    Person,
    /// What came of trying.
    Observed,
    /// The scopes granted.
    Scope,
    /// The server's statement.
    Statement,
}

impl By {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Observed => "observed",
            Self::Scope => "scope",
            Self::Statement => "statement",
        }
    }

    /// For people.
    pub(super) fn in_words(self) -> &'static str {
        match self {
            Self::Person => "what the connection's file knows",
            Self::Observed => "what deliveries met",
            Self::Scope => "the scopes granted",
            Self::Statement => "the server's statement",
        }
    }
}

/// All that is known of what a server can do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Powers<'a> {
    /// Its statement.
    pub statement: &'a Value,
    /// Scopes granted; none where no token is used.
    pub scopes: Option<&'a [String]>,
    /// What a person knows.
    pub known: &'a Known,
    /// What was tried and refused, such as `transaction`.
    pub refused: &'a [String],
}

impl Powers<'_> {
    /// Whether an ability such as `CarePlan.create` or `transaction` is there, and who says so.
    pub(super) fn can(&self, ability: &str) -> (bool, By) {
        let holds = |list: &[String]| list.iter().any(|one| one == ability);
        if holds(&self.known.cannot) {
            return (false, By::Person);
        }
        if holds(&self.known.can) {
            return (true, By::Person);
        }
        if holds(self.refused) {
            return (false, By::Observed);
        }
        if let (Some(scopes), Some((kind, action))) = (self.scopes, ability.split_once('.'))
            && !auth::allows(scopes, kind, letter(action))
        {
            return (false, By::Scope);
        }
        (self.is_stated(ability), By::Statement)
    }

    /// Whether the statement lists it.
    fn is_stated(&self, ability: &str) -> bool {
        let Some(rest) = server_part(self.statement) else { return false };
        let Some((kind, action)) = ability.split_once('.') else { return lists(rest, ability) };
        let entries = rest["resource"].as_array().into_iter().flatten();
        entries.filter(|entry| entry["type"] == kind).any(|entry| match action {
            "update-create" => entry["updateCreate"] == true && lists(entry, "update"),
            "conditional-create" => entry["conditionalCreate"] == true && lists(entry, "create"),
            "search" => lists(entry, "search-type"),
            action => lists(entry, action),
        })
    }
}

/// SMART's letter of an ability.
fn letter(action: &str) -> char {
    match action {
        "create" | "conditional-create" => 'c',
        "update" | "update-create" => 'u',
        "search" => 's',
        "delete" => 'd',
        _ => 'r',
    }
}

fn lists(part: &Value, interaction: &str) -> bool {
    part["interaction"].as_array().is_some_and(|all| all.iter().any(|one| one["code"] == interaction))
}

#[cfg(test)]
mod tests {
    use reqwest::Url;
    use serde_json::json;

    use super::{By, Fault, Known, Powers, Said, is_one_tenant, read};

    #[test]
    fn what_stands_at_an_address_is_told_apart() {
        let rows: &[(u16, &str, Fault)] = &[
            (404, "", Fault::NotFound),
            (302, "", Fault::Elsewhere),
            (401, "", Fault::NotLetIn),
            (500, "", Fault::ServerFailed),
            (200, "<!DOCTYPE html><html><body>Log in</body></html>", Fault::Html),
            (200, "\u{feff} <html lang=\"en\">", Fault::Html),
            (200, "<CapabilityStatement xmlns=\"http://hl7.org/fhir\"/>", Fault::Xml),
            (200, "<Conformance xmlns=\"http://hl7.org/fhir\"/>", Fault::Dstu2),
            (200, "{\"resourceType\":\"Conformance\",\"fhirVersion\":\"1.0.2\"}", Fault::Dstu2),
            (200, "{\"resourceType\":\"CapabilityStatement\",\"fhirVersion\":\"3.0.1\"}", Fault::Stu3),
            (200, "{\"resourceType\":\"CapabilityStatement\",\"fhirVersion\":\"5.0.0\"}", Fault::LaterVersion),
            (200, "{\"resourceType\":\"CapabilityStatement\",\"fhirVersion\":\"4.3.0\"}", Fault::LaterVersion),
            (200, "{\"resourceType\":\"CapabilityStatement\",\"fhirVersion\":\"4.0.1\"}", Fault::NoServerPart),
            (200, "{\"error\":\"no\"}", Fault::NotFhir),
            (200, "ok", Fault::NotFhir),
        ];
        for (status, body, expected) in rows {
            let said = Said { status: *status, wait: None, challenge: None, body: (*body).to_owned() };
            assert_eq!(read(&said).expect_err(body), *expected, "{status} {body}");
        }
    }

    #[test]
    fn the_strongest_word_counts() {
        let statement = json!({ "rest": [{ "mode": "server", "interaction": [{ "code": "transaction" }], "resource": [
            { "type": "Goal", "interaction": [{ "code": "create" }, { "code": "update" }], "updateCreate": true },
            { "type": "Task", "interaction": [{ "code": "search-type" }] },
        ] }] });
        let known = Known { can: vec!["CarePlan.create".to_owned()], cannot: vec!["Task.search".to_owned()] };
        let (scopes, refused) = (["system/Goal.c".to_owned()], ["transaction".to_owned()]);
        let powers = Powers { statement: &statement, scopes: Some(&scopes), known: &known, refused: &refused };
        for (ability, expected) in [
            ("CarePlan.create", (true, By::Person)),
            ("Task.search", (false, By::Person)),
            ("transaction", (false, By::Observed)),
            ("Goal.update-create", (false, By::Scope)),
            ("Goal.create", (true, By::Statement)),
            ("Goal.conditional-create", (false, By::Statement)),
        ] {
            assert_eq!(powers.can(ability), expected, "{ability}");
        }
    }

    #[test]
    fn another_tenant_is_seen_and_a_proxy_is_not_one() {
        let [a, b] = ["ec2458f2-1e24-41c8-b71b-0e701af7583d", "0b8a0111-e8e6-4c26-a91c-5069cbc6b1ca"];
        let oracle = |id: &str| format!("https://fhir.example.org/r4/{id}");
        let token = |id: &str| format!("https://login.example.org/tenants/{id}/token");
        for (base, own, token_url, expected) in [
            ("https://ehr.example.org/river/fhir", "https://ehr.example.org/river/fhir/", None, true),
            ("https://ehr.example.org/river/fhir", "https://ehr.example.org/hill/fhir", None, false),
            ("https://ehr.example.org/fhir", "https://ehr.example.org/internal/fhir", None, true),
            ("https://ehr.example.org/river/fhir", "http://10.0.0.7:8080/hill/fhir", None, true),
            (&oracle(a), &oracle(a), Some(token(a)), true),
            (&oracle(a), &oracle(a), Some(token(b)), false),
            (&oracle(a), "https://inside.example.org/r4/0b8a0111-e8e6-4c26-a91c-5069cbc6b1ca", None, false),
        ] {
            let statement = json!({ "implementation": { "url": own } });
            let base = Url::parse(base).expect("a URL");
            assert_eq!(is_one_tenant(&base, &statement, token_url.as_deref()), expected, "{base} {own}");
        }
    }
}
