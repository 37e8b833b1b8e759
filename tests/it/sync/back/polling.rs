//! What comes back: echoes make nothing, changes are merged, the person's words stay, what is gone is gone only after a day.

use ownwords::sync::back::Wanted;
use serde_json::json;

use super::{WORDS, World, goal, plan};
use crate::fake_fhir::Fake;

const PERSONS_WORDS: (&str, &str, &str) = ("/statement/text", "persons-words", "open");

fn is(told: &[(String, String, &'static str)], expected: &[(&str, &str, &str)]) {
    let told: Vec<_> = told.iter().map(|(field, reason, state)| (field.as_str(), reason.as_str(), *state)).collect();
    assert_eq!(told, expected);
}

#[tokio::test]
async fn an_echo_makes_nothing_by_either_method() {
    for fake in [Fake::own_ids().await, Fake::if_none_exist().await] {
        let world = World::settled(&fake).await;
        for _ in 0..2 {
            let pulled = world.pull().await;
            assert_eq!((pulled.persons, pulled.taken, pulled.reviews, pulled.not_ours), (1, 0, 0, 0));
            assert_eq!(pulled.resources, pulled.unchanged, "{pulled:?}");
        }
        assert_eq!(world.versions().await.len(), 1);
        assert_eq!(world.intake.store.seen("ehr", "ag-1", "person-of-P-1").await.expect("a store").len(), 5);
        let asked = fake.inside().ehr.back.asked.clone();
        let since = asked.iter().filter(|one| one.contains("_lastUpdated=ge20")).count();
        assert_eq!(
            (since, asked.len()),
            (4, 12),
            "each type is tried out once, and then asked for what changed: {asked:?}"
        );
    }
}

#[tokio::test]
async fn a_change_is_taken_once_and_not_sent_back() {
    let fake = Fake::own_ids().await;
    let world = World::settled(&fake).await;
    world.pull().await;
    fake.edit(&goal(&fake, WORDS), |goal| goal["lifecycleStatus"] = json!("completed"));
    fake.edit(&goal(&fake, "Two paintings by spring"), |goal| goal["description"]["text"] = json!("Three paintings"));
    fake.edit(&goal(&fake, "Art group"), |service| service["status"] = json!("completed"));
    let dry = world.wanted(Wanted { dry_run: true, person: None }).await;
    assert_eq!((dry.taken, world.versions().await.len()), (3, 1), "a dry run changes nothing");
    let pulled = world.pull().await;
    assert_eq!((pulled.taken, pulled.plans, pulled.reviews, pulled.resources), (3, 1, 0, 3), "{pulled:?}");
    let now = world.now().await;
    assert_eq!(now["goals"][0]["status"], "achieved");
    assert_eq!(now["goals"][0]["statement"], plan("P-1")["goals"][0]["statement"]);
    assert_eq!(now["objectives"][0]["text"], "Three paintings");
    assert_eq!(now["actions"][1]["status"], "done");
    assert_eq!(now["source"].get("record_version"), None);
    let deliveries =
        world.intake.store.deliveries(None, &ownwords::store::AgencyScope::All, 0, 10).await.expect("a store");
    assert_eq!((deliveries.len(), fake.inside().transactions.len()), (1, 1), "it is not sent back");
    // The overlap shows the same again; it is known.
    let again = world.pull().await;
    assert_eq!((again.taken, again.resources, again.unchanged), (0, 3, 3));
    // And back again, which is a change of its own.
    fake.edit(&goal(&fake, WORDS), |goal| goal["lifecycleStatus"] = json!("active"));
    assert_eq!(world.pull().await.taken, 1);
    assert_eq!((world.now().await["goals"][0]["status"].as_str(), world.versions().await.len()), (Some("active"), 3));
}

#[tokio::test]
async fn the_persons_words_stay_and_the_ehrs_stand_beside() {
    let fake = Fake::own_ids().await;
    let world = World::settled(&fake).await;
    let (own, strength) = (goal(&fake, WORDS), goal(&fake, "My sister believes in me"));
    fake.edit(&own, |goal| {
        goal["description"]["text"] = json!("Client will attend art therapy");
        goal["lifecycleStatus"] = json!("on-hold");
    });
    fake.edit(&strength, |told| told["valueString"] = json!("Family support"));
    let pulled = world.pull().await;
    assert_eq!((pulled.taken, pulled.reviews), (1, 2), "{pulled:?}");
    let now = world.now().await;
    assert_eq!((&now["goals"][0]["statement"]["text"], &now["goals"][0]["status"]), (&json!(WORDS), &json!("on-hold")));
    assert_eq!(now["strengths"], plan("P-1")["strengths"]);
    is(&world.told().await, &[PERSONS_WORDS, ("", "persons-words", "open")]);
    let says: serde_json::Value = serde_json::from_str(&world.reviews().await[0].says).expect("JSON");
    assert_eq!(says, json!({ "base": WORDS, "ours": WORDS, "theirs": "Client will attend art therapy" }));
    // The same again raises nothing; other words of theirs take the place of the first.
    fake.edit(&own, |goal| goal["startDate"] = json!("2026-09-02"));
    assert_eq!(world.pull().await.reviews, 0);
    fake.edit(&own, |goal| goal["description"]["text"] = json!("Client will paint"));
    assert_eq!((world.pull().await.reviews, world.reviews().await.len()), (0, 2));
    assert!(world.reviews().await[0].says.contains("Client will paint"));
    fake.edit(&own, |goal| goal["description"]["text"] = json!(WORDS));
    world.pull().await;
    is(&world.told().await, &[("/statement/text", "persons-words", "settled"), ("", "persons-words", "open")]);
}

#[tokio::test]
async fn a_withdrawn_goal_keeps_its_words() {
    let fake = Fake::own_ids().await;
    let world = World::settled(&fake).await;
    let own = goal(&fake, WORDS);
    fake.edit(&own, |goal| {
        goal["lifecycleStatus"] = json!("entered-in-error");
        goal["description"]["text"] = json!("Error");
    });
    let pulled = world.pull().await;
    assert_eq!((pulled.taken, pulled.reviews, world.versions().await.len()), (0, 1, 1));
    is(&world.told().await, &[("resource", "entered-in-error", "open")]);
    fake.edit(&own, |goal| {
        goal["lifecycleStatus"] = json!("active");
        goal["description"]["text"] = json!(WORDS);
    });
    assert_eq!(world.pull().await.taken, 0);
    is(&world.told().await, &[("resource", "entered-in-error", "settled")]);
}

#[tokio::test]
async fn neither_a_refusal_nor_an_empty_search_says_gone() {
    let fake = Fake::own_ids().await;
    let mut world = World::settled(&fake).await;
    let (own, strength) = (goal(&fake, WORDS), goal(&fake, "My sister believes in me"));
    {
        let mut inside = fake.inside();
        inside.ehr.back.hidden.extend([own.clone(), strength]);
        inside.ehr.back.reads.insert(own, 403);
    }
    for _ in 0..3 {
        world.later(25);
        let pulled = world.pull().await;
        assert_eq!((pulled.missing, pulled.reviews, pulled.taken), (0, 0, 0));
    }
    is(&world.told().await, &[]);
}
