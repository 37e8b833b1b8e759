//! Who decides on care when the person cannot (Consent): the agents that an advance directive names, as far as it is known here.
//!
//! The directive itself is linked, never copied (D15). Which rule it stands under is not in a plan; FHIR is told so.

use super::{Saying, Written};
use crate::{
    fhir::{
        datatype::{Beside, Coding, Concept, Extension, Link, Reference},
        lexical,
        resource::{self, ConsentBody, Provision, ProvisionActor},
        system::{code, extension, sid},
    },
    plan::{
        PlanStatus,
        code::Vocabulary,
        crisis::{AgentRole, Crisis, HealthcareAgent, LinkedPlan},
    },
};

/// Writes the agents, with the document that names them where the plan links to an advance directive.
pub(super) fn write(saying: &Saying<'_>, crisis: &Crisis, document: Option<Link>, written: &mut Written) {
    let named = crisis.agents.iter().zip(&saying.people.agents);
    let named = named.filter(|(agent, _)| **agent != HealthcareAgent::default());
    let actor: Vec<_> = named.map(|(agent, who)| actor(saying, agent, *who)).collect();
    if actor.is_empty() {
        return;
    }
    let link = saying.link("Consent", &["healthcare-agents"]);
    let is_directive = crisis.linked_plan.as_ref().is_some_and(LinkedPlan::is_advance_directive);
    let is_withdrawn = saying.plan.status == Some(PlanStatus::EnteredInError);
    let category = [(code::CONSENT_CATEGORY, "acd"), (code::LOINC, code::ADVANCE_DIRECTIVES)];
    let body = ConsentBody {
        status: if is_withdrawn { "entered-in-error" } else { "active" },
        beside_status: if is_withdrawn { Beside::default() } else { Beside::assumed() },
        scope: Concept::of(code::CONSENT_SCOPE, "adr"),
        category: category.into_iter().map(|(system, code)| Concept::of(system, code)).collect(),
        patient: Reference::from(saying.patient),
        source_reference: document.filter(|_| is_directive).map(Reference::from),
        policy_rule: Concept { extension: vec![Extension::absent("unknown")], ..Concept::default() },
        provision: Provision { kind: "permit", actor },
    };
    written.supporting.push(link);
    written.record(resource::write(&saying.head(link, sid::AGENTS, Vec::new()), &body));
}

fn actor<'a>(saying: &Saying<'a>, agent: &'a HealthcareAgent, who: Option<Link>) -> ProvisionActor<'a> {
    let (_, name, relationship) = who.map_or((None, None, None), |who| saying.people.told_of(who));
    let phone = who.and_then(|who| saying.people.phone_of(who));
    let mut parts = Vec::new();
    Extension::push_unlike(&mut parts, "name", lexical::given(agent.name.as_ref()), name);
    Extension::push_unlike(&mut parts, "relationship", lexical::given(agent.relationship.as_ref()), relationship);
    Extension::push_unlike(&mut parts, "phone", lexical::given(agent.phone.as_ref()), phone);
    let nobody = || Reference { extension: vec![Extension::absent("unknown")], ..Reference::default() };
    ProvisionActor {
        extension: Extension::group(extension::HEALTHCARE_AGENT, parts).into_iter().collect(),
        role: role(agent.role.as_ref()),
        reference: who.map_or_else(nobody, Reference::from),
    }
}

/// LOINC's code of the role; a word that is none of ours stays a word.
fn role(role: Option<&AgentRole>) -> Concept<'_> {
    let loinc =
        |code, display| Concept { coding: vec![Coding::shown(code::LOINC, code, display)], ..Concept::default() };
    match role {
        Some(AgentRole::Agent) => loinc(code::HEALTHCARE_AGENT, "Primary healthcare agent [Reported]"),
        Some(AgentRole::Alternate) => loinc(code::ALTERNATE_AGENTS[0], "First alternate healthcare agent [Reported]"),
        other => match other.map(Vocabulary::as_str).and_then(lexical::text) {
            Some(word) => Concept::said(word),
            None => Concept { extension: vec![Extension::absent("unknown")], ..Concept::default() },
        },
    }
}
