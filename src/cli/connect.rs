//! `ownwords connect`: tries out a connection to an EHR, says in plain words what it can do and on which rung plans will be
//! written, and keeps it as a file. `connect check` repeats that and shows what changed; `connect jwks` prints our keys.

use std::{fs, path::PathBuf};

use anyhow::{Context, bail};
use clap::{Args, Subcommand, ValueEnum};

use super::{Done, show::Paint, subscribe};
use crate::{
    clock::Clock,
    config::Config,
    store::Store,
    sync::{
        connect::{
            self, Before,
            record::{Outcome, Record},
        },
        connection::{self, AuthFile, AuthKind, Connection, ConnectionFile, TlsFile},
    },
};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Connect {
    #[command(subcommand)]
    act: Option<Act>,
    /// The server's FHIR R4 base, such as `https://ehr.example.org/fhir`, or the name of a connection that is kept.
    #[arg(value_name = "URL|NAME", required = true)]
    target: Option<String>,
    #[command(flatten)]
    who: Who,
    #[command(flatten)]
    how: How,
    /// Keep the connection as a file, when nothing keeps it from being used.
    #[arg(long)]
    save: bool,
    /// The name to keep it under; without it, that of `delivery.connection`.
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Try kept connections again and show what changed.
    Check(Check),
    /// Print our public keys as a JWK set, to be registered at an EHR.
    Jwks {
        /// The connection; without it, those of all.
        name: Option<String>,
    },
    /// Ask an EHR to notify us of changes, as `subscription` of the connection's file says, and show where that stands.
    Subscribe {
        /// The connection.
        name: String,
    },
}

#[derive(Debug, Args)]
struct Check {
    /// The connections; without it, all that are kept.
    names: Vec<String>,
    #[command(flatten)]
    how: How,
}

/// How a connection is tried.
#[derive(Debug, Args)]
struct How {
    /// Id of a test person whose record probes may read.
    #[arg(long, value_name = "ID")]
    person: Option<String>,
    /// Id of a test group whose export may be begun.
    #[arg(long, value_name = "ID")]
    group: Option<String>,
    /// Try writes, too, on the test person alone; what was written is taken away again where the server lets us.
    #[arg(long)]
    write: bool,
    /// How it is printed.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// How we say who we are. Secrets stand in files or in the environment.
#[derive(Debug, Args)]
struct Who {
    /// Our id as a client there.
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// Our private key for SMART Backend Services, PEM or JWK.
    #[arg(long, value_name = "FILE", requires = "client_id")]
    key: Option<PathBuf>,
    /// The key's id there.
    #[arg(long, value_name = "ID", requires = "key")]
    kid: Option<String>,
    /// Where tokens come from; without it, as the server says.
    #[arg(long, value_name = "URL")]
    token_url: Option<String>,
    /// A scope to ask for; may be given several times.
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<String>,
    /// A file with the client's secret; without a client id, with a bearer token.
    #[arg(long, value_name = "FILE", conflicts_with = "key")]
    secret_file: Option<PathBuf>,
    /// The variable with that secret.
    #[arg(long, value_name = "VARIABLE", conflicts_with_all = ["key", "secret_file"])]
    secret_env: Option<String>,
    /// The header that the secret goes into, in place of a bearer token.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["key", "client_id"])]
    header: Option<String>,
    /// The only certificate authorities that are trusted, PEM.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Our client certificate, PEM.
    #[arg(long, value_name = "FILE", requires = "certificate_key")]
    certificate: Option<PathBuf>,
    /// Its private key, PEM.
    #[arg(long, value_name = "FILE", requires = "certificate")]
    certificate_key: Option<PathBuf>,
    /// Take http:// for a server on another machine, as in a closed test network.
    #[arg(long)]
    allow_plain_http: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs: the capability record.
    Json,
}

impl Connect {
    pub(super) fn run(self, config: &Config) -> anyhow::Result<Done> {
        match self.act {
            Some(Act::Check(check)) => check.run(config),
            Some(Act::Jwks { name }) => jwks(config, name.as_deref()),
            Some(Act::Subscribe { name }) => subscribe::run(config, &name),
            None => self.first(config),
        }
    }

    fn first(self, config: &Config) -> anyhow::Result<Done> {
        let target = self.target.context("give the server's URL, or the name of a kept connection")?;
        let folder = &config.connections.folder;
        if !target.contains("://") {
            let connection = self.how.onto(Connection::load(folder, &target)?);
            let record = self.how.try_out(config, &connection)?;
            print!("{}", self.how.format.shown(&record));
            if self.save && record.is_well() {
                record.save(folder, &connection.name)?;
            }
            return Ok(done(&record));
        }
        let name = self.name.unwrap_or_else(|| config.delivery.connection.clone());
        let file = connection::path(folder, &name);
        if self.save && file.exists() {
            bail!("{} is there already; edit it, or give another --name", file.display());
        }
        let mut said = self.who.file(target, &self.how)?;
        let connection = Connection::of_file(&name, folder, said.clone())?;
        let record = self.how.try_out(config, &connection)?;
        print!("{}", self.how.format.shown(&record));
        if self.save {
            if !record.is_well() {
                eprintln!("nothing was kept: mend what is said above, then try again");
                return Ok(Done::Rejected);
            }
            if let Some(method) = record.proved_method() {
                said.method = method;
            }
            fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
            fs::write(&file, said.text(&name)).with_context(|| format!("cannot write {}", file.display()))?;
            record.save(folder, &name)?;
            eprintln!("kept as {}", file.display());
        }
        Ok(done(&record))
    }
}

impl Check {
    fn run(self, config: &Config) -> anyhow::Result<Done> {
        let folder = &config.connections.folder;
        let names = if self.names.is_empty() { Connection::names(folder) } else { self.names.clone() };
        if names.is_empty() {
            bail!("no connection is kept in {}; `ownwords connect URL --save` keeps one", folder.display());
        }
        let mut all = Done::Well;
        for name in names {
            let connection = self.how.onto(Connection::load(folder, &name)?);
            let record = self.how.try_out(config, &connection)?;
            let changes = Record::load(folder, &name).map(|before| record.changes_since(&before));
            match self.how.format {
                Format::Json => println!("{}", serde_json::json!({ "changes": changes, "record": record })),
                Format::Text => print!("{}", changed(&record, changes.as_deref())),
            }
            if record.is_well() {
                record.save(folder, &name)?;
            } else {
                all = Done::Rejected;
            }
        }
        Ok(all)
    }
}

impl How {
    fn onto(&self, connection: Connection) -> Connection {
        connection.with_person(self.person.clone(), self.group.clone())
    }

    fn try_out(&self, config: &Config, connection: &Connection) -> anyhow::Result<Record> {
        if self.write && connection.person.is_none() {
            bail!("--write needs a test person: --person ID");
        }
        super::runtime()?.block_on(async {
            let before = Before { write: self.write, ..met(config, &connection.name).await? };
            Ok(connect::try_out(connection, before, Clock::System).await?)
        })
    }
}

impl Who {
    /// The connection's file. Paths are made absolute, since those of a file count from its folder.
    fn file(&self, base_url: String, how: &How) -> anyhow::Result<ConnectionFile> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let path = |path: &Option<PathBuf>| path.as_ref().map_or(Ok(PathBuf::new()), std::path::absolute);
        let has_secret = self.secret_file.is_some() || self.secret_env.is_some();
        let kind = match (&self.key, has_secret, &self.client_id) {
            (Some(_), ..) => AuthKind::SmartBackend,
            (None, true, Some(_)) => AuthKind::ClientSecret,
            (None, true, None) => AuthKind::Header,
            (None, false, Some(_)) => {
                bail!("a client id needs a key (--key) or a secret (--secret-file, --secret-env)")
            }
            (None, false, None) => AuthKind::None,
        };
        Ok(ConnectionFile {
            base_url,
            person: text(&how.person),
            group: text(&how.group),
            allow_plain_http: self.allow_plain_http,
            auth: AuthFile {
                kind,
                client_id: text(&self.client_id),
                token_url: text(&self.token_url),
                key_file: path(&self.key)?,
                kid: text(&self.kid),
                secret_file: path(&self.secret_file)?,
                secret_env: text(&self.secret_env),
                header: text(&self.header),
                scopes: self.scopes.clone(),
                ..AuthFile::default()
            },
            tls: TlsFile {
                ca_file: path(&self.ca)?,
                certificate_file: path(&self.certificate)?,
                key_file: path(&self.certificate_key)?,
            },
            ..ConnectionFile::default()
        })
    }
}

/// What the store knows of a connection. A store that is not there yet knows nothing.
async fn met(config: &Config, name: &str) -> anyhow::Result<Before> {
    let file = config.store.url.strip_prefix("sqlite:");
    if file.is_some_and(|file| !std::path::Path::new(file).is_file()) {
        return Ok(Before::default());
    }
    let store = Store::open(&config.store.url).await?;
    if store.ready().await.is_err() {
        return Ok(Before::default());
    }
    Ok(Before::met(&store, name).await?)
}

fn jwks(config: &Config, name: Option<&str>) -> anyhow::Result<Done> {
    let folder = &config.connections.folder;
    let keys = match name {
        Some(name) => serde_json::json!({ "keys": Connection::load(folder, name)?.public_keys()? }),
        None => Connection::jwks(folder)?,
    };
    println!("{keys:#}");
    Ok(Done::Well)
}

fn done(record: &Record) -> Done {
    if record.is_well() { Done::Well } else { Done::Rejected }
}

impl Format {
    fn shown(self, record: &Record) -> String {
        match self {
            Self::Text => text(record),
            Self::Json => serde_json::json!(record).to_string() + "\n",
        }
    }
}

fn changed(record: &Record, changes: Option<&[String]>) -> String {
    let lines = match changes {
        None => vec!["   never tried before".to_owned()],
        Some([]) => vec!["   nothing changed".to_owned()],
        Some(changes) => changes.iter().map(|change| format!("   {change}")).collect(),
    };
    format!("{}{}\n", text(record), lines.join("\n"))
}

/// The record for people: what is wrong, what can be read and written, the rung, then each probe.
fn text(record: &Record) -> String {
    let paint = Paint::for_stdout();
    let mut lines = vec![paint.strong(&format!("{} at {}", record.connection, record.base_url))];
    for fault in &record.faults {
        lines.push(format!("   problem ({}): {}", fault.code, fault.says));
        lines.push(format!("   what helps: {}", fault.help));
    }
    for (what, actions) in [("read", ["read", "search"]), ("written", ["create", "update"])] {
        let kinds = record.kinds_with(&actions);
        if !record.abilities.is_empty() {
            lines.push(format!(
                "   can be {what}: {}",
                if kinds.is_empty() { "nothing".to_owned() } else { kinds.join(", ") }
            ));
        }
    }
    if let Some(scopes) = record.scopes.as_ref().filter(|scopes| !scopes.missing.is_empty()) {
        lines.push(format!("   scopes not granted: {}", scopes.missing.join(" ")));
    }
    for met in &record.observed {
        lines.push(format!("   {} deliveries met HTTP {} there, last {}", met.deliveries, met.status, met.last));
    }
    if record.is_well() {
        lines.extend(rung(record));
    }
    for probe in &record.probes {
        let setting = probe.setting.as_ref().filter(|_| probe.outcome == Outcome::Fail);
        let setting = setting.map(|setting| format!(" → {setting}")).unwrap_or_default();
        lines.push(format!(
            "   {:>2} {:<9} {}: {}{setting}",
            probe.number,
            probe.outcome.as_str(),
            probe.name,
            probe.evidence
        ));
    }
    lines.join("\n") + "\n"
}

fn rung(record: &Record) -> Vec<String> {
    let ladder = &record.ladder;
    let what = ladder.rungs.iter().find(|rung| rung.rung == ladder.rung).map_or("", |rung| rung.what.as_str());
    let mut lines = vec![format!("   rung {}: {what}, because {}", ladder.rung, ladder.why)];
    if !ladder.delivers {
        lines.push("   nothing will be sent until a rung is set up in the connection's file".to_owned());
    }
    for higher in ladder.rungs.iter().take_while(|rung| rung.rung != ladder.rung) {
        lines.push(format!("   not rung {}: {}", higher.rung, higher.why));
    }
    if let Some(method) = &record.write_method {
        lines.push(format!("   written by {}: {}", method.method, method.proof));
    }
    lines
}
