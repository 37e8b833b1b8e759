//! Plans of the sample, said and kept through the same door as the pipeline does; and schemas of their own in `PostgreSQL`.

use std::{env, ops::Range, path::Path};

use jiff::{Timestamp, civil::date};
use ownwords::{
    fhir::{self, Ids},
    plan::{Place, Plan},
    profile, rules,
    store::{Begun, Destination, NewPlan, NewRecord, NewSubmission, Store},
};
use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::sample;

/// The agency of all plans.
pub(crate) const AGENCY: &str = "bench";

/// A store that is being filled.
pub(crate) struct Filling {
    pub(crate) store: Store,
    pub(crate) ids: Ids,
    gates: rules::Gates,
    submission: Uuid,
}

impl Filling {
    /// Opens the store of a URL and makes its tables.
    pub(crate) async fn of(url: &str) -> Self {
        let store = Store::open(url).await.expect("the store opens");
        store.migrate().await.expect("its tables are made");
        let ids = store.ids().await.expect("it has a namespace");
        let policy = profile::policy("standard").expect("the policy loads");
        let first: Plan = serde_json::from_str(&sample::plan(1)).expect("the sample is a plan");
        let gates =
            rules::passed(&first, &rules::judge(&first, &policy, date(2026, 11, 1)), &rules::Phrases::default());
        let Begun::New(submission) = store.begin(submission()).await.expect("it begins") else { panic!("not new") };
        Self { store, ids, gates, submission }
    }

    /// The resources of the plan of a number.
    pub(crate) fn said(&self, number: u64) -> Vec<fhir::Resource> {
        let plan: Plan = serde_json::from_str(&sample::plan(number)).expect("the sample is a plan");
        fhir::resources(&plan, &self.ids, self.gates)
    }

    /// Keeps the plans of numbers in one transaction; how many resources they are.
    pub(crate) async fn keep(&self, numbers: Range<u64>, deliver_to: &[Destination]) -> u64 {
        let records: Vec<NewRecord> = numbers.map(|number| self.record(number, deliver_to)).collect();
        let resources =
            records.iter().filter_map(|record| record.plan.as_ref()).map(|plan| plan.resources.len() as u64);
        let resources = resources.sum();
        self.store.keep(records).await.expect("they are kept");
        resources
    }

    /// Ends the submission and closes the store.
    pub(crate) async fn finish(self) -> Ids {
        self.store.finish(self.submission).await.expect("it ends");
        while self.store.make_block().await.expect("blocks are made") {}
        self.store.close().await;
        self.ids
    }

    fn record(&self, number: u64, deliver_to: &[Destination]) -> NewRecord {
        let json = sample::plan(number);
        NewRecord {
            submission: self.submission,
            ordinal: number,
            agency: AGENCY.to_owned(),
            start: Place::default(),
            raw: json.clone().into_bytes(),
            outcome: rules::Outcome::Accepted,
            findings: Vec::new(),
            unread: Vec::new(),
            plan: Some(NewPlan {
                plan_id: format!("RP-{number}"),
                person_id: person(number),
                resources: self.said(number),
                json,
                deliver_to: deliver_to.to_vec(),
                wordings: Vec::new(),
                edition: None,
            }),
            received_at: Timestamp::now(),
        }
    }
}

/// The agency's id of the person of a plan.
pub(crate) fn person(number: u64) -> String {
    format!("P-{number}")
}

fn submission() -> NewSubmission {
    let text = str::to_owned;
    NewSubmission {
        agency: text(AGENCY),
        mapping: text("plan-json"),
        mapping_version: text("1"),
        policy: text("standard"),
        sha256: text("0"),
        size: 1,
        caller: text("bench"),
        file: text("bench"),
        received_at: Timestamp::now(),
    }
}

/// Does something with a store in `SQLite` and, where `OWNWORDS_TEST_POSTGRES` names a database that may be filled, with one
/// in `PostgreSQL`: told are name and URL.
pub(crate) fn of_each_store(folder: &Path, of_store: impl Fn(&str, &str)) {
    let file = folder.join("figures.db");
    of_store("SQLite", &format!("sqlite:{}", file.display()));
    match env::var("OWNWORDS_TEST_POSTGRES") {
        Ok(server) => {
            let schema = format!("bench_{}", Uuid::new_v4().simple());
            let runtime = Runtime::new().expect("a runtime starts");
            runtime.block_on(in_postgres(&server, &format!("create schema {schema}")));
            let join = if server.contains('?') { '&' } else { '?' };
            of_store("PostgreSQL", &format!("{server}{join}options[search_path]={schema}"));
            runtime.block_on(in_postgres(&server, &format!("drop schema {schema} cascade")));
        }
        Err(_) => println!("skipped: no PostgreSQL (set OWNWORDS_TEST_POSTGRES)"),
    }
}

async fn in_postgres(server: &str, sql: &str) {
    let pool = sqlx::PgPool::connect(server).await.expect("the database answers");
    sqlx::query(sqlx::AssertSqlSafe(sql.to_owned())).execute(&pool).await.expect("schemas may be made");
    pool.close().await;
}
