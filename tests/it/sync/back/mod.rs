//! Reading back: a plan comes in, is delivered, changes at the EHR, and is read again. Here stands the world that the tests
//! share: an intake with a clock that stands still, a delivery worker, an EHR.

mod bulk;
mod deciding;
mod hard;
mod meanwhile;
mod merging;
mod polling;
mod real_server;

use std::{path::Path, sync::Arc, time::Duration};

use jiff::{Timestamp, ToSpan};
use ownwords::{
    clock::Clock,
    config,
    fhir::Ids,
    mapping::Packs,
    pipeline::{
        fingerprint::Fingerprint,
        keep::{Incoming, Intake, Outlet, Received},
    },
    profile::Policies,
    store::{AgencyScope, Delivery, DeliveryState, Destination, PlanVersion, Review, Store},
    sync::{
        self, Backoff, Connection, Pace, SyncError,
        back::{Back, PullError, Pulled, ReadFile, Wanted},
        connection::ConnectionFile,
    },
};
use serde_json::{Value, json};
use tokio::{
    sync::Notify,
    task::JoinHandle,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;

use crate::fake_fhir::Fake;

pub(crate) const WORDS: &str = " I want\tto paint — again ";
pub(crate) const AGENCY: &str = "ag-1";

/// Some moment in 2020.
pub(crate) const LONG_AGO: Timestamp = Timestamp::constant(1_577_836_800, 0);
const DEADLINE: Duration = Duration::from_secs(90);

pub(crate) struct World {
    pub(crate) intake: Intake,
    pub(crate) url: String,
    pub(crate) connection: Connection,
    _folder: tempfile::TempDir,
}

/// A plan with one part of each sort that comes back.
pub(crate) fn plan(plan_id: &str) -> Value {
    json!({
        "schema_version": "1.0", "plan_id": plan_id,
        "source": { "system": "test", "record_id": plan_id, "record_version": "1" },
        "plan_type": "initial", "status": "active", "period": { "start": "2026-09-01" }, "next_review_due": "2026-12-01",
        "person": { "local_id": format!("person-of-{plan_id}"), "primary_language": "en" },
        "goals": [{ "goal_id": "g1", "statement": { "text": WORDS, "lang": "en", "expressed_by": "person",
            "capture_method": "spoken-verbatim", "attestation": { "statement": "my-own-words", "by": "person",
            "method": "spoken-yes", "date": "2026-09-01" } }, "kind": "life-goal", "status": "active",
            "start_date": "2026-09-01", "strengths_used": ["s1"] }],
        "strengths": [{ "strength_id": "s1", "text": "My sister believes in me", "told_by": "person" }],
        "objectives": [{ "id": "o1", "goal_id": "g1", "text": "Two paintings by spring", "status": "active" }],
        "actions": [
            { "id": "a1", "goal_id": "g1", "actor": "person", "text": "I buy paint" },
            { "id": "a2", "goal_id": "g1", "actor": "professional", "text": "Art group", "frequency": "weekly",
                "status": "under-way" },
        ],
    })
}

impl World {
    pub(crate) async fn at(fake: &Fake) -> Self {
        Self::reading(fake, ReadFile { per_second: 0, ..ReadFile::default() }).await
    }

    pub(crate) async fn reading(fake: &Fake, read: ReadFile) -> Self {
        let said = ConnectionFile { base_url: fake.base(), read, max_attempts: 3, ..ConnectionFile::default() };
        Self::on(said, None).await
    }

    pub(crate) async fn on(said: ConnectionFile, ids: Option<Ids>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let connection = Connection::of_file("ehr", Path::new("/"), said).expect("a connection");
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        let store = Store::open(&url).await.expect("a store");
        store.migrate().await.expect("migrations");
        let intake = Intake {
            policies: Arc::new(Policies::load(&config::Gate::default()).expect("policies")),
            clock: Clock::Fixed("2026-11-01T12:00:00Z".parse().expect("a moment")),
            ids: ids.unwrap_or(store.ids().await.expect("ids")),
            outlets: Arc::new([Outlet { to: Destination::of("ehr"), agencies: Vec::new() }]),
            store,
        };
        Self { intake, url, connection, _folder: folder }
    }

    /// The same, read otherwise.
    pub(crate) fn with_read(mut self, fake: &Fake, read: ReadFile) -> Self {
        let said = ConnectionFile { base_url: fake.base(), read, max_attempts: 3, ..ConnectionFile::default() };
        self.connection = Connection::of_file("ehr", Path::new("/"), said).expect("a connection");
        self
    }

    /// Time goes by.
    pub(crate) fn later(&mut self, hours: i64) {
        let now: Timestamp = self.intake.clock.now();
        self.intake.clock = Clock::Fixed(now.checked_add(hours.hours()).expect("a moment"));
    }

    /// The agency sends a plan.
    pub(crate) async fn send(&self, plan: &Value) {
        receive(&self.intake, plan).await;
    }

    /// The agency sends a plan that is not to be delivered.
    pub(crate) async fn send_for_here(&self, plan: &Value) {
        receive(&Intake { outlets: Arc::default(), ..self.intake.clone() }, plan).await;
    }

    /// Delivers until nothing is on its way.
    pub(crate) async fn deliver(&self, people: &[&str]) {
        let (stop, task) = self.worker(Clock::System);
        let deadline = Instant::now() + DEADLINE;
        for plan_id in people {
            let person = format!("person-of-{plan_id}");
            loop {
                let stands = self.intake.store.delivered("ehr", AGENCY, &person).await.expect("a store");
                if !stands.is_empty() && stands.iter().all(|one| one.delivered > 0 && !one.is_on_its_way) {
                    break;
                }
                assert!(Instant::now() < deadline, "never delivered: {stands:?}");
                sleep(Duration::from_millis(5)).await;
            }
        }
        stop.cancel();
        task.await.expect("no panic").expect("no error");
    }

    /// Delivers until every delivery is in one of these states. The worker's clock is years behind, so that whatever is to
    /// wait is due at once.
    pub(crate) async fn deliver_until(&self, states: &[DeliveryState]) -> Vec<Delivery> {
        self.deliver_until_each(|one| states.contains(&one.state)).await
    }

    /// The same, until each delivery is so.
    pub(crate) async fn deliver_until_each(&self, is_so: impl Fn(&Delivery) -> bool) -> Vec<Delivery> {
        let (stop, task) = self.worker(Clock::Fixed(LONG_AGO));
        let deadline = Instant::now() + DEADLINE;
        let deliveries = loop {
            let deliveries = self.deliveries().await;
            if deliveries.iter().all(&is_so) {
                break deliveries;
            }
            assert!(Instant::now() < deadline, "still: {deliveries:?}");
            sleep(Duration::from_millis(5)).await;
        };
        stop.cancel();
        task.await.expect("no panic").expect("no error");
        deliveries
    }

    /// All deliveries, oldest first.
    pub(crate) async fn deliveries(&self) -> Vec<Delivery> {
        self.intake.store.deliveries(None, &AgencyScope::All, 0, 100).await.expect("a store")
    }

    fn worker(&self, clock: Clock) -> (CancellationToken, JoinHandle<Result<(), SyncError>>) {
        let (stop, wake) = (CancellationToken::new(), Arc::new(Notify::new()));
        let (store, connection) = (self.intake.store.clone(), self.connection.clone());
        let run = sync::run_at_pace(store, connection, pace(), clock, stop.clone(), wake);
        (stop, tokio::spawn(run))
    }

    /// A plan sent and delivered.
    pub(crate) async fn settled(fake: &Fake) -> Self {
        let world = Self::at(fake).await;
        world.send(&plan("P-1")).await;
        world.deliver(&["P-1"]).await;
        world
    }

    /// One round.
    pub(crate) async fn pull(&self) -> Pulled {
        self.try_pull().await.expect("a round")
    }

    pub(crate) async fn try_pull(&self) -> Result<Pulled, PullError> {
        Back::new(&self.intake, self.connection.clone()).expect("a reader").once(&Wanted::default()).await
    }

    pub(crate) async fn wanted(&self, wanted: Wanted) -> Pulled {
        Back::new(&self.intake, self.connection.clone()).expect("a reader").once(&wanted).await.expect("a round")
    }

    pub(crate) async fn versions(&self) -> Vec<PlanVersion> {
        self.intake.store.plan_versions(AGENCY, "P-1").await.expect("a store")
    }

    /// The newest version.
    pub(crate) async fn now(&self) -> Value {
        serde_json::from_str(&self.versions().await.pop().expect("a version").json).expect("JSON")
    }

    pub(crate) async fn reviews(&self) -> Vec<Review> {
        self.intake.store.reviews(None, &AgencyScope::All, 0, 100).await.expect("a store")
    }

    /// Field, reason and state of each review.
    pub(crate) async fn told(&self) -> Vec<(String, String, &'static str)> {
        let reviews = self.reviews().await;
        reviews.into_iter().map(|one| (one.field, one.reason, one.state.as_str())).collect()
    }
}

async fn receive(intake: &Intake, plan: &Value) {
    let bytes = plan.to_string().into_bytes();
    let mut fingerprint = Fingerprint::default();
    fingerprint.add(&bytes);
    let incoming = Incoming {
        agency: AGENCY.to_owned(),
        mapping: Packs::load(None).expect("mappings").get("plan-json").expect("the plan model's"),
        file: "given.json".to_owned(),
        sha256: fingerprint.finish().0,
        size: bytes.len() as u64,
        caller: "local".to_owned(),
        bytes: bytes.into(),
        whole_of: None,
    };
    let received = intake.receive(incoming, &mut |_| true).await.expect("received");
    let Received::Kept { receipt, records } = received else { panic!("received before") };
    assert_eq!(receipt.rejected, 0, "{:?}", records[0].findings);
}

fn pace() -> Pace {
    Pace {
        timeout: Duration::from_secs(30),
        lease: Duration::from_mins(1),
        poll: Duration::from_millis(20),
        backoff: Backoff { first: Duration::from_millis(5), longest: Duration::from_millis(20) },
        failures: 1000,
        first_rest: Duration::from_millis(10),
        longest_rest: Duration::from_millis(50),
        recheck: Duration::from_hours(1),
    }
}

/// The one goal, or the objective, at the EHR.
pub(crate) fn goal(fake: &Fake, says: &str) -> String {
    let inside = fake.inside();
    let mut found = inside.resources.iter().filter(|(_, (_, one))| {
        one["description"]["text"] == says || one["valueString"] == says || one["code"]["text"] == says
    });
    found.next().unwrap_or_else(|| panic!("no resource says so")).0.clone()
}
