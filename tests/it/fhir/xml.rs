//! XML says what the JSON says, letter for letter.

use std::fmt::Write;

use fhirbolt::{FhirReleases, element::Element};
use ownwords::{
    fhir::{
        self, Ids,
        wire::{json_of, place_in_xml, xml_of},
    },
    mapping::{Packs, Read},
    pipeline,
};
use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};
use serde_json::Value;

use super::{BOTH, cases, plan_in, round};

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

/// Reads a file of XML.
fn read(xml: &str) -> Result<Read, String> {
    let packs = Packs::load(None).expect("the mappings load");
    let mapping = packs.recognise(&xml.as_bytes()[..xml.len().min(4096)]).ok_or("the form is not known")?;
    let input = Box::new(std::io::Cursor::new(xml.to_owned()));
    let mut records = pipeline::open(&mapping, "plan.xml", input)
        .map_err(|refused| format!("{}:{} {}", refused.place.line, refused.place.column, refused.message))?;
    let mapped = records.next().ok_or("there is no record")?;
    assert_eq!(String::from_utf8(mapped.raw).expect("UTF-8"), xml, "the record's bytes are those that came");
    mapped.read.map_err(|refused| refused.message)
}

#[test]
fn narratives_and_all_come_back_as_they_were() {
    for path in cases() {
        let bundle = fhir::transaction(&fhir::resources(&plan_in(&path), &Ids::public(), BOTH));
        let back = json_of(&xml_of(&bundle).expect("XML")).expect("JSON");
        let read = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
        assert!(read(&back) == read(&bundle), "{}", path.display());
    }
}

#[test]
fn a_plan_in_xml_is_the_plan_in_json() {
    for path in cases() {
        let bundle = fhir::transaction(&fhir::resources(&plan_in(&path), &Ids::public(), BOTH));
        let in_json = round::read(bundle.clone());
        let in_xml = read(&xml_of(&bundle).expect("XML")).expect("it can be read");
        assert_eq!((in_xml.plan, in_xml.unread.len()), (in_json.plan, in_json.unread.len()), "{}", path.display());
    }
}

const STRANGER: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<?xml-stylesheet type="text/xsl" href="plan.xsl"?>
<!-- exported <by> an EHR -->
<Bundle xmlns="http://hl7.org/fhir" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
        xsi:schemaLocation="http://hl7.org/fhir fhir-all.xsd">
  <type value="collection"/>
  <entry><resource><CarePlan>
    <id value="c"/>
    <text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml" lang="en"> <b>Plan</b>  of care </div></text>
    <status value="active"/><intent value="plan"/>
    <subject><reference value="Patient/p"/></subject>
    <goal><reference value="Goal/g"/></goal>
  </CarePlan></resource></entry>
  <entry><resource><Goal>
    <id value="g"/>
    <lifecycleStatus value="active"/>
    <description><text value="I want to sing &amp; dance &lt;again&gt;"/></description>
    <subject><reference value="Patient/p"/></subject>
    <outcomeCode><text value="heard"/></outcomeCode>
  </Goal></resource></entry>
</Bundle>
"#;

#[test]
fn a_strangers_xml_is_read_with_its_places() {
    let read = read(STRANGER).expect("it can be read");
    let goal = &read.plan.goals[0];
    assert_eq!(
        goal.statement.text.as_ref().map(ownwords::words::Words::reveal),
        Some("I want to sing & dance <again>")
    );
    let place = read.places.of("/goals/0/statement/text");
    assert_eq!((&*place.file, place.line, place.column), ("plan.xml", 17, 18));
    let unread: Vec<_> = read.unread.iter().map(|one| (one.path.as_str(), one.place.line)).collect();
    assert_eq!(unread, [("Goal.outcomeCode[].text", 19)]);
    let json: Value = serde_json::from_str(&json_of(STRANGER).expect("JSON")).expect("JSON");
    let div = r#"<div xmlns="http://www.w3.org/1999/xhtml" lang="en"> <b>Plan</b>  of care </div>"#;
    assert_eq!(json["entry"][0]["resource"]["text"]["div"], div);
    assert_eq!(place_in_xml(STRANGER, "Bundle.entry[1].resource.lifecycleStatus").0, 16);
}

/// The same file under prefixes: of FHIR, of the narrative, of both, with the one's namespace as the default of the other.
#[test]
fn a_prefix_of_the_namespace_changes_nothing() {
    let plain: Value = serde_json::from_str(&json_of(STRANGER).expect("JSON")).expect("JSON");
    for prefixed in
        [prefixed("f:", "", ""), prefixed("f:", "h:", ""), prefixed("", "h:", ""), prefixed("f:", "", "xhtml")]
    {
        let json: Value = serde_json::from_str(&json_of(&prefixed).expect(&prefixed)).expect("JSON");
        assert_eq!(json, plain, "{prefixed}");
        let (read, known) = (read(&prefixed).expect("it can be read"), read(STRANGER).expect("it can be read"));
        assert_eq!(read.plan, known.plan);
        let lines = |read: &Read| read.unread.iter().map(|one| (one.path.clone(), one.place.line)).collect::<Vec<_>>();
        assert_eq!(lines(&read), lines(&known));
        let words = |read: &Read| read.places.of("/goals/0/statement/text").line;
        assert_eq!(words(&read), words(&known));
    }
}

fn prefixed(fhir: &str, narrative: &str, default: &str) -> String {
    let own = if fhir.is_empty() { "xmlns=".to_owned() } else { format!("xmlns:{}=", fhir.trim_end_matches(':')) };
    let mut declared = format!("{own}\"http://hl7.org/fhir\"");
    if !narrative.is_empty() {
        write!(declared, " xmlns:h='http://www.w3.org/1999/xhtml'").expect("a String takes all");
    }
    if !default.is_empty() {
        write!(declared, " xmlns=\"http://www.w3.org/1999/xhtml\"").expect("a String takes all");
    }
    let mut text = STRANGER.replace("xmlns=\"http://hl7.org/fhir\"", &declared);
    let div = r#"<div xmlns="http://www.w3.org/1999/xhtml" lang="en"> <b>Plan</b>  of care </div>"#;
    let plain_div = narrative.is_empty() && default.is_empty();
    let own_div = if plain_div { div.to_owned() } else { div.replace(" xmlns=\"http://www.w3.org/1999/xhtml\"", "") };
    let own_div =
        own_div.replace('<', &format!("<{narrative}")).replace(&format!("<{narrative}/"), &format!("</{narrative}"));
    text = text.replace(div, "\u{1}");
    let tag = regex::Regex::new("<(/?)([A-Za-z])").expect("a pattern");
    tag.replace_all(&text, format!("<${{1}}{fhir}${{2}}")).replace('\u{1}', &own_div)
}

#[test]
fn an_element_outside_the_namespace_is_refused_where_it_stands() {
    let stray = prefixed("f:", "", "").replace("<f:status value=\"active\"", "<status value=\"active\"");
    assert!(read(&stray).expect_err("no FHIR").starts_with("10:5 "), "{:?}", read(&stray).err());
    let unknown = prefixed("f:", "", "").replace("xmlns:f=", "xmlns:g=");
    assert!(read(&unknown).is_err());
}

#[test]
fn what_is_wrong_with_xml_is_told_with_its_place_and_without_its_content() {
    let deep = (0..200).fold(STRANGER[..STRANGER.find("<type").expect("a type")].to_owned(), |mut text, _| {
        write!(text, "<extension>").expect("a String takes all");
        text
    });
    for (xml, at) in [
        (STRANGER.replace("</goal>", "</gaol>"), "12:38 "),
        (STRANGER.replace("</Bundle>", ""), "22:1 "),
        (STRANGER.replace("<type value", "<type <value"), "6:9 "),
        (STRANGER.replace("<!-- exported", "<!DOCTYPE x> <!-- exported"), "3:1 "),
        (format!("{STRANGER}{}", &STRANGER[STRANGER.find("<Bundle").expect("a Bundle")..]), "22:1 "),
        (deep, "6:"),
        (
            STRANGER
                .replace(
                    "xmlns=\"http://hl7.org/fhir\"",
                    "xmlns='http://hl7.org/fhir' xmlns:a='b' a:c='http://hl7.org/fhir'",
                )
                .replace("<status value=\"active\"", "<status value=\"active\" value=\"twice\""),
            "10:5 ",
        ),
    ] {
        let error = read(&xml).expect_err("it cannot be read");
        assert!(error.starts_with(at), "{error} for {at}");
        assert!(["dance", "gaol", "twice"].iter().all(|word| !error.contains(word)), "{error}");
    }
    assert!(read("<html><body>plan</body></html>").is_err(), "no FHIR");
}
