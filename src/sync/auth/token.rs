//! Asks for a token: SMART Backend Services with a signed assertion, or a client id with its secret. What goes wrong is
//! told as a `Fault`; what the server wrote about it is read for its kind and forgotten.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use reqwest::{
    Client, Response, Url,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE, HeaderMap, HeaderValue},
};
use serde_json::Value;

use super::{Granted, Key, wanted};
use crate::{
    clock::Clock,
    sync::{
        SyncError,
        connection::{self, Asking, Auth, Connection},
        fault::Fault,
        peer,
        secret::{Secret, SecretPlace},
    },
};

/// Most that is read of an answer here.
const BODY: usize = 1 << 20;
/// How far apart clocks may be before an assertion that was refused is theirs to answer for.
const CLOCKS_APART: i64 = 60;
/// How long a token holds that does not say so.
const USUAL_LIFE: Duration = Duration::from_mins(5);

/// What a smart-configuration says, as far as it is used.
#[derive(Clone, Debug, Default)]
pub(crate) struct Smart {
    pub token_url: Option<String>,
    pub algorithms: Vec<String>,
    pub is_v1: bool,
}

/// How a connection asks for tokens.
pub(super) struct Grant {
    client_id: String,
    proof: Proof,
    asking: Asking,
    allow_plain_http: bool,
}

enum Proof {
    Key(Box<Key>),
    Secret(SecretPlace),
}

/// A token.
pub(super) struct Token {
    pub bearer: Secret,
    pub life: Duration,
    pub granted: Granted,
}

impl Smart {
    /// Reads the smart-configuration below the base; none where the server has none.
    pub(crate) async fn read(http: &Client, base: &Url) -> Result<Option<Self>, Fault> {
        let url = format!("{}/.well-known/smart-configuration", base.as_str().trim_end_matches('/'));
        let sent = http.get(url).header(ACCEPT, "application/json").send().await;
        let response = sent.map_err(|error| peer::fault(&error))?;
        if !response.status().is_success() {
            return Ok(None);
        }
        Ok(json(response).await.filter(Value::is_object).map(|tree| Self::of(&tree)))
    }

    fn of(tree: &Value) -> Self {
        let list = |name: &str| -> Vec<String> {
            let all = tree[name].as_array().into_iter().flatten();
            all.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let abilities = list("capabilities");
        let has = |ability: &str| abilities.iter().any(|one| one == ability);
        Self {
            token_url: tree["token_endpoint"].as_str().map(str::to_owned),
            algorithms: list("token_endpoint_auth_signing_alg_values_supported")
                .into_iter()
                .filter(|name| is_name(name))
                .collect(),
            is_v1: has("permission-v1") && !has("permission-v2"),
        }
    }
}

/// Whether it looks like the name of an algorithm; other words of a server are not shown.
fn is_name(text: &str) -> bool {
    text.len() <= 10 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

impl Grant {
    pub(super) fn new(connection: &Connection) -> Result<Self, SyncError> {
        let (client_id, proof, asking) = match &connection.auth {
            Auth::Key { client_id, key_file, kid, asking, published } => {
                for file in published {
                    Key::read(file, None)?;
                }
                (client_id, Proof::Key(Box::new(Key::read(key_file, kid.as_deref())?)), asking)
            }
            Auth::Secret { client_id, secret, asking } => {
                secret.read()?;
                (client_id, Proof::Secret(secret.clone()), asking)
            }
            Auth::None | Auth::Header { .. } => {
                unreachable!("the match in Passes::new above made sure it is one of the two")
            }
        };
        let allow_plain_http = connection.allow_plain_http;
        Ok(Self { client_id: client_id.clone(), proof, asking: asking.clone(), allow_plain_http })
    }

    /// Asks for a token.
    pub(super) async fn ask(&self, http: &Client, base: &Url, clock: Clock) -> Result<Token, Fault> {
        let smart = match (&self.asking.token_url, &self.asking.scopes) {
            (Some(_), Some(_)) => Smart::default(),
            _ => Smart::read(http, base).await?.unwrap_or_default(),
        };
        let url = self.token_url(&smart)?;
        let algorithm = match &self.proof {
            Proof::Key(key) => Some(key.algorithm()),
            Proof::Secret(_) => None,
        };
        if let Some(ours) = algorithm
            && !smart.algorithms.is_empty()
            && !smart.algorithms.iter().any(|offered| offered == ours)
        {
            return Err(Fault::AlgorithmNotOffered);
        }
        let asked = self.asking.scopes.clone().unwrap_or_else(|| wanted(smart.is_v1));
        let (form, headers) = self.request(&url, &asked, clock)?;
        let sent = http.post(url).headers(headers).body(form).send().await;
        let response = sent.map_err(|error| peer::fault(&error))?;
        self.token(response, Granted { asked, scopes: None, algorithm }, clock).await
    }

    fn token_url(&self, smart: &Smart) -> Result<Url, Fault> {
        if let Some(url) = &self.asking.token_url {
            return Ok(url.clone());
        }
        let found = smart.token_url.as_deref().ok_or(Fault::NoTokenAddress)?;
        connection::token_address(found, self.allow_plain_http).map_err(|_| Fault::TokenAddressUnsafe)
    }

    /// The form, and the headers that go with it.
    fn request(&self, url: &Url, scopes: &[String], clock: Clock) -> Result<(String, HeaderMap), Fault> {
        const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
        const JSON: HeaderValue = HeaderValue::from_static("application/json");
        let scopes = scopes.join(" ");
        let mut fields = vec![("grant_type", "client_credentials".to_owned()), ("scope", scopes)];
        let mut headers = HeaderMap::from_iter([(CONTENT_TYPE, FORM), (ACCEPT, JSON)]);
        match &self.proof {
            Proof::Key(key) => {
                let assertion = key.assertion(&self.client_id, url.as_str(), clock.now());
                fields.push(("client_assertion_type", ASSERTION.to_owned()));
                fields.push(("client_assertion", assertion.ok_or(Fault::SecretUnreadable)?));
            }
            Proof::Secret(place) => {
                let secret = place.read().map_err(|_| Fault::SecretUnreadable)?;
                let pair = format!("{}:{}", encoded(&self.client_id), encoded(secret.expose()));
                let basic = HeaderValue::from_str(&format!("Basic {}", BASE64.encode(pair)));
                let mut basic = basic.map_err(|_| Fault::SecretUnreadable)?;
                basic.set_sensitive(true);
                headers.insert(AUTHORIZATION, basic);
            }
        }
        let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        Ok((fields.join("&"), headers))
    }

    async fn token(&self, response: Response, granted: Granted, clock: Clock) -> Result<Token, Fault> {
        let status = response.status().as_u16();
        let apart = response.headers().get(DATE).and_then(|date| peer::seconds_ahead(date, clock.now())).unwrap_or(0);
        let body = json(response).await;
        match (status, body) {
            (200 | 201, Some(body)) => token_of(&body, granted).ok_or(Fault::TokenUnclear),
            (400..=499, body) => Err(self.refused(&body.unwrap_or_default(), apart)),
            (500..=599, _) => Err(Fault::ServerFailed),
            _ => Err(Fault::TokenUnclear),
        }
    }

    /// What a refusal means: the code that OAuth lays down, our clocks, and the one word that servers add.
    fn refused(&self, body: &Value, apart: i64) -> Fault {
        let says_expired =
            body["error_description"].as_str().is_some_and(|text| text.to_ascii_lowercase().contains("expired"));
        match (body["error"].as_str(), &self.proof) {
            (Some("invalid_scope"), _) => Fault::ScopeRefused,
            (Some("unauthorized_client" | "unsupported_grant_type"), _) => Fault::ClientNotAllowed,
            (Some("invalid_client" | "invalid_grant" | "invalid_request"), Proof::Key(_))
                if apart.abs() > CLOCKS_APART =>
            {
                Fault::ClockOff
            }
            (Some("invalid_client" | "invalid_grant"), Proof::Key(_)) if says_expired => Fault::KeyExpired,
            (Some("invalid_client" | "invalid_grant"), Proof::Key(_)) => Fault::KeyRefused,
            (Some("invalid_client" | "invalid_grant"), Proof::Secret(_)) => Fault::SecretRefused,
            _ => Fault::TokenUnclear,
        }
    }
}

fn token_of(body: &Value, mut granted: Granted) -> Option<Token> {
    let is_bearer = body["token_type"].as_str().is_none_or(|kind| kind.eq_ignore_ascii_case("bearer"));
    let token = body["access_token"].as_str().filter(|token| is_bearer && !token.is_empty())?;
    let life = body["expires_in"].as_u64().map_or(USUAL_LIFE, |seconds| Duration::from_secs(seconds.min(86_400)));
    granted.scopes = body["scope"].as_str().map(|list| list.split_whitespace().map(str::to_owned).collect());
    Some(Token { bearer: Secret::new(token), life, granted })
}

/// The body as JSON, read to a bound.
async fn json(mut response: Response) -> Option<Value> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        if body.len() + chunk.len() > BODY {
            return None;
        }
        body.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&body).ok()
}

/// As a form has it.
fn encoded(text: &str) -> String {
    let mut url = Url::parse("http://localhost/").expect("the text above made sure it is a URL");
    url.query_pairs_mut().append_pair("", text);
    url.query().unwrap_or_default().trim_start_matches('=').to_owned()
}
