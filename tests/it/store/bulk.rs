//! Bulk exports of others as the store keeps them: where one stands, what its files hold, whose resource an id names, and
//! whom to read again.

use std::time::Duration;

use jiff::ToSpan;
use ownwords::store::{BulkReading, BulkResource, Link, Reread, Store};

use super::{Home, at, over_both, reading::with, resource_id};

fn of(person: &str) -> (String, String) {
    ("north".to_owned(), person.to_owned())
}

fn start() -> (String, String) {
    (String::new(), String::new())
}

fn found(person: &str, id: &str, content: Option<&str>) -> BulkResource {
    let content = content.map(str::to_owned);
    BulkResource { who: of(person), kind: "Goal".to_owned(), remote_id: id.to_owned(), content }
}

async fn where_an_export_stands_is_kept(home: &Home) {
    let store = home.migrated().await;
    assert_eq!(store.bulk_reading("peer").await.unwrap(), None);
    let begun = BulkReading {
        asked: "Group/1/$export".to_owned(),
        since: Some("2026-11-01T12:00:00.123+00:00".to_owned()),
        job: Some("https://ehr.example.org/job/1".to_owned()),
        begun_at: Some(at(1)),
        look_at: Some(at(2)),
        is_whole: true,
        outcome: Some("{}".to_owned()),
        after: of("ann"),
    };
    let ended = BulkReading { asked: "Patient/$export".to_owned(), ..BulkReading::default() };
    for bulk in [begun, ended] {
        store.keep_bulk_reading("peer", &bulk).await.unwrap();
        assert_eq!(store.bulk_reading("peer").await.unwrap(), Some(bulk));
    }
    assert_eq!(store.bulk_reading("elsewhere").await.unwrap(), None);
}

async fn what_files_hold_is_kept_by_person(home: &Home) {
    let store = home.migrated().await;
    let all = [found("bob", "1", Some("{}")), found("ann", "2", Some("{ }")), found("bob", "3", None)];
    store.keep_bulk("peer", &all).await.unwrap();
    store.keep_bulk("elsewhere", &all[1..2]).await.unwrap();
    assert_eq!(store.bulk_people("peer", &start(), 10).await.unwrap(), [of("ann"), of("bob")]);
    assert_eq!(store.bulk_people("peer", &of("ann"), 10).await.unwrap(), [of("bob")]);
    assert_eq!(store.bulk_of("peer", &of("bob")).await.unwrap(), [all[0].clone(), all[2].clone()]);
    store.drop_bulk("peer").await.unwrap();
    assert!(store.bulk_people("peer", &start(), 10).await.unwrap().is_empty());
    assert_eq!(store.bulk_people("elsewhere", &start(), 10).await.unwrap(), [of("ann")]);
}

async fn what_arrived_since_is_told(home: &Home) {
    let store = with(home, &[("A1", "ann", "x"), ("B1", "bob", "x"), ("C1", "cyd", "x")]).await;
    let now = store.moment().await.unwrap();
    let (before, later) = (now.checked_sub(1.hour()).unwrap(), now.checked_add(1.hour()).unwrap());
    assert!(store.has_arrived("peer", &of("ann"), before).await.unwrap());
    assert!(!store.has_arrived("peer", &of("ann"), later).await.unwrap());
    assert!(!store.has_arrived("peer", &of("cyd"), before).await.unwrap(), "it waits");
    assert!(!store.has_arrived("elsewhere", &of("ann"), before).await.unwrap());
}

async fn an_id_leads_to_its_person(home: &Home) {
    let store = with(home, &[("A1", "ann", "x"), ("B1", "bob", "x")]).await;
    let (own, linked) = (resource_id("Goal", "A1/goal"), resource_id("Goal", "B1/goal"));
    assert_eq!(store.whose("peer", "Goal", &own.to_string()).await.unwrap(), Some(of("ann")));
    let link = Link { kind: "Goal".to_owned(), id: linked, remote_id: "77".to_owned(), tag: None };
    store.link("peer", &[link]).await.unwrap();
    assert_eq!(store.whose("peer", "Goal", "77").await.unwrap(), Some(of("bob")));
    for (connection, kind, id) in [("peer", "CarePlan", "77"), ("elsewhere", "Goal", "77"), ("peer", "Goal", "unknown")]
    {
        assert_eq!(store.whose(connection, kind, id).await.unwrap(), None, "{connection} {kind} {id}");
    }
}

async fn who_is_to_be_read_again_is_so_once(home: &Home) {
    let store: Store = home.migrated().await;
    for people in [&[of("bob"), of("ann")][..], &[of("ann")], &[]] {
        store.ask_reread("peer", people).await.unwrap();
    }
    let asked = |person: &str, asked| Reread { who: of(person), asked };
    assert_eq!(store.rereads("peer", &start(), 10).await.unwrap(), [asked("ann", 2), asked("bob", 1)]);
    assert_eq!(store.rereads("peer", &of("ann"), 10).await.unwrap(), [asked("bob", 1)]);
    // While Ann was read she was asked for once more.
    store.reread("peer", &asked("ann", 1)).await.unwrap();
    store.reread("peer", &asked("bob", 1)).await.unwrap();
    assert_eq!(store.rereads("peer", &start(), 10).await.unwrap(), [asked("ann", 2)]);
    // Reading a connection is one process's at a time, whoever asks for whom.
    assert!(store.take_reading("peer", Duration::from_mins(1)).await.unwrap().is_some());
    store.ask_reread("peer", &[of("bob")]).await.unwrap();
    assert_eq!(store.rereads("peer", &start(), 10).await.unwrap().len(), 2);
}

over_both!(
    where_an_export_stands_is_kept,
    what_files_hold_is_kept_by_person,
    what_arrived_since_is_told,
    an_id_leads_to_its_person,
    who_is_to_be_read_again_is_so_once,
);
