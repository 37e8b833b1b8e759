//! Reading back as the store keeps it: who is to be read, what was seen, reviews and their decisions, one reader at a time.

use std::time::Duration;

use ownwords::store::{
    AgencyScope, DeliveryState, NewReview, Noted, Resolution, ReviewState, Round, Rung, Seen, Settled, Store,
};

use super::{Home, at, begun, over_both, person, plan_record, resource_id};

const ALL: AgencyScope = AgencyScope::All;
const LONG: Duration = Duration::from_mins(10);
const ANN: (&str, &str) = ("north", "ann");

/// A store with these plans (plan, person, text), of which the two oldest are delivered.
pub(super) async fn with(home: &Home, plans: &[(&str, &str, &str)]) -> Store {
    let store = home.migrated().await;
    let id = begun(&store, "north", "aa").await;
    let records = (1..).zip(plans).map(|(at, (plan, person, text))| plan_record(id, at, plan, person, text));
    store.keep(records.collect()).await.unwrap();
    let done = Settled {
        state: DeliveryState::Done,
        not_before: None,
        counts: true,
        status: Some(200),
        reason: "arrived",
        peer_text: None,
    };
    for claimed in store.claim("peer", 2, LONG).await.unwrap() {
        assert!(store.settle(&claimed, &done).await.unwrap());
    }
    store
}

fn review(field: &str, theirs: &str) -> NewReview {
    NewReview {
        plan_id: "A1".to_owned(),
        kind: "Goal".to_owned(),
        resource_id: resource_id("Goal", "A1"),
        remote_id: "g".to_owned(),
        field: field.to_owned(),
        reason: "both-changed",
        says: format!("{{\"base\":null,\"ours\":\"o\",\"theirs\":\"{theirs}\"}}"),
        origin: "{}".to_owned(),
    }
}

async fn raise(store: &Store, review: NewReview) -> u64 {
    let noted = Noted { reviews: vec![review], ..Noted::default() };
    store.note("peer", ANN, &noted, at(1)).await.unwrap()
}

async fn who_has_something_there_is_read(home: &Home) {
    let store = with(home, &[("A1", "ann", "x"), ("B1", "bob", "x"), ("A1", "ann", "y"), ("C1", "cyd", "x")]).await;
    let start = (String::new(), String::new());
    let of = |person: &str| ("north".to_owned(), person.to_owned());
    assert_eq!(store.people_at("peer", &start, 10).await.unwrap(), [of("ann"), of("bob")]);
    assert_eq!(store.people_at("peer", &of("ann"), 1).await.unwrap(), [of("bob")]);
    assert!(store.people_at("elsewhere", &start, 10).await.unwrap().is_empty());
    let plans = store.plans_at("peer", "north", "ann").await.unwrap();
    assert_eq!(plans.len(), 1);
    assert_eq!((plans[0].plan_id.as_str(), plans[0].version, plans[0].delivered), ("A1", 2, 2));
    assert!(plans[0].resources.iter().any(|one| one.json.contains("\"y\"")));
    assert_eq!(plans[0].resources.len(), plans[0].delivered_resources.len());
    let waits = store.delivered("peer", "north", "cyd").await.unwrap();
    assert_eq!((waits[0].delivered, waits[0].is_on_its_way), (0, true));
}

async fn what_went_out_as_a_document_is_not_read_back(home: &Home) {
    let store = with(home, &[("A1", "ann", "x"), ("B1", "bob", "x"), ("C1", "cyd", "x")]).await;
    let done = Settled {
        state: DeliveryState::Done,
        not_before: None,
        counts: true,
        status: Some(201),
        reason: "arrived",
        peer_text: None,
    };
    let claimed = store.claim("peer", 1, LONG).await.unwrap().remove(0);
    assert!(store.take_rung(&claimed, Rung::B).await.unwrap() && store.settle(&claimed, &done).await.unwrap());
    let start = (String::new(), String::new());
    assert_eq!(store.people_at("peer", &start, 10).await.unwrap().len(), 2);
    assert_eq!(store.delivered("peer", "north", "cyd").await.unwrap()[0].delivered, 0);
}

/// A decision for what our plan says.
fn ours() -> Resolution {
    Resolution {
        state: ReviewState::Ours,
        by: "M. Rivera".to_owned(),
        caller: "local".to_owned(),
        plan_version: None,
        sends: true,
    }
}

async fn what_was_decided_goes_out_once_more(home: &Home) {
    let store = with(home, &[("A1", "ann", "x"), ("B1", "bob", "x")]).await;
    raise(&store, review("/status", "a")).await;
    let id = store.reviews(None, &ALL, 0, 10).await.unwrap()[0].id;
    assert!(store.claim("peer", 9, LONG).await.unwrap().is_empty());
    assert!(store.resolve(id, &ours(), at(5)).await.unwrap());
    assert!(!store.resolve(id, &ours(), at(6)).await.unwrap());
    let claimed = store.claim("peer", 9, LONG).await.unwrap();
    assert_eq!(claimed.len(), 1);
    assert!(!claimed[0].was_unknown, "as if it had never gone out");
}

async fn what_was_decided_for_a_held_person_waits(home: &Home) {
    let store = with(home, &[("A1", "ann", "x"), ("B1", "bob", "x")]).await;
    raise(&store, review("/status", "a")).await;
    let id = store.reviews(None, &ALL, 0, 10).await.unwrap()[0].id;
    let merge = person::merged(&store, "ann", "bob").await;
    assert!(store.resolve(id, &ours(), at(5)).await.unwrap());
    let deliveries = store.deliveries(None, &ALL, 0, 10).await.unwrap();
    let of_ann = deliveries.iter().find(|one| one.plan_id == "A1").unwrap();
    assert_eq!(of_ann.state, DeliveryState::Blocked, "and says that a merge waits");
    assert!(store.claim("peer", 9, LONG).await.unwrap().is_empty());
    person::confirmed(&store, &merge).await;
    let claimed = store.claim("peer", 9, LONG).await.unwrap();
    assert!(claimed.iter().any(|one| one.plan_id == "A1"), "{} claimed", claimed.len());
}

async fn what_was_seen_is_kept_as_last_seen(home: &Home) {
    let store = home.migrated().await;
    let seen = Seen {
        kind: "Goal".to_owned(),
        remote_id: "g".to_owned(),
        resource_id: resource_id("Goal", "A1"),
        delivered: 1,
        hash: "h".to_owned(),
        content: "{}".to_owned(),
        seen_at: at(1),
        missed_at: Some(at(1)),
        sign: None,
    };
    let later = Seen { missed_at: None, sign: Some("gone".to_owned()), delivered: 2, seen_at: at(2), ..seen.clone() };
    for one in [seen, later.clone()] {
        store.note("peer", ANN, &Noted { seen: vec![one], ..Noted::default() }, at(2)).await.unwrap();
    }
    assert_eq!(store.seen("peer", "north", "ann").await.unwrap(), [later]);
    assert!(store.seen("peer", "north", "bob").await.unwrap().is_empty());
}

async fn a_review_is_raised_once_and_decided_once(home: &Home) {
    let store = home.migrated().await;
    let states = async || -> Vec<&str> {
        let all = store.reviews(None, &ALL, 0, 10).await.unwrap();
        all.iter().map(|one| one.state.as_str()).collect()
    };
    assert_eq!(raise(&store, review("/status", "a")).await, 1);
    assert_eq!(raise(&store, review("/status", "a")).await, 0, "the same");
    assert_eq!(raise(&store, review("/status", "b")).await, 0, "the open one says what they say now");
    assert_eq!(raise(&store, review("/text", "a")).await, 1);
    let open = store.reviews(Some(ReviewState::Open), &ALL, 0, 10).await.unwrap();
    assert!(open.len() == 2 && open[0].says.contains("\"b\"") && open[0].resource_id == resource_id("Goal", "A1"));
    assert!(store.reviews(None, &AgencyScope::Only("south".to_owned()), 0, 10).await.unwrap().is_empty());
    assert!(store.review(open[0].id, &AgencyScope::Only("south".to_owned())).await.unwrap().is_none());
    let ours = Resolution {
        state: ReviewState::Ours,
        by: "M. Rivera".to_owned(),
        caller: "local".to_owned(),
        plan_version: Some(3),
        sends: false,
    };
    assert!(store.resolve(open[0].id, &ours, at(5)).await.unwrap());
    assert!(!store.resolve(open[0].id, &ours, at(6)).await.unwrap());
    let kept = store.review(open[0].id, &ALL).await.unwrap().unwrap();
    assert_eq!(
        (kept.resolved_at, kept.resolved_by.as_deref(), kept.plan_version),
        (Some(at(5)), Some("M. Rivera"), Some(3))
    );
    assert_eq!(raise(&store, review("/status", "b")).await, 0, "that was decided");
    assert_eq!(raise(&store, review("/status", "c")).await, 1, "this is another value");
    let settled = vec![("Goal".to_owned(), "g".to_owned(), "/text".to_owned())];
    store.note("peer", ANN, &Noted { settled, ..Noted::default() }, at(7)).await.unwrap();
    assert_eq!(states().await, ["ours", "settled", "open"]);
    assert_eq!(raise(&store, review("/text", "a")).await, 1, "what was settled may come up again");
}

async fn one_process_reads_at_a_time(home: &Home) {
    let store = home.migrated().await;
    let first = store.take_reading("peer", LONG).await.unwrap();
    assert_eq!(first, Some(Round::default()));
    assert_eq!(store.take_reading("peer", LONG).await.unwrap(), None);
    assert!(store.take_reading("other", LONG).await.unwrap().is_some());
    let round = Round {
        watermark: Some("2026-11-25T12:00:00Z".to_owned()),
        compared_at: Some(at(3)),
        heeds: vec!["Goal".to_owned(), "CarePlan".to_owned()],
        after: ("north".to_owned(), "ann".to_owned()),
        is_whole: true,
    };
    store.keep_reading("peer", &round, LONG).await.unwrap();
    assert_eq!(store.take_reading("peer", LONG).await.unwrap(), None);
    store.keep_reading("peer", &round, Duration::ZERO).await.unwrap();
    assert_eq!(store.take_reading("peer", LONG).await.unwrap(), Some(round));
}

over_both!(
    who_has_something_there_is_read,
    what_went_out_as_a_document_is_not_read_back,
    what_was_decided_goes_out_once_more,
    what_was_decided_for_a_held_person_waits,
    what_was_seen_is_kept_as_last_seen,
    a_review_is_raised_once_and_decided_once,
    one_process_reads_at_a_time,
);
