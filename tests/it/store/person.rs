//! Merges of persons: what is recorded, who is held and freed, what is claimed once a merge is confirmed, and that taking one
//! back brings back what was.

use std::time::Duration;

use ownwords::{
    fhir::Ids,
    store::{
        Act, ActKind, Again, AgencyScope, DeliveryState, Merge, NewMerge, NewRecord, Said, Settled, Store, Told, Way,
    },
};
use uuid::Uuid;

use super::{Home, at, begun, over_both, plan_record, rejected};

const ALL: AgencyScope = AgencyScope::All;
const LONG: Duration = Duration::from_mins(10);

fn said(way: Way, second: i64) -> Said {
    Said { at: at(second), by: "A. Lee".to_owned(), why: "two charts, one person".to_owned(), way }
}

async fn told(store: &Store, person: &str, survivor: &str, way: Way) -> Told {
    let ids = store.ids().await.unwrap();
    let patient = |id: &str| ids.of("Patient", "north", &[id]);
    let new = NewMerge {
        agency: "north".to_owned(),
        person_id: person.to_owned(),
        survivor_id: survivor.to_owned(),
        refs: (patient(person), patient(survivor)),
    };
    store.merge(&new, &said(way, 1)).await.unwrap()
}

pub(super) async fn merged(store: &Store, person: &str, survivor: &str) -> Merge {
    match told(store, person, survivor, Way::Cli).await {
        Told::Now(merge) => merge,
        other => panic!("not new: {other:?}"),
    }
}

pub(super) async fn confirmed(store: &Store, merge: &Merge) -> Merge {
    store.confirm_merge(merge.id, &ALL, &said(Way::Api, 2)).await.unwrap().expect("it waited")
}

async fn undone(store: &Store, merge: &Merge) -> Merge {
    store.unmerge(merge.id, &ALL, &said(Way::Cli, 3)).await.unwrap().expect("it stood")
}

fn acts(merge: &Merge) -> Vec<ActKind> {
    merge.acts.iter().map(|act| act.kind).collect()
}

/// A record of a person whose Patient has the id that it has for the whole service.
fn record(ids: &Ids, submission: Uuid, ordinal: u64, (plan, person): (&str, &str)) -> NewRecord {
    let mut record = plan_record(submission, ordinal, plan, person, plan);
    let of_plan = record.plan.as_mut().unwrap();
    let id = ids.of("Patient", "north", &[person]);
    of_plan.resources[0].id = id;
    of_plan.resources[0].json =
        format!("{{\"resourceType\":\"Patient\",\"id\":\"{id}\",\"name\":[{{\"text\":\"{person}\"}}]}}");
    of_plan.resources[2].json =
        format!("{{\"resourceType\":\"CarePlan\",\"text\":\"{plan}\",\"subject\":{{\"reference\":\"Patient/{id}\"}}}}");
    record
}

async fn with(home: &Home, plans: &[(&str, &str)]) -> Store {
    let store = home.migrated().await;
    enter(&store, "aa", plans).await;
    store
}

async fn enter(store: &Store, sha256: &str, plans: &[(&str, &str)]) {
    let (ids, submission) = (store.ids().await.unwrap(), begun(store, "north", sha256).await);
    let records = (1..).zip(plans).map(|(ordinal, one)| record(&ids, submission, ordinal, *one));
    store.keep(records.collect()).await.unwrap();
}

/// Plan, state and reason of every delivery.
async fn stands(store: &Store) -> Vec<(String, DeliveryState, Option<String>)> {
    let all = store.deliveries(None, &ALL, 0, 100).await.unwrap();
    all.into_iter().map(|one| (one.plan_id, one.state, one.reason)).collect()
}

async fn states(store: &Store) -> Vec<(String, DeliveryState)> {
    stands(store).await.into_iter().map(|(plan, state, _)| (plan, state)).collect()
}

async fn claimed(store: &Store) -> Vec<String> {
    let all = store.claim("peer", 10, LONG).await.unwrap();
    for one in &all {
        assert!(store.settle(one, &done()).await.unwrap());
    }
    all.into_iter().map(|one| one.plan_id).collect()
}

fn done() -> Settled {
    let (state, reason) = (DeliveryState::Done, "arrived");
    Settled { state, not_before: None, counts: true, status: Some(200), reason, peer_text: None }
}

async fn a_merge_holds_both_until_it_is_confirmed(home: &Home) {
    let store = with(home, &[("A1", "ann"), ("B1", "bob"), ("C1", "cay")]).await;
    let merge = merged(&store, "ann", "bob").await;
    assert!(merge.stands && merge.waits);
    let expected = [("A1", DeliveryState::Blocked), ("B1", DeliveryState::Blocked), ("C1", DeliveryState::Ready)];
    assert_eq!(states(&store).await, expected.map(|(plan, state)| (plan.to_owned(), state)));
    let reason = stands(&store).await.remove(0).2.unwrap();
    assert!(reason.contains("a named person"), "{reason}");
    assert!(!reason.contains("ann") && !reason.contains("bob"), "{reason}");
    assert_eq!(claimed(&store).await, ["C1"]);

    enter(&store, "bb", &[("A2", "ann"), ("C2", "cay")]).await;
    assert_eq!(claimed(&store).await, ["C2"], "what comes later for one who is held waits, too");
    let again = Again { agency: Some("north".to_owned()), ..Again::default() };
    assert_eq!(store.could_send_again(&again, &ALL).await.unwrap(), 0);
    assert_eq!(store.send_again(&again, &ALL).await.unwrap(), 0, "sending again is no way around it");
    assert!(store.next_due("peer").await.unwrap().is_none());

    let merge = confirmed(&store, &merge).await;
    assert!(merge.stands && !merge.waits);
    assert_eq!(store.confirm_merge(merge.id, &ALL, &said(Way::Cli, 9)).await.unwrap(), None, "nothing waits");
    assert_eq!(claimed(&store).await, ["A1", "B1"]);
    assert_eq!(claimed(&store).await, ["A2"]);
}

async fn taking_back_what_was_not_confirmed_brings_back_what_was(home: &Home) {
    let store = with(home, &[("A1", "ann"), ("B1", "bob"), ("B2", "bob"), ("C1", "cay")]).await;
    let all = store.claim("peer", 10, LONG).await.unwrap();
    let refused = Settled { state: DeliveryState::Dead, status: Some(422), reason: "refused", ..done() };
    let lost = Settled { state: DeliveryState::Unknown, status: None, reason: "no answer", ..done() };
    assert!(store.settle(&all[0], &refused).await.unwrap());
    assert!(store.settle(&all[1], &lost).await.unwrap());
    assert!(store.settle(&all[2], &done()).await.unwrap());
    let (before, versions) = (stands(&store).await, store.plan_versions("north", "A1").await.unwrap().remove(0).json);
    let merge = merged(&store, "ann", "bob").await;
    let held: Vec<_> = states(&store).await.into_iter().map(|(_, state)| state).collect();
    let [dead, blocked] = [DeliveryState::Dead, DeliveryState::Blocked];
    assert_eq!(held, [dead, blocked, blocked, DeliveryState::Done]);
    let merge = undone(&store, &merge).await;
    assert!(!merge.stands && !merge.waits, "nothing was sent of it, so nothing has to be confirmed");
    assert_eq!(acts(&merge), [ActKind::Told, ActKind::Undone]);
    assert_eq!(stands(&store).await, before);
    assert_eq!(store.plan_versions("north", "A1").await.unwrap().remove(0).json, versions);
    let next = store.claim("peer", 10, LONG).await.unwrap();
    assert_eq!(next.iter().map(|one| (one.plan_id.as_str(), one.was_unknown)).collect::<Vec<_>>(), [("B1", true)]);
    assert_eq!(store.unmerge(merge.id, &ALL, &said(Way::Cli, 9)).await.unwrap(), None, "it does not stand");
}

async fn who_is_sending_when_a_merge_is_told_sends_no_further(home: &Home) {
    let store = with(home, &[("A1", "ann")]).await;
    let sending = store.claim("peer", 1, LONG).await.unwrap().remove(0);
    assert!(store.renew(&sending, LONG).await.unwrap());
    let merge = merged(&store, "bob", "ann").await;
    assert!(!store.renew(&sending, LONG).await.unwrap(), "the next request of the attempt is not made");
    assert!(!store.settle(&sending, &done()).await.unwrap());
    confirmed(&store, &merge).await;
    let again = store.claim("peer", 1, LONG).await.unwrap().remove(0);
    assert!(again.was_unknown, "it may have arrived: look first");
}

async fn whoever_is_tied_to_one_who_waits_is_held(home: &Home) {
    let store = with(home, &[("A1", "ann"), ("B1", "bob"), ("C1", "cay")]).await;
    let first = merged(&store, "ann", "bob").await;
    confirmed(&store, &first).await;
    assert_eq!(claimed(&store).await, ["A1", "B1", "C1"]);
    let second = merged(&store, "bob", "cay").await;
    enter(&store, "bb", &[("A2", "ann"), ("D1", "dot")]).await;
    assert_eq!(claimed(&store).await, ["D1"], "ann is bob, and whether bob is cay is not confirmed");
    confirmed(&store, &second).await;
    let mut now = claimed(&store).await;
    now.extend(claimed(&store).await);
    now.sort();
    assert_eq!(now, ["A1", "A2", "B1"], "what arrived under ids that were given up goes again, for who is left");
    let survivors = store.survivors("north").await.unwrap();
    assert_eq!(survivors, [("ann", "cay"), ("bob", "cay")].map(|(one, last)| (one.to_owned(), last.to_owned())));
}

async fn a_confirmed_merge_has_plans_claimed_for_the_person_who_is_left(home: &Home) {
    let store = with(home, &[("A1", "ann"), ("B1", "bob")]).await;
    let ids = store.ids().await.unwrap();
    let [ann, bob, eve] = ["ann", "bob", "eve"].map(|id| ids.of("Patient", "north", &[id]));
    let merge = merged(&store, "ann", "bob").await;
    confirmed(&store, &merge).await;
    let all = store.claim("peer", 10, LONG).await.unwrap();
    let (moved, own) = (&all[0], &all[1]);
    assert_eq!((moved.person_id.as_str(), moved.is_moved), ("bob", true));
    assert_eq!((own.person_id.as_str(), own.is_moved), ("bob", false));
    let tree = |at: usize| serde_json::from_str::<serde_json::Value>(&moved.resources[at].json).unwrap();
    assert_eq!((moved.resources[0].id, moved.resources[1].id), (bob, ann));
    assert_eq!(tree(0)["name"][0]["text"], "bob", "as bob's own plan says");
    let given_up = tree(1);
    assert_eq!((&given_up["active"], &given_up["link"][0]["type"]), (&false.into(), &"replaced-by".into()));
    assert_eq!(given_up["link"][0]["other"]["reference"], format!("Patient/{bob}"));
    assert_eq!(tree(3)["subject"]["reference"], format!("Patient/{bob}"));
    assert_eq!(own.resources[0].id, bob);
    all.iter().for_each(|one| assert!(one.resources.iter().all(|resource| !resource.json.contains("eve"))));
    for one in &all {
        assert!(store.settle(one, &done()).await.unwrap());
    }

    // Of whom nothing is kept is said by what is known of the id that was given up.
    confirmed(&store, &merged(&store, "bob", "eve").await).await;
    let all = store.claim("peer", 10, LONG).await.unwrap();
    assert_eq!(all.len(), 2);
    for one in &all {
        assert_eq!((one.person_id.as_str(), one.resources[0].id), ("eve", eve));
    }
}

async fn taking_back_what_was_confirmed_waits_and_then_sends_it_as_it_was(home: &Home) {
    let store = with(home, &[("A1", "ann"), ("B1", "bob")]).await;
    let before = store.claim("peer", 10, LONG).await.unwrap();
    for one in &before {
        assert!(store.settle(one, &done()).await.unwrap());
    }
    let merge = merged(&store, "ann", "bob").await;
    assert!(claimed(&store).await.is_empty());
    confirmed(&store, &merge).await;
    assert_eq!(claimed(&store).await, ["A1"]);
    let merge = undone(&store, &merge).await;
    assert!(!merge.stands && merge.waits);
    enter(&store, "bb", &[("B2", "bob")]).await;
    assert!(claimed(&store).await.is_empty(), "neither of them is clear");
    let merge = confirmed(&store, &merge).await;
    assert_eq!(acts(&merge), [ActKind::Told, ActKind::Confirmed, ActKind::Undone, ActKind::Confirmed]);
    let after = store.claim("peer", 10, LONG).await.unwrap();
    assert_eq!(after.iter().map(|one| one.plan_id.as_str()).collect::<Vec<_>>(), ["A1", "B2"]);
    let texts = |one: &ownwords::store::Claimed| one.resources.iter().map(|one| one.json.clone()).collect::<Vec<_>>();
    assert_eq!((texts(&after[0]), after[0].is_moved), (texts(&before[0]), false));
}

async fn what_stands_otherwise_is_told_and_a_patient_that_says_otherwise_makes_it_wait(home: &Home) {
    let store = with(home, &[("A1", "ann"), ("C1", "cay")]).await;
    let merge = confirmed(&store, &merged(&store, "ann", "bob").await).await;
    assert_eq!(told(&store, "ann", "bob", Way::Fhir).await, Told::Before(merge.clone()));
    for way in [Way::Cli, Way::Api] {
        assert_eq!(told(&store, "ann", "cay", way).await, Told::Otherwise(merge.clone()), "nothing is changed");
        assert_eq!(told(&store, "bob", "ann", way).await, Told::Otherwise(merge.clone()), "nor in a circle");
    }
    let Told::Otherwise(disputed) = told(&store, "ann", "cay", Way::Fhir).await else { panic!("it is otherwise") };
    assert!(disputed.stands && disputed.waits);
    assert_eq!(acts(&disputed), [ActKind::Told, ActKind::Confirmed, ActKind::Disputed]);
    assert_eq!(claimed(&store).await, ["C1"], "the one who is unclear is held");
    confirmed(&store, &disputed).await;
    assert_eq!(claimed(&store).await, ["A1"]);
}

async fn who_said_what_when_and_why_stays_and_an_agency_sees_its_own(home: &Home) {
    let store = home.migrated().await;
    let merge = merged(&store, "ann", "bob").await;
    let other = merged(&store, "cay", "dot").await;
    undone(&store, &confirmed(&store, &merge).await).await;
    let scope = AgencyScope::Only("north".to_owned());
    let all = store.merges(false, &scope, 0, 10).await.unwrap();
    assert_eq!(all.iter().map(|one| one.id).collect::<Vec<_>>(), [merge.id, other.id]);
    let [first, second, third] = &all[0].acts[..] else { panic!("three acts") };
    let act = |kind, way, second| Act {
        kind,
        at: at(second),
        by: "A. Lee".to_owned(),
        why: "two charts, one person".to_owned(),
        way,
    };
    assert_eq!(*first, act(ActKind::Told, Way::Cli, 1));
    assert_eq!(*second, act(ActKind::Confirmed, Way::Api, 2));
    assert_eq!(*third, act(ActKind::Undone, Way::Cli, 3));
    assert_eq!(store.merges(false, &scope, all[0].number, 10).await.unwrap(), all[1..]);
    confirmed(&store, &other).await;
    assert_eq!(store.merges(true, &scope, 0, 10).await.unwrap(), all[..1]);
    let elsewhere = AgencyScope::Only("south".to_owned());
    assert!(store.merges(false, &elsewhere, 0, 10).await.unwrap().is_empty());
    assert_eq!(store.unmerge(other.id, &elsewhere, &said(Way::Cli, 4)).await.unwrap(), None);
    assert_eq!(store.one_merge(merge.id, &elsewhere).await.unwrap(), None);
    // Told anew, and confirmed once: what still waited of the same id waits no more.
    let anew = merged(&store, "ann", "bob").await;
    confirmed(&store, &anew).await;
    assert!(store.merges(true, &scope, 0, 10).await.unwrap().is_empty());
}

async fn a_newer_version_takes_the_place_of_one_that_is_held(home: &Home) {
    let store = with(home, &[("A1", "ann")]).await;
    let merge = merged(&store, "ann", "bob").await;
    let (ids, id) = (store.ids().await.unwrap(), begun(&store, "north", "cc").await);
    let mut newer = record(&ids, id, 1, ("A1", "ann"));
    "{\"text\":\"newer\"}".clone_into(&mut newer.plan.as_mut().unwrap().json);
    store.keep(vec![newer]).await.unwrap();
    let mut sent_back = record(&ids, id, 2, ("A2", "ann"));
    sent_back = rejected(sent_back);
    store.keep(vec![sent_back]).await.unwrap();
    confirmed(&store, &merge).await;
    let all = store.claim("peer", 10, LONG).await.unwrap();
    assert_eq!(all.iter().map(|one| (one.plan_id.as_str(), one.plan_version)).collect::<Vec<_>>(), [("A1", 2)]);
}

over_both!(
    a_merge_holds_both_until_it_is_confirmed,
    taking_back_what_was_not_confirmed_brings_back_what_was,
    who_is_sending_when_a_merge_is_told_sends_no_further,
    whoever_is_tied_to_one_who_waits_is_held,
    a_confirmed_merge_has_plans_claimed_for_the_person_who_is_left,
    taking_back_what_was_confirmed_waits_and_then_sends_it_as_it_was,
    what_stands_otherwise_is_told_and_a_patient_that_says_otherwise_makes_it_wait,
    who_said_what_when_and_why_stays_and_an_agency_sees_its_own,
    a_newer_version_takes_the_place_of_one_that_is_held,
);
