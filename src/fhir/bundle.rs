//! Resources tied together as one transaction that puts each under its own id (method A). Nothing is sent from here: how a
//! server gets them is `sync`'s. Every entry has a fullUrl, and every reference resolves within the Bundle.

use memchr::memmem::Finder;
use uuid::Uuid;

use super::{Resource, datatype::Coding, label, system::OWN_BASE};

/// How a coding of a Part 2 program reads in a resource of ours; inside a text its quotation marks would be escaped.
pub(super) const PART_2_LABEL: &str = r#""code":"42CFRPart2""#;

/// One transaction that puts every resource under its own id.
pub fn transaction(resources: &[Resource]) -> String {
    let size: usize = resources.iter().map(|resource| resource.json.len() + 224).sum();
    let mut out = String::with_capacity(size + 512);
    out.push_str(&opening(resources));
    for (at, resource) in resources.iter().enumerate() {
        let mut buffer = Uuid::encode_buffer();
        let id = &*resource.id.hyphenated().encode_lower(&mut buffer);
        let parts = [
            if at == 0 { r#"{"fullUrl":""# } else { r#",{"fullUrl":""# },
            OWN_BASE,
            resource.kind,
            "/",
            id,
            r#"","resource":"#,
            &resource.json,
            r#","request":{"method":"PUT","url":""#,
            resource.kind,
            "/",
            id,
            r#""}}"#,
        ];
        for part in parts {
            out.push_str(part);
        }
    }
    out.push_str("]}");
    out
}

/// The Bundle's beginning, with the highest label of its entries.
fn opening(resources: &[Resource]) -> String {
    let labels = labels(resources);
    let meta = if labels.is_empty() {
        String::new()
    } else {
        let labels = serde_json::to_string(&labels).expect("the labels above have text keys only");
        format!(r#","meta":{{"security":{labels}}}"#)
    };
    format!(r#"{{"resourceType":"Bundle"{meta},"type":"transaction","entry":["#)
}

fn labels<'a>(resources: &[Resource]) -> Vec<Coding<'a>> {
    let label = Finder::new(PART_2_LABEL);
    label::security(None, resources.iter().any(|resource| label.find(resource.json.as_bytes()).is_some()))
}
