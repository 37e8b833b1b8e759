//! Who does what: services by professionals and peers (`ServiceRequest`), steps by everybody else (Task), always by reference (D9).
//!
//! What R4 has no element for rides in `action-choice`.

use super::{Saying, Written, crosswalk};
use crate::{
    fhir::{
        claim,
        datatype::{Coding, Concept, Extension, Link, Note, Reference, Value},
        lexical,
        resource::{self, Repeat, ServiceRequestBody, TaskBody, Timing},
        system::{code, extension, profile, sid},
    },
    plan::{Action, action::Actor},
};

/// Writes every step of the plan.
pub(super) fn write(saying: &Saying<'_>, written: &mut Written) {
    let actions = &saying.plan.actions;
    let kind_of = |action: &Action| if is_service(action) { "ServiceRequest" } else { "Task" };
    let links = saying.links_of("action", actions.iter().map(|action| (kind_of(action), action.id.as_deref())));
    for ((action, link), doer) in actions.iter().zip(links).zip(&saying.people.actors) {
        if link.kind == "ServiceRequest" {
            write_service(saying, action, link, *doer, written);
        } else {
            write_task(saying, action, link, *doer, written);
        }
    }
}

/// Professionals and peers give services; a step with a service code and nobody named is one too.
pub(super) fn is_service(action: &Action) -> bool {
    match action.actor {
        Some(Actor::Professional | Actor::Peer) => true,
        Some(Actor::Person | Actor::NaturalSupport | Actor::Community) => false,
        Some(Actor::Other(_)) | None => lexical::given(action.service_code.as_ref()).is_some(),
    }
}

fn write_service<'a>(saying: &Saying<'a>, action: &'a Action, link: Link, doer: Option<Link>, written: &mut Written) {
    let code = service_code(saying, action);
    let has_hcpcs = code.coding.iter().any(|coding| coding.system == Some(code::HCPCS));
    let is_known = !code.is_empty();
    let frequency = lexical::given(action.frequency.as_ref());
    let is_eltss = saying.eltss && has_hcpcs;
    let performer = match action.actor {
        Some(Actor::Peer) => doer.map(|who| saying.people.as_peer(who)),
        _ => doer,
    };
    let body = ServiceRequestBody {
        status: crosswalk::service_status(action.status.as_ref(), saying.plan.status.as_ref()),
        intent: "plan",
        code: Some(code).filter(|_| is_known),
        subject: Reference::from(saying.patient),
        occurrence_timing: frequency.map(timing),
        authored_on: saying.agreed_on,
        requester: saying.people.planner.map(Reference::from),
        performer: performer.map(Reference::from).into_iter().collect(),
        reason_reference: needs(saying, written),
        note: purpose(action),
    };
    let profiles =
        claim::chosen([(is_known, profile::CORE_SERVICE_REQUEST), (is_eltss, profile::ELTSS_SERVICE_REQUEST)]);
    let mut head = saying.head(link, sid::ACTION, profiles);
    head.extension = extensions(saying, action, doer, false);
    head.identifier.extend(saying.own_key("action", action.id.as_ref()));
    written.services_eltss &= is_eltss;
    written.activity.push(link);
    written.record(resource::write(&head, &body));
}

/// What a service is for: the needs of the plan, where its one goal says which they are.
fn needs<'a>(saying: &Saying<'a>, written: &Written) -> Vec<Reference<'a>> {
    let needs = saying.only_goal().map_or(&[][..], |_| &written.needs);
    needs.iter().copied().map(Reference::from).collect()
}

/// HCPCS where the code has its form, else the agency's own code; a peer's service is a referral to peer support too.
fn service_code<'a>(saying: &Saying<'a>, action: &'a Action) -> Concept<'a> {
    let own = action.service_code.as_deref().and_then(lexical::code);
    let mut coding: Vec<Coding<'a>> = own
        .map(|own| {
            let system = if crosswalk::is_hcpcs(own) { code::HCPCS } else { saying.ground.service_system.as_str() };
            Coding::of(system, own)
        })
        .into_iter()
        .collect();
    if action.actor == Some(Actor::Peer) {
        coding.push(Coding::of(code::SNOMED, "461481000124109"));
    }
    Concept { coding, text: lexical::said(action.text.as_ref()), ..Concept::default() }
}

fn timing(frequency: &str) -> Timing<'_> {
    let repeat = crosswalk::rhythm(frequency);
    Timing {
        repeat: repeat.map(|(frequency, period, period_unit)| Repeat { frequency, period, period_unit }),
        code: Some(Concept::said(frequency)),
    }
}

fn write_task<'a>(saying: &Saying<'a>, action: &'a Action, link: Link, doer: Option<Link>, written: &mut Written) {
    let body = TaskBody {
        status: crosswalk::task_status(action.status.as_ref(), saying.plan.status.as_ref()),
        intent: "plan",
        code: task_code(saying, action),
        description: lexical::said(action.text.as_ref()),
        person: Reference::from(saying.patient),
        authored_on: saying.agreed_on,
        requester: (doer == Some(saying.patient)).then(|| Reference::from(saying.patient)),
        owner: doer.map(Reference::from).or_else(|| named(action)),
        reason_reference: saying.goal_named(action.goal_id.as_deref()).map(Reference::from),
        note: purpose(action),
        restriction: None,
    };
    let mut head = saying.head(link, sid::ACTION, Vec::new());
    head.extension = extensions(saying, action, doer, true);
    head.identifier.extend(saying.own_key("action", action.id.as_ref()));
    written.activity.push(link);
    written.record(resource::write(&head, &body));
}

fn task_code<'a>(saying: &Saying<'a>, action: &'a Action) -> Option<Concept<'a>> {
    let concept = Concept { text: None, ..service_code(saying, action) };
    Some(concept).filter(|concept| !concept.is_empty())
}

/// Whoever does it, known by name only, such as a club of the community.
fn named(action: &Action) -> Option<Reference<'_>> {
    let name = lexical::given(action.actor_name.as_ref()).or_else(|| lexical::given(action.relationship.as_ref()));
    name.map(|name| Reference { display: Some(name), ..Reference::default() })
}

fn purpose(action: &Action) -> Vec<Note<'_>> {
    lexical::said(action.purpose.as_ref()).map(Note::said).into_iter().collect()
}

fn extensions<'a>(saying: &Saying<'a>, action: &'a Action, doer: Option<Link>, is_task: bool) -> Vec<Extension<'a>> {
    let goal = saying.goal_named(action.goal_id.as_deref());
    let objective = saying.objective_named(action.objective_id.as_deref());
    let toward = goal.into_iter().chain(objective);
    let mut extensions: Vec<Extension<'a>> =
        toward.map(|link| Extension::of(extension::PERTAINS_TO_GOAL, Value::Reference(link))).collect();
    let codes = [
        ("actor", lexical::known(action.actor.as_ref())),
        ("voluntary", lexical::known(action.voluntary.as_ref())),
        ("chosenByPerson", lexical::known(action.chosen_by_person.as_ref())),
        ("peerFunction", lexical::known(action.peer_function.as_ref())),
        ("professionalFunction", lexical::known(action.professional_function.as_ref())),
        // A ServiceRequest is active whether planned or under way; a Task's status tells them apart.
        ("status", lexical::known(action.status.as_ref()).filter(|_| !is_task)),
    ];
    let texts = [
        ("setting", lexical::given(action.setting.as_ref())),
        ("modality", lexical::given(action.modality.as_ref())),
        ("frequency", lexical::given(action.frequency.as_ref()).filter(|_| is_task)),
        ("duration", lexical::given(action.duration.as_ref())),
    ];
    let codes = codes.into_iter().filter_map(|(url, code)| code.map(|code| Extension::of(url, Value::Code(code))));
    let texts = texts.into_iter().filter_map(|(url, text)| text.map(|text| Extension::of(url, Value::Text(text))));
    let mut parts: Vec<Extension<'a>> = codes.chain(texts).collect();
    let (_, name, relationship) = match doer {
        Some(link) => saying.people.told_of(link),
        None => (None, named(action).filter(|_| is_task).and_then(|named| named.display), None),
    };
    Extension::push_unlike(&mut parts, "actorName", lexical::given(action.actor_name.as_ref()), name);
    Extension::push_unlike(&mut parts, "relationship", lexical::given(action.relationship.as_ref()), relationship);
    extensions.extend(Extension::group(extension::ACTION_CHOICE, parts));
    extensions
}
