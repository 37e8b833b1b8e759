//! Delivery from the outbox to a receiving server: every failure ends in its state, a person's plans keep their order,
//! nothing is lost and nothing arrives twice. Here stand the outbox and the worker that the tests share.

mod failures;
mod folders;
mod instances;
mod large_print;
mod life;
mod peers;
mod persons;
mod real_server;
mod receivers;
mod rungs;
mod terms;
mod tokens;

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use ownwords::{
    clock::Clock,
    config,
    fhir::Resource,
    plan::Place,
    rules::Outcome,
    store::{
        AgencyScope, Begun, Delivery, DeliveryState, Destination, NewPlan, NewRecord, NewSubmission, RetryPolicy, Store,
    },
    sync::{self, Backoff, Connection, Pace, SyncError},
};
use serde_json::{Value, json};
use tokio::{
    sync::Notify,
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const CONNECTION: &str = "ehr";
const DEADLINE: Duration = Duration::from_mins(1);

/// A store with an outbox, and a file that goes with it.
struct Outbox {
    store: Store,
    submission: Uuid,
    ordinal: u64,
    /// Makes every id of this test its own, also at a server that others use.
    run: Uuid,
    /// The retry policy that is laid down with what is entered.
    retry: Option<RetryPolicy>,
    folder: tempfile::TempDir,
}

impl Outbox {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&format!("sqlite:{}", folder.path().join("test.db").display())).await.expect("a store");
        store.migrate().await.expect("migrations");
        let run = Uuid::new_v4();
        let begun = store
            .begin(NewSubmission {
                agency: "agency".to_owned(),
                mapping: "test".to_owned(),
                mapping_version: "1".to_owned(),
                policy: "standard".to_owned(),
                sha256: format!("{:0>64}", run.simple()),
                size: 1,
                caller: "local".to_owned(),
                file: "test.json".to_owned(),
                received_at: Timestamp::now(),
            })
            .await
            .expect("a submission");
        let Begun::New(submission) = begun else { panic!("a new submission") };
        Self { store, submission, ordinal: 0, run, retry: None, folder }
    }

    /// Keeps a plan of a person, to be delivered.
    async fn enter(&mut self, person: &str, plan: &str, says: &str) {
        let resources = self.resources(person, plan, says);
        self.enter_said(person, plan, resources).await;
    }

    /// Keeps a plan that was said before, to be delivered.
    async fn enter_said(&mut self, person: &str, plan: &str, resources: Vec<Resource>) {
        self.enter_whole(person, plan, "{}".to_owned(), resources).await;
    }

    /// Keeps a plan with its own text, to be delivered.
    async fn enter_whole(&mut self, person: &str, plan: &str, json: String, resources: Vec<Resource>) {
        self.ordinal += 1;
        let record = NewRecord {
            submission: self.submission,
            ordinal: self.ordinal,
            agency: "agency".to_owned(),
            start: Place::default(),
            raw: b"{}".to_vec(),
            outcome: Outcome::Accepted,
            findings: Vec::new(),
            unread: Vec::new(),
            plan: Some(NewPlan {
                plan_id: plan.to_owned(),
                person_id: person.to_owned(),
                json,
                resources,
                deliver_to: vec![Destination { retry: self.retry, ..Destination::of(CONNECTION) }],
                wordings: Vec::new(),
                edition: None,
            }),
            received_at: Timestamp::now(),
        };
        self.store.keep(vec![record]).await.expect("kept");
    }

    /// The resources of a small plan. What it says makes its version.
    fn resources(&self, person: &str, plan: &str, says: &str) -> Vec<Resource> {
        let id = |name: &str| self.id(name);
        let sid = |system: &str, id: Uuid| json!({ "system": format!("https://ownwords.org/fhir/sid/{system}"), "value": format!("urn:uuid:{id}") });
        let (patient, goal, care_plan) =
            (id(&format!("person {person}")), id(&format!("goal {plan}")), id(&format!("plan {plan}")));
        let version = id(&format!("version {plan} {says}"));
        let subject = json!({ "reference": format!("Patient/{patient}") });
        let goal_tree = json!({
            "resourceType": "Goal", "id": goal.to_string(), "identifier": [sid("goal", goal)], "lifecycleStatus": "active",
            "description": { "text": says }, "subject": subject,
        });
        let plan_tree = json!({
            "resourceType": "CarePlan", "id": care_plan.to_string(), "status": "active", "intent": "plan", "subject": subject,
            "identifier": [sid("plan-version", version), sid("plan", care_plan)],
            "goal": [{ "reference": format!("Goal/{goal}") }],
        });
        let provenance = id(&format!("provenance {plan} {says}"));
        let second = says.bytes().map(u32::from).sum::<u32>() % 3600;
        let recorded = format!("2026-11-25T12:{:02}:{:02}Z", second / 60, second % 60);
        let told = json!({
            "resourceType": "Provenance", "id": provenance.to_string(), "recorded": recorded,
            "target": [{ "reference": format!("CarePlan/{care_plan}") }, { "reference": format!("Goal/{goal}") }],
            "agent": [{ "who": subject }],
        });
        let patient_tree =
            json!({ "resourceType": "Patient", "id": patient.to_string(), "identifier": [sid("person", patient)] });
        let resource = |kind, id, tree: Value| Resource { kind, id, json: tree.to_string() };
        vec![
            resource("Patient", patient, patient_tree),
            resource("Goal", goal, goal_tree),
            resource("CarePlan", care_plan, plan_tree),
            resource("Provenance", provenance, told),
        ]
    }

    /// An id of this run.
    fn id(&self, name: &str) -> Uuid {
        Uuid::new_v5(&self.run, name.as_bytes())
    }

    /// The plan-version of what a plan says, as the server sees it.
    fn version(&self, plan: &str, says: &str) -> String {
        format!("urn:uuid:{}", self.id(&format!("version {plan} {says}")))
    }

    /// All deliveries, oldest first.
    async fn deliveries(&self) -> Vec<Delivery> {
        self.store.deliveries(None, &AgencyScope::All, 0, 10_000).await.expect("deliveries")
    }

    /// Waits until every delivery is in one of these states.
    async fn until(&self, states: &[DeliveryState]) -> Vec<Delivery> {
        let deadline = Instant::now() + DEADLINE;
        loop {
            let deliveries = self.deliveries().await;
            let rest: Vec<&Delivery> = deliveries.iter().filter(|delivery| !states.contains(&delivery.state)).collect();
            if rest.is_empty() {
                return deliveries;
            }
            assert!(Instant::now() < deadline, "still: {rest:?}");
            sleep(Duration::from_millis(5)).await;
        }
    }
}

/// Waits until something is so.
async fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !is_so() {
        assert!(Instant::now() < deadline, "never: {what}");
        sleep(Duration::from_millis(2)).await;
    }
}

fn settings(base_url: String) -> config::Delivery {
    config::Delivery { connection: CONNECTION.to_owned(), base_url, max_attempts: 4, ..config::Delivery::default() }
}

/// The usual pace, some thousand times faster. The breaker stays out of the way.
fn pace() -> Pace {
    Pace {
        timeout: Duration::from_millis(300),
        lease: Duration::from_secs(5),
        poll: Duration::from_millis(20),
        backoff: Backoff { first: Duration::from_millis(5), longest: Duration::from_millis(20) },
        failures: 1000,
        first_rest: Duration::from_millis(10),
        longest_rest: Duration::from_millis(50),
        recheck: Duration::from_hours(1),
    }
}

/// A worker under way.
struct Worker {
    stop: CancellationToken,
    task: JoinHandle<Result<(), SyncError>>,
}

impl Worker {
    #[allow(clippy::needless_pass_by_value, reason = "each test makes its settings where it starts")]
    fn start(store: &Store, settings: config::Delivery, pace: Pace) -> Self {
        let connection = Connection::of_delivery(&settings).expect("settings that can be used");
        Self::start_on(store, connection, pace)
    }

    fn start_on(store: &Store, connection: Connection, pace: Pace) -> Self {
        let (stop, wake) = (CancellationToken::new(), Arc::new(Notify::new()));
        let task = sync::run_at_pace(store.clone(), connection, pace, Clock::System, stop.clone(), wake);
        Self { stop, task: tokio::spawn(task) }
    }

    async fn stop(self) {
        self.stop.cancel();
        timeout(DEADLINE, self.task).await.expect("it stops").expect("no panic").expect("no error");
    }

    /// As if the process was killed.
    async fn kill(self) {
        self.task.abort();
        assert!(self.task.await.expect_err("it was killed").is_cancelled());
    }
}
