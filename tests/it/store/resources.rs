//! Reading resources back: what they were before, whose they are, and the order in which they changed.

use std::collections::BTreeSet;

use ownwords::store::{AgencyScope, Found, NewRecord, Spot, Standing, Store, Stretch};
use sqlx::{Connection, Executor, SqliteConnection};
use uuid::Uuid;

use super::{Home, at, begun, over_both, patient, plan_record, rejected, resource_id, run};

const ALL: AgencyScope = AgencyScope::All;

fn only(agency: &str) -> AgencyScope {
    AgencyScope::Only(agency.to_owned())
}

const EVERYTHING: Stretch = Stretch { after: None, from: i64::MIN, before: i64::MAX, is_down: false };

/// Plan versions that are looked through at once.
const MANY: usize = 100;

/// Whether each version was one, newest first, and what it said.
async fn told(store: &Store, kind: &str, key: &str) -> Vec<(u32, Option<String>)> {
    let history = store.resource_history(kind, resource_id(kind, key), &ALL).await.unwrap();
    let says =
        |json: &str| serde_json::from_str::<serde_json::Value>(json).unwrap()["text"].as_str().unwrap().to_owned();
    history.into_iter().map(|one| (one.version, one.resource.map(|stored| says(&stored.json)))).collect()
}

fn row(version: u32, text: &str) -> (u32, Option<String>) {
    (version, Some(text.to_owned()))
}

fn without_goal(mut record: NewRecord) -> NewRecord {
    record.plan.as_mut().unwrap().resources.retain(|one| one.kind != "Goal");
    record
}

async fn every_version_of_a_resource_stays(home: &Home) {
    let store = home.migrated().await;
    let id = begun(&store, "north", "aa").await;
    let record = |ordinal, text| plan_record(id, ordinal, "P", "ann", text);
    store.keep(vec![record(1, "one")]).await.unwrap();
    assert_eq!(told(&store, "Goal", "P/goal").await, [row(1, "one")]);
    store.keep(vec![record(2, "two"), rejected(record(3, "sent back")), record(4, "three")]).await.unwrap();
    assert_eq!(told(&store, "Goal", "P/goal").await, [row(3, "three"), row(2, "two"), row(1, "one")]);
    store.keep(vec![without_goal(record(5, "four"))]).await.unwrap();
    let goal = resource_id("Goal", "P/goal");
    assert!(matches!(store.resource("Goal", goal, &ALL).await.unwrap(), Standing::Gone));
    assert!(matches!(store.resource("Task", goal, &ALL).await.unwrap(), Standing::Never));
    assert!(matches!(store.resource("Goal", goal, &only("south")).await.unwrap(), Standing::Never));
    store.keep(vec![record(6, "five"), without_goal(record(7, "six"))]).await.unwrap();
    let all = [(4, None), row(4, "five"), (3, None), row(3, "three"), row(2, "two"), row(1, "one")];
    assert_eq!(told(&store, "Goal", "P/goal").await, all);
    let moments: Vec<_> =
        store.resource_history("Goal", goal, &ALL).await.unwrap().iter().map(|one| one.updated_at).collect();
    assert!(moments.is_sorted_by(|one, next| one >= next), "{moments:?}");
    assert_eq!(moments.iter().collect::<BTreeSet<_>>().len(), 4, "what is kept together has one moment");
    assert_eq!(told(&store, "Patient", "ann").await, [row(1, "first")], "no version repeats it");
    assert!(store.resource_history("Task", goal, &ALL).await.unwrap().is_empty());
    assert!(store.resource_history("Goal", goal, &only("south")).await.unwrap().is_empty());
}

async fn what_became_of_all_is_told_from_the_newest(home: &Home) {
    let store = home.migrated().await;
    let id = begun(&store, "north", "aa").await;
    let record = |ordinal: u64, plan: u64, text: &str| plan_record(id, ordinal, &format!("P{plan}"), "ann", text);
    store.keep((1..=120).map(|at| record(at, at, "one")).collect()).await.unwrap();
    store
        .keep(vec![record(121, 7, "two"), without_goal(record(122, 8, "two")), record(123, 8, "three")])
        .await
        .unwrap();
    let (mut before, mut seen) = (None, Vec::new());
    loop {
        let (changes, next) = store.changes(Some("Goal"), before, i64::MIN, i64::MAX, &ALL).await.unwrap();
        seen.extend(changes);
        before = next;
        if next.is_none() {
            break;
        }
    }
    let told: Vec<_> =
        seen.iter().take(4).map(|one| (one.id, one.change.version, one.change.resource.is_some())).collect();
    let goal = |plan: &str| resource_id("Goal", &format!("{plan}/goal"));
    assert_eq!(told, [(goal("P8"), 2, true), (goal("P8"), 1, false), (goal("P7"), 2, true), (goal("P120"), 1, true)]);
    assert_eq!(seen.len(), 123, "each change once");
    assert!(seen.is_sorted_by(|one, next| one.spot > next.spot));
    let since = seen[2].change.updated_at.as_microsecond();
    let (rest, _) = store.changes(Some("Goal"), Some(seen[1].spot), since, i64::MAX, &ALL).await.unwrap();
    assert_eq!(rest.iter().map(|one| one.spot).collect::<Vec<_>>(), [seen[2].spot]);
    let (all, _) = store.changes(None, None, since, i64::MAX, &ALL).await.unwrap();
    assert_eq!(all.len(), 6, "three goals and three plans; the Patient is as it was");
    assert!(store.changes(None, None, i64::MIN, i64::MAX, &only("south")).await.unwrap().0.is_empty());
}

fn names(found: &[Found]) -> Vec<(&str, Uuid)> {
    let mut names: Vec<_> = found.iter().map(|one| (one.resource.kind.as_str(), one.resource.id)).collect();
    names.sort_unstable();
    names
}

async fn a_person_has_what_their_plans_now_hold(home: &Home) {
    let store = home.migrated().await;
    let id = begun(&store, "north", "aa").await;
    let mut shared = plan_record(id, 4, "B", "ann", "one");
    shared.plan.as_mut().unwrap().resources[0] = patient("ann", "second");
    let records = vec![
        plan_record(id, 1, "A", "ann", "one"),
        without_goal(plan_record(id, 2, "A", "ann", "two")),
        plan_record(id, 3, "C", "bob", "one"),
        shared,
        rejected(plan_record(id, 5, "D", "ann", "bad")),
        rejected(plan_record(id, 6, "B", "bob", "sent back, and of someone else")),
    ];
    store.keep(records).await.unwrap();
    store.keep(vec![rejected(plan_record(id, 7, "A", "bob", "this, too"))]).await.unwrap();
    let (ann, bob) = (resource_id("Patient", "ann"), resource_id("Patient", "bob"));
    let goals = store.resources_of_people("Goal", &[ann], &ALL).await.unwrap();
    assert_eq!(names(&goals), [("Goal", resource_id("Goal", "B/goal"))]);
    let plans = store.resources_of_people("CarePlan", &[ann, bob], &only("north")).await.unwrap();
    assert_eq!(plans.len(), 3);
    assert!(store.resources_of_people("CarePlan", &[ann], &only("south")).await.unwrap().is_empty());
    assert!(store.resources_of_people("Goal", &[goals[0].resource.id], &ALL).await.unwrap().is_empty());
    let people = store.resources_of_people("Patient", &[ann], &ALL).await.unwrap();
    assert!(people.len() == 1 && people[0].resource.json.contains("second"), "the newest of both plans");
    let some = [resource_id("Goal", "A/goal"), ann, resource_id("CarePlan", "C"), Uuid::nil()];
    let found = store.resources(&some, &ALL).await.unwrap();
    assert_eq!(names(&found), [("CarePlan", some[2]), ("Patient", ann)]);
    assert!(store.resources(&some, &only("south")).await.unwrap().is_empty());
    let beside = store.resources_beside("Goal", &[plans[0].spot, found[1].spot], &ALL).await.unwrap();
    assert_eq!(names(&beside), [("Goal", resource_id("Goal", "B/goal"))], "what their plans hold now");
}

async fn resources_are_walked_through_in_the_order_of_change(home: &Home) {
    let store = home.migrated().await;
    let id = begun(&store, "north", "aa").await;
    let record = |ordinal: u64, plan: u64, text: &str| plan_record(id, ordinal, &format!("P{plan}"), "ann", text);
    store.keep((1..=130).map(|at| record(at, at, "one")).collect()).await.unwrap();
    store.keep(vec![record(131, 2, "two"), rejected(record(132, 3, "bad"))]).await.unwrap();
    let mut stretch = EVERYTHING;
    let mut seen = Vec::new();
    loop {
        let (found, next) = store.resources_along("Goal", &[], stretch, MANY, &ALL).await.unwrap();
        seen.extend(found);
        let Some(next) = next else { break };
        assert_eq!(Spot::named(&next.text()), Some(next));
        stretch.after = Some(next);
    }
    assert_eq!(seen.len(), 130, "each once");
    assert!(seen.is_sorted_by_key(|one| one.spot));
    assert_eq!(seen[129].resource.id, resource_id("Goal", "P2/goal"), "what changed last comes last");
    let (rest, _) = store
        .resources_along("Goal", &[], Stretch { after: Some(seen[127].spot), ..EVERYTHING }, MANY, &ALL)
        .await
        .unwrap();
    assert_eq!(rest.iter().map(|one| one.spot).collect::<Vec<_>>(), [seen[128].spot, seen[129].spot]);
    let last = seen[129].resource.updated_at.as_microsecond();
    for (from, before, many) in [(last, last + 1, 1), (last + 1, i64::MAX, 0)] {
        let late = Stretch { from, before, ..EVERYTHING };
        assert_eq!(store.resources_along("Goal", &[], late, MANY, &ALL).await.unwrap().0.len(), many);
    }
    let (people, _) = store.resources_along("Patient", &[], EVERYTHING, MANY, &ALL).await.unwrap();
    assert_eq!(people.len(), 1, "what all plans share is there once");
    assert!(store.resources_along("Goal", &[], EVERYTHING, MANY, &only("south")).await.unwrap().0.is_empty());
    assert!(["", "1-2", "x-y-z", "1-2-3"].iter().all(|text| Spot::named(text).is_none()));
}

async fn what_is_kept_later_has_no_earlier_moment(home: &Home) {
    let store = home.migrated().await;
    let id = begun(&store, "north", "aa").await;
    let record = |ordinal: u64, plan: &str| plan_record(id, ordinal, plan, "ann", "one");
    store.keep(vec![record(1, "A")]).await.unwrap();
    let (up_to, as_of) = store.settled().await.unwrap();
    // Received long before, and kept now.
    let mut late = record(2, "B");
    late.received_at = at(-9_000_000);
    store.keep(vec![late]).await.unwrap();
    let since = as_of.as_microsecond();
    let (missed, _) = store.changes(Some("Goal"), None, since, i64::MAX, &ALL).await.unwrap();
    assert_eq!(missed.iter().map(|one| one.id).collect::<Vec<_>>(), [resource_id("Goal", "B/goal")]);
    let (before, _) = store.changes(Some("Goal"), None, i64::MIN, up_to, &ALL).await.unwrap();
    assert_eq!(before.iter().map(|one| one.id).collect::<Vec<_>>(), [resource_id("Goal", "A/goal")]);
    let versions = store.plan_versions("north", "B").await.unwrap();
    assert_eq!(versions[0].received_at, at(-9_000_000), "when it was received stays");
}

async fn resources_are_counted_as_they_are_found(home: &Home) {
    let store = home.migrated().await;
    let id = begun(&store, "north", "aa").await;
    let record = |ordinal: u64, plan: u64| plan_record(id, ordinal, &format!("P{plan}"), "ann", "one");
    store.keep((1..=130).map(|at| record(at, at)).collect()).await.unwrap();
    let first = store.settled().await.unwrap().1.as_microsecond();
    store.keep(vec![without_goal(record(131, 2)), plan_record(id, 132, "P3", "ann", "two")]).await.unwrap();
    let always = (i64::MIN, i64::MAX);
    for (kind, between, scope, many) in [
        ("Goal", always, ALL, 129),
        ("Patient", always, only("north"), 1),
        ("Goal", always, only("south"), 0),
        ("Goal", (first, i64::MAX), ALL, 1),
        ("Goal", (i64::MIN, first), only("north"), 128),
        ("Task", always, ALL, 0),
    ] {
        assert_eq!(store.count(kind, between, &scope).await.unwrap(), many, "{kind} {between:?} {scope:?}");
    }
    forget_kinds(home).await;
    assert_eq!(store.count("Goal", always, &ALL).await.unwrap(), 0, "as in a store from before");
    store.migrate().await.unwrap();
    assert_eq!(store.count("Goal", always, &ALL).await.unwrap(), 129);
}

async fn forget_kinds(home: &Home) {
    let sql = "update resource set kind = null";
    if home.schema.is_some() {
        return run(&home.url, sql.to_owned()).await;
    }
    let mut connection = SqliteConnection::connect(&home.url).await.unwrap();
    connection.execute(sql).await.unwrap();
    connection.close().await.unwrap();
}

over_both!(
    what_is_kept_later_has_no_earlier_moment,
    resources_are_counted_as_they_are_found,
    every_version_of_a_resource_stays,
    what_became_of_all_is_told_from_the_newest,
    a_person_has_what_their_plans_now_hold,
    resources_are_walked_through_in_the_order_of_change,
);
