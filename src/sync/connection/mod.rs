//! A connection: a server, how we say who we are there, what is trusted, and how fast we go. It comes from its file
//! (`connections/NAME.toml`), or from `[delivery]` of the settings, which knows the simple case only.

mod delivering;
mod file;
mod hook;
mod rungs;
mod shown;

use std::{
    fs, io,
    net::IpAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use reqwest::{Url, header::HeaderName};
use serde_json::{Value, json};

pub use file::{AuthFile, AuthKind, ConnectionFile, Known, Limit, Per, TlsFile};
pub(super) use hook::Hook;
pub use hook::SubscriptionFile;
pub(super) use rungs::Rungs;
pub use rungs::{DocumentFile, NoticeFile, OutboundFile, QuestionnaireFile, RungChoice};

use super::{SyncError, auth::Key, back::Reading, secret::SecretPlace};
use crate::{
    config::{self, DeliveryMethod},
    fhir::receiver::Receiver,
};

/// A connection that can be tried.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Its name, in the store and in the log.
    pub name: String,
    /// How resources are written.
    pub method: DeliveryMethod,
    /// The agencies whose plans go there; `*` is every one.
    pub agencies: Vec<String>,
    /// How many requests the server gets at most.
    pub limit: Limit,
    /// Deliveries under way at once.
    pub concurrency: u32,
    /// How long one request may take.
    pub timeout: Duration,
    /// After how many attempts a person has to look.
    pub max_attempts: u32,
    /// The test person of probes.
    pub person: Option<String>,
    /// How it is read back.
    pub read: Reading,
    pub(super) base: Url,
    pub(super) auth: Auth,
    pub(super) trust: Trust,
    pub(super) group: Option<String>,
    pub(super) categories: Vec<String>,
    pub(super) known: Known,
    pub(super) receiver: Receiver,
    pub(super) rungs: Rungs,
    pub(super) allow_plain_http: bool,
    pub(super) hook: Option<Hook>,
}

/// How we say who we are, with the places of what proves it.
#[derive(Clone, Debug)]
pub(super) enum Auth {
    None,
    Header { name: HeaderName, prefix: &'static str, value: SecretPlace },
    Secret { client_id: String, secret: SecretPlace, asking: Asking },
    Key { client_id: String, key_file: PathBuf, published: Vec<PathBuf>, kid: Option<String>, asking: Asking },
}

/// Where and for what a token is asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Asking {
    /// None: as the smart-configuration says.
    pub token_url: Option<Url>,
    /// None: what delivering needs.
    pub scopes: Option<Vec<String>>,
}

/// Certificates.
#[derive(Clone, Debug, Default)]
pub(super) struct Trust {
    pub ca_file: Option<PathBuf>,
    /// Certificate and key.
    pub identity: Option<(PathBuf, PathBuf)>,
}

impl Connection {
    /// The connection of `[delivery]`.
    pub fn of_delivery(settings: &config::Delivery) -> Result<Self, SyncError> {
        let wrong = |problem: &str| SyncError::Base { problem: problem.to_owned() };
        let auth = if settings.token_file.as_os_str().is_empty() {
            Auth::None
        } else {
            bearer(SecretPlace::File(settings.token_file.clone()))
        };
        Ok(Self {
            name: settings.connection.clone(),
            method: settings.method,
            agencies: vec![EVERYONE.to_owned()],
            limit: Limit::default(),
            concurrency: settings.concurrency,
            timeout: Duration::from_secs(settings.timeout_s.max(1)),
            max_attempts: settings.max_attempts,
            person: None,
            read: Reading::default(),
            base: address(&settings.base_url, settings.allow_plain_http).map_err(wrong)?,
            auth,
            trust: Trust::default(),
            group: None,
            categories: file::usual_categories(),
            known: Known::default(),
            receiver: Receiver::default(),
            // The simple case knows structured plans only.
            rungs: Rungs { choice: RungChoice::A, ..Rungs::default() },
            allow_plain_http: settings.allow_plain_http,
            hook: None,
        })
    }

    /// The connection of that name in the folder.
    pub fn load(folder: &Path, name: &str) -> Result<Self, SyncError> {
        let file = path(folder, name);
        if !is_name(name) {
            return Err(SyncError::ConnectionFile { file, problem: NO_NAME.to_owned() });
        }
        let text = fs::read_to_string(&file).map_err(|error| {
            let problem = match error.kind() {
                io::ErrorKind::NotFound => "is not there; `ownwords connect URL --save` makes it".to_owned(),
                kind => kind.to_string(),
            };
            SyncError::ConnectionFile { file: file.clone(), problem }
        })?;
        let said: ConnectionFile = toml::from_str(&text).map_err(|error| SyncError::ConnectionFile {
            file: file.clone(),
            problem: without_values(&error, &text),
        })?;
        Self::of_file(name, folder, said)
    }

    /// The connection that a file says. Paths count from `folder`.
    pub fn of_file(name: &str, folder: &Path, said: ConnectionFile) -> Result<Self, SyncError> {
        let wrong = |problem: String| SyncError::ConnectionFile { file: path(folder, name), problem };
        if !is_name(name) {
            return Err(wrong(NO_NAME.to_owned()));
        }
        let base =
            address(&said.base_url, said.allow_plain_http).map_err(|problem| wrong(format!("base_url {problem}")))?;
        if said.concurrency == 0 || said.max_attempts == 0 || said.timeout_s == 0 {
            return Err(wrong("concurrency, max_attempts and timeout_s must be at least 1".to_owned()));
        }
        let text = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let rungs = rungs(&said, folder);
        let receiver = receiver(&said).map_err(|problem| wrong(problem.to_owned()))?;
        if let Some(lacks) = rungs.fixed().and_then(|rung| rungs.lacks(rung)) {
            return Err(wrong(format!("rung needs {lacks}")));
        }
        let read = Reading::of(&said.read, folder).map_err(|problem| wrong(problem.to_owned()))?;
        let hook = Hook::of(&said.subscription, folder, read.every.is_some());
        Ok(Self {
            name: name.to_owned(),
            method: said.method,
            agencies: said.agencies,
            limit: said.limit,
            concurrency: said.concurrency,
            timeout: Duration::from_secs(said.timeout_s),
            max_attempts: said.max_attempts,
            person: text(&said.person),
            read,
            base,
            auth: auth(&said.auth, folder, said.allow_plain_http).map_err(wrong)?,
            trust: trust(&said.tls, folder).map_err(|problem| wrong(problem.to_owned()))?,
            group: text(&said.group),
            categories: said.categories,
            receiver,
            known: said.known,
            rungs,
            allow_plain_http: said.allow_plain_http,
            hook: hook.map_err(|problem| wrong(problem.to_owned()))?,
        })
    }

    /// The server's base.
    pub fn base_url(&self) -> &str {
        self.base.as_str()
    }

    /// With another test person or group, where one is given.
    #[must_use]
    pub fn with_person(mut self, person: Option<String>, group: Option<String>) -> Self {
        self.person = person.or(self.person);
        self.group = group.or(self.group);
        self
    }

    /// The names of all connections in a folder, in the alphabet's order.
    pub fn names(folder: &Path) -> Vec<String> {
        let files = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
        let mut names: Vec<String> = files
            .filter(|file| file.extension().is_some_and(|extension| extension == "toml"))
            .filter_map(|file| Some(file.file_stem()?.to_str()?.to_owned()))
            .filter(|name| is_name(name))
            .collect();
        names.sort();
        names
    }

    /// Our public keys of all connections in a folder, as a JWK set; each stands there once.
    pub fn jwks(folder: &Path) -> Result<Value, SyncError> {
        let mut keys: Vec<Value> = Vec::new();
        for name in Self::names(folder) {
            for key in Self::load(folder, &name)?.public_keys()? {
                if !keys.contains(&key) {
                    keys.push(key);
                }
            }
        }
        Ok(json!({ "keys": keys }))
    }

    /// The public keys of this connection: the one that signs, then those published beside it.
    pub fn public_keys(&self) -> Result<Vec<Value>, SyncError> {
        let Auth::Key { key_file, published, kid, .. } = &self.auth else { return Ok(Vec::new()) };
        let mut keys = vec![Key::read(key_file, kid.as_deref())?.public().clone()];
        for file in published {
            keys.push(Key::read(file, None)?.public().clone());
        }
        Ok(keys)
    }

    pub(super) fn wrong(&self, problem: &str) -> SyncError {
        SyncError::Base { problem: format!("of connection {}: {problem}", self.name) }
    }
}

/// The file of a connection.
pub fn path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.toml"))
}

/// Stands for all agencies.
const EVERYONE: &str = "*";

const NO_NAME: &str = "has a name that cannot be used; take letters, digits, - and _";

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// Line and kind of a fault in a file, without the text there: someone may have put a secret into it.
fn without_values(error: &toml::de::Error, text: &str) -> String {
    let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
    let message = error.message();
    let message = if message.starts_with("unknown field") || message.starts_with("unknown variant") {
        message
    } else {
        "is not what belongs there"
    };
    format!("line {line}: {message}")
}

/// A base address, checked.
pub(super) fn address(url: &str, allow_plain_http: bool) -> Result<Url, &'static str> {
    let url = token_address(url.trim_end_matches('/'), allow_plain_http)?;
    if url.query().is_some() {
        return Err("has a \"?\" or \"#\"; give the base alone");
    }
    Ok(url)
}

/// An address, checked: https, or http to this machine, or http that the settings allow. A token address is used to the
/// letter, since it is what an assertion is made out to: a slash at its end is part of it, and so is a query.
pub(super) fn token_address(url: &str, allow_plain_http: bool) -> Result<Url, &'static str> {
    let url = Url::parse(url).map_err(|_| "is no URL; give it as https://host/path")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("holds a user name or password; put them into a file that auth names");
    }
    if url.fragment().is_some() {
        return Err("has a \"?\" or \"#\"; give the base alone");
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if allow_plain_http || is_this_machine(&url) => Ok(url),
        "http" => Err(
            "is plain http to another machine, where plans could be read on the way; use https, or set allow_plain_http",
        ),
        _ => Err("is neither https nor http"),
    }
}

/// Whether a URL leads to this machine.
pub(super) fn is_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn auth(said: &AuthFile, folder: &Path, allow_plain_http: bool) -> Result<Auth, String> {
    let needs = |is_there: bool, key: &str| if is_there { Ok(()) } else { Err(format!("auth.{key} is missing")) };
    let secret = || match (said.secret_file.as_os_str().is_empty(), said.secret_env.is_empty()) {
        (false, true) => Ok(SecretPlace::File(folder.join(&said.secret_file))),
        (true, false) => Ok(SecretPlace::Environment(said.secret_env.clone())),
        _ => Err("auth needs either secret_file or secret_env".to_owned()),
    };
    match said.kind {
        AuthKind::None => Ok(Auth::None),
        AuthKind::Header if said.header.is_empty() => Ok(bearer(secret()?)),
        AuthKind::Header => {
            let name = said.header.parse().map_err(|_| "auth.header is no name of a header".to_owned())?;
            Ok(Auth::Header { name, prefix: "", value: secret()? })
        }
        AuthKind::ClientSecret => {
            needs(!said.client_id.is_empty(), "client_id")?;
            let asking = asking(said, allow_plain_http)?;
            Ok(Auth::Secret { client_id: said.client_id.clone(), secret: secret()?, asking })
        }
        AuthKind::SmartBackend => {
            needs(!said.client_id.is_empty(), "client_id")?;
            needs(!said.key_file.as_os_str().is_empty(), "key_file")?;
            Ok(Auth::Key {
                client_id: said.client_id.clone(),
                key_file: folder.join(&said.key_file),
                published: said.published_key_files.iter().map(|file| folder.join(file)).collect(),
                kid: Some(said.kid.clone()).filter(|kid| !kid.is_empty()),
                asking: asking(said, allow_plain_http)?,
            })
        }
    }
}

fn asking(said: &AuthFile, allow_plain_http: bool) -> Result<Asking, String> {
    let token_url = if said.token_url.is_empty() {
        None
    } else {
        Some(token_address(&said.token_url, allow_plain_http).map_err(|problem| format!("auth.token_url {problem}"))?)
    };
    Ok(Asking { token_url, scopes: Some(said.scopes.clone()).filter(|scopes| !scopes.is_empty()) })
}

fn rungs(said: &ConnectionFile, folder: &Path) -> Rungs {
    let mut outbound = said.outbound.clone();
    if !outbound.folder.as_os_str().is_empty() {
        outbound.folder = folder.join(&outbound.folder);
    }
    Rungs {
        choice: said.rung,
        person_system: said.person_system.clone(),
        document: said.document.clone(),
        questionnaire: said.questionnaire.clone(),
        notice: said.notice.clone(),
        outbound,
    }
}

fn receiver(said: &ConnectionFile) -> Result<Receiver, &'static str> {
    let category = match said.care_plan_category.split_once('|') {
        Some((system, code)) if !system.is_empty() && !code.is_empty() => Some((system.to_owned(), code.to_owned())),
        None if said.care_plan_category.is_empty() => None,
        _ => return Err("care_plan_category is system|code, such as http://snomed.info/sct|734163000"),
    };
    Ok(Receiver {
        us_core: said.us_core,
        care_plan_category: category,
        uk_barrier_code: said.uk_barrier_code,
        protective_factors: said.protective_factors,
    })
}

fn trust(said: &TlsFile, folder: &Path) -> Result<Trust, &'static str> {
    let file = |file: &PathBuf| Some(folder.join(file)).filter(|_| !file.as_os_str().is_empty());
    let identity = match (file(&said.certificate_file), file(&said.key_file)) {
        (Some(certificate), Some(key)) => Some((certificate, key)),
        (None, None) => None,
        _ => return Err("tls needs both certificate_file and key_file, or neither"),
    };
    Ok(Trust { ca_file: file(&said.ca_file), identity })
}

fn bearer(value: SecretPlace) -> Auth {
    Auth::Header { name: reqwest::header::AUTHORIZATION, prefix: "Bearer ", value }
}
