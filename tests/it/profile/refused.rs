//! What no policy file may say: each is refused with its line and what to do.

use ownwords::profile::{Origin, Policies};

use super::{layered, river, state};

/// Lines of a file from its third on, and the message about them.
type Case = (&'static str, &'static str);

const OF_A_STATE: &[Case] = &[
    (r#"floors = { GOAL-999 = "error" }"#, "line 3: there is no rule GOAL-999; `ownwords rules` lists them"),
    (r#"raise = { PEER-999 = "error" }"#, "line 3: there is no rule PEER-999; `ownwords rules` lists them"),
    ("basis = \"law\"\nfloors = { GOAL-010 = \"information\" }", "line 4: GOAL-010 may not weigh less than warning"),
    (r#"floors = { GOAL-002 = "off" }"#, "line 3: GOAL-002 may not weigh less than warning"),
    (r#"floors = { STR-001 = "off" }"#, "line 3: STR-001 may not weigh less than warning"),
    (r#"floors = { DATA-001 = "warning" }"#, "line 3: DATA-001 may not weigh less than error"),
    (
        r#"floors = { GOAL-010 = "fatal" }"#,
        "line 3: unknown variant `fatal`, expected one of `error`, `warning`, `information`, `off`",
    ),
    (
        r#"raise = { GOAL-010 = "warning" }"#,
        "line 3: GOAL-010 weighs error here, and raise makes more of a rule, never less; to lower it, say it under \
         floors",
    ),
    ("enforce_from = { GOAL-999 = 2027-03-01 }", "line 3: there is no rule GOAL-999; `ownwords rules` lists them"),
    ("enforce_from = { DATA-001 = 2027-03-01 }", "line 3: DATA-001 may not weigh less than error"),
    (
        "enforce_from = { GOAL-012 = 2027-03-01 }",
        "line 3: GOAL-012 is no error here, so there is nothing to put off; take this line out",
    ),
    (
        "[agencies.ag-1]\nenforce_from = { GOAL-012 = 2027-03-01 }",
        "line 4: GOAL-012 is no error here, so there is nothing to put off; take this line out",
    ),
    ("observe_until = \"2027-02-30\"", NO_DATE),
    ("observe_until = \"2027-3-1\"", NO_DATE),
    ("observe_until = 2027-03-01T10:00:00", NO_DATE),
    ("observe_until = 2027", NO_DATE),
    ("enforce_from = { GOAL-010 = \"soon\" }", NO_DATE),
    (
        "until = 2027-03-01",
        "line 3: unknown field `until`, expected one of `policy`, `name`, `basis`, `observe_until`, `floors`, `raise`, \
         `enforce_from`, `overlays`, `agencies`, `expected_ages`",
    ),
    ("[agencies.ag-1]\nfloors = {}", "line 4: unknown field `floors`, expected `observe_until` or `enforce_from`"),
    (r#"overlays = [{ when = {}, off = ["GOAL-012"] }]"#, NO_KIND_OF_PLAN),
    (r#"overlays = [{ when = { plan_type = "weekly" }, off = ["GOAL-012"] }]"#, NO_KIND_OF_PLAN),
    (r#"overlays = [{ when = { program_type = "Ccbhc" }, off = ["GOAL-012"] }]"#, NO_KIND_OF_PLAN),
    (
        "overlays = [\n{ when = { age_group = \"teen\" }, off = [\"GOAL-012\"] }]",
        "line 4: there is no such age_group; take child, adult, 0-12, 13-17, 18-20, 21-24, 25-44, 45-64, 65-74, 75+",
    ),
    (
        r#"overlays = [{ when = { county = "x" }, off = ["GOAL-012"] }]"#,
        "line 3: unknown field `county`, expected one of `plan_type`, `program_type`, `age_group`",
    ),
    ("[[expected_ages]]\nfield = \"smi_sed\"\ncodes = []\nfrom = 18", "line 3: codes names at least one answer"),
    (
        "[[expected_ages]]\nfield = \"smi_sed\"\ncodes = [\"smi\"]",
        "line 3: from or below says at which age the answer is expected",
    ),
    (
        "[[expected_ages]]\nfield = \"smi_sed\"\ncodes = [\"smi\"]\nfrom = 21\nbelow = 18",
        "line 3: from is less than below",
    ),
    (
        "[[expected_ages]]\nfield = \"mood\"\ncodes = [\"smi\"]\nfrom = 18",
        "line 4: unknown variant `mood`, expected one of `smi_sed`, `employment`, `school_attendance`",
    ),
    (r#"overlays = [{ off = ["GOAL-012"] }]"#, "line 3: missing field `when`"),
    (r#"overlays = [{ when = { age_group = "child" } }]"#, "line 3: an overlay says error_becomes with areas, or off"),
    (r#"overlays = [{ when = { age_group = "child" }, error_becomes = "warning" }]"#, TOGETHER),
    (r#"overlays = [{ when = { age_group = "child" }, areas = ["GOAL"] }]"#, TOGETHER),
    (
        r#"overlays = [{ when = { age_group = "child" }, areas = ["GAOL"], error_becomes = "warning" }]"#,
        "line 3: there is no area of rules \"GAOL\"",
    ),
    (
        r#"overlays = [{ when = { age_group = "child" }, areas = ["GOAL"], error_becomes = "off" }]"#,
        "line 3: error_becomes takes no \"off\"; name rules under off",
    ),
    (
        r#"overlays = [{ when = { age_group = "child" }, areas = ["GOAL"], error_becomes = "error" }]"#,
        "line 3: error_becomes takes warning or information",
    ),
    (
        r#"overlays = [{ when = { age_group = "child" }, areas = ["DATA"], error_becomes = "warning" }]"#,
        "line 3: DATA-001 may not weigh less than error",
    ),
    (
        r#"overlays = [{ when = { age_group = "child" }, off = ["GOAL-010"] }]"#,
        "line 3: GOAL-010 may not weigh less than warning",
    ),
    (
        r#"overlays = [{ when = { age_group = "child" }, off = ["GOAL-999"] }]"#,
        "line 3: there is no rule GOAL-999; `ownwords rules` lists them",
    ),
    (
        "floors = { GOAL-012 = \"off\" }\noverlays = [{ when = { age_group = \"child\" }, off = [\"GOAL-012\"] }]",
        "line 4: GOAL-012 is off already; take it out of this overlay",
    ),
    (
        "floors = { STR-001 = \"warning\", STR-002 = \"warning\" }\n\
         overlays = [{ when = { age_group = \"child\" }, areas = [\"GOAL\", \"STR\"], error_becomes = \"warning\" }]",
        "line 4: no rule of STR is an error here, so this overlay changes nothing; take STR out",
    ),
];

const OF_AN_AGENCY: &[Case] = &[
    (r#"floors = { GOAL-011 = "warning" }"#, "line 3: floors are the state's; an agency says GOAL-011 under raise"),
    ("[agencies.ag-2]", "line 3: agencies are given grace by the state; take this out"),
    (
        "observe_until = 2027-03-01",
        "line 3: observe_until puts off what the state fixed; only the state may, under agencies in its own file",
    ),
    (
        r#"raise = { GOAL-012 = "information" }"#,
        "line 3: GOAL-012 weighs warning by the state's policy (state.toml line 3); an agency may only raise, so say \
         more or take this line out",
    ),
    (
        r#"raise = { GOAL-001 = "warning" }"#,
        "line 3: GOAL-001 weighs error by the state's policy, which builds on standard; an agency may only raise, so \
         say more or take this line out",
    ),
    (r#"raise = { GOAL-010 = "off" }"#, "line 3: GOAL-010 may not weigh less than warning"),
    (
        "enforce_from = { STR-001 = 2027-03-01 }",
        "line 3: STR-001 is an error by the state's policy, which builds on standard; only the state may put it off",
    ),
    (
        "enforce_from = { GOAL-013 = 2027-03-01 }",
        "line 3: GOAL-013 is no error here, so there is nothing to put off; take this line out",
    ),
    (
        r#"overlays = [{ when = { program_type = "pros" }, off = ["GOAL-012"] }]"#,
        "line 3: off lowers what the state fixed; an agency's overlays may say error_becomes of what it raised",
    ),
    (
        r#"overlays = [{ when = { program_type = "pros" }, areas = ["GOAL"], error_becomes = "warning" }]"#,
        "line 3: no rule of GOAL that this agency raised is an error here, so this overlay changes nothing; take GOAL \
         out",
    ),
];

const NO_DATE: &str = "line 3: this is no date; write the year, the month and the day as in 2027-03-01";
const NO_KIND_OF_PLAN: &str =
    "line 3: an overlay names a plan_type or a program_type of the plan model, or an age_group";
const TOGETHER: &str = "line 3: error_becomes and areas stand together, such as areas = [\"GOAL\", \"STR\"]";

#[test]
fn a_states_file_is_refused_with_the_line_and_what_to_do() {
    for (lines, message) in OF_A_STATE {
        let error = layered(&state(lines), None).expect_err(lines).to_string();
        assert_eq!(error, format!("state.toml {message}"), "{lines}");
    }
}

#[test]
fn an_agencys_file_is_refused_where_it_would_lower_what_the_state_fixed() {
    let prairie = state("floors = { GOAL-012 = \"warning\" }\n");
    for (lines, message) in OF_AN_AGENCY {
        let error = layered(&prairie, Some(river(lines))).expect_err(lines).to_string();
        assert_eq!(error, format!("river.toml {message}"), "{lines}");
    }
}

#[test]
fn the_first_lines_are_checked_too() {
    for (text, message) in [
        ("name = \"x\"\n", "line 1: missing field `policy`"),
        ("policy = \"standard\"\n", "line 1: missing field `name`"),
        (
            "name = \"x\"\npolicy = \"lenient\"\n",
            "line 2: policy names what this file builds on: observe, standard or strict",
        ),
        ("policy = \"standard\"\nname = \"Prairie State\"\n", NAME),
        ("policy = \"standard\"\nname = \"\"\n", NAME),
        ("policy = \"standard\"\nname = \"strict\"\n", NAME),
        ("policy = \"standard\"\nname = \"x\"\nname = \"y\"\n", "line 3: duplicate key"),
    ] {
        let file = Origin::File("state.toml".to_owned(), text.to_owned());
        let error = layered(&file, None).expect_err(text).to_string();
        assert_eq!(error, format!("state.toml {message}"), "{text}");
    }
}

const NAME: &str = "line 2: name takes up to 40 small letters, digits and hyphens, and is no built-in policy's";

#[test]
fn an_agency_takes_no_policy_that_is_less_strict_than_the_states() {
    let message = "observe is less strict than standard, which the state builds on; take standard or stricter";
    let file = Origin::File("river.toml".to_owned(), "name = \"river\"\npolicy = \"observe\"\n".to_owned());
    let error = layered(&state(""), Some(file)).expect_err("less strict").to_string();
    assert_eq!(error, format!("river.toml line 2: {message}"));
    let built_in = Origin::BuiltIn("observe".to_owned());
    let error = layered(&state(""), Some(built_in)).expect_err("less strict").to_string();
    assert_eq!(error, format!("gate.agency \"ag-1\" of the settings: {message}"));
}

#[test]
fn without_a_state_floors_are_still_no_ones_else() {
    let for_all = Origin::BuiltIn("standard".to_owned());
    let error = layered(&for_all, Some(river("floors = { GOAL-012 = \"off\" }\n"))).expect_err("floors").to_string();
    assert_eq!(error, "river.toml line 3: floors are the state's; an agency says GOAL-012 under raise");
    let error = layered(&for_all, Some(river("raise = { GOAL-010 = \"warning\" }\n"))).expect_err("raise").to_string();
    assert_eq!(error, "river.toml line 3: GOAL-010 weighs error here, and raise makes more of a rule, never less");
}

#[test]
fn a_policy_that_is_nowhere_is_named() {
    let error = Policies::built_in("lenient").expect_err("no such policy").to_string();
    assert_eq!(error, "there is no policy \"lenient\"; take observe, standard or strict");
    let error = Origin::named("not/there.toml").expect_err("no such file").to_string();
    assert!(error.starts_with("cannot read the file not/there.toml: entity not found. Please check"), "{error}");
}
