//! The misbehaving-EHR test kit: forty cases, a row each (some have several), with the switch of the fake, what is done, and the
//! state that must follow. Every case has two things in common: the person's words stand in our store as they came, byte for
//! byte, and nothing is written twice at the EHR.

mod files;
mod reading;
mod sending;
mod steps;

use std::{
    collections::{BTreeSet, HashSet},
    fs,
    future::Future,
    ops::RangeInclusive,
    path::Path,
    pin::Pin,
};

use ownwords::{
    store::DeliveryState,
    sync::{back::ReadFile, connection::ConnectionFile},
};
use serde_json::{Value, json};
use tokio::task::LocalSet;

pub(super) use super::back::LONG_AGO;
use super::back::{World, plan};
use crate::fake_fhir::{Abilities, Fake};

/// How the EHR is made to misbehave.
pub(super) type Switch = fn(&Fake);
/// What a round of reading back comes to: taken, reviews, missing, not ours, unfinished.
pub(super) type Came = [u64; 5];
/// Where a delivery ends, how many writes were sent, how many plans or documents are there.
pub(super) type Ended = (DeliveryState, usize, usize);
/// A case of more steps, which asserts its state itself.
pub(super) type Steps = fn() -> Pin<Box<dyn Future<Output = Left>>>;

/// A row of the kit.
pub(super) struct Row {
    number: u8,
    name: &'static str,
    follows: &'static str,
    how: How,
}

/// How a case is brought about.
pub(super) enum How {
    /// A plan has arrived, the EHR is switched, and a round of reading back comes to this; the one after it to nothing new.
    Read(Switch, Came),
    /// The EHR is switched, and a plan is delivered to such an EHR.
    Sent(Takes, Switch, Ended),
    /// More than that.
    Steps(Steps),
    /// Cases of their own stand there.
    Elsewhere(&'static str),
    /// There is no such source yet.
    NotBuilt(&'static str),
}

/// What an EHR takes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Takes {
    OwnIds,
    IfNoneExist,
    Documents,
}

/// What a case leaves behind.
pub(super) struct Left {
    pub(super) world: World,
    pub(super) fake: Fake,
    /// What the person said, by plan id.
    pub(super) said: Vec<Value>,
    /// What others had made twice at the EHR before.
    pub(super) doubled: usize,
}

impl Left {
    pub(super) fn of(world: World, fake: Fake) -> Self {
        Self { world, fake, said: vec![plan("P-1")], doubled: 0 }
    }
}

pub(super) const fn row(number: u8, name: &'static str, follows: &'static str, how: How) -> Row {
    Row { number, name, follows, how }
}

impl Takes {
    pub(super) async fn fake(self) -> Fake {
        let fake = match self {
            Self::OwnIds => Fake::own_ids().await,
            Self::IfNoneExist => Fake::if_none_exist().await,
            Self::Documents => Fake::with(Abilities { update_create: false, conditional_create: false }).await,
        };
        if matches!(self, Self::Documents) {
            fake.inside().narrow.lists = Some(vec!["Patient", "DocumentReference"]);
            settle_in(&fake);
        }
        fake
    }
}

/// The EHR knows the person by the agency's id.
pub(super) fn settle_in(fake: &Fake) {
    let identifier = json!([{ "system": "urn:mrn", "value": "person-of-P-1" }]);
    let tree = json!({ "resourceType": "Patient", "id": "77", "identifier": identifier });
    fake.inside().resources.insert("Patient/77".to_owned(), (1, tree));
}

pub(super) fn file(fake: &Fake) -> ConnectionFile {
    let read = ReadFile { per_second: 0, ..ReadFile::default() };
    let mut said = ConnectionFile { base_url: fake.base(), read, max_attempts: 3, ..ConnectionFile::default() };
    "urn:mrn".clone_into(&mut said.person_system);
    said.document.pdf = false;
    said
}

pub(super) const ENDED: [DeliveryState; 3] = [DeliveryState::Done, DeliveryState::Blocked, DeliveryState::Dead];

/// Writes that came in.
pub(super) fn writes(fake: &Fake) -> usize {
    let inside = fake.inside();
    inside.transactions.len() + inside.narrow.sent.len()
}

impl Row {
    /// Brings the case about and holds it against the state that must follow; where there is something to hold.
    async fn run(&self) {
        let name = format!("{} {}: {}", self.number, self.name, self.follows);
        let left = match self.how {
            How::Read(switch, came) => read(switch, came, &name).await,
            How::Sent(takes, switch, ended) => sent(takes, switch, ended, &name).await,
            How::Steps(steps) => steps().await,
            How::Elsewhere(_) | How::NotBuilt(_) => return,
        };
        in_common(&left, &name).await;
    }
}

async fn read(switch: Switch, came: Came, name: &str) -> Left {
    let fake = Fake::own_ids().await;
    let mut world = World::settled(&fake).await;
    world.pull().await;
    world.later(25);
    switch(&fake);
    let pulled = world.pull().await;
    let is = [pulled.taken, pulled.reviews, pulled.missing, pulled.not_ours, pulled.unfinished];
    assert_eq!(is, came, "{name}: {pulled:?}");
    let again = world.pull().await;
    assert_eq!((again.taken, again.reviews), (0, 0), "{name}: the same again is nothing new");
    assert_eq!(writes(&fake), 1, "{name}: reading writes nothing");
    assert!(fake.inside().ehr.back.asked.len() < 40, "{name}: the EHR is not asked without end");
    Left::of(world, fake)
}

async fn sent(takes: Takes, switch: Switch, ended: Ended, name: &str) -> Left {
    let fake = takes.fake().await;
    switch(&fake);
    let world = World::on(file(&fake), None).await;
    world.send(&plan("P-1")).await;
    let delivery = world.deliver_until(&ENDED).await.remove(0);
    let arrived = fake.count(if matches!(takes, Takes::Documents) { "DocumentReference" } else { "CarePlan" });
    assert_eq!((delivery.state, writes(&fake), arrived), ended, "{name}: {delivery:?}");
    Left::of(world, fake)
}

/// What every case has in common.
async fn in_common(left: &Left, name: &str) {
    for said in &left.said {
        let plan_id = said["plan_id"].as_str().expect("an id");
        let versions = left.world.intake.store.plan_versions(super::back::AGENCY, plan_id).await.expect("a store");
        assert!(!versions.is_empty(), "{name}: {plan_id} is kept");
        for version in versions {
            let kept: Value = serde_json::from_str(&version.json).expect("JSON");
            assert_eq!(kept["goals"][0]["statement"], said["goals"][0]["statement"], "{name}: the goal");
            assert_eq!(kept["strengths"], said["strengths"], "{name}: the strengths");
        }
    }
    assert_eq!(doubled(&left.fake), left.doubled, "{name}: nothing is written twice");
}

/// How many resources there say that they are one that is there already, by identifier or marker line, and how many care plans
/// were processed more than once.
pub(super) fn doubled(fake: &Fake) -> usize {
    let inside = fake.inside();
    let mut seen = HashSet::new();
    let mut doubled = 0;
    for (key, (_, resource)) in &inside.resources {
        let kind = key.split('/').next().expect("a type");
        let given = &resource["identifier"];
        let mut names: Vec<String> = given
            .as_array()
            .map_or(std::slice::from_ref(given), Vec::as_slice)
            .iter()
            .filter(|one| one["value"].as_str().is_some_and(|value| value.starts_with("urn:uuid:")))
            .map(|one| format!("{kind} {}|{}", one["system"], one["value"]))
            .collect();
        let marker = resource["description"].as_str().filter(|one| one.starts_with("ownwords plan "));
        names.extend(marker.map(|marker| format!("{kind} {marker}")));
        let again: Vec<String> = names.into_iter().filter(|name| !seen.insert(name.clone())).collect();
        if !again.is_empty() {
            println!("{key}: {again:?}");
            doubled += 1;
        }
    }
    let once: HashSet<&String> = inside.processed.iter().collect();
    doubled + inside.processed.len() - once.len()
}

fn all() -> impl Iterator<Item = &'static Row> {
    [sending::ROWS, reading::ROWS, steps::ROWS, files::ROWS].into_iter().flatten()
}

/// Runs all of them, so that one that fails hides no other.
async fn run(numbers: RangeInclusive<u8>) {
    let rows: Vec<&'static Row> = all().filter(|row| numbers.contains(&row.number)).collect();
    let here = LocalSet::new();
    let mut failed = Vec::new();
    for row in rows {
        let task = here.spawn_local(row.run());
        if here.run_until(task).await.is_err() {
            failed.push(format!("{} {}", row.number, row.name));
        }
    }
    assert!(failed.is_empty(), "see above: {failed:#?}");
}

#[test]
fn every_case_from_1_to_40_has_a_row_and_nothing_else_has() {
    let numbers: BTreeSet<u8> = all().map(|row| row.number).collect();
    assert_eq!(numbers, (1..=40).collect());
    for row in all() {
        assert!(!row.name.is_empty() && !row.follows.is_empty(), "{}", row.number);
        if let How::Elsewhere(place) | How::NotBuilt(place) = row.how {
            assert!(row.number > 35 && !place.is_empty(), "{} is to be brought about here", row.number);
        }
        if let How::Elsewhere(place) = row.how {
            let (file, name) = place.split_once(", ").expect("a file and a test in it");
            let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).expect("the file is there");
            assert!(text.contains(&format!("async fn {name}(")), "{} is brought about by {name}", row.number);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_that_go_astray() {
    run(1..=7).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn searches_that_go_astray() {
    run(8..=16).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_that_say_something_else() {
    run(17..=23).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn abilities_clocks_and_people_that_change() {
    run(24..=35).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bulk_webhooks_and_files() {
    run(36..=40).await;
}
