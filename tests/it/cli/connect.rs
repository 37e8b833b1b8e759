//! `ownwords connect` as staff and scripts see it: plain words, the record as JSON, the kept file, and no secret anywhere.

use std::{fs, path::Path, process::Output};

use serde_json::Value;

use super::{Desk, err, out};
use crate::{
    fake_fhir::{
        Fake,
        ehr::{CLIENT, key},
    },
    sync::register,
};

/// Runs the command beside the fake server, which answers on another thread.
async fn run(desk: &Desk, arguments: &[&str]) -> Output {
    let mut command = desk.command(arguments);
    tokio::task::spawn_blocking(move || command.output().expect("the command runs")).await.expect("no panic")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("the command ends by itself")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_is_tried_kept_and_tried_again() {
    let fake = Fake::own_ids().await;
    let desk = Desk::new();
    let tried = run(&desk, &["connect", &fake.base()]).await;
    assert_eq!(code(&tried), 0, "{}", err(&tried));
    for part in
        ["ehr at http://127.0.0.1", "can be written: CarePlan", "rung A: the plan as CarePlan", "written by own-ids"]
    {
        assert!(out(&tried).contains(part), "{part} in {}", out(&tried));
    }
    assert!(!desk.folder.path().join("connections").exists(), "nothing is kept unasked");

    let kept = run(&desk, &["connect", &fake.base(), "--name", "river", "--save", "--format", "json"]).await;
    let record: Value = serde_json::from_str(&out(&kept)).expect("a record");
    assert_eq!((&record["ladder"]["rung"], record["probes"].as_array().map(Vec::len)), (&"A".into(), Some(19)));
    assert!(err(&kept).contains("kept as connections/river.toml"), "{}", err(&kept));
    let again = run(&desk, &["connect", &fake.base(), "--name", "river", "--save"]).await;
    assert_eq!((code(&again), err(&again).contains("is there already")), (2, true));

    let same = run(&desk, &["connect", "check"]).await;
    assert_eq!((code(&same), out(&same).contains("nothing changed")), (0, true), "{}", out(&same));
    fake.inside().abilities.update_create = false;
    let changed = run(&desk, &["connect", "check", "river"]).await;
    assert!(out(&changed).contains("rung: A, now B"), "{}", out(&changed));
    for part in ["rung B: the plan as a document", "not rung A: the statement allows neither"] {
        assert!(out(&changed).contains(part), "{part} in {}", out(&changed));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_said_with_what_helps_and_nothing_is_kept() {
    let fake = Fake::own_ids().await;
    fake.inside().ehr.page = Some(("text/html", "<!DOCTYPE html><title>Portal of J. Doe</title>".to_owned()));
    let desk = Desk::new();
    let tried = run(&desk, &["connect", &fake.base(), "--save"]).await;
    assert_eq!(code(&tried), 1);
    for part in ["problem (html): a web page came instead of FHIR", "what helps: check the path"] {
        assert!(out(&tried).contains(part), "{part} in {}", out(&tried));
    }
    assert!(!out(&tried).contains("Portal") && err(&tried).contains("nothing was kept"), "{}", err(&tried));
    assert!(!desk.folder.path().join("connections").exists());
    for wrong in ["ftp://ehr.example.org", "http://ehr.example.org/fhir", "not-kept"] {
        assert_eq!(code(&run(&desk, &["connect", wrong]).await), 2, "{wrong}");
    }
    assert_eq!(code(&run(&desk, &["connect"]).await), 2);
    assert_eq!(code(&run(&desk, &["connect", &fake.base(), "--write"]).await), 2, "a test person is to be named");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_is_printed_logged_or_kept_outside_of_its_file() {
    let fake = Fake::own_ids().await;
    register(&fake, "es384.pem");
    let desk = Desk::new();
    let pem = key("es384.pem").display().to_string();
    let secret = desk.file("secret", "hush-hush-4711").display().to_string();
    let mut shown = String::new();
    let good = ["--client-id", CLIENT, "--key", &pem];
    let wrong_key = key("es384-other.pem").display().to_string();
    for (who, expected) in [
        (&good[..], 0),
        (&["--client-id", CLIENT, "--key", &wrong_key], 1),
        (&["--client-id", CLIENT, "--secret-file", &secret], 1),
        (&["--secret-file", &secret], 0),
        (&["--client-id", CLIENT, "--key", &secret], 2),
    ] {
        let (base, name) = (fake.base(), format!("c{}", shown.len()));
        let arguments = [&["connect", &base, "--save", "--name", &name], who].concat();
        let tried = run(&desk, &arguments).await;
        assert_eq!(code(&tried), expected, "{who:?} {} {}", out(&tried), err(&tried));
        shown += &(out(&tried) + &err(&tried));
    }
    let check = desk.command(&["connect", "check", "--format", "json"]);
    let mut check = check;
    check.env("OWNWORDS_LOG_LEVEL", "trace");
    let checked = tokio::task::spawn_blocking(move || check.output().expect("it runs")).await.expect("no panic");
    shown += &(out(&checked) + &err(&checked));
    for kept in fs::read_dir(desk.folder.path().join("connections")).expect("kept") {
        shown += &fs::read_to_string(kept.expect("a file").path()).expect("text");
    }
    let tokens: Vec<String> = fake.inside().ehr.tokens.iter().cloned().collect();
    assert!(!tokens.is_empty());
    let private = fs::read_to_string(&pem).expect("a key");
    let line = private.lines().nth(1).expect("a line").to_owned();
    for hidden in tokens.iter().chain([&line, &"hush-hush-4711".to_owned()]) {
        assert!(!shown.contains(hidden.as_str()), "a secret was shown: {hidden}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_keys_are_printed_and_served_without_their_private_half() {
    let fake = Fake::own_ids().await;
    register(&fake, "rs384.pem");
    let desk = Desk::new();
    let pem = key("rs384.pem").display().to_string();
    let kept = run(&desk, &["connect", &fake.base(), "--client-id", CLIENT, "--key", &pem, "--save"]).await;
    assert_eq!(code(&kept), 0, "{} {}", out(&kept), err(&kept));
    for arguments in [&["connect", "jwks"][..], &["connect", "jwks", "ehr"]] {
        let set: Value = serde_json::from_str(&out(&run(&desk, arguments).await)).expect("JSON");
        let set = set["keys"].as_array().expect("keys");
        assert_eq!((set.len(), &set[0]["alg"], &set[0]["d"]), (1, &"RS384".into(), &Value::Null));
        assert_eq!(set[0]["kid"], fake.inside().ehr.keys[0]["kid"]);
    }
    // `[delivery]` and the file at once would be two places for one thing.
    desk.file("config.toml", format!("[delivery]\nbase_url = \"{}\"\n", fake.base()));
    let served = run(&desk, &["serve", "--listen", "127.0.0.1:0"]).await;
    assert_eq!((code(&served), err(&served).contains("stands twice")), (2, true), "{}", err(&served));
    assert!(Path::new(&desk.folder.path().join("connections/ehr.seen.json")).is_file());
}
