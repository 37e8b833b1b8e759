//! The settings: `config.toml`, then the environment, then checks. An unknown key is refused with its line.
//!
//! Every scalar key can be set as `OWNWORDS_<SECTION>_<KEY>`, such as `OWNWORDS_SERVER_LISTEN`. Secrets stand in files or
//! as hashes, never here.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

/// Why the settings cannot be used, and where.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is not there or cannot be read.
    #[error("cannot read {}: {kind}. Give another file with --config, or leave it out to use the defaults.", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        kind: std::io::ErrorKind,
    },
    /// A key or value is wrong.
    #[error("{origin}: {problem}")]
    Wrong {
        /// The file, or the environment variable.
        origin: String,
        /// What is wrong; for a file with line and column.
        problem: String,
    },
}

/// All settings.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The HTTP service.
    pub server: Server,
    /// Where records are kept.
    pub store: Store,
    /// How plans are judged.
    pub gate: Gate,
    /// Mappings beside the built-in ones.
    pub mappings: Mappings,
    /// Log lines.
    pub log: Log,
    /// The FHIR server that accepted plans go to.
    pub delivery: Delivery,
    /// Connections to EHRs.
    pub connections: Connections,
    /// Who may call; empty means: only this machine.
    pub caller: Vec<Caller>,
}

/// The HTTP service.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Address and port; loopback unless callers are configured.
    pub listen: SocketAddr,
    /// Largest body taken, in megabytes.
    pub body_limit_mb: usize,
    /// How long a request may take, in seconds.
    pub request_timeout_s: u64,
    /// How long open requests may take to end when the service stops, in seconds.
    pub shutdown_grace_s: u64,
    /// A folder for the files of bulk exports; made private when it is missing.
    pub export_folder: PathBuf,
    /// How long they are kept, in hours.
    pub export_hours: u64,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8642)),
            body_limit_mb: 256,
            request_timeout_s: 300,
            shutdown_grace_s: 20,
            export_folder: PathBuf::from("exports"),
            export_hours: 24,
        }
    }
}

impl Server {
    /// How long a request may take.
    pub fn request_timeout(&self) -> Duration {
        Duration::from_secs(self.request_timeout_s)
    }

    /// How long open requests may take to end.
    pub fn shutdown_grace(&self) -> Duration {
        Duration::from_secs(self.shutdown_grace_s)
    }
}

/// Where records are kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Store {
    /// `sqlite:FILE` or `postgres://…`.
    pub url: String,
}

impl Default for Store {
    fn default() -> Self {
        Self { url: "sqlite:ownwords.db".to_owned() }
    }
}

/// How plans are judged.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Gate {
    /// `observe`, `standard` or `strict`; where there is a state policy, that counts.
    pub policy: String,
    /// The state's policy file; empty for none.
    pub state_policy: PathBuf,
    /// Whether a submission must name the days that it holds whole (FILE-003).
    pub period_required: bool,
    /// Agencies with a policy or a list of phrases of their own.
    pub agency: Vec<GateAgency>,
}

/// An agency with a policy or a list of phrases of its own.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateAgency {
    /// The agency's id, as its submissions name it.
    pub id: String,
    /// Its policy file, or the name of a built-in policy; without one, the policy for everyone.
    #[serde(default)]
    pub policy: String,
    /// A text file with the ready-made phrases of its record system, one a line; empty for none.
    #[serde(default)]
    pub phrases: PathBuf,
}

impl Default for Gate {
    fn default() -> Self {
        Self { policy: "standard".to_owned(), state_policy: PathBuf::new(), period_required: false, agency: Vec::new() }
    }
}

/// Mappings beside the built-in ones.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Mappings {
    /// A folder with one folder a mapping; empty for none.
    pub folder: PathBuf,
}

/// Log lines.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// `text` or `json`.
    pub format: LogFormat,
    /// `error`, `warn`, `info`, `debug`, or a filter such as `ownwords=debug`.
    pub level: String,
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Text, level: "info".to_owned() }
    }
}

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For machines.
    Json,
}

/// The FHIR server that accepted plans go to.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Delivery {
    /// Name of the connection in the store, and of its file when `base_url` is empty; a new name starts anew.
    pub connection: String,
    /// The server's FHIR base; empty: as the connection's file says, and without one nothing is delivered.
    pub base_url: String,
    /// How resources are written: `auto`, `own-ids` or `if-none-exist`.
    pub method: DeliveryMethod,
    /// A file with a bearer token; empty for none.
    pub token_file: PathBuf,
    /// Requests under way at once.
    pub concurrency: u32,
    /// How long one may take, in seconds.
    pub timeout_s: u64,
    /// After how many attempts a person has to look.
    pub max_attempts: u32,
    /// Whether `http://` is taken for a server on another machine.
    pub allow_plain_http: bool,
}

impl Default for Delivery {
    fn default() -> Self {
        Self {
            connection: "ehr".to_owned(),
            base_url: String::new(),
            method: DeliveryMethod::Auto,
            token_file: PathBuf::new(),
            concurrency: 4,
            timeout_s: 60,
            max_attempts: 12,
            allow_plain_http: false,
        }
    }
}

impl Delivery {
    /// Whether plans are delivered to a server that is named here.
    pub fn is_on(&self) -> bool {
        !self.base_url.is_empty()
    }
}

/// Connections to EHRs.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Connections {
    /// A folder with one file a connection.
    pub folder: PathBuf,
}

impl Default for Connections {
    fn default() -> Self {
        Self { folder: PathBuf::from("connections") }
    }
}

/// How resources are written at the receiving server. The first delivery decides for good: a connection that changed
/// would have every resource twice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryMethod {
    /// As the server's statement allows: ids of ours where it takes them, else `if-none-exist`.
    #[default]
    Auto,
    /// `PUT Type/{id}` with ids of ours, whatever the statement says. HAPI takes them and does not say so.
    OwnIds,
    /// Create with `ifNoneExist`, afterwards `PUT` under the server's id.
    IfNoneExist,
}

/// Someone who may call.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Caller {
    /// Name for the audit line.
    pub name: String,
    /// The one agency whose records the caller may send and see; `*` is the state authority's view of all.
    pub agency: String,
    /// SHA-256 of the bearer token, in hexadecimal.
    pub token_sha256: String,
    /// What the caller may do.
    pub operations: Vec<Operation>,
}

/// What a caller may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    /// Send records.
    Submit,
    /// Read receipts, plans and resources.
    Read,
    /// Have plans judged without keeping them.
    Check,
    /// See and repeat deliveries.
    Deliver,
    /// Read figures and metrics.
    Report,
}

impl Config {
    /// Reads the file, lays the environment over it and checks the whole. Without a file the defaults hold.
    pub fn load(file: Option<&Path>, environment: impl Iterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let mut table = Table::new();
        if let Some(file) = file {
            let text = fs::read_to_string(file)
                .map_err(|error| ConfigError::Unreadable { file: file.to_owned(), kind: error.kind() })?;
            // Read once against the types alone, so that an error names the line in the file.
            let wrong = |error: toml::de::Error| ConfigError::Wrong {
                origin: file.display().to_string(),
                problem: placed(&text, &error),
            };
            toml::from_str::<Self>(&text).map_err(wrong)?;
            table = toml::from_str(&text).map_err(wrong)?;
        }
        let origin = lay_over(&mut table, environment)?;
        let config: Self = Value::Table(table).try_into().map_err(|error: toml::de::Error| ConfigError::Wrong {
            origin: origin.join(", "),
            problem: error.message().to_owned(),
        })?;
        config.checked()
    }

    /// Refuses settings that do not fit together, such as an open port without callers.
    pub(crate) fn checked(self) -> Result<Self, ConfigError> {
        let wrong = |origin: &str, problem: String| Err(ConfigError::Wrong { origin: origin.to_owned(), problem });
        for caller in &self.caller {
            let is_hash = caller.token_sha256.len() == 64 && caller.token_sha256.bytes().all(|b| b.is_ascii_hexdigit());
            if !is_hash {
                return wrong(
                    "caller.token_sha256",
                    format!(
                        "caller \"{}\" needs the SHA-256 of its token as 64 hexadecimal digits; `printf %s TOKEN | sha256sum` prints it",
                        caller.name
                    ),
                );
            }
        }
        let ids: Vec<&str> = self.gate.agency.iter().map(|agency| agency.id.trim()).collect();
        if let Some((_, id)) = ids.iter().enumerate().find(|(at, id)| id.is_empty() || ids[..*at].contains(id)) {
            return wrong(
                "gate.agency.id",
                format!("\"{id}\" is empty or stands twice; give each agency one [[gate.agency]]"),
            );
        }
        let says_nothing = |agency: &&GateAgency| agency.policy.is_empty() && agency.phrases.as_os_str().is_empty();
        if let Some(agency) = self.gate.agency.iter().find(says_nothing) {
            return wrong(
                "gate.agency.policy",
                format!("agency \"{}\" has neither policy nor phrases; give one, or take the group out", agency.id),
            );
        }
        if !self.server.listen.ip().is_loopback() && self.caller.is_empty() {
            return wrong(
                "server.listen",
                format!(
                    "{} can be reached from other machines, and no [[caller]] is configured. Listen on 127.0.0.1, or say who may call.",
                    self.server.listen
                ),
            );
        }
        if self.server.body_limit_mb == 0 || self.delivery.concurrency == 0 || self.delivery.max_attempts == 0 {
            return wrong(
                "server.body_limit_mb, delivery.concurrency, delivery.max_attempts",
                "must be at least 1".to_owned(),
            );
        }
        Ok(self)
    }
}

/// What is wrong, and where. The line itself is not shown: it may hold a password.
fn placed(text: &str, error: &toml::de::Error) -> String {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let column = before.chars().rev().take_while(|letter| *letter != '\n').count() + 1;
    format!("line {}, column {column}: {}", before.matches('\n').count() + 1, error.message())
}

/// Sets `section.key` from `OWNWORDS_SECTION_KEY` and returns the variables used.
fn lay_over(
    table: &mut Table,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Vec<String>, ConfigError> {
    const SECTIONS: [&str; 7] = ["server", "store", "gate", "mappings", "log", "delivery", "connections"];
    let mut used = Vec::new();
    for (name, text) in environment {
        let Some(path) = name.strip_prefix("OWNWORDS_").map(str::to_ascii_lowercase) else { continue };
        let Some((section, key)) = path.split_once('_').filter(|(section, _)| SECTIONS.contains(section)) else {
            continue;
        };
        let group = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
        let Some(group) = group.as_table_mut() else {
            return Err(ConfigError::Wrong {
                origin: name,
                problem: format!("[{section}] is no group of settings in the file"),
            });
        };
        group.insert(key.to_owned(), literal(text));
        used.push(name);
    }
    Ok(used)
}

/// A number or a truth value as such, everything else as text.
fn literal(text: String) -> Value {
    match (text.parse::<i64>(), text.as_str()) {
        (Ok(number), _) => Value::Integer(number),
        (_, "true") => Value::Boolean(true),
        (_, "false") => Value::Boolean(false),
        _ => Value::String(text),
    }
}
