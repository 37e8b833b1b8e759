//! EHRs that make reading hard: stale searches, servers that slow us down, resources of others, and our own deliveries in
//! between. More of it stands in the test kit.

use ownwords::sync::back::{PullError, ReadFile, Wanted};
use serde_json::json;

use super::{WORDS, World, goal, plan};
use crate::fake_fhir::Fake;

#[tokio::test]
async fn a_search_that_still_says_what_was_reverts_nothing() {
    let fake = Fake::own_ids().await;
    let world = World::settled(&fake).await;
    world.pull().await;
    let own = goal(&fake, WORDS);
    let before = fake.inside().resources[&own].1.clone();
    let mut second = plan("P-1");
    second["goals"][0]["status"] = json!("on-hold");
    second["source"]["record_version"] = json!("2");
    world.send(&second).await;
    assert_eq!(world.pull().await.busy, 1, "a delivery is on its way");
    world.deliver(&["P-1"]).await;
    fake.inside().ehr.back.stale.insert(own.clone(), before);
    let everything = Wanted { person: Some("person-of-P-1".to_owned()), dry_run: false };
    let pulled = world.wanted(everything.clone()).await;
    assert_eq!((pulled.taken, pulled.reviews), (0, 0), "{pulled:?}");
    assert_eq!(world.now().await["goals"][0]["status"], "on-hold");
    // Once the EHR itself says so, it is their change.
    fake.edit(&own, |goal| goal["lifecycleStatus"] = json!("active"));
    fake.inside().ehr.back.stale.clear();
    assert_eq!(world.wanted(everything).await.taken, 1);
}

#[tokio::test]
async fn a_server_that_asks_for_patience_gets_it_and_the_round_goes_on_where_it_stopped() {
    let fake = Fake::own_ids().await;
    let world = World::at(&fake).await;
    world.send(&plan("P-1")).await;
    world.send(&plan("P-2")).await;
    world.deliver(&["P-1", "P-2"]).await;
    fake.inside().ehr.back.searches.extend([(429, Some(("retry-after", "0"))), (503, Some(("retry-after", "0")))]);
    assert_eq!(world.pull().await.persons, 2);
    // After the first person's four searches the server wants an hour.
    {
        let mut inside = fake.inside();
        inside.ehr.back.well_first = 4;
        inside.ehr.back.searches.push_back((429, Some(("retry-after", "3600"))));
    }
    let halted = world.try_pull().await;
    let Err(PullError::Halted { reason, wait }) = halted else { panic!("{halted:?}") };
    assert_eq!((reason, wait.map(|wait| wait.as_secs())), ("asked to slow down", Some(3600)));
    assert_eq!(world.pull().await.persons, 1, "the first one was read already");
    assert_eq!(world.pull().await.persons, 2, "and a new round begins");
}

#[tokio::test]
async fn resources_of_others_are_left_alone() {
    let fake = Fake::own_ids().await;
    let world = World::settled(&fake).await;
    let own = goal(&fake, WORDS);
    let subject = fake.inside().resources[&own].1["subject"].clone();
    {
        let mut inside = fake.inside();
        let stranger = json!({ "resourceType": "Goal", "id": "x", "subject": subject, "description": { "text": "theirs" },
            "lifecycleStatus": "active" });
        inside.resources.insert("Goal/x".to_owned(), (1, stranger));
        // A merge at the EHR: the search for our person shows a goal that names another one.
        let mut moved = inside.resources[&own].1.clone();
        moved["subject"]["reference"] = json!("Patient/another");
        moved["lifecycleStatus"] = json!("completed");
        inside.ehr.back.stale.insert(own, moved);
    }
    let pulled = world.pull().await;
    assert_eq!((pulled.not_ours, pulled.of_others, pulled.taken, pulled.reviews), (1, 1, 0, 0), "{pulled:?}");
}

#[tokio::test]
async fn only_those_on_the_roster_are_read() {
    let fake = Fake::own_ids().await;
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), "\n person-of-P-2 \n").expect("written");
    let read = ReadFile { per_second: 0, roster: file.path().to_owned(), ..ReadFile::default() };
    let world = World::reading(&fake, read).await;
    world.send(&plan("P-1")).await;
    world.send(&plan("P-2")).await;
    world.deliver(&["P-1", "P-2"]).await;
    assert_eq!(world.pull().await.persons, 1);
    drop(file);
    assert!(matches!(world.try_pull().await, Err(PullError::Roster { .. })));
}
