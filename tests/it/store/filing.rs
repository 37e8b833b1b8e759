//! Files that hold everyone of a period: two never at once for the same day, and far fewer people are asked about.

use jiff::{SignedDuration, Timestamp, civil::Date};
use ownwords::store::{Filing, FilingOpened, Store};

use super::{Home, over_both};

fn filing(agency: &str, days: (&str, &str), sha256: &str, people: u64) -> Filing {
    let day = |text: &str| text.parse::<Date>().unwrap();
    let (first, last) = (day(days.0), day(days.1));
    Filing { agency: agency.to_owned(), mapping: "flat-csv".to_owned(), first, last, sha256: sha256.to_owned(), people }
}

const SUMMER: (&str, &str) = ("2026-07-01", "2026-09-30");
const SEPTEMBER: (&str, &str) = ("2026-09-30", "2026-10-31");
const AUTUMN: (&str, &str) = ("2026-10-01", "2026-12-31");

fn hour(hour: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000).unwrap() + SignedDuration::from_hours(hour)
}

async fn opened(store: &Store, filing: &Filing, at: i64) -> FilingOpened {
    store.open_filing(filing, false, hour(at)).await.unwrap()
}

async fn two_files_never_hold_the_same_day_at_once(home: &Home) {
    let store = home.migrated().await;
    let first = filing("north", SUMMER, "aa", 100);
    assert_eq!(opened(&store, &first, 0).await, FilingOpened::Open);
    assert_eq!(opened(&store, &first, 1).await, FilingOpened::Open, "the same bytes go on");
    let overlaps = FilingOpened::Overlaps { first: first.first, last: first.last };
    assert_eq!(opened(&store, &filing("north", SEPTEMBER, "bb", 9), 1).await, overlaps, "they share a day");
    assert_eq!(opened(&store, &filing("north", AUTUMN, "cc", 9), 1).await, FilingOpened::Open, "they share none");
    assert_eq!(opened(&store, &filing("south", SUMMER, "dd", 9), 1).await, FilingOpened::Open, "another agency");
    let other_form = Filing { mapping: "credible-pcrp".to_owned(), ..filing("north", SUMMER, "ee", 9) };
    assert_eq!(opened(&store, &other_form, 1).await, FilingOpened::Open);
    store.close_filing(&first, hour(2)).await.unwrap();
    let second = filing("north", SUMMER, "ff", 100);
    assert_eq!(opened(&store, &second, 2).await, FilingOpened::Open, "the first came to its end");
    let third = filing("north", SUMMER, "gg", 100);
    assert!(matches!(opened(&store, &third, 25).await, FilingOpened::Overlaps { .. }));
    assert_eq!(opened(&store, &third, 27).await, FilingOpened::Open, "nobody went on with the second for a day");
}

async fn far_fewer_people_are_asked_about(home: &Home) {
    let store = home.migrated().await;
    let keep = async |filing: &Filing, at: i64| store.close_filing(filing, hour(at)).await.unwrap();
    let hundred = filing("north", SUMMER, "aa", 100);
    assert_eq!(opened(&store, &hundred, 0).await, FilingOpened::Open, "there is none before");
    keep(&hundred, 0).await;
    let few = filing("north", SUMMER, "bb", 79);
    assert_eq!(opened(&store, &few, 1).await, FilingOpened::FewerPeople { before: 100 });
    assert_eq!(opened(&store, &filing("north", AUTUMN, "cc", 1), 1).await, FilingOpened::Open, "another period");
    let enough = filing("north", SUMMER, "dd", 80);
    assert_eq!(opened(&store, &enough, 1).await, FilingOpened::Open, "four of five");
    keep(&enough, 2).await;
    assert_eq!(opened(&store, &filing("north", SUMMER, "ee", 64), 3).await, FilingOpened::Open, "the newest counts");
    keep(&filing("north", SUMMER, "ee", 64), 3).await;
    assert_eq!(opened(&store, &filing("north", SUMMER, "ee", 64), 4).await, FilingOpened::Open, "received before");
    let none = filing("north", SUMMER, "ff", 0);
    assert_eq!(opened(&store, &none, 4).await, FilingOpened::FewerPeople { before: 64 });
    assert_eq!(store.open_filing(&none, true, hour(4)).await.unwrap(), FilingOpened::Open, "somebody looked at it");
    assert_eq!(opened(&store, &none, 5).await, FilingOpened::Open, "and need not say so twice");
}

over_both!(two_files_never_hold_the_same_day_at_once, far_fewer_people_are_asked_about);
