//! Whether the EHR joined a person's record to another: looked at where something of ours is somebody else's there. It is told
//! as any merge is, so nothing is sent for either id before a named person confirms it; nothing is chosen by likeness.

use serde_json::{Value, json};

use super::{
    known::Known,
    pages::Pages,
    round::{Back, PullError},
};
use crate::{fhir::merged::person_system, store::Told, sync::answer::identifiers};

/// Tells what the EHR's records of a person say; how many merges are new or disputed by it.
pub(super) async fn look(
    back: &Back,
    pages: &mut Pages<'_>,
    who: &(String, String),
    known: &Known,
) -> Result<u64, PullError> {
    let mut told = 0;
    for patient in &known.patients {
        let Some(left) = pages.taken_into(patient).await? else { continue };
        let Ok(record) = pages.one("Patient", &left).await? else { continue };
        let Some(survivor) = agencys_id(back, &who.0, &record) else { continue };
        told += tell(back, who, &survivor).await?;
    }
    Ok(told)
}

/// The agency's id that a record there bears, by a system that we know it by; never a guess from another.
fn agencys_id(back: &Back, agency: &str, record: &Value) -> Option<String> {
    let own = person_system(agency);
    let set = back.connection.rungs.person_system.as_str();
    let mut named = identifiers(record).filter(|(system, _)| *system == own || !set.is_empty() && *system == set);
    named.next().map(|(_, value)| value.to_owned())
}

async fn tell(back: &Back, who: &(String, String), survivor: &str) -> Result<u64, PullError> {
    if *survivor == *who.1 {
        return Ok(0);
    }
    let named = |id: &str| json!([{ "system": person_system(&who.0), "value": id }]);
    let other = json!({ "identifier": named(survivor)[0] });
    let given_up = json!({ "resourceType": "Patient", "identifier": named(&who.1),
        "link": [{ "other": other, "type": "replaced-by" }] });
    let by = format!("ehr {}", back.connection.name);
    let all = back.intake.tell_by_link(&who.0, &by, &[given_up]).await?;
    Ok(all.iter().filter(|told| !matches!(told, Told::Before(_))).count() as u64)
}
