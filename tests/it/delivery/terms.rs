//! The terms on which deliveries are tried: how many requests a server gets, the retry policy that was laid down, and the waits
//! that a server asks for.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp, fmt::rfc2822::DateTimePrinter};
use ownwords::{
    config,
    store::{DeliveryState, RetryPolicy},
    sync::{
        Connection,
        connection::{ConnectionFile, Limit, Per},
    },
};
use tokio::time::sleep;

use super::{CONNECTION, Outbox, Worker, pace, settings};
use crate::{fake_fhir::Fake, fake_fhir::Fate, sync::connection};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_gets_no_more_requests_than_the_limit_says() {
    let fake = Fake::own_ids().await;
    let mut outbox = Outbox::new().await;
    for person in 0..8 {
        outbox.enter(&person.to_string(), &person.to_string(), "words").await;
    }
    let limit = Limit { requests: 20, per: Per::Second, burst: 2 };
    let said = ConnectionFile { base_url: fake.base(), concurrency: 8, limit, ..ConnectionFile::default() };
    let begun = Instant::now();
    let worker = Worker::start_on(&outbox.store, connection(said), pace());
    outbox.until(&[DeliveryState::Done]).await;
    let took = begun.elapsed();
    worker.stop().await;
    // The statement and eight transactions, of which two go at once and the others each a twentieth of a second later.
    assert!(took >= Duration::from_millis(350), "{took:?}");
    assert_eq!((fake.count("CarePlan"), fake.inside().transactions.len()), (8, 8));
}

#[test]
fn a_limit_is_read_from_the_file_with_its_time() {
    let file = |text: &str| toml::from_str::<ConnectionFile>(text).map(|said| said.limit.every());
    assert_eq!(file("[limit]\nrequests = 240\nper = \"minute\""), Ok(Some(Duration::from_millis(250))));
    assert_eq!(file("[limit]\nrequests = 5"), Ok(Some(Duration::from_millis(200))));
    assert_eq!(file(""), Ok(None));
    assert!(file("[limit]\nrequests = 5\nper = \"day\"").is_err());
}

#[tokio::test]
async fn a_delivery_keeps_the_retry_policy_of_its_day() {
    let fake = Fake::own_ids().await;
    fake.inside().ever_after = Fate::Answer(500, None, "");
    let mut outbox = Outbox::new().await;
    let (first, longest) = (Duration::from_millis(1), Duration::from_millis(2));
    outbox.retry = Some(RetryPolicy { most: 2, first, longest });
    outbox.enter("then", "then", "words").await;
    outbox.retry = None;
    outbox.enter("now", "now", "words").await;
    let worker = Worker::start(&outbox.store, config::Delivery { max_attempts: 3, ..settings(fake.base()) }, pace());
    let dead = outbox.until(&[DeliveryState::Dead]).await;
    worker.stop().await;
    let attempts: Vec<u32> = dead.iter().map(|one| one.attempts).collect();
    assert_eq!(attempts, [2, 3], "what was laid down, and what the settings say now");
}

#[test]
fn what_a_plan_is_entered_with_is_what_the_connection_says() {
    let said =
        ConnectionFile { base_url: "http://127.0.0.1/fhir".to_owned(), max_attempts: 7, ..ConnectionFile::default() };
    let outlet = Connection::of_file(CONNECTION, std::path::Path::new("/"), said).expect("a connection").outlet();
    assert_eq!(outlet.to.retry.map(|retry| retry.most), Some(7));
}

/// A server that is busy says until when, in seconds or as a date.
#[tokio::test]
async fn a_server_is_asked_again_when_it_said_so() {
    let moment = Timestamp::now() + SignedDuration::from_secs(40);
    let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&moment).expect("a date");
    let date: &'static str = Box::leak(date.into_boxed_str());
    for (status, asked, least, most) in [(429, "30", 30, 33), (503, "30", 30, 33), (429, date, 35, 45)] {
        let fake = Fake::own_ids().await;
        fake.inside().fates = vec![Fate::Answer(status, Some(("retry-after", asked)), "")].into();
        let mut outbox = Outbox::new().await;
        outbox.enter("p", "plan", "words").await;
        let worker = Worker::start(&outbox.store, settings(fake.base()), pace());
        let waiting = loop {
            let delivery = outbox.deliveries().await.remove(0);
            if delivery.status == Some(status) {
                break delivery;
            }
            sleep(Duration::from_millis(5)).await;
        };
        worker.stop().await;
        let wait = waiting.not_before.duration_since(waiting.updated_at).as_secs();
        assert!((least..=most).contains(&wait), "{status} {asked}: {wait} s");
        assert_eq!((waiting.state, waiting.attempts), (DeliveryState::Ready, 0), "it costs no attempt");
    }
}
