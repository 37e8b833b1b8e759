//! Delivery below the structured rung: as a document, as answers, as a notice, as files; and how a connection falls from one
//! rung to the next without losing or doubling anything.

use std::{fs, os::unix::fs::MetadataExt, path::Path};

use base64::{Engine, prelude::BASE64_STANDARD};
use ownwords::{
    store::{DeliveryState, Rung},
    sync::{
        Connection,
        connection::{ConnectionFile, OutboundFile, RungChoice},
    },
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{CONNECTION, Outbox, Worker, eventually, pace};
use crate::fake_fhir::{Abilities, Fake, Fate, Tells};

const ENDED: [DeliveryState; 4] =
    [DeliveryState::Done, DeliveryState::Blocked, DeliveryState::Dead, DeliveryState::Superseded];
pub(super) const WORDS: &str = " I want\tto paint — again ";

/// An EHR that knows the person p by the agency's id and takes documents only.
pub(super) async fn documents_only() -> Fake {
    let fake = Fake::with(Abilities { update_create: false, conditional_create: false }).await;
    fake.inside().narrow.lists = Some(vec!["Patient", "DocumentReference"]);
    settle_in(&fake, "77", "p");
    fake
}

fn settle_in(fake: &Fake, id: &str, person: &str) {
    let tree = json!({ "resourceType": "Patient", "id": id, "identifier": [{ "system": "urn:mrn", "value": person }] });
    fake.inside().resources.insert(format!("Patient/{id}"), (1, tree));
}

pub(super) fn file(fake: &Fake) -> ConnectionFile {
    ConnectionFile {
        base_url: fake.base(),
        person_system: "urn:mrn".to_owned(),
        max_attempts: 4,
        ..ConnectionFile::default()
    }
}

pub(super) fn start(outbox: &Outbox, said: ConnectionFile) -> Worker {
    let connection = Connection::of_file(CONNECTION, Path::new("/"), said).expect("a connection");
    Worker::start_on(&outbox.store, connection, pace())
}

impl Outbox {
    pub(super) async fn enter_words(&mut self, person: &str, plan: &str, says: &str) {
        self.enter_in(person, plan, says, "active").await;
    }

    async fn enter_in(&mut self, person: &str, plan: &str, says: &str, status: &str) {
        let tree = json!({
            "plan_id": plan, "status": status, "person": { "local_id": person },
            "goals": [{ "goal_id": "g1", "statement": { "text": says, "expressed_by": "person" } }],
            "strengths": [{ "text": "Stays with things" }],
        });
        let resources = self.resources(person, plan, says);
        self.enter_whole(person, plan, tree.to_string(), resources).await;
    }
}

/// How many creates were sent.
fn sent(fake: &Fake) -> usize {
    fake.inside().narrow.sent.len()
}

/// How many transactions were sent.
fn tried(fake: &Fake) -> usize {
    fake.inside().transactions.len()
}

/// All resources of a type, by the order of their making.
pub(super) fn all(fake: &Fake, kind: &str) -> Vec<Value> {
    let inside = fake.inside();
    let of_kind = inside.resources.iter().filter(|(key, _)| key.starts_with(&format!("{kind}/")));
    of_kind.map(|(_, (_, tree))| tree.clone()).collect()
}

pub(super) fn text(document: &Value) -> String {
    let data = document["content"][0]["attachment"]["data"].as_str().expect("data");
    String::from_utf8(BASE64_STANDARD.decode(data).expect("base64")).expect("UTF-8")
}

#[tokio::test]
async fn a_plan_arrives_as_a_document_and_its_next_version_replaces_it() {
    let fake = documents_only().await;
    let mut outbox = Outbox::new().await;
    outbox.enter_words("p", "plan", WORDS).await;
    let worker = start(&outbox, file(&fake));
    outbox.until(&[DeliveryState::Done]).await;
    let first = all(&fake, "DocumentReference").remove(0);
    let marker = format!("ownwords plan {} v1", outbox.id("plan plan"));
    let said = text(&first);
    assert!(said.starts_with(&format!("{marker}\n\nMy recovery plan\n")), "{said}");
    assert!(said.contains(&format!("My goal, in my own words\n------------------------\n\n{WORDS}\n")), "{said}");
    for (pointer, expected) in [
        ("/status", "current"),
        ("/docStatus", "final"),
        ("/subject/reference", "Patient/77"),
        ("/type/coding/0/system", "http://loinc.org"),
        ("/type/coding/0/code", "18776-5"),
        ("/category/0/coding/0/code", "clinical-note"),
        ("/content/0/attachment/contentType", "text/plain; charset=utf-8"),
        ("/author/0/reference", "#agency"),
        ("/custodian/reference", "#agency"),
        ("/contained/0/id", "agency"),
        ("/description", &marker),
    ] {
        assert_eq!(first.pointer(pointer), Some(&json!(expected)), "{pointer}");
    }
    assert!(first["date"].as_str().is_some_and(|date| date.contains('T') && date.ends_with('Z')));

    outbox.enter_words("p", "plan", "I want to show my paintings").await;
    outbox.until(&[DeliveryState::Done]).await;
    worker.stop().await;
    let [older, newer] = &all(&fake, "DocumentReference")[..] else { panic!("two documents") };
    let replaced = format!("DocumentReference/{}", older["id"].as_str().expect("an id"));
    assert_eq!(newer["relatesTo"], json!([{ "code": "replaces", "target": { "reference": replaced } }]));
    assert_eq!((&older["status"], &newer["status"]), (&json!("superseded"), &json!("current")));
    assert_eq!(text(older), said, "a version that was replaced keeps its words");
}

/// What happens to the first create; where it ends; how often it was sent. The document is there once, or not at all.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_failure_leaves_one_document_or_none() {
    let answer = |status| vec![Fate::Answer(status, None, "as the server says")];
    let (done, blocked, dead) = (DeliveryState::Done, DeliveryState::Blocked, DeliveryState::Dead);
    for (name, fates, state, times) in [
        ("well", vec![], done, 1),
        ("processed, no answer", vec![Fate::ProcessAndHang], done, 1),
        ("processed, closed", vec![Fate::ProcessAndClose], done, 1),
        ("closed before", vec![Fate::Close], done, 2),
        ("no answer ever", vec![Fate::Hang], done, 2),
        ("429", answer(429), done, 2),
        ("500", answer(500), done, 2),
        ("502", answer(502), done, 2),
        ("400", [answer(400), answer(400)].concat(), dead, 2),
        ("403", answer(403), blocked, 1),
        ("422, with the PDF and without", [answer(422), answer(422)].concat(), dead, 2),
    ] {
        for drops_identifiers in [false, true] {
            let fake = documents_only().await;
            fake.inside().fates = fates.clone().into();
            fake.inside().ehr.drops_identifiers = drops_identifiers;
            let mut outbox = Outbox::new().await;
            outbox.enter_words("p", "plan", WORDS).await;
            let worker = start(&outbox, file(&fake));
            let delivery = outbox.until(&ENDED).await.remove(0);
            worker.stop().await;
            let found = (delivery.state, sent(&fake), fake.count("DocumentReference"));
            let expected = (state, times, usize::from(state == done));
            assert_eq!(found, expected, "{name}, identifiers dropped: {drops_identifiers}: {delivery:?}");
        }
    }
}

#[tokio::test]
async fn a_server_that_tells_no_place_or_lets_nothing_be_updated_still_gets_each_version_once() {
    let fake = documents_only().await;
    fake.inside().narrow.tells = Tells::NoPlace;
    fake.inside().narrow.keeps_all = true;
    let mut outbox = Outbox::new().await;
    let worker = start(&outbox, file(&fake));
    for says in ["one", "two", "three"] {
        outbox.enter_words("p", "plan", says).await;
        outbox.until(&[DeliveryState::Done]).await;
    }
    worker.stop().await;
    let all = all(&fake, "DocumentReference");
    let replaced: Vec<&Value> = all.iter().map(|one| &one["relatesTo"][0]["target"]["reference"]).collect();
    assert_eq!(replaced, [&Value::Null, &json!("DocumentReference/101"), &json!("DocumentReference/102")]);
    assert!(all.iter().all(|one| one["status"] == "current"));
}

#[tokio::test]
async fn a_document_held_for_review_is_waited_for_and_not_sent_again() {
    let fake = documents_only().await;
    fake.inside().narrow.holds = true;
    let mut outbox = Outbox::new().await;
    outbox.enter_words("p", "plan", WORDS).await;
    let worker = start(&outbox, file(&fake));
    let held = outbox.until(&[DeliveryState::Unknown]).await.remove(0);
    worker.stop().await;
    assert_eq!((held.status, sent(&fake), fake.count("DocumentReference")), (Some(202), 1, 0));
    assert!(held.not_before.duration_since(held.updated_at).as_secs() >= 590, "{held:?}");
}

#[tokio::test]
async fn nothing_is_sent_about_a_person_whom_the_server_does_not_know_for_sure() {
    for (records, part) in [(vec![], "does not know the person"), (vec!["1", "2"], "more than one record")] {
        let fake = documents_only().await;
        fake.inside().resources.clear();
        records.into_iter().for_each(|id| settle_in(&fake, id, "p"));
        settle_in(&fake, "9", "another");
        let mut outbox = Outbox::new().await;
        outbox.enter_words("p", "plan", WORDS).await;
        let worker = start(&outbox, file(&fake));
        let delivery = outbox.until(&ENDED).await.remove(0);
        worker.stop().await;
        assert_eq!((delivery.state, sent(&fake)), (DeliveryState::Blocked, 0));
        assert!(delivery.reason.is_some_and(|reason| reason.contains(part)));
    }
}

#[tokio::test]
async fn a_plan_entered_in_error_takes_its_document_back_and_no_words() {
    let fake = documents_only().await;
    let mut outbox = Outbox::new().await;
    let worker = start(&outbox, file(&fake));
    outbox.enter_words("p", "plan", WORDS).await;
    outbox.until(&[DeliveryState::Done]).await;
    outbox.enter_in("p", "plan", "other words", "entered-in-error").await;
    outbox.until(&[DeliveryState::Done]).await;
    outbox.enter_in("p", "never sent", "words", "entered-in-error").await;
    outbox.until(&[DeliveryState::Done]).await;
    worker.stop().await;
    let [only] = &all(&fake, "DocumentReference")[..] else { panic!("one document") };
    assert_eq!(only["status"], "entered-in-error");
    assert!(text(only).contains(WORDS));
}

const NOT_SUPPORTED: &str =
    r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"not-supported"}]}"#;

/// A server whose statement promises everything: what it turns away shows the rung, and each plan arrives once on the next.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rung_that_is_turned_away_gives_way_to_the_next() {
    let scope = Some(("www-authenticate", "Bearer error=\"insufficient_scope\""));
    for refusal in [(405, None, ""), (501, None, ""), (403, scope, ""), (422, None, NOT_SUPPORTED)] {
        let fake = Fake::own_ids().await;
        fake.inside().narrow.refusals.insert("", refusal);
        let mut outbox = Outbox::new().await;
        for person in ["p", "q", "r"] {
            settle_in(&fake, person, person);
            outbox.enter_words(person, person, WORDS).await;
        }
        let worker = start(&outbox, file(&fake));
        outbox.until(&[DeliveryState::Done]).await;
        worker.stop().await;
        assert_eq!((fake.count("DocumentReference"), fake.count("CarePlan")), (3, 0), "{refusal:?}");
        let refused = outbox.store.refused_rungs(CONNECTION).await.expect("an answer");
        assert_eq!(refused.iter().map(|one| (one.rung, one.status)).collect::<Vec<_>>(), [(Rung::A, refusal.0)]);
        let before = tried(&fake);
        outbox.enter_words("p", "p", "I want to show my paintings").await;
        let worker = start(&outbox, file(&fake));
        outbox.until(&[DeliveryState::Done]).await;
        worker.stop().await;
        assert_eq!((fake.count("DocumentReference"), tried(&fake)), (4, before), "{refusal:?}");
    }
}

#[tokio::test]
async fn it_falls_rung_by_rung_down_to_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let fake = documents_only().await;
    fake.inside().narrow.lists = Some(vec!["Patient", "DocumentReference", "Communication", "QuestionnaireResponse"]);
    fake.inside().narrow.refusals.insert("DocumentReference", (404, None, ""));
    fake.inside().narrow.refusals.insert("Communication", (405, None, ""));
    let mut said = file(&fake);
    said.notice.link = "https://ehr.example.org/{plan}".to_owned();
    said.outbound.folder = folder.path().to_owned();
    let mut outbox = Outbox::new().await;
    outbox.enter_words("p", "plan", WORDS).await;
    let worker = start(&outbox, said);
    let delivery = outbox.until(&ENDED).await.remove(0);
    worker.stop().await;
    assert_eq!((delivery.state, delivery.attempts), (DeliveryState::Done, 1), "one attempt went all the way");
    let refused = outbox.store.refused_rungs(CONNECTION).await.expect("an answer");
    assert_eq!(refused.iter().map(|one| one.rung).collect::<Vec<_>>(), [Rung::B, Rung::D]);
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 3);
}

#[tokio::test]
async fn a_rung_chosen_for_good_does_not_fall() {
    let fake = Fake::own_ids().await;
    settle_in(&fake, "77", "p");
    fake.inside().narrow.refusals.insert("", (405, None, ""));
    let mut outbox = Outbox::new().await;
    outbox.enter_words("p", "plan", WORDS).await;
    let worker = start(&outbox, ConnectionFile { rung: RungChoice::A, ..file(&fake) });
    let delivery = outbox.until(&ENDED).await.remove(0);
    worker.stop().await;
    assert_eq!((delivery.state, fake.count("DocumentReference")), (DeliveryState::Blocked, 0));
    assert!(outbox.store.refused_rungs(CONNECTION).await.expect("an answer").is_empty());
}

/// Sent structured and not answered; then the rung falls. It is looked for where it was sent, and no document doubles it.
#[tokio::test]
async fn what_arrived_on_a_higher_rung_is_not_sent_again_on_a_lower_one() {
    for (fate, documents) in [(Fate::ProcessAndHang, 0), (Fate::Hang, 1)] {
        let fake = Fake::own_ids().await;
        settle_in(&fake, "77", "p");
        fake.inside().ever_after = fate;
        let mut outbox = Outbox::new().await;
        outbox.enter_words("p", "plan", WORDS).await;
        let worker = start(&outbox, file(&fake));
        eventually("a first sending", || !fake.inside().transactions.is_empty()).await;
        worker.kill().await;
        outbox.store.refuse_rung(CONNECTION, Rung::A, 405).await.expect("kept");
        let worker = start(&outbox, file(&fake));
        let delivery = outbox.until(&ENDED).await.remove(0);
        worker.stop().await;
        assert_eq!((delivery.state, fake.count("DocumentReference")), (DeliveryState::Done, documents));
        assert_eq!(fake.count("CarePlan"), 1 - documents, "there once, on one rung");
    }
}

#[tokio::test]
async fn a_plan_arrives_as_answers_to_the_questionnaire_of_the_ehr() {
    let fake = documents_only().await;
    fake.inside().narrow.lists = Some(vec!["Patient", "QuestionnaireResponse"]);
    let mut said = file(&fake);
    said.questionnaire.url = "https://ehr.example.org/Questionnaire/pcrp".to_owned();
    (said.questionnaire.goals, said.questionnaire.plan) = ("1.1".to_owned(), "9".to_owned());
    let mut outbox = Outbox::new().await;
    outbox.enter_words("p", "plan", WORDS).await;
    fake.inside().fates = vec![Fate::ProcessAndClose].into();
    let worker = start(&outbox, said);
    outbox.until(&[DeliveryState::Done]).await;
    worker.stop().await;
    let [only] = &all(&fake, "QuestionnaireResponse")[..] else { panic!("one") };
    assert_eq!(only["questionnaire"], "https://ehr.example.org/Questionnaire/pcrp");
    assert_eq!(only["subject"]["reference"], "Patient/77");
    assert_eq!(only["item"][0], json!({ "linkId": "1.1", "answer": [{ "valueString": WORDS }] }));
    assert_eq!(only["item"].as_array().map(Vec::len), Some(2), "a question that is not named gets no answer");
}

#[tokio::test]
async fn a_notice_has_a_link_and_no_word_of_the_plan() {
    for kind in ["Communication", "Task"] {
        let fake = documents_only().await;
        fake.inside().narrow.lists = Some(vec!["Patient", kind]);
        let mut said = file(&fake);
        said.notice.link = "https://ehr.example.org/plans/{plan}?version={version}".to_owned();
        let mut outbox = Outbox::new().await;
        outbox.enter_words("p", "plan", WORDS).await;
        let worker = start(&outbox, said);
        outbox.until(&[DeliveryState::Done]).await;
        worker.stop().await;
        let [only] = &all(&fake, kind)[..] else { panic!("one {kind}") };
        let said = only.to_string();
        assert!(said.contains(&format!("/plans/{}?version=1", outbox.id("plan plan"))), "{said}");
        for word in ["paint", "Stays with things", "\"p\""] {
            assert!(!said.contains(word), "{word} in {said}");
        }
    }
}

#[tokio::test]
async fn files_are_laid_down_whole_with_a_manifest_and_nothing_is_overwritten() {
    let folder = tempfile::tempdir().expect("a folder");
    let fake = documents_only().await;
    let outbound = OutboundFile { folder: folder.path().to_owned(), fhir: true, pdf: true };
    let said = ConnectionFile { rung: RungChoice::E, outbound, ..file(&fake) };
    let mut outbox = Outbox::new().await;
    outbox.enter_words("p", "plan", WORDS).await;
    let worker = start(&outbox, said.clone());
    outbox.until(&[DeliveryState::Done]).await;
    worker.stop().await;
    let name = format!("{}.v1", outbox.id("plan plan"));
    let manifest = fs::read(folder.path().join(format!("{name}.manifest.json"))).expect("a manifest");
    let manifest: Value = serde_json::from_slice(&manifest).expect("JSON");
    assert_eq!((&manifest["person"], &manifest["version"]), (&json!("p"), &json!(1)));
    let files = manifest["files"].as_array().expect("files");
    assert_eq!((files.len(), &files[1]["type"], &manifest["left_out"]), (3, &json!("application/pdf"), &Value::Null));
    for listed in files {
        let file = folder.path().join(listed["name"].as_str().expect("a name"));
        assert_eq!(fs::metadata(&file).expect("a file").mode() & 0o777, 0o600, "only we read it");
        let bytes = fs::read(file).expect("a file");
        let sha256: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!((&listed["sha256"], &listed["size"]), (&json!(sha256), &json!(bytes.len())));
    }
    assert!(fs::read_to_string(folder.path().join(format!("{name}.txt"))).expect("a copy").contains(WORDS));
    let mut names = fs::read_dir(folder.path()).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    assert!(names.all(|file| file.to_string_lossy().starts_with(&name)), "no names of people, no half files");

    fs::write(folder.path().join(format!("{}.v2.txt", outbox.id("plan plan"))), "someone else's").expect("written");
    outbox.enter_words("p", "plan", "other words").await;
    let worker = start(&outbox, said);
    let deliveries = outbox.until(&ENDED).await;
    worker.stop().await;
    assert_eq!(deliveries[1].state, DeliveryState::Blocked);
    assert_eq!(sent(&fake), 0, "a file needs no server");
}

#[test]
fn a_rung_that_is_not_set_up_is_refused_with_what_is_missing() {
    for (rung, key) in
        [(RungChoice::C, "questionnaire.url"), (RungChoice::D, "notice.link"), (RungChoice::E, "outbound.folder")]
    {
        let said = ConnectionFile { base_url: "http://127.0.0.1/fhir".to_owned(), rung, ..ConnectionFile::default() };
        let error = Connection::of_file(CONNECTION, Path::new("/"), said).expect_err("refused");
        assert!(error.to_string().contains(key), "{error}");
    }
}
