//! Blocks of marks: whatever stands in them, in none of them, or partly, a search finds the same, either way, and a count counts
//! the same.

use ownwords::{
    fhir::{
        Resource,
        search::{Asked, Mark, Searched},
    },
    store::{AgencyScope, NewRecord, Store, Stretch},
};
use uuid::Uuid;

use super::{Home, begun, over_both, plan_record, resource_id};

const ALL: AgencyScope = AgencyScope::All;

/// Plan versions that are looked through at once, so few that pages end within blocks.
const MANY: usize = 7;

/// What a goal and a person of each plan say.
const STATUSES: [&str; 3] = ["active", "completed", "on-hold"];
const NAMES: [&str; 4] = ["Ólafsdóttir", "Brandt", "Brandeis", "Ng"];

fn record(submission: Uuid, ordinal: u64, plan: u64, status: usize) -> NewRecord {
    let mut record =
        plan_record(submission, ordinal, &format!("P{plan}"), &format!("person-{plan}"), &format!("{ordinal}"));
    let name = NAMES[usize::try_from(plan).unwrap() % NAMES.len()];
    let goal = format!(r#"{{"resourceType":"Goal","lifecycleStatus":"{}"}}"#, STATUSES[status]);
    let person = format!(
        r#"{{"resourceType":"Patient","birthDate":"1990-01-0{}","name":[{{"family":"{name}"}}]}}"#,
        plan % 9 + 1
    );
    for (kind, key, json) in [("Goal", format!("P{plan}/goal"), goal), ("Patient", format!("person-{plan}"), person)] {
        let resources = &mut record.plan.as_mut().unwrap().resources;
        resources.retain(|one| one.kind != kind);
        resources.push(Resource { kind, id: resource_id(kind, &key), json });
    }
    record
}

fn without_goal(mut record: NewRecord) -> NewRecord {
    record.plan.as_mut().unwrap().resources.retain(|one| one.kind != "Goal");
    record
}

fn asked(kind: &str, query: &str) -> Asked {
    let pairs: Vec<_> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
    let pairs: Vec<_> = pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Asked::of(Searched::named(kind).unwrap(), &pairs).unwrap()
}

/// The ids of all that fits, found part by part.
async fn found(store: &Store, kind: &str, asked: &Asked, marks: &[Vec<Mark>], is_down: bool) -> Vec<Uuid> {
    let mut stretch = Stretch { after: None, from: i64::MIN, before: i64::MAX, is_down };
    let mut ids = Vec::new();
    loop {
        let (part, next) = store.resources_along(kind, marks, stretch, MANY, &ALL).await.unwrap();
        for one in part {
            let resource = serde_json::from_str(&one.resource.json).unwrap();
            ids.extend(asked.fits(&resource, one.spot.changed_at()).then_some(one.resource.id));
        }
        let Some(next) = next else { return ids };
        assert!(stretch.after.is_none_or(|after| if is_down { next < after } else { next > after }), "it goes on");
        stretch.after = Some(next);
    }
}

async fn with_blocks_the_same_is_found_as_without(home: &Home) {
    let store = home.migrated().await;
    let id = begun(&store, "north", "aa").await;
    let mut ordinal = 0;
    // Kept bit by bit, and said anew, dropped and brought back, before and after a block ends.
    for round in 0..9_u64 {
        let mut records = Vec::new();
        for plan in round * 20..round * 20 + 30 {
            ordinal += 1;
            let status = usize::try_from(plan + round).unwrap() % STATUSES.len();
            let one = record(id, ordinal, plan, status);
            records.push(if (plan + round) % 11 == 0 { without_goal(one) } else { one });
        }
        store.keep(records).await.unwrap();
        if round % 4 == 3 {
            assert!(store.make_block().await.unwrap());
        }
        for (kind, query) in [
            ("Goal", "lifecycle-status=active"),
            ("Goal", "lifecycle-status=on-hold,completed"),
            ("Goal", "lifecycle-status=rejected"),
            ("Patient", "name=olafs"),
            ("Patient", "family=Brand"),
            ("Patient", "family:exact=Brandeis"),
            ("Patient", "name=Brandeis&birthdate=1990-01-04"),
            ("Patient", "name:contains=rande"),
            ("Patient", "name=Quintero"),
        ] {
            let asked = asked(kind, query);
            let mut whole = found(&store, kind, &asked, &[], false).await;
            assert_eq!(found(&store, kind, &asked, &asked.marks(), false).await, whole, "{round} {kind}?{query}");
            if let Some(mark) = asked.only_mark() {
                assert_eq!(store.tallied(kind, Some(mark), &ALL).await.unwrap(), whole.len(), "{round} {kind}?{query}");
            }
            whole.reverse();
            assert_eq!(found(&store, kind, &asked, &asked.marks(), true).await, whole, "{round} {kind}?{query}, down");
        }
        for kind in ["Goal", "Patient", "CarePlan", "Task"] {
            let counted = store.count(kind, (i64::MIN, i64::MAX), &ALL).await.unwrap();
            assert_eq!(store.tallied(kind, None, &ALL).await.unwrap(), counted, "{round} {kind}");
        }
    }
    assert!(asked("Goal", "lifecycle-status=active").only_mark().is_some());
    assert!(asked("Goal", "identifier=G-1").only_mark().is_none(), "nobody counts what is one resource's alone");
    assert_eq!(store.tallied("Goal", None, &AgencyScope::Only("south".to_owned())).await.unwrap(), 0);
    assert!(!store.make_block().await.unwrap(), "what is left is less than a block");
}

async fn blocks_are_made_once(home: &Home) {
    let store = home.migrated().await;
    let id = begun(&store, "north", "aa").await;
    assert!(!store.make_block().await.unwrap(), "nothing is kept");
    store.keep((1..=205).map(|at| record(id, at, at, 0)).collect()).await.unwrap();
    let (one, other) = (home.open().await, home.open().await);
    let made = tokio::join!(one.make_block(), other.make_block(), store.make_block());
    for made in [made.0, made.1, made.2] {
        made.unwrap();
    }
    while store.make_block().await.unwrap() {}
    assert_eq!(store.tallied("Goal", None, &ALL).await.unwrap(), 205, "what two made at once counts once");
    let active = asked("Goal", "lifecycle-status=active");
    assert_eq!(found(&store, "Goal", &active, &active.marks(), false).await.len(), 205);
}

over_both!(with_blocks_the_same_is_found_as_without, blocks_are_made_once);
