//! `ownwords pull` and `ownwords conflicts`, against a fake EHR.

use std::fs;

use serde_json::{Value, json};

use super::{Desk, out};
use crate::{
    fake_fhir::Fake,
    sync::back::{WORDS, World, goal},
};

const THEIRS: &str = "Client will attend art therapy";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_round_at_once_and_a_decision() {
    let fake = Fake::own_ids().await;
    let world = World::settled(&fake).await;
    fake.edit(&goal(&fake, WORDS), |goal| {
        goal["description"]["text"] = json!(THEIRS);
        goal["lifecycleStatus"] = json!("on-hold");
    });
    let desk = Desk::new();
    fs::create_dir(desk.folder.path().join("connections")).unwrap();
    desk.file("connections/ehr.toml", format!("base_url = \"{}\"\n[read]\nper_second = 0\n", fake.base()));
    desk.file("config.toml", format!("[store]\nurl = \"{}\"\n", world.url));
    let run = |arguments: &[&str]| {
        let output = desk.run(arguments);
        (output.status.code(), out(&output), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, said, _) = run(&["pull", "ehr", "--dry-run", "--json"]);
    let dry: Value = serde_json::from_str(&said).unwrap();
    assert_eq!((code, &dry["taken"], &dry["reviews"]), (Some(0), &json!(1), &json!(1)));
    assert_eq!(run(&["conflicts", "list"]).1, "", "a dry run keeps nothing");
    let (code, said, log) = run(&["pull", "ehr"]);
    assert!(code == Some(0) && said.contains("1 fields were taken into 1 plans"), "{said}");
    let (_, listed, _) = run(&["conflicts", "list", "--format", "json"]);
    for text in [&said, &log, &listed] {
        assert!(!text.contains("paint") && !text.contains("therapy"), "{text}");
    }
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let id = listed["id"].to_string();
    let (_, shown, _) = run(&["conflicts", "show", &id]);
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!((&shown["says"]["ours"], &shown["says"]["theirs"]), (&json!(WORDS), &json!(THEIRS)));
    assert_eq!(run(&["conflicts", "resolve", &id, "--keep", "ours"]).0, Some(2), "nobody is named");
    let (code, said, _) = run(&["conflicts", "resolve", &id, "--keep", "ours", "--by", "M. Rivera"]);
    assert!(code == Some(0) && said.contains("the plan stays as it is"), "{said}");
    assert!(said.contains("it goes out to the EHR once more"), "{said}");
    assert_eq!(run(&["conflicts", "resolve", &id, "--keep", "ours", "--by", "M. Rivera"]).0, Some(2));
    assert_eq!(run(&["conflicts", "list"]).1, "");
    assert!(run(&["conflicts", "list", "--state", "ours"]).1.contains("by M. Rivera"));
    assert_eq!(run(&["pull", "nowhere"]).0, Some(2));
}
