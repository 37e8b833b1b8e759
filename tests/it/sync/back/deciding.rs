//! Both sides changed: a person with a name decides, and what was decided is kept.

use std::sync::Arc;

use ownwords::{
    pipeline::keep::Intake,
    store::AgencyScope,
    sync::back::{Keep, ResolveError, resolve},
};
use serde_json::json;

use super::{AGENCY, WORDS, World, goal, plan};
use crate::fake_fhir::Fake;

/// The agency and the EHR both changed the objective.
async fn both_changed(fake: &Fake) -> World {
    let world = World::settled(fake).await;
    world.pull().await;
    let mut second = plan("P-1");
    second["objectives"][0]["text"] = json!("Four paintings");
    second["source"]["record_version"] = json!("2");
    world.send_for_here(&second).await;
    fake.edit(&goal(fake, "Two paintings by spring"), |goal| goal["description"]["text"] = json!("Three paintings"));
    let pulled = world.pull().await;
    assert_eq!((pulled.taken, pulled.reviews), (0, 1), "{pulled:?}");
    world
}

#[tokio::test]
async fn a_named_person_decides_for_theirs() {
    let fake = Fake::own_ids().await;
    let world = both_changed(&fake).await;
    let review = world.reviews().await.remove(0);
    let (intake, all) = (&world.intake, AgencyScope::All);
    let nobody = resolve(intake, review.id, &all, Keep::Ours, (" ", "local")).await;
    assert!(matches!(nobody, Err(ResolveError::NoName)));
    let stranger = AgencyScope::Only("ag-2".to_owned());
    let hidden = resolve(intake, review.id, &stranger, Keep::Ours, ("M. Rivera", "local")).await;
    assert!(matches!(hidden, Err(ResolveError::NotHere)));
    let done = resolve(intake, review.id, &all, Keep::Theirs, ("M. Rivera", "local")).await.expect("resolved");
    assert_eq!(done.plan_version, Some(3));
    assert_eq!(world.now().await["objectives"][0]["text"], "Three paintings");
    let kept = world.reviews().await.remove(0);
    assert_eq!(
        (kept.state.as_str(), kept.resolved_by.as_deref(), kept.plan_version),
        ("theirs", Some("M. Rivera"), Some(3))
    );
    let again = resolve(intake, review.id, &all, Keep::Ours, ("M. Rivera", "local")).await;
    assert!(matches!(again, Err(ResolveError::NotOpen)));
    assert_eq!(world.pull().await.reviews, 0);
}

#[tokio::test]
async fn ours_stays_and_the_same_is_not_asked_twice() {
    let fake = Fake::own_ids().await;
    let world = both_changed(&fake).await;
    let review = world.reviews().await.remove(0);
    let by = ("M. Rivera", "local");
    let done = resolve(&world.intake, review.id, &AgencyScope::All, Keep::Ours, by).await.expect("resolved");
    assert_eq!((done.plan_version, done.is_sent), (None, true));
    assert_eq!(world.now().await["objectives"][0]["text"], "Four paintings");
    assert_eq!(world.pull().await.busy, 1, "ours is on its way");
    world.deliver(&["P-1"]).await;
    let key = goal(&fake, "Four paintings");
    assert_eq!(world.pull().await.reviews, 0, "both say the same");
    fake.edit(&key, |goal| goal["target"] = json!([{ "dueDate": "2027-05-01" }]));
    let pulled = world.pull().await;
    assert_eq!((pulled.taken, pulled.reviews), (1, 0), "{pulled:?}");
    assert_eq!(world.reviews().await[0].state.as_str(), "ours");
}

#[tokio::test]
async fn what_the_ehr_repeats_after_a_decision_is_not_asked_again() {
    let fake = Fake::own_ids().await;
    let world = both_changed(&fake).await;
    let review = world.reviews().await.remove(0);
    let elsewhere = Intake { outlets: Arc::default(), ..world.intake.clone() };
    let by = ("M. Rivera", "local");
    let done = resolve(&elsewhere, review.id, &AgencyScope::All, Keep::Ours, by).await.expect("resolved");
    assert!(!done.is_sent, "this intake delivers nowhere");
    fake.edit(&goal(&fake, "Three paintings"), |goal| goal["target"] = json!([{ "dueDate": "2027-05-01" }]));
    let pulled = world.pull().await;
    assert_eq!((pulled.taken, pulled.reviews), (1, 0), "{pulled:?}");
    assert_eq!(world.now().await["objectives"][0]["text"], "Four paintings");
}

#[tokio::test]
async fn words_that_a_person_takes_from_the_ehr_lose_what_vouched_for_others() {
    let fake = Fake::own_ids().await;
    let world = World::settled(&fake).await;
    fake.edit(&goal(&fake, WORDS), |goal| goal["description"]["text"] = json!("I want to show my paintings"));
    world.pull().await;
    let review = world.reviews().await.remove(0);
    let by = ("M. Rivera, asked by the person", "local");
    let done = resolve(&world.intake, review.id, &AgencyScope::All, Keep::Theirs, by).await.expect("resolved");
    assert_eq!(done.plan_version, Some(2));
    let statement = world.now().await["goals"][0]["statement"].take();
    assert_eq!(statement, json!({ "text": "I want to show my paintings", "lang": "en", "expressed_by": "person" }));
    let versions = world.versions().await;
    assert!(versions[0].json.contains("paint") && versions[0].agency == AGENCY, "what was said before is kept");
}

#[tokio::test]
async fn what_the_rules_send_back_is_left_to_a_person() {
    let fake = Fake::own_ids().await;
    let world = World::settled(&fake).await;
    fake.edit(&goal(&fake, WORDS), |goal| {
        goal["description"]["text"] = json!("Patient will be compliant with medication");
    });
    world.pull().await;
    let review = world.reviews().await.remove(0);
    let done = resolve(&world.intake, review.id, &AgencyScope::All, Keep::Theirs, ("M. Rivera", "local")).await;
    assert!(matches!(done, Err(ResolveError::NotAccepted)), "{done:?}");
    assert_eq!(world.reviews().await[0].state.as_str(), "open");
    let plans = world.intake.store.plans_at("ehr", AGENCY, "person-of-P-1").await.expect("a store");
    assert_eq!(plans[0].version, 1, "the accepted version stays");
}
