//! What is signed, who may decide, and what lives elsewhere: Contract, Consent, `DocumentReference`.
//!
//! Structs only: how they are filled from a plan is in `from_plan`.

use std::borrow::Cow;

use serde::Serialize;

use crate::fhir::datatype::{Beside, Coding, Concept, Extension, Reference};

/// FHIR Contract.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::fhir) struct ContractBody<'a> {
    pub(in crate::fhir) status: &'static str,
    pub(in crate::fhir) subject: Vec<Reference<'a>>,
    pub(in crate::fhir) title: &'static str,
    pub(in crate::fhir) signer: Vec<Signer<'a>>,
}

/// FHIR Contract.signer.
#[derive(Clone, Debug, Serialize)]
pub(in crate::fhir) struct Signer<'a> {
    #[serde(rename = "type")]
    pub(in crate::fhir) kind: Coding<'a>,
    pub(in crate::fhir) party: Reference<'a>,
    pub(in crate::fhir) signature: Vec<Signature<'a>>,
}

/// FHIR Signature.
#[derive(Clone, Debug, Serialize)]
pub(in crate::fhir) struct Signature<'a> {
    #[serde(rename = "type")]
    pub(in crate::fhir) kind: Vec<Coding<'a>>,
    pub(in crate::fhir) when: Cow<'a, str>,
    #[serde(rename = "_when", skip_serializing_if = "Beside::is_empty")]
    pub(in crate::fhir) beside_when: Beside<'a>,
    pub(in crate::fhir) who: Reference<'a>,
}

/// FHIR Consent.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::fhir) struct ConsentBody<'a> {
    pub(in crate::fhir) status: &'static str,
    #[serde(rename = "_status", skip_serializing_if = "Beside::is_empty")]
    pub(in crate::fhir) beside_status: Beside<'a>,
    pub(in crate::fhir) scope: Concept<'a>,
    pub(in crate::fhir) category: Vec<Concept<'a>>,
    pub(in crate::fhir) patient: Reference<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) source_reference: Option<Reference<'a>>,
    pub(in crate::fhir) policy_rule: Concept<'a>,
    pub(in crate::fhir) provision: Provision<'a>,
}

/// FHIR Consent.provision.
#[derive(Clone, Debug, Serialize)]
pub(in crate::fhir) struct Provision<'a> {
    #[serde(rename = "type")]
    pub(in crate::fhir) kind: &'static str,
    pub(in crate::fhir) actor: Vec<ProvisionActor<'a>>,
}

/// FHIR Consent.provision.actor.
#[derive(Clone, Debug, Serialize)]
pub(in crate::fhir) struct ProvisionActor<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(in crate::fhir) extension: Vec<Extension<'a>>,
    pub(in crate::fhir) role: Concept<'a>,
    pub(in crate::fhir) reference: Reference<'a>,
}

/// FHIR `DocumentReference`.
#[derive(Clone, Debug, Serialize)]
pub(in crate::fhir) struct DocumentBody<'a> {
    pub(in crate::fhir) status: &'static str,
    #[serde(rename = "type")]
    pub(in crate::fhir) kind: Concept<'a>,
    pub(in crate::fhir) category: Vec<Concept<'a>>,
    pub(in crate::fhir) subject: Reference<'a>,
    pub(in crate::fhir) content: Vec<Content<'a>>,
}

/// FHIR DocumentReference.content.
#[derive(Clone, Debug, Serialize)]
pub(in crate::fhir) struct Content<'a> {
    pub(in crate::fhir) attachment: Attachment<'a>,
}

/// FHIR Attachment: where a document is, never the document.
#[derive(Clone, Debug, Default, Serialize)]
pub(in crate::fhir) struct Attachment<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) url: Option<&'a str>,
    #[serde(rename = "_url", skip_serializing_if = "Beside::is_empty")]
    pub(in crate::fhir) beside_url: Beside<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::fhir) title: Option<&'a str>,
}
