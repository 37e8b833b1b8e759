//! A resource with its version in it: said as text, it is the same as said from its tree.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fs, path::Path};

use jiff::Timestamp;
use ownwords::fhir::found::{stamped, stamped_line};
use serde_json::Value;

fn at() -> Timestamp {
    Timestamp::from_microsecond(1_790_000_000_123_456).unwrap()
}

/// The line of a resource; it is one line, and what the tree says.
fn same(json: &str) -> Option<String> {
    let line = stamped_line(json, 3, at());
    let tree = stamped(json, 3, at());
    let read = line.as_deref().map(|line| serde_json::from_str::<Value>(line).unwrap());
    assert_eq!(read, tree, "{json}");
    let meta = |resource: &Value| resource["meta"].as_object().unwrap().keys().take(2).cloned().collect::<Vec<_>>();
    assert!(read.as_ref().is_none_or(|resource| meta(resource) == ["versionId", "lastUpdated"]), "{json}");
    assert!(line.as_deref().is_none_or(|line| !line.contains('\n')), "{json}");
    line
}

#[test]
fn every_resource_of_the_examples_is_said_the_same() {
    let mappings = Path::new(env!("CARGO_MANIFEST_DIR")).join("mappings");
    let folders = |path: &Path| fs::read_dir(path).into_iter().flatten().flatten().map(|one| one.path());
    let examples = folders(&mappings).flat_map(|mapping| folders(&mapping.join("examples")).collect::<Vec<_>>());
    let mut many = 0;
    for example in examples {
        let text = fs::read_to_string(example.join("bundle.json")).unwrap_or_default();
        let bundles: Value = serde_json::from_str(&text).unwrap_or_default();
        let bundles = bundles.as_array().cloned().unwrap_or_else(|| vec![bundles]);
        for entry in bundles.iter().flat_map(|bundle| bundle["entry"].as_array().into_iter().flatten()) {
            let json = entry["resource"].to_string();
            let line = same(&json).unwrap();
            assert_eq!(line, stamped(&json, 3, at()).unwrap().to_string(), "byte for byte");
            many += 1;
        }
    }
    assert!(many > 200, "{many} resources");
}

#[test]
fn what_does_not_begin_as_we_write_it_is_said_the_same_too() {
    for json in [
        r#"{"resourceType":"Goal","id":"a-1"}"#,
        r#"{"resourceType":"Goal","id":"a-1","meta":{}}"#,
        r#"{"resourceType":"Goal","id":"a-1","meta":{},"status":"x"}"#,
        r#"{"resourceType":"Goal","id":"a-1","status":"\"meta\":{ says \\ the person"}"#,
        r#"{"resourceType":"Goal","id":"a-1","status":"x","meta":{"profile":["p"]}}"#,
        r#"{"resourceType":"Goal","id":"a-1","meta":{"versionId":"9","profile":["p"]}}"#,
        r#"{"resourceType":"Goal","id":"a-1","meta":{"profile":["p"],"lastUpdated":"2020-01-01T00:00:00Z"}}"#,
        r#"{"resourceType":"Goal","id":"a-1","meta":null,"status":"x"}"#,
        r#"{"resourceType":"Goal","id":"\u0061-1","meta":{"profile":["p"]}}"#,
        r#"{"resourceType":"Goal","id":1,"meta":{"profile":["p"]}}"#,
        r#"{"resourceType":"Goal","status":"x"}"#,
        r#"{"id":"a-1","resourceType":"Goal","meta":{"profile":["p"]}}"#,
        r#"{"resourceType":"Goal","id":"a-1","meta":{"profile":["p"]},"contained":[{"meta":{"versionId":"1"}}]}"#,
        "{}",
        "{\"resourceType\":\"Goal\",\"id\":\"a-1\",\"meta\":{\"profile\":[\"p\"]},\n \"status\":\"x\"}",
        "{\n \"resourceType\": \"Goal\",\n \"id\": \"a-1\" }",
    ] {
        assert!(same(json).is_some(), "{json}");
    }
    for broken in
        ["", "[]", "{", r#"{"resourceType":"Goal","id":"a-1""#, r#"{"resourceType":"Goal","id":"a-1","meta":{"p":1}"#]
    {
        assert_eq!(same(broken), None, "{broken}");
    }
}
