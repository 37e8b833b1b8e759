//! The cases of the test kit for reading back, a switch of the fake each. All have in common: the person's words stay as they
//! are, and nothing is written.

use jiff::Timestamp;
use ownwords::sync::{
    back::{PullError, ReadFile},
    connection::ConnectionFile,
};
use serde_json::{Value, json};

use super::{WORDS, World, goal, plan};
use crate::{
    fake_fhir::Fake,
    sync::{keyed, register},
};

/// What a round comes to: taken, reviews, missing, not ours, unfinished.
type Came = [u64; 5];
/// What is said of a case, how the EHR is switched, and what the round after that comes to.
type Case = (&'static str, Switch, Came);
type Switch = fn(&Fake);

const CASES: &[Case] = &[
    ("8 an id on two pages, the older version last", repeated, [0; 5]),
    ("11 an empty last page", empty_last, [0; 5]),
    ("15 the text is \"Error\" where it was entered in error", error_text, [0, 1, 0, 0, 0]),
    ("16 masked", |fake| fake.inside().ehr.back.rewrites = Some(masked), [0; 5]),
    ("19 identifiers and extensions stripped", |fake| fake.inside().ehr.back.rewrites = Some(stripped), [0; 5]),
    ("20 the text kept otherwise", |fake| fake.inside().ehr.back.rewrites = Some(folded), [0; 5]),
    ("22 asked to slow down, by a date and by seconds", slowed, [0; 5]),
    ("28 its clock is behind", behind, [1, 0, 0, 0, 0]),
    ("30 not there once", missed, [0, 0, 1, 0, 0]),
    ("32 new ids on every save", |fake| fake.renew("Goal"), [0; 5]),
    ("32 new ids, and identifiers stripped", renewed, [0, 0, 2, 2, 0]),
    ("33 a care plan that is a note", note, [0, 0, 0, 1, 0]),
];

#[tokio::test]
async fn every_case_leaves_the_words_alone() {
    for (name, switch, came) in CASES {
        let fake = Fake::own_ids().await;
        let mut world = World::settled(&fake).await;
        world.pull().await;
        world.later(25);
        switch(&fake);
        let pulled = world.pull().await;
        let is = [pulled.taken, pulled.reviews, pulled.missing, pulled.not_ours, pulled.unfinished];
        assert_eq!(is, *came, "{name}: {pulled:?}");
        let again = world.pull().await;
        assert_eq!((again.taken, again.reviews), (0, 0), "{name}: the same again is nothing new");
        words_stay(&world, &fake, name).await;
    }
}

#[tokio::test]
async fn xml_and_refusals_in_the_middle_end_a_round_and_lose_nothing() {
    let rows: [(Switch, &str); 2] = [
        (|fake| fake.inside().ehr.back.speaks_xml = true, "not FHIR"),
        (
            |fake| {
                let mut inside = fake.inside();
                inside.ehr.back.well_first = 2;
                inside.ehr.back.searches.push_back((401, None));
            },
            "not let in",
        ),
    ];
    for (switch, expected) in rows {
        let fake = Fake::own_ids().await;
        let world = World::settled(&fake).await;
        fake.edit(&goal(&fake, WORDS), |goal| goal["lifecycleStatus"] = json!("on-hold"));
        switch(&fake);
        let halted = world.try_pull().await;
        assert!(matches!(halted, Err(PullError::Halted { reason, .. }) if reason == expected), "{halted:?}");
        words_stay(&world, &fake, expected).await;
        fake.inside().ehr.back.speaks_xml = false;
        assert_eq!(world.pull().await.taken, 1, "the next round finds it");
    }
}

#[tokio::test]
async fn a_token_that_ends_between_two_pages_is_got_anew() {
    let fake = Fake::own_ids().await;
    register(&fake, "es384.pem");
    let read = ReadFile { per_second: 0, ..ReadFile::default() };
    let said = ConnectionFile { read, max_attempts: 3, ..keyed(fake.base(), "es384.pem") };
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
    words_stay(&world, &fake, "23").await;
}

#[tokio::test]
async fn a_plan_that_moves_on_while_it_is_read_is_read_anew() {
    let fake = Fake::own_ids().await;
    let world = World::settled(&fake).await;
    fake.edit(&goal(&fake, WORDS), |goal| goal["lifecycleStatus"] = json!("on-hold"));
    let mut second = plan("P-1");
    second["objectives"][0]["text"] = json!("Four paintings");
    second["source"]["record_version"] = json!("2");
    let (pulled, ()) = tokio::join!(world.pull(), world.send_for_here(&second));
    assert_eq!(pulled.persons + pulled.busy, 1, "{pulled:?}");
    world.pull().await;
    let now = world.now().await;
    assert_eq!(
        (&now["goals"][0]["status"], &now["objectives"][0]["text"]),
        (&json!("on-hold"), &json!("Four paintings"))
    );
}

async fn words_stay(world: &World, fake: &Fake, name: &str) {
    let (now, given) = (world.now().await, plan("P-1"));
    assert_eq!(now["goals"][0]["statement"], given["goals"][0]["statement"], "{name}");
    assert_eq!(now["strengths"], given["strengths"], "{name}");
    let inside = fake.inside();
    assert_eq!((inside.transactions.len(), inside.narrow.sent.len()), (1, 0), "{name}: nothing is written");
}

fn repeated(fake: &Fake) {
    fake.keys("Goal").iter().for_each(|key| fake.edit(key, |_| {}));
    let mut inside = fake.inside();
    inside.ehr.back.page_size = Some(1);
    inside.ehr.back.repeats = true;
}

fn empty_last(fake: &Fake) {
    let mut inside = fake.inside();
    inside.ehr.back.page_size = Some(2);
    inside.ehr.back.ends_empty = true;
}

fn error_text(fake: &Fake) {
    fake.edit(&goal(fake, WORDS), |goal| {
        goal["lifecycleStatus"] = json!("entered-in-error");
        goal["description"]["text"] = json!("Error");
    });
}

fn masked(resource: &mut Value) {
    let absent = json!({ "extension": [{ "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
        "valueCode": "masked" }] });
    for element in ["description", "code"] {
        if resource[element]["text"].is_string() {
            resource[element] = absent.clone();
        }
    }
    if resource["valueString"].is_string() {
        resource["_valueString"] = absent;
        resource.as_object_mut().expect("an object").remove("valueString");
    }
}

fn stripped(resource: &mut Value) {
    let members = resource.as_object_mut().expect("an object");
    for name in ["identifier", "extension", "modifierExtension", "text"] {
        members.remove(name);
    }
}

fn folded(resource: &mut Value) {
    for place in ["/description/text", "/valueString"] {
        if let Some(text) = resource.pointer_mut(place) {
            *text = json!(text.as_str().expect("text").split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }
}

fn slowed(fake: &Fake) {
    let waits = [(429, Some(("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT"))), (429, Some(("retry-after", "0")))];
    fake.inside().ehr.back.searches.extend(waits);
}

fn behind(fake: &Fake) {
    fake.inside().ehr.ahead = -420;
    fake.edit(&goal(fake, WORDS), |goal| goal["lifecycleStatus"] = json!("on-hold"));
}

fn missed(fake: &Fake) {
    let own = goal(fake, WORDS);
    let mut inside = fake.inside();
    inside.ehr.back.hidden.insert(own.clone());
    inside.ehr.back.reads.insert(own, 404);
}

fn renewed(fake: &Fake) {
    fake.renew("Goal");
    fake.inside().ehr.back.rewrites = Some(stripped);
}

fn note(fake: &Fake) {
    let own = goal(fake, WORDS);
    let subject = fake.inside().resources[&own].1["subject"].clone();
    let note = json!({ "resourceType": "CarePlan", "id": "note", "status": "active", "intent": "plan", "subject": subject,
        "text": { "status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\">History and physical</div>" } });
    fake.inside().resources.insert("CarePlan/note".to_owned(), (1, note));
}
