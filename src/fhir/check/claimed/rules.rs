//! The invariants of our own profiles, and those of US Core that these inherit: each the `FHIRPath` of its definition, said as a
//! function over the text. Every one that a definition of ours names is here, which a test holds.

use std::borrow::Cow;

use super::world::World;
use crate::fhir::{
    check::tape::Tape,
    system::{OWN_BASE, code},
};

/// An invariant.
pub(super) struct Rule {
    /// Its key in the definition.
    pub(super) key: &'static str,
    pub(super) holds: fn(&Asked<'_, '_>) -> Says,
}

/// What an invariant says of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    Yes,
    No,
    /// What it asks for stands in another text.
    Unknown,
}

impl From<bool> for Says {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

/// An object, and the resource that it is or is part of.
pub(super) struct Asked<'l, 't> {
    pub(super) tape: &'l Tape<'t>,
    pub(super) world: &'l World<'t>,
    pub(super) node: usize,
    pub(super) resource: usize,
}

const ALL: &[Rule] = &[
    Rule { key: "ow-bundle-1", holds: |asked| asked.entries("CarePlan").next().is_some().into() },
    Rule { key: "ow-bundle-2", holds: |asked| words_are_given(asked).into() },
    Rule { key: "ow-goal-1", holds: |asked| has_words(asked, asked.node).into() },
    Rule {
        key: "ow-goal-2",
        holds: |asked| asked.at(&["description", "id"]).is_some_and(|id| asked.says(id, "own-words")).into(),
    },
    Rule { key: "ow-goal-3", holds: |asked| a_speaker_is_known(asked).into() },
    Rule { key: "ow-objective-1", holds: |asked| is_objective_alone(asked).into() },
    Rule { key: "ow-plan-1", holds: |asked| has_part(asked, "goal", "goal", is_standing_goal) },
    Rule { key: "ow-plan-2", holds: |asked| has_part(asked, "supportingInfo", "strengths", is_strength) },
    Rule { key: "ow-provenance-1", holds: |asked| words_have_a_giver(asked).into() },
    Rule {
        key: "ow-section-1",
        holds: |asked| {
            let value = asked.tape.said(asked.node, "valueCode");
            value.is_some_and(|value| value == "goal" || value == "strengths").into()
        },
    },
    Rule {
        key: "ow-strength-1",
        holds: |asked| asked.is_coded(asked.node, "category", OBSERVATION_CATEGORY, &["social-history"]).into(),
    },
    Rule { key: "ow-team-1", holds: |asked| is_in_own_team(asked).into() },
    Rule { key: "ow-words-1", holds: |asked| is_said(asked, asked.node, "valueString").into() },
    Rule { key: "provenance-1", holds: acts_for_someone },
    Rule {
        key: "us-core-1",
        holds: |asked| (asked.tape.string(asked.node).is_none_or(|moment| moment.len() >= 10)).into(),
    },
    Rule { key: "us-core-2", holds: |asked| says_something(asked).into() },
    Rule {
        key: "us-core-3",
        holds: |asked| {
            let system = asked.at(&["valueQuantity", "system"]);
            system.is_none_or(|system| asked.says(system, "http://unitsofmeasure.org")).into()
        },
    },
    Rule { key: "us-core-6", holds: |asked| is_named(asked).into() },
];

const OBSERVATION_CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/observation-category";
const ABSENT: &str = "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
const TARGET_ELEMENT: &str = "http://hl7.org/fhir/StructureDefinition/targetElement";
const PCO: &str = "http://hl7.org/fhir/us/pco/CodeSystem/pco-concepts-temporary";
const ELTSS: &str = "http://hl7.org/fhir/us/eltss/CodeSystem/eltss-observation-codes-temporary";
const STANDING: [&str; 6] = ["proposed", "planned", "accepted", "active", "on-hold", "completed"];

/// The invariant of a key, where it is one of these.
pub(super) fn named(key: &str) -> Option<&'static Rule> {
    ALL.iter().find(|rule| rule.key == key)
}

impl<'t> Asked<'_, 't> {
    fn of(&self, node: usize, name: &str) -> Vec<usize> {
        let member = self.tape.member(node, name);
        member
            .map(|member| super::items(self.tape, member))
            .unwrap_or_default()
            .into_iter()
            .map(|item| item.1)
            .collect()
    }

    fn at(&self, names: &[&str]) -> Option<usize> {
        names.iter().try_fold(self.node, |node, name| self.tape.member(node, name))
    }

    fn says(&self, node: usize, text: &str) -> bool {
        self.tape.string(node).is_some_and(|own| own == text)
    }

    fn reference(&self, node: usize, name: &str) -> Option<Cow<'t, str>> {
        self.tape.member(node, name).and_then(|one| self.tape.said(one, "reference"))
    }

    /// The codings of a concept, or of several.
    fn codings(&self, node: usize, name: &str) -> Vec<usize> {
        self.of(node, name).into_iter().flat_map(|concept| self.of(concept, "coding")).collect()
    }

    fn is_coded(&self, node: usize, name: &str, system: &str, codes: &[&str]) -> bool {
        let said = |coding: usize, name: &str| self.tape.said(coding, name);
        self.codings(node, name).into_iter().any(|coding| {
            (system.is_empty() || said(coding, "system").is_some_and(|own| own == system))
                && (codes.is_empty() || said(coding, "code").is_some_and(|code| codes.contains(&&*code)))
        })
    }

    fn extensions(&self, node: usize, url: &str) -> Vec<usize> {
        let mut all = self.of(node, "extension");
        all.retain(|one| self.tape.said(*one, "url").is_some_and(|own| own == url));
        all
    }

    /// The resources of a type in the entries of a Bundle.
    fn entries(&self, kind: &str) -> impl Iterator<Item = usize> {
        let mut all: Vec<usize> =
            self.of(self.node, "entry").into_iter().filter_map(|entry| self.tape.member(entry, "resource")).collect();
        all.retain(|one| self.tape.said(*one, "resourceType").is_some_and(|own| own == kind));
        all.into_iter()
    }
}

fn own(name: &str) -> String {
    format!("{OWN_BASE}StructureDefinition/{name}")
}

fn is_said(asked: &Asked<'_, '_>, node: usize, name: &str) -> bool {
    asked.tape.said(node, name).is_some_and(|text| !text.trim().is_empty())
}

fn has_words(asked: &Asked<'_, '_>, goal: usize) -> bool {
    asked.tape.member(goal, "description").is_some_and(|description| is_said(asked, description, "text"))
}

fn a_speaker_is_known(asked: &Asked<'_, '_>) -> bool {
    if asked.tape.member(asked.node, "expressedBy").is_some() {
        let by = asked.reference(asked.node, "expressedBy");
        return by.is_some() && by == asked.reference(asked.node, "subject");
    }
    !asked.extensions(asked.node, &own("words-capture")).is_empty()
}

fn is_objective_alone(asked: &Asked<'_, '_>) -> bool {
    asked.is_coded(asked.node, "category", code::OWN_GOAL_KIND, &["objective"])
        && !asked.is_coded(asked.node, "category", PCO, &[])
}

fn is_standing_goal(asked: &Asked<'_, '_>, goal: usize) -> bool {
    let status = asked.tape.said(goal, "lifecycleStatus");
    let is_part = asked.is_coded(goal, "category", code::OWN_GOAL_KIND, &["objective", "transition-criteria"]);
    status.is_some_and(|status| STANDING.contains(&&*status)) && has_words(asked, goal) && !is_part
}

fn is_strength(asked: &Asked<'_, '_>, observation: usize) -> bool {
    asked.is_coded(observation, "code", ELTSS, &["strength"]) && is_said(asked, observation, "valueString")
}

/// Whether a plan has a part, or says why it has none.
fn has_part(asked: &Asked<'_, '_>, element: &str, section: &str, is_one: fn(&Asked<'_, '_>, usize) -> bool) -> Says {
    let says_why = asked.extensions(asked.node, &own("section-absence")).into_iter().any(|absence| {
        let sections = asked.extensions(absence, "section");
        sections.into_iter().any(|one| asked.tape.said(one, "valueCode").is_some_and(|code| code == section))
    });
    if says_why {
        return Says::Yes;
    }
    let mut is_elsewhere = false;
    for item in asked.of(asked.node, element) {
        let Some(reference) = asked.tape.said(item, "reference") else { continue };
        match asked.world.resolve(asked.tape, asked.resource, &reference) {
            Some(found) if is_one(asked, found) => return Says::Yes,
            Some(_) => {}
            None => is_elsewhere = true,
        }
    }
    if is_elsewhere { Says::Unknown } else { Says::No }
}

fn words_have_a_giver(asked: &Asked<'_, '_>) -> bool {
    let is_pointed = asked.of(asked.node, "target").into_iter().any(|target| {
        let all = asked.extensions(target, TARGET_ELEMENT);
        all.into_iter().any(|one| asked.tape.said(one, "valueUri").is_some_and(|id| id == "own-words"))
    });
    let gives = |agent: usize| asked.is_coded(agent, "type", "", &["informant", "author", "attester"]);
    is_pointed && asked.of(asked.node, "agent").into_iter().any(gives)
}

fn words_are_given(asked: &Asked<'_, '_>) -> bool {
    let claims = |plan: usize| {
        let meta = asked.tape.member(plan, "meta");
        let all = meta.map(|meta| asked.of(meta, "profile")).unwrap_or_default();
        all.into_iter().any(|claim| asked.says(claim, &own("pcrp-careplan")))
    };
    let by_person = |goal: usize| {
        let by = asked.reference(goal, "expressedBy");
        by.is_some() && by == asked.reference(goal, "subject")
    };
    let is_agent = |agent: usize| {
        asked.is_coded(agent, "type", "", &["informant", "author"])
            && asked.reference(agent, "who").is_some_and(|who| who.contains("Patient/"))
    };
    !asked.entries("CarePlan").any(claims)
        || asked.entries("Goal").any(by_person)
        || asked.entries("Provenance").any(|one| asked.of(one, "agent").into_iter().any(is_agent))
}

fn is_in_own_team(asked: &Asked<'_, '_>) -> bool {
    let person = asked.reference(asked.resource, "subject");
    let members = asked.of(asked.node, "participant");
    person.is_some() && members.into_iter().any(|one| asked.reference(one, "member") == person)
}

fn acts_for_someone(asked: &Asked<'_, '_>) -> Says {
    let who = asked.reference(asked.node, "who");
    let kind = who.and_then(|who| asked.world.kind_of(asked.tape, asked.resource, &who));
    let needs_one = kind.is_some_and(|kind| kind == "Practitioner" || kind == "Device");
    (!needs_one || asked.tape.member(asked.node, "onBehalfOf").is_some()).into()
}

fn says_something(asked: &Asked<'_, '_>) -> bool {
    let is_value = |at: usize| {
        let rest = asked.tape.name(at).trim_start_matches('_').strip_prefix("value").unwrap_or_default();
        rest.starts_with(|letter: char| letter.is_ascii_uppercase())
    };
    let has = |name: &str| asked.tape.member(asked.node, name).is_some();
    has("component") || has("hasMember") || has("dataAbsentReason") || asked.tape.within(asked.node).any(is_value)
}

fn is_named(asked: &Asked<'_, '_>) -> bool {
    let has = |name: &str| {
        asked.tape.member(asked.node, name).is_some() || asked.tape.member(asked.node, &format!("_{name}")).is_some()
    };
    (has("family") || has("given")) == asked.extensions(asked.node, ABSENT).is_empty()
}

#[cfg(test)]
mod tests {
    use super::{super::shape::asked_for, ALL, named};

    #[test]
    fn every_invariant_of_ours_is_held() {
        let ours = |key: &&String| key.starts_with("ow-") || key.starts_with("us-core-") || *key == "provenance-1";
        let keys = asked_for();
        let missing: Vec<&String> = keys.iter().filter(ours).filter(|key| named(key).is_none()).collect();
        assert!(missing.is_empty(), "no function for {missing:?}");
        assert!(ALL.iter().all(|rule| keys.contains(rule.key)), "an invariant that nothing asks for");
    }
}
