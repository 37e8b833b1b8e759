//! The receiving server as a whole: away, failing, not letting in, not able, or at an address that is not safe.

use std::{sync::Arc, time::Duration};

use ownwords::{
    clock::Clock,
    config::{self, DeliveryMethod},
    store::DeliveryState,
    sync::{self, Connection, Pace, SyncError},
};
use tokio::{
    sync::Notify,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;

use super::{CONNECTION, DEADLINE, Outbox, Worker, eventually, pace, settings};
use crate::fake_fhir::{Abilities, Fake, Fate};

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
    let other = Connection::of_delivery(&other).expect("settings that can be used");
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
        let ran = match Connection::of_delivery(&settings) {
            Ok(connection) => {
                sync::run(outbox.store.clone(), connection, Clock::System, stop, Arc::new(Notify::new())).await
            }
            Err(error) => Err(error),
        };
        assert_eq!(ran.is_ok(), is_allowed, "{base_url}: {ran:?}");
    }
}
