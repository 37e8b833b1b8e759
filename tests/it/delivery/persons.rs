//! Deliveries of people whose ids were merged on the rungs below the structured one: the EHR's own record of the person who is
//! left is looked for, and an attempt under way when a merge is told makes no further request.

use std::path::Path;

use jiff::Timestamp;
use ownwords::{
    store::{AgencyScope, DeliveryState, Merge, NewMerge, Said, Told, Way},
    sync::{Connection, connection::ConnectionFile},
};
use serde_json::json;

use super::{CONNECTION, Outbox, Worker, eventually, pace};
use crate::fake_fhir::{Abilities, Fake, Fate};

fn said() -> Said {
    Said { at: Timestamp::now(), by: "A. Lee".to_owned(), why: "two charts".to_owned(), way: Way::Cli }
}

impl Outbox {
    async fn merge(&self, person: &str, survivor: &str) -> Merge {
        let ids = self.store.ids().await.expect("ids");
        let patient = |id: &str| ids.of("Patient", "agency", &[id]);
        let new = NewMerge {
            agency: "agency".to_owned(),
            person_id: person.to_owned(),
            survivor_id: survivor.to_owned(),
            refs: (patient(person), patient(survivor)),
        };
        match self.store.merge(&new, &said()).await.expect("told") {
            Told::Now(merge) => merge,
            other => panic!("not new: {other:?}"),
        }
    }

    async fn confirm(&self, merge: &Merge) {
        self.store.confirm_merge(merge.id, &AgencyScope::All, &said()).await.expect("a store").expect("it waited");
    }

    async fn enter_plan(&mut self, person: &str, plan: &str) {
        let tree = json!({
            "plan_id": plan, "status": "active", "person": { "local_id": person },
            "goals": [{ "goal_id": "g1", "statement": { "text": "I want to paint", "expressed_by": "person" } }],
            "strengths": [{ "text": "Stays with things" }],
        });
        let resources = self.resources(person, plan, "I want to paint");
        self.enter_whole(person, plan, tree.to_string(), resources).await;
    }
}

#[tokio::test]
async fn a_document_goes_to_the_record_of_the_person_who_is_left() {
    let fake = Fake::with(Abilities { update_create: false, conditional_create: false }).await;
    fake.inside().narrow.lists = Some(vec!["Patient", "DocumentReference"]);
    for (id, person) in [("77", "old"), ("88", "new")] {
        let tree =
            json!({ "resourceType": "Patient", "id": id, "identifier": [{ "system": "urn:mrn", "value": person }] });
        fake.inside().resources.insert(format!("Patient/{id}"), (1, tree));
    }
    let mut outbox = Outbox::new().await;
    outbox.enter_plan("old", "first").await;
    let file =
        ConnectionFile { base_url: fake.base(), person_system: "urn:mrn".to_owned(), ..ConnectionFile::default() };
    let connection = Connection::of_file(CONNECTION, Path::new("/"), file).expect("a connection");
    let worker = Worker::start_on(&outbox.store, connection, pace());
    outbox.until(&[DeliveryState::Done]).await;
    let merge = outbox.merge("old", "new").await;
    outbox.enter_plan("old", "second").await;
    outbox.until(&[DeliveryState::Done, DeliveryState::Blocked]).await;
    assert_eq!(fake.count("DocumentReference"), 1);
    outbox.confirm(&merge).await;
    outbox.until(&[DeliveryState::Done]).await;
    worker.stop().await;
    let inside = fake.inside();
    let documents = inside.resources.iter().filter(|(key, _)| key.starts_with("DocumentReference/"));
    let subjects: Vec<_> = documents.map(|(_, (_, tree))| tree["subject"]["reference"].clone()).collect();
    assert_eq!(subjects, ["Patient/77", "Patient/88"], "what is there stays where it is");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_attempt_under_way_makes_no_further_request() {
    let fake = Fake::if_none_exist().await;
    // The first transaction is processed, and its answer never comes: the attempt waits while the merge is told.
    fake.inside().fates = vec![Fate::ProcessAndHang].into();
    let mut outbox = Outbox::new().await;
    outbox.enter("p", "plan", "I want to paint").await;
    let worker = Worker::start(&outbox.store, super::settings(fake.base()), pace());
    eventually("a transaction came", || fake.inside().transactions.len() == 1).await;
    let merge = outbox.merge("q", "p").await;
    outbox.until(&[DeliveryState::Blocked]).await;
    let requests = || {
        let inside = fake.inside();
        (inside.transactions.len(), inside.looked.len())
    };
    let before = requests();
    tokio::time::sleep(pace().timeout * 2).await;
    assert_eq!((requests(), before.0), (before, 1));
    assert_eq!(outbox.deliveries().await[0].state, DeliveryState::Blocked);
    outbox.confirm(&merge).await;
    outbox.until(&[DeliveryState::Done]).await;
    worker.stop().await;
    assert_eq!(fake.count("CarePlan"), 1, "it was looked for before it was sent again");
}
