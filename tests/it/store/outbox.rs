//! The outbox: who may claim what and when, leases and fencing, superseding, retrying, write methods and links.

use std::{collections::HashSet, time::Duration};

use ownwords::store::{Again, AgencyScope, Claimed, DeliveryState, Link, Settled, Store, WriteMethod};

use super::{Home, at, begun, over_both, plan_record, resource_id};

const ALL: AgencyScope = AgencyScope::All;
const LONG: Duration = Duration::from_mins(10);

fn to(state: DeliveryState) -> Settled {
    Settled {
        state,
        not_before: None,
        counts: true,
        status: Some(503),
        reason: "busy",
        peer_text: Some("peer says".to_owned()),
    }
}

async fn claim(store: &Store) -> Vec<Claimed> {
    store.claim("peer", 10, LONG).await.unwrap()
}

fn names(claimed: &[Claimed]) -> Vec<(&str, u32)> {
    claimed.iter().map(|one| (one.plan_id.as_str(), one.plan_version)).collect()
}

async fn states(store: &Store) -> Vec<DeliveryState> {
    store.deliveries(None, &ALL, 0, 100).await.unwrap().into_iter().map(|one| one.state).collect()
}

/// A store with deliveries of these (plan, person, text), in this order.
async fn with(home: &Home, plans: &[(&str, &str, &str)]) -> Store {
    let store = home.migrated().await;
    enter(&store, "aa", plans).await;
    store
}

async fn enter(store: &Store, sha256: &str, plans: &[(&str, &str, &str)]) {
    let id = begun(store, "north", sha256).await;
    let records = (1..).zip(plans).map(|(at, (plan, person, text))| plan_record(id, at, plan, person, text));
    store.keep(records.collect()).await.unwrap();
}

async fn of_each_person_only_the_oldest_open_one_is_claimed(home: &Home) {
    let store = with(home, &[("A1", "ann", "x"), ("A2", "ann", "x"), ("B1", "bob", "x"), ("A3", "ann", "x")]).await;
    assert!(store.claim("elsewhere", 10, LONG).await.unwrap().is_empty());
    assert_eq!(store.next_due("peer").await.unwrap(), None, "all that is due is due now");
    let first = claim(&store).await;
    assert!(store.next_due("peer").await.unwrap().is_some(), "when their leases end");
    assert_eq!(names(&first), [("A1", 1), ("B1", 1)]);
    assert_eq!((first[0].attempt, first[0].was_unknown), (1, false));
    let kinds: Vec<_> = first[0].resources.iter().map(|one| one.kind.as_str()).collect();
    assert_eq!(kinds, ["Patient", "Goal", "CarePlan"], "in the order of saying");
    assert!(first[0].resources[1].json.contains("\"x\""));
    assert!(claim(&store).await.is_empty());
    assert!(store.settle(&first[0], &to(DeliveryState::Unknown)).await.unwrap());
    let again = claim(&store).await;
    assert_eq!(names(&again), [("A1", 1)], "unknown holds the others up");
    assert_eq!((again[0].attempt, again[0].was_unknown), (2, true));
    assert!(store.settle(&again[0], &to(DeliveryState::Dead)).await.unwrap());
    let next = claim(&store).await;
    assert_eq!(names(&next), [("A2", 1)], "dead holds nobody up");
    let later = Settled { not_before: Some(at(900_000_000)), ..to(DeliveryState::Ready) };
    assert!(store.settle(&next[0], &later).await.unwrap());
    assert!(claim(&store).await.is_empty(), "A2 is not due, A3 comes after it");
    assert!(store.settle(&first[1], &to(DeliveryState::Done)).await.unwrap());
    assert_eq!(store.next_due("peer").await.unwrap(), Some(at(900_000_000)));
    let listed = store.deliveries(None, &ALL, first[0].id, 1).await.unwrap().remove(0);
    assert_eq!((listed.id, listed.not_before, listed.attempts), (next[0].id, at(900_000_000), 1));
    assert_eq!(
        (listed.status, listed.reason.as_deref(), listed.peer_text.as_deref()),
        (Some(503), Some("busy"), Some("peer says"))
    );
}

async fn an_old_token_settles_nothing(home: &Home) {
    let store = with(home, &[("A1", "ann", "x")]).await;
    let lost = store.claim("peer", 1, Duration::ZERO).await.unwrap().remove(0);
    let taken = claim(&store).await.remove(0);
    assert!(taken.was_unknown, "its lease ran out while it was in flight");
    assert!(taken.token > lost.token);
    assert!(!store.settle(&lost, &to(DeliveryState::Dead)).await.unwrap());
    assert!(!store.renew(&lost, LONG).await.unwrap());
    assert_eq!(states(&store).await, [DeliveryState::InFlight]);
    assert!(store.renew(&taken, LONG).await.unwrap());
    assert!(store.settle(&taken, &to(DeliveryState::Done)).await.unwrap());
    assert!(!store.settle(&taken, &to(DeliveryState::Dead)).await.unwrap(), "settled once");
    assert_eq!(states(&store).await, [DeliveryState::Done]);
    store.settle(&taken, &to(DeliveryState::InFlight)).await.unwrap_err();
    assert_eq!(store.next_due("peer").await.unwrap(), None);
}

async fn what_a_dead_worker_left_is_unknown(home: &Home) {
    let store = with(home, &[("A1", "ann", "x"), ("B1", "bob", "x")]).await;
    let left = store.claim("peer", 1, Duration::ZERO).await.unwrap().remove(0);
    let held = store.claim("peer", 2, LONG).await.unwrap();
    assert_eq!(names(&held), [("A1", 1), ("B1", 1)]);
    assert_eq!(store.recover("peer").await.unwrap(), 0, "all leases hold");
    assert!(store.settle(&held[0], &to(DeliveryState::Ready)).await.unwrap());
    let ready = store.claim("peer", 1, Duration::ZERO).await.unwrap().remove(0);
    assert!(!ready.was_unknown);
    assert_eq!(store.recover("elsewhere").await.unwrap(), 0);
    assert_eq!(store.recover("peer").await.unwrap(), 1);
    assert_eq!(states(&store).await, [DeliveryState::Unknown, DeliveryState::InFlight]);
    for old in [&left, &ready] {
        assert!(!store.settle(old, &to(DeliveryState::Done)).await.unwrap());
    }
    assert!(claim(&store).await[0].was_unknown);
}

async fn a_lease_is_lengthened_and_held(home: &Home) {
    let store = with(home, &[("A1", "ann", "x")]).await;
    let taken = store.claim("peer", 1, Duration::ZERO).await.unwrap().remove(0);
    assert!(store.renew(&taken, LONG).await.unwrap(), "nobody else took it meanwhile");
    assert_eq!(store.recover("peer").await.unwrap(), 0, "it holds again");
    assert!(store.renew(&taken, LONG).await.unwrap(), "one that was given just now holds");
    assert!(store.renew(&taken, Duration::ZERO).await.unwrap());
    assert!(claim(&store).await.is_empty(), "what was asked for less does not shorten it");
    assert!(store.settle(&taken, &to(DeliveryState::Done)).await.unwrap());
    assert!(!store.renew(&taken, LONG).await.unwrap(), "nothing is to be held");
}

async fn no_two_workers_claim_the_same(home: &Home) {
    let store = home.migrated().await;
    let other = home.open().await;
    let plans: Vec<_> = (0..60).map(|at| (format!("P{at}"), format!("person {}", at % 30))).collect();
    let plans: Vec<_> = plans.iter().map(|(plan, person)| (plan.as_str(), person.as_str(), "x")).collect();
    enter(&store, "aa", &plans).await;
    let mut workers = Vec::new();
    for worker in 0..16 {
        let store = if worker % 2 == 0 { store.clone() } else { other.clone() };
        workers.push(tokio::spawn(async move {
            let mut mine = Vec::new();
            for _ in 0..4 {
                mine.extend(store.claim("peer", 3, LONG).await.unwrap());
            }
            mine
        }));
    }
    let mut claimed = Vec::new();
    for worker in workers {
        claimed.extend(worker.await.unwrap());
    }
    let ids: HashSet<_> = claimed.iter().map(|one| one.id).collect();
    assert_eq!(ids.len(), claimed.len(), "none twice");
    assert_eq!(claimed.len(), 30, "one of each person");
}

async fn a_newer_version_overtakes_only_what_waits(home: &Home) {
    let store = with(home, &[("A1", "ann", "one")]).await;
    let flying = claim(&store).await.remove(0);
    enter(&store, "bb", &[("A1", "ann", "two")]).await;
    assert_eq!(states(&store).await, [DeliveryState::InFlight, DeliveryState::Ready]);
    assert!(claim(&store).await.is_empty(), "the newer follows the older");
    assert!(store.settle(&flying, &to(DeliveryState::Unknown)).await.unwrap());
    let unknown = claim(&store).await.remove(0);
    assert_eq!(unknown.plan_version, 1);
    assert!(store.settle(&unknown, &to(DeliveryState::Ready)).await.unwrap());
    assert_eq!(
        states(&store).await,
        [DeliveryState::Superseded, DeliveryState::Ready],
        "it did not arrive and need not"
    );
    let newer = claim(&store).await.remove(0);
    assert_eq!(newer.plan_version, 2);
    assert!(store.settle(&newer, &to(DeliveryState::Blocked)).await.unwrap());
    enter(&store, "cc", &[("A1", "ann", "three")]).await;
    let overtaken = DeliveryState::Superseded;
    assert_eq!(states(&store).await, [overtaken, overtaken, DeliveryState::Ready]);
    // A plan that went from one person to another keeps its order.
    let third = claim(&store).await.remove(0);
    enter(&store, "dd", &[("A1", "bob", "four")]).await;
    assert!(claim(&store).await.is_empty());
    assert!(store.settle(&third, &to(DeliveryState::Done)).await.unwrap());
    assert_eq!(claim(&store).await[0].plan_version, 4);
}

async fn is_sent_again(store: &Store, id: i64, scope: &AgencyScope) -> bool {
    store.send_again(&Again { id: Some(id), ..Again::default() }, scope).await.unwrap() == 1
}

async fn staff_retry_what_is_blocked_or_dead_and_not_overtaken(home: &Home) {
    let store = with(home, &[("A1", "ann", "one"), ("B1", "bob", "one")]).await;
    let held = claim(&store).await;
    assert!(!is_sent_again(&store, held[0].id, &ALL).await, "in flight");
    assert!(store.settle(&held[0], &to(DeliveryState::Blocked)).await.unwrap());
    assert!(store.settle(&held[1], &to(DeliveryState::Done)).await.unwrap());
    assert!(!is_sent_again(&store, held[0].id, &AgencyScope::Only("south".to_owned())).await);
    assert!(!is_sent_again(&store, held[1].id, &ALL).await, "done");
    assert!(is_sent_again(&store, held[0].id, &AgencyScope::Only("north".to_owned())).await);
    let again = claim(&store).await.remove(0);
    assert_eq!(again.attempt, 1);
    assert!(store.settle(&again, &to(DeliveryState::Dead)).await.unwrap());
    enter(&store, "bb", &[("A1", "ann", "two")]).await;
    let newer = claim(&store).await.remove(0);
    assert!(store.settle(&newer, &to(DeliveryState::Done)).await.unwrap());
    assert!(!is_sent_again(&store, again.id, &ALL).await, "a newer version was delivered");
    let counts = store.delivery_counts().await.unwrap();
    assert_eq!(counts.len(), DeliveryState::ALL.len());
    assert!(counts.contains(&(DeliveryState::Done, 2)) && counts.contains(&(DeliveryState::Superseded, 1)));
}

async fn several_are_sent_again_by_what_they_have_in_common(home: &Home) {
    let store = with(home, &[("A1", "ann", "x"), ("B1", "bob", "x"), ("C1", "cy", "x"), ("D1", "dee", "x")]).await;
    let held = claim(&store).await;
    let settled = [
        to(DeliveryState::Dead),
        Settled { reason: "refused", status: Some(422), ..to(DeliveryState::Blocked) },
        Settled { reason: "refused", ..to(DeliveryState::Dead) },
        to(DeliveryState::Done),
    ];
    for (one, settled) in held.iter().zip(&settled) {
        assert!(store.settle(one, settled).await.unwrap());
    }
    let text = |text: &str| Some(text.to_owned());
    let none = Again::default();
    let asked = [
        (none.clone(), 3),
        (Again { reason: text("refused"), ..none.clone() }, 2),
        (Again { reason: text("refused"), status: Some(422), ..none.clone() }, 1),
        (Again { person_id: text("ann"), ..none.clone() }, 1),
        (Again { person_id: text("dee"), ..none.clone() }, 0),
        (Again { agency: text("south"), ..none.clone() }, 0),
        (Again { connection: text("peer"), agency: text("north"), ..none.clone() }, 3),
    ];
    for (again, expected) in &asked {
        assert_eq!(store.could_send_again(again, &ALL).await.unwrap(), *expected, "{again:?}");
        assert_eq!(store.could_send_again(again, &AgencyScope::Only("south".to_owned())).await.unwrap(), 0);
    }
    assert!(claim(&store).await.is_empty(), "asking changes nothing");
    assert_eq!(store.send_again(&asked[1].0, &ALL).await.unwrap(), 2);
    let again = claim(&store).await;
    assert_eq!(names(&again), [("B1", 1), ("C1", 1)]);
    assert!(again.iter().all(|one| one.attempt == 1));
}

async fn a_paused_connection_is_not_claimed_from(home: &Home) {
    let store = with(home, &[("A1", "ann", "x"), ("B1", "bob", "x")]).await;
    let under_way = store.claim("peer", 1, LONG).await.unwrap().remove(0);
    assert!(store.pause("peer").await.unwrap() && !store.pause("peer").await.unwrap());
    assert!(claim(&store).await.is_empty());
    assert!(store.settle(&under_way, &to(DeliveryState::Done)).await.unwrap(), "what is under way ends");
    let paused = store.paused().await.unwrap();
    assert_eq!(paused.iter().map(|(connection, _)| connection.as_str()).collect::<Vec<_>>(), ["peer"]);
    assert!(store.resume("peer").await.unwrap() && !store.resume("peer").await.unwrap());
    assert_eq!(names(&claim(&store).await), [("B1", 1)]);
}

async fn a_version_that_was_not_delivered_is_when_it_is_restated(home: &Home) {
    let store = home.migrated().await;
    let id = begun(&store, "north", "aa").await;
    let mut quiet = plan_record(id, 1, "A1", "ann", "one");
    quiet.plan.as_mut().unwrap().deliver_to.clear();
    store.keep(vec![quiet]).await.unwrap();
    assert!(states(&store).await.is_empty());
    for ordinal in [2, 3] {
        store.keep(vec![plan_record(id, ordinal, "A1", "ann", "one")]).await.unwrap();
        assert_eq!(states(&store).await, [DeliveryState::Ready]);
    }
    assert_eq!(store.plan_versions("north", "A1").await.unwrap().len(), 1);
}

async fn write_method_and_links_are_remembered(home: &Home) {
    let store = home.migrated().await;
    assert_eq!(store.write_method("peer").await.unwrap(), None);
    let (one, two) = tokio::join!(
        store.decide_write_method("peer", WriteMethod::IfNoneExist),
        store.decide_write_method("peer", WriteMethod::OwnIds)
    );
    assert_eq!(one.unwrap(), two.clone().unwrap(), "the first decision wins");
    assert_eq!(store.write_method("peer").await.unwrap(), Some(two.unwrap()));
    let link = |key: &str, remote: &str| Link {
        kind: "Goal".to_owned(),
        id: resource_id("Goal", key),
        remote_id: remote.to_owned(),
        tag: Some(format!("W/\"{remote}\"")),
    };
    store.link("peer", &[link("a", "1"), link("b", "2")]).await.unwrap();
    store.link("peer", &[link("a", "3")]).await.unwrap();
    let asked = ["a", "b", "c"].map(|key| ("Goal".to_owned(), resource_id("Goal", key)));
    let mut found = store.links("peer", &asked).await.unwrap();
    found.sort_by_key(|link| link.remote_id.clone());
    assert_eq!(found, [link("b", "2"), link("a", "3")]);
    assert!(store.links("elsewhere", &asked).await.unwrap().is_empty());
}

over_both!(
    of_each_person_only_the_oldest_open_one_is_claimed,
    an_old_token_settles_nothing,
    what_a_dead_worker_left_is_unknown,
    a_lease_is_lengthened_and_held,
    no_two_workers_claim_the_same,
    a_newer_version_overtakes_only_what_waits,
    staff_retry_what_is_blocked_or_dead_and_not_overtaken,
    several_are_sent_again_by_what_they_have_in_common,
    a_paused_connection_is_not_claimed_from,
    a_version_that_was_not_delivered_is_when_it_is_restated,
    write_method_and_links_are_remembered,
);
