//! Long statements: found by what they share, counted by person, replaced with the plan, forgotten with the person; hashes only.

use std::{collections::BTreeSet, fs};

use ownwords::{
    plan::Plan,
    rules::sameness::{Key, Wording},
    store::{NewRecord, Store},
};
use serde_json::json;
use uuid::Uuid;

use super::{Home, begun, over_both, plan_record, rejected};

const TEMPLATE: &str = "I want to feel better about myself so that I can enjoy life with my family and friends again";
const OTHER: &str = "I want to open a small repair shop for bicycles near the river with my two brothers this year";

fn wordings(agency: &str, texts: &[&str]) -> Vec<Wording> {
    let goals: Vec<_> = texts.iter().map(|text| json!({ "statement": { "text": text } })).collect();
    let plan: Plan = serde_json::from_value(json!({ "goals": goals })).unwrap();
    let wordings = Key::of(b"secret", agency).wordings(&plan);
    assert_eq!(wordings.len(), texts.len(), "all are long");
    wordings
}

/// A record whose plan has these goals, told by their hashes alone.
fn record(submission: Uuid, ordinal: u64, plan_id: &str, person: &str, texts: &[&str]) -> NewRecord {
    let mut record = plan_record(submission, ordinal, plan_id, person, &format!("version {ordinal}"));
    record.plan.as_mut().unwrap().wordings = wordings("north", texts);
    record
}

/// The people who have the statement, of those the store names.
async fn people(store: &Store, agency: &str, text: &str) -> BTreeSet<String> {
    let asked = wordings(agency, &[text]).pop().unwrap();
    let found = store.wordings_like(agency, &[&asked]).await.unwrap();
    let alike = found.into_iter().filter(|one| asked.is_like(&one.shingles));
    alike.flat_map(|one| one.people).collect()
}

fn set<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
    names.into_iter().map(str::to_owned).collect()
}

async fn statements_are_found_by_what_they_share(home: &Home) {
    let store = home.migrated().await;
    let id = begun(&store, "north", "aa").await;
    let nearly = TEMPLATE.replace("again", "again soon");
    let all = [("P1", "ann", TEMPLATE), ("P2", "bob", &nearly), ("P3", "cy", OTHER), ("P4", "ann", TEMPLATE)];
    let records = (1..).zip(all).map(|(at, (plan, person, text))| record(id, at, plan, person, &[text])).collect();
    store.keep(records).await.unwrap();
    assert_eq!(people(&store, "north", &TEMPLATE.to_uppercase()).await, set(["ann", "bob"]));
    assert_eq!(people(&store, "north", OTHER).await, set(["cy"]));
    assert_eq!(people(&store, "south", TEMPLATE).await, set([]));
    let asked = wordings("north", &[TEMPLATE]);
    assert!(store.wordings_like("south", &[&asked[0]]).await.unwrap().is_empty(), "an agency sees its own only");
    assert!(store.wordings_like("north", &[]).await.unwrap().is_empty());
    let both = wordings("north", &[TEMPLATE, OTHER]);
    let found = store.wordings_like("north", &both.iter().collect::<Vec<_>>()).await.unwrap();
    assert_eq!(found.len(), 3, "each statement once, however often it is asked for");
}

async fn of_many_people_three_are_named(home: &Home) {
    let store = home.migrated().await;
    let id = begun(&store, "north", "aa").await;
    let one = |at: u64| record(id, at, &format!("P{at}"), &format!("person {}", at % 9), &[TEMPLATE, OTHER]);
    store.keep((1..=30).map(one).collect()).await.unwrap();
    assert_eq!(people(&store, "north", TEMPLATE).await.len(), 3);
}

/// An agency may fill one template thousands of times: no record is held against all of them.
async fn of_many_that_share_a_mark_the_newest_are_held_against(home: &Home) {
    let store = home.migrated().await;
    let id = begun(&store, "north", "aa").await;
    let one = |at: u64| {
        let text = format!("{TEMPLATE} by day {at}");
        record(id, at, &format!("P{at}"), &format!("person {at}"), &[&text])
    };
    store.keep((1..=20).map(one).collect()).await.unwrap();
    store.keep((21..=120).map(one).collect()).await.unwrap();
    let asked = wordings("north", &[&format!("{TEMPLATE} by day 121")]).pop().unwrap();
    let found = store.wordings_like("north", &[&asked]).await.unwrap();
    assert_eq!(found.len(), 100);
    let people: BTreeSet<String> = found.into_iter().flat_map(|one| one.people).collect();
    assert!(people.contains("person 120") && !people.contains("person 20"), "the newest");
}

async fn a_newer_version_takes_the_place_of_what_was_said(home: &Home) {
    let store = home.migrated().await;
    let id = begun(&store, "north", "aa").await;
    store.keep(vec![record(id, 1, "P1", "ann", &[TEMPLATE]), record(id, 2, "P2", "bob", &[TEMPLATE])]).await.unwrap();
    store.keep(vec![record(id, 3, "P1", "ann", &[OTHER])]).await.unwrap();
    assert_eq!(people(&store, "north", TEMPLATE).await, set(["bob"]));
    assert_eq!(people(&store, "north", OTHER).await, set(["ann"]));
    // In one batch it comes to the same; a version that was rejected says what it says.
    let sent_back = rejected(record(id, 6, "P2", "bob", &[OTHER]));
    let batch = vec![record(id, 4, "P3", "cy", &[OTHER]), record(id, 5, "P3", "cy", &[TEMPLATE]), sent_back];
    store.keep(batch).await.unwrap();
    assert_eq!(people(&store, "north", TEMPLATE).await, set(["cy"]));
    assert_eq!(people(&store, "north", OTHER).await, set(["ann", "bob"]));
    store.keep(vec![record(id, 7, "P3", "cy", &[])]).await.unwrap();
    assert_eq!(people(&store, "north", TEMPLATE).await, set([]));
    let asked = wordings("north", &[TEMPLATE]);
    assert!(store.wordings_like("north", &[&asked[0]]).await.unwrap().is_empty(), "what nobody says is not kept");
    // Another person's plan under the same number.
    store.keep(vec![record(id, 8, "P1", "dee", &[OTHER])]).await.unwrap();
    assert_eq!(people(&store, "north", OTHER).await, set(["bob", "dee"]));
}

async fn what_a_person_said_is_forgotten_and_nobody_elses(home: &Home) {
    let store = home.migrated().await;
    let (north, south) = (begun(&store, "north", "aa").await, begun(&store, "south", "bb").await);
    let mut elsewhere = record(south, 1, "P1", "ann", &[]);
    "south".clone_into(&mut elsewhere.agency);
    elsewhere.plan.as_mut().unwrap().wordings = wordings("south", &[TEMPLATE]);
    let all = [("P1", "ann", &[TEMPLATE, OTHER][..]), ("P2", "ann", &[TEMPLATE]), ("P3", "bob", &[TEMPLATE])];
    let records = (1..).zip(all).map(|(at, (plan, person, texts))| record(north, at, plan, person, texts)).collect();
    store.keep(records).await.unwrap();
    store.keep(vec![elsewhere]).await.unwrap();
    assert_eq!(store.forget_words("north", "nobody").await.unwrap(), 0);
    assert_eq!(store.forget_words("north", "ann").await.unwrap(), 3);
    assert_eq!(store.forget_words("north", "ann").await.unwrap(), 0);
    assert_eq!(people(&store, "north", TEMPLATE).await, set(["bob"]));
    let asked = wordings("north", &[OTHER]);
    assert!(store.wordings_like("north", &[&asked[0]]).await.unwrap().is_empty());
    assert_eq!(people(&store, "south", TEMPLATE).await, set(["ann"]), "another agency's person of the same number");
    assert_eq!(store.plan_versions("north", "P1").await.unwrap().len(), 1, "the plan itself stays");
    store.keep(vec![record(north, 9, "P1", "ann", &[OTHER])]).await.unwrap();
    assert_eq!(people(&store, "north", OTHER).await, set(["ann"]));
}

async fn many_writers_of_one_statement_lose_none(home: &Home) {
    let (store, other) = (home.migrated().await, home.open().await);
    let id = begun(&store, "north", "aa").await;
    let mut tasks = Vec::new();
    for task in 0..6_u64 {
        let store = if task % 2 == 0 { store.clone() } else { other.clone() };
        tasks.push(tokio::spawn(async move {
            for step in 0..5 {
                let at = task * 5 + step + 1;
                let texts: &[&str] = if at % 2 == 0 { &[TEMPLATE, OTHER] } else { &[OTHER, TEMPLATE] };
                store.keep(vec![record(id, at, &format!("P{task}"), &format!("p{task}"), texts)]).await.unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let mut rest: BTreeSet<String> = (0..6).map(|task| format!("p{task}")).collect();
    while !rest.is_empty() {
        let named = people(&store, "north", TEMPLATE).await;
        assert!(named.is_subset(&rest) && !named.is_empty(), "{named:?} of {rest:?}");
        for person in named {
            assert_eq!(store.forget_words("north", &person).await.unwrap(), 2);
            rest.remove(&person);
        }
    }
    assert!(people(&store, "north", OTHER).await.is_empty());
}

over_both!(
    statements_are_found_by_what_they_share,
    of_many_people_three_are_named,
    of_many_that_share_a_mark_the_newest_are_held_against,
    a_newer_version_takes_the_place_of_what_was_said,
    what_a_person_said_is_forgotten_and_nobody_elses,
    many_writers_of_one_statement_lose_none,
);

/// The records above hold their goals as hashes only, so that a word of a goal in the file could come from nowhere else.
#[tokio::test(flavor = "multi_thread")]
async fn the_file_holds_no_word_of_a_goal_but_in_record_and_plan() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let store = Store::open(&format!("sqlite:{}", path.display())).await.unwrap();
    store.migrate().await.unwrap();
    let id = begun(&store, "north", "aa").await;
    let mut told = plan_record(id, 1, "P1", "ann", "quokka");
    told.plan.as_mut().unwrap().wordings = wordings("north", &[OTHER]);
    store.keep(vec![told, record(id, 2, "P2", "bob", &[TEMPLATE])]).await.unwrap();
    assert_eq!(people(&store, "north", OTHER).await, set(["ann"]));
    store.close().await;
    let files = fs::read_dir(folder.path()).unwrap().flat_map(|entry| fs::read(entry.unwrap().path()).unwrap());
    let bytes: Vec<u8> = files.map(|byte| byte.to_ascii_lowercase()).collect();
    let holds = |word: &str| bytes.windows(word.len()).any(|window| window == word.as_bytes());
    assert!(holds("quokka"), "what a plan says would be seen");
    for word in TEMPLATE.split(' ').chain(OTHER.split(' ')).filter(|word| word.len() > 4) {
        assert!(!holds(word), "{word}");
    }
}
