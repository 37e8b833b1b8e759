//! The team around the plan (CareTeam): the person, whoever met, and whoever of the person's own life does a step.
//!
//! Who is who is found in `people`.

use super::{Saying, Written, crosswalk};
use crate::{
    fhir::{
        claim,
        datatype::{Coding, Concept, Extension, Link, Reference, Value},
        lexical,
        resource::{self, CareTeamBody, Participant},
        system::{code, extension, profile, sid},
    },
    plan::planning::{self, ParticipantRole},
};

/// Writes the team; the person is always in it.
pub(super) fn write(saying: &Saying<'_>, written: &mut Written) {
    let participants = participants(saying);
    let core = participants.iter().all(|one| one.member.is_some() && !one.role.is_empty());
    let link = saying.link("CareTeam", &["team"]);
    let body = CareTeamBody {
        status: crosswalk::team_status(saying.plan.status.as_ref()),
        subject: Reference::from(saying.patient),
        participant: participants,
    };
    let head = saying.head(link, sid::TEAM, claim::chosen([(core, profile::CORE_CARE_TEAM)]));
    written.team = Some(link);
    written.record(resource::write(&head, &body));
}

fn participants<'a>(saying: &Saying<'a>) -> Vec<Participant<'a>> {
    let met = saying.plan.planning.as_ref().map_or(&[][..], |planning| &planning.participants);
    let mut all = Vec::with_capacity(met.len() + 2);
    if !met.iter().any(|one| one.role == Some(ParticipantRole::Person)) {
        all.push(plain(role_of(&ParticipantRole::Person, false), saying.patient));
    }
    for (one, member) in met.iter().zip(&saying.people.participants) {
        let role = one.role.as_ref().map(|role| role_of(role, true));
        all.push(Participant {
            extension: planning_part(saying, one, *member).into_iter().collect(),
            role: role.into_iter().collect(),
            member: member.map(|who| if one.is_peer() { saying.people.as_peer(who) } else { who }).map(Reference::from),
        });
    }
    for (link, concept) in saying.people.supporters_with_steps() {
        let concept = if concept.is_empty() { Concept::said("Natural support") } else { concept };
        all.push(plain(concept, link));
    }
    all.retain(|one| one.member.is_some() || !one.role.is_empty() || !one.extension.is_empty());
    all
}

fn plain(role: Concept<'_>, member: Link) -> Participant<'_> {
    Participant { extension: Vec::new(), role: vec![role], member: Some(Reference::from(member)) }
}

/// The role in standard codes where there is one, and in our own when it was recorded of a meeting.
fn role_of(role: &ParticipantRole, recorded: bool) -> Concept<'_> {
    let (standard, text) = crosswalk::role(role);
    let mut coding: Vec<Coding<'_>> =
        standard.map(|(system, code, display)| Coding::shown(system, code, display)).into_iter().collect();
    coding
        .extend(lexical::known(Some(role)).filter(|_| recorded).map(|own| Coding::of(code::OWN_PARTICIPANT_ROLE, own)));
    Concept { coding, text: Some(text), ..Concept::default() }
}

/// Their part in the planning.
fn planning_part<'a>(
    saying: &Saying<'a>,
    one: &'a planning::Participant,
    member: Option<Link>,
) -> Option<Extension<'a>> {
    let (reference, name, _) = member.map_or((None, None, None), |link| saying.people.told_of(link));
    let codes = [
        ("function", lexical::known(one.function.as_ref())),
        ("relationship", lexical::known(one.relationship.as_ref())),
        ("invitedByPerson", lexical::known(one.invited_by_person.as_ref())),
    ];
    let parts = codes.into_iter().filter_map(|(url, code)| code.map(|code| Extension::of(url, Value::Code(code))));
    let mut parts: Vec<Extension<'a>> = parts.collect();
    Extension::push_unlike(&mut parts, "ref", lexical::given(one.r#ref.as_ref()), reference);
    Extension::push_unlike(&mut parts, "name", lexical::given(one.name.as_ref()), name);
    Extension::group(extension::PARTICIPANT_PLANNING, parts)
}
