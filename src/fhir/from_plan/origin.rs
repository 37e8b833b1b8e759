//! Where in the plan a resource comes from whose fields others may change: what is read back finds its place by it.
//!
//! Ids are made here exactly as they are where the resources are written; a test holds both together.

use uuid::Uuid;

use super::{Ground, Saying};
use crate::{
    fhir::{Ids, datatype::Link},
    plan::{Action, Plan, action::Actor, goal::ExpressedBy},
    rules::Gates,
};

/// A resource and the part of the plan that it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Resource type.
    pub kind: &'static str,
    /// Our id.
    pub id: Uuid,
    /// JSON pointer into the plan; of what is told, to the text itself.
    pub pointer: String,
    /// What sort of part it is.
    pub part: Part,
    /// Whether its text is the person's: everything they told, and every goal that no professional expressed.
    pub is_persons: bool,
}

/// The sorts of parts that come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The plan as a whole.
    Plan,
    /// What the person wants.
    Goal,
    /// A measurable step.
    Objective,
    /// The signs that less support is needed.
    Transition,
    /// A strength, or anything else that the person told.
    Told,
    /// A service by a professional or peer.
    Service,
}

/// The origins of a plan's resources, the plan itself first.
pub fn origins(plan: &Plan, ids: &Ids) -> Vec<Origin> {
    let ground = Ground::of(plan);
    let key = ground.plan_key(plan);
    let saying = Saying::new(plan, ids, Gates::default(), &ground, &key);
    let mut origins = vec![origin(saying.care_plan, String::new(), Part::Plan, false)];
    let by_staff = [ExpressedBy::Staff, ExpressedBy::CourtOrAgency];
    for (at, (goal, link)) in plan.goals.iter().zip(&saying.goals).enumerate() {
        let is_persons = goal.statement.expressed_by.as_ref().is_none_or(|by| !by_staff.contains(by));
        origins.push(origin(*link, format!("/goals/{at}"), Part::Goal, is_persons));
        let why = saying.link("Observation", &["of-goal", &link.id.to_string(), "why-it-matters"]);
        origins.push(origin(why, format!("/goals/{at}/why_it_matters"), Part::Told, true));
    }
    let objectives = saying.objectives.iter().enumerate();
    origins.extend(objectives.map(|(at, link)| origin(*link, format!("/objectives/{at}"), Part::Objective, false)));
    origins.push(origin(saying.link("Goal", &["transition"]), "/transition".to_owned(), Part::Transition, true));
    told(&saying, &mut origins);
    services(&saying, &mut origins);
    origins
}

fn told(saying: &Saying<'_>, origins: &mut Vec<Origin>) {
    let plan = saying.plan;
    let strengths = plan.strengths.iter().map(|one| one.strength_id.as_deref());
    let barriers = plan.barriers.iter().map(|one| one.id.as_deref());
    let lists = [
        ("strengths", saying.links("Observation", "strength", strengths)),
        ("barriers", saying.links("Observation", "barrier", barriers)),
        ("preferences", saying.links("Observation", "preference", plan.preferences.iter().map(|_| None))),
    ];
    for (list, links) in lists {
        let texts = links.into_iter().enumerate();
        origins.extend(texts.map(|(at, link)| origin(link, format!("/{list}/{at}/text"), Part::Told, true)));
    }
    let single = [
        ("vision", "vision"),
        ("important-to-me", "important_to_me"),
        ("what-gives-life", "what_gives_life"),
        ("culture", "culture"),
        ("faith", "faith"),
        ("own-explanation", "how_i_understand_it"),
    ];
    for (concept, field) in single {
        let link = saying.link("Observation", &["whole-person", concept, "1"]);
        origins.push(origin(link, format!("/whole_person/{field}"), Part::Told, true));
    }
    let counts = plan.whole_person.as_ref().map_or([0, 0], |whole| [whole.roles.len(), whole.interests.len()]);
    for ((concept, field), count) in [("role", "roles"), ("interest", "interests")].into_iter().zip(counts) {
        for at in 0..count {
            let link = saying.link("Observation", &["whole-person", concept, &(at + 1).to_string()]);
            origins.push(origin(link, format!("/whole_person/{field}/{at}"), Part::Told, true));
        }
    }
    let described = saying.link("Observation", &["whole-person", "how-described", "1"]);
    origins.push(origin(described, "/person/how_described".to_owned(), Part::Told, true));
}

fn services(saying: &Saying<'_>, origins: &mut Vec<Origin>) {
    let kind_of = |action: &Action| match action.actor {
        Some(Actor::Professional | Actor::Peer) => "ServiceRequest",
        _ => "Task",
    };
    let actions = &saying.plan.actions;
    let links = saying.links_of("action", actions.iter().map(|action| (kind_of(action), action.id.as_deref())));
    for (at, link) in links.into_iter().enumerate().filter(|(_, link)| link.kind == "ServiceRequest") {
        origins.push(origin(link, format!("/actions/{at}"), Part::Service, false));
    }
}

fn origin(link: Link, pointer: String, part: Part, is_persons: bool) -> Origin {
    Origin { kind: link.kind, id: link.id, pointer, part, is_persons }
}
