//! Delivery through a connection that needs a token: one token for all, one more when the server turns it away, and nothing
//! sent while who we are is not in order.

use ownwords::{store::DeliveryState, sync::connection::ConnectionFile};

use super::{Outbox, Worker, eventually, pace};
use crate::{
    fake_fhir::Fake,
    sync::{connection, keyed, register},
};

async fn plans(count: usize) -> Outbox {
    let mut outbox = Outbox::new().await;
    for person in 0..count {
        outbox.enter(&person.to_string(), &format!("plan {person}"), "I want to paint again").await;
    }
    outbox
}

/// Care plans there, transactions sent, tokens asked for.
fn sent(fake: &Fake) -> (usize, usize, u32) {
    let plans = fake.count("CarePlan");
    let inside = fake.inside();
    (plans, inside.transactions.len(), inside.ehr.asked)
}

fn many(base_url: String) -> ConnectionFile {
    ConnectionFile { concurrency: 8, ..keyed(base_url, "es384.pem") }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_token_serves_all_that_wait_for_it() {
    let fake = Fake::own_ids().await;
    register(&fake, "es384.pem");
    let outbox = plans(16).await;
    let worker = Worker::start_on(&outbox.store, connection(many(fake.base())), pace());
    outbox.until(&[DeliveryState::Done]).await;
    worker.stop().await;
    assert_eq!(sent(&fake), (16, 16, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_ends_on_the_way_is_changed_once_and_everything_arrives_once() {
    let fake = Fake::own_ids().await;
    register(&fake, "es384.pem");
    fake.inside().ehr.ends_after = Some(5);
    let outbox = plans(16).await;
    let worker = Worker::start_on(&outbox.store, connection(many(fake.base())), pace());
    let delivered = outbox.until(&[DeliveryState::Done]).await;
    worker.stop().await;
    assert_eq!(sent(&fake), (16, 16, 2));
    assert!(delivered.iter().all(|one| one.attempts == 1), "{delivered:?}");
}

#[tokio::test]
async fn a_token_without_life_is_asked_for_each_time() {
    let fake = Fake::own_ids().await;
    register(&fake, "es384.pem");
    fake.inside().ehr.life = 0;
    let outbox = plans(3).await;
    let worker = Worker::start_on(&outbox.store, connection(many(fake.base())), pace());
    outbox.until(&[DeliveryState::Done]).await;
    worker.stop().await;
    assert!(fake.inside().ehr.asked > 3, "{}", fake.inside().ehr.asked);
}

/// Each case stops delivering before anything is sent, and mending it lets everything arrive.
#[tokio::test]
async fn nothing_is_sent_while_who_we_are_is_not_in_order() {
    type Switch = fn(&Fake);
    let cases: [(Switch, Switch); 5] = [
        (|fake| register(fake, "es384-other.pem"), |fake| register(fake, "es384.pem")),
        (|fake| fake.inside().ehr.expired = true, |fake| fake.inside().ehr.expired = false),
        (|fake| fake.inside().ehr.ahead = 420, |fake| fake.inside().ehr.ahead = 0),
        (
            |fake| fake.inside().ehr.grants = Some(vec!["system/*.rs".to_owned()]),
            |fake| fake.inside().ehr.grants = None,
        ),
        (
            |fake| fake.inside().ehr.own_address = Some(format!("http://{}/hill", fake.address)),
            |fake| fake.inside().ehr.own_address = None,
        ),
    ];
    for (number, (spoil, mend)) in cases.into_iter().enumerate() {
        let fake = Fake::own_ids().await;
        register(&fake, "es384.pem");
        spoil(&fake);
        let outbox = plans(1).await;
        let worker = Worker::start_on(&outbox.store, connection(many(fake.base())), pace());
        // When the statement is asked for a third time, two whole rounds have come to nothing.
        eventually("three rounds", || fake.inside().ehr.statements >= 3).await;
        assert!(fake.inside().transactions.is_empty(), "case {number}");
        let waiting = outbox.deliveries().await.remove(0);
        assert_eq!((waiting.state, waiting.attempts), (DeliveryState::Ready, 0), "case {number}");
        worker.stop().await;
        mend(&fake);
        let worker = Worker::start_on(&outbox.store, connection(many(fake.base())), pace());
        outbox.until(&[DeliveryState::Done]).await;
        worker.stop().await;
        assert_eq!(fake.inside().transactions.len(), 1, "case {number}");
    }
}
