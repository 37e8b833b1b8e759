//! Many deliveries and the worker's life: order, stopping, being killed, being woken.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use ownwords::{
    clock::Clock,
    config,
    store::{Again, AgencyScope, DeliveryState},
    sync::{self, Connection, Pace},
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::{Outbox, Worker, eventually, pace, settings};
use crate::fake_fhir::{Abilities, Fake, Fate};

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
    let patient = config::Delivery { max_attempts: 30, ..settings(fake.base()) };
    let workers: Vec<Worker> = (0..4).map(|_| Worker::start(&outbox.store, patient.clone(), pace())).collect();
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
    let again = Again { id: Some(deliveries[0].id), ..Again::default() };
    assert_eq!(outbox.store.send_again(&again, &AgencyScope::All).await.expect("an answer"), 1);
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
    let pace = Pace { poll: Duration::from_hours(1), ..pace() };
    let run = sync::run_at_pace(
        outbox.store.clone(),
        Connection::of_delivery(&settings(fake.base())).expect("settings that can be used"),
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
