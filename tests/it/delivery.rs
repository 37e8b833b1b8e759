//! Delivery from the outbox to a receiving server: every failure ends in its state, a person's plans keep their order,
//! nothing is lost and nothing arrives twice. Against the fake, and where one is given against a real FHIR server.

use std::{collections::BTreeMap, env, net::SocketAddr, sync::Arc, time::Duration};

use jiff::Timestamp;
use ownwords::{
    clock::Clock,
    config::{self, DeliveryMethod},
    fhir::Resource,
    plan::Place,
    rules::Outcome,
    store::{AgencyScope, Begun, Delivery, DeliveryState, NewPlan, NewRecord, NewSubmission, Store},
    sync::{self, Backoff, Pace, SyncError},
};
use serde_json::{Value, json};
use tokio::{
    sync::Notify,
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::fake_fhir::{Abilities, Fake, Fate, plan_version};

const CONNECTION: &str = "ehr";
const DEADLINE: Duration = Duration::from_secs(20);

/// A store with an outbox, and a file that goes with it.
struct Outbox {
    store: Store,
    submission: Uuid,
    ordinal: u64,
    /// Makes every id of this test its own, also at a server that others use.
    run: Uuid,
    _folder: tempfile::TempDir,
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
        Self { store, submission, ordinal: 0, run, _folder: folder }
    }

    /// Keeps a plan of a person, to be delivered.
    async fn enter(&mut self, person: &str, plan: &str, says: &str) {
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
                json: "{}".to_owned(),
                resources: self.resources(person, plan, says),
                deliver_to: Some(CONNECTION.to_owned()),
            }),
            received_at: Timestamp::now(),
        };
        self.store.keep(vec![record]).await.expect("kept");
    }

    /// The resources of a small plan. What it says makes its version.
    fn resources(&self, person: &str, plan: &str, says: &str) -> Vec<Resource> {
        let id = |name: &str| Uuid::new_v5(&self.run, name.as_bytes());
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
        let said = json!({
            "resourceType": "Provenance", "id": provenance.to_string(), "recorded": format!("2026-11-25T12:00:{:02}Z", says.len() % 60),
            "target": [{ "reference": format!("CarePlan/{care_plan}") }, { "reference": format!("Goal/{goal}") }],
            "agent": [{ "who": subject }],
        });
        let patient_tree =
            json!({ "resourceType": "Patient", "id": patient.to_string(), "identifier": [sid("person", patient)] });
        let resource = |kind, id, tree: Value| Resource { kind, id, identifier: None, json: tree.to_string() };
        vec![
            resource("Patient", patient, patient_tree),
            resource("Goal", goal, goal_tree),
            resource("CarePlan", care_plan, plan_tree),
            resource("Provenance", provenance, said),
        ]
    }

    /// The plan-version of what a plan says, as the server sees it.
    fn version(&self, plan: &str, says: &str) -> String {
        format!("urn:uuid:{}", Uuid::new_v5(&self.run, format!("version {plan} {says}").as_bytes()))
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
            if deliveries.iter().all(|delivery| states.contains(&delivery.state)) {
                return deliveries;
            }
            assert!(Instant::now() < deadline, "still: {deliveries:?}");
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
        recheck: Duration::from_secs(3600),
    }
}

/// A worker under way.
struct Worker {
    stop: CancellationToken,
    task: JoinHandle<Result<(), SyncError>>,
}

impl Worker {
    fn start(store: &Store, settings: config::Delivery, pace: Pace) -> Self {
        let (stop, wake) = (CancellationToken::new(), Arc::new(Notify::new()));
        let task = sync::run_at_pace(store.clone(), settings, pace, Clock::System, stop.clone(), wake);
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

/// One delivery against a script of fates, to its end.
async fn deliver(fake: &Fake, fates: Vec<Fate>) -> (Delivery, usize) {
    let mut outbox = Outbox::new().await;
    outbox.enter("p", "plan", "I want to paint again").await;
    fake.inside().fates = fates.into();
    let worker = Worker::start(&outbox.store, settings(fake.base()), pace());
    let ended = [DeliveryState::Done, DeliveryState::Blocked, DeliveryState::Dead];
    let mut deliveries = outbox.until(&ended).await;
    worker.stop().await;
    let sent = fake.inside().transactions.len();
    (deliveries.remove(0), sent)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_failure_ends_in_its_state() {
    let answer = |status| Fate::Answer(status, None, "as the server says");
    let forever = |fate: Fate| vec![fate; 20];
    let (done, blocked, dead) = (DeliveryState::Done, DeliveryState::Blocked, DeliveryState::Dead);
    // What happens; where it ends; transactions sent; attempts counted.
    let rows: Vec<(&str, Vec<Fate>, DeliveryState, usize, u32)> = vec![
        ("well", vec![], done, 1, 1),
        ("redirect", vec![Fate::Answer(307, Some(("location", "http://127.0.0.1:1/fhir")), "")], blocked, 1, 1),
        ("400", vec![answer(400)], dead, 1, 1),
        ("401 twice", vec![answer(401), answer(401)], done, 3, 1),
        ("403", vec![answer(403)], blocked, 1, 1),
        ("404", vec![answer(404)], blocked, 1, 1),
        ("405", vec![answer(405)], blocked, 1, 1),
        ("408", vec![answer(408)], done, 2, 2),
        ("409", vec![answer(409)], done, 2, 2),
        ("412", vec![answer(412)], dead, 1, 1),
        ("413", vec![answer(413)], dead, 1, 1),
        ("422", vec![answer(422)], dead, 1, 1),
        ("429, asked for nothing", vec![Fate::Answer(429, Some(("retry-after", "0")), "")], done, 2, 1),
        ("429 more often than attempts are allowed", vec![answer(429); 6], done, 7, 1),
        ("500 once", vec![answer(500)], done, 2, 2),
        ("500 three times", vec![answer(500); 3], done, 4, 4),
        ("500 for ever", forever(answer(500)), dead, 4, 4),
        ("502", vec![answer(502)], done, 2, 2),
        ("503 more often than attempts are allowed", vec![answer(503); 6], done, 7, 1),
        ("connection closed before", vec![Fate::Close], done, 2, 2),
        ("connection closed after", vec![Fate::ProcessAndClose], done, 1, 2),
        ("timed out before", vec![Fate::Hang], done, 2, 2),
        ("timed out after", vec![Fate::ProcessAndHang], done, 1, 2),
        ("a page for people, though processed", vec![Fate::ProcessAndHtml], done, 1, 2),
        ("a page for people for ever", forever(Fate::Answer(200, None, "<html>Log in</html>")), dead, 4, 4),
        ("an empty 200", vec![Fate::Answer(200, None, "")], done, 2, 2),
        ("duplicates, told within a 200", vec![Fate::EntryFailed("412 Precondition Failed")], dead, 1, 1),
        ("refused within a 200", vec![Fate::EntryFailed("422")], dead, 1, 1),
        ("a hidden error within a 200", vec![Fate::EntryFailed("200")], dead, 1, 1),
    ];
    for (name, fates, state, sent, attempts) in rows {
        let fake = Fake::own_ids().await;
        let (delivery, transactions) = deliver(&fake, fates).await;
        assert_eq!((delivery.state, transactions, delivery.attempts), (state, sent, attempts), "{name}: {delivery:?}");
        assert_eq!(fake.inside().processed.len(), usize::from(state == done), "{name}");
    }
}

#[tokio::test]
async fn the_servers_own_words_stay_with_the_delivery() {
    let fake = Fake::own_ids().await;
    let refusal = r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","diagnostics":"no such code"}]}"#;
    let (delivery, _) = deliver(&fake, vec![Fate::Answer(422, None, refusal)]).await;
    assert_eq!((delivery.status, delivery.peer_text.as_deref()), (Some(422), Some(refusal)));
    assert!(delivery.reason.is_some_and(|reason| reason.contains("send a corrected plan")));
}

/// An answer that never came is looked for, and what is there is not sent again: by both methods, in every place.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_arrived_unanswered_is_not_sent_again() {
    for abilities in [true, false].map(|own_ids| Abilities { update_create: own_ids, conditional_create: !own_ids }) {
        // By method B the plan and its Provenance are two transactions; the second may get lost too.
        let scripts = if abilities.update_create {
            vec![vec![Fate::ProcessAndHang], vec![Fate::ProcessAndClose]]
        } else {
            vec![
                vec![Fate::ProcessAndHang],
                vec![Fate::ProcessAndClose],
                vec![Fate::Well, Fate::ProcessAndHang],
                vec![Fate::Well, Fate::Hang],
                vec![Fate::ProcessAndHang, Fate::ProcessAndClose, Fate::Hang],
            ]
        };
        for fates in scripts {
            let name = format!("{abilities:?} {fates:?}");
            let fake = Fake::with(abilities).await;
            let (delivery, _) = deliver(&fake, fates).await;
            assert_eq!(delivery.state, DeliveryState::Done, "{name}");
            assert_eq!(fake.inside().processed.len(), 1, "{name}: the plan was processed more than once");
            for kind in ["Patient", "Goal", "CarePlan", "Provenance"] {
                assert_eq!(fake.count(kind), 1, "{name}: {kind}");
            }
            assert!(!fake.inside().looked.is_empty(), "{name}");
        }
    }
}

#[tokio::test]
async fn a_look_that_fails_is_repeated_and_nothing_is_sent_meanwhile() {
    let fake = Fake::own_ids().await;
    fake.inside().looks = vec![Fate::Answer(503, None, ""), Fate::Close, Fate::Answer(500, None, "")].into();
    let (delivery, sent) = deliver(&fake, vec![Fate::ProcessAndClose]).await;
    assert_eq!((delivery.state, sent), (DeliveryState::Done, 1));
    assert_eq!(fake.inside().looked.len(), 4);
}

/// Method B: what another plan made before is found, brought up to date, linked, and known from then on.
#[tokio::test]
async fn what_exists_already_is_brought_up_to_date() {
    let fake = Fake::if_none_exist().await;
    let mut outbox = Outbox::new().await;
    outbox.enter("p", "plan", "first").await;
    // The server has this goal already, in an older wording, by an answer that got lost long ago.
    let goal = outbox.resources("p", "plan", "older").remove(1);
    let mut goal: Value = serde_json::from_str(&goal.json).expect("JSON");
    goal["id"] = json!("7");
    fake.inside().resources.insert("Goal/7".to_owned(), (1, goal));
    let worker = Worker::start(&outbox.store, settings(fake.base()), pace());
    outbox.until(&[DeliveryState::Done]).await;
    assert_eq!(fake.inside().resources["Goal/7"].1["description"]["text"], "first");

    let before = fake.inside().transactions.len();
    outbox.enter("p", "plan", "second").await;
    outbox.until(&[DeliveryState::Done]).await;
    worker.stop().await;
    assert_eq!(fake.inside().resources["Goal/7"].1["description"]["text"], "second");
    let requests: Vec<String> = fake.inside().transactions[before]["entry"]
        .as_array()
        .expect("entries")
        .iter()
        .map(|entry| entry["request"]["method"].to_string())
        .collect();
    assert_eq!(requests, ["\"PUT\""; 3], "all that is linked is updated in one transaction");
    assert_eq!(
        [fake.count("Patient"), fake.count("Goal"), fake.count("CarePlan"), fake.count("Provenance")],
        [1, 1, 1, 2]
    );
    assert_eq!(fake.inside().resources["CarePlan/102"].1["goal"][0]["reference"], "Goal/7");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_persons_plans_keep_their_order_with_four_workers() {
    let fake = Fake::own_ids().await;
    let mut outbox = Outbox::new().await;
    let (persons, plans) = (5, 6);
    let mut expected: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for plan in 0..plans {
        for person in 0..persons {
            let name = format!("{person}-{plan}");
            outbox.enter(&format!("person {person}"), &name, "words").await;
            expected.entry(person).or_default().push(outbox.version(&name, "words"));
        }
    }
    // Every third is refused or lost in some way first.
    let trouble = [Fate::Answer(500, None, ""), Fate::Close, Fate::ProcessAndClose, Fate::Answer(409, None, "")];
    let fates = (0..30)
        .map(|at| if at % 3 == 0 { trouble[at / 3 % 4].clone() } else { Fate::Slowly(Duration::from_millis(3)) });
    fake.inside().fates = fates.collect();
    let workers: Vec<Worker> = (0..4).map(|_| Worker::start(&outbox.store, settings(fake.base()), pace())).collect();
    outbox.until(&[DeliveryState::Done]).await;
    for worker in workers {
        worker.stop().await;
    }
    let processed = fake.inside().processed.clone();
    assert_eq!(processed.len(), persons * plans, "each once");
    for (person, versions) in expected {
        let order: Vec<&String> = processed.iter().filter(|version| versions.contains(version)).collect();
        assert_eq!(order, versions.iter().collect::<Vec<_>>(), "person {person}");
    }
}

#[tokio::test]
async fn a_plan_that_is_refused_holds_back_no_one_else() {
    let fake = Fake::own_ids().await;
    let mut outbox = Outbox::new().await;
    outbox.enter("first", "1", "words").await;
    outbox.enter("second", "2", "words").await;
    fake.inside().fates = vec![Fate::Answer(403, None, "")].into();
    let settings = config::Delivery { concurrency: 1, ..settings(fake.base()) };
    let worker = Worker::start(&outbox.store, settings, pace());
    let deliveries = outbox.until(&[DeliveryState::Done, DeliveryState::Blocked]).await;
    let states: Vec<_> = deliveries.iter().map(|delivery| delivery.state).collect();
    assert_eq!(states, [DeliveryState::Blocked, DeliveryState::Done]);
    // A person decides, and it goes.
    assert!(outbox.store.retry_delivery(deliveries[0].id, &AgencyScope::All).await.expect("an answer"));
    outbox.until(&[DeliveryState::Done]).await;
    worker.stop().await;
}

/// A process that dies at any point of an attempt loses nothing and sends nothing twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_worker_loses_nothing_and_repeats_nothing() {
    for abilities in [true, false].map(|own_ids| Abilities { update_create: own_ids, conditional_create: !own_ids }) {
        for fate in [Fate::Hang, Fate::ProcessAndHang] {
            let name = format!("{abilities:?} {fate:?}");
            let fake = Fake::with(abilities).await;
            let mut outbox = Outbox::new().await;
            for person in ["a", "b", "c"] {
                outbox.enter(person, person, "words").await;
            }
            fake.inside().fates = vec![Fate::Well, fate].into();
            let pace = Pace { timeout: Duration::from_secs(30), lease: Duration::from_millis(400), ..pace() };
            let first = Worker::start(&outbox.store, settings(fake.base()), pace);
            eventually("the second transaction", || fake.inside().transactions.len() >= 2).await;
            first.kill().await;
            let second = Worker::start(&outbox.store, settings(fake.base()), pace);
            outbox.until(&[DeliveryState::Done]).await;
            second.stop().await;
            let mut processed = fake.inside().processed.clone();
            processed.sort();
            let mut expected = ["a", "b", "c"].map(|plan| outbox.version(plan, "words"));
            expected.sort();
            assert_eq!(processed, expected, "{name}");
            assert_eq!([fake.count("CarePlan"), fake.count("Provenance")], [3, 3], "{name}");
        }
    }
}

#[tokio::test]
async fn a_server_that_is_away_costs_no_delivery_its_life() {
    let fake = Fake::own_ids().await;
    let (address, abilities) = (fake.address, fake.inside().abilities);
    let mut outbox = Outbox::new().await;
    outbox.enter("p", "plan", "words").await;
    // It answers `metadata` once and is gone; the breaker never opens, so every attempt is one at a closed door.
    fake.inside().fates = vec![Fate::Answer(503, None, "")].into();
    let worker = Worker::start(&outbox.store, settings(fake.base()), pace());
    eventually("the first transaction", || fake.inside().transactions.len() == 1).await;
    drop(fake);
    let deadline = Instant::now() + DEADLINE;
    loop {
        let delivery = outbox.deliveries().await.remove(0);
        if delivery.reason.as_deref().is_some_and(|reason| reason.contains("not reached")) {
            assert_eq!(delivery.attempts, 0);
            break;
        }
        assert!(Instant::now() < deadline, "still: {delivery:?}");
        sleep(Duration::from_millis(5)).await;
    }
    // Many times the most attempts of 4.
    sleep(Duration::from_millis(300)).await;
    let fake = Fake::at(address, abilities).await;
    let delivery = outbox.until(&[DeliveryState::Done]).await.remove(0);
    worker.stop().await;
    assert_eq!((delivery.attempts, fake.inside().transactions.len()), (1, 1));
}

#[tokio::test]
async fn the_breaker_stops_claims_until_metadata_answers() {
    let fake = Fake::own_ids().await;
    let mut outbox = Outbox::new().await;
    for person in 0..20 {
        outbox.enter(&person.to_string(), &person.to_string(), "words").await;
    }
    fake.inside().ever_after = Fate::Answer(500, None, "");
    fake.inside().metadata = 200;
    let settings = config::Delivery { concurrency: 1, max_attempts: 50, ..settings(fake.base()) };
    let pace = Pace { failures: 3, first_rest: Duration::from_millis(30), ..pace() };
    let worker = Worker::start(&outbox.store, settings, pace);
    eventually("the first failure", || !fake.inside().transactions.is_empty()).await;
    fake.inside().metadata = 500;
    // A trial may be under way; after it nothing more is sent.
    sleep(Duration::from_millis(100)).await;
    let sent = fake.inside().transactions.len();
    sleep(Duration::from_millis(200)).await;
    assert_eq!(fake.inside().transactions.len(), sent, "claims went on though the server fails");
    assert!(sent <= 4, "{sent} were sent before the breaker opened");

    fake.inside().ever_after = Fate::Well;
    fake.inside().metadata = 200;
    outbox.until(&[DeliveryState::Done]).await;
    worker.stop().await;
    assert_eq!(fake.count("CarePlan"), 20);
}

#[tokio::test]
async fn stopping_ends_what_is_in_flight_and_begins_nothing() {
    let fake = Fake::own_ids().await;
    let mut outbox = Outbox::new().await;
    for person in ["a", "b", "c"] {
        outbox.enter(person, person, "words").await;
    }
    fake.inside().ever_after = Fate::Slowly(Duration::from_millis(150));
    let settings = config::Delivery { concurrency: 1, ..settings(fake.base()) };
    let worker = Worker::start(&outbox.store, settings, pace());
    eventually("the first transaction", || !fake.inside().transactions.is_empty()).await;
    worker.stop().await;
    let states: Vec<_> = outbox.deliveries().await.iter().map(|delivery| delivery.state).collect();
    assert_eq!(states, [DeliveryState::Done, DeliveryState::Ready, DeliveryState::Ready]);
    assert_eq!(fake.inside().transactions.len(), 1);
}

#[tokio::test]
async fn a_kept_record_wakes_the_worker() {
    let fake = Fake::own_ids().await;
    let mut outbox = Outbox::new().await;
    let (stop, wake) = (CancellationToken::new(), Arc::new(Notify::new()));
    let pace = Pace { poll: Duration::from_secs(3600), ..pace() };
    let run = sync::run_at_pace(
        outbox.store.clone(),
        settings(fake.base()),
        pace,
        Clock::System,
        stop.clone(),
        Arc::clone(&wake),
    );
    let task = tokio::spawn(run);
    eventually("the method is decided", || true).await;
    outbox.enter("p", "plan", "words").await;
    wake.notify_one();
    outbox.until(&[DeliveryState::Done]).await;
    stop.cancel();
    task.await.expect("no panic").expect("no error");
}

#[tokio::test]
async fn a_renewed_token_is_taken_from_its_file() {
    let fake = Fake::own_ids().await;
    fake.inside().token = Some("new".to_owned());
    let mut outbox = Outbox::new().await;
    outbox.enter("p", "plan", "words").await;
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), "old\n").expect("written");
    let settings = config::Delivery { token_file: file.path().to_owned(), ..settings(fake.base()) };
    let worker = Worker::start(&outbox.store, settings, pace());
    sleep(Duration::from_millis(100)).await;
    let delivery = outbox.deliveries().await.remove(0);
    assert_ne!(delivery.state, DeliveryState::Done);
    assert_eq!((fake.count("CarePlan"), delivery.attempts <= 1), (0, true), "{delivery:?}");
    std::fs::write(file.path(), "new\n").expect("written");
    outbox.until(&[DeliveryState::Done]).await;
    worker.stop().await;
}

#[tokio::test]
async fn a_server_that_can_neither_is_sent_nothing() {
    let fake = Fake::with(Abilities { update_create: false, conditional_create: false }).await;
    let mut outbox = Outbox::new().await;
    outbox.enter("p", "plan", "words").await;
    let worker = Worker::start(&outbox.store, settings(fake.base()), pace());
    sleep(Duration::from_millis(100)).await;
    worker.stop().await;
    let delivery = outbox.deliveries().await.remove(0);
    assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Ready, 0));
    assert!(fake.inside().transactions.is_empty());
    assert_eq!(outbox.store.write_method(CONNECTION).await.expect("an answer"), None);
}

#[tokio::test]
async fn a_connection_keeps_its_method() {
    let fake = Fake::own_ids().await;
    let mut outbox = Outbox::new().await;
    outbox.enter("p", "plan", "words").await;
    let worker = Worker::start(&outbox.store, settings(fake.base()), pace());
    outbox.until(&[DeliveryState::Done]).await;
    worker.stop().await;
    let other = config::Delivery { method: DeliveryMethod::IfNoneExist, ..settings(fake.base()) };
    let run = sync::run(outbox.store.clone(), other, Clock::System, CancellationToken::new(), Arc::new(Notify::new()));
    let error = run.await.expect_err("refused");
    assert!(matches!(error, SyncError::MethodIsFixed { .. }), "{error}");
    // The server now offers the other one only: nothing more is sent.
    fake.inside().abilities = Abilities { update_create: false, conditional_create: true };
    outbox.enter("p", "another", "words").await;
    let worker = Worker::start(&outbox.store, settings(fake.base()), pace());
    sleep(Duration::from_millis(100)).await;
    worker.stop().await;
    assert_eq!(fake.inside().transactions.len(), 1);
}

#[tokio::test]
async fn addresses_that_would_be_unsafe_are_refused() {
    let outbox = Outbox::new().await;
    for (base_url, is_allowed) in [
        ("http://ehr.example/fhir", false),
        ("http://user:secret@127.0.0.1/fhir", false),
        ("ftp://127.0.0.1/fhir", false),
        ("127.0.0.1/fhir", false),
        ("http://127.0.0.1:1/fhir?key=1", false),
        ("http://localhost:1/fhir/", true),
        ("http://[::1]:1/fhir", true),
    ] {
        let stop = CancellationToken::new();
        stop.cancel();
        let settings = settings(base_url.to_owned());
        let ran = sync::run(outbox.store.clone(), settings, Clock::System, stop, Arc::new(Notify::new())).await;
        assert_eq!(ran.is_ok(), is_allowed, "{base_url}: {ran:?}");
    }
}
