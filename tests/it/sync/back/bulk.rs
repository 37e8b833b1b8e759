//! Reading by bulk export: a whole roster at once and on the same way as searches. Whatever becomes of the files, the person's
//! words stay as they are, nothing is written, and what could not be read is read the next time.

use jiff::{Timestamp, ToSpan};
use ownwords::{
    store::Store,
    sync::{
        back::{PullError, Pulled, ReadFile},
        connection::ConnectionFile,
    },
};
use serde_json::{Value, json};

use super::{AGENCY, WORDS, World, goal, plan};
use crate::{
    fake_fhir::Fake,
    sync::{keyed, register},
};

const STRENGTH: &str = "My sister believes in me";

fn by_group() -> ReadFile {
    ReadFile { per_second: 0, bulk_group: "everyone".to_owned(), ..ReadFile::default() }
}

async fn settled(fake: &Fake) -> World {
    let world = World::reading(fake, by_group()).await;
    world.send(&plan("P-1")).await;
    world.deliver(&["P-1"]).await;
    world
}

/// The words are as they were, nothing was written to the EHR, and nobody was searched for.
async fn words_stay(world: &World, fake: &Fake, name: &str) {
    let (now, given) = (world.now().await, plan("P-1"));
    assert_eq!(now["goals"][0]["statement"], given["goals"][0]["statement"], "{name}");
    assert_eq!(now["strengths"], given["strengths"], "{name}");
    let inside = fake.inside();
    assert_eq!((inside.transactions.len(), inside.narrow.sent.len()), (1, 0), "{name}: nothing is written");
    assert_eq!(inside.ehr.back.asked, [""; 0], "{name}: nobody is searched for");
}

fn on_hold(fake: &Fake) {
    fake.edit(&goal(fake, WORDS), |goal| goal["lifecycleStatus"] = json!("on-hold"));
}

fn waits(pulled: &Pulled) -> Option<u64> {
    assert_eq!((pulled.persons, pulled.resources, pulled.taken), (0, 0, 0), "{pulled:?}");
    pulled.waits_s
}

/// Since when each export was asked for.
fn since(fake: &Fake) -> Vec<Option<Timestamp>> {
    let asked = fake.exports("kick-off");
    asked.iter().map(|(what, _)| what.strip_prefix("Group/everyone ").map(|at| at.parse().expect("a moment"))).collect()
}

#[tokio::test]
async fn a_roster_is_read_at_once_and_then_what_changed() {
    let fake = Fake::own_ids().await;
    let world = settled(&fake).await;
    let first = world.pull().await;
    assert_eq!((first.persons, first.resources, first.unchanged, first.missing), (1, 5, 5, 0), "{first:?}");
    fake.edit(&goal(&fake, WORDS), |goal| {
        goal["lifecycleStatus"] = json!("completed");
        goal["description"]["text"] = json!("Client will attend art therapy");
    });
    let second = world.pull().await;
    assert_eq!((second.taken, second.reviews, second.resources, second.unfinished), (1, 1, 1, 0), "{second:?}");
    assert_eq!(world.now().await["goals"][0]["status"], "achieved");
    assert_eq!(world.versions().await.len(), 2);
    let third = world.pull().await;
    assert_eq!((third.taken, third.reviews, third.missing), (0, 0, 0), "{third:?}");
    assert_eq!(world.versions().await.len(), 2, "nothing twice");
    let asked = since(&fake);
    assert!(asked[0].is_none() && asked[1].is_some() && asked[2] > asked[1], "{asked:?}");
    assert_eq!(fake.exports("end").len(), 3, "each is taken away when it was read");
    words_stay(&world, &fake, "bulk").await;
}

#[tokio::test]
async fn people_are_told_apart_and_others_left_alone() {
    let fake = Fake::if_none_exist().await;
    let world = World::reading(&fake, ReadFile { bulk_group: "*".to_owned(), ..by_group() }).await;
    for one in ["P-1", "P-2"] {
        world.send(&plan(one)).await;
    }
    world.deliver(&["P-1", "P-2"]).await;
    let stranger = json!({ "resourceType": "Goal", "id": "x", "subject": { "reference": "Patient/stranger" },
        "lifecycleStatus": "active", "description": { "text": "theirs" } });
    fake.inside().resources.insert("Goal/x".to_owned(), (1, stranger));
    let pulled = world.pull().await;
    assert_eq!((pulled.persons, pulled.resources, pulled.unchanged, pulled.of_others), (2, 10, 10, 1), "{pulled:?}");
    let key = fake.keys("ServiceRequest").remove(0);
    fake.edit(&key, |one| one["status"] = json!("completed"));
    let pulled = world.pull().await;
    assert_eq!((pulled.persons, pulled.taken, pulled.plans), (1, 1, 1), "{pulled:?}");
    assert!(fake.exports("kick-off").iter().all(|(what, _)| what.starts_with("Patient")));
    assert_eq!(fake.inside().ehr.back.asked, [""; 0]);
}

type Switch<'s> = &'s dyn Fn(&Fake);

#[tokio::test]
async fn what_could_not_be_read_is_told_and_read_the_next_time() {
    let fatal =
        || json!({ "resourceType": "OperationOutcome", "issue": [{ "severity": "error", "code": "exception" }] });
    let note = || json!({ "resourceType": "OperationOutcome", "issue": [{ "severity": "information", "code": "informational" }] });
    let rows: [(&str, Switch<'_>, u64, u64); 5] = [
        ("36 an output file is not there", &|fake| assert!(fake.inside().bulk.lost.insert("ServiceRequest")), 1, 4),
        ("36 the file with the change is not there", &|fake| assert!(fake.inside().bulk.lost.insert("Goal")), 1, 3),
        ("36 the manifest has errors", &|fake| fake.inside().bulk.errors.push(fatal()), 1, 5),
        ("a file breaks off", &|fake| assert!(fake.inside().bulk.broken.insert("ServiceRequest")), 1, 4),
        ("what is only told is no error", &|fake| fake.inside().bulk.errors.push(note()), 0, 5),
    ];
    for (name, switch, unfinished, resources) in rows {
        let fake = Fake::own_ids().await;
        let world = settled(&fake).await;
        on_hold(&fake);
        switch(&fake);
        let pulled = world.pull().await;
        assert_eq!((pulled.unfinished, pulled.resources), (unfinished, resources), "{name}: {pulled:?}");
        let is_taken = u64::from(!fake.inside().bulk.lost.contains("Goal"));
        assert_eq!((pulled.taken, pulled.missing, pulled.reviews), (is_taken, 0, 0), "{name}: the rest is read");
        words_stay(&world, &fake, name).await;
        {
            let mut inside = fake.inside();
            inside.bulk.lost.clear();
            inside.bulk.broken.clear();
            inside.bulk.errors.clear();
        }
        let again = world.pull().await;
        assert_eq!((again.unfinished, again.taken), (0, 1 - is_taken), "{name}: {again:?}");
        assert_eq!(world.versions().await.len(), 2, "{name}: nothing twice");
        assert_eq!(since(&fake)[1].is_some(), unfinished == 0, "{name}: its moment counts when all of it was read");
        words_stay(&world, &fake, name).await;
    }
}

#[tokio::test]
async fn deleted_is_gone_after_a_day_whether_it_is_told_or_not() {
    for omits_deleted in [false, true] {
        let fake = Fake::own_ids().await;
        let mut world = settled(&fake).await;
        world.pull().await;
        fake.inside().bulk.omits_deleted = omits_deleted;
        fake.delete(&goal(&fake, STRENGTH));
        let told = world.pull().await;
        assert_eq!((told.missing, told.reviews), (u64::from(!omits_deleted), 0), "{told:?}");
        world.later(25);
        let whole = world.pull().await;
        assert_eq!((whole.missing, whole.reviews), (1, u64::from(!omits_deleted)), "{whole:?}");
        world.later(25);
        world.pull().await;
        assert_eq!(world.told().await, [("resource".to_owned(), "gone".to_owned(), "open")]);
        words_stay(&world, &fake, "36 deleted").await;
        assert_eq!(world.versions().await.len(), 1);
    }
}

#[tokio::test]
async fn what_was_deleted_and_came_back_is_there() {
    let fake = Fake::own_ids().await;
    let world = settled(&fake).await;
    world.pull().await;
    let key = goal(&fake, STRENGTH);
    let kept = fake.inside().resources[&key].clone();
    fake.delete(&key);
    world.pull().await;
    fake.inside().resources.insert(key.clone(), kept);
    fake.edit(&key, |_| {});
    let pulled = world.pull().await;
    assert_eq!((pulled.missing, pulled.resources), (0, 1), "{pulled:?}");
    let seen = world.intake.store.seen("ehr", AGENCY, "person-of-P-1").await.expect("a store");
    assert!(seen.iter().all(|one| one.missed_at.is_none()));
}

#[tokio::test]
async fn an_export_under_way_is_left_in_peace_and_gone_on_with_after_a_restart() {
    let fake = Fake::own_ids().await;
    let mut world = settled(&fake).await;
    on_hold(&fake);
    fake.inside().bulk.kick_offs.extend([(429, None), (503, Some(("retry-after", "30")))]);
    fake.inside().bulk.looks.extend([(202, None), (202, Some(("retry-after", "600"))), (429, None)]);
    for (waited, kick_offs, looks) in [(120, 1, 0), (30, 2, 0), (120, 3, 1), (600, 3, 2), (120, 3, 3)] {
        assert_eq!(waits(&world.pull().await), Some(waited));
        assert_eq!(waits(&world.pull().await), Some(waited), "it is not asked before its time");
        assert_eq!((fake.exports("kick-off").len(), fake.exports("look").len()), (kick_offs, looks));
        // Another process, after this one was stopped.
        world.intake.store.close().await;
        world.intake.store = Store::open(&world.url).await.expect("a store");
        world.later(1);
    }
    let pulled = world.pull().await;
    assert_eq!((pulled.taken, pulled.resources, pulled.waits_s), (1, 5, None), "{pulled:?}");
    assert_eq!((fake.exports("kick-off").len(), fake.exports("end").len()), (3, 1), "one export, begun once");
    words_stay(&world, &fake, "restart").await;
}

#[tokio::test]
async fn a_process_that_stopped_while_it_merged_goes_on_there() {
    let fake = Fake::own_ids().await;
    let world = World::reading(&fake, by_group()).await;
    for one in ["P-1", "P-2"] {
        world.send(&plan(one)).await;
    }
    world.deliver(&["P-1", "P-2"]).await;
    on_hold(&fake);
    world.pull().await;
    let store = &world.intake.store;
    // As it stood after the first of two people.
    let mut bulk = store.bulk_reading("ehr").await.expect("a store").expect("a row");
    let (moment, key) = (bulk.since.take(), fake.keys("CarePlan").remove(1));
    bulk.outcome = Some(json!({ "moment": moment, "failed": 0 }).to_string());
    bulk.after = (AGENCY.to_owned(), "person-of-P-1".to_owned());
    store.keep_bulk_reading("ehr", &bulk).await.expect("a store");
    let mut care_plan = fake.inside().resources[&key].1.clone();
    care_plan["status"] = json!("completed");
    let who = (AGENCY.to_owned(), "person-of-P-2".to_owned());
    let held = |content: &Value| ownwords::store::BulkResource {
        who: who.clone(),
        kind: "CarePlan".to_owned(),
        remote_id: content["id"].as_str().expect("an id").to_owned(),
        content: Some(content.to_string()),
    };
    store.keep_bulk("ehr", &[held(&care_plan)]).await.expect("a store");
    let asked = fake.exports("kick-off").len();
    let pulled = world.pull().await;
    assert_eq!((pulled.persons, fake.exports("kick-off").len()), (1, asked), "{pulled:?}");
    let kept = store.bulk_reading("ehr").await.expect("a store").expect("a row");
    assert_eq!((kept.since, kept.outcome), (moment, None));
    assert!(store.bulk_of("ehr", &who).await.expect("a store").is_empty(), "what is merged is not kept");
}

#[tokio::test]
async fn an_export_that_fails_or_vanishes_is_begun_anew() {
    for (status, expected) in [(404, "export gone"), (410, "export gone"), (500, "export failed"), (401, "not let in")]
    {
        let fake = Fake::own_ids().await;
        let world = settled(&fake).await;
        on_hold(&fake);
        fake.inside().bulk.looks.push_back((status, None));
        let halted = world.try_pull().await;
        assert!(matches!(halted, Err(PullError::Halted { reason, .. }) if reason == expected), "{status}: {halted:?}");
        words_stay(&world, &fake, expected).await;
        assert_eq!(world.pull().await.taken, 1, "{status}");
        assert_eq!(fake.exports("kick-off").len(), if status == 401 { 1 } else { 2 }, "{status}");
    }
}

#[tokio::test]
async fn an_export_that_never_ends_is_given_up() {
    let fake = Fake::own_ids().await;
    let mut world = settled(&fake).await;
    fake.inside().bulk.looks.extend([(202, None), (202, None)]);
    assert_eq!(waits(&world.pull().await), Some(120));
    let store = &world.intake.store;
    let mut bulk = store.bulk_reading("ehr").await.expect("a store").expect("a row");
    bulk.begun_at = bulk.begun_at.map(|at| at.checked_sub(25.hours()).expect("a moment"));
    store.keep_bulk_reading("ehr", &bulk).await.expect("a store");
    world.later(1);
    let halted = world.try_pull().await;
    assert!(matches!(halted, Err(PullError::Halted { reason: "export never ended", .. })), "{halted:?}");
    assert_eq!(world.pull().await.resources, 5);
}

#[tokio::test]
async fn where_there_is_no_export_people_are_searched_for() {
    let fake = Fake::own_ids().await;
    let world = settled(&fake).await;
    on_hold(&fake);
    fake.inside().bulk.is_not_offered = true;
    let pulled = world.pull().await;
    assert_eq!((pulled.persons, pulled.taken, pulled.unfinished), (1, 1, 1), "{pulled:?}");
    assert!(!fake.inside().ehr.back.asked.is_empty());
}

#[tokio::test]
async fn what_we_deliver_meanwhile_is_not_taken_for_the_ehrs_change() {
    let fake = Fake::own_ids().await;
    let mut world = settled(&fake).await;
    world.pull().await;
    on_hold(&fake);
    fake.inside().bulk.looks.push_back((202, None));
    assert_eq!(waits(&world.pull().await), Some(120), "the export shows what is now");
    let mut second = plan("P-1");
    second["goals"][0]["status"] = json!("achieved");
    second["source"]["record_version"] = json!("2");
    world.send(&second).await;
    world.later(1);
    assert_eq!(world.pull().await.busy, 1, "a delivery is on its way");
    world.deliver(&["P-1"]).await;
    let pulled = world.pull().await;
    assert_eq!((pulled.taken, pulled.reviews), (0, 0), "{pulled:?}");
    let now = world.now().await;
    assert_eq!(
        (&now["goals"][0]["status"], &now["goals"][0]["statement"]["text"]),
        (&json!("achieved"), &json!(WORDS))
    );
    assert!(!fake.inside().ehr.back.asked.is_empty(), "the person is read again by searches");
}

#[tokio::test]
async fn the_token_goes_only_where_it_is_wanted_and_ours() {
    let rows = [(true, false, true, 5), (false, false, false, 5), (false, true, false, 5), (true, true, false, 0)];
    for (needs_token, elsewhere, expected, resources) in rows {
        let fake = Fake::own_ids().await;
        register(&fake, "es384.pem");
        let said = ConnectionFile { read: by_group(), max_attempts: 3, ..keyed(fake.base(), "es384.pem") };
        let world = World::on(said, None).await;
        world.send(&plan("P-1")).await;
        world.deliver(&["P-1"]).await;
        {
            let mut inside = fake.inside();
            inside.ehr.ahead = world.intake.clock.now().as_second() - Timestamp::now().as_second();
            (inside.bulk.needs_token, inside.bulk.elsewhere) = (needs_token, elsewhere);
        }
        let pulled = world.pull().await;
        assert_eq!(pulled.resources, resources, "{needs_token} {elsewhere}: {pulled:?}");
        assert_eq!(pulled.unfinished == 0, resources > 0, "{pulled:?}");
        let (kick_offs, looks, ends) = (fake.exports("kick-off"), fake.exports("look"), fake.exports("end"));
        assert!([kick_offs, looks, ends].concat().iter().all(|(_, token)| *token));
        let files = fake.exports("file");
        assert!(
            !files.is_empty() && files.iter().all(|(_, token)| *token == expected),
            "{needs_token} {elsewhere}: {files:?}"
        );
        assert_eq!(world.now().await["goals"][0]["statement"]["text"], WORDS);
    }
}

#[tokio::test]
async fn another_group_begins_anew() {
    let fake = Fake::own_ids().await;
    let world = settled(&fake).await;
    fake.inside().bulk.looks.push_back((202, None));
    assert_eq!(waits(&world.pull().await), Some(120));
    let read = ReadFile { bulk_group: "others".to_owned(), ..by_group() };
    let world = world.with_read(&fake, read);
    assert_eq!(world.pull().await.resources, 5);
    assert_eq!(fake.exports("end").len(), 2, "the one of the first group was taken away");
    assert_eq!(fake.exports("kick-off").last().map(|(what, _)| what.as_str()), Some("Group/others"));
}

#[test]
fn a_group_has_an_id() {
    for group in ["a/b", "a b", "ä", &"a".repeat(65)] {
        let read = ReadFile { bulk_group: group.to_owned(), ..ReadFile::default() };
        let said = ConnectionFile { base_url: "http://127.0.0.1/fhir".to_owned(), read, ..ConnectionFile::default() };
        let error = ownwords::sync::Connection::of_file("ehr", std::path::Path::new("/"), said).expect_err("refused");
        assert!(error.to_string().contains("read.bulk_group"), "{error}");
    }
}
