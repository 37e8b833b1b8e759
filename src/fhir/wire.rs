//! FHIR's other form on the wire: XML made from the JSON that we write. Nothing is added, dropped or reordered.

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
    let narrative = resource.pointer_mut("/text/div").map(|div| std::mem::replace(div, NARRATIVE.into()));
    let element: Element<{ FhirReleases::R4 }> =
        fhirbolt::json::from_str(&resource.to_string(), None).map_err(|_| NotInXml)?;
    let xml = with_references(&fhirbolt::xml::to_string(&element, None).map_err(|_| NotInXml)?);
    Ok(match narrative.as_ref().and_then(Value::as_str) {
        Some(narrative) => xml.replacen(NARRATIVE, narrative, 1),
        None => xml,
    })
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
