//! The fake as an EHR: tokens for signed assertions (checked as SMART Backend Services asks) or a secret, a clock that may be
//! off, single writes, searches by person, and switches for what real servers do.

use std::{
    collections::{HashSet, VecDeque},
    sync::{Arc, Mutex},
};

use axum::{
    body::Bytes,
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, Method, Uri},
    middleware::Next,
    response::Response,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL};
use jiff::{Timestamp, ToSpan};
use ring::signature::{ECDSA_P384_SHA384_FIXED, RSA_PKCS1_2048_8192_SHA384, RsaPublicKeyComponents, UnparsedPublicKey};
use serde_json::{Value, json};

pub(crate) use super::tls::key;
use super::{
    Inside, Shared, answer,
    back::{Back, by_person},
    outcome,
};

/// The client id that is registered.
pub(crate) const CLIENT: &str = "ownwords-client";

/// How the server behaves as an EHR.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(crate) struct Ehr {
    /// Whether a token is needed.
    pub(crate) guarded: bool,
    /// Public keys that are registered.
    pub(crate) keys: Vec<Value>,
    /// The secret that is registered, as the Basic header has it.
    pub(crate) basic: Option<String>,
    /// Whether the registration is over.
    pub(crate) expired: bool,
    /// How far its clock is ahead of ours, in seconds.
    pub(crate) ahead: i64,
    /// Scopes that are granted at most; all when none.
    pub(crate) grants: Option<Vec<String>>,
    /// How long tokens hold.
    pub(crate) life: u64,
    /// Tokens that are let in.
    pub(crate) tokens: HashSet<String>,
    /// How often a token was asked for, refused ones too.
    pub(crate) asked: u32,
    /// How often the statement was asked for.
    pub(crate) statements: u32,
    /// After how many requests a token is taken away, once.
    pub(crate) ends_after: Option<u32>,
    /// What stands at `metadata` in place of the statement: media type and body.
    pub(crate) page: Option<(&'static str, String)>,
    /// The token address it names; its own when none.
    pub(crate) token_url: Option<String>,
    /// Signing algorithms that it names.
    pub(crate) algorithms: Vec<&'static str>,
    /// The address that it gives itself.
    pub(crate) own_address: Option<String>,
    /// The version of its software.
    pub(crate) version: &'static str,
    /// Takes ids of ours though it does not say so.
    pub(crate) quietly_own_ids: bool,
    /// Does not heed If-Match.
    pub(crate) ignores_if_match: bool,
    /// Somebody else changes what is put just before it is; a stale tag then gets the next of these statuses.
    pub(crate) rivals: VecDeque<u16>,
    /// What an update in a transaction is answered with that wants another version than stands there.
    pub(crate) stale: u16,
    /// Tells no version, neither by `ETag` nor in a resource.
    pub(crate) untagged: bool,
    /// Takes a new status of a document, says so, and keeps the old one.
    pub(crate) keeps_status: bool,
    /// Drops extensions of labels.
    pub(crate) drops_label_extensions: bool,
    /// Drops identifiers and extensions.
    pub(crate) drops_identifiers: bool,
    /// Heeds that a create has terms, and not what they are: any resource of the type will do.
    pub(crate) ignores_terms: bool,
    /// Puts "Error" into the text of what is entered in error.
    pub(crate) replaces_text: bool,
    /// Answers 400 to a search of care plans without category.
    pub(crate) wants_category: bool,
    /// Does not heed `_lastUpdated`.
    pub(crate) ignores_last_updated: bool,
    /// What its next links do.
    pub(crate) next: Links,
    /// What searches by person do.
    pub(crate) back: Back,
    /// How many requests came while a token was needed.
    pub(crate) used: u32,
    seen: HashSet<String>,
}

/// What next links do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Links {
    /// They lead on.
    On,
    /// They lead in a circle.
    Round,
    /// They lead to another host.
    Away,
}

impl Default for Ehr {
    fn default() -> Self {
        Self {
            guarded: false,
            keys: Vec::new(),
            basic: None,
            expired: false,
            ahead: 0,
            grants: None,
            life: 300,
            tokens: HashSet::new(),
            asked: 0,
            statements: 0,
            ends_after: None,
            page: None,
            token_url: None,
            algorithms: vec!["RS384", "ES384"],
            own_address: None,
            version: "1",
            quietly_own_ids: false,
            ignores_if_match: false,
            rivals: VecDeque::new(),
            stale: 412,
            untagged: false,
            keeps_status: false,
            drops_label_extensions: false,
            drops_identifiers: false,
            ignores_terms: false,
            replaces_text: false,
            wants_category: false,
            ignores_last_updated: false,
            next: Links::On,
            back: Back::default(),
            seen: HashSet::new(),
            used: 0,
        }
    }
}

/// Every request: who is let in, the clock, the `ETag`, and searches by person.
pub(super) async fn gate(State(inside): Shared, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    // A file of an export says itself whether it needs a token.
    let is_file = path.starts_with("/bulk/") && path.matches('/').count() == 3;
    let is_open = is_file || path.starts_with("/token") || path.contains("metadata") || path.contains(".well-known");
    let given = request.headers().get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_in = is_open || lock(&inside).ehr.lets_in(given);
    let mut response = if !is_in {
        answer(401, &outcome("login"))
    } else if let Some(found) = by_person(&inside, &request) {
        found
    } else {
        let is_read = request.method() == Method::GET;
        let mut response = next.run(request).await;
        let version = lock(&inside).resources.get(path.trim_start_matches("/fhir/")).map(|(version, _)| *version);
        let is_told = is_read && !lock(&inside).ehr.untagged;
        if let (true, Some(version)) = (is_told, version) {
            response.headers_mut().insert("etag", format!("W/\"{version}\"").parse().expect("a header"));
        }
        response
    };
    let now = lock(&inside).ehr.now();
    let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    response.headers_mut().insert("date", HeaderValue::from_str(&date).expect("a header"));
    response
}

pub(super) async fn smart(State(inside): Shared, headers: HeaderMap) -> Response {
    let inside = lock(&inside);
    if !inside.ehr.guarded {
        return answer(404, &outcome("not-found"));
    }
    let host = headers["host"].to_str().expect("a host");
    let own = format!("http://{host}/token");
    answer(
        200,
        &json!({
            "token_endpoint": inside.ehr.token_url.clone().unwrap_or(own),
            "token_endpoint_auth_signing_alg_values_supported": inside.ehr.algorithms,
            "capabilities": ["client-confidential-asymmetric", "permission-v2"],
        }),
    )
}

pub(super) async fn token(State(inside): Shared, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let mut inside = lock(&inside);
    let ehr = &mut inside.ehr;
    ehr.asked += 1;
    let form = reqwest::Url::parse(&format!("http://x/?{}", String::from_utf8_lossy(&body))).expect("a form");
    let field = |name: &str| form.query_pairs().find(|(one, _)| one == name).map(|(_, value)| value.into_owned());
    assert_eq!(field("grant_type").as_deref(), Some("client_credentials"));
    let url = format!("http://{}{uri}", headers["host"].to_str().expect("a host"));
    let basic = headers.get("authorization").and_then(|value| value.to_str().ok());
    let proof = match (field("client_assertion"), basic) {
        (Some(assertion), _) => ehr.check(&assertion, &url),
        (None, Some(basic)) if ehr.basic.as_deref() == Some(basic) => Ok(()),
        _ => Err("the secret is wrong"),
    };
    if let Err(why) = proof {
        return answer(401, &json!({ "error": "invalid_client", "error_description": why }));
    }
    let asked = field("scope").expect("scopes");
    let granted: Vec<&str> = match &ehr.grants {
        None => asked.split(' ').collect(),
        Some(grants) => grants.iter().map(String::as_str).collect(),
    };
    if granted.is_empty() {
        return answer(400, &json!({ "error": "invalid_scope" }));
    }
    let token = format!("token-{}", uuid::Uuid::new_v4());
    let told =
        json!({ "access_token": token, "token_type": "bearer", "expires_in": ehr.life, "scope": granted.join(" ") });
    ehr.tokens.insert(token);
    answer(200, &told)
}

impl Ehr {
    pub(super) fn now(&self) -> Timestamp {
        Timestamp::now().checked_add(self.ahead.seconds()).expect("a moment")
    }

    fn lets_in(&mut self, given: &str) -> bool {
        if !self.guarded {
            return true;
        }
        self.used += 1;
        if self.ends_after == Some(self.used) {
            self.tokens.clear();
        }
        self.tokens.contains(given.trim_start_matches("Bearer "))
    }

    /// An assertion, as SMART Backend Services asks it to be.
    fn check(&mut self, assertion: &str, url: &str) -> Result<(), &'static str> {
        let parts: Vec<&str> = assertion.split('.').collect();
        let [header, claims, signature] = parts[..] else { return Err("no JWT") };
        let part = |text: &str| BASE64URL.decode(text).expect("base64url");
        let tree = |text: &str| serde_json::from_slice::<Value>(&part(text)).expect("JSON");
        let (head, said) = (tree(header), tree(claims));
        assert_eq!((&head["typ"], &said["iss"], &said["sub"]), (&json!("JWT"), &json!(CLIENT), &json!(CLIENT)));
        let mut keys = self.keys.iter().filter(|key| key["kid"] == head["kid"] && key["alg"] == head["alg"]);
        let key = keys.next().ok_or("no such key")?;
        let signed = format!("{header}.{claims}");
        let number = |name: &str| part(key[name].as_str().expect("a number"));
        let verified = match key["kty"].as_str() {
            Some("EC") => {
                let point = [vec![4], number("x"), number("y")].concat();
                UnparsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, point).verify(signed.as_bytes(), &part(signature))
            }
            _ => RsaPublicKeyComponents { n: number("n"), e: number("e") }.verify(
                &RSA_PKCS1_2048_8192_SHA384,
                signed.as_bytes(),
                &part(signature),
            ),
        };
        verified.map_err(|_| "the signature does not fit")?;
        let (now, end) = (self.now().as_second(), said["exp"].as_i64().expect("exp"));
        if said["aud"] != url {
            return Err("another audience");
        }
        if end <= now || end > now + 300 {
            return Err("exp is not within five minutes");
        }
        if !self.seen.insert(said["jti"].as_str().expect("jti").to_owned()) {
            return Err("seen before");
        }
        if self.expired { Err("this client has expired") } else { Ok(()) }
    }
}

pub(super) fn update(
    State(inside): Shared,
    Path((kind, id)): Path<(String, String)>,
    headers: &HeaderMap,
    body: &Bytes,
) -> Response {
    let mut inside = lock(&inside);
    let key = format!("{kind}/{id}");
    let stale = inside.ehr.rivals.pop_front().inspect(|_| inside.rival(&key)).unwrap_or(412);
    let before = inside.resources.get(&key).map(|(version, _)| *version);
    if before.is_none() && !inside.abilities.update_create && !inside.ehr.quietly_own_ids {
        return answer(405, &outcome("not-supported"));
    }
    let tag = headers.get("if-match").and_then(|tag| tag.to_str().ok());
    if let (Some(tag), Some(version), false) = (tag, before, inside.ehr.ignores_if_match)
        && tag != format!("W/\"{version}\"")
    {
        return answer(stale, &outcome("conflict"));
    }
    inside.put(&key, serde_json::from_slice(body).expect("JSON"));
    created(if before.is_some() { 200 } else { 201 }, &key, &inside.resources[&key].1)
}

pub(super) async fn delete(State(inside): Shared, Path((kind, id)): Path<(String, String)>) -> Response {
    lock(&inside).resources.remove(&format!("{kind}/{id}"));
    answer(200, &outcome("informational"))
}

impl Inside {
    /// Somebody else's change.
    fn rival(&mut self, key: &str) {
        if let Some((version, resource)) = self.resources.get_mut(key) {
            *version += 1;
            resource["docStatus"] = json!("amended");
        }
    }

    pub(super) fn put(&mut self, key: &str, mut resource: Value) {
        resource["id"] = json!(key.split_once('/').expect("Type/id").1);
        if self.ehr.drops_label_extensions
            && let Some(labels) = resource["meta"]["security"].as_array_mut()
        {
            labels.iter_mut().filter_map(Value::as_object_mut).for_each(|label| drop(label.remove("extension")));
        }
        if self.ehr.drops_identifiers
            && let Some(members) = resource.as_object_mut()
        {
            members.remove("identifier");
            members.remove("extension");
        }
        if self.ehr.replaces_text && resource["lifecycleStatus"] == "entered-in-error" {
            resource["description"]["text"] = json!("Error");
        }
        if let (true, Some((_, before))) = (self.ehr.keeps_status, self.resources.get(key)) {
            resource["status"] = before["status"].clone();
        }
        let version = self.resources.get(key).map_or(1, |(version, _)| version + 1);
        self.resources.insert(key.to_owned(), (version, resource));
    }
}

pub(super) fn created(status: u16, key: &str, resource: &Value) -> Response {
    let mut response = answer(status, resource);
    response.headers_mut().insert("location", format!("/fhir/{key}/_history/1").parse().expect("a header"));
    response
}

pub(super) fn lock(inside: &Arc<Mutex<Inside>>) -> std::sync::MutexGuard<'_, Inside> {
    inside.lock().expect("no test panicked within")
}
