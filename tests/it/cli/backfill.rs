//! `ownwords backfill` as staff see it: it enters what was kept before, once, and says how far it is.

use std::fs;

use super::{Desk, OWN, STRENGTH, err, out};
use crate::service::plan;

#[test]
fn plans_that_were_kept_before_are_entered_once() {
    let desk = Desk::new();
    for number in 1..=3 {
        let name = format!("{number}.json");
        desk.file(&name, plan(&format!("P-{number}"), OWN, STRENGTH));
        let kept = desk.run(&["submit", "--agency", "ag-1", "--mapping", "plan-json", &name]);
        assert!(kept.status.success(), "{}", err(&kept));
    }
    let nowhere = desk.run(&["backfill", "start", "river"]);
    assert!(!nowhere.status.success() && err(&nowhere).contains("no plans go to a connection"), "{}", err(&nowhere));
    fs::create_dir(desk.folder.path().join("connections")).expect("a folder");
    desk.file("connections/river.toml", "base_url = \"http://127.0.0.1:9/fhir\"\nagencies = [\"ag-1\"]\n");
    assert!(out(&desk.run(&["backfill", "show", "river"])).contains("no backfill was begun"));
    assert_eq!(desk.code(&["backfill", "pause", "river"]), 2);
    assert_eq!(desk.code(&["backfill", "start", "river", "--agency", "ag-2"]), 2, "its plans do not go there");
    for (entered, act) in
        [("3 deliveries entered", "start"), ("0 deliveries entered", "start"), ("paused since", "pause")]
    {
        let said = desk.run(&["backfill", act, "river"]);
        assert!(out(&said).contains(entered), "{} {}", out(&said), err(&said));
        assert!(out(&said).contains("0 of 3 delivered or replaced by newer ones (0 %), 3 wait"), "{}", out(&said));
    }
    assert!(!out(&desk.run(&["backfill", "resume", "river"])).contains("paused"));
    let listed = out(&desk.run(&["deliveries"]));
    assert!(listed.contains("ready 3") && !listed.contains("rung"), "{listed}");
}
