//! `ownwords copy`: the person's copy on standard output.

use super::{Desk, OWN, STRENGTH, out};
use crate::service::plan;

#[test]
fn a_copy_is_printed_in_the_language_asked_for_and_plans_are_parted() {
    let desk = Desk::new();
    let lines = format!("{}\n{}\n", plan("one", OWN, STRENGTH), plan("two", OWN, STRENGTH));
    let file = desk.file("plans.ndjson", lines);
    let file = file.to_str().expect("a path");
    let printed = desk.run(&["copy", file, "--mapping", "plan-json"]);
    assert_eq!(printed.status.code(), Some(0), "{printed:?}");
    let text = out(&printed);
    assert_eq!((text.matches(OWN).count(), text.matches('\u{c}').count()), (2, 1));
    assert!(text.starts_with("My recovery plan\n================\n") && text.contains(STRENGTH), "{text}");

    let printed = desk.run(&["copy", file, "--mapping", "plan-json", "--language", "es", "--plan", "two"]);
    let text = out(&printed);
    assert_eq!((text.matches(OWN).count(), text.matches('\u{c}').count()), (1, 0));
    assert!(text.starts_with("Mi plan de recuperación\n"), "{text}");

    let broken = desk.file("broken.ndjson", "{\"plan_id\":");
    let code = desk.code(&["copy", broken.to_str().expect("a path"), "--mapping", "plan-json"]);
    assert_eq!(code, 1);
}
