//! Exports as the store keeps them: a moment stands still while records come in, nothing is missed between two, and only who
//! holds the claim brings one on.

use std::{collections::BTreeMap, time::Duration};

use jiff::{Timestamp, ToSpan};
use ownwords::store::{AgencyScope, Export, ExportFile, ExportState, NewExport, NewRecord, Part, Store};
use uuid::Uuid;

use super::{Home, begun, over_both, plan_record, resource_id};

const ALL: AgencyScope = AgencyScope::All;
const HOUR: Duration = Duration::from_hours(1);

fn without_goal(mut record: NewRecord) -> NewRecord {
    record.plan.as_mut().unwrap().resources.retain(|one| one.kind != "Goal");
    record
}

async fn export(store: &Store, scope: &AgencyScope, since: Option<Timestamp>) -> Export {
    let new = NewExport { id: Uuid::new_v4(), scope, asked: "{}".to_owned(), since, keep: HOUR };
    let taken_at = store.begin_export(&new).await.unwrap().expect("few are open");
    let export = store.export(new.id, scope).await.unwrap().expect("it was begun above");
    assert_eq!((export.taken_at, export.state), (taken_at, ExportState::Open));
    assert!(store.remove_export(new.id, scope).await.unwrap());
    export
}

/// The whole walk: what goals say, and what was taken out.
async fn walked(store: &Store, export: &Export, people: &[Uuid]) -> (Vec<String>, Vec<(String, Uuid)>) {
    let (mut walk, mut here, mut gone) = (Some(export.whole), Vec::new(), Vec::new());
    while let Some(left) = walk {
        let Part { here: some, gone: out, rest } = store.part(left, people, &export.scope).await.unwrap();
        here.extend(some.into_iter().map(|one| format!("{} {}", one.kind, one.json)));
        gone.extend(out);
        walk = rest;
    }
    here.sort();
    gone.sort();
    (here, gone)
}

async fn goals(store: &Store, export: &Export) -> Vec<String> {
    let (here, _) = walked(store, export, &[]).await;
    here.into_iter().filter(|one| one.starts_with("Goal ")).collect()
}

fn says(goals: &[String], texts: &[&str]) -> bool {
    goals.len() == texts.len() && texts.iter().all(|text| goals.iter().any(|goal| goal.contains(text)))
}

async fn a_moment_stands_still(home: &Home) {
    let store = home.migrated().await;
    let id = begun(&store, "north", "aa").await;
    let record = |ordinal, plan: &str, text| plan_record(id, ordinal, plan, "ann", text);
    store.keep(vec![record(1, "P", "one"), record(2, "Q", "same")]).await.unwrap();
    let first = export(&store, &ALL, None).await;
    store.keep(vec![record(3, "P", "two"), without_goal(record(4, "Q", "later"))]).await.unwrap();
    let second = export(&store, &ALL, Some(first.taken_at)).await;
    store.keep(vec![record(5, "Q", "back"), record(6, "R", "new")]).await.unwrap();
    let third = export(&store, &ALL, Some(second.taken_at)).await;

    assert!(says(&goals(&store, &first).await, &["one", "same"]), "{:?}", goals(&store, &first).await);
    let (here, gone) = walked(&store, &first, &[]).await;
    assert_eq!((here.len(), gone.len()), (5, 0), "two plans, two goals and the one person of both: {here:?}");

    let (here, gone) = walked(&store, &second, &[]).await;
    assert_eq!(here.iter().filter(|one| one.starts_with("Goal ")).count(), 1, "{here:?}");
    assert!(here.iter().any(|one| one.contains("two")) && !here.iter().any(|one| one.starts_with("Patient")));
    assert_eq!(gone, [("Goal".to_owned(), resource_id("Goal", "Q/goal"))]);

    let (_, gone) = walked(&store, &third, &[]).await;
    assert!(gone.is_empty(), "what came back is not gone: {gone:?}");
    assert!(says(&goals(&store, &third).await, &["back", "new"]));
    let now = export(&store, &ALL, None).await;
    assert!(says(&goals(&store, &now).await, &["two", "back", "new"]));
}

async fn a_moment_of_the_callers_own_misses_nothing_late(home: &Home) {
    let store = home.migrated().await;
    let id = begun(&store, "north", "aa").await;
    let record = |ordinal, minutes: i64| NewRecord {
        received_at: Timestamp::now() - minutes.minutes(),
        ..plan_record(id, ordinal, &format!("P{ordinal}"), "ann", &format!("before {minutes}"))
    };
    store.keep(vec![record(1, 600), record(2, 30), record(3, 0)]).await.unwrap();
    let since = export(&store, &ALL, Some(Timestamp::now() - 5.minutes())).await;
    assert!(says(&goals(&store, &since).await, &["before 30", "before 0"]), "half an hour may be the way to a commit");
    let ahead = export(&store, &ALL, Some(Timestamp::now() + 48.hours())).await;
    assert!(goals(&store, &ahead).await.is_empty());
}

async fn scope_and_people_bound_it(home: &Home) {
    let store = home.migrated().await;
    let north = begun(&store, "north", "aa").await;
    let south = begun(&store, "south", "bb").await;
    let of_south = NewRecord { agency: "south".to_owned(), ..plan_record(south, 1, "S", "cid", "theirs") };
    let records = vec![plan_record(north, 1, "P", "ann", "one"), plan_record(north, 2, "Q", "bob", "two"), of_south];
    store.keep(records).await.unwrap();
    let only = AgencyScope::Only("south".to_owned());
    assert!(says(&goals(&store, &export(&store, &only, None).await).await, &["theirs"]));
    assert_eq!(store.agencies(&ALL).await.unwrap(), ["north", "south"]);
    assert_eq!(store.agencies(&only).await.unwrap(), ["south"]);
    assert!(store.agencies(&AgencyScope::Only("west".to_owned())).await.unwrap().is_empty());
    let all = export(&store, &ALL, None).await;
    let (here, _) = walked(&store, &all, &[resource_id("Patient", "bob")]).await;
    assert_eq!(here.len(), 3, "{here:?}");
    assert!(here.iter().any(|one| one.contains("two")) && !here.iter().any(|one| one.contains("one")));
}

async fn exports_in_a_row_miss_nothing_and_repeat_nothing(home: &Home) {
    let store = home.migrated().await;
    let mut writers = Vec::new();
    for writer in 0..4u64 {
        // Each has a queue of its own, as instances that share a database do.
        let other = home.open().await;
        let id = begun(&store, "north", &format!("{writer:02}")).await;
        writers.push(tokio::spawn(async move {
            for ordinal in 1..=25 {
                let plan = format!("P{writer}-{ordinal}");
                let record = plan_record(id, ordinal, &plan, &format!("person {plan}"), &plan);
                while other.keep(vec![record.clone()]).await.is_err() {}
            }
        }));
    }
    let (mut since, mut seen) = (None, BTreeMap::<String, u32>::new());
    loop {
        let is_last = writers.iter().all(tokio::task::JoinHandle::is_finished);
        let taken = export(&store, &ALL, since).await;
        for goal in goals(&store, &taken).await {
            *seen.entry(goal).or_default() += 1;
        }
        since = Some(taken.taken_at);
        if is_last {
            break;
        }
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    assert_eq!(seen.len(), 100);
    assert!(seen.values().all(|times| *times == 1), "{seen:?}");
}

async fn only_who_holds_the_claim_goes_on(home: &Home) {
    let store = home.migrated().await;
    let scope = AgencyScope::Only("north".to_owned());
    let new = |id| NewExport { id, scope: &scope, asked: "{}".to_owned(), since: None, keep: HOUR };
    let id = Uuid::new_v4();
    store.begin_export(&new(id)).await.unwrap().unwrap();
    assert!(store.export(id, &AgencyScope::Only("south".to_owned())).await.unwrap().is_none());
    let slow = store.claim_export(Duration::ZERO).await.unwrap().expect("it is open");
    let quick = store.claim_export(HOUR).await.unwrap().expect("the lease is over");
    assert!(store.claim_export(HOUR).await.unwrap().is_none(), "it is held");
    let files = vec![ExportFile { name: "Goal.ndjson".to_owned(), kind: "Goal".to_owned(), bytes: 7, lines: 1 }];
    let advance = |claimed: &Export, state| store.advance_export(claimed.claim(), state, 5, files.clone(), HOUR);
    assert!(!advance(&slow, ExportState::Done).await.unwrap());
    assert!(advance(&quick, ExportState::Done).await.unwrap());
    let done = store.export(id, &scope).await.unwrap().unwrap();
    assert_eq!((done.state, done.written, &done.files), (ExportState::Done, 5, &files));
    assert!(!advance(&quick, ExportState::Open).await.unwrap(), "what is done stays so");
    for _ in 0..4 {
        assert!(store.begin_export(&new(Uuid::new_v4())).await.unwrap().is_some());
    }
    assert!(store.begin_export(&new(Uuid::new_v4())).await.unwrap().is_none(), "four are open");
    let over = NewExport { keep: Duration::ZERO, scope: &ALL, ..new(Uuid::new_v4()) };
    store.begin_export(&over).await.unwrap().unwrap();
    assert_eq!(store.expired_exports().await.unwrap(), [over.id]);
    assert!(!store.remove_export(over.id, &scope).await.unwrap(), "an agency does not remove one of all");
    assert!(store.remove_export(over.id, &ALL).await.unwrap());
}

over_both!(
    a_moment_stands_still,
    a_moment_of_the_callers_own_misses_nothing_late,
    scope_and_people_bound_it,
    exports_in_a_row_miss_nothing_and_repeat_nothing,
    only_who_holds_the_claim_goes_on,
);
