//! The command line as scripts see it: output, exit codes, and that no word of a person reaches a log.
#![allow(clippy::unwrap_used, reason = "a test may end where it stands")]

mod conflicts;
mod backfill;
mod connect;
mod copy;
mod gate;
mod order;
mod hard_files;
mod person;
mod policy;
pub(crate) mod thread;
mod validate;

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::service::plan;

const OWN: &str = "I want to grow tomatoes on my own balcony.";
const STRENGTH: &str = "Knows every plant on the street by name";
const CLINICAL: &str = "Client will maintain medication compliance.";

struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { folder: TempDir::new().expect("a temporary folder can be made") }
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).expect("the file can be written");
        path
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ownwords"));
        command.current_dir(self.folder.path()).args(arguments).env("NO_COLOR", "1").stdin(Stdio::null());
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the command runs")
    }

    fn code(&self, arguments: &[&str]) -> i32 {
        self.run(arguments).status.code().expect("the command ends by itself")
    }
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn check_says_by_its_exit_code_whether_something_was_rejected() {
    let desk = Desk::new();
    desk.file("good.json", plan("P-1", OWN, STRENGTH));
    desk.file("poor.json", plan("P-2", CLINICAL, STRENGTH));
    desk.file("broken.json", "{\"plan_id\": ");
    desk.file("foreign.csv", "a,b\n1,2\n");
    for (arguments, code) in [
        (&["check", "good.json"][..], 0),
        (&["check", "good.json", "poor.json"], 1),
        (&["check", "--policy", "observe", "poor.json"], 0),
        (&["check", "broken.json", "--mapping", "plan-json"], 1),
        (&["check", "foreign.csv"], 2),
        (&["check", "not-there.json"], 2),
        (&["check", "good.json", "--mapping", "none-such"], 2),
        (&["check", "good.json", "--policy", "lenient"], 2),
        (&["check"], 2),
    ] {
        assert_eq!(desk.code(arguments), code, "{arguments:?}");
    }
}

#[test]
fn check_prints_one_json_object_a_record() {
    let desk = Desk::new();
    let lines = format!("{}\nnot json\n{}\n", plan("P-1", OWN, STRENGTH), plan("P-2", CLINICAL, STRENGTH));
    desk.file("plans.ndjson", lines);
    let output = desk.run(&["check", "plans.ndjson", "--mapping", "plan-json", "--format", "json"]);
    let records: Vec<Value> =
        out(&output).lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
    assert_eq!(records.len(), 3);
    let verdicts: Vec<_> = records.iter().map(|record| record["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts[1..], ["rejected", "rejected"], "{records:?}");
    assert_eq!(records[1]["findings"][0]["rule"], "FILE-001");
    let findings = records[2]["findings"].as_array().expect("findings");
    let finding = findings.iter().find(|finding| finding["rule"] == "GOAL-010").expect("GOAL-010");
    assert_eq!(finding["severity"], "error");
    assert_eq!(finding["pointer"], "/goals/0/statement/text");
    assert_eq!((&finding["place"]["file"], &finding["place"]["line"]), (&"plans.ndjson".into(), &3.into()));
    for key in ["file", "record", "line", "plan_id", "verdict", "findings", "unread"] {
        assert!(records[0].get(key).is_some(), "{key}");
    }
}

#[test]
fn check_shows_the_line_of_the_file_to_people() {
    let desk = Desk::new();
    desk.file("poor.json", plan("P-2", CLINICAL, STRENGTH));
    let text = out(&desk.run(&["check", "poor.json"]));
    for part in
        ["error[GOAL-010]", "--> poor.json:1:", "medication compliance", "ownwords rules GOAL-010", "1 rejected"]
    {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn check_gives_operation_outcomes() {
    let desk = Desk::new();
    desk.file("poor.json", plan("P-2", CLINICAL, STRENGTH));
    let output = desk.run(&["check", "poor.json", "--format", "operationoutcome"]);
    let outcome: Value = serde_json::from_str(out(&output).trim()).unwrap();
    assert_eq!(outcome["resourceType"], "OperationOutcome");
    let mut issues = outcome["issue"].as_array().expect("issues").iter();
    assert!(issues.any(|issue| issue["details"]["coding"][0]["code"] == "GOAL-010"), "{outcome}");
}

#[test]
fn map_prints_plans_and_bundles() {
    let desk = Desk::new();
    desk.file("plans.ndjson", format!("{}\n{}\n", plan("P-1", OWN, STRENGTH), plan("P-2", CLINICAL, STRENGTH)));
    let plans = desk.run(&["map", "plans.ndjson", "--to", "plan"]);
    assert_eq!((plans.status.code(), out(&plans).lines().count()), (Some(0), 2));
    let bundles = desk.run(&["map", "plans.ndjson", "--to", "bundle", "--agency", "ag-1"]);
    assert_eq!(bundles.status.code(), Some(1), "one plan has no Bundle");
    let bundle: Value = serde_json::from_str(out(&bundles).trim()).unwrap();
    assert_eq!((&bundle["resourceType"], &bundle["type"]), (&"Bundle".into(), &"transaction".into()));
    assert!(err(&bundles).contains("plans.ndjson:2:"), "{}", err(&bundles));
    assert_eq!(
        out(&bundles),
        out(&desk.run(&["map", "plans.ndjson", "--to", "bundle", "--agency", "ag-1"])),
        "same bytes"
    );
}

#[test]
fn rules_prints_the_catalogue_and_pages() {
    let desk = Desk::new();
    let table = out(&desk.run(&["rules"]));
    assert!(table.contains("GOAL-010") && table.contains("STR-001"), "{table}");
    assert!(out(&desk.run(&["rules", "goal-010"])).starts_with("# GOAL-010"));
    let all: Value = serde_json::from_str(&out(&desk.run(&["rules", "--format", "json"]))).unwrap();
    assert!(all.as_array().is_some_and(|rules| rules.iter().all(|rule| rule["severity"]["standard"].is_string())));
    assert_eq!(desk.code(&["rules", "GOAL-999"]), 2);
}

#[test]
fn a_mapping_of_ones_own_starts_from_one_that_is_there() {
    let desk = Desk::new();
    assert_eq!(desk.code(&["mapping", "test"]), 0, "the built-in mappings hold");
    assert_eq!(desk.code(&["mapping", "new", "oakleaf-csv"]), 0);
    assert_eq!(desk.code(&["mapping", "new", "oakleaf-csv"]), 2, "nothing is overwritten");
    assert_eq!(desk.code(&["mapping", "new", "../escape"]), 2);
    assert_eq!(desk.code(&["mapping", "test", "oakleaf-csv", "--accept"]), 0);
    let tested = desk.run(&["mapping", "test", "oakleaf-csv"]);
    assert_eq!(tested.status.code(), Some(0), "{}", out(&tested));
    let examples = desk.folder.path().join("mappings/oakleaf-csv/examples");
    let golden = find(&examples, "findings.txt").expect("an example has findings");
    fs::write(&golden, "something else\n").unwrap();
    let differs = desk.run(&["mapping", "test", "oakleaf-csv"]);
    assert_eq!(differs.status.code(), Some(1));
    assert!(out(&differs).contains("findings.txt:1: expected something else"), "{}", out(&differs));
}

fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    let mut folders: Vec<_> = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).collect();
    folders.sort();
    folders.into_iter().map(|folder| folder.join(name)).find(|path| path.is_file())
}

#[test]
fn submit_keeps_and_report_counts() {
    let desk = Desk::new();
    desk.file("plans.ndjson", format!("{}\n{}\n", plan("P-1", OWN, STRENGTH), plan("P-2", CLINICAL, STRENGTH)));
    let submit = ["submit", "plans.ndjson", "--mapping", "plan-json", "--agency", "ag-1"];
    let first = desk.run(&submit);
    assert_eq!(first.status.code(), Some(1), "one was rejected: {}{}", out(&first), err(&first));
    assert!(out(&first).contains("2 records kept"), "{}", out(&first));
    assert!(out(&desk.run(&submit)).contains("FILE-004: already received"));
    let counts = |agency: &str| {
        let output =
            desk.run(&["report", "--from", "2020-01-01", "--to", "2100-01-01", "--agency", agency, "--format", "json"]);
        serde_json::from_str::<Value>(&out(&output)).unwrap_or_else(|_| panic!("{}", err(&output)))
    };
    let report = counts("ag-1");
    assert_eq!(report["mark"], "internal, not for release");
    let agency = &report["agencies"][0];
    assert_eq!((&agency["plans_received"], &agency["rejected"]), (&2.into(), &1.into()), "{report}");
    assert_eq!(agency["measures"]["PCRP-04"]["numerator"], 1);
    assert_eq!(agency["measures"]["PCRP-05"]["numerator"], 2);
    assert_eq!(agency["measures"]["PCRP-06"]["denominator"], 2);
    assert_eq!(agency["findings"]["GOAL-010"], 1);
    assert_eq!(counts("ag-2")["agencies"].as_array().unwrap().len(), 0);
    for format in ["text", "csv"] {
        let text = out(&desk.run(&["report", "--from", "2020-01-01", "--to", "2100-01-01", "--format", format]));
        assert!(text.contains("internal, not for release") && text.contains("PCRP-06"), "{text}");
    }
    assert_eq!(desk.code(&["report", "--from", "2026-02-30", "--to", "2026-03-01"]), 2);
    assert_eq!(desk.code(&["report", "--from", "2026-03-02", "--to", "2026-03-01"]), 2);
    assert_eq!(desk.code(&["deliveries"]), 0);
    assert_eq!(desk.code(&["deliveries", "retry", "7"]), 2);
    assert_eq!(desk.code(&["migrate"]), 0);
}

/// PCRP-04 shows plans that pass by an answer in a column of their own, from what was kept.
#[test]
fn report_counts_answered_plans_apart() {
    let desk = Desk::new();
    let answered = |id: &str, reason: &str| {
        let mut plan: Value = serde_json::from_str(&plan(id, CLINICAL, STRENGTH)).expect("a plan");
        plan["overrides"] = serde_json::json!([{ "rule_id": "GOAL-010", "reason_code": reason, "by_role": "supervisor",
            "reason_text": "Talked over with the person.", "at": jiff::Timestamp::now().to_string() }]);
        plan.to_string()
    };
    let plans = [answered("P-1", "required-by-state-rule"), answered("P-2", "words-confirmed-by-person")];
    desk.file("plans.ndjson", plans.join("\n"));
    assert_eq!(desk.code(&["submit", "plans.ndjson", "--mapping", "plan-json", "--agency", "ag-1"]), 0);
    let report = desk.run(&["report", "--from", "2020-01-01", "--to", "2100-01-01", "--format", "json"]);
    let report: Value = serde_json::from_str(&out(&report)).expect("JSON");
    let agency = &report["agencies"][0];
    assert_eq!(agency["pass_pcrp_04_by_an_answer"], 2, "{report}");
    assert_eq!(agency["measures"]["PCRP-04"]["numerator"], 1, "only one of the reasons says whose words these are");
}

#[test]
fn a_store_that_was_never_made_is_no_success() {
    let desk = Desk::new();
    let output = desk.run(&["deliveries"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("migrate"), "{}", err(&output));
}

#[test]
fn settings_that_are_wrong_are_refused_with_their_line() {
    let desk = Desk::new();
    let config = desk.file("wrong.toml", "[server]\nlisten = \"127.0.0.1:0\"\nbody_limt_mb = 3\n");
    let output = desk.run(&["--config", config.to_str().unwrap(), "serve"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("wrong.toml") && err(&output).contains("line 3"), "{}", err(&output));
    let secret = desk.file("secret.toml", "[store]\nurl = \"postgres://u:hush@h/d\" x\n");
    let output = desk.run(&["--config", secret.to_str().unwrap(), "serve"]);
    assert!(err(&output).contains("line 2") && !err(&output).contains("hush"), "{}", err(&output));
    let open = desk.run(&["serve", "--listen", "0.0.0.0:0"]);
    assert_eq!(open.status.code(), Some(2));
    assert!(err(&open).contains("caller"), "{}", err(&open));
}

/// The canary: a whole session at the highest log level, and none of the words comes out anywhere but in answers.
#[test]
fn no_word_of_a_person_reaches_a_log_or_a_metric() {
    let desk = Desk::new();
    let mut command = desk.command(&["serve", "--listen", "127.0.0.1:0"]);
    command.env("OWNWORDS_LOG_LEVEL", "trace").env("OWNWORDS_LOG_FORMAT", "json").stderr(Stdio::piped());
    let mut child = command.spawn().expect("the service starts");
    let mut log = BufReader::new(child.stderr.take().expect("the log is piped"));
    let mut said = String::new();
    let address = loop {
        let before = said.len();
        assert_ne!(log.read_line(&mut said).expect("the log can be read"), 0, "the service ended: {said}");
        if let Some((_, rest)) = said[before..].split_once("answers at http://") {
            break rest.split_whitespace().next().unwrap().to_owned();
        }
    };
    let canary = "Zebrafinch";
    let body = plan("P-1", &format!("I want {canary} to sing."), &format!("{canary} keeper"));
    let broken =
        body.replace("\"active\"", "17").replace("\"lang\":\"en\"", &format!("\"lang\":\"{canary} {canary}\""));
    for text in [&body, &broken, &format!("{canary},{canary}\n1,2,3\n")] {
        for path in [
            "/submissions?agency=ag-1&mapping=plan-json",
            "/submissions?agency=ag-1&mapping=flat-csv",
            "/fhir/$check-plan",
        ] {
            post(&address, path, text);
        }
    }
    let metrics = get(&address, "/metrics");
    assert!(metrics.contains("ownwords_http_requests_total") && !metrics.contains(canary));
    let stopped = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("kill runs");
    assert!(stopped.success());
    log.read_to_string(&mut said).expect("the log can be read");
    assert_eq!(child.wait().expect("the service ends").code(), Some(0));
    assert!(said.contains("\"answered\"") && said.contains("stopping"), "{said}");
    assert!(!said.contains(canary), "the log holds a person's word");
}

fn post(address: &str, path: &str, body: &str) -> String {
    call(
        address,
        &format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        ),
    )
}

fn get(address: &str, path: &str) -> String {
    call(address, &format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"))
}

fn call(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("the service listens");
    stream.write_all(request.as_bytes()).expect("the request can be sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("the answer can be read");
    answer
}

#[test]
fn demo_walks_the_whole_way() {
    let desk = Desk::new();
    let output = desk.run(&["demo"]);
    let text = out(&output);
    assert_eq!(output.status.code(), Some(0), "{text}{}", err(&output));
    for part in ["rejected", "GOAL-010", "practice EHR now holds", "\"resourceType\": \"Bundle\"", "What to try next"] {
        assert!(text.contains(part), "{part} in {text}");
    }
}
