//! Every way in which one delivery can fail: where it ends, how often it was sent, and that it is there once.

use ownwords::store::{Delivery, DeliveryState};
use serde_json::{Value, json};

use super::{Outbox, Worker, pace, settings};
use crate::fake_fhir::{Abilities, Fake, Fate, Tells};

/// One delivery against a script of fates, to its end.
async fn deliver(fake: &Fake, fates: Vec<Fate>) -> (Delivery, usize) {
    let mut outbox = Outbox::new().await;
    outbox.enter("p", "plan", "I want to paint again").await;
    fake.inside().fates = fates.into();
    let worker = Worker::start(&outbox.store, settings(fake.base()), pace());
    let ended = [DeliveryState::Done, DeliveryState::Blocked, DeliveryState::Dead];
    let mut deliveries = outbox.until(&ended).await;
    worker.stop().await;
    let sent = fake.inside().transactions.len();
    (deliveries.remove(0), sent)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_failure_ends_in_its_state() {
    let answer = |status| Fate::Answer(status, None, "as the server says");
    let forever = |fate: Fate| vec![fate; 20];
    let (done, blocked, dead) = (DeliveryState::Done, DeliveryState::Blocked, DeliveryState::Dead);
    // What happens; where it ends; transactions sent; attempts counted.
    let rows: Vec<(&str, Vec<Fate>, DeliveryState, usize, u32)> = vec![
        ("well", vec![], done, 1, 1),
        ("redirect", vec![Fate::Answer(307, Some(("location", "http://127.0.0.1:1/fhir")), "")], blocked, 1, 1),
        ("400", vec![answer(400)], dead, 1, 1),
        ("401 twice", vec![answer(401), answer(401)], done, 3, 1),
        ("403", vec![answer(403)], blocked, 1, 1),
        ("404", vec![answer(404)], blocked, 1, 1),
        ("405", vec![answer(405)], blocked, 1, 1),
        ("408", vec![answer(408)], done, 2, 2),
        ("409", vec![answer(409)], done, 2, 2),
        ("412, though nothing was searched for", vec![answer(412)], done, 2, 2),
        ("413", vec![answer(413)], dead, 1, 1),
        ("422", vec![answer(422)], dead, 1, 1),
        ("429, asked for nothing", vec![Fate::Answer(429, Some(("retry-after", "0")), "")], done, 2, 1),
        ("429 more often than attempts are allowed", vec![answer(429); 6], done, 7, 1),
        ("500 once", vec![answer(500)], done, 2, 2),
        ("500 three times", vec![answer(500); 3], done, 4, 4),
        ("500 for ever", forever(answer(500)), dead, 4, 4),
        ("502", vec![answer(502)], done, 2, 2),
        ("503 more often than attempts are allowed", vec![answer(503); 6], done, 7, 1),
        ("connection closed before", vec![Fate::Close], done, 2, 2),
        ("connection closed after", vec![Fate::ProcessAndClose], done, 1, 2),
        ("timed out before", vec![Fate::Hang], done, 2, 2),
        ("timed out after", vec![Fate::ProcessAndHang], done, 1, 2),
        ("a page for people, though processed", vec![Fate::ProcessAndHtml], done, 1, 2),
        ("a page for people for ever", forever(Fate::Answer(200, None, "<html>Log in</html>")), dead, 4, 4),
        ("an empty 200", vec![Fate::Answer(200, None, "")], done, 2, 2),
        ("a conflict, told within a 200", vec![Fate::EntryFailed("412 Precondition Failed")], done, 2, 2),
        ("refused within a 200", vec![Fate::EntryFailed("422")], dead, 1, 1),
        ("a hidden error within a 200", vec![Fate::EntryFailed("200")], dead, 1, 1),
    ];
    for (name, fates, state, sent, attempts) in rows {
        let fake = Fake::own_ids().await;
        let (delivery, transactions) = deliver(&fake, fates).await;
        assert_eq!((delivery.state, transactions, delivery.attempts), (state, sent, attempts), "{name}: {delivery:?}");
        assert_eq!(fake.inside().processed.len(), usize::from(state == done), "{name}");
    }
}

#[tokio::test]
async fn the_servers_own_words_stay_with_the_delivery() {
    let fake = Fake::own_ids().await;
    let refusal = r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","diagnostics":"no such code"}]}"#;
    let (delivery, _) = deliver(&fake, vec![Fate::Answer(422, None, refusal)]).await;
    assert_eq!((delivery.status, delivery.peer_text.as_deref()), (Some(422), Some(refusal)));
    assert!(delivery.reason.is_some_and(|reason| reason.contains("send a corrected plan")));
}

/// An answer that never came is looked for, and what is there is not sent again: by both methods, in every place.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_arrived_unanswered_is_not_sent_again() {
    for abilities in [true, false].map(|own_ids| Abilities { update_create: own_ids, conditional_create: !own_ids }) {
        // By method B the plan and its Provenance are two transactions; the second may get lost too.
        let scripts = if abilities.update_create {
            vec![vec![Fate::ProcessAndHang], vec![Fate::ProcessAndClose]]
        } else {
            vec![
                vec![Fate::ProcessAndHang],
                vec![Fate::ProcessAndClose],
                vec![Fate::Well, Fate::ProcessAndHang],
                vec![Fate::Well, Fate::Hang],
                vec![Fate::ProcessAndHang, Fate::ProcessAndClose, Fate::Hang],
            ]
        };
        for fates in scripts {
            let name = format!("{abilities:?} {fates:?}");
            let fake = Fake::with(abilities).await;
            let (delivery, _) = deliver(&fake, fates).await;
            assert_eq!(delivery.state, DeliveryState::Done, "{name}");
            assert_eq!(fake.inside().processed.len(), 1, "{name}: the plan was processed more than once");
            for kind in ["Patient", "Goal", "CarePlan", "Provenance"] {
                assert_eq!(fake.count(kind), 1, "{name}: {kind}");
            }
            assert!(!fake.inside().looked.is_empty(), "{name}");
        }
    }
}

#[tokio::test]
async fn a_look_that_fails_is_repeated_and_nothing_is_sent_meanwhile() {
    let fake = Fake::own_ids().await;
    fake.inside().looks = vec![Fate::Answer(503, None, ""), Fate::Close, Fate::Answer(500, None, "")].into();
    let (delivery, sent) = deliver(&fake, vec![Fate::ProcessAndClose]).await;
    assert_eq!((delivery.state, sent), (DeliveryState::Done, 1));
    assert_eq!(fake.inside().looked.len(), 4);
}

/// Method B: what another plan made before is found, brought up to date, linked, and known from then on.
#[tokio::test]
async fn what_exists_already_is_brought_up_to_date() {
    let fake = Fake::if_none_exist().await;
    let mut outbox = Outbox::new().await;
    outbox.enter("p", "plan", "first").await;
    // The server has this goal already, in an older wording, by an answer that got lost long ago.
    let goal = outbox.resources("p", "plan", "older").remove(1);
    let mut goal: Value = serde_json::from_str(&goal.json).expect("JSON");
    goal["id"] = json!("7");
    fake.inside().resources.insert("Goal/7".to_owned(), (1, goal));
    let worker = Worker::start(&outbox.store, settings(fake.base()), pace());
    outbox.until(&[DeliveryState::Done]).await;
    assert_eq!(fake.inside().resources["Goal/7"].1["description"]["text"], "first");

    let before = fake.inside().transactions.len();
    outbox.enter("p", "plan", "second").await;
    outbox.until(&[DeliveryState::Done]).await;
    worker.stop().await;
    assert_eq!(fake.inside().resources["Goal/7"].1["description"]["text"], "second");
    let requests: Vec<String> = fake.inside().transactions[before]["entry"]
        .as_array()
        .expect("entries")
        .iter()
        .map(|entry| entry["request"]["method"].to_string())
        .collect();
    assert_eq!(requests, ["\"PUT\""; 3], "all that is linked is updated in one transaction");
    assert_eq!(
        [fake.count("Patient"), fake.count("Goal"), fake.count("CarePlan"), fake.count("Provenance")],
        [1, 1, 1, 2]
    );
    assert_eq!(fake.inside().resources["CarePlan/102"].1["goal"][0]["reference"], "Goal/7");
}

/// Method B: what is there just as we say it is pointed to and not written again, whether a create found it, a look after an
/// outcome that is unknown, or a read where the answer does not show it; what differs is written, and that alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_there_just_so_is_not_written_again() {
    for (is_shown, fates) in [(true, vec![]), (false, vec![]), (true, vec![Fate::ProcessAndClose])] {
        for theirs in [None, Some("other words")] {
            let name = format!("shown: {is_shown}, {fates:?}, there: {theirs:?}");
            let fake = Fake::if_none_exist().await;
            let mut first = Outbox::new().await;
            // A store that knows nothing of the first, as another process or one that was restored.
            let mut again = Outbox { run: first.run, ..Outbox::new().await };
            deliver_to(&fake, &mut first).await;
            {
                let mut inside = fake.inside();
                inside.narrow.tells = if is_shown { Tells::All } else { Tells::NoResource };
                inside.fates = fates.clone().into();
                inside.transactions.clear();
                let mut goals = inside.resources.iter_mut().filter(|(key, _)| key.starts_with("Goal/"));
                let (_, (_, goal)) = goals.next().expect("the goal");
                if let Some(theirs) = theirs {
                    goal["description"]["text"] = json!(theirs);
                }
            }
            deliver_to(&fake, &mut again).await;
            let inside = fake.inside();
            let entries = inside.transactions.iter().flat_map(|sent| sent["entry"].as_array().expect("entries"));
            let put: Vec<&Value> = entries
                .filter(|entry| entry["request"]["method"] == "PUT")
                .map(|entry| &entry["resource"]["resourceType"])
                .collect();
            let expected: &[&str] = if theirs.is_some() { &["Goal"] } else { &[] };
            assert_eq!(put, expected, "{name}");
            let goal = inside.resources.iter().find(|(key, _)| key.starts_with("Goal/")).expect("the goal").1;
            assert_eq!(goal.1["description"]["text"], "words", "{name}");
            let versions: Vec<u32> = inside.resources.values().map(|(version, _)| *version).collect();
            let churned = versions.iter().filter(|version| **version > 1).count();
            assert_eq!((versions.len(), churned), (4, expected.len()), "{name}");
        }
    }
}

/// Delivers a plan from this store, to its end.
async fn deliver_to(fake: &Fake, outbox: &mut Outbox) {
    let worker = Worker::start(&outbox.store, settings(fake.base()), pace());
    outbox.enter("p", "plan", "words").await;
    outbox.until(&[DeliveryState::Done]).await;
    worker.stop().await;
}
