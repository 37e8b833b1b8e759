//! Reading back from a real FHIR R4 server, given by `OWNWORDS_TEST_FHIR_URL`.

use std::time::Duration;

use ownwords::{
    config::DeliveryMethod,
    fhir::Ids,
    store::DeliveryState,
    sync::{
        back::{Pulled, ReadFile, Wanted},
        connection::ConnectionFile,
    },
};
use serde_json::{Value, json};
use tokio::{
    sync::MutexGuard,
    time::{Instant, sleep},
};
use uuid::Uuid;

use super::{
    WORDS, World,
    meanwhile::{deliver_and_read, reads_itself, second},
    plan,
};
use crate::real_fhir::{self, RealFhir};

struct Server {
    base: String,
    http: reqwest::Client,
    _turn: Option<MutexGuard<'static, ()>>,
}

impl Server {
    async fn given() -> Option<Self> {
        let RealFhir { base, http, turn } = real_fhir::given().await?;
        Some(Self { base, http, _turn: Some(turn) })
    }

    /// A world whose ids are this run's own.
    async fn world(&self, method: DeliveryMethod) -> World {
        self.world_that_reads(method, ReadFile { per_second: 0, ..ReadFile::default() }).await
    }

    async fn world_that_reads(&self, method: DeliveryMethod, read: ReadFile) -> World {
        let said = ConnectionFile {
            base_url: self.base.clone(),
            method,
            allow_plain_http: true,
            read,
            // The clock stands still: whatever rests is due at once, and that must not count.
            max_attempts: 10_000,
            ..ConnectionFile::default()
        };
        let world = World::on(said, Some(Ids::within(Uuid::new_v4()))).await;
        world.send(&plan("P-1")).await;
        world.deliver(&["P-1"]).await;
        world
    }

    async fn edit(&self, key: &str, change: impl FnOnce(&mut Value)) {
        let url = format!("{}/{key}", self.base);
        let text = self.http.get(&url).send().await.expect("an answer").text().await.expect("a body");
        let mut resource: Value = serde_json::from_str(&text).expect("JSON");
        change(&mut resource);
        let put = self.http.put(&url).header("content-type", "application/fhir+json").body(resource.to_string());
        let status = put.send().await.expect("an answer").status();
        assert!(status.is_success(), "{status}");
    }
}

/// Where a resource that says this stands at the server.
async fn place(world: &World, says: &str) -> String {
    let seen = world.intake.store.seen("ehr", super::AGENCY, "person-of-P-1").await.expect("a store");
    let is_it = |content: &str| {
        let one: Value = serde_json::from_str(content).expect("JSON");
        one["description"]["text"] == says || one["valueString"] == says
    };
    let found = seen.iter().find(|one| is_it(&one.content)).expect("a resource that says so");
    format!("{}/{}", found.kind, found.remote_id)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_is_pushed_changed_there_and_polled_back() {
    let Some(server) = Server::given().await else { return };
    for method in [DeliveryMethod::OwnIds, DeliveryMethod::IfNoneExist] {
        let mut world = server.world(method).await;
        let first = world.pull().await;
        assert_eq!(
            (first.persons, first.resources, first.unchanged, first.reviews),
            (1, 5, 5, 0),
            "{method:?} {first:?}"
        );
        server
            .edit(&place(&world, WORDS).await, |goal| {
                goal["lifecycleStatus"] = json!("completed");
                goal["description"]["text"] = json!("Client will attend art therapy");
            })
            .await;
        let pulled = world.pull().await;
        assert_eq!((pulled.taken, pulled.reviews), (1, 1), "{method:?} {pulled:?}");
        let now = world.now().await;
        assert_eq!(now["goals"][0]["status"], "achieved", "{method:?}");
        assert_eq!(now["goals"][0]["statement"]["text"], WORDS, "{method:?}: byte for byte");
        let again = world.pull().await;
        assert_eq!((again.taken, again.reviews), (0, 0), "{method:?} {again:?}");
        // Deleted there: gone after a day, and the words stay.
        let strength = place(&world, "My sister believes in me").await;
        let care_plan = world.intake.store.seen("ehr", super::AGENCY, "person-of-P-1").await.expect("a store");
        let care_plan = care_plan.iter().find(|one| one.kind == "CarePlan").expect("a care plan").remote_id.clone();
        server
            .edit(&format!("CarePlan/{care_plan}"), |plan| {
                drop(plan.as_object_mut().expect("one").remove("supportingInfo"))
            })
            .await;
        let url = format!("{}/Provenance?target={strength}&_format=json", server.base);
        let text = server.http.get(&url).send().await.expect("an answer").text().await.expect("a body");
        let found: Value = serde_json::from_str(&text).expect("JSON");
        for entry in found["entry"].as_array().into_iter().flatten() {
            let id = entry["resource"]["id"].as_str().expect("an id");
            server.http.delete(format!("{}/Provenance/{id}", server.base)).send().await.expect("an answer");
        }
        let status =
            server.http.delete(format!("{}/{strength}", server.base)).send().await.expect("an answer").status();
        assert!(status.is_success(), "{status}");
        let everything = Wanted { person: Some("person-of-P-1".to_owned()), dry_run: false };
        assert_eq!(world.wanted(everything.clone()).await.missing, 1, "{method:?}");
        world.later(25);
        assert_eq!(world.wanted(everything).await.reviews, 1, "{method:?}");
        assert_eq!(world.now().await["strengths"], plan("P-1")["strengths"]);
    }
}

/// A transaction of 1,500 goals stamps its resources when it begins and shows them when it ends. The change to our goal that
/// it carries is found by a poller that looked all the while.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_transaction_beside_the_poller_is_found() {
    let Some(server) = Server::given().await else { return };
    let world = server.world(DeliveryMethod::OwnIds).await;
    world.pull().await;
    let key = place(&world, WORDS).await;
    let text =
        server.http.get(format!("{}/{key}", server.base)).send().await.expect("an answer").text().await.expect("text");
    let mut goal: Value = serde_json::from_str(&text).expect("JSON");
    goal["lifecycleStatus"] = json!("on-hold");
    let mut entries = vec![json!({ "resource": goal, "request": { "method": "PUT", "url": key } })];
    let others = (0..1500).map(|number| {
        let other = json!({ "resourceType": "Goal", "lifecycleStatus": "active", "subject": goal["subject"],
            "description": { "text": format!("another {number}") } });
        json!({ "resource": other, "request": { "method": "POST", "url": "Goal" } })
    });
    // These are of nobody whom we read.
    entries.extend(others.map(|mut entry| {
        entry["resource"].as_object_mut().expect("one").remove("subject");
        entry
    }));
    let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries }).to_string();
    let post = server.http.post(&server.base).header("content-type", "application/fhir+json").body(bundle);
    let slow = tokio::spawn(post.send());
    let mut rounds = 0;
    while !slow.is_finished() {
        world.pull().await;
        rounds += 1;
        sleep(Duration::from_millis(50)).await;
    }
    let status = slow.await.expect("no panic").expect("an answer").status();
    assert!(status.is_success(), "{status}");
    world.pull().await;
    assert!(rounds > 1, "the poller looked while it ran");
    assert_eq!(world.now().await["goals"][0]["status"], "on-hold", "after {rounds} rounds");
}

/// Rounds until the server has written its export; the clock of this world runs ahead of the server's waits.
async fn through(world: &mut World) -> Pulled {
    let deadline = Instant::now() + Duration::from_mins(5);
    loop {
        let pulled = world.pull().await;
        if pulled.waits_s.is_none() {
            return pulled;
        }
        assert!(Instant::now() < deadline, "the export was never written");
        world.later(1);
        sleep(Duration::from_millis(300)).await;
    }
}

/// A group of one is exported whole, and then what changed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plan_is_read_back_by_bulk_export() {
    let Some(server) = Server::given().await else { return };
    let statement = server.http.get(format!("{}/metadata?_format=json", server.base)).send().await.expect("an answer");
    if !statement.text().await.expect("a body").contains("export") {
        println!("skipped: the FHIR server offers no bulk export");
        return;
    }
    // The server writes an export in a minute or two; others may use it meanwhile.
    let Server { base, http, _turn: turn } = server;
    drop(turn);
    let server = Server { base, http, _turn: None };
    let group = Uuid::new_v4().to_string();
    let read = ReadFile { per_second: 0, bulk_group: group.clone(), ..ReadFile::default() };
    let mut world = server.world_that_reads(DeliveryMethod::OwnIds, read).await;
    let patient = world.intake.ids.of("Patient", super::AGENCY, &["person-of-P-1"]);
    let members = json!({ "resourceType": "Group", "id": group, "type": "person", "actual": true,
        "member": [{ "entity": { "reference": format!("Patient/{patient}") } }] });
    let put = server.http.put(format!("{}/Group/{group}", server.base));
    let put = put.header("content-type", "application/fhir+json").body(members.to_string()).send().await;
    let answer = put.expect("an answer");
    assert!(answer.status().is_success(), "{}", answer.text().await.expect("a body"));
    let goal = world.intake.store.plans_at("ehr", super::AGENCY, "person-of-P-1").await.expect("a store");
    let goal =
        goal[0].resources.iter().find(|one| one.kind == "Goal" && one.json.contains("to paint")).expect("the goal").id;
    server
        .edit(&format!("Goal/{goal}"), |goal| {
            goal["lifecycleStatus"] = json!("completed");
            goal["description"]["text"] = json!("Client will attend art therapy");
        })
        .await;
    let first = through(&mut world).await;
    assert_eq!((first.persons, first.resources, first.missing, first.unfinished), (1, 5, 0, 0), "{first:?}");
    assert_eq!((first.taken, first.reviews), (1, 1), "{first:?}");
    let now = world.now().await;
    assert_eq!(
        (&now["goals"][0]["status"], &now["goals"][0]["statement"]["text"]),
        (&json!("achieved"), &json!(WORDS))
    );
    // What changed since its moment is nothing.
    let second = through(&mut world).await;
    assert_eq!((second.persons, second.resources, second.unfinished), (0, 0, 0), "{second:?}");
    assert_eq!(world.versions().await.len(), 2, "nothing twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_that_was_not_read_yet_is_read_before_it_is_written_over() {
    let Some(server) = Server::given().await else { return };
    for method in [DeliveryMethod::OwnIds, DeliveryMethod::IfNoneExist] {
        let world = server.world_that_reads(method, reads_itself()).await;
        world.pull().await;
        let key = place(&world, WORDS).await;
        server.edit(&key, |goal| goal["lifecycleStatus"] = json!("on-hold")).await;
        world.send(&second()).await;
        let began = Instant::now();
        let states = deliver_and_read(&world).await;
        assert_eq!(states, [DeliveryState::Done, DeliveryState::Superseded, DeliveryState::Done], "{method:?}");
        println!("{method:?}: met, read and delivered in {:?}", began.elapsed());
        let now = world.now().await;
        assert_eq!(
            (&now["goals"][0]["status"], &now["objectives"][0]["text"]),
            (&json!("on-hold"), &json!("Four paintings"))
        );
        let there = server.http.get(format!("{}/{key}", server.base)).send().await.expect("an answer");
        let there: Value = serde_json::from_str(&there.text().await.expect("a body")).expect("JSON");
        assert_eq!((&there["lifecycleStatus"], &there["description"]["text"]), (&json!("on-hold"), &json!(WORDS)));
    }
}
