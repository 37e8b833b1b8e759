//! Who took part in the planning, from CareTeam and `CarePlan.author`.
//!
//! In a team that we wrote only those recorded of the meeting are read; the others are there because they do a step.

use super::{
    reading::{Reading, Who},
    synonym,
    world::Node,
};
use crate::{
    fhir::system::{OWN_BASE, code, extension},
    plan::planning::{Participant, ParticipantFunction, ParticipantRole, Planning, Relationship, TookPart},
};

/// Reads the team.
pub(super) fn read(reading: &mut Reading<'_>) {
    let care_plan = reading.care_plan;
    for reference in care_plan.items("careTeam") {
        let Some(team) = reading.follow(reference) else { continue };
        for name in ["status", "subject"] {
            team.get(name).iter().for_each(|one| one.mark());
        }
        for member in team.items("participant") {
            participant(reading, team, member);
        }
    }
    if !reading.is_own {
        authors(reading, care_plan);
        let hands = care_plan.items("contributor").into_iter().chain(care_plan.get("author"));
        let own: Vec<_> = hands.filter(|one| reading.is_person(*one)).collect();
        own.iter().for_each(|one| one.mark());
        if !own.is_empty() {
            planning(reading).person_took_part.get_or_insert(TookPart::Yes);
        }
    }
}

/// What is known of the planning.
pub(super) fn planning<'r>(reading: &'r mut Reading<'_>) -> &'r mut Planning {
    reading.plan.planning.get_or_insert_with(Planning::default)
}

fn participant<'w>(reading: &mut Reading<'w>, team: Node<'w>, one: Node<'w>) {
    let roles = one.items("role");
    let own = roles.iter().find_map(|role| role.code_in(&[code::OWN_PARTICIPANT_ROLE]));
    let part = one.extensions(extension::PARTICIPANT_PLANNING).first().copied();
    if reading.wrote(team) && own.is_none() && part.is_none() && !roles.is_empty() {
        one.mark();
        return;
    }
    let place = reading.plan.planning.as_ref().map_or(0, |planning| planning.participants.len());
    let at = |field: &str| format!("/planning/participants/{place}{field}");
    reading.note(at(""), one);
    let recorded = part;
    let part = |url: &str| part.and_then(|part| part.part(url));
    let mut read = Participant {
        role: reading.read(at("/role"), own),
        relationship: reading.read(at("/relationship"), part("relationship")),
        function: reading.read(at("/function"), part("function")),
        invited_by_person: reading.read(at("/invited_by_person"), part("invitedByPerson")),
        ..Participant::default()
    };
    let member = one.get("member");
    if !reading.wrote(team) {
        let who = member.and_then(|member| reading.who(member));
        read.role = read.role.or_else(|| roles.iter().find_map(|role| synonym::role(*role))).or_else(|| role_of(who?));
        let by_role = (read.role == Some(ParticipantRole::Peer)).then_some(Relationship::Peer);
        read.relationship = read.relationship.or(by_role).or_else(|| relationship(who?));
    }
    if let Some(member) = member.filter(|member| !reading.is_person(*member)) {
        read.r#ref = staff_key(reading, member);
        read.name = reading.name_of(member);
        reading.follow(member);
    }
    for (url, slot) in [("ref", &mut read.r#ref), ("name", &mut read.name)] {
        let Some(told) = recorded.and_then(|part| part.extensions(url).first().copied()) else { continue };
        *slot = reading.read(at(&format!("/{url}")), told.any_value());
    }
    one.mark();
    planning(reading).participants.push(read);
}

fn role_of(who: Who) -> Option<ParticipantRole> {
    Some(match who {
        Who::Person => ParticipantRole::Person,
        Who::Guardian => ParticipantRole::Guardian,
        Who::Family => ParticipantRole::Family,
        Who::Peer => ParticipantRole::Peer,
        Who::Staff => ParticipantRole::Clinician,
        Who::Court | Who::Organization => return None,
    })
}

fn relationship(who: Who) -> Option<Relationship> {
    Some(match who {
        Who::Guardian | Who::Family => Relationship::Natural,
        Who::Peer => Relationship::Peer,
        Who::Staff => Relationship::Professional,
        Who::Person | Who::Court | Who::Organization => return None,
    })
}

/// The agency's own key of a member of staff.
fn staff_key(reading: &Reading<'_>, member: Node<'_>) -> Option<String> {
    let target = reading.look(member)?;
    let target = target.get("practitioner").and_then(|inner| reading.look(inner)).unwrap_or(target);
    let is_ours = reading.wrote(target);
    let identifiers = target.items("identifier");
    let mut theirs = identifiers.iter().filter(|one| {
        one.str("system").is_some_and(|system| {
            if is_ours {
                system.starts_with(OWN_BASE) && system.ends_with("/staff") && system.contains("/agency/")
            } else {
                true
            }
        })
    });
    let key = theirs.next()?.get("value")?;
    key.mark();
    key.text().map(str::to_owned)
}

/// Whoever wrote the plan is one of its people, on the team or not.
fn authors<'w>(reading: &mut Reading<'w>, care_plan: Node<'w>) {
    let Some(author) = care_plan.get("author") else { return };
    let Some(who) = reading.who(author) else { return };
    let name = if who == Who::Person { None } else { reading.name_of(author) };
    let key = staff_key(reading, author);
    reading.follow(author);
    author.mark();
    let role = role_of(who);
    let known = planning(reading).participants.iter_mut().find(|one| {
        let is_same = if who == Who::Person { one.role == role } else { one.name == name && one.r#ref == key };
        is_same && one.function.is_none()
    });
    if let Some(known) = known {
        known.function = Some(ParticipantFunction::Author);
        return;
    }
    let place = planning(reading).participants.len();
    reading.note(format!("/planning/participants/{place}"), author);
    let (function, relationship) = (Some(ParticipantFunction::Author), relationship(who));
    let one = Participant { r#ref: key, name, role, relationship, function, ..Participant::default() };
    planning(reading).participants.push(one);
}
