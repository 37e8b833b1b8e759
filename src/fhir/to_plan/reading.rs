//! The reading of one `CarePlan`: the plan as it grows, where each value stood, and which resources were drawn on.
//!
//! The parts of a plan are read by the files beside this one, in the order of `Reading::of`.

use std::collections::HashSet;

use sha2::{Digest, Sha256};

use super::{
    care_plan, goals, person, process, steps, synonym, team, told,
    world::{Entry, Node, World, type_and_id},
};
use crate::{
    fhir::system::{OWN_BASE, sid},
    plan::{Place, Places, Plan, place::Spot},
};

/// One `CarePlan` on its way to a plan.
pub(super) struct Reading<'w> {
    pub(super) world: &'w World<'w>,
    pub(super) care_plan: Node<'w>,
    pub(super) plan: Plan,
    pub(super) places: Places,
    /// Resources that the plan draws on.
    pub(super) used: HashSet<usize>,
    /// The Patient, when it is here.
    pub(super) patient: Option<usize>,
    /// The resource of each goal and objective, in the plan's order.
    pub(super) goals: Vec<usize>,
    pub(super) objectives: Vec<usize>,
    /// The resource of each strength that has one, with its key.
    pub(super) strengths: Vec<(usize, Option<String>)>,
    /// Notes on goals that wait for the reviews of their days.
    pub(super) notes: Vec<(Option<String>, Node<'w>)>,
    /// The Bundle is one that we wrote, and nobody took out what says so.
    pub(super) is_own: bool,
    /// What was tied to the plan by person and period alone, since the plan itself names none.
    pub(super) inferred: Vec<&'static str>,
}

/// Who stands behind a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// Whose plan it is.
    Person,
    /// Someone who decides for or with them.
    Guardian,
    /// Someone of their own life.
    Family,
    /// A peer supporter.
    Peer,
    /// A member of staff.
    Staff,
    /// A court or another agency.
    Court,
    /// An organization.
    Organization,
}

impl<'w> Reading<'w> {
    /// Reads a plan.
    pub(super) fn of(care_plan: Node<'w>) -> Self {
        let mut reading = Self {
            world: care_plan.world,
            care_plan,
            plan: Plan::default(),
            places: Places::starting_at(Place::default()),
            used: HashSet::from([care_plan.of]),
            patient: None,
            goals: Vec::new(),
            objectives: Vec::new(),
            strengths: Vec::new(),
            notes: Vec::new(),
            is_own: care_plan.items("identifier").iter().any(|one| one.says("system", sid::PLAN_VERSION)),
            inferred: Vec::new(),
        };
        person::read(&mut reading);
        care_plan::read(&mut reading);
        goals::read(&mut reading);
        told::read(&mut reading);
        steps::read(&mut reading);
        team::read(&mut reading);
        process::read(&mut reading);
        reading.version_of_all();
        reading
    }

    /// The version of a stranger's record: of the `CarePlan` together with all that it draws on, since a server counts the
    /// versions of each by itself. What has no version of its own stands there by its content.
    fn version_of_all(&mut self) {
        let Some(of_plan) = self.plan.source.record_version.take_if(|_| !self.is_own) else { return };
        let drawn_on = self.used.iter().filter(|at| **at != self.care_plan.of).map(|at| &self.world.entries[*at]);
        let version = |entry: &Entry<'_>| {
            let version =
                entry.value["meta"]["versionId"].as_str().map_or_else(|| entry.value.to_string(), str::to_owned);
            format!("{}/{}|{version}", entry.kind, entry.value["id"])
        };
        let mut versions: Vec<String> = drawn_on.filter(|entry| !entry.is_contained()).map(version).collect();
        versions.sort_unstable();
        self.plan.source.record_version = Some(if versions.is_empty() {
            of_plan
        } else {
            let digest = Sha256::digest(versions.join("\n"));
            format!("{of_plan}+{:02x}{:02x}{:02x}{:02x}", digest[0], digest[1], digest[2], digest[3])
        });
    }

    /// Whether a resource stands as we wrote it, so that what it leaves out was not in the plan.
    pub(super) fn wrote(&self, resource: Node<'_>) -> bool {
        self.is_own && resource.entry().is_ours
    }

    /// Reads a value that is text, and says where it stood.
    pub(super) fn read<T: for<'t> From<&'t str>>(&mut self, at: impl AsRef<str>, node: Option<Node<'w>>) -> Option<T> {
        let node = node?;
        let text = node.text()?;
        self.note(at, node);
        node.mark();
        Some(T::from(text))
    }

    /// Says where a part of the plan stood.
    pub(super) fn note(&mut self, at: impl AsRef<str>, node: Node<'w>) {
        self.places.note_spot(at.as_ref(), Spot::Element(&node.spot()));
    }

    /// The resource that a reference means, when it is here and may be read.
    pub(super) fn follow(&mut self, reference: Node<'w>) -> Option<Node<'w>> {
        let target = self.look(reference)?;
        reference.mark();
        self.used.insert(target.of);
        Some(target)
    }

    /// The same, without drawing on it yet.
    pub(super) fn look(&self, reference: Node<'w>) -> Option<Node<'w>> {
        let target = self.world.find(reference.value, reference.of)?;
        // What is withdrawn with its plan is read as the plan is.
        let is_withdrawn = self.care_plan.says("status", "entered-in-error");
        let target = self.world.node(target);
        Some(target)
            .filter(|target| target.is_usable() || is_withdrawn && target.is_current())
            .filter(|target| !self.is_about_another(*target))
    }

    /// A step of our own that was entered in error: it stays in the plan as such.
    pub(super) fn withdrawn(&self, reference: Node<'w>) -> Option<Node<'w>> {
        let target = self.world.node(self.world.find(reference.value, reference.of)?);
        Some(target).filter(|target| self.wrote(*target) && target.is_current() && !self.is_about_another(*target))
    }

    /// Whether a resource says of itself that it is about somebody else; then nothing of it comes into the plan.
    pub(super) fn is_about_another(&self, resource: Node<'w>) -> bool {
        let of_consent = (resource.entry().kind == "Consent").then_some("patient");
        let Some(of) =
            ["subject", "for"].into_iter().chain(of_consent).find_map(|name| resource.items(name).first().copied())
        else {
            return false;
        };
        let names_a_person = || match self.world.find(of.value, of.of) {
            Some(target) => self.world.entries[target].kind == "Patient",
            None => of.str("reference").map(type_and_id).is_some_and(|written| written.starts_with("Patient/")),
        };
        !self.is_person(of) && names_a_person()
    }

    /// Whether a reference means the person.
    pub(super) fn is_person(&self, reference: Node<'w>) -> bool {
        let written = |reference: Node<'w>| reference.str("reference").map(type_and_id);
        let subject = self.care_plan.get("subject");
        match self.world.find(reference.value, reference.of) {
            Some(target) => Some(target) == self.patient,
            None => written(reference).is_some() && written(reference) == subject.and_then(written),
        }
    }

    /// Whether a resource is about the person.
    pub(super) fn is_about_person(&self, resource: Node<'w>) -> bool {
        let of = ["subject", "patient", "for"].iter().find_map(|name| resource.items(name).first().copied());
        of.is_some_and(|of| self.is_person(of))
    }

    /// Who a reference means, as far as it tells.
    pub(super) fn who(&self, reference: Node<'w>) -> Option<Who> {
        if self.is_person(reference) {
            return Some(Who::Person);
        }
        let target = self.world.find(reference.value, reference.of).map(|target| self.world.node(target));
        let written = reference.str("reference").map(type_and_id).and_then(|written| written.split_once('/'));
        let kind =
            target.map(|target| target.entry().kind).or(reference.str("type")).or(written.map(|(kind, _)| kind))?;
        let is_peer = target.is_some_and(|target| {
            ["code", "specialty", "qualification"]
                .iter()
                .flat_map(|name| target.items(name))
                .any(|concept| synonym::is_peer_role(concept) || concept.get("code").is_some_and(synonym::is_peer_role))
        });
        let is_court = target.is_some_and(|target| {
            target.items("identifier").iter().any(|identifier| identifier.says("system", sid::STAFF_ROLE))
        });
        Some(match kind {
            "Practitioner" | "PractitionerRole" if is_peer => Who::Peer,
            "PractitionerRole" if is_court => Who::Court,
            "Practitioner" | "PractitionerRole" => Who::Staff,
            "RelatedPerson" => {
                let decides =
                    target.is_some_and(|one| one.items("relationship").iter().any(|one| synonym::decides(*one)));
                if decides { Who::Guardian } else { Who::Family }
            }
            "Organization" | "CareTeam" => Who::Organization,
            _ => return None,
        })
    }

    /// What somebody is called.
    pub(super) fn name_of(&mut self, reference: Node<'w>) -> Option<String> {
        let shown = reference.str("display").map(str::to_owned);
        let Some(target) = self.look(reference) else { return shown };
        self.used.insert(target.of);
        // Only one step: a role that names a role, or itself, would lead on without end.
        if let Some(inner) = target.get("practitioner") {
            let is_role = self.look(inner).is_some_and(|inner| inner.get("practitioner").is_some());
            return if is_role { inner.str("display").map(str::to_owned) } else { self.name_of(inner) }.or(shown);
        }
        if let Some(name) = target.get("name").filter(|name| name.value.is_string()) {
            name.mark();
            return name.text().map(str::to_owned);
        }
        let name = *target.items("name").first()?;
        if let Some(text) = name.str("text") {
            name.mark();
            return Some(text.to_owned());
        }
        let parts: Vec<&str> =
            name.items("given").into_iter().chain(name.get("family")).filter_map(Node::text).collect();
        name.mark();
        (!parts.is_empty()).then(|| parts.join(" ")).or(shown)
    }

    /// The key of a part of the plan: the source's own where we wrote it beside ours, else an identifier, else the id.
    pub(super) fn key_of(&mut self, at: &str, list: &str, resource: Node<'w>) -> Option<String> {
        for identifier in resource.items("identifier") {
            let (Some(system), Some(value)) = (identifier.str("system"), identifier.get("value")) else { continue };
            if system.starts_with(OWN_BASE) && system.ends_with("/part") {
                identifier.mark();
                self.note(at, value);
                let cut = format!("#{list}/");
                return value.text()?.split_once(&cut).map(|(_, key)| key.to_owned());
            }
        }
        if self.wrote(resource) {
            return None;
        }
        let given = resource.items("identifier").into_iter().find_map(|identifier| identifier.get("value"));
        self.read(at, given.or(resource.get("id")))
    }

    /// The goals that a resource names in `resource-pertainsToGoal`, as places among the goals, and the same for objectives.
    pub(super) fn goals_named(&mut self, references: Vec<Node<'w>>) -> (Vec<usize>, Vec<usize>) {
        let (mut goals, mut objectives) = (Vec::new(), Vec::new());
        for reference in references {
            let Some(target) = self.world.find(reference.value, reference.of) else { continue };
            let goal = self.goals.iter().position(|one| *one == target);
            let objective = self.objectives.iter().position(|one| *one == target);
            if goal.or(objective).is_some() {
                reference.mark();
            }
            goals.extend(goal);
            objectives.extend(objective);
        }
        (goals, objectives)
    }
}
