//! Everybody besides the person: staff (Practitioner) and the people of the person's own life (`RelatedPerson`), each once.
//!
//! Names are matched as written and only within one plan. Who leads the planning is found here; the team itself is in `team`.

use uuid::Uuid;

use super::{Saying, Written, crosswalk, signing};
use crate::{
    fhir::{
        claim,
        datatype::{Beside, Coding, Concept, Identifier, Link, Meta, Reference},
        lexical,
        resource::{self, Head, HumanName, PractitionerBody, PractitionerRoleBody, RelatedPersonBody, Telecom},
        system::{code, profile, sid},
    },
    plan::{
        action::Actor,
        crisis::HealthcareAgent,
        goal::ExpressedBy,
        planning::{Participant, ParticipantFunction, ParticipantRole, Relationship},
        strength::ToldBy,
    },
};

/// Who is who in one plan.
#[derive(Default)]
pub(super) struct People<'a> {
    staff: Vec<Staff<'a>>,
    supporters: Vec<Supporter<'a>>,
    /// The resource of each participant, in the plan's order.
    pub(super) participants: Vec<Option<Link>>,
    /// The resource of whoever does each action.
    pub(super) actors: Vec<Option<Link>>,
    /// The resource of each healthcare agent, as far as the plan says who it is.
    pub(super) agents: Vec<Option<Link>>,
    /// Who leads the planning or writes the plan; never a peer.
    pub(super) planner: Option<Link>,
    /// Who speaks for the guardian, the family, the staff, a peer, and a court or agency, where words are theirs.
    pub(super) guardian: Option<Link>,
    pub(super) family: Option<Link>,
    pub(super) one_of_staff: Option<Link>,
    pub(super) peer: Option<Link>,
    pub(super) court_or_agency: Option<Link>,
    /// Who signed in the person's place, where somebody did.
    pub(super) representative: Option<Link>,
    /// Those of the staff who are peer specialists, and their role.
    peer_roles: Vec<(Link, Link)>,
}

struct Staff<'a> {
    link: Link,
    reference: Option<&'a str>,
    name: Option<&'a str>,
}

struct Supporter<'a> {
    link: Link,
    name: Option<&'a str>,
    relationship: Option<&'a str>,
    role: Option<&'a ParticipantRole>,
    phone: Option<&'a str>,
}

/// What a relationship is called where it was only a role.
pub(in crate::fhir) const ROLE_WORDS: [&str; 3] = ["Guardian", "Family", "Friend"];
/// What somebody is to the person of whom only is known that they signed in their place.
const REPRESENTATIVE: &str = "Representative";
const GUARDIAN: &ParticipantRole = &ParticipantRole::Guardian;
const FAMILY: &ParticipantRole = &ParticipantRole::Family;

impl<'a> People<'a> {
    /// Finds everybody whom the plan names or speaks of.
    pub(super) fn gather(saying: &Saying<'a>) -> Self {
        let mut people = Self::default();
        let participants = saying.plan.planning.as_ref().map_or(&[][..], |planning| &planning.participants);
        for participant in participants {
            let link = people.participant(saying, participant);
            people.participants.push(link);
        }
        people.planner = people.find_planner(participants);
        let peers = people.linked(participants, |role| *role == ParticipantRole::Peer);
        people.peer = only(&peers);
        for action in &saying.plan.actions {
            let (name, word) =
                (lexical::given(action.actor_name.as_ref()), lexical::given(action.relationship.as_ref()));
            let link = match action.actor {
                Some(Actor::Person) => Some(saying.patient),
                Some(Actor::NaturalSupport) => people.supporter(saying, name, word, None),
                Some(Actor::Peer) => people.staff(saying, None, name).or(people.peer),
                Some(Actor::Professional) => people.staff(saying, None, name),
                Some(Actor::Community | Actor::Other(_)) | None => None,
            };
            people.actors.push(link);
        }
        for agent in saying.plan.crisis.as_ref().map_or(&[][..], |crisis| &crisis.agents) {
            let link = people.agent(saying, agent);
            people.agents.push(link);
        }
        people.find_speakers(saying, participants);
        people.find_representative(saying, participants);
        people.find_peers(saying, participants);
        people
    }

    fn participant(&mut self, saying: &Saying<'a>, participant: &'a Participant) -> Option<Link> {
        let (reference, name) = (lexical::given(participant.r#ref.as_ref()), lexical::given(participant.name.as_ref()));
        let natural = participant.relationship == Some(Relationship::Natural);
        match &participant.role {
            Some(ParticipantRole::Person) => Some(saying.patient),
            role @ Some(ParticipantRole::Family | ParticipantRole::Friend | ParticipantRole::Guardian) => {
                self.supporter(saying, name.or(reference), None, role.as_ref())
            }
            Some(
                ParticipantRole::Peer
                | ParticipantRole::Clinician
                | ParticipantRole::Prescriber
                | ParticipantRole::CaseManager,
            ) => self.staff(saying, reference, name),
            _ if natural => self.supporter(saying, name.or(reference), None, None),
            Some(ParticipantRole::Interpreter | ParticipantRole::Advocate) => self.staff(saying, reference, name),
            _ if reference.is_some() || participant.relationship.is_some() => self.staff(saying, reference, name),
            _ => self.supporter(saying, name, None, None),
        }
    }

    fn staff(&mut self, saying: &Saying<'a>, reference: Option<&'a str>, name: Option<&'a str>) -> Option<Link> {
        let same = |one: &&Staff<'_>| match (reference, one.reference) {
            (Some(reference), Some(known)) => reference == known,
            _ => name.is_some() && name == one.name,
        };
        if let Some(known) = self.staff.iter().find(same) {
            return Some(known.link);
        }
        let id = match (reference, name) {
            (Some(reference), _) => saying.ids.of("Practitioner", saying.agency, &[reference]),
            (None, Some(name)) => near(saying, "Practitioner", &["name", name]),
            (None, None) => return None,
        };
        let link = Link { kind: "Practitioner", id };
        self.staff.push(Staff { link, reference, name });
        Some(link)
    }

    fn supporter(
        &mut self,
        saying: &Saying<'a>,
        name: Option<&'a str>,
        relationship: Option<&'a str>,
        role: Option<&'a ParticipantRole>,
    ) -> Option<Link> {
        let same = |one: &&mut Supporter<'_>| match name {
            Some(_) => one.name == name,
            None => relationship.is_some() && one.relationship == relationship,
        };
        if let Some(known) = self.supporters.iter_mut().find(same) {
            known.relationship = known.relationship.or(relationship);
            known.role = known.role.or(role);
            return Some(known.link);
        }
        let part: [&str; 2] = match (name, relationship, role) {
            (Some(name), ..) => ["name", name],
            (None, Some(relationship), _) => ["relationship", relationship],
            (None, None, Some(role)) => ["role", crosswalk::role(role).1],
            (None, None, None) => return None,
        };
        let link = Link { kind: "RelatedPerson", id: near(saying, "RelatedPerson", &part) };
        if self.supporters.iter().all(|one| one.link != link) {
            self.supporters.push(Supporter { link, name, relationship, role, phone: None });
        }
        Some(link)
    }

    fn agent(&mut self, saying: &Saying<'a>, agent: &'a HealthcareAgent) -> Option<Link> {
        let word = lexical::given(agent.relationship.as_ref());
        let link = self.supporter(saying, lexical::given(agent.name.as_ref()), word, None)?;
        let known = self.supporters.iter_mut().find(|one| one.link == link)?;
        known.phone = known.phone.or(lexical::given(agent.phone.as_ref()));
        Some(link)
    }

    /// The author first, else the facilitator; a peer neither leads nor writes.
    fn find_planner(&self, participants: &[Participant]) -> Option<Link> {
        let by = |function: ParticipantFunction| {
            let mut both = participants.iter().zip(&self.participants);
            both.find_map(|(one, link)| {
                let leads = one.function.as_ref() == Some(&function);
                if leads && !one.is_peer() { *link } else { None }
            })
        };
        by(ParticipantFunction::Author).or_else(|| by(ParticipantFunction::Facilitator))
    }

    fn linked(&self, participants: &[Participant], is: impl Fn(&ParticipantRole) -> bool) -> Vec<Link> {
        let both = participants.iter().zip(&self.participants);
        let mut links: Vec<Link> =
            both.filter(|(one, _)| one.role.as_ref().is_some_and(&is)).filter_map(|(_, link)| *link).collect();
        links.dedup();
        links
    }

    /// Whoever spoke for the person or beside them: the one participant of that kind, else somebody without a name.
    fn find_speakers(&mut self, saying: &Saying<'a>, participants: &[Participant]) {
        let says = |speaker: &ExpressedBy| {
            saying.plan.goals.iter().any(|goal| goal.statement.expressed_by.as_ref() == Some(speaker))
        };
        let tells = |teller: &ToldBy| saying.plan.strengths.iter().any(|one| one.told_by.as_ref() == Some(teller));
        if says(&ExpressedBy::Guardian) {
            let known = only(&self.linked(participants, |role| role == GUARDIAN));
            self.guardian = known.or_else(|| self.supporter(saying, None, None, Some(GUARDIAN)));
        }
        if says(&ExpressedBy::Family) || tells(&ToldBy::Family) {
            let known = only(&self.linked(participants, |role| role == FAMILY));
            self.family = known.or_else(|| self.supporter(saying, None, None, Some(FAMILY)));
        }
        if says(&ExpressedBy::Staff) || tells(&ToldBy::Staff) {
            let known = only(&self.linked(participants, |role| {
                matches!(role, ParticipantRole::Clinician | ParticipantRole::Prescriber | ParticipantRole::CaseManager)
            }));
            self.one_of_staff =
                known.filter(|link| link.kind == "Practitioner").or_else(|| Some(self.nameless_staff(saying)));
        }
        if says(&ExpressedBy::CourtOrAgency) {
            let id = near(saying, "PractitionerRole", &["court-or-agency"]);
            self.court_or_agency = Some(Link { kind: "PractitionerRole", id });
        }
    }

    /// The one guardian of the meeting, else somebody without a name.
    fn find_representative(&mut self, saying: &Saying<'a>, participants: &[Participant]) {
        let agreement = saying.plan.agreement.as_ref();
        if agreement.is_some_and(|agreement| signing::is_signature(agreement.representative_signed_on.as_ref())) {
            let known = only(&self.linked(participants, |role| role == GUARDIAN));
            self.representative = known.or_else(|| self.supporter(saying, None, Some(REPRESENTATIVE), None));
        }
    }

    /// Whoever is a peer in the team or gives peer support.
    fn find_peers(&mut self, saying: &Saying<'a>, participants: &[Participant]) {
        let in_team = participants.iter().zip(&self.participants).filter(|(one, _)| one.is_peer());
        let doing = saying.plan.actions.iter().zip(&self.actors).filter(|(one, _)| one.actor == Some(Actor::Peer));
        let all = in_team.map(|(_, link)| *link).chain(doing.map(|(_, link)| *link)).flatten();
        for who in all.filter(|who| who.kind == "Practitioner") {
            if self.peer_roles.iter().all(|(known, _)| *known != who) {
                let id = saying.ids.part_of(who.id, "PractitionerRole", &["peer"]);
                self.peer_roles.push((who, Link { kind: "PractitionerRole", id }));
            }
        }
    }

    /// The role of somebody who takes part as a peer, else the person themselves.
    pub(super) fn as_peer(&self, who: Link) -> Link {
        self.peer_roles.iter().find(|(known, _)| *known == who).map_or(who, |(_, role)| *role)
    }

    fn nameless_staff(&mut self, saying: &Saying<'a>) -> Link {
        let link = Link { kind: "Practitioner", id: near(saying, "Practitioner", &["staff"]) };
        self.staff.push(Staff { link, reference: None, name: None });
        link
    }

    /// What a reference to somebody tells of them: the agency's key, name, what they are to the person.
    pub(super) fn told_of(&self, link: Link) -> (Option<&'a str>, Option<&'a str>, Option<&'a str>) {
        if let Some(staff) = self.staff.iter().find(|one| one.link == link) {
            return (staff.reference, staff.name, None);
        }
        let Some(one) = self.supporters.iter().find(|one| one.link == link) else { return (None, None, None) };
        (None, one.name, one.relationship.filter(|word| !ROLE_WORDS.contains(word)))
    }

    /// The telephone number that a reference to somebody tells.
    pub(super) fn phone_of(&self, link: Link) -> Option<&'a str> {
        self.supporters.iter().find(|one| one.link == link)?.phone
    }

    /// The people of the person's own life who do a step, each once.
    pub(super) fn supporters_with_steps(&self) -> impl Iterator<Item = (Link, Concept<'a>)> {
        let with_step = |one: &&Supporter<'a>| {
            self.actors.contains(&Some(one.link)) && !self.participants.contains(&Some(one.link))
        };
        self.supporters.iter().filter(with_step).map(|one| (one.link, one.concept()))
    }
}

/// An id within the person's own circle: the same name elsewhere is somebody else.
fn near(saying: &Saying<'_>, kind: &str, part: &[&str]) -> Uuid {
    saying.ids.part_of(saying.patient.id, kind, part)
}

fn only(links: &[Link]) -> Option<Link> {
    match links {
        [only] => Some(*only),
        _ => None,
    }
}

impl<'a> Supporter<'a> {
    /// What they are to the person.
    fn concept(&self) -> Concept<'a> {
        let word = self.relationship.and_then(crosswalk::relationship);
        let role = self.role.and_then(|role| crosswalk::role(role).0).map(|(_, role, _)| role);
        let code = word.or(role);
        Concept {
            coding: code.map(|code| Coding::of(code::ROLE, code)).into_iter().collect(),
            text: self.relationship.or_else(|| self.role.map(|role| crosswalk::role(role).1)),
            ..Concept::default()
        }
    }
}

/// Writes everybody.
pub(super) fn write(saying: &Saying<'_>, written: &mut Written) {
    for staff in &saying.people.staff {
        let profiles = vec![profile::CORE_PRACTITIONER, profile::ELTSS_PRACTITIONER];
        let unknown = Beside::absent("unknown");
        let name = HumanName { beside_family: unknown, ..HumanName::called(staff.name) };
        let mut head = anyone(staff.link, sid::STAFF, profiles);
        let own = staff.reference.map(|own| Identifier::theirs(saying.ground.staff_system.as_str(), own));
        head.identifier.extend(own);
        written.name(resource::write(&head, &PractitionerBody { name: vec![name] }));
    }
    if let Some(link) = saying.people.court_or_agency {
        let body = PractitionerRoleBody {
            practitioner: None,
            organization: None,
            code: vec![Concept::said("Court or agency")],
            telecom: Vec::new(),
        };
        written.name(resource::write(&anyone(link, sid::STAFF_ROLE, Vec::new()), &body));
    }
    write_peers(saying, written);
    for supporter in &saying.people.supporters {
        let concept = supporter.concept();
        let core = (supporter.name.is_some() || !concept.is_empty(), profile::CORE_RELATED_PERSON);
        let profiles = claim::chosen([core, (core.0 && saying.eltss, profile::ELTSS_RELATED_PERSON)]);
        let body = RelatedPersonBody {
            active: true,
            patient: Reference::from(saying.patient),
            relationship: Some(concept).filter(|concept| !concept.is_empty()).into_iter().collect(),
            name: supporter.name.map(|name| HumanName::called(Some(name))).into_iter().collect(),
            telecom: supporter.phone.map(Telecom::phone).into_iter().collect(),
        };
        written.name(resource::write(&saying.head(supporter.link, sid::SUPPORTER, profiles), &body));
    }
}

/// Peer specialists. US Core wants a way to reach them, and of none that there is none.
fn write_peers(saying: &Saying<'_>, written: &mut Written) {
    for (who, role) in &saying.people.peer_roles {
        let (standard, text) = crosswalk::role(&ParticipantRole::Peer);
        let coding = standard.map(|(system, code, display)| Coding::shown(system, code, display));
        let code = Concept { coding: coding.into_iter().collect(), text: Some(text), ..Concept::default() };
        let body = PractitionerRoleBody {
            practitioner: Some(Reference::from(*who)),
            organization: saying.organization.map(Reference::from),
            code: vec![code],
            telecom: vec![Telecom {
                system: "other",
                beside_system: Beside::assumed(),
                value: None,
                beside_value: Beside::absent("unknown"),
            }],
        };
        let profiles = vec![profile::CORE_PRACTITIONER_ROLE, profile::ELTSS_PRACTITIONER_ROLE];
        written.name(resource::write(&anyone(*role, sid::STAFF_ROLE, profiles), &body));
    }
}

/// The head of a resource that is not about the person.
fn anyone<'a>(link: Link, system: &'static str, profile: Vec<&'static str>) -> Head<'a> {
    Head {
        resource_type: link.kind,
        id: link.id,
        meta: Meta { profile, ..Meta::default() },
        text: None,
        extension: Vec::new(),
        identifier: vec![Identifier::ours(system, link.id)],
    }
}
