//! Where words and record came from (Provenance): one for the words of each speaker, one for the record's own way.
//!
//! Their targets never overlap, so that each can be found again by a target and its time. Without any date there is none,
//! since FHIR wants to know when.

use std::borrow::Cow;

use super::{Saying, Written, observations, speaker};
use crate::{
    fhir::{
        claim,
        datatype::{Coding, Concept, Extension, Identifier, IdentifierValue, Link, Reference, Value},
        label, lexical,
        resource::{self, Agent, Entity, Head, ProvenanceBody},
        system::{code, extension, profile, sid},
    },
    plan::goal::{AttestedBy, CaptureMethod, ExpressedBy, Statement},
};

/// Who gave words, and in which part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spoken(Vec<(&'static str, Link)>);

/// Words of one speaker.
pub(super) struct Words {
    spoken: Spoken,
    targets: Vec<Link>,
}

impl Words {
    /// Adds words to those of the same speaker.
    pub(super) fn join(all: &mut Vec<Self>, target: Link, spoken: Spoken) {
        match all.iter_mut().find(|words| words.spoken == spoken) {
            Some(words) => words.targets.push(target),
            None => all.push(Self { spoken, targets: vec![target] }),
        }
    }
}

impl Spoken {
    /// Who gave the words of a goal; nothing where the record does not say.
    pub(super) fn of_goal(saying: &Saying<'_>, statement: &Statement) -> Option<Self> {
        let speaker = speaker::speaker_of(statement);
        let by = speaker::reference(saying, speaker);
        let mut agents = agents(saying, speaker, by, statement.capture_method.as_ref());
        let attester = statement.attestation.as_ref().and_then(|attestation| match attestation.by {
            Some(AttestedBy::Person) => Some(saying.patient),
            Some(AttestedBy::StaffWitness) => staff(saying),
            _ => None,
        });
        agents.extend(attester.map(|who| ("attester", who)));
        Self::or_none(agents)
    }

    /// Who told a strength.
    pub(super) fn of_teller(saying: &Saying<'_>, speaker: Option<&ExpressedBy>, teller: Option<Link>) -> Option<Self> {
        Self::or_none(agents(saying, speaker, teller, None))
    }

    fn or_none(agents: Vec<(&'static str, Link)>) -> Option<Self> {
        (!agents.is_empty()).then_some(Self(agents))
    }
}

/// The agents of fhir.md, 4.1.
fn agents(
    saying: &Saying<'_>,
    speaker: Option<&ExpressedBy>,
    by: Option<Link>,
    capture: Option<&CaptureMethod>,
) -> Vec<(&'static str, Link)> {
    let (Some(speaker), Some(by)) = (speaker, by) else { return Vec::new() };
    let enterer = staff(saying).or(saying.organization).map(|who| ("enterer", who));
    let by_others = matches!(capture, Some(CaptureMethod::StaffSummary | CaptureMethod::SelectedFromList));
    let mut agents = Vec::with_capacity(4);
    if observations::is_person(Some(speaker)) {
        if label::wrote(capture) {
            agents.push(("author", by));
        } else if by_others {
            agents.push(("informant", by));
            agents.extend(staff(saying).map(|who| ("author", who)));
        } else if capture.is_some_and(CaptureMethod::is_person_given) && *speaker == ExpressedBy::Person {
            agents.extend([("informant", by), ("author", by)]);
            agents.extend(enterer);
        } else {
            agents.push(("informant", by));
        }
    } else if matches!(speaker, ExpressedBy::Guardian | ExpressedBy::Family) {
        agents.push((if label::wrote(capture) { "author" } else { "informant" }, by));
    } else {
        agents.push(("author", by));
    }
    agents
}

/// The member of staff who leads the planning.
fn staff(saying: &Saying<'_>) -> Option<Link> {
    saying.people.planner.filter(|link| link.kind == "Practitioner" && saying.organization.is_some())
}

/// Writes the Provenances.
pub(super) fn write<'a>(saying: &Saying<'a>, written: &mut Written) {
    let Some(recorded) = recorded(saying) else { return };
    let words = std::mem::take(&mut written.words);
    for (at, words) in words.into_iter().enumerate() {
        let link = saying.link("Provenance", &["words", &(at + 1).to_string()]);
        let mut agent: Vec<Agent<'a>> =
            words.spoken.0.iter().filter_map(|(role, who)| agent(saying, role, *who)).collect();
        agent.extend(senders(saying));
        let target = words.targets.into_iter().map(|link| target(saying, link)).collect();
        let body = ProvenanceBody {
            target,
            occurred_date_time: saying.told_on,
            recorded: recorded.clone(),
            agent,
            entity: entities(saying),
        };
        write_one(saying, link, &body, written);
    }
    let author = saying.organization.and_then(|who| agent(saying, "author", who));
    let body = ProvenanceBody {
        target: std::mem::take(&mut written.recorded).into_iter().map(Reference::from).collect(),
        occurred_date_time: None,
        recorded,
        agent: author.into_iter().chain(senders(saying)).collect(),
        entity: entities(saying),
    };
    write_one(saying, saying.link("Provenance", &["record"]), &body, written);
}

fn write_one<'a>(saying: &Saying<'a>, link: Link, body: &ProvenanceBody<'a>, written: &mut Written) {
    if body.agent.is_empty() {
        return;
    }
    // US Core's own PractitionerRole wants a way to reach it, which no plan gives.
    let by_role = body.agent.iter().any(|agent| agent.who.reference.is_some_and(|who| who.kind == "PractitionerRole"));
    let profiles = claim::chosen([(!by_role, profile::CORE_PROVENANCE)]);
    let head = Head { identifier: Vec::new(), ..saying.head(link, sid::PLAN, profiles) };
    written.resources.push(resource::write(&head, body));
}

/// When the record left its source, else noon of the nearest day the plan knows; never the time of writing.
fn recorded<'a>(saying: &Saying<'a>) -> Option<Cow<'a, str>> {
    let plan = saying.plan;
    if let Some(exported) = lexical::instant(plan.source.exported_at.as_ref()) {
        return Some(Cow::Borrowed(exported));
    }
    let met = plan.planning.as_ref().and_then(|planning| planning.meeting_date.as_ref());
    let days = [plan.source.exported_at.as_ref(), plan.finalized_on.as_ref(), met, plan.period.start.as_ref()];
    let day = days.into_iter().find_map(|day| lexical::date(day).filter(|day| day.len() == 10))?;
    Some(Cow::Owned(format!("{day}T12:00:00Z")))
}

/// A target; of a goal it is the words themselves.
fn target<'a>(saying: &Saying<'a>, link: Link) -> Reference<'a> {
    let is_goal = saying.goals.contains(&link);
    let element = Extension::of(extension::TARGET_ELEMENT, Value::Uri("own-words"));
    Reference { extension: is_goal.then_some(element).into_iter().collect(), ..Reference::from(link) }
}

/// An agent; a member of staff acts for the agency, and without one cannot be named.
fn agent<'a>(saying: &Saying<'a>, role: &'static str, who: Link) -> Option<Agent<'a>> {
    let acts_for = (who.kind == "Practitioner").then_some(saying.organization);
    if acts_for == Some(None) {
        return None;
    }
    Some(Agent {
        kind: Concept::of(code::PROVENANCE_ROLE, role),
        who: Reference::from(who),
        on_behalf_of: acts_for.flatten().map(Reference::from),
    })
}

/// The agency that sent the record, and this software, which put it together in its name.
fn senders<'a>(saying: &Saying<'a>) -> impl Iterator<Item = Agent<'a>> {
    let agency = saying.organization;
    let sent = agency.map(|agency| Agent {
        kind: Concept {
            coding: vec![
                Coding::of(code::CORE_PROVENANCE_ROLE, "transmitter"),
                Coding::of(code::PROVENANCE_ROLE, "transmitter"),
            ],
            ..Concept::default()
        },
        who: Reference::from(agency),
        on_behalf_of: None,
    });
    let assembled = agency.map(|agency| Agent {
        kind: Concept::of(code::PROVENANCE_ROLE, "assembler"),
        who: Reference {
            kind: Some("Device"),
            identifier: Some(Box::new(Identifier::theirs(sid::SOFTWARE, "ownwords"))),
            display: Some("ownwords"),
            ..Reference::default()
        },
        on_behalf_of: Some(Reference::from(agency)),
    });
    sent.into_iter().chain(assembled)
}

/// The record it came from and the mapping that read it, each with its version behind a bar.
fn entities<'a>(saying: &Saying<'a>) -> Vec<Entity<'a>> {
    let source = &saying.plan.source;
    let record = versioned(source.record_id.as_ref(), source.record_version.as_ref());
    let mapping = versioned(source.mapping_id.as_ref(), source.mapping_version.as_ref());
    let entity = |role, system, value, assigner: Option<&'a str>| Entity {
        role,
        what: Reference {
            identifier: Some(Box::new(Identifier {
                system: Some(system),
                value: Some(IdentifierValue::Joined(value)),
                assigner: assigner.map(|name| Box::new(Reference { display: Some(name), ..Reference::default() })),
                ..Identifier::default()
            })),
            ..Reference::default()
        },
    };
    let keeper = lexical::given(source.system.as_ref());
    let record = record.map(|value| entity("source", sid::SOURCE_RECORD, value, keeper));
    record.into_iter().chain(mapping.map(|value| entity("derivation", sid::MAPPING, value, None))).collect()
}

fn versioned(id: Option<&String>, version: Option<&String>) -> Option<String> {
    let id = lexical::given(id)?;
    Some(match lexical::given(version) {
        Some(version) => format!("{id}|{version}"),
        None => id.to_owned(),
    })
}
