//! What a connection says of its receiver: a newer US Core is told more, and what is kept stays as it was.

use std::path::Path;

use ownwords::{
    config::DeliveryMethod,
    fhir::{Resource, receiver::UsCore},
    store::{AgencyScope, DeliveryState},
    sync::{
        Connection,
        connection::{ConnectionFile, RungChoice},
    },
};
use serde_json::{Value, json};

use super::{Outbox, Worker, pace};
use crate::fake_fhir::Fake;

fn file(base_url: String) -> ConnectionFile {
    ConnectionFile {
        base_url,
        method: DeliveryMethod::OwnIds,
        rung: RungChoice::A,
        us_core: UsCore::V9,
        care_plan_category: "http://snomed.info/sct|734163000".to_owned(),
        ..ConnectionFile::default()
    }
}

#[tokio::test]
async fn a_receiver_of_us_core_9_is_told_more_than_is_kept() {
    let fake = Fake::own_ids().await;
    let mut outbox = Outbox::new().await;
    let mut resources = outbox.resources("p", "plan", "I want to sing");
    let id = outbox.id("preference");
    let sid = json!([{ "system": "https://ownwords.org/fhir/sid/observation", "value": format!("urn:uuid:{id}") }]);
    let preference = json!({ "resourceType": "Observation", "id": id.to_string(), "identifier": sid, "status": "final",
        "code": { "coding": [{ "system": "http://loinc.org", "code": "95541-9" }] }, "valueString": "Sit beside me" });
    resources.push(Resource { kind: "Observation", id, json: preference.to_string() });
    let care_plan = resources.iter().find(|one| one.kind == "CarePlan").expect("a plan").clone();
    outbox.enter_said("p", "plan", resources).await;
    let connection = Connection::of_file("ehr", Path::new("/"), file(fake.base())).expect("a connection");
    let worker = Worker::start_on(&outbox.store, connection, pace());
    outbox.until(&[DeliveryState::Done]).await;
    worker.stop().await;
    let there = |key: String| fake.inside().resources[&key].1.clone();
    let told = there(format!("Observation/{id}"));
    assert_eq!(told["category"][0]["coding"][0]["code"], "care-experience-preference");
    assert_eq!(told["valueString"], "Sit beside me");
    assert_eq!(there(format!("CarePlan/{}", care_plan.id))["category"][0]["coding"][0]["code"], "734163000");
    for (kind, id, json) in [("Observation", id, preference.to_string()), ("CarePlan", care_plan.id, care_plan.json)] {
        let kept = outbox.store.resource(kind, id, &AgencyScope::All).await.expect("the store answers").here();
        let kept: Value = serde_json::from_str(&kept.expect("it is kept").json).expect("JSON");
        assert_eq!(kept, serde_json::from_str::<Value>(&json).expect("JSON"), "{kind}");
    }
}

#[test]
fn a_category_that_is_none_is_refused() {
    let said =
        ConnectionFile { care_plan_category: "734163000".to_owned(), ..file("https://ehr.example.org".to_owned()) };
    assert!(Connection::of_file("ehr", Path::new("/"), said).is_err());
    let text =
        "base_url = \"https://ehr.example.org\"\nus_core = \"8\"\nuk_barrier_code = true\nprotective_factors = true\n";
    let said: ConnectionFile = toml::from_str(text).expect("it is taken");
    assert_eq!((said.us_core, said.uk_barrier_code, said.protective_factors), (UsCore::V8, true, true));
    assert!(toml::from_str::<ConnectionFile>("us_core = \"5\"").is_err());
}
