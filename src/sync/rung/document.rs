//! Rung B: the plan as a document the person can read, by US Core's "Writing Clinical Notes": as text and, where it can be
//! made, as a PDF in large print. Pure.
//!
//! The agency writes its own plan document, so it bears no label of a person's assertion. A new version is a new resource
//! that replaces the one before.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use super::{Load, PDF};
use crate::{
    copy::Language,
    plan::PlanStatus,
    sync::{connection::DocumentFile, delivery::Happened},
};

/// System of a document's identifier.
pub(super) const SYSTEM: &str = "https://ownwords.org/fhir/sid/document";

/// The document with the PDF that was made of it, for a person the server knows by `subject`, in place of `older`.
pub(super) fn document(
    load: &Load,
    pdf: Option<&[u8]>,
    settings: &DocumentFile,
    subject: &str,
    older: Option<&str>,
) -> Value {
    let copy = load.copy();
    let text = copy.bytes();
    let forms = [(settings.content_type.as_str(), text.as_slice())].into_iter().chain(pdf.map(|pdf| (PDF, pdf)));
    let content = forms.map(|(kind, bytes)| json!({ "attachment": attachment(load, copy.language, kind, bytes) }));
    let (system, code) = settings.r#type.split_once('|').unwrap_or_default();
    let mut tree = json!({
        "resourceType": "DocumentReference",
        "identifier": [{ "system": SYSTEM, "value": format!("urn:uuid:{}", load.version_ref) }],
        "status": "current",
        "docStatus": if load.plan.status == Some(PlanStatus::Draft) { "preliminary" } else { "final" },
        "type": { "coding": [{ "system": system, "code": code }] },
        "category": [{ "coding": [{
            "system": "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category", "code": "clinical-note",
        }] }],
        "subject": { "reference": subject },
        "date": load.at,
        "description": load.marker(),
        "content": content.collect::<Vec<Value>>(),
    });
    if let Some(older) = older {
        let target = format!("DocumentReference/{older}");
        tree["relatesTo"] = json!([{ "code": "replaces", "target": { "reference": target } }]);
    }
    label(&mut tree, &load.labels);
    author(&mut tree, load, &settings.author);
    tree
}

/// The status by which an answer may say that a form of the content is not taken; nothing was written then.
pub(super) fn refuses_form(happened: &Happened) -> Option<u16> {
    match happened {
        Happened::Refused { status: status @ (400 | 413 | 415 | 422), .. } => Some(*status),
        _ => None,
    }
}

fn attachment(load: &Load, language: Language, kind: &str, bytes: &[u8]) -> Value {
    json!({
        "contentType": kind,
        "language": language.tag(),
        "data": BASE64_STANDARD.encode(bytes),
        "size": bytes.len(),
        "hash": BASE64_STANDARD.encode(Sha1::digest(bytes)),
        "title": "Recovery plan",
        "creation": load.at,
    })
}

/// The plan's labels on the resource, and as plain codes for servers that drop extensions of labels.
fn label(tree: &mut Value, labels: &Value) {
    let Some(labels) = labels.as_array().filter(|labels| !labels.is_empty()) else { return };
    let plain = labels.iter().map(|one| json!({ "coding": [{ "system": one["system"], "code": one["code"] }] }));
    tree["securityLabel"] = plain.collect();
    tree["meta"] = json!({ "security": labels });
}

/// Who wrote it: as the settings say, else the agency, which rides along since the server may not have it.
fn author(tree: &mut Value, load: &Load, set: &str) {
    let reference = if set.is_empty() {
        let identifier = json!([{ "system": "https://ownwords.org/fhir/sid/agency-code", "value": load.agency }]);
        tree["contained"] = json!([{
            "resourceType": "Organization", "id": "agency", "identifier": identifier, "active": true, "name": load.agency,
        }]);
        tree["custodian"] = json!({ "reference": "#agency" });
        "#agency"
    } else {
        set
    };
    tree["author"] = json!([{ "reference": reference }]);
}
