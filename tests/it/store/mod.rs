//! The store's conformance suite: one set of checks over `SQLite` (always) and over `PostgreSQL` (when `OWNWORDS_TEST_POSTGRES`
//! names a database in which schemas may be made), each check on a store of its own.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod block;
mod bulk;
mod edition;
mod filing;
mod judged;
mod keeping;
mod lanes;
mod log;
mod opening;
mod outbox;
mod person;
mod reading;
mod resources;
mod snapshot;
mod speed;
mod standing;
mod wording;

use std::env;

use jiff::Timestamp;
use ownwords::{
    fhir::Resource,
    plan::Place,
    rules::{Outcome, Severity},
    store::{AgencyScope, Begun, Destination, KeptFinding, NewPlan, NewRecord, NewSubmission, Store},
};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tempfile::TempDir;
use uuid::Uuid;

/// A place where stores can be opened, gone at the end.
struct Home {
    url: String,
    _folder: TempDir,
    schema: Option<(String, String)>,
}

impl Home {
    fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("store.db").display());
        Self { url, _folder: folder, schema: None }
    }

    /// The file of a `SQLite` store.
    fn file(&self) -> &str {
        self.url.strip_prefix("sqlite:").unwrap()
    }

    /// A schema of its own, or none without a server.
    async fn postgres() -> Option<Self> {
        let Ok(server) = env::var("OWNWORDS_TEST_POSTGRES") else {
            println!("skipped: no PostgreSQL (set OWNWORDS_TEST_POSTGRES)");
            return None;
        };
        let schema = format!("test_{}", Uuid::new_v4().simple());
        run(&server, format!("create schema {schema}")).await;
        let join = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{join}options[search_path]={schema}");
        Some(Self { url, _folder: tempfile::tempdir().unwrap(), schema: Some((server, schema)) })
    }

    async fn open(&self) -> Store {
        Store::open(&self.url).await.unwrap()
    }

    async fn migrated(&self) -> Store {
        let store = self.open().await;
        store.migrate().await.unwrap();
        store
    }

    async fn leave(self) {
        if let Some((server, schema)) = self.schema {
            run(&server, format!("drop schema {schema} cascade")).await;
        }
    }
}

async fn run(server: &str, sql: String) {
    let mut connection = PgConnection::connect(server).await.unwrap();
    connection.execute(AssertSqlSafe(sql)).await.unwrap();
    connection.close().await.unwrap();
}

/// Runs each check over both databases.
macro_rules! over_both {
    ($($check:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $check() {
                super::$check(&crate::store::Home::sqlite()).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $check() {
                if let Some(home) = crate::store::Home::postgres().await {
                    super::$check(&home).await;
                    home.leave().await;
                }
            })*
        }
    };
}
use over_both;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

fn submission(agency: &str, sha256: &str) -> NewSubmission {
    NewSubmission {
        agency: agency.to_owned(),
        mapping: "flat-csv".to_owned(),
        mapping_version: "1".to_owned(),
        policy: "standard".to_owned(),
        sha256: sha256.to_owned(),
        size: 10,
        caller: "local".to_owned(),
        file: "plans.csv".to_owned(),
        received_at: at(0),
    }
}

pub(crate) async fn begun(store: &Store, agency: &str, sha256: &str) -> Uuid {
    match store.begin(submission(agency, sha256)).await.unwrap() {
        Begun::New(id) => id,
        other => panic!("not new: {other:?}"),
    }
}

fn place(line: u32) -> Place {
    Place { file: "plans.csv".into(), line, column: 1, field: Some("GOAL".into()) }
}

/// A record that could not be read.
fn unread_record(submission: Uuid, ordinal: u64) -> NewRecord {
    NewRecord {
        submission,
        ordinal,
        agency: "north".to_owned(),
        start: place(u32::try_from(ordinal).unwrap() + 1),
        raw: format!("row {ordinal}\r\n").into_bytes(),
        outcome: Outcome::Rejected,
        findings: vec![finding("FILE-001", Severity::Error)],
        unread: vec!["EXTRA".to_owned()],
        plan: None,
        received_at: at(i64::try_from(ordinal).unwrap()),
    }
}

fn finding(rule: &str, severity: Severity) -> KeptFinding {
    KeptFinding {
        rule: rule.to_owned(),
        severity,
        pointer: "/goals/0".to_owned(),
        place: place(2),
        message: "what to do".to_owned(),
        diagnostics: "markers=C1".to_owned(),
    }
}

/// An accepted record of a plan of `person`, delivered to `peer`; its resources are a `CarePlan` and a Goal that say `text`,
/// and a Patient that all plans of the person share.
pub(crate) fn plan_record(submission: Uuid, ordinal: u64, plan_id: &str, person: &str, text: &str) -> NewRecord {
    let resources = vec![
        patient(person, "first"),
        resource("Goal", &format!("{plan_id}/goal"), text),
        resource("CarePlan", plan_id, text),
    ];
    NewRecord {
        outcome: Outcome::Accepted,
        findings: vec![finding("STR-002", Severity::Information)],
        plan: Some(NewPlan {
            plan_id: plan_id.to_owned(),
            person_id: person.to_owned(),
            json: format!("{{\"text\":\"{text}\"}}"),
            resources,
            deliver_to: vec![Destination::of("peer")],
            wordings: Vec::new(),
            edition: None,
        }),
        ..unread_record(submission, ordinal)
    }
}

fn rejected(mut record: NewRecord) -> NewRecord {
    record.outcome = Outcome::Rejected;
    record.findings = vec![finding("GOAL-010", Severity::Error)];
    let plan = record.plan.as_mut().unwrap();
    plan.resources.clear();
    plan.deliver_to.clear();
    record
}

fn patient(person: &str, text: &str) -> Resource {
    resource("Patient", person, text)
}

fn resource(kind: &'static str, key: &str, text: &str) -> Resource {
    Resource { kind, id: resource_id(kind, key), json: format!("{{\"resourceType\":\"{kind}\",\"text\":\"{text}\"}}") }
}

pub(crate) fn resource_id(kind: &str, key: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{kind}/{key}").as_bytes())
}

/// The text and version a resource has now.
async fn now_says(store: &Store, kind: &str, key: &str) -> Option<(String, u32)> {
    let found = store.resource(kind, resource_id(kind, key), &AgencyScope::All).await.unwrap().here()?;
    let json: serde_json::Value = serde_json::from_str(&found.json).unwrap();
    Some((json["text"].as_str().unwrap().to_owned(), found.version))
}
