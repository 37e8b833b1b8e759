//! Submissions and records: idempotency, group commit, plan versions and superseding, resources, scopes, what reports read.

use ownwords::{
    rules::Outcome,
    store::{AgencyScope, Begun, DeliveryState, NewRecord, StoreError, SubmissionState},
};
use uuid::Uuid;

use super::{
    Home, at, begun, now_says, over_both, patient, place, plan_record, rejected, resource_id, submission, unread_record,
};

const ALL: AgencyScope = AgencyScope::All;

fn only(agency: &str) -> AgencyScope {
    AgencyScope::Only(agency.to_owned())
}

async fn the_same_bytes_are_one_submission(home: &Home) {
    let store = home.migrated().await;
    let (one, two) = tokio::join!(store.begin(submission("north", "aa")), store.begin(submission("north", "aa")));
    let (Begun::New(id), Begun::GoesOn { id: same, kept: 0 }) = (match (one.unwrap(), two.unwrap()) {
        (new @ Begun::New(_), on) | (on, new @ Begun::New(_)) => (new, on),
        both => panic!("{both:?}"),
    }) else {
        panic!("not one new and one that goes on")
    };
    assert_eq!(id, same);
    store.preamble(id, b"A,B\r\n").await.unwrap();
    store.keep([1, 2, 4].map(|at| unread_record(id, at)).to_vec()).await.unwrap();
    let kept = |begun| match begun {
        Begun::GoesOn { kept, .. } => kept,
        other => panic!("{other:?}"),
    };
    assert_eq!(kept(store.begin(submission("north", "aa")).await.unwrap()), 2, "the third is missing");
    store.keep(vec![unread_record(id, 3)]).await.unwrap();
    assert_eq!(kept(store.begin(submission("north", "aa")).await.unwrap()), 4);
    assert_eq!(store.receipt(id, &ALL).await.unwrap().unwrap().state, SubmissionState::Receiving);
    let receipt = store.finish(id).await.unwrap();
    assert_eq!((receipt.state, receipt.records, receipt.rejected), (SubmissionState::Complete, 4, 4));
    assert_eq!(store.finish(id).await.unwrap(), receipt);
    let again = store.begin(submission("north", "aa")).await.unwrap();
    assert!(matches!(again, Begun::AlreadyReceived(found) if found == receipt));
    begun(&store, "south", "aa").await;
    let mut corrected = submission("north", "aa");
    corrected.mapping_version.push('2');
    assert!(matches!(store.begin(corrected).await.unwrap(), Begun::New(_)));
}

async fn a_record_is_kept_once_and_read_back_whole(home: &Home) {
    let store = home.migrated().await;
    let id = begun(&store, "north", "aa").await;
    let record = plan_record(id, 1, "P1", "ann", "one");
    store.keep(vec![record.clone(), record.clone()]).await.unwrap();
    let other = NewRecord { raw: b"else".to_vec(), ..record.clone() };
    store.keep(vec![other]).await.unwrap();
    store.keep(vec![unread_record(id, 2)]).await.unwrap();
    let rows = store.records(id, 0, 10, None).await.unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!((rows[0].plan_id.as_deref(), rows[0].plan_version, rows[0].superseded), (Some("P1"), Some(1), false));
    assert_eq!((&rows[0].findings, &rows[0].unread), (&record.findings, &record.unread));
    assert_eq!(rows[0].start, place(2));
    assert_eq!((rows[1].plan_version, rows[1].outcome), (None, Outcome::Rejected));
    assert_eq!(store.raw(id, 1).await.unwrap(), Some(record.raw));
    assert_eq!(store.raw(id, 3).await.unwrap(), None);
    assert_eq!(store.records(id, 1, 10, None).await.unwrap().len(), 1);
    assert_eq!(store.records(id, 0, 10, Some(Outcome::Accepted)).await.unwrap()[0].ordinal, 1);
    assert_eq!(store.records(id, 0, 1, None).await.unwrap().len(), 1);
}

async fn one_refused_record_takes_no_other_with_it(home: &Home) {
    let store = home.migrated().await;
    let id = begun(&store, "north", "aa").await;
    let orphan = unread_record(Uuid::new_v4(), 1);
    let mut foreign = plan_record(id, 9, "P9", "ann", "one");
    "south".clone_into(&mut foreign.agency);
    let mut strange_again = plan_record(id, 8, "P8", "ann", "one");
    "secret words".clone_into(&mut strange_again.agency);
    let batch: Vec<_> = (1..=3).map(|at| plan_record(id, at, &format!("P{at}"), "ann", "one")).collect();
    let together =
        [vec![orphan.clone()], vec![foreign], vec![strange_again.clone()], batch].map(|part| store.keep(part));
    let [orphaned, foreign, strange, good] = together;
    let (orphaned, foreign, strange, good) = tokio::join!(orphaned, foreign, strange, good);
    for refused in [orphaned, foreign, strange] {
        let error = refused.unwrap_err();
        assert!(matches!(error, StoreError::Refused { .. }), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("secret"));
    }
    good.unwrap();
    let mixed = vec![plan_record(id, 4, "P4", "ann", "one"), strange_again, plan_record(id, 5, "P5", "ann", "one")];
    assert!(store.keep(mixed).await.is_err());
    let kept: Vec<_> = store.records(id, 0, 10, None).await.unwrap().iter().map(|row| row.ordinal).collect();
    assert_eq!(kept, [1, 2, 3, 4, 5]);
}

async fn many_callers_share_commits_and_none_is_lost(home: &Home) {
    let (store, other) = (home.migrated().await, home.open().await);
    let id = begun(&store, "north", "aa").await;
    let mut tasks = Vec::new();
    for task in 0..16_u64 {
        let store = if task % 2 == 0 { store.clone() } else { other.clone() };
        tasks.push(tokio::spawn(async move {
            for step in 0..10 {
                let ordinal = task * 10 + step + 1;
                // Plans of few people, so that writers meet at the same Patient.
                let person = format!("person {}", ordinal % 3);
                store
                    .keep(vec![plan_record(id, ordinal, &format!("P{}", ordinal % 40), &person, "one")])
                    .await
                    .unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let receipt = store.finish(id).await.unwrap();
    assert_eq!((receipt.records, receipt.accepted), (160, 160));
    for plan in 0..40 {
        let versions = store.plan_versions("north", &format!("P{plan}")).await.unwrap();
        let numbers: Vec<_> = versions.iter().map(|one| one.version).collect();
        assert_eq!(numbers, (1..=u32::try_from(versions.len()).unwrap()).collect::<Vec<_>>());
    }
    let counts = store.delivery_counts().await.unwrap();
    let versions: u64 = counts.iter().map(|(_, many)| many).sum();
    assert!(versions >= 40);
}

async fn a_newer_version_supersedes_and_a_restated_one_does_not(home: &Home) {
    let store = home.migrated().await;
    let id = begun(&store, "north", "aa").await;
    let texts = ["one", "two", "two"];
    for (ordinal, text) in (1..).zip(texts) {
        store.keep(vec![plan_record(id, ordinal, "P1", "ann", text)]).await.unwrap();
    }
    let rows = store.records(id, 0, 10, None).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.plan_version.unwrap()).collect::<Vec<_>>(), [1, 2, 2]);
    assert_eq!(rows.iter().map(|row| row.superseded).collect::<Vec<_>>(), [true, false, false]);
    let deliveries = store.deliveries(None, &ALL, 0, 10).await.unwrap();
    let states: Vec<_> = deliveries.iter().map(|one| (one.plan_version, one.state)).collect();
    assert_eq!(states, [(1, DeliveryState::Superseded), (2, DeliveryState::Ready)]);
    // In one batch it comes to the same.
    let batch =
        (4..).zip(["three", "four", "three"]).map(|(at, text)| plan_record(id, at, "P2", "ann", text)).collect();
    store.keep(batch).await.unwrap();
    let deliveries = store.deliveries(Some(DeliveryState::Ready), &ALL, 0, 10).await.unwrap();
    assert_eq!(deliveries.iter().map(|one| one.plan_version).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(now_says(&store, "Goal", "P2/goal").await, Some(("three".to_owned(), 3)));
}

async fn a_rejected_version_is_kept_visible_and_never_passed_on(home: &Home) {
    let store = home.migrated().await;
    let id = begun(&store, "north", "aa").await;
    let good = plan_record(id, 1, "P1", "ann", "one");
    let bad = rejected(plan_record(id, 2, "P1", "ann", "two"));
    let first_bad = rejected(plan_record(id, 3, "P2", "bob", "bad"));
    let corrected = plan_record(id, 4, "P2", "bob", "good");
    store.keep(vec![good, bad, first_bad, corrected]).await.unwrap();
    assert_eq!(now_says(&store, "Goal", "P1/goal").await, Some(("one".to_owned(), 1)));
    assert_eq!(now_says(&store, "Goal", "P2/goal").await, Some(("good".to_owned(), 1)));
    let versions = store.plan_versions("north", "P1").await.unwrap();
    assert_eq!(versions[1].outcome, Outcome::Rejected);
    assert_eq!(versions[1].findings[0].rule, "GOAL-010");
    assert!(versions[1].json.contains("two"));
    let rows = store.records(id, 0, 10, Some(Outcome::Rejected)).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.superseded).collect::<Vec<_>>(), [false, true]);
    let deliveries = store.deliveries(None, &ALL, 0, 10).await.unwrap();
    let entered: Vec<_> = deliveries.iter().map(|one| (one.plan_id.as_str(), one.plan_version)).collect();
    assert_eq!(entered, [("P1", 1), ("P2", 2)]);
    // The same plan, judged by a milder policy, is passed on.
    store.keep(vec![plan_record(id, 5, "P1", "ann", "two")]).await.unwrap();
    assert_eq!(now_says(&store, "Goal", "P1/goal").await, Some(("two".to_owned(), 2)));
}

fn drop_goal(record: &mut NewRecord) {
    record.plan.as_mut().unwrap().resources.remove(1);
}

fn new_patient(record: &mut NewRecord) {
    record.plan.as_mut().unwrap().resources[0] = patient("ann", "second");
}

fn drop_patient(record: &mut NewRecord) {
    record.plan.as_mut().unwrap().resources.remove(0);
}

async fn resources_change_only_with_their_content(home: &Home) {
    let store = home.migrated().await;
    let id = begun(&store, "north", "aa").await;
    let mut ordinal = 0;
    let mut next = |plan: &str, text: &str, edit: fn(&mut NewRecord)| {
        ordinal += 1;
        let mut record = plan_record(id, ordinal, plan, "ann", text);
        edit(&mut record);
        store.keep(vec![record])
    };
    next("A", "one", |_| ()).await.unwrap();
    next("A", "two", |_| ()).await.unwrap();
    assert_eq!(now_says(&store, "Patient", "ann").await, Some(("first".to_owned(), 1)));
    assert_eq!(now_says(&store, "Goal", "A/goal").await, Some(("two".to_owned(), 2)));
    next("B", "one", new_patient).await.unwrap();
    assert_eq!(now_says(&store, "Patient", "ann").await, Some(("second".to_owned(), 2)));
    next("A", "three", drop_goal).await.unwrap();
    assert_eq!(now_says(&store, "Goal", "A/goal").await, None);
    assert_eq!(now_says(&store, "Patient", "ann").await, Some(("first".to_owned(), 3)));
    next("A", "three", |_| ()).await.unwrap();
    assert_eq!(now_says(&store, "Goal", "A/goal").await, Some(("three".to_owned(), 3)));
    assert_eq!(now_says(&store, "CarePlan", "A").await, Some(("three".to_owned(), 3)));
    next("A", "four", drop_patient).await.unwrap();
    assert_eq!(now_says(&store, "Patient", "ann").await, Some(("first".to_owned(), 3)), "plan B still names it");
    let goal = resource_id("Goal", "A/goal");
    assert!(store.resource("CarePlan", goal, &ALL).await.unwrap().here().is_none());
    assert!(store.resource("Goal", goal, &only("north")).await.unwrap().here().is_some());
    assert!(store.resource("Goal", goal, &only("south")).await.unwrap().here().is_none());
}

async fn reports_read_the_newest_record_of_each_plan_in_a_period(home: &Home) {
    let store = home.migrated().await;
    let (north, south) = (begun(&store, "north", "aa").await, begun(&store, "south", "bb").await);
    let mut records: Vec<_> = ["P1", "P2", "P1", "Z", "P1"]
        .into_iter()
        .zip(1..)
        .map(|(plan, ordinal)| plan_record(north, ordinal, plan, "ann", &format!("text {}", ordinal.min(3))))
        .collect();
    records.push(unread_record(north, 6));
    let mut southern = plan_record(south, 2, "P1", "cy", "one");
    "south".clone_into(&mut southern.agency);
    records.push(southern);
    store.keep(records).await.unwrap();
    let named = |plans: Vec<ownwords::store::PlanVersion>| {
        plans.into_iter().map(|one| (one.agency, one.plan_id, one.version)).collect::<Vec<_>>()
    };
    let row = |agency: &str, plan: &str, version: u32| (agency.to_owned(), plan.to_owned(), version);
    let all = store.latest_plans(at(0), at(100), &ALL, None, 10).await.unwrap();
    assert_eq!(all[0].received_at, at(5), "restated last");
    assert_eq!(all[0].findings[0].rule, "STR-002");
    let expected = [row("north", "P1", 2), row("north", "P2", 1), row("north", "Z", 1), row("south", "P1", 1)];
    assert_eq!(named(all), expected);
    assert_eq!(named(store.latest_plans(at(1), at(3), &ALL, None, 10).await.unwrap())[0], row("north", "P1", 1));
    let after = Some(("north".to_owned(), "P2".to_owned()));
    assert_eq!(
        named(store.latest_plans(at(0), at(100), &ALL, after.clone(), 1).await.unwrap()),
        [row("north", "Z", 1)]
    );
    let southern = store.latest_plans(at(0), at(100), &only("south"), after, 10).await.unwrap();
    assert_eq!(named(southern), [row("south", "P1", 1)]);
    assert_eq!(store.unfiled(at(0), at(100), &ALL).await.unwrap(), [("north".to_owned(), 1)]);
    assert!(store.unfiled(at(0), at(6), &ALL).await.unwrap().is_empty());
    assert!(store.unfiled(at(0), at(100), &only("south")).await.unwrap().is_empty());
    assert!(store.receipt(north, &only("south")).await.unwrap().is_none());
    assert_eq!(store.receipt(north, &only("north")).await.unwrap().unwrap().records, 6);
    assert_eq!(store.deliveries(None, &only("south"), 0, 10).await.unwrap().len(), 1);
}

async fn a_whole_submission_is_received_in_one_commit(home: &Home) {
    let store = home.migrated().await;
    let records = vec![plan_record(Uuid::nil(), 1, "P1", "ann", "one"), unread_record(Uuid::nil(), 2)];
    let received = store.receive(submission("north", "aa"), b"A,B\n", records.clone()).await.unwrap();
    assert!(!received.already);
    assert_eq!((received.receipt.state, received.receipt.records), (SubmissionState::Complete, 2));
    let versions: Vec<_> = received.records.iter().map(|row| (row.ordinal, row.plan_version, row.superseded)).collect();
    assert_eq!(versions, [(1, Some(1), false), (2, None, false)]);
    let again = store.receive(submission("north", "aa"), b"A,B\n", records.clone()).await.unwrap();
    assert!(again.already);
    assert_eq!(again.receipt, received.receipt);
    let mut broken = records;
    "south".clone_into(&mut broken[0].agency);
    store.receive(submission("north", "bb"), b"", broken).await.unwrap_err();
    let Begun::GoesOn { id, kept: 0 } = store.begin(submission("north", "bb")).await.unwrap() else { panic!("closed") };
    assert_eq!(store.records(id, 0, 10, None).await.unwrap()[0].ordinal, 2, "the good record is kept");
}

over_both!(
    the_same_bytes_are_one_submission,
    a_record_is_kept_once_and_read_back_whole,
    one_refused_record_takes_no_other_with_it,
    many_callers_share_commits_and_none_is_lost,
    a_newer_version_supersedes_and_a_restated_one_does_not,
    a_rejected_version_is_kept_visible_and_never_passed_on,
    resources_change_only_with_their_content,
    reports_read_the_newest_record_of_each_plan_in_a_period,
    a_whole_submission_is_received_in_one_commit,
);
