//! Resources tied together for a server: method A (`PUT Type/id`), method B (`ifNoneExist`, then the server's own ids).
//!
//! Nothing is sent from here. In both forms every entry has a fullUrl and every reference resolves within the Bundle or
//! names a resource that the server has.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Resource, datatype::Coding, label, system::OWN_BASE};

/// How a coding of a Part 2 program reads in a resource of ours; inside a text its quotation marks would be escaped.
const PART_2_LABEL: &str = r#""code":"42CFRPart2""#;

/// Method A: one transaction that puts every resource under its own id.
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
    label::security(None, resources.iter().any(|resource| resource.json.contains(PART_2_LABEL)))
}

/// Method B: one transaction that creates what the server has not, and puts what it has under the server's id.
///
/// `links` knows the server's id of a resource of ours, once there is one. Provenances are left out: they are written by
/// `provenance_if_none_exist` when all their targets are known at the server.
pub fn if_none_exist(resources: &[Resource], links: &dyn Fn(&str, Uuid) -> Option<String>) -> String {
    let known = References::of(resources, links);
    let entries = resources.iter().filter(|resource| resource.kind != "Provenance").map(|resource| {
        let ours = (resource.kind, resource.id);
        let mut body = rewritten(resource, &known);
        let remote = known.remote.get(&ours);
        if let Some(remote) = remote {
            body.insert("id".to_owned(), json!(remote));
            let url = format!("{}/{remote}", resource.kind);
            json!({"fullUrl": format!("{OWN_BASE}{url}"), "resource": body, "request": {"method": "PUT", "url": url}})
        } else {
            body.shift_remove("id");
            let mut request = json!({"method": "POST", "url": resource.kind});
            if let Some((system, value)) = &resource.identifier {
                request["ifNoneExist"] = json!(format!("identifier={system}|{value}"));
            }
            json!({"fullUrl": resource.id.urn().to_string(), "resource": body, "request": request})
        }
    });
    bundle(resources, entries.collect())
}

/// Method B's second transaction: every Provenance whose targets the server has, unless it was written before.
///
/// A Provenance has no business identifier; it is found again by a target and by when it was recorded, since the
/// Provenances of one plan share no target. `None` when there is nothing to write.
pub fn provenance_if_none_exist(
    resources: &[Resource],
    links: &dyn Fn(&str, Uuid) -> Option<String>,
) -> Option<String> {
    let known = References::of(resources, links);
    let of_the_way = resources.iter().filter(|resource| resource.kind == "Provenance");
    let entries: Vec<Value> = of_the_way.filter_map(|resource| provenance_entry(resource, &known)).collect();
    (!entries.is_empty()).then(|| bundle(resources, entries))
}

fn provenance_entry(resource: &Resource, known: &References) -> Option<Value> {
    let mut body = rewritten(resource, known);
    body.shift_remove("id");
    let body = Value::Object(body);
    if has_unlinked(&body) {
        return None;
    }
    let target = body.pointer("/target/0/reference")?.as_str()?;
    let recorded = body["recorded"].as_str()?.replace('+', "%2B");
    let search = format!("target={target}&recorded={recorded}");
    let request = json!({"method": "POST", "url": "Provenance", "ifNoneExist": search});
    Some(json!({"fullUrl": resource.id.urn().to_string(), "resource": body, "request": request}))
}

/// Whether something points to a resource that the server does not have yet.
fn has_unlinked(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(name, member)| match member {
            Value::String(text) => name == "reference" && text.starts_with("urn:uuid:"),
            _ => has_unlinked(member),
        }),
        Value::Array(items) => items.iter().any(has_unlinked),
        _ => false,
    }
}

fn bundle(resources: &[Resource], entries: Vec<Value>) -> String {
    let labels = labels(resources);
    let mut bundle = Map::new();
    bundle.insert("resourceType".to_owned(), json!("Bundle"));
    if !labels.is_empty() {
        bundle.insert("meta".to_owned(), json!({"security": labels}));
    }
    bundle.insert("type".to_owned(), json!("transaction"));
    bundle.insert("entry".to_owned(), Value::Array(entries));
    Value::Object(bundle).to_string()
}

/// How each of our resources is pointed to at the server.
struct References {
    remote: HashMap<(&'static str, Uuid), String>,
    said: HashMap<String, String>,
}

impl References {
    fn of(resources: &[Resource], links: &dyn Fn(&str, Uuid) -> Option<String>) -> Self {
        let mut known = Self { remote: HashMap::new(), said: HashMap::new() };
        for resource in resources {
            let (kind, id) = (resource.kind, resource.id);
            let remote = links(kind, id);
            let said = remote.as_ref().map_or_else(|| id.urn().to_string(), |remote| format!("{kind}/{remote}"));
            known.said.insert(format!("{kind}/{id}"), said);
            known.remote.extend(remote.map(|remote| ((kind, id), remote)));
        }
        known
    }
}

/// The resource with its references as the server is to read them.
fn rewritten(resource: &Resource, known: &References) -> Map<String, Value> {
    let mut body: Map<String, Value> =
        serde_json::from_str(&resource.json).expect("the resources given were written by this module as JSON objects");
    body.values_mut().for_each(|member| point_anew(member, known));
    body
}

fn point_anew(value: &mut Value, known: &References) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                if name == "reference"
                    && let Value::String(text) = member
                {
                    if let Some(said) = known.said.get(text.as_str()) {
                        said.clone_into(text);
                    }
                } else {
                    point_anew(member, known);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| point_anew(item, known)),
        _ => {}
    }
}
