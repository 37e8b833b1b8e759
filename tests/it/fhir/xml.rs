//! XML says what the JSON says, letter for letter.

use fhirbolt::{FhirReleases, element::Element};
use ownwords::fhir::{self, Ids, wire::xml_of};
use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};
use serde_json::Value;

use super::{BOTH, cases, plan_in};

type R4 = Element<{ FhirReleases::R4 }>;

fn back(xml: &str) -> Value {
    let element: R4 = fhirbolt::xml::from_str(xml, None).expect("XML that can be read");
    serde_json::from_str(&fhirbolt::json::to_string(&element, None).expect("JSON")).expect("JSON")
}

#[test]
fn every_resource_of_ours_comes_back_from_xml_as_it_was() {
    for path in cases() {
        for resource in fhir::resources(&plan_in(&path), &Ids::public(), BOTH) {
            let xml = xml_of(&resource.json).expect("XML");
            assert!(xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"), "{}", resource.kind);
            let mut json: Value = serde_json::from_str(&resource.json).expect("JSON");
            let mut read = back(&xml);
            // The reader trims what stands between the tags of a narrative, so the narrative is looked for in the XML itself.
            if let Some(div) = json.pointer_mut("/text/div").map(Value::take) {
                assert!(xml.contains(div.as_str().expect("a narrative")), "{}", resource.kind);
                read["text"]["div"].take();
            }
            assert_eq!(read, json, "{} of {}", resource.kind, path.display());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn words_come_back_byte_for_byte(words in "[ -~\n\t\r\u{a0}-\u{d7ff}\u{1f300}-\u{1f6ff}]{0,60}[a-zñ]") {
        let goal = serde_json::json!({ "resourceType": "Goal", "id": "g", "description": { "text": words } });
        let read = back(&xml_of(&goal.to_string()).expect("XML"));
        prop_assert_eq!(read["description"]["text"].as_str(), Some(&*words));
    }
}

#[test]
fn what_is_no_resource_is_refused_without_its_content() {
    let error = xml_of("{\"secret").expect_err("no JSON");
    assert!(!format!("{error} {error:?}").contains("secret"));
}
