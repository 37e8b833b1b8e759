//! Transaction Bundles as a server takes them: `fhir`'s own for one that takes our ids (method A), and for one that gives its
//! own (method B) the same with entries updated under its ids or made with `ifNoneExist`, and references following. Pure.

use std::collections::HashSet;

use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    answer::identifiers,
    known::{Known, our_id},
};
use crate::{
    fhir::{
        self, Resource,
        capability::READABLE,
        receiver::{Factors, Receiver},
    },
    store::StoredResource,
};

/// Systems of the business identifiers that we give.
const OURS: &str = "https://ownwords.org/fhir/sid/";
/// System of the identifier that names one version of one plan.
pub(super) const PLAN_VERSION: &str = "https://ownwords.org/fhir/sid/plan-version";

/// A resource of a plan, opened.
#[derive(Clone, Debug)]
pub(super) struct Part {
    /// As we say it.
    pub resource: Resource,
    /// The business identifier (system, value) by which a server finds it again.
    pub identifier: Option<(String, String)>,
    /// What makes it this version of the plan, in the one resource that says so.
    pub version: Option<String>,
}

impl Part {
    /// Opens resources of one plan as kept and fits them to the receiver; none for one that is no JSON, or of a type that we do
    /// not write.
    pub(super) fn each<'s>(
        stored: impl Iterator<Item = &'s StoredResource> + Clone,
        receiver: &Receiver,
    ) -> impl Iterator<Item = Option<Self>> {
        let factors = receiver.factors(stored.clone().map(|one| (one.kind.as_str(), one.json.as_str())));
        stored.map(move |stored| Self::of(stored, receiver, &factors))
    }

    fn of(stored: &StoredResource, receiver: &Receiver, factors: &Factors) -> Option<Self> {
        let kind = READABLE.iter().find(|kind| **kind == stored.kind)?;
        let mut tree: Value = serde_json::from_str(&stored.json).ok()?;
        let json =
            if receiver.fit(&mut tree) | factors.fit(&mut tree) { tree.to_string() } else { stored.json.clone() };
        let ours: Vec<(&str, &str)> = identifiers(&tree).filter(|(system, _)| system.starts_with(OURS)).collect();
        // Ours is a UUID; below the same base stand keys of the agency, too.
        let lasting = ours.iter().find(|(system, value)| *system != PLAN_VERSION && value.starts_with("urn:uuid:"));
        let version = ours.iter().find(|(system, _)| *system == PLAN_VERSION);
        Some(Self {
            identifier: lasting.map(|(system, value)| ((*system).to_owned(), (*value).to_owned())),
            version: version.map(|(_, value)| (*value).to_owned()),
            resource: Resource { kind, id: stored.id, json },
        })
    }

    /// Resource type.
    pub(super) fn kind(&self) -> &'static str {
        self.resource.kind
    }

    /// Our id.
    pub(super) fn id(&self) -> Uuid {
        self.resource.id
    }

    /// The search by which `ifNoneExist` finds it: its identifier. A Provenance has none; it is found by what it tells of and
    /// when it was recorded. No two of a plan tell of the same, so its first target is enough.
    fn query(&self, tree: &Value, known: &Known) -> Option<String> {
        if let Some((system, value)) = &self.identifier {
            return Some(term("identifier", &format!("{system}|{value}")));
        }
        let targets = tree["target"].as_array()?.iter().map(|target| known.resolve(target["reference"].as_str()?));
        let targets = targets.collect::<Option<Vec<String>>>()?;
        Some([term("target", targets.first()?), term("recorded", tree["recorded"].as_str()?)].join("&"))
    }
}

/// The parts of types that are taken, without what pointed to the others. Signatures whose Contract is not taken go to the
/// Provenance that tells of the plan.
pub(super) fn spared(parts: Vec<Part>, takes: impl Fn(&str) -> bool) -> Vec<Part> {
    let (mut sent, left): (Vec<Part>, Vec<Part>) = parts.into_iter().partition(|part| takes(part.kind()));
    let gone: HashSet<String> = left.iter().map(|part| format!("{}/{}", part.kind(), part.id())).collect();
    if left.iter().all(|part| part.kind() == "Provenance") {
        return sent;
    }
    let read = |part: &Part| serde_json::from_str::<Value>(&part.resource.json).ok();
    let plan = sent.iter().find(|part| part.version.is_some()).map(|part| format!("CarePlan/{}", part.id()));
    let signatures: Vec<Value> =
        left.iter().filter(|part| part.kind() == "Contract").filter_map(read).flat_map(|tree| signed(&tree)).collect();
    for part in &mut sent {
        let Some(mut tree) = read(part) else { continue };
        let tells_of_plan = plan.as_ref().is_some_and(|plan| points_to(&tree["target"], plan));
        let is_signed = part.kind() == "Provenance" && tells_of_plan && !signatures.is_empty();
        if is_signed {
            tree["signature"] = signatures.clone().into();
        }
        if leave(&mut tree, &gone) || is_signed {
            part.resource.json = tree.to_string();
        }
    }
    sent
}

fn signed(contract: &Value) -> Vec<Value> {
    let signers = contract["signer"].as_array().into_iter().flatten();
    signers.filter_map(|signer| signer["signature"].as_array()).flatten().cloned().collect()
}

fn points_to(references: &Value, to: &str) -> bool {
    references.as_array().into_iter().flatten().any(|one| one["reference"] == to)
}

/// Takes out of every list what points to a resource that is not sent; a list that is left empty goes too.
fn leave(tree: &mut Value, gone: &HashSet<String>) -> bool {
    let points = |value: &Value| {
        let to = value["reference"].as_str().or_else(|| value["valueReference"]["reference"].as_str());
        to.is_some_and(|to| gone.contains(to))
    };
    match tree {
        Value::Object(fields) => {
            let mut changed = false;
            for value in fields.values_mut() {
                changed |= leave(value, gone);
            }
            if changed {
                fields.retain(|_, value| value.as_array().is_none_or(|items| !items.is_empty()));
            }
            changed
        }
        Value::Array(items) => {
            let before = items.len();
            items.retain(|item| !points(item));
            let changed = items.iter_mut().fold(false, |changed, item| changed | leave(item, gone));
            changed || items.len() != before
        }
        _ => false,
    }
}

/// Method A: every part under our own id, and only while it stands there in the version that is known.
pub(super) fn with_own_ids(parts: &[&Part], known: &Known) -> Option<String> {
    let bundle = plain(parts);
    if !known.is_guarded(parts) {
        return Some(bundle);
    }
    let mut bundle: Value = serde_json::from_str(&bundle).ok()?;
    for (part, entry) in parts.iter().zip(bundle["entry"].as_array_mut()?) {
        guard(&mut entry["request"], part, known);
    }
    Some(bundle.to_string())
}

fn plain(parts: &[&Part]) -> String {
    let resources: Vec<Resource> = parts.iter().map(|part| part.resource.clone()).collect();
    fhir::transaction(&resources)
}

/// Has an update be made only where nobody else changed it meanwhile.
fn guard(request: &mut Value, part: &Part, known: &Known) {
    if let Some(tag) = known.tag(part.id()) {
        request["ifMatch"] = json!(tag);
    }
}

/// Method B: the same Bundle for a server with ids of its own. A part is put under the server's id where it is known, else
/// made unless it exists. None when a part that is new cannot be found again: it would be there twice after a second sending.
pub(super) fn with_their_ids(parts: &[&Part], known: &Known) -> Option<String> {
    let mut bundle: Value = serde_json::from_str(&plain(parts)).ok()?;
    let here: HashSet<Uuid> = parts.iter().map(|part| part.id()).collect();
    let entries = bundle["entry"].as_array_mut()?;
    for (part, entry) in parts.iter().zip(entries) {
        let tree = &mut entry["resource"];
        let query = part.query(tree, known);
        repoint(tree, known, &here);
        let request = if let Some(remote_id) = known.get(part.id()) {
            tree["id"] = json!(remote_id);
            json!({ "method": "PUT", "url": format!("{}/{remote_id}", part.kind()) })
        } else {
            tree.as_object_mut()?.shift_remove("id");
            json!({ "method": "POST", "url": part.kind(), "ifNoneExist": query? })
        };
        entry["request"] = request;
        if known.get(part.id()).is_some() {
            guard(&mut entry["request"], part, known);
        }
        entry["fullUrl"] = json!(full_url(part.id()));
    }
    Some(bundle.to_string())
}

/// A part as a server keeps it that knows all that it points to.
pub(super) fn as_kept(part: &Part, known: &Known) -> Option<Value> {
    let mut tree = serde_json::from_str(&part.resource.json).ok()?;
    repoint(&mut tree, known, &HashSet::new());
    Some(tree)
}

/// Has every reference to a resource of ours name the server's id, or the entry of this Bundle that becomes the resource.
fn repoint(tree: &mut Value, known: &Known, here: &HashSet<Uuid>) {
    match tree {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(reference) if name == "reference" => {
                        let entry = || our_id(reference).filter(|id| here.contains(id)).map(full_url);
                        if let Some(resolved) = known.resolve(reference).or_else(entry) {
                            *reference = resolved;
                        }
                    }
                    _ => repoint(value, known, here),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| repoint(item, known, here)),
        _ => {}
    }
}

/// Where other entries of the same Bundle point to. It is unlike the identifiers that we give, since a server may replace
/// every occurrence of it by the id it gives, and a lost identifier is a duplicate next time.
fn full_url(id: Uuid) -> String {
    format!("urn:uuid:{}", Uuid::new_v5(&id, b"entry"))
}

/// One term of a search. Everything is percent-encoded that is not unreserved, but for `:`, `/` and `|`.
pub(super) fn term(name: &str, value: &str) -> String {
    let mut text = format!("{name}=");
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:/|".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.extend(['%', hex(byte >> 4), hex(byte & 15)]);
        }
    }
    text
}

fn hex(nibble: u8) -> char {
    char::from_digit(u32::from(nibble), 16).map_or('0', |digit| digit.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::{Known, Part, Receiver, StoredResource, full_url, spared, with_their_ids};

    const PATIENT: Uuid = Uuid::from_u128(1);
    const GOAL: Uuid = Uuid::from_u128(2);
    const PLAN: Uuid = Uuid::from_u128(3);
    const PROVENANCE: Uuid = Uuid::from_u128(4);

    fn part(kind: &str, id: Uuid, mut tree: Value) -> Part {
        tree["resourceType"] = json!(kind);
        tree["id"] = json!(id.to_string());
        let stored = StoredResource {
            kind: kind.to_owned(),
            id,
            version: 1,
            updated_at: Timestamp::UNIX_EPOCH,
            json: tree.to_string(),
        };
        Part::each(std::iter::once(&stored), &Receiver::default()).next().flatten().expect("a resource")
    }

    fn plan() -> Vec<Part> {
        let sid = |name: &str, value: &str| json!({ "system": format!("https://ownwords.org/fhir/sid/{name}"), "value": format!("urn:uuid:{value}") });
        let of_them = json!({ "reference": format!("Patient/{PATIENT}") });
        vec![
            part(
                "Patient",
                PATIENT,
                json!({ "identifier": [{ "system": "https://ownwords.org/fhir/sid/agency/a/person", "value": "7" }, sid("person", "p")] }),
            ),
            part(
                "Goal",
                GOAL,
                json!({ "identifier": [sid("goal", "g 1&2+é")], "subject": of_them, "description": { "text": "Patient/x: my words" } }),
            ),
            part(
                "CarePlan",
                PLAN,
                json!({
                    "identifier": [sid("plan-version", "v"), sid("plan", "c")],
                    "subject": of_them,
                    "goal": [{ "reference": format!("urn:uuid:{GOAL}") }],
                    "author": { "reference": "Practitioner/00000000-0000-0000-0000-0000000000ff" },
                }),
            ),
        ]
    }

    fn bundle(parts: &[Part], known: &Known) -> Value {
        let parts: Vec<&Part> = parts.iter().collect();
        serde_json::from_str(&with_their_ids(&parts, known).expect("a Bundle")).expect("JSON")
    }

    #[test]
    fn new_parts_are_made_unless_they_exist_and_point_to_each_other() {
        let said = bundle(&plan(), &Known::default());
        let requests: Vec<&Value> =
            said["entry"].as_array().expect("entries").iter().map(|entry| &entry["request"]).collect();
        assert_eq!(
            requests,
            [
                &json!({ "method": "POST", "url": "Patient", "ifNoneExist": "identifier=https://ownwords.org/fhir/sid/person|urn:uuid:p" }),
                &json!({ "method": "POST", "url": "Goal", "ifNoneExist": "identifier=https://ownwords.org/fhir/sid/goal|urn:uuid:g%201%262%2B%C3%A9" }),
                &json!({ "method": "POST", "url": "CarePlan", "ifNoneExist": "identifier=https://ownwords.org/fhir/sid/plan|urn:uuid:c" }),
            ]
        );
        let care_plan = &said["entry"][2];
        assert_eq!(care_plan["fullUrl"], full_url(PLAN));
        assert_ne!(care_plan["fullUrl"], format!("urn:uuid:{PLAN}"));
        assert_eq!(care_plan["resource"].get("id"), None);
        assert_eq!(care_plan["resource"]["subject"]["reference"], full_url(PATIENT));
        assert_eq!(care_plan["resource"]["goal"][0]["reference"], full_url(GOAL));
        assert_eq!(care_plan["resource"]["author"]["reference"], "Practitioner/00000000-0000-0000-0000-0000000000ff");
        assert_eq!(said["entry"][1]["resource"]["description"]["text"], "Patient/x: my words");
    }

    #[test]
    fn known_parts_are_updated_under_the_servers_id() {
        let mut known = Known::default();
        known.note("Patient", PATIENT, "41");
        known.note("Goal", GOAL, "42");
        let said = bundle(&plan(), &known);
        assert_eq!(said["entry"][1]["request"], json!({ "method": "PUT", "url": "Goal/42" }));
        assert_eq!(said["entry"][1]["resource"]["id"], "42");
        assert_eq!(said["entry"][2]["request"]["method"], "POST");
        assert_eq!(said["entry"][2]["resource"]["subject"]["reference"], "Patient/41");
        assert_eq!(said["entry"][2]["resource"]["goal"][0]["reference"], "Goal/42");
    }

    #[test]
    fn what_is_not_taken_leaves_no_trace_but_its_signatures() {
        let contract = Uuid::from_u128(5);
        let of_contract = json!({ "reference": format!("Contract/{contract}") });
        let of_plan = json!({ "reference": format!("CarePlan/{PLAN}") });
        let signature =
            json!({ "when": "2026-11-01T12:00:00-05:00", "who": { "reference": format!("Patient/{PATIENT}") } });
        let mut parts = plan();
        let mut care_plan: Value = serde_json::from_str(&parts[2].resource.json).expect("JSON");
        care_plan["supportingInfo"] = json!([of_contract]);
        parts[2].resource.json = care_plan.to_string();
        parts.push(part("Contract", contract, json!({ "signer": [{ "signature": [signature] }] })));
        parts.push(part("Provenance", PROVENANCE, json!({ "target": [of_plan, of_contract] })));
        let whole = spared(parts.clone(), |_| true);
        assert_eq!(whole.len(), parts.len());
        assert_eq!(whole[2].resource.json, care_plan.to_string());
        let sent = spared(parts, |kind| kind != "Contract");
        let of = |kind: &str| -> Value {
            let part = sent.iter().find(|part| part.kind() == kind).expect("the part is sent");
            serde_json::from_str(&part.resource.json).expect("JSON")
        };
        assert_eq!(sent.len(), 4);
        assert_eq!(of("CarePlan").get("supportingInfo"), None);
        assert_eq!(of("Provenance")["target"], json!([of_plan]));
        assert_eq!(of("Provenance")["signature"], json!([signature]));
    }

    #[test]
    fn a_provenance_is_found_by_what_it_tells_of_and_waits_for_their_ids() {
        let targets = json!([{ "reference": format!("CarePlan/{PLAN}") }, { "reference": format!("Goal/{GOAL}") }]);
        let provenance =
            part("Provenance", PROVENANCE, json!({ "target": targets, "recorded": "2026-11-25T12:00:00+01:00" }));
        let mut known = Known::default();
        known.note("Goal", GOAL, "42");
        assert_eq!(with_their_ids(&[&provenance], &known), None);
        known.note("CarePlan", PLAN, "43");
        let said = bundle(&[provenance], &known);
        assert_eq!(
            said["entry"][0]["request"]["ifNoneExist"],
            "target=CarePlan/43&recorded=2026-11-25T12:00:00%2B01:00"
        );
    }
}
