//! Who signed the plan, and when: from Contract, else from the signature of a Provenance.
//!
//! A signature of staff is no field of the plan; it is told as not read.

use super::{reading::Reading, world::Node};
use crate::{
    fhir::system::{code, extension},
    plan::{Agreement, date::PlanDate},
};

/// As what somebody signs who decides with the person or for them.
const REPRESENTING: [&str; 8] = ["GUARD", "GUADLTM", "HPOWATT", "DPOWATT", "POWATT", "SPOWATT", "RESPRSN", "DELEGATEE"];

/// Reads the signatures of a contract that the plan points to.
pub(super) fn of_contract<'w>(reading: &mut Reading<'w>, contract: Node<'w>) {
    if !contract.says("status", "executed") && !reading.wrote(contract) {
        return;
    }
    let mut is_read = false;
    for signer in contract.items("signer") {
        let kind = signer.get("type").filter(|kind| kind.says("system", code::SIGNER));
        let Some(signature) = signer.items("signature").first().copied() else { continue };
        let party = signer.get("party").or(signature.get("who"));
        if !signed(reading, party, kind.and_then(|kind| kind.str("code")), signature, reading.wrote(contract)) {
            continue;
        }
        is_read = true;
        signer.get("party").iter().for_each(|one| one.mark());
        kind.iter().for_each(|one| one.mark());
    }
    if !is_read {
        return;
    }
    reading.used.insert(contract.of);
    let toward = contract.extensions(extension::PERTAINS_TO_GOAL);
    reading.goals_named(toward.iter().filter_map(|one| one.any_value()).collect());
    toward.iter().filter_map(|one| one.get("url")).for_each(Node::mark);
    if reading.wrote(contract) {
        contract.get("title").iter().for_each(|one| one.mark());
    }
}

/// Reads the signatures that a Provenance of the plan carries, for which nothing better is known.
pub(super) fn of_provenances(reading: &mut Reading<'_>) {
    let world = reading.world;
    for one in world.all("Provenance") {
        let is_of_plan = |target: &Node<'_>| world.find(target.value, target.of) == Some(reading.care_plan.of);
        if !one.items("target").iter().any(is_of_plan) {
            continue;
        }
        for signature in one.items("signature") {
            if signed(reading, signature.get("who"), None, signature, false) {
                reading.used.insert(one.of);
            }
        }
    }
}

/// Takes one signature, the day as recorded before the instant. What we wrote is more exact than what stands among the answers.
fn signed<'w>(
    reading: &mut Reading<'w>,
    who: Option<Node<'w>>,
    kind: Option<&str>,
    signature: Node<'w>,
    is_ours: bool,
) -> bool {
    let is_person = who.map_or(kind == Some("PAT"), |who| reading.is_person(who));
    let agreement = reading.plan.agreement.clone().unwrap_or_default();
    let (field, known) = match kind {
        _ if is_person => ("person_signed_on", agreement.person_signed_on),
        Some(kind) if REPRESENTING.contains(&kind) => ("representative_signed_on", agreement.representative_signed_on),
        _ => return false,
    };
    if known.is_some() && !is_ours {
        return false;
    }
    let beside = signature.get("_when");
    let recorded = beside.and_then(|beside| beside.part(extension::AS_RECORDED));
    let when: Option<PlanDate> =
        reading.read(format!("/agreement/{field}"), recorded.or_else(|| signature.get("when")));
    if when.is_none() {
        return false;
    }
    for name in ["type", "when", "_when", "who"] {
        signature.get(name).iter().for_each(|one| one.mark());
    }
    let agreement = reading.plan.agreement.get_or_insert_with(Agreement::default);
    if is_person {
        agreement.person_signed_on = when;
    } else {
        agreement.representative_signed_on = when;
    }
    true
}
