//! The EHR's staff change a plan there after it was last read, and a new version of ours is on its way: theirs is not written
//! over unread.

use ownwords::{
    config::DeliveryMethod::{self, IfNoneExist, OwnIds},
    store::{Delivery, DeliveryState},
    sync::{back::ReadFile, connection::ConnectionFile},
};
use serde_json::{Value, json};

use super::{AGENCY, WORDS, World, goal, plan};
use crate::fake_fhir::Fake;

const THEIRS: &str = "Patient will paint";

pub(super) fn reads_itself() -> ReadFile {
    ReadFile { every: "15m".to_owned(), per_second: 0, ..ReadFile::default() }
}

/// The next version: the same words, another objective.
pub(super) fn second() -> Value {
    let mut second = plan("P-1");
    second["objectives"][0]["text"] = json!("Four paintings");
    second["source"]["record_version"] = json!("2");
    second
}

/// Delivers what there is; where it meets another's change, reads whom it asks to be read, and goes on. The states of the
/// deliveries then.
pub(super) async fn deliver_and_read(world: &World) -> Vec<DeliveryState> {
    let ended = |one: &Delivery| matches!(one.state, DeliveryState::Done | DeliveryState::Superseded);
    let met = |one: &Delivery| one.state == DeliveryState::Ready && matches!(one.status, Some(409 | 412));
    let mut deliveries = world.deliver_until_each(|one| ended(one) || met(one)).await;
    if deliveries.iter().any(met) {
        let nobody = (String::new(), String::new());
        let asked = world.intake.store.rereads("ehr", &nobody, 2).await.expect("a store");
        assert_eq!(asked.len(), 1, "{asked:?}");
        world.pull().await;
        deliveries = world.deliver_until_each(ended).await;
    }
    deliveries.into_iter().map(|one| one.state).collect()
}

async fn world(fake: &Fake, method: DeliveryMethod) -> World {
    let (base_url, read) = (fake.base(), reads_itself());
    World::on(ConnectionFile { base_url, read, method, max_attempts: 10_000, ..ConnectionFile::default() }, None).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_that_was_not_read_yet_is_read_before_it_is_written_over() {
    for (method, stale) in [(OwnIds, 412), (OwnIds, 409), (IfNoneExist, 412), (IfNoneExist, 409)] {
        let fake = if method == OwnIds { Fake::own_ids().await } else { Fake::if_none_exist().await };
        fake.inside().ehr.stale = stale;
        let world = world(&fake, method).await;
        world.send(&plan("P-1")).await;
        world.deliver(&["P-1"]).await;
        let key = goal(&fake, WORDS);
        fake.edit(&key, |goal| {
            goal["lifecycleStatus"] = json!("on-hold");
            goal["description"]["text"] = json!(THEIRS);
        });
        world.send(&second()).await;
        let states = deliver_and_read(&world).await;
        let name = format!("{method:?} {stale}");
        assert_eq!(states, [DeliveryState::Done, DeliveryState::Superseded, DeliveryState::Done], "{name}");
        let now = world.now().await;
        assert_eq!(now["goals"][0]["status"], "on-hold", "{name}");
        assert_eq!(now["goals"][0]["statement"]["text"], WORDS, "{name}");
        assert_eq!(now["objectives"][0]["text"], "Four paintings", "{name}");
        let there = fake.inside().resources[&key].1.clone();
        assert_eq!((&there["lifecycleStatus"], &there["description"]["text"]), (&json!("on-hold"), &json!(WORDS)));
        goal(&fake, "Four paintings");
        let told = world.told().await;
        assert!(told.iter().any(|(field, ..)| field == "/statement/text"), "{name}: {told:?}");
        let says = &world.reviews().await[0].says;
        assert!(format!("{says:?}").contains(THEIRS), "{name}: the EHR's text is kept beside");
        // The next version meets nobody.
        let mut third = second();
        third["goals"][0]["status"] = json!("on-hold");
        third["objectives"][0]["text"] = json!("Five paintings");
        third["source"]["record_version"] = json!("3");
        let before = fake.inside().transactions.len();
        world.send(&third).await;
        world.deliver_until(&[DeliveryState::Done, DeliveryState::Superseded]).await;
        let bundles = fake.inside().transactions[before..].len();
        assert!(bundles <= 2, "{name}: {bundles} sent");
        goal(&fake, "Five paintings");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_tells_no_version_or_heeds_none_is_written_to_as_ever() {
    for is_untagged in [true, false] {
        let fake = Fake::own_ids().await;
        {
            let mut inside = fake.inside();
            inside.ehr.untagged = is_untagged;
            inside.ehr.ignores_if_match = !is_untagged;
        }
        let world = world(&fake, DeliveryMethod::OwnIds).await;
        world.send(&plan("P-1")).await;
        world.deliver(&["P-1"]).await;
        world.send(&second()).await;
        assert_eq!(deliver_and_read(&world).await, [DeliveryState::Done; 2]);
        goal(&fake, "Four paintings");
        let nobody = (String::new(), String::new());
        assert!(world.intake.store.rereads("ehr", &nobody, 1).await.expect("a store").is_empty());
        assert!(world.intake.store.delivered("ehr", AGENCY, "person-of-P-1").await.expect("a store")[0].delivered == 2);
    }
}
