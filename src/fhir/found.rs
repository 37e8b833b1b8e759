//! What a client is answered that reads, searches or looks back: resources with their version, and Bundles of them.
//!
//! Members stand in FHIR's order, since XML is made from the same value.

use std::fmt::Display;

use jiff::Timestamp;
use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{bundle::PART_2_LABEL, label};

/// A resource with its version and the moment of its last change in `meta`; none when it is no JSON object.
pub fn stamped(json: &str, version: impl Display, updated_at: Timestamp) -> Option<Value> {
    let Value::Object(resource) = serde_json::from_str(json).ok()? else { return None };
    let mut whole = Map::with_capacity(resource.len() + 1);
    let mut meta = Map::new();
    meta.insert("versionId".to_owned(), json!(version.to_string()));
    meta.insert("lastUpdated".to_owned(), json!(instant(updated_at)));
    let mut rest = resource;
    for name in ["resourceType", "id"] {
        if let Some(value) = rest.shift_remove(name) {
            whole.insert(name.to_owned(), value);
        }
    }
    if let Some(Value::Object(given)) = rest.shift_remove("meta") {
        meta.extend(given);
    }
    whole.insert("meta".to_owned(), Value::Object(meta));
    whole.extend(rest);
    Some(Value::Object(whole))
}

/// The same as one line of JSON. What we keep begins with its type, its id and its `meta`, so that the two are set in between as
/// text; what begins otherwise, or says them already, is read and said anew.
pub fn stamped_line(json: &str, version: impl Display, updated_at: Timestamp) -> Option<String> {
    let Some((head, meta, rest)) = parted(json) else {
        return stamped(json, version, updated_at).map(|resource| resource.to_string());
    };
    serde_json::from_str::<IgnoredAny>(json).ok()?;
    let (version, at) = (json!(version.to_string()), json!(instant(updated_at)));
    Some(format!("{head},\"meta\":{{\"versionId\":{version},\"lastUpdated\":{at}{meta}{rest}"))
}

/// The beginning of a resource up to its `meta`, what closes or goes on in that, and the rest; none where it is not as we write it.
fn parted(json: &str) -> Option<(&str, &'static str, &str)> {
    let is_said_or_broken =
        |text: &str| text.contains("\"versionId\"") || text.contains("\"lastUpdated\"") || text.contains('\n');
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.');
    let kind = json.strip_prefix("{\"resourceType\":\"")?.trim_start_matches(is_plain);
    let id = kind.strip_prefix("\",\"id\":\"")?.trim_start_matches(is_plain);
    let after = id.strip_prefix('"')?;
    let head = &json[..json.len() - after.len()];
    let (meta, rest) = match after.strip_prefix(",\"meta\":{") {
        Some(rest) if rest.starts_with('}') => ("", rest),
        Some(rest) => (",", rest),
        None if after.contains("\"meta\"") => return None,
        None => ("}", after),
    };
    (!is_said_or_broken(rest)).then_some((head, meta, rest))
}

/// A moment as FHIR's instant.
pub(super) fn instant(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

/// Why an entry is in a Bundle of a search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It is what was asked for.
    Match,
    /// It comes with that.
    Include,
    /// It says something about the search.
    Outcome,
}

/// One page of a search.
#[derive(Debug)]
pub struct SearchSet<'a> {
    /// Base URL of the service.
    pub base: &'a str,
    /// The search as it was understood.
    pub here: String,
    /// The page after this one.
    pub next: Option<String>,
    /// How many there are in all, where that is known.
    pub total: Option<usize>,
    /// The entries, stamped.
    pub entries: Vec<(Mode, Value)>,
}

impl SearchSet<'_> {
    /// The Bundle.
    pub fn bundle(self) -> Value {
        let entry = |(mode, resource): (Mode, Value)| {
            let (mode, url) = match mode {
                Mode::Match => ("match", full_url(self.base, &resource)),
                Mode::Include => ("include", full_url(self.base, &resource)),
                // It is kept nowhere, and FHIR wants every entry to have a name.
                Mode::Outcome => ("outcome", Uuid::new_v4().urn().to_string()),
            };
            json!({"fullUrl": url, "resource": resource, "search": {"mode": mode}})
        };
        let entries = self.entries.into_iter().map(entry).collect();
        whole("searchset", self.total, &[("self", Some(self.here)), ("next", self.next)], entries)
    }
}

/// What a resource became at a moment; nothing where it was taken out.
#[derive(Debug)]
pub struct Became {
    /// `Type/id`.
    pub address: String,
    /// Whether this is its first version.
    pub is_first: bool,
    /// Its version.
    pub version: String,
    /// When.
    pub at: Timestamp,
    /// The resource, stamped.
    pub resource: Option<Value>,
}

/// A Bundle of a history, newest first; how many entries there are in all and as of when it is, where that is known.
pub fn history(
    base: &str,
    here: String,
    next: Option<String>,
    (total, as_of): (Option<usize>, Option<Timestamp>),
    all: Vec<Became>,
) -> Value {
    let entry = |one: Became| {
        let Became { address, is_first, version, at, resource } = one;
        let mut entry = json!({"fullUrl": format!("{base}/{address}")});
        let (method, status) = match (&resource, is_first) {
            (None, _) => ("DELETE", "204"),
            (Some(_), true) => ("PUT", "201"),
            (Some(_), false) => ("PUT", "200"),
        };
        let mut response = json!({"status": status});
        if let Some(resource) = resource {
            entry["resource"] = resource;
            response["etag"] = json!(format!("W/\"{version}\""));
        }
        response["lastModified"] = json!(instant(at));
        entry["request"] = json!({"method": method, "url": address});
        entry["response"] = response;
        entry
    };
    let entries = all.into_iter().map(entry).collect();
    let mut bundle = whole("history", total, &[("self", Some(here)), ("next", next)], entries);
    if let Some(as_of) = as_of {
        let mut meta = json!({"lastUpdated": instant(as_of)});
        if let Some(security) = bundle.get_mut("meta").and_then(|meta| meta.get_mut("security")) {
            meta["security"] = security.take();
        }
        let mut dated = Map::new();
        for (name, value) in [("resourceType", json!("Bundle")), ("meta", meta)] {
            dated.insert(name.to_owned(), value);
        }
        if let Value::Object(rest) = bundle {
            dated.extend(rest.into_iter().filter(|(name, _)| name != "resourceType" && name != "meta"));
        }
        bundle = Value::Object(dated);
    }
    bundle
}

/// An entry of a response: the status, and the resource or the `OperationOutcome` that a request was answered with.
pub fn answered(status: &str, resource: Value) -> Value {
    let mut entry = json!({});
    let mut response = json!({"status": status});
    if resource["resourceType"] == "OperationOutcome" {
        response["outcome"] = resource;
    } else {
        let version = resource["meta"]["versionId"].as_str().map(|version| format!("W/\"{version}\""));
        if let Some(etag) = version {
            response["etag"] = json!(etag);
        }
        if let Some(updated) = resource["meta"].get("lastUpdated") {
            response["lastModified"] = updated.clone();
        }
        entry["resource"] = resource;
    }
    entry["response"] = response;
    entry
}

/// What a write came to.
#[derive(Debug)]
pub struct Wrote {
    /// Status and its reason, such as `201 Created`.
    pub status: &'static str,
    /// The address of the version that it became.
    pub location: Option<String>,
    /// That version, and the moment of it.
    pub version: Option<(u32, Timestamp)>,
    /// What there is to say of it.
    pub outcome: Option<Value>,
    /// The resource, where the caller wants it back.
    pub resource: Option<Value>,
}

impl Wrote {
    /// The entry of a response.
    pub fn entry(self) -> Value {
        let mut entry = Map::new();
        let mut response = json!({"status": self.status});
        let etag = self.version.map(|(version, _)| json!(format!("W/\"{version}\"")));
        let parts = [
            ("location", self.location.map(Value::from)),
            ("etag", etag),
            ("lastModified", self.version.map(|(_, at)| json!(instant(at)))),
            ("outcome", self.outcome),
        ];
        for (name, part) in parts {
            if let Some(part) = part {
                response[name] = part;
            }
        }
        entry.extend(self.resource.map(|resource| ("resource".to_owned(), resource)));
        entry.insert("response".to_owned(), response);
        Value::Object(entry)
    }
}

/// A Bundle of what each request was answered, in their order.
pub fn responses(kind: &str, entries: Vec<Value>) -> Value {
    whole(kind, None, &[], entries)
}

fn full_url(base: &str, resource: &Value) -> String {
    let text = |name: &str| resource[name].as_str().unwrap_or_default();
    format!("{base}/{}/{}", text("resourceType"), text("id"))
}

/// A Bundle with the highest label of its entries; FHIR takes no empty list.
fn whole(kind: &str, total: Option<usize>, links: &[(&str, Option<String>)], entries: Vec<Value>) -> Value {
    let mut bundle = json!({"resourceType": "Bundle"});
    let is_part_2 = |entry: &Value| entry["resource"]["meta"]["security"].to_string().contains(PART_2_LABEL);
    if entries.iter().any(is_part_2) {
        bundle["meta"] = json!({"security": label::security(None, true)});
    }
    bundle["type"] = json!(kind);
    if let Some(total) = total {
        bundle["total"] = json!(total);
    }
    let links: Vec<Value> =
        links.iter().filter_map(|(relation, url)| Some(json!({"relation": relation, "url": url.as_ref()?}))).collect();
    if !links.is_empty() {
        bundle["link"] = Value::Array(links);
    }
    if !entries.is_empty() {
        bundle["entry"] = Value::Array(entries);
    }
    bundle
}
