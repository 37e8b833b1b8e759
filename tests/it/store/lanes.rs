//! The backfill of a connection: it enters what was never to be delivered there, in steps, behind all that comes by itself.

use std::time::Duration;

use ownwords::store::{AgencyScope, Claimed, DeliveryState, Destination, RetryPolicy, Settled, Store, Walked};

use super::{Home, begun, over_both, plan_record, rejected};

const LONG: Duration = Duration::from_mins(10);

fn to(state: DeliveryState) -> Settled {
    Settled { state, not_before: None, counts: true, status: None, reason: "why", peer_text: None }
}

/// Keeps plans of (plan, person), to be delivered to these connections.
async fn enter(store: &Store, sha256: &str, plans: &[(&str, &str, &str)], connections: &[&str]) {
    let id = begun(store, "north", sha256).await;
    let records = (1..).zip(plans).map(|(at, (plan, person, text))| {
        let mut record = plan_record(id, at, plan, person, text);
        record.plan.as_mut().unwrap().deliver_to = connections.iter().map(|one| Destination::of(one)).collect();
        record
    });
    store.keep(records.collect()).await.unwrap();
}

async fn next(store: &Store) -> Option<Claimed> {
    store.claim("peer", 1, LONG).await.unwrap().pop()
}

async fn name(store: &Store) -> Option<String> {
    next(store).await.map(|one| one.plan_id)
}

/// Three plans that were kept before the connection took any, and their backfill.
async fn filled(home: &Home) -> Store {
    let store = home.migrated().await;
    enter(&store, "aa", &[("A1", "ann", "x"), ("B1", "bob", "x"), ("C1", "cy", "x")], &[]).await;
    while !store.backfill(&Destination::of("peer"), &[], 2).await.unwrap().is_over {}
    store
}

async fn it_enters_in_steps_what_was_never_to_be_delivered(home: &Home) {
    let store = home.migrated().await;
    enter(&store, "aa", &[("A1", "ann", "x"), ("B1", "bob", "x"), ("C1", "cy", "x")], &[]).await;
    enter(&store, "bb", &[("D1", "dee", "x")], &["peer"]).await;
    let id = begun(&store, "north", "cc").await;
    store.keep(vec![rejected(plan_record(id, 1, "E1", "eve", "x"))]).await.unwrap();
    assert_eq!(store.backfilled("peer").await.unwrap(), None);
    let retry = RetryPolicy { most: 3, first: Duration::from_secs(2), longest: Duration::from_secs(9) };
    let destination = Destination { retry: Some(retry), ..Destination::of("peer") };
    let none = store.backfill(&Destination::of("other"), &["south".to_owned()], 100).await.unwrap();
    assert_eq!(none, Walked { entered: 0, goes_on: false, is_over: false }, "plans of another agency only");
    let mut steps = Vec::new();
    for _ in 0..4 {
        steps.push(store.backfill(&destination, &["north".to_owned()], 2).await.unwrap());
    }
    let entered: Vec<_> = steps.iter().map(|step| (step.entered, step.is_over)).collect();
    assert_eq!(entered, [(2, false), (1, false), (0, false), (0, true)]);
    assert_eq!(store.backfill(&destination, &[], 100).await.unwrap().entered, 0, "nothing twice");
    let backfill = store.backfilled("peer").await.unwrap().unwrap();
    assert_eq!((backfill.paused, backfill.count(&DeliveryState::ALL)), (None, 3));
    let claimed = store.claim("peer", 10, LONG).await.unwrap();
    let laid_down: Vec<_> = claimed.iter().map(|one| (one.plan_id.as_str(), one.retry)).collect();
    assert_eq!(laid_down, [("D1", None), ("A1", Some(retry)), ("B1", Some(retry)), ("C1", Some(retry))]);
    assert!(store.settle(&claimed[1], &to(DeliveryState::Done)).await.unwrap());
    let backfill = store.backfilled("peer").await.unwrap().unwrap();
    assert_eq!((backfill.count(&[DeliveryState::Done]), backfill.count(&[DeliveryState::InFlight])), (1, 2));
}

async fn what_comes_by_itself_goes_ahead(home: &Home) {
    let store = filled(home).await;
    enter(&store, "bb", &[("D1", "dee", "x"), ("A2", "ann", "x")], &["peer"]).await;
    assert_eq!(name(&store).await.as_deref(), Some("D1"), "another person's");
    let own = next(&store).await.unwrap();
    assert_eq!(own.plan_id, "A2", "the same person's");
    let behind = next(&store).await.unwrap();
    assert_eq!(behind.plan_id, "B1", "ann has one in flight");
    assert!(store.settle(&own, &to(DeliveryState::Done)).await.unwrap());
    assert!(store.settle(&behind, &to(DeliveryState::Unknown)).await.unwrap());
    enter(&store, "cc", &[("E1", "eve", "x"), ("B2", "bob", "x")], &["peer"]).await;
    let unknown = next(&store).await.unwrap();
    assert_eq!((unknown.plan_id.as_str(), unknown.was_unknown), ("B1", true), "it would hold bob's newer one up");
    assert!(store.settle(&unknown, &to(DeliveryState::Ready)).await.unwrap());
    assert_eq!(name(&store).await.as_deref(), Some("E1"), "to be sent again, it is behind again");
    assert_eq!(name(&store).await.as_deref(), Some("B2"));
    assert_eq!(name(&store).await.as_deref(), Some("A1"));
}

async fn it_waits_alone_while_it_is_paused(home: &Home) {
    let store = filled(home).await;
    assert!(!store.pause_backfill("elsewhere").await.unwrap(), "none was begun there");
    assert!(store.pause_backfill("peer").await.unwrap() && !store.pause_backfill("peer").await.unwrap());
    assert!(store.backfilled("peer").await.unwrap().unwrap().paused.is_some());
    assert_eq!(name(&store).await, None);
    enter(&store, "bb", &[("D1", "dee", "x")], &["peer"]).await;
    assert_eq!(name(&store).await.as_deref(), Some("D1"));
    assert!(store.resume_backfill("peer").await.unwrap() && !store.resume_backfill("peer").await.unwrap());
    assert_eq!(name(&store).await.as_deref(), Some("A1"));
}

async fn a_newer_version_takes_its_place(home: &Home) {
    let store = filled(home).await;
    enter(&store, "bb", &[("A1", "ann", "y")], &["peer", "second"]).await;
    let newer = next(&store).await.unwrap();
    assert_eq!((newer.plan_id.as_str(), newer.plan_version), ("A1", 2));
    let all = store.deliveries(None, &AgencyScope::All, 0, 100).await.unwrap();
    let second: Vec<_> = all.iter().filter(|one| one.connection == "second").collect();
    assert_eq!((second.len(), second[0].plan_version), (1, 2), "each connection has its own");
    assert_eq!(all.iter().filter(|one| one.state == DeliveryState::Superseded).count(), 1);
    assert_eq!(store.claim("second", 9, LONG).await.unwrap().len(), 1, "and its own order");
}

over_both!(
    it_enters_in_steps_what_was_never_to_be_delivered,
    what_comes_by_itself_goes_ahead,
    it_waits_alone_while_it_is_paused,
    a_newer_version_takes_its_place,
);
