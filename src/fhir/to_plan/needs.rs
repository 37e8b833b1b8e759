//! What stands in the way (Observation), what care addresses (Condition), and risks kept apart from goals (`RiskAssessment`).

use super::{directive, reading::Reading, synonym, told::text_of, world::Node};
use crate::{
    fhir::system::{code, extension},
    plan::{Barrier, Diagnosis, Risk},
};

/// A barrier to a goal.
pub(super) fn barrier<'w>(reading: &mut Reading<'w>, told: Node<'w>, barriers: &mut Vec<usize>) -> bool {
    let text = text_of(told);
    if text.is_none() && !reading.wrote(told) {
        return false;
    }
    let at = format!("/barriers/{}", reading.plan.barriers.len());
    reading.note(&at, told);
    let kind = told.items("category").into_iter().find_map(|one| one.code_in(&[code::OWN_BARRIER_KIND]));
    let id = reading.key_of(&format!("{at}/id"), "barrier", told);
    let (text, kind) = (reading.read(format!("{at}/text"), text), reading.read(format!("{at}/kind"), kind));
    told.items("category")
        .iter()
        .filter(|one| one.code_in(&[code::OWN_BARRIER_KIND]).is_some())
        .for_each(|one| one.mark());
    reading.goals_named(told.items("focus"));
    barriers.push(told.of);
    reading.plan.barriers.push(Barrier { id, text, kind, diagnosis: Vec::new() });
    true
}

/// Barriers that a goal carries as an extension.
fn on_goals(reading: &mut Reading<'_>) {
    let world = reading.world;
    for of in reading.goals.clone() {
        for one in world.node(of).extensions(synonym::BARRIER) {
            let Some(text) = one.part("concept").and_then(Node::in_words) else { continue };
            let at = format!("/barriers/{}", reading.plan.barriers.len());
            let text = reading.read(format!("{at}/text"), Some(text));
            one.mark();
            reading.plan.barriers.push(Barrier { text, ..Barrier::default() });
        }
    }
}

/// Needs and diagnoses that the plan or a goal addresses, with the barrier that each gives as its evidence, or alone.
pub(super) fn read(reading: &mut Reading<'_>, barriers: &[usize]) {
    on_goals(reading);
    let world = reading.world;
    let mut references = reading.care_plan.items("addresses");
    references.extend(reading.goals.iter().flat_map(|of| world.node(*of).items("addresses")));
    for reference in references {
        let Some(condition) = reading.look(reference).filter(|one| one.entry().kind == "Condition") else { continue };
        reference.mark();
        if condition.items("category").into_iter().any(synonym::is_protective) || !reading.used.insert(condition.of) {
            continue;
        }
        let evidence = condition.items("evidence").into_iter().flat_map(|one| one.items("detail"));
        let mut evidence = evidence.filter_map(|one| world.find(one.value, one.of));
        let known = evidence.find_map(|of| barriers.iter().position(|barrier| *barrier == of));
        let place = known.unwrap_or_else(|| {
            reading.plan.barriers.push(Barrier::default());
            reading.plan.barriers.len() - 1
        });
        let at = format!("/barriers/{place}/diagnosis/{}", reading.plan.barriers[place].diagnosis.len());
        reading.note(&at, condition);
        let Some(concept) = condition.get("code") else { continue };
        let coding = concept.items("coding").first().copied();
        let read = Diagnosis {
            system: reading.read(
                format!("{at}/system"),
                coding.and_then(|coding| coding.get("system").or_else(|| coding.part(extension::AS_RECORDED))),
            ),
            code: reading.read(format!("{at}/code"), coding.and_then(|coding| coding.get("code"))),
            text: reading.read(format!("{at}/text"), concept.in_words()),
        };
        for name in ["subject", "clinicalStatus", "verificationStatus"] {
            condition.get(name).iter().for_each(|one| one.mark());
        }
        condition.items("category").iter().for_each(|one| one.mark());
        reading.plan.barriers[place].diagnosis.push(read);
    }
}

/// A risk and what lessens it.
pub(super) fn risk<'w>(reading: &mut Reading<'w>, told: Node<'w>) {
    if !reading.used.insert(told.of) {
        return;
    }
    directive::of_risk(reading, told);
    let toward = told.extensions(extension::PERTAINS_TO_GOAL);
    reading.goals_named(toward.iter().filter_map(|one| one.any_value()).collect());
    toward.iter().filter_map(|one| one.get("url")).for_each(Node::mark);
    ["status", "subject"].iter().filter_map(|name| told.get(name)).for_each(Node::mark);
    if directive::is_of_crisis(reading, told) {
        // What helps is said once more there.
        ["code", "mitigation"].iter().filter_map(|name| told.get(name)).for_each(Node::mark);
        return;
    }
    let at = format!("/risks/{}", reading.plan.risks.len());
    let outcome = || told.items("prediction").first()?.get("outcome")?.in_words();
    let text = told.items("note").first().and_then(|note| note.get("text")).or_else(outcome);
    reading.note(&at, told);
    let read = Risk {
        id: reading.key_of(&format!("{at}/id"), "risk", told),
        text: reading.read(format!("{at}/text"), text),
        mitigation: reading.read(format!("{at}/mitigation"), told.get("mitigation")),
    };
    reading.plan.risks.push(read);
}
