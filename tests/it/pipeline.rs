//! The one path of a record: the mappings' examples come out as their golden files say, and large submissions go on after
//! a break.

use std::{fs, path::Path, sync::Arc};

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
    store::{AgencyScope, RecordRow, Store},
};
use serde_json::{Value, json};
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
        outlets: Arc::new([]),
        store,
    }
}

/// What the pipeline says of a file: the rules raised on its records, or on the file itself.
async fn rules_raised(intake: &Intake, text: &str) -> Vec<String> {
    // Its first line may say which days the file holds whole.
    let (period, text) = match text.strip_prefix("period=").and_then(|rest| rest.split_once('\n')) {
        Some((period, rest)) => (Some(period), rest),
        None => (None, text),
    };
    let mut sent = incoming(text.as_bytes());
    match intake.whole_of(period, false) {
        Ok(whole_of) => sent.whole_of = whole_of,
        Err(ReceiveError::Held(held)) => return vec![held.rule().to_owned()],
        Err(other) => panic!("{other}"),
    }
    "oakleaf".clone_into(&mut sent.agency);
    let packs = Packs::load(None).expect("the mappings load");
    sent.mapping = packs.recognise(text.as_bytes()).unwrap_or(sent.mapping);
    sent.sha256 = Fingerprint::of(text.as_bytes()).expect("bytes can be read").0;
    match intake.receive(sent, &mut |_| true).await {
        Ok(Received::AlreadyReceived(_)) => vec!["FILE-004".to_owned()],
        Err(ReceiveError::Unreadable(unreadable)) => vec![unreadable.rule.to_owned()],
        Err(ReceiveError::Held(held)) => vec![held.rule().to_owned()],
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
            // So does one that replaces another; there a blank line stands between the two.
            let files: Vec<_> = match rule.id {
                "FILE-004" => example.text.lines().collect(),
                "FILE-005" => example.text.split("\n\n").collect(),
                _ => vec![example.text],
            };
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
        bytes: bytes.to_vec().into(),
        whole_of: None,
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

const TEMPLATE: &str = "I want to feel better about myself so that I can enjoy life with my family and friends again.";

/// A line of NDJSON: a plan of a person with this goal.
fn line(plan_id: &str, person: &str, goal: &str) -> String {
    let mut plan: Value = serde_json::from_str(&plan(plan_id, goal, "Never gives up on a song")).expect("a plan");
    plan["person"]["local_id"] = json!(person);
    format!("{plan}\n")
}

/// The ordinals of a submission's records that are warned for having the same goal as others.
async fn warned(intake: &Intake, agency: &str, text: &str) -> Vec<u64> {
    let mut sent = incoming(text.as_bytes());
    agency.clone_into(&mut sent.agency);
    sent.sha256 = Fingerprint::of(text.as_bytes()).expect("bytes can be read").0;
    let Received::Kept { receipt, .. } = intake.receive(sent, &mut |_| true).await.expect("it is received") else {
        panic!("received before")
    };
    let rows = intake.store.records(receipt.id, 0, 1000, None).await.expect("the records can be read");
    let is_said = |row: &&RecordRow| row.findings.iter().any(|finding| finding.rule == "GOAL-030");
    rows.iter().filter(is_said).map(|row| row.ordinal).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_third_person_with_the_same_long_goal_is_warned() {
    let folder = TempDir::new().expect("a temporary folder can be made");
    let intake = intake(&folder).await;
    let none: [u64; 0] = [];
    assert_eq!(warned(&intake, "ag-1", &line("P-1", "ann", TEMPLATE)).await, none);
    assert_eq!(warned(&intake, "ag-1", &line("P-2", "ann", TEMPLATE)).await, none, "her own plans are hers");
    assert_eq!(warned(&intake, "ag-1", &line("P-3", "bob", TEMPLATE)).await, none);
    let again = line("P-3", "bob", TEMPLATE) + "\n";
    assert_eq!(warned(&intake, "ag-1", &again).await, none, "sent again it counts once");
    assert_eq!(warned(&intake, "ag-2", &line("P-4", "cy", TEMPLATE)).await, none, "another agency");
    assert_eq!(warned(&intake, "ag-1", &line("P-5", "cy", "I want to keep bees.")).await, none);
    assert_eq!(warned(&intake, "ag-1", &line("P-5", "cy", &TEMPLATE.to_uppercase())).await, [1]);
    let attested = line("P-6", "dee", TEMPLATE);
    let attested =
        attested.replace("\"text\":\"I want", "\"attestation\":{\"statement\":\"my-own-words\"},\"text\":\"I want");
    assert_ne!(attested, line("P-6", "dee", TEMPLATE));
    assert_eq!(warned(&intake, "ag-1", &attested).await, none, "she said that it is hers");
    let first_again = line("P-1", "ann", TEMPLATE) + "\n";
    assert_eq!(warned(&intake, "ag-1", &first_again).await, [1], "the first is looked at when it is sent again");
}

/// Within one file, what came a moment ago is not kept yet and counts all the same; nor is anybody looked at twice.
#[tokio::test(flavor = "multi_thread")]
async fn within_a_file_those_before_count_too() {
    let folder = TempDir::new().expect("a temporary folder can be made");
    let intake = intake(&folder).await;
    let small: String = [("P-1", "ann"), ("P-2", "ann"), ("P-3", "bob"), ("P-4", "cy")]
        .map(|(plan, who)| line(plan, who, TEMPLATE))
        .concat();
    assert!(small.len() < 16 << 10);
    assert_eq!(warned(&intake, "ag-1", &small).await, [4]);
    let own = |at: usize| {
        format!("I want to walk path number {at} through the woods behind the {at} old houses of my {at} aunts.")
    };
    let large = |people: &dyn Fn(usize) -> bool| -> String {
        let said = |at| if people(at) { TEMPLATE.to_owned() } else { own(at) };
        (1..=500).map(|at| line(&format!("L-{at}"), &format!("person {at}"), &said(at))).collect()
    };
    // The first two stand in one piece; of the others, each in a piece of its own, all are warned.
    let at = [3, 5, 100, 170, 240, 310, 499];
    let large = large(&|one| at.contains(&one));
    assert!(large.len() > 16 << 10);
    assert_eq!(warned(&intake, "ag-2", &large).await, [100, 170, 240, 310, 499]);
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

/// The rules raised on a submission's records, each with its record's ordinal, as far as they are DATA-006.
async fn contradicted(intake: &Intake, text: &str) -> Vec<u64> {
    let mut sent = incoming(text.as_bytes());
    sent.sha256 = Fingerprint::of(text.as_bytes()).expect("bytes can be read").0;
    let Received::Kept { receipt, .. } = intake.receive(sent, &mut |_| true).await.expect("it is received") else {
        panic!("received before")
    };
    let rows = intake.store.records(receipt.id, 0, 1000, None).await.expect("the records can be read");
    let is_said = |row: &&RecordRow| row.findings.iter().any(|finding| finding.rule == "DATA-006");
    rows.iter().filter(is_said).map(|row| row.ordinal).collect()
}

/// A line of NDJSON: a plan whose record names its version.
fn versioned(plan_id: &str, version: &str, goal: &str) -> String {
    let mut plan: Value = serde_json::from_str(&plan(plan_id, goal, "Never gives up on a song")).expect("a plan");
    plan["source"]["record_version"] = json!(version);
    format!("{plan}\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_changed_under_its_version_is_told_and_kept() {
    let folder = TempDir::new().expect("a temporary folder can be made");
    let intake = intake(&folder).await;
    let none: [u64; 0] = [];
    let (swim, sing) = ("I want to learn to swim.", "I want to sing in a choir.");
    assert_eq!(contradicted(&intake, &versioned("P-1", "4", swim)).await, none);
    assert_eq!(contradicted(&intake, &(versioned("P-1", "4", swim) + "\n")).await, none, "the same again");
    assert_eq!(contradicted(&intake, &versioned("P-2", "4", sing)).await, none, "another plan");
    assert_eq!(contradicted(&intake, &versioned("P-1", "", sing)).await, none, "no version is told");
    assert_eq!(contradicted(&intake, &versioned("P-1", "4", sing)).await, [1]);
    assert_eq!(contradicted(&intake, &versioned("P-1", "5", sing)).await, none, "the version was raised");
    assert_eq!(intake.store.plan_versions("ag-1", "P-1").await.expect("versions").len(), 4, "all are kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn within_a_file_a_record_that_changed_under_its_version_is_told_too() {
    let folder = TempDir::new().expect("a temporary folder can be made");
    let intake = intake(&folder).await;
    let goal = |at: usize| format!("I want to swim in lake number {at}.");
    let small = versioned("S-1", "1", &goal(1)) + &versioned("S-1", "1", &goal(2)) + &versioned("S-1", "2", &goal(3));
    assert_eq!(contradicted(&intake, &small).await, [2]);
    // In one piece, in the next one, and in one that comes after the first was kept.
    let again = [(20, 1), (100, 2), (480, 3)];
    let line = |at: usize| {
        let plan = again.iter().find(|(place, _)| *place == at).map_or(at, |(_, plan)| *plan);
        versioned(&format!("L-{plan}"), "1", &goal(at))
    };
    let large: String = (1..=500).map(line).collect();
    assert!(large.len() > 16 << 10);
    assert_eq!(contradicted(&intake, &large).await, [20, 100, 480]);
}
