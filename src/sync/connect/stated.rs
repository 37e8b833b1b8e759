//! What of a server's statement is remembered: its bytes' hash, its software, and each ability with who says so. Pure.

use std::collections::BTreeMap;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::record::{Ability, Statement};
use crate::{
    fhir::capability::READABLE,
    store::hex,
    sync::statement::{Powers, server_part},
};

/// The statement as it is remembered. Its date and its own address change at some servers with every reading.
pub(super) fn seen(statement: &Value) -> Statement {
    let mut lasting = statement.clone();
    for changing in ["date", "id", "meta", "text", "implementation"] {
        lasting.as_object_mut().map(|members| members.remove(changing));
    }
    let digest = Sha256::digest(lasting.to_string());
    let text = |value: &Value| value.as_str().map(short);
    let name = text(&statement["software"]["name"]).unwrap_or_else(|| "software not named".to_owned());
    let version = text(&statement["software"]["version"]);
    Statement {
        sha256: hex(&digest),
        fhir_version: text(&statement["fhirVersion"]).unwrap_or_default(),
        software: version.map_or(name.clone(), |version| format!("{name} {version}")),
    }
}

/// A name of software as it can be shown: one short line.
fn short(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').take(60).collect()
}

pub(super) fn kinds(statement: &Value) -> usize {
    server_part(statement).and_then(|rest| rest["resource"].as_array()).map_or(0, Vec::len)
}

/// What can be done with each type that matters, and who says so.
pub(super) fn abilities(powers: Powers<'_>) -> BTreeMap<String, Ability> {
    let others = ["Communication"];
    let actions = ["read", "search", "create", "update", "update-create", "conditional-create"];
    let each = READABLE.iter().chain(&others).flat_map(|kind| actions.map(|action| format!("{kind}.{action}")));
    each.chain(["transaction".to_owned(), "batch".to_owned()])
        .map(|ability| {
            let (can, by) = powers.can(&ability);
            (ability, Ability { can, by: by.as_str().to_owned() })
        })
        .collect()
}
