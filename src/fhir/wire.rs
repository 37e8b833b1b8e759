//! FHIR's other form on the wire: XML made from the JSON that we answer, and JSON of the XML that is sent. Nothing is added,
//! dropped or reordered.

use fhirbolt::{FhirReleases, element::Element};
use serde_json::Value;

/// Stands for the narrative while the rest is turned: white space at its tags would be trimmed. No other text can read so,
/// since elsewhere `<` is escaped.
const NARRATIVE: &str = r#"<div xmlns="http://www.w3.org/1999/xhtml">narrative</div>"#;

/// A resource that cannot be said in XML; its content is not told.
#[derive(Debug, thiserror::Error)]
#[error("the resource cannot be said in XML")]
pub struct NotInXml;

/// A resource in XML.
///
/// Line ends and tabs inside attributes are written as character references, since an XML reader makes spaces of them
/// otherwise, and a person's words may hold them.
pub fn xml_of(json: &str) -> Result<String, NotInXml> {
    let mut resource: Value = serde_json::from_str(json).map_err(|_| NotInXml)?;
    let mut narratives = Vec::new();
    take_narratives(&mut resource, &mut narratives);
    let element: Element<{ FhirReleases::R4 }> =
        fhirbolt::json::from_str(&resource.to_string(), None).map_err(|_| NotInXml)?;
    let xml = with_references(&fhirbolt::xml::to_string(&element, None).map_err(|_| NotInXml)?);
    let mut pieces = xml.split(NARRATIVE);
    let mut whole = pieces.next().unwrap_or_default().to_owned();
    for (narrative, piece) in narratives.iter().zip(pieces) {
        whole.push_str(narrative.as_str().unwrap_or_default());
        whole.push_str(piece);
    }
    Ok(whole)
}

/// A text that is no FHIR in XML; its content is not told.
#[derive(Debug, thiserror::Error)]
#[error("the text is no FHIR resource in XML")]
pub struct NoXml;

/// A resource in JSON, of one in XML.
pub fn json_of(xml: &str) -> Result<String, NoXml> {
    let element: Element<{ FhirReleases::R4 }> = fhirbolt::xml::from_str(xml, None).map_err(|_| NoXml)?;
    fhirbolt::json::to_string(&element, None).map_err(|_| NoXml)
}

/// Takes out the narratives of a resource and, of a Bundle, of its entries, in their order.
fn take_narratives(resource: &mut Value, taken: &mut Vec<Value>) {
    taken.extend(resource.pointer_mut("/text/div").map(|div| std::mem::replace(div, NARRATIVE.into())));
    let entries = resource.get_mut("entry").and_then(Value::as_array_mut).map(Vec::as_mut_slice).unwrap_or_default();
    entries.iter_mut().filter_map(|entry| entry.get_mut("resource")).for_each(|one| take_narratives(one, taken));
}

fn with_references(xml: &str) -> String {
    let mut out = String::with_capacity(xml.len() + 64);
    let (mut in_tag, mut in_value) = (false, false);
    for letter in xml.chars() {
        match letter {
            '<' => in_tag = true,
            '>' if !in_value => in_tag = false,
            '"' if in_tag => in_value = !in_value,
            _ => {}
        }
        match letter {
            '\n' if in_value => out.push_str("&#xA;"),
            '\r' if in_value => out.push_str("&#xD;"),
            '\t' if in_value => out.push_str("&#x9;"),
            other => out.push(other),
        }
    }
    out
}
