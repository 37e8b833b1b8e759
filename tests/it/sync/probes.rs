//! What probes find out, and what changed since the last time.

use ownwords::sync::connect::{
    Before,
    record::{Outcome, Record},
};

use super::{codes, keyed, open, register, settle_in, tried, tried_with};
use crate::fake_fhir::{Abilities, Fake, ehr::Links};

fn writing() -> Before {
    Before { write: true, ..Before::default() }
}

fn probe(record: &Record, number: usize) -> (Outcome, &str) {
    let probe = &record.probes[number - 1];
    assert_eq!(usize::from(probe.number), number);
    (probe.outcome, &probe.evidence)
}

#[tokio::test]
async fn reading_finds_out_about_searches_and_pages() {
    let fake = Fake::own_ids().await;
    settle_in(&fake, 3);
    let record = tried(open(fake.base())).await;
    assert_eq!(codes(&record), [""; 0]);
    for number in [1, 5, 6, 7, 8, 9, 15] {
        assert_eq!(probe(&record, number).0, Outcome::Pass, "{number}: {:?}", probe(&record, number));
    }
    assert!(probe(&record, 8).1.contains("3 pages"), "{:?}", probe(&record, 8));
    for number in (10..=14).chain(17..=19) {
        assert_eq!(probe(&record, number).0, Outcome::NotTried, "{number}");
    }
    assert_eq!(fake.inside().resources.len(), 4, "only reading");

    fake.inside().ehr.wants_category = true;
    fake.inside().ehr.ignores_last_updated = true;
    for (links, part) in [(Links::Round, "again and again"), (Links::Away, "another host")] {
        fake.inside().ehr.next = links;
        let record = tried(open(fake.base())).await;
        assert!(probe(&record, 6).1.contains("a category is required"), "{:?}", probe(&record, 6));
        assert!(probe(&record, 8).1.contains(part), "{:?}", probe(&record, 8));
        assert!(probe(&record, 9).1.contains("silently ignored"), "{:?}", probe(&record, 9));
    }
}

/// A server that takes ids of ours and does not say so, as HAPI does.
#[tokio::test]
async fn writing_proves_a_method_that_the_statement_does_not_offer() {
    let fake = Fake::with(Abilities { update_create: false, conditional_create: false }).await;
    settle_in(&fake, 1);
    fake.inside().ehr.quietly_own_ids = true;
    let record = tried(open(fake.base())).await;
    assert_eq!((record.ladder.rung.as_str(), record.ladder.delivers), ("B", true));
    let record = tried_with(open(fake.base()), writing()).await;
    assert_eq!((record.ladder.rung.as_str(), record.ladder.delivers), ("A", true));
    let method = record.write_method.as_ref().expect("a method");
    assert!(method.method == "own-ids" && method.proof.contains("proved by writing"), "{method:?}");
    assert_eq!(record.proved_method(), Some(ownwords::config::DeliveryMethod::OwnIds));
    for number in 10..=14 {
        assert_eq!(probe(&record, number).0, Outcome::Pass, "{number}: {:?}", probe(&record, number));
    }
    assert_eq!(fake.inside().resources.len(), 2, "what probes made is taken away again");
}

#[tokio::test]
async fn what_a_server_does_not_keep_is_named() {
    let fake = Fake::if_none_exist().await;
    settle_in(&fake, 0);
    {
        let ehr = &mut fake.inside().ehr;
        (ehr.ignores_if_match, ehr.drops_label_extensions, ehr.replaces_text) = (true, true, true);
    }
    let record = tried_with(open(fake.base()), writing()).await;
    assert!(probe(&record, 10).1.contains("ignored"), "{:?}", probe(&record, 10));
    assert!(probe(&record, 11).1.contains("ids of ours are refused; a second create makes nothing new"));
    assert_eq!(probe(&record, 12), (Outcome::Fail, "not as sent: the Part 2 label's basis"));
    assert!(probe(&record, 14).1.contains("the text is replaced"));
    fake.inside().ehr.drops_identifiers = true;
    let record = tried_with(open(fake.base()), writing()).await;
    assert!(probe(&record, 12).1.starts_with("not as sent: identifier, extension"), "{:?}", probe(&record, 12));
    assert!(probe(&record, 11).1.contains("makes a second one"), "{:?}", probe(&record, 11));
    assert_eq!(fake.inside().resources.len(), 1, "what probes made is taken away again");
}

#[tokio::test]
async fn what_deliveries_met_and_what_a_person_knows_outrank_the_statement() {
    let fake = Fake::own_ids().await;
    settle_in(&fake, 0);
    let noon = "2026-11-25T12:00:00Z".parse().expect("a moment");
    let observed = ownwords::sync::connect::observed([(405, noon), (405, noon), (422, noon)].into_iter());
    assert_eq!((observed.len(), observed[0].deliveries), (1, 2));
    let met = Before { observed, ..Before::default() };
    let record = tried_with(open(fake.base()), met.clone()).await;
    assert_eq!(record.ladder.rung, "B");
    assert_eq!(record.abilities["transaction"].by, "observed");
    let mut said = open(fake.base());
    said.known.can = vec!["transaction".to_owned()];
    let record = tried_with(said, met).await;
    assert_eq!((record.ladder.rung.as_str(), record.abilities["transaction"].by.as_str()), ("A", "person"));
}

#[tokio::test]
async fn what_changed_is_told_and_nothing_else() {
    let fake = Fake::own_ids().await;
    settle_in(&fake, 3);
    let before = tried(open(fake.base())).await;
    assert_eq!(tried(open(fake.base())).await.changes_since(&before), [""; 0]);
    fake.inside().ehr.version = "2";
    fake.inside().abilities.update_create = false;
    fake.inside().ehr.ignores_last_updated = true;
    let changes = tried(open(fake.base())).await.changes_since(&before);
    for part in ["rung: A, now B", "software: fake 1, now fake 2", "Goal.update-create: yes, now no", "probe 9"] {
        assert!(changes.iter().any(|change| change.contains(part)), "{part} in {changes:?}");
    }
    fake.inside().ehr.page = Some(("text/html", "<html>".to_owned()));
    let changes = tried(open(fake.base())).await.changes_since(&before);
    assert!(changes.iter().any(|change| change.starts_with("new: a web page came")), "{changes:?}");
}

/// A server that answers a create with whatever it has: what probes did not make, they leave alone.
#[tokio::test]
async fn a_goal_that_was_there_before_is_never_written_to() {
    let fake = Fake::if_none_exist().await;
    settle_in(&fake, 1);
    fake.inside().ehr.ignores_terms = true;
    let before = fake.inside().resources.clone();
    let record = tried_with(open(fake.base()), writing()).await;
    assert_eq!(fake.inside().resources, before);
    assert_eq!(probe(&record, 11).0, Outcome::Fail, "{:?}", probe(&record, 11));
    assert_eq!(record.write_method.map(|method| method.proof.contains("proved by writing")), Some(false));
}

#[tokio::test]
async fn names_of_algorithms_are_told_and_no_other_words_of_a_server() {
    let fake = Fake::own_ids().await;
    register(&fake, "es384.pem");
    settle_in(&fake, 0);
    fake.inside().ehr.algorithms = vec!["ES384", "\u{1b}[2J Ann Miller", "RS384"];
    let record = tried(keyed(fake.base(), "es384.pem")).await;
    assert_eq!(probe(&record, 2).1, "token address, ES384, RS384, scopes of version 2");
}
