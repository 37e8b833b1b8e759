//! The forms of primitive values: the functions of the checker take what the regexes of HL7's definitions take.
//!
//! Where R4's prose asks for more than its regex (a day that exists, a number of 32 bits, a fixed scheme), a value may be
//! refused that the regex takes; such values are left out here and stand in `faults.txt`.

use std::fs;

use proptest::prelude::{Just, ProptestConfig, Strategy, prop_assert_eq, prop_oneof, proptest};
use regex::Regex;
use serde_json::{Value, json};

use super::{errors, root};

const TEXTS: [&str; 13] = [
    "base64Binary",
    "canonical",
    "code",
    "date",
    "dateTime",
    "id",
    "instant",
    "markdown",
    "oid",
    "string",
    "time",
    "uri",
    "url",
];
const NUMBERS: [&str; 4] = ["decimal", "integer", "positiveInt", "unsignedInt"];

/// The regex of a type, as the table has it.
fn regex(kind: &str) -> Regex {
    let table = fs::read_to_string(root().join("profiles/r4.table")).expect("the table can be read");
    let line = table.lines().find_map(|line| line.strip_prefix(&format!("primitive {kind} ")).map(str::to_owned));
    // `\s` and `\S` of HL7's regexes are those of ASCII.
    let ascii =
        line.expect("the type has a regex").replace(r"\S", r"[^ \t\n\r\x0B\x0C]").replace(r"\s", r"[ \t\n\r\x0B\x0C]");
    let ascii = ascii
        .replace(r"[ \r\n\t[^ \t\n\r\x0B\x0C]]", r"[^\x0B\x0C]")
        .replace(r"[^[ \t\n\r\x0B\x0C]]", r"[^ \t\n\r\x0B\x0C]");
    Regex::new(&format!("^(?:{ascii})$")).unwrap_or_else(|error| panic!("{kind}: {error}"))
}

fn is_taken(kind: &str, value: Value) -> bool {
    let name = format!("value{}{}", kind[..1].to_uppercase(), &kind[1..]);
    let mut parameter = json!({"name": "x"});
    parameter[name] = value;
    errors(&json!({"resourceType": "Parameters", "parameter": [parameter]}).to_string()).is_empty()
}

/// Whether the regex says all there is to say of a value.
fn is_plain(kind: &str, value: &str) -> bool {
    let day = |value: &str| value.get(8..10).is_none_or(|day| day < "29");
    match kind {
        "date" | "dateTime" | "instant" => day(value),
        "uri" | "url" | "canonical" => !value.starts_with("urn:") && !value.is_empty(),
        "base64Binary" => !value.contains('='),
        // Vertical tabs and form feeds are advised against, not refused.
        "string" | "markdown" => !value.contains(['\u{b}', '\u{c}']),
        _ => true,
    }
}

fn near() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-2][0-9]{3}(-[01][0-9](-[0-3][0-9])?)?(T[0-2][0-9]:[0-6][0-9](:[0-6][0-9])?([.][0-9]{0,3})?)?(Z|[+-][01][0-9]:[0-6][0-9])?",
        "[0-2][0-9]:[0-6][0-9]:[0-6][0-9]([.][0-9]{0,3})?",
        "(urn:oid:)?[0-3]([.]0?[0-9]{1,2}){0,3}",
        "[A-Za-z0-9. _-]{0,66}",
        "[A-Za-z0-9+/ \n]{0,9}",
        "https?://[a-z./|# ]{0,12}",
        "[ -~\t\n\u{a0}\u{b}\u{c}\u{1f600}]{0,6}",
        Just("0000".to_owned()),
        Just("2026-11-01T10:00:60Z".to_owned()),
        Just("2026-11-01T10:00:00+14:00".to_owned()),
        Just("2026-11-01T10:00:00+14:30".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn texts_are_taken_as_the_regex_takes_them(value in near()) {
        for kind in TEXTS.into_iter().filter(|kind| is_plain(kind, &value)) {
            let regex = REGEXES.with(|all| all.iter().find(|(own, _)| *own == kind).map(|(_, regex)| regex.is_match(&value)));
            prop_assert_eq!(Some(is_taken(kind, json!(value))), regex, "{} {:?}", kind, value);
        }
    }
}

thread_local! {
    static REGEXES: Vec<(&'static str, Regex)> = TEXTS.into_iter().map(|kind| (kind, regex(kind))).collect();
}

#[test]
fn numbers_are_taken_as_the_regex_takes_them() {
    let values =
        ["0", "-0", "1", "-1", "7.0", "1e3", "1E-2", "0.50", "2147483647", "2147483648", "-2147483648", "100000000000"];
    for kind in NUMBERS {
        let regex = regex(kind);
        for value in values {
            let fits = kind == "decimal" || value.parse::<i32>().is_ok();
            let number: Value = serde_json::from_str(value).expect("a number of JSON");
            assert_eq!(is_taken(kind, number), regex.is_match(value) && fits, "{kind} {value}");
        }
    }
}

#[test]
fn what_the_prose_of_r4_asks_for_beside_the_regex() {
    let (taken, refused) = (true, false);
    let cases = [
        ("date", "2024-02-29", taken),
        ("date", "2023-02-29", refused),
        ("date", "1900-02-29", refused),
        ("date", "2000-02-29", taken),
        ("date", "2026-04-31", refused),
        ("dateTime", "2026-12-31T23:59:59.999Z", taken),
        ("dateTime", "2026-11-31T10:00:00Z", refused),
        ("uri", "urn:oid:2.16.840.1.113883", taken),
        ("uri", "urn:oid:2.16.08", refused),
        ("uri", "urn:oid:3.1", refused),
        ("uri", "urn:uuid:8a51c1d4-2c1a-5c6e-9d0a-5b2b6a1f7e01", taken),
        ("uri", "urn:uuid:8A51C1D4-2c1a-5c6e-9d0a-5b2b6a1f7e01", refused),
        ("uri", "urn:uuid:8a51c1d42c1a5c6e9d0a5b2b6a1f7e01", refused),
        ("base64Binary", "aGVsbG8=", taken),
        ("base64Binary", "aGVs\nbG8=", taken),
        ("base64Binary", "aGVsbG8", refused),
        ("base64Binary", "a=VsbG8=", refused),
        ("string", "", refused),
    ];
    for (kind, value, is_fine) in cases {
        assert_eq!(is_taken(kind, json!(value)), is_fine, "{kind} {value}");
    }
    let long = "a".repeat(1_048_577);
    assert!(!is_taken("string", json!(long)) && is_taken("string", json!(long[1..])));
    assert!(
        errors(r#"{"resourceType":"Parameters","parameter":[{"name":"\ud800"}]}"#).len() == 1,
        "half of a character"
    );
}
