//! Versions of records: what each said is found again by plan, record and version, and an agency sees its own only.

use ownwords::{rules::edition::Edition, store::Store};
use uuid::Uuid;

use super::{Home, NewRecord, begun, over_both, plan_record, rejected};

fn edition(version: u8, content: u8) -> Edition {
    Edition { version: [version; 16], content: [content; 16] }
}

fn record(submission: Uuid, ordinal: u64, plan_id: &str, edition: Option<Edition>) -> NewRecord {
    let mut record = plan_record(submission, ordinal, plan_id, "ann", &format!("text {ordinal}"));
    record.plan.as_mut().unwrap().edition = edition;
    record
}

/// What the versions asked for said, in order.
async fn says(store: &Store, agency: &str, asked: &[(&str, Edition)]) -> Vec<(u8, u8)> {
    let asked: Vec<_> = asked.iter().map(|(plan_id, edition)| (*plan_id, edition)).collect();
    let found = store.editions(agency, &asked).await.unwrap();
    let mut found: Vec<_> = found.iter().map(|one| (one.version[15], one.content[15])).collect();
    found.sort_unstable();
    found
}

async fn what_a_version_said_is_found_by_plan_and_version(home: &Home) {
    let store = home.migrated().await;
    let (north, south) = (begun(&store, "north", "aa").await, begun(&store, "south", "bb").await);
    let mut elsewhere = record(south, 1, "P1", Some(edition(1, 90)));
    "south".clone_into(&mut elsewhere.agency);
    let records = vec![
        record(north, 1, "P1", Some(edition(1, 10))),
        record(north, 2, "P1", None),
        rejected(record(north, 3, "P1", Some(edition(2, 20)))),
        record(north, 4, "P2", Some(edition(1, 30))),
        record(north, 5, "P1", Some(edition(1, 11))),
    ];
    store.keep(records).await.unwrap();
    store.keep(vec![elsewhere]).await.unwrap();
    assert_eq!(says(&store, "north", &[("P1", edition(1, 0))]).await, [(1, 10), (1, 11)], "each content it came with");
    assert_eq!(says(&store, "north", &[("P1", edition(2, 0))]).await, [(2, 20)], "a rejected one, too");
    assert_eq!(says(&store, "north", &[("P2", edition(1, 0)), ("P1", edition(2, 0))]).await, [(1, 30), (2, 20)]);
    assert_eq!(says(&store, "south", &[("P1", edition(1, 0))]).await, [(1, 90)], "another agency's plan of that id");
    for (plan_id, version) in [("P1", 3), ("P3", 1), ("", 1), ("P\0", 1), ("P'1", 1)] {
        assert_eq!(says(&store, "north", &[(plan_id, edition(version, 0))]).await, [], "{plan_id:?}");
    }
    assert_eq!(says(&store, "north", &[("P\0", edition(1, 0)), ("P2", edition(1, 0))]).await, [(1, 30)]);
    assert_eq!(says(&store, "north", &[]).await, []);
}

async fn a_record_that_says_the_same_again_adds_nothing(home: &Home) {
    let store = home.migrated().await;
    let id = begun(&store, "north", "aa").await;
    let mut again = record(id, 1, "P1", Some(edition(1, 10)));
    store.keep(vec![again.clone()]).await.unwrap();
    again.ordinal = 2;
    store.keep(vec![again]).await.unwrap();
    assert_eq!(says(&store, "north", &[("P1", edition(1, 0))]).await, [(1, 10)]);
}

over_both!(what_a_version_said_is_found_by_plan_and_version, a_record_that_says_the_same_again_adds_nothing);
