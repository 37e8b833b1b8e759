//! What `$validate` is asked: a resource, or Parameters that carry it with the profile and the mode that are meant.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Fault, NoJson, claimed, claims_of, fault::place_of, table::table, text_of};
use crate::{plan::Place, rules::Severity};

/// What is asked beside the resource.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The type that the address names.
    pub kind: String,
    /// A profile that the resource should meet.
    pub profile: Option<String>,
    /// What it is meant for: create, update, delete or profile.
    pub mode: Option<String>,
}

#[derive(Deserialize)]
struct Wrapping<'b> {
    #[serde(borrow, rename = "resourceType")]
    kind: Cow<'b, str>,
    #[serde(borrow, default)]
    parameter: Vec<Part<'b>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part<'b> {
    #[serde(borrow)]
    name: Cow<'b, str>,
    #[serde(borrow)]
    resource: Option<&'b RawValue>,
    value_uri: Option<String>,
    value_canonical: Option<String>,
    value_code: Option<String>,
}

#[derive(Deserialize)]
struct Typed<'b> {
    #[serde(borrow, rename = "resourceType")]
    kind: Cow<'b, str>,
}

/// The faults of the resource in a body, and what of the question cannot be answered.
pub fn answer(body: &[u8], mut asked: Asked) -> Result<Vec<Fault>, NoJson> {
    let text = std::str::from_utf8(body).unwrap_or_default();
    let wrapping = serde_json::from_str::<Wrapping<'_>>(text).ok().filter(|one| one.kind == "Parameters");
    let parts = wrapping.map(|wrapping| wrapping.parameter).unwrap_or_default();
    let inside = parts.iter().find(|part| part.name == "resource").and_then(|part| part.resource);
    let (mut faults, resource) = match inside {
        Some(inside) => {
            for part in &parts {
                asked.take(part);
            }
            (placed_within(text, inside.get(), asked.profile.as_deref())?, inside.get())
        }
        None => (claims_of(text_of(body)?, asked.profile.as_deref())?, text),
    };
    faults.extend(asked.faults(resource));
    Ok(faults)
}

/// The faults of a part of a text, at their places in the whole.
fn placed_within(whole: &str, part: &str, profile: Option<&str>) -> Result<Vec<Fault>, NoJson> {
    let (line, column) = place_of(whole, part.as_ptr().addr() - whole.as_ptr().addr());
    let mut faults = claims_of(part, profile)?;
    for fault in &mut faults {
        if fault.place.line == 1 {
            fault.place.column += column - 1;
        }
        fault.place.line += line - 1;
    }
    Ok(faults)
}

impl Asked {
    fn take(&mut self, part: &Part<'_>) {
        match &*part.name {
            "profile" => self.profile = part.value_canonical.clone().or_else(|| part.value_uri.clone()),
            "mode" => self.mode.clone_from(&part.value_code),
            _ => {}
        }
    }

    fn faults(&self, resource: &str) -> Vec<Fault> {
        let kind = serde_json::from_str::<Typed<'_>>(resource).ok();
        let kind = kind.and_then(|typed| table().find(&typed.kind)).map(|kind| table().get(kind).name);
        let mut faults = Vec::new();
        if let Some(kind) = kind.filter(|kind| *kind != self.kind) {
            faults.push(fault("invalid", "This address takes another type of resource than the one sent.", kind));
        }
        let base = kind.map(|kind| format!("http://hl7.org/fhir/StructureDefinition/{kind}"));
        let is_base = |profile: &String| Some(profile.split('|').next().unwrap_or_default()) == base.as_deref();
        if self.profile.as_ref().is_some_and(|profile| !is_base(profile) && !claimed::is_carried(profile)) {
            faults.push(fault(
                "not-supported",
                "The profile is not carried here; only base FHIR R4 and profiles of ours were looked at.",
                "",
            ));
        }
        match self.mode.as_deref() {
            None | Some("create" | "update" | "profile") => {}
            Some("delete") => faults.push(fault("not-supported", "Whether it may be deleted is not told here.", "")),
            Some(_) => faults.push(fault("code-invalid", "The mode is create, update, delete or profile.", "")),
        }
        faults
    }
}

fn fault(code: &'static str, message: &'static str, expression: &str) -> Fault {
    let place = Place::default();
    Fault {
        severity: Severity::Error,
        code,
        message: message.into(),
        key: "",
        expression: expression.to_owned(),
        place,
    }
}
