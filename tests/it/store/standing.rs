//! A plan as it stands, found by one of its resources; and a record that is kept only while its plan stands where it stood.

use ownwords::store::AgencyScope;
use uuid::Uuid;

use super::{Home, over_both, plan_record, rejected, resource_id, submission};

async fn a_record_is_kept_only_while_its_plan_stands_where_it_stood(home: &Home) {
    let store = home.migrated().await;
    let record = |text: &str| plan_record(Uuid::nil(), 1, "P1", "ann", text);
    let first = store.receive_if(submission("north", "a1"), record("one"), None).await.unwrap();
    assert_eq!(first.records[0].plan_version, Some(1));
    let error = store.receive_if(submission("north", "a2"), record("two"), None).await.unwrap_err();
    assert!(error.is_overtaken(), "{error}");
    let sent_back = store.receive_if(submission("north", "a3"), rejected(record("poor")), Some(1)).await.unwrap();
    assert_eq!(sent_back.records[0].plan_version, Some(2), "what is sent back moves nothing on");
    let (one, two) = tokio::join!(
        store.receive_if(submission("north", "a4"), record("three"), Some(1)),
        store.receive_if(submission("north", "a5"), record("four"), Some(1)),
    );
    assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|kept| **kept).count(), 1, "one wins");
    assert!(one.err().or(two.err()).unwrap().is_overtaken());
    assert_eq!(store.plan_versions("north", "P1").await.unwrap().len(), 3);
    let again = store.receive_if(submission("north", "a1"), record("one"), None).await.unwrap();
    assert!(again.already, "the same bytes are answered as before");
}

async fn a_plan_is_found_by_what_it_holds(home: &Home) {
    let store = home.migrated().await;
    let record = |text: &str| plan_record(Uuid::nil(), 1, "P1", "ann", text);
    store.receive_if(submission("north", "a1"), record("one"), None).await.unwrap();
    store.receive_if(submission("north", "a2"), record("two"), Some(1)).await.unwrap();
    store.receive_if(submission("north", "a3"), rejected(record("poor")), Some(2)).await.unwrap();
    let all = AgencyScope::All;
    let key = record("one").plan.unwrap().resources.last().unwrap().id;
    let plan = store.standing_plan(key, &all).await.unwrap().unwrap();
    assert_eq!((&*plan.agency, &*plan.plan_id, plan.version), ("north", "P1", 2), "the newest that was accepted");
    assert!(plan.resources.iter().any(|one| one.id == key && one.json.contains("two")));
    let of = AgencyScope::Only("south".to_owned());
    assert!(store.standing_plan(key, &of).await.unwrap().is_none(), "another agency sees none");
    assert!(store.standing_plan(resource_id("Goal", "none"), &all).await.unwrap().is_none());
    let said = |version: u32| store.said_in("north", "P1", version);
    assert!(said(1).await.unwrap().iter().any(|one| one.json.contains("one")));
    assert!(said(3).await.unwrap().is_empty(), "a version that was sent back says nothing");
}

over_both!(a_record_is_kept_only_while_its_plan_stands_where_it_stood, a_plan_is_found_by_what_it_holds);
