//! The one path of a record: the mappings' examples come out as their golden files say, and large submissions go on after
//! a break.

use std::{fs, io::Cursor, path::Path, sync::Arc};

use jiff::civil::date;
use ownwords::{
    clock::Clock,
    mapping::Packs,
    pipeline::{
        examples,
        fingerprint::Fingerprint,
        keep::{Incoming, Intake, ReceiveError, Received},
    },
    profile::{self, Origin, Policies},
    rules::{catalogue, page::Form},
    store::{AgencyScope, Store},
};
use tempfile::TempDir;

use crate::service::plan;

/// `UPDATE_EXPECT=1 cargo test` writes the golden files of the examples anew.
#[test]
fn every_example_of_every_mapping_comes_out_as_its_golden_files_say() {
    let packs = Packs::load(Some(Path::new("mappings"))).expect("the mappings load");
    let policy = profile::policy("standard").expect("the policy loads");
    let write = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut run = 0;
    for id in packs.ids() {
        let mapping = packs.get(id).expect("the mapping is there");
        for example in packs.examples(id).expect("the examples can be read") {
            run += 1;
            let folder = Path::new("mappings").join(id).join("examples").join(&example.name);
            for (file, text) in examples::run(&mapping, &policy, &example.given, &example.bytes).files() {
                let path = folder.join(file);
                let is_empty = text.is_empty() || text == "[]\n";
                match (write, is_empty) {
                    (true, true) => drop(fs::remove_file(&path)),
                    (true, false) => fs::write(&path, text).expect("the golden file can be written"),
                    (false, _) => {
                        let expected = fs::read_to_string(&path).unwrap_or_default();
                        assert!(
                            expected == text || is_empty && expected.is_empty(),
                            "{} differs; `ownwords mapping test {id}` shows where",
                            path.display()
                        );
                    }
                }
            }
        }
    }
    assert!(run >= 12, "{run} examples");
}

fn records(count: u32) -> Vec<u8> {
    let one = |number| plan(&format!("P-{number}"), "I want to learn to swim.", "Never gives up on a song") + "\n";
    (1..=count).map(one).collect::<String>().into_bytes()
}

async fn intake(folder: &TempDir) -> Intake {
    let store =
        Store::open(&format!("sqlite:{}", folder.path().join("t.db").display())).await.expect("the store opens");
    store.migrate().await.expect("the store migrates");
    Intake {
        policies: Arc::new(Policies::built_in("standard").expect("the policy loads")),
        clock: Clock::fixed_on(date(2026, 11, 1)),
        ids: store.ids().await.expect("the store has ids"),
        deliver_to: None,
        store,
    }
}

/// What the pipeline says of a file: the rules raised on its records, or on the file itself.
async fn rules_raised(intake: &Intake, text: &str) -> Vec<String> {
    let mut sent = incoming(text.as_bytes());
    "oakleaf".clone_into(&mut sent.agency);
    sent.sha256 = Fingerprint::of(text.as_bytes()).expect("bytes can be read").0;
    match intake.receive(sent, &mut |_| true).await {
        Ok(Received::AlreadyReceived(_)) => vec!["FILE-004".to_owned()],
        Err(ReceiveError::Unreadable(unreadable)) => vec![unreadable.rule.to_owned()],
        Err(other) => panic!("{other}"),
        Ok(Received::Kept { receipt, .. }) => {
            let rows = intake.store.records(receipt.id, 0, 100, None).await.expect("the records can be read");
            rows.into_iter().flat_map(|row| row.findings).map(|finding| finding.rule).collect()
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_raw_examples_on_rule_pages_come_out_as_they_say() {
    let mut run = 0;
    for rule in catalogue::RULES {
        let page = rule.page().expect("the page is in shape");
        for example in page.examples.iter().filter(|example| example.form == Form::File) {
            let folder = TempDir::new().expect("a temporary folder can be made");
            let intake = intake(&folder).await;
            // A file that was received before takes two submissions: each line of that page is one.
            let files = if rule.id == "FILE-004" { example.text.lines().collect() } else { vec![example.text] };
            let mut raised = Vec::new();
            for file in files {
                raised = rules_raised(&intake, file).await;
            }
            run += 1;
            let says_so = raised.iter().any(|raised| raised == rule.id);
            assert_eq!(says_so, example.found.is_some(), "{} line {}: {raised:?}", rule.id, example.line);
        }
    }
    assert!(run >= 6, "{run} examples");
}

fn incoming(bytes: &[u8]) -> Incoming {
    let packs = Packs::load(None).expect("the mappings load");
    Incoming {
        agency: "ag-1".to_owned(),
        mapping: packs.get("plan-json").expect("plan-json is built in"),
        file: "plans.ndjson".to_owned(),
        sha256: format!("{:064x}", bytes.len()),
        size: bytes.len() as u64,
        caller: "test".to_owned(),
        bytes: Box::new(Cursor::new(bytes.to_vec())),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_submission_that_broke_off_goes_on_where_it_stopped() {
    let folder = TempDir::new().expect("a temporary folder can be made");
    let intake = intake(&folder).await;
    let bytes = records(500);
    let stopped = intake.receive(incoming(&bytes), &mut |kept| kept < 200).await;
    assert!(matches!(stopped, Err(ReceiveError::Stopped)), "{stopped:?}");
    let Received::Kept { receipt, .. } = intake.receive(incoming(&bytes), &mut |_| true).await.expect("it goes on")
    else {
        panic!("it was not received whole before");
    };
    assert_eq!((receipt.records, receipt.rejected), (500, 0));
    let again = intake.receive(incoming(&bytes), &mut |_| true).await.expect("it is looked up");
    assert!(matches!(again, Received::AlreadyReceived(ref same) if same.id == receipt.id));
    let rows = intake.store.records(receipt.id, 0, 1000, None).await.expect("the records can be read");
    assert_eq!(rows.iter().map(|row| row.ordinal).collect::<Vec<_>>(), (1..=500).collect::<Vec<_>>());
    assert!(rows.iter().all(|row| row.plan_version == Some(1)), "no record was kept twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreadable_file_is_refused_whole_and_keeps_nothing() {
    let folder = TempDir::new().expect("a temporary folder can be made");
    let intake = intake(&folder).await;
    let mut wrong = incoming(b"not,the,columns\n1,2,3\n");
    wrong.mapping = Packs::load(None).expect("the mappings load").get("flat-csv").expect("flat-csv is built in");
    let refused = intake.receive(wrong, &mut |_| true).await;
    assert!(matches!(refused, Err(ReceiveError::Unreadable(_))), "{refused:?}");
    let from = "2020-01-01T00:00:00Z".parse().expect("a moment");
    let to = "2100-01-01T00:00:00Z".parse().expect("a moment");
    assert_eq!(intake.store.unfiled(from, to, &AgencyScope::All).await.expect("the store answers"), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_records_at_the_same_time_are_kept_once() {
    let folder = TempDir::new().expect("a temporary folder can be made");
    let intake = Arc::new(intake(&folder).await);
    let bytes = records(3);
    let together: Vec<_> = (0..8)
        .map(|_| {
            let (intake, incoming) = (intake.clone(), incoming(&bytes));
            tokio::spawn(async move { intake.receive(incoming, &mut |_| true).await.expect("it is received") })
        })
        .collect();
    let mut kept = 0;
    for one in together {
        kept += u32::from(matches!(one.await.expect("it ends"), Received::Kept { .. }));
    }
    assert_eq!(kept, 1);
    assert_eq!(intake.store.plan_versions("ag-1", "P-1").await.expect("the store answers").len(), 1);
}

/// "Already received" never hides that the same bytes would be judged otherwise now.
#[tokio::test]
async fn the_same_bytes_are_judged_anew_when_the_policy_changes_or_one_of_its_days_comes() {
    let folder = TempDir::new().expect("a temporary folder can be made");
    let mut intake = intake(&folder).await;
    let text = plan("P-1", "Client will maintain medication compliance.", "Sings");
    let state = |lines: &str| {
        let text = format!("policy = \"standard\"\nname = \"prairie\"\n{lines}");
        Arc::new(
            Policies::of(&Origin::File("state.toml".to_owned(), text), Vec::new()).expect("the policy is in order"),
        )
    };
    let put_off = "enforce_from = { GOAL-010 = 2026-11-10 }\n";
    for (lines, today, received) in [
        ("floors = { GOAL-010 = \"warning\" }\n", 1, "warned"),
        ("floors = { GOAL-010 = \"warning\" }\n", 9, "already"),
        (put_off, 1, "warned"),
        (put_off, 9, "already"),
        (put_off, 10, "rejected"),
        (put_off, 11, "already"),
    ] {
        (intake.policies, intake.clock) = (state(lines), Clock::fixed_on(date(2026, 11, today)));
        let mut sent = incoming(text.as_bytes());
        sent.sha256 = Fingerprint::of(text.as_bytes()).expect("bytes can be read").0;
        let came = match intake.receive(sent, &mut |_| true).await.expect("it is received") {
            Received::AlreadyReceived(_) => "already",
            Received::Kept { receipt, .. } if receipt.rejected == 1 => "rejected",
            Received::Kept { receipt, .. } if receipt.warned == 1 => "warned",
            Received::Kept { .. } => "accepted",
        };
        assert_eq!(came, received, "{lines} on day {today}");
    }
}
