//! A plan that lives elsewhere: the document that a plan, a crisis plan or a risk leads to, an advance directive above all.

use super::{reading::Reading, world::Node};
use crate::{
    fhir::system::{code, extension, sid},
    plan::{
        YesNoUnknown,
        crisis::{Crisis, LinkedPlan},
    },
};

/// Reads a document that is an advance directive, or one that was written as the plan for a crisis. Of several the first stands.
pub(super) fn read<'w>(reading: &mut Reading<'w>, document: Node<'w>) -> bool {
    let kind = document.get("type");
    let has = |system: &str, wanted: &str| {
        document.items("category").into_iter().chain(kind).any(|concept| concept.has_code(system, wanted))
    };
    let is_directive = has(code::LOINC, code::MENTAL_HEALTH_DIRECTIVE) || has(code::LOINC, code::ADVANCE_DIRECTIVES);
    let is_of_crisis = has(code::OWN_PLAN_CATEGORY, "crisis");
    (is_directive || is_of_crisis) && link(reading, document, is_directive)
}

/// Reads the document that a risk leads to.
pub(super) fn of_risk<'w>(reading: &mut Reading<'w>, risk: Node<'w>) {
    for one in risk.extensions(extension::RISK_PLAN) {
        let Some(reference) = one.any_value() else { continue };
        let Some(document) = reading.look(reference).filter(|one| one.entry().kind == "DocumentReference") else {
            continue;
        };
        if reading.used.contains(&document.of) || read(reading, document) || link(reading, document, false) {
            reading.follow(reference);
            one.get("url").iter().for_each(|url| url.mark());
        }
    }
}

fn link<'w>(reading: &mut Reading<'w>, document: Node<'w>, is_directive: bool) -> bool {
    let is_ours = reading.wrote(document);
    if reading.plan.crisis.as_ref().is_some_and(|crisis| crisis.linked_plan.is_some()) {
        return false;
    }
    let attachment = document.items("content").first().and_then(|content| content.get("attachment"));
    let place = attachment.and_then(|attachment| attachment.get("url").or_else(|| attachment.get("title")));
    let named = document.get("type").and_then(Node::in_words).filter(|_| is_ours || !is_directive);
    let named: Option<String> = reading.read("/crisis/linked_plan/kind", named);
    let directive = (is_directive && !is_ours).then(|| "pad".to_owned());
    let linked = LinkedPlan { kind: directive.or(named), r#ref: reading.read("/crisis/linked_plan/ref", place) };
    reading.note("/crisis/linked_plan", document);
    reading.used.insert(document.of);
    for name in ["type", "category", "subject", "status"] {
        document.get(name).iter().for_each(|one| one.mark());
    }
    attachment.and_then(|attachment| attachment.get("_url")).iter().for_each(|one| one.mark());
    let crisis = reading.plan.crisis.get_or_insert_with(Crisis::default);
    if is_directive && !is_ours {
        crisis.pad_exists.get_or_insert(YesNoUnknown::Yes);
    }
    crisis.linked_plan = Some(linked);
    true
}

/// Whether a resource of ours is part of the plan for a crisis.
pub(super) fn is_of_crisis(reading: &Reading<'_>, risk: Node<'_>) -> bool {
    let is_risk = risk.items("identifier").iter().any(|one| one.says("system", sid::RISK));
    let of_crisis = risk.get("code").is_some_and(|concept| concept.has_code(code::OWN_PLAN_CATEGORY, "crisis"));
    is_risk && of_crisis && reading.wrote(risk)
}
