//! `ownwords policy`, and `check` under an agency's policy.

use serde_json::Value;

use super::{CLINICAL, Desk, STRENGTH, err, out, plan};

const STATE: &str = "policy = \"standard\"\nname = \"prairie\"\nbasis = \"24-2\"\nfloors = { GOAL-011 = \"warning\" }\n\
    enforce_from = { GOAL-010 = 2027-03-01 }\n";
const RIVER: &str = "policy = \"standard\"\nname = \"river\"\nraise = { GOAL-012 = \"error\" }\n";
const SETTINGS: &str =
    "[gate]\nstate_policy = \"state.toml\"\n[[gate.agency]]\nid = \"ag-1\"\npolicy = \"river.toml\"\n";

#[test]
fn policy_explain_shows_every_line_that_made_a_severity() {
    let desk = Desk::new();
    desk.file("state.toml", STATE);
    desk.file("river.toml", RIVER);
    desk.file("config.toml", SETTINGS);
    let line = |arguments: &[&str], rule: &str| {
        let text = out(&desk.run(&[&["policy", "explain"], arguments].concat()));
        let line = text.lines().find(|line| line.starts_with(rule));
        line.unwrap_or_else(|| panic!("{rule} in {text}")).split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let river = ["--agency", "ag-1", "--on", "2027-02-28"];
    let crisis = [&river[..], &["--plan-type", "crisis-short-term"]].concat();
    for (arguments, rule, expected) in [
        (&river[..], "GOAL-010", "warning warning standard: error; grace until 2027-03-01: warning (state.toml:5)"),
        (&river[..2], "DATA-001", "error error standard: error"),
        (&["--on", "2027-03-01"], "GOAL-010", "error warning standard: error"),
        (&river[..], "GOAL-011", "warning information standard: information; state fixes warning (state.toml:4)"),
        (&river[..], "GOAL-012", "error off standard: information; agency raises to error (river.toml:3)"),
        (&["--on", "2027-02-28"], "GOAL-012", "information off standard: information"),
        (
            &crisis[..],
            "GOAL-012",
            "warning off standard: information; agency raises to error (river.toml:3); overlay makes it warning",
        ),
        (&["--agency", "ag-2"], "GOAL-002", "error warning standard: error; another-stands: warning"),
    ] {
        assert_eq!(line(arguments, rule), format!("{rule} {expected}"), "{arguments:?}");
    }
    let json: Value =
        serde_json::from_str(&out(&desk.run(&[&["policy", "explain", "--format", "json"], &river[..]].concat())))
            .unwrap();
    let rule = json["rules"].as_array().unwrap().iter().find(|rule| rule["rule"] == "GOAL-010").unwrap();
    assert_eq!((&rule["severity"], &rule["rejects_from"]), (&"warning".into(), &"2027-03-01".into()));
    assert_eq!(rule["from"][1]["place"], serde_json::json!({ "file": "state.toml", "line": 5 }));
    assert_eq!((&json["day"], &json["basis"]), (&"2027-02-28".into(), &serde_json::json!(["24-2"])));
    for wrong in [["--on", "soon"], ["--program-type", "prison"], ["--age-group", "teen"]] {
        assert_eq!(desk.code(&[&["policy", "explain"][..], &wrong].concat()), 2, "{wrong:?}");
    }
}

#[test]
fn policy_check_says_whether_a_file_could_be_taken() {
    let desk = Desk::new();
    desk.file("state.toml", STATE);
    desk.file("river.toml", RIVER);
    desk.file("config.toml", SETTINGS);
    desk.file("softer.toml", RIVER.replace("GOAL-012 = \"error\"", "GOAL-011 = \"information\""));
    desk.file("stricter.toml", STATE.replace("\"standard\"", "\"strict\""));
    desk.file("strict", RIVER.replace("raise", "raze"));
    for (arguments, code, says) in [
        (&["state.toml"][..], 0, "state.toml is in order; plans are judged under prairie@"),
        (&["river.toml", "--agency", "ag-9"], 0, "river.toml is in order; plans are judged under prairie/river@"),
        (
            &["softer.toml", "--agency", "ag-1"],
            1,
            "./softer.toml line 3: GOAL-011 weighs warning by the state's policy",
        ),
        (&["stricter.toml"], 1, "river.toml line 1: standard is less strict than strict"),
        (&["strict", "--agency", "ag-1"], 1, "./strict line 3: unknown field `raze`"),
    ] {
        let output = desk.run(&[&["policy", "check"], arguments].concat());
        assert_eq!(output.status.code(), Some(code), "{arguments:?} {}", err(&output));
        assert!(out(&output).starts_with(says), "{arguments:?}: {}", out(&output));
    }
    assert_eq!(desk.code(&["policy", "check", "not-there.toml"]), 2);
    desk.file("state.toml", STATE.replace("warning", "off"));
    desk.file("poor.json", plan("P-2", CLINICAL, STRENGTH));
    for verb in [&["serve"][..], &["check", "poor.json"], &["submit", "poor.json", "--agency", "ag-1"]] {
        let output = desk.run(verb);
        assert_eq!(output.status.code(), Some(2), "{verb:?}");
        assert!(err(&output).contains("state.toml line 4: GOAL-011 may not weigh less"), "{verb:?}: {}", err(&output));
    }
}

#[test]
fn check_judges_by_the_policy_of_the_agency() {
    let desk = Desk::new();
    desk.file("config.toml", "[[gate.agency]]\nid = \"ag-1\"\npolicy = \"observe\"\n");
    desk.file("poor.json", plan("P-2", CLINICAL, STRENGTH));
    assert_eq!(desk.code(&["check", "poor.json"]), 1);
    assert_eq!(desk.code(&["check", "poor.json", "--agency", "ag-1"]), 0);
    assert_eq!(desk.code(&["check", "poor.json", "--agency", "ag-1", "--policy", "strict"]), 1);
    desk.file(
        "config.toml",
        "[[gate.agency]]\nid = \"a\"\npolicy = \"x\"\n[[gate.agency]]\nid = \"a\"\npolicy = \"y\"\n",
    );
    assert!(err(&desk.run(&["check", "poor.json"])).contains("stands twice"));
}

/// An agency's phrases are its record system's, whatever policy is named.
#[test]
fn a_policy_that_is_named_knows_the_phrases_of_the_agency() {
    let desk = Desk::new();
    desk.file("phrases.txt", "Vocational skills\n");
    desk.file("config.toml", "[[gate.agency]]\nid = \"ag-1\"\nphrases = \"phrases.txt\"\n");
    desk.file("plan.json", plan("P-1", "Vocational skills", STRENGTH));
    let finds = |arguments: &[&str]| {
        let told = out(&desk.run(&[&["check", "plan.json", "--format", "json"], arguments].concat()));
        told.contains("GOAL-032")
    };
    assert!(finds(&["--agency", "ag-1"]));
    assert!(finds(&["--agency", "ag-1", "--policy", "strict"]));
    assert!(!finds(&["--agency", "ag-2", "--policy", "strict"]));
    assert!(!finds(&["--policy", "strict"]));
    desk.file("phrases.txt", "Housing\nhousing\n");
    let refused = desk.run(&["check", "plan.json", "--policy", "strict", "--agency", "ag-1"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(err(&refused).contains("phrases.txt line 2"), "{}", err(&refused));
}
