//! A connection as its file says it: `connections/NAME.toml`. Unknown keys are refused with their line; what fits together
//! is judged where the file is made into a `Connection`. Paths count from the folder of the file.

use std::{path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};

use super::hook::SubscriptionFile;
use super::rungs::{DocumentFile, NoticeFile, OutboundFile, QuestionnaireFile, RungChoice};
use crate::{config::DeliveryMethod, fhir::receiver::UsCore, sync::back::ReadFile};

/// The file.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConnectionFile {
    /// The server's FHIR R4 base, its tenant path included.
    pub base_url: String,
    /// How resources are written: `auto`, `own-ids` or `if-none-exist`.
    #[serde(skip_serializing_if = "is_usual")]
    pub method: DeliveryMethod,
    /// The rung that plans are written on: `auto`, or `A` to `E` for good.
    #[serde(skip_serializing_if = "is_usual")]
    pub rung: RungChoice,
    /// The US Core version that the server follows: `6.1`, `7`, `8` or `9`; a newer one is told more (D19).
    #[serde(skip_serializing_if = "is_usual")]
    pub us_core: UsCore,
    /// A further category of care plans from US Core 9 on, as `system|code`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub care_plan_category: String,
    /// Whether a barrier also carries the code that PCO 1.0.0 lists, which only the United Kingdom has.
    #[serde(skip_serializing_if = "is_usual")]
    pub uk_barrier_code: bool,
    /// Whether a goal also carries the strengths that help it as HL7's protective factors, which its validator refuses in R4.
    #[serde(skip_serializing_if = "is_usual")]
    pub protective_factors: bool,
    /// System of the agency's person ids there, below rung A; empty: as the plan's identifiers say.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub person_system: String,
    /// Id of the test person that probes may read, and write to when asked.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub person: String,
    /// Id of a test group for `$export`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub group: String,
    /// Categories tried in a search for care plans, as `system|code`, before none.
    pub categories: Vec<String>,
    /// The agencies whose plans go there, by the ids in their submissions; `*` is every agency. Empty: everyone's for the
    /// connection of `delivery.connection`, nobody's for another.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub agencies: Vec<String>,
    /// Requests under way at once.
    pub concurrency: u32,
    /// How long one request may take, in seconds.
    pub timeout_s: u64,
    /// After how many attempts a person has to look.
    pub max_attempts: u32,
    /// Whether `http://` is taken for a server on another machine.
    #[serde(skip_serializing_if = "is_usual")]
    pub allow_plain_http: bool,
    /// Reading back what became of our plans there.
    #[serde(skip_serializing_if = "is_usual")]
    pub read: ReadFile,
    /// How the server lets us know that something changed.
    #[serde(skip_serializing_if = "is_usual")]
    pub subscription: SubscriptionFile,
    /// How many requests the server gets at most.
    #[serde(skip_serializing_if = "is_usual")]
    pub limit: Limit,
    /// How we say who we are.
    #[serde(skip_serializing_if = "is_usual")]
    pub auth: AuthFile,
    /// Certificates.
    #[serde(skip_serializing_if = "is_usual")]
    pub tls: TlsFile,
    /// Rung B.
    #[serde(skip_serializing_if = "is_usual")]
    pub document: DocumentFile,
    /// Rung C.
    #[serde(skip_serializing_if = "is_usual")]
    pub questionnaire: QuestionnaireFile,
    /// Rung D.
    #[serde(skip_serializing_if = "is_usual")]
    pub notice: NoticeFile,
    /// Rung E.
    #[serde(skip_serializing_if = "is_usual")]
    pub outbound: OutboundFile,
    /// What a person knows better than the server's statement.
    #[serde(skip_serializing_if = "is_usual")]
    pub known: Known,
}

impl Default for ConnectionFile {
    fn default() -> Self {
        Self {
            base_url: String::new(),
            method: DeliveryMethod::Auto,
            rung: RungChoice::Auto,
            us_core: UsCore::default(),
            care_plan_category: String::new(),
            uk_barrier_code: false,
            protective_factors: false,
            person_system: String::new(),
            person: String::new(),
            group: String::new(),
            categories: usual_categories(),
            agencies: Vec::new(),
            concurrency: 4,
            timeout_s: 60,
            max_attempts: 12,
            allow_plain_http: false,
            read: ReadFile::default(),
            subscription: SubscriptionFile::default(),
            limit: Limit::default(),
            auth: AuthFile::default(),
            tls: TlsFile::default(),
            document: DocumentFile::default(),
            questionnaire: QuestionnaireFile::default(),
            notice: NoticeFile::default(),
            outbound: OutboundFile::default(),
            known: Known::default(),
        }
    }
}

impl ConnectionFile {
    /// The file's text.
    pub fn text(&self, name: &str) -> String {
        let settings = toml::to_string(self).expect("the types above made sure that it is TOML");
        format!(
            "# Connection {name}, kept by `ownwords connect`. `ownwords connect check {name}` tries it again.\n\n{settings}"
        )
    }
}

/// How many requests a server gets at most from this process, those for tokens apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limit {
    /// How many; 0: as many as there are.
    pub requests: u32,
    /// In what time.
    pub per: Per,
    /// How many at once after a rest.
    pub burst: u32,
}

impl Default for Limit {
    fn default() -> Self {
        Self { requests: 0, per: Per::Second, burst: 1 }
    }
}

impl Limit {
    /// The time from one request to the next, where there is a limit.
    pub fn every(&self) -> Option<Duration> {
        let time = match self.per {
            Per::Second => Duration::from_secs(1),
            Per::Minute => Duration::from_mins(1),
        };
        (self.requests > 0).then(|| time / self.requests)
    }
}

/// The time that a limit counts for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Per {
    /// A second.
    Second,
    /// A minute.
    Minute,
}

/// How we say who we are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct AuthFile {
    /// The way.
    pub kind: AuthKind,
    /// Our id as a client there (`smart-backend`, `client-secret`).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub client_id: String,
    /// Where tokens come from; empty: as the server's smart-configuration says.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub token_url: String,
    /// The private key that signs, PEM or JWK (`smart-backend`).
    #[serde(skip_serializing_if = "is_usual")]
    pub key_file: PathBuf,
    /// Keys that are only published beside it: the next one before it signs, the last one until no server asks for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub published_key_files: Vec<PathBuf>,
    /// The key's id; empty: as the JWK says, else its thumbprint.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub kid: String,
    /// The file with the secret (`client-secret`) or the header's value (`header`).
    #[serde(skip_serializing_if = "is_usual")]
    pub secret_file: PathBuf,
    /// The variable with it, in place of the file.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub secret_env: String,
    /// The header's name (`header`); empty: `Authorization`, with a bearer token.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub header: String,
    /// Scopes to ask for; empty: what delivering needs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
}

/// The ways to say who we are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AuthKind {
    /// Not at all: servers on this machine only.
    #[default]
    None,
    /// SMART Backend Services: an assertion signed with our key.
    SmartBackend,
    /// A client id with a secret.
    ClientSecret,
    /// A header whose value stands in a file.
    Header,
}

/// Certificates.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct TlsFile {
    /// The only CAs that are trusted, PEM; empty: those of this machine.
    #[serde(skip_serializing_if = "is_usual")]
    pub ca_file: PathBuf,
    /// Our client certificate with its chain, PEM.
    #[serde(skip_serializing_if = "is_usual")]
    pub certificate_file: PathBuf,
    /// Its private key, PEM.
    #[serde(skip_serializing_if = "is_usual")]
    pub key_file: PathBuf,
}

/// What a person knows better than the server's statement: abilities such as `CarePlan.create` or `transaction`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Known {
    /// What it can, whatever it says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub can: Vec<String>,
    /// What it cannot, whatever it says.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cannot: Vec<String>,
}

/// A value with a usual one that is not written out.
fn is_usual<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Where US Core and others put care plans.
pub(super) fn usual_categories() -> Vec<String> {
    ["http://hl7.org/fhir/us/core/CodeSystem/careplan-category|assess-plan", "http://snomed.info/sct|734163000"]
        .map(str::to_owned)
        .to_vec()
}
