//! Who decides on care when the person cannot: from Consent, by LOINC's roles of its actors.

use super::{reading::Reading, world::Node};
use crate::{
    fhir::{
        from_plan::ROLE_WORDS,
        system::{code, extension},
    },
    plan::crisis::{AgentRole, Crisis, HealthcareAgent},
};

/// Reads a consent that names healthcare agents; one that is not in force names nobody.
pub(super) fn read<'w>(reading: &mut Reading<'w>, consent: Node<'w>) -> bool {
    let is_ours = reading.wrote(consent);
    let Some(provision) = consent.get("provision").filter(|provision| !provision.says("type", "deny")) else {
        return false;
    };
    let is_in_force = consent.says("status", "active") && reading.is_about_person(consent);
    if !is_ours && !is_in_force {
        return false;
    }
    let mut is_read = false;
    for actor in provision.items("actor") {
        let Some(role) = actor.get("role").filter(|role| is_ours || of_loinc(*role).is_some()) else { continue };
        agent(reading, actor, role, is_ours);
        is_read = true;
    }
    if !is_read {
        return false;
    }
    reading.used.insert(consent.of);
    if let Some(source) = consent.get("sourceReference")
        && reading.look(source).is_some_and(|document| reading.used.contains(&document.of))
    {
        source.mark();
    }
    consent.is_assumed("status");
    provision.get("type").iter().for_each(|one| one.mark());
    for name in ["status", "scope", "category", "patient"] {
        consent.get(name).iter().for_each(|one| one.mark());
    }
    if is_ours {
        consent.get("policyRule").iter().for_each(|one| one.mark());
    }
    true
}

/// Reads the consents that others' plans do not point to, but whose directive they draw on.
pub(super) fn of_directives(reading: &mut Reading<'_>) {
    let world = reading.world;
    for consent in world.all("Consent") {
        let is_drawn_on = |source: Node<'_>| {
            let document = world.find(source.value, source.of);
            document.is_some_and(|document| reading.used.contains(&document))
        };
        if !reading.used.contains(&consent.of) && consent.get("sourceReference").is_some_and(is_drawn_on) {
            read(reading, consent);
        }
    }
}

fn agent<'w>(reading: &mut Reading<'w>, actor: Node<'w>, role: Node<'w>, is_ours: bool) {
    let place = reading.plan.crisis.as_ref().map_or(0, |crisis| crisis.agents.len());
    let at = |field: &str| format!("/crisis/agents/{place}{field}");
    reading.note(at(""), actor);
    let mut read = HealthcareAgent { role: of_loinc(role), ..HealthcareAgent::default() };
    if read.role.is_some() {
        role.mark();
    } else {
        read.role = reading.read(at("/role"), role.get("text"));
        role.extensions(extension::DATA_ABSENT).iter().for_each(|one| one.mark());
    }
    if let Some(who) = actor.get("reference") {
        read.name = reading.name_of(who);
        read.name.iter().for_each(|_| who.mark());
        if let Some(target) = reading.follow(who) {
            let relationship = target.items("relationship").first().copied();
            let is_role = |words: &Node<'_>| {
                target.entry().is_ours && words.text().is_some_and(|words| ROLE_WORDS.contains(&words))
            };
            let words = relationship.and_then(Node::in_words).filter(|words| !is_role(words));
            read.relationship = reading.read(at("/relationship"), words);
            let is_phone = |one: &Node<'_>| one.says("system", "phone");
            if let Some(phone) = target.items("telecom").into_iter().find(is_phone) {
                read.phone = reading.read(at("/phone"), phone.get("value"));
                phone.get("system").iter().for_each(|one| one.mark());
            }
            ["patient", "active"].iter().filter_map(|name| target.get(name)).for_each(Node::mark);
        }
        who.extensions(extension::DATA_ABSENT).iter().for_each(|one| one.mark());
    }
    let recorded = actor.extensions(extension::HEALTHCARE_AGENT).first().copied().filter(|_| is_ours);
    let parts = [("name", &mut read.name), ("relationship", &mut read.relationship), ("phone", &mut read.phone)];
    for (url, slot) in parts {
        let Some(part) = recorded.and_then(|recorded| recorded.extensions(url).first().copied()) else { continue };
        *slot = reading.read(at(&format!("/{url}")), part.any_value());
        part.mark();
    }
    reading.plan.crisis.get_or_insert_with(Crisis::default).agents.push(read);
}

fn of_loinc(role: Node<'_>) -> Option<AgentRole> {
    if role.has_code(code::LOINC, code::HEALTHCARE_AGENT) {
        return Some(AgentRole::Agent);
    }
    let is_alternate = code::ALTERNATE_AGENTS.iter().any(|known| role.has_code(code::LOINC, known));
    is_alternate.then_some(AgentRole::Alternate)
}
