//! Every element that a rule names is one that we write: each leads somewhere in the Bundle of the plan that has everything, or of the one without a goal.

use ownwords::rules::catalogue::RULES;
use serde_json::Value;

const BUNDLES: [&str; 2] =
    [include_str!("../../data/fhir/everything.bundle.json"), include_str!("../../data/fhir/no-goal.bundle.json")];

#[test]
fn every_element_is_one_that_we_write() {
    let bundles = BUNDLES.map(|bundle| serde_json::from_str::<Value>(bundle).expect("a Bundle"));
    let entries = bundles.iter().flat_map(|bundle| bundle["entry"].as_array().expect("entries"));
    let resources: Vec<&Value> = entries.map(|entry| &entry["resource"]).collect();
    let is_written = |element: &str| {
        let (kind, path) = element.split_once('.').unwrap_or((element, ""));
        resources.iter().any(|one| one["resourceType"] == kind && leads_somewhere(one, path))
    };
    let mut wrong = Vec::new();
    for rule in RULES {
        for (end, element) in rule.elements {
            // A step may have become one kind of resource or another.
            if !element.split(" | ").all(is_written) {
                wrong.push(format!("{} {end:?}: {element}", rule.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether a path of names and `extension('…')` finds something; a choice such as `due` is found as `dueDate`.
fn leads_somewhere(value: &Value, path: &str) -> bool {
    if let Some(items) = value.as_array() {
        return items.iter().any(|item| leads_somewhere(item, path));
    }
    if path.is_empty() {
        return true;
    }
    if let Some((url, rest)) = path.strip_prefix("extension('").and_then(|path| path.split_once("')")) {
        let all = value["extension"].as_array().map_or(&[][..], Vec::as_slice);
        return all
            .iter()
            .filter(|one| one["url"] == url)
            .any(|one| leads_somewhere(one, rest.trim_start_matches('.')));
    }
    let (name, rest) = path.split_once('.').unwrap_or((path, ""));
    let is_it = |key: &str| {
        let typed = key.strip_prefix(name).is_some_and(|typed| typed.starts_with(|c: char| c.is_ascii_uppercase()));
        key == name || typed
    };
    let Some(fields) = value.as_object() else { return false };
    fields.iter().any(|(key, inner)| is_it(key) && leads_somewhere(inner, rest))
}

#[test]
fn an_element_that_we_do_not_write_is_found() {
    let goal =
        serde_json::json!({ "target": [{ "dueDate": "2026" }], "extension": [{ "url": "u", "valueCode": "c" }] });
    for path in ["", "target", "target.due", "target.dueDate", "extension('u')", "extension('u').value"] {
        assert!(leads_somewhere(&goal, path), "{path}");
    }
    for path in ["note", "target.measure", "targe", "extension('v')", "extension('u').url.more", "target.due.x"] {
        assert!(!leads_somewhere(&goal, path), "{path}");
    }
}
