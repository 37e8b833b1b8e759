//! `ownwords copy`: the person's copy on standard output or in a file, as text or as a PDF.

use std::fs;

use super::{Desk, OWN, STRENGTH, err, out};
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

#[test]
fn a_pdf_is_of_one_plan_and_nothing_is_written_where_it_cannot_be_made() {
    let desk = Desk::new();
    let lines = format!("{}\n{}\n", plan("one", OWN, STRENGTH), plan("two", "I want to see 山 again", STRENGTH));
    desk.file("plans.ndjson", lines);
    let asked = |more: &[&str]| {
        desk.run(
            &[&["copy", "plans.ndjson", "--mapping", "plan-json", "--format", "pdf", "--out", "copy.pdf"], more]
                .concat(),
        )
    };
    let file = desk.folder.path().join("copy.pdf");
    for (more, code, says) in [
        (&[][..], 2, "name it with --plan"),
        (&["--plan", "three"], 2, "no such plan"),
        (&["--plan", "two"], 1, "1 characters are in no font"),
    ] {
        let asked = asked(more);
        assert_eq!(asked.status.code(), Some(code), "{more:?}");
        assert!(err(&asked).contains(says) && !err(&asked).contains('山'), "{}", err(&asked));
        assert!(!file.exists(), "{more:?}");
    }
    assert_eq!(asked(&["--plan", "one"]).status.code(), Some(0));
    let written = fs::read(&file).expect("a file");
    assert!(written.starts_with(b"%PDF-1.7"));
    let shown = desk.run(&["copy", "plans.ndjson", "--mapping", "plan-json", "--format", "pdf", "--plan", "one"]);
    assert_eq!(shown.stdout, written);

    let printed = desk.run(&["copy", "plans.ndjson", "--mapping", "plan-json", "--out", "copy.txt"]);
    assert_eq!((printed.status.code(), out(&printed)), (Some(0), String::new()));
    let text = fs::read_to_string(desk.folder.path().join("copy.txt")).expect("a file");
    assert!(text.contains(OWN) && text.contains('山'));
}
