//! The cases that take more than one switch: documents that somebody else changes, tokens and scopes, statements, people and
//! resources that change while we look.

use jiff::Timestamp;
use ownwords::{
    clock::Clock,
    store::{AgencyScope, DeliveryState, Rung, Way},
    sync::{
        back::{PullError, Wanted},
        connect::{self, Before, record::Outcome},
        connection::ConnectionFile,
    },
};
use serde_json::{Value, json};

use super::{
    ENDED,
    How::{Sent, Steps},
    Left, Row, Switch,
    Takes::Documents,
    doubled, file, row, settle_in, writes,
};
use crate::{
    fake_fhir::{Abilities, Fake},
    sync::{
        back::{WORDS, World, goal, plan},
        keyed, register,
    },
};

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    row(4, "a stale ETag gets 409", "read again; both changes stand", Steps(|| Box::pin(replaced(|fake| rivals(fake, &[409]), true)))),
    row(4, "a stale ETag gets 409 time and again", "waits and goes on; both changes stand",
        Steps(|| Box::pin(replaced(|fake| rivals(fake, &[409; 5]), true)))),
    row(5, "a stale ETag gets 412", "read again; both changes stand", Steps(|| Box::pin(replaced(|fake| rivals(fake, &[412]), true)))),
    row(6, "If-Match ignored", "the newer document stands once", Steps(|| Box::pin(replaced(unheeding, false)))),
    row(6, "an update is answered 200 and not made", "blocked: a person marks it there", Steps(|| Box::pin(not_retracted()))),
    row(7, "no ETag and no versionId", "written without", Steps(|| Box::pin(replaced(|fake| fake.inside().ehr.untagged = true, false)))),
    row(12, "the size of a page is asked by another name", "`connect` says so", Steps(|| Box::pin(size_by_another_name()))),
    row(13, "_lastUpdated ignored", "everything is read and compared by content", Steps(|| Box::pin(unheeded()))),
    row(17, "202, then never visible", "looked for, never sent again, and at last for a person",
        Sent(Documents, |fake| fake.inside().narrow.holds = true, (DeliveryState::Dead, 1, 0))),
    row(20, "a text cut at 255 characters", "an echo; ours stays whole", Steps(|| Box::pin(kept_otherwise(|one| cut(one, 255))))),
    row(20, "a text cut at 4000 characters", "an echo; ours stays whole", Steps(|| Box::pin(kept_otherwise(|one| cut(one, 4000))))),
    row(20, "characters escaped", "an echo; ours stays as it is", Steps(|| Box::pin(kept_otherwise(escape)))),
    row(23, "the token ends between two pages", "a fresh one, and on", Steps(|| Box::pin(token_ends()))),
    row(23, "401 for good in the middle", "the round halts; the next one finds it", Steps(|| Box::pin(halted(not_let_in, "not let in")))),
    row(24, "a smaller scope than asked", "falls to the document", Steps(|| Box::pin(smaller_scope()))),
    row(27, "a search is answered in XML", "the round halts; the next one finds it",
        Steps(|| Box::pin(halted(|fake| fake.inside().ehr.back.speaks_xml = true, "not FHIR")))),
    row(29, "deleted", "gone after two answers a day apart; back: settled", Steps(|| Box::pin(gone_and_back()))),
    row(31, "the person is merged mid-poll, by replaced-by", "told and held; both histories stay", Steps(|| Box::pin(merged_there(false)))),
    row(31, "the person is merged mid-poll, by redirect", "told and held; both histories stay", Steps(|| Box::pin(merged_there(true)))),
    row(34, "overnight it takes no transactions", "the next version goes as a document", Steps(|| Box::pin(overnight(no_transactions, "B")))),
    row(34, "overnight it takes ids of its own only", "a connection keeps its method: as a document",
        Steps(|| Box::pin(overnight(other_method, "B")))),
    row(35, "parallel creates made two", "dead: duplicate at the EHR; neither is touched", Steps(|| Box::pin(made_twice()))),
];

fn rivals(fake: &Fake, statuses: &[u16]) {
    fake.inside().ehr.rivals.extend(statuses);
}

fn unheeding(fake: &Fake) {
    rivals(fake, &[412]);
    fake.inside().ehr.ignores_if_match = true;
}

/// The next version of the plan: the same words, another objective.
fn second() -> Value {
    let mut second = plan("P-1");
    second["objectives"][0]["text"] = json!("Four paintings");
    second["source"]["record_version"] = json!("2");
    second
}

/// Two versions as documents; somebody else writes to the first one while it is marked as superseded.
async fn replaced(switch: Switch, both_stand: bool) -> Left {
    let fake = Documents.fake().await;
    let world = World::on(file(&fake), None).await;
    world.send(&plan("P-1")).await;
    world.deliver_until(&ENDED).await;
    switch(&fake);
    world.send(&second()).await;
    let delivered = world.deliver_until(&ENDED).await;
    assert!(delivered.iter().all(|one| one.state == DeliveryState::Done), "{delivered:?}");
    assert_eq!(writes(&fake), 2);
    let inside = fake.inside();
    let documents = inside.resources.iter().filter(|(key, _)| key.starts_with("DocumentReference/"));
    let said: Vec<_> = documents.map(|(_, (_, one))| (one["status"].clone(), one["docStatus"].clone())).collect();
    let theirs = if both_stand { "amended" } else { "final" };
    assert_eq!(said[0], (json!("superseded"), json!(theirs)), "{said:?}");
    assert_eq!(said[1], (json!("current"), json!("final")), "{said:?}");
    drop(inside);
    Left::of(world, fake)
}

async fn not_retracted() -> Left {
    let fake = Documents.fake().await;
    let world = World::on(file(&fake), None).await;
    world.send(&plan("P-1")).await;
    world.deliver_until(&ENDED).await;
    fake.inside().ehr.keeps_status = true;
    let mut withdrawn = second();
    withdrawn["status"] = json!("entered-in-error");
    world.send(&withdrawn).await;
    let delivered = world.deliver_until(&ENDED).await;
    assert_eq!(delivered[1].state, DeliveryState::Blocked, "{delivered:?}");
    assert!(delivered[1].reason.as_deref().is_some_and(|reason| reason.contains("entered in error")), "{delivered:?}");
    Left::of(world, fake)
}

async fn size_by_another_name() -> Left {
    let fake = Fake::own_ids().await;
    let world = World::settled(&fake).await;
    let person = fake.keys("Patient").remove(0).trim_start_matches("Patient/").to_owned();
    fake.inside().ehr.back.size_by = Some("_maxresults");
    let connection = world.connection.clone().with_person(Some(person), None);
    let record = connect::try_out(&connection, Before::default(), Clock::System).await.expect("tried");
    let probe = &record.probes[7];
    assert_eq!((probe.number, probe.outcome), (8, Outcome::Fail), "{probe:?}");
    assert!(probe.evidence.contains("not honored"), "{probe:?}");
    Left::of(world, fake)
}

async fn unheeded() -> Left {
    let fake = Fake::own_ids().await;
    let world = World::settled(&fake).await;
    fake.inside().ehr.ignores_last_updated = true;
    world.pull().await;
    fake.edit(&goal(&fake, WORDS), |goal| goal["target"] = json!([{ "dueDate": "2027-05-01" }]));
    let pulled = world.pull().await;
    assert_eq!((pulled.taken, pulled.resources), (1, 5), "{pulled:?}");
    assert_eq!(world.now().await["goals"][0]["target_date"], "2027-05-01");
    Left::of(world, fake)
}

/// The EHR keeps long texts otherwise than they were written.
async fn kept_otherwise(rewrite: fn(&mut Value)) -> Left {
    let fake = Fake::own_ids().await;
    let mut world = World::at(&fake).await;
    let mut long = plan("P-1");
    long["goals"][0]["statement"]["text"] = json!(format!(" I want\t\"to paint\" & <sell> — {}", "again ".repeat(900)));
    world.send(&long).await;
    world.deliver(&["P-1"]).await;
    fake.inside().ehr.back.rewrites = Some(rewrite);
    for _ in 0..2 {
        let pulled = world.pull().await;
        assert_eq!((pulled.resources, pulled.taken, pulled.reviews), (5, 0, 0), "{pulled:?}");
        world.later(25);
    }
    Left { said: vec![long], ..Left::of(world, fake) }
}

fn each_text(resource: &mut Value, change: impl Fn(&str) -> String) {
    for place in ["/description/text", "/valueString"] {
        if let Some(text) = resource.pointer_mut(place) {
            *text = json!(change(text.as_str().expect("text")));
        }
    }
}

fn cut(resource: &mut Value, most: usize) {
    each_text(resource, |text| text.chars().take(most).collect());
}

fn escape(resource: &mut Value) {
    let pairs = [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;")];
    each_text(resource, |text| pairs.iter().fold(text.to_owned(), |text, (is, entity)| text.replace(is, entity)));
}

async fn token_ends() -> Left {
    let fake = Fake::own_ids().await;
    register(&fake, "es384.pem");
    let said = file(&fake);
    let said = ConnectionFile { read: said.read, max_attempts: 3, ..keyed(fake.base(), "es384.pem") };
    let world = World::on(said, None).await;
    world.send(&plan("P-1")).await;
    world.deliver(&["P-1"]).await;
    let asked = {
        let mut inside = fake.inside();
        inside.ehr.back.page_size = Some(1);
        // The token is for the time at which this world stands still.
        inside.ehr.ahead = world.intake.clock.now().as_second() - Timestamp::now().as_second();
        inside.ehr.ends_after = Some(inside.ehr.used + 3);
        inside.ehr.asked
    };
    let pulled = world.pull().await;
    assert_eq!((pulled.resources, pulled.unchanged, pulled.unfinished), (5, 5, 0), "{pulled:?}");
    assert!(fake.inside().ehr.asked > asked, "a fresh token");
    Left::of(world, fake)
}

fn not_let_in(fake: &Fake) {
    let mut inside = fake.inside();
    inside.ehr.back.well_first = 2;
    inside.ehr.back.searches.push_back((401, None));
}

async fn halted(switch: Switch, expected: &str) -> Left {
    let fake = Fake::own_ids().await;
    let world = World::settled(&fake).await;
    fake.edit(&goal(&fake, WORDS), |goal| goal["lifecycleStatus"] = json!("on-hold"));
    switch(&fake);
    let halted = world.try_pull().await;
    assert!(matches!(halted, Err(PullError::Halted { reason, .. }) if reason == expected), "{halted:?}");
    fake.inside().ehr.back.speaks_xml = false;
    assert_eq!(world.pull().await.taken, 1, "the next round finds it");
    Left::of(world, fake)
}

async fn smaller_scope() -> Left {
    let fake = Fake::own_ids().await;
    register(&fake, "es384.pem");
    settle_in(&fake);
    fake.inside().ehr.grants = Some(vec!["system/DocumentReference.crus".to_owned(), "system/Patient.rs".to_owned()]);
    // The worker's clock is years behind, and a token is for now.
    fake.inside().ehr.ahead = super::LONG_AGO.as_second() - Timestamp::now().as_second();
    let said = ConnectionFile { auth: keyed(fake.base(), "es384.pem").auth, ..file(&fake) };
    let world = World::on(said, None).await;
    world.send(&plan("P-1")).await;
    let delivery = world.deliver_until(&ENDED).await.remove(0);
    assert_eq!((delivery.state, delivery.rung), (DeliveryState::Done, Some(Rung::B)), "{delivery:?}");
    assert_eq!((fake.count("CarePlan"), fake.count("DocumentReference"), writes(&fake)), (0, 1, 1));
    Left::of(world, fake)
}

async fn gone_and_back() -> Left {
    let fake = Fake::own_ids().await;
    let mut world = World::settled(&fake).await;
    world.pull().await;
    let own = goal(&fake, WORDS);
    let there = fake.inside().resources.remove(&own).expect("the goal");
    world.later(24);
    assert_eq!(world.pull().await.missing, 1);
    assert!(world.told().await.is_empty());
    world.later(23);
    world.wanted(Wanted { person: Some("person-of-P-1".to_owned()), dry_run: false }).await;
    assert!(world.told().await.is_empty());
    world.later(1);
    assert_eq!(world.pull().await.reviews, 1);
    assert_eq!(world.told().await, [("resource".to_owned(), "gone".to_owned(), "open")]);
    fake.inside().resources.insert(own, there);
    world.later(24);
    world.pull().await;
    assert_eq!(world.told().await, [("resource".to_owned(), "gone".to_owned(), "settled")]);
    assert_eq!(writes(&fake), 1);
    Left::of(world, fake)
}

/// The EHR joins the record of P-1's person to that of P-2's while we know both.
async fn merged_there(by_redirect: bool) -> Left {
    let fake = Fake::own_ids().await;
    let mut world = World::at(&fake).await;
    world.send(&plan("P-1")).await;
    world.send(&plan("P-2")).await;
    world.deliver(&["P-1", "P-2"]).await;
    world.pull().await;
    let subject = |plan_id: &str| {
        let inside = fake.inside();
        let values = json!(format!("person-of-{plan_id}"));
        let is_it =
            |one: &Value| one["identifier"].as_array().is_some_and(|all| all.iter().any(|id| id["value"] == values));
        let mut people = inside.resources.iter().filter(|(key, (_, one))| key.starts_with("Patient/") && is_it(one));
        people.next().expect("a person").0.clone()
    };
    let (old, new) = (subject("P-1"), subject("P-2"));
    let of_old: Vec<String> = {
        let inside = fake.inside();
        let of_old = inside.resources.iter().filter(|(_, (_, one))| one["subject"]["reference"] == old.as_str());
        of_old.map(|(key, _)| key.clone()).collect()
    };
    of_old.iter().for_each(|key| fake.edit(key, |one| one["subject"]["reference"] = json!(new)));
    if by_redirect {
        fake.inside().ehr.back.leads_to.insert(old, new);
    } else {
        let link = json!([{ "other": { "reference": new }, "type": "replaced-by" }]);
        fake.edit(&old, |one| (one["active"], one["link"]) = (json!(false), link));
    }
    world.later(25);
    let pulled = world.pull().await;
    assert_eq!((pulled.taken, pulled.missing, pulled.merges), (0, 0, 1), "{pulled:?}");
    let merges = world.intake.store.merges(true, &AgencyScope::All, 0, 10).await.expect("a store");
    let [merge] = &merges[..] else { panic!("one merge: {merges:?}") };
    assert_eq!((merge.person_id.as_str(), merge.survivor_id.as_str()), ("person-of-P-1", "person-of-P-2"));
    assert_eq!((merge.acts[0].by.as_str(), merge.acts[0].way), ("ehr ehr", Way::Fhir));
    // Nothing goes out before a person confirms it.
    let before = writes(&fake);
    world.send(&second()).await;
    let held = world.deliver_until(&ENDED).await.pop().expect("a delivery");
    assert_eq!((held.state, writes(&fake)), (DeliveryState::Blocked, before), "{held:?}");
    world.later(25);
    assert_eq!(world.pull().await.merges, 0, "told once");
    Left { said: vec![plan("P-1"), plan("P-2")], ..Left::of(world, fake) }
}

fn no_transactions(fake: &Fake) {
    fake.inside().narrow.lists = Some(vec!["Patient", "DocumentReference"]);
}

fn other_method(fake: &Fake) {
    fake.inside().abilities = Abilities { update_create: false, conditional_create: true };
}

async fn overnight(switch: Switch, expected: &str) -> Left {
    let fake = Fake::own_ids().await;
    let world = World::on(file(&fake), None).await;
    world.send(&plan("P-1")).await;
    world.deliver_until(&ENDED).await;
    let tried = |world: &World| {
        let connection = world.connection.clone();
        async move { connect::try_out(&connection, Before::default(), Clock::System).await.expect("tried") }
    };
    let before = tried(&world).await;
    settle_in(&fake);
    switch(&fake);
    let changes = tried(&world).await.changes_since(&before);
    assert!(!changes.is_empty(), "`connect check` says what changed");
    world.send(&second()).await;
    let delivered = world.deliver_until(&ENDED).await;
    let rungs: Vec<_> = delivered.iter().map(|one| (one.state, one.rung.map_or("", Rung::as_str))).collect();
    assert_eq!(rungs, [(DeliveryState::Done, "A"), (DeliveryState::Done, expected)], "{delivered:?}");
    assert_eq!((fake.count("CarePlan"), fake.count("DocumentReference"), writes(&fake)), (1, 1, 2));
    Left::of(world, fake)
}

async fn made_twice() -> Left {
    let fake = Fake::if_none_exist().await;
    let first = World::on(file(&fake), None).await;
    first.send(&plan("P-1")).await;
    first.deliver_until(&ENDED).await;
    let before = {
        let mut inside = fake.inside();
        let (key, (version, twin)) = inside
            .resources
            .iter()
            .find(|(key, _)| key.starts_with("Goal/"))
            .map(|(key, one)| (key.clone(), one.clone()))
            .expect("a goal");
        let mut twin: Value = twin;
        twin["id"] = json!("twin");
        assert_ne!(key, "Goal/twin");
        inside.resources.insert("Goal/twin".to_owned(), (version, twin));
        inside.processed.clear();
        inside.resources.clone()
    };
    // Another process of ours with the same ids, which knows of no link.
    let said = file(&fake);
    let ids = first.intake.ids;
    let world = World::on(said, Some(ids)).await;
    world.send(&plan("P-1")).await;
    let delivery = world.deliver_until(&ENDED).await.remove(0);
    assert_eq!(delivery.state, DeliveryState::Dead, "{delivery:?}");
    assert!(delivery.reason.as_deref().is_some_and(|reason| reason.starts_with("duplicate")), "{delivery:?}");
    assert_eq!(fake.inside().resources, before, "neither is changed or deleted");
    let twice = doubled(&fake);
    assert_eq!(twice, 1);
    Left { doubled: twice, ..Left::of(world, fake) }
}
