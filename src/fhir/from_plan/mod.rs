//! Plan → FHIR: one file a part of the plan, each adding its resources to `Written`.
//!
//! `Saying` holds what all parts need: the plan, the links of everything that may be pointed to, and the days. Ids come
//! from the plan's own keys; what has none is known by its place in its list.

mod crosswalk;
mod speaker;
mod people;
mod person;
mod team;
mod goals;
mod observations;
mod scores;
mod status;
mod steps;
mod process;
mod signing;
mod risks;
mod directive;
mod agents;
mod crisis;
mod program;
mod care_plan;
mod narrative;
mod provenance;
mod origin;

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    Ids, Resource,
    datatype::{Identifier, IdentifierValue, Link, Meta},
    json, label, lexical,
    resource::Head,
    system::OWN_BASE,
};
use crate::{plan::Plan, rules::Gates};
use people::People;
pub(super) use people::ROLE_WORDS;

pub use origin::{Origin, Part, origins};

/// Says a plan in FHIR, in a fixed order: who is named, then what the plan holds, the `CarePlan`, and the Provenances last.
pub fn resources(plan: &Plan, ids: &Ids, passed: Gates) -> Vec<Resource> {
    let ground = Ground::of(plan);
    let key = ground.plan_key(plan);
    let saying = Saying::new(plan, ids, passed, &ground, &key);
    let mut written = Written::default();
    person::write(&saying, &mut written);
    people::write(&saying, &mut written);
    team::write(&saying, &mut written);
    observations::write(&saying, &mut written);
    status::write(&saying, &mut written);
    goals::write(&saying, &mut written);
    steps::write(&saying, &mut written);
    process::write(&saying, &mut written);
    signing::write(&saying, &mut written);
    risks::write(&saying, &mut written);
    crisis::write(&saying, &mut written);
    program::write(&saying, &mut written);
    care_plan::write(&saying, &mut written);
    provenance::write(&saying, &mut written);
    written.resources
}

/// Texts made from the plan that its resources borrow.
struct Ground {
    digest: [u8; 32],
    digest_text: String,
    person_system: String,
    record_system: String,
    plan_system: String,
    part_system: String,
    service_system: String,
    staff_system: String,
    answer_system: String,
}

impl Ground {
    fn of(plan: &Plan) -> Self {
        let digest = json::with_bytes(plan, digest).unwrap_or_else(|| {
            digest(&serde_json::to_vec(plan).expect("the plan's model has text keys only and a Vec takes every byte"))
        });
        let agency = plan.source.agency_id.as_deref().unwrap_or_default();
        let agency = percent_encoded(agency);
        let system = |of: &str| format!("{OWN_BASE}sid/agency/{agency}/{of}");
        Self {
            digest,
            digest_text: Uuid::from_slice(&digest[..16]).expect("the half of the digest above is 16 bytes").to_string(),
            person_system: system("person"),
            record_system: system("record"),
            plan_system: system("plan"),
            part_system: system("part"),
            service_system: system("service"),
            staff_system: system("staff"),
            answer_system: system("answer"),
        }
    }

    /// What makes the plan one within its agency: its id, else the record it came from, else its content.
    fn plan_key<'a>(&'a self, plan: &'a Plan) -> Vec<&'a str> {
        match (lexical::given(plan.plan_id.as_ref()), lexical::given(plan.source.record_id.as_ref())) {
            (Some(id), _) => vec![id],
            (None, Some(record)) => vec!["", "record", record],
            (None, None) => vec!["", "content", &self.digest_text],
        }
    }
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// An agency's id as one step of a URL.
pub(in crate::fhir) fn percent_encoded(agency: &str) -> String {
    let mut out = String::with_capacity(agency.len());
    for byte in agency.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.extend(
                [byte >> 4, byte & 15]
                    .map(|half| char::from_digit(half.into(), 16).unwrap_or('0').to_ascii_uppercase()),
            );
        }
    }
    if out.is_empty() { "-".to_owned() } else { out }
}

/// What every part of the plan needs to say itself.
struct Saying<'a> {
    plan: &'a Plan,
    ids: &'a Ids,
    ground: &'a Ground,
    agency: &'a str,
    passed: Gates,
    /// The Patient is a Patient-eltss.
    eltss: bool,
    part2: bool,
    patient: Link,
    organization: Option<Link>,
    care_plan: Link,
    people: People<'a>,
    goals: Vec<Link>,
    objectives: Vec<Link>,
    /// The day on which the plan was talked over.
    told_on: Option<&'a str>,
    /// The day on which it was agreed.
    agreed_on: Option<&'a str>,
}

impl<'a> Saying<'a> {
    fn new(plan: &'a Plan, ids: &'a Ids, passed: Gates, ground: &'a Ground, key: &[&'a str]) -> Self {
        let agency = plan.source.agency_id.as_deref().unwrap_or_default();
        let patient = Link { kind: "Patient", id: ids.of("Patient", agency, &person::key(plan, key)) };
        let met = plan.planning.as_ref().and_then(|planning| lexical::moment(planning.meeting_date.as_ref()));
        let agreed_on = lexical::moment(plan.finalized_on.as_ref());
        let mut saying = Self {
            plan,
            ids,
            ground,
            agency,
            passed,
            eltss: person::is_eltss(plan),
            part2: plan.source.part2 == Some(true),
            patient,
            organization: lexical::text(agency)
                .map(|_| Link { kind: "Organization", id: ids.of("Organization", agency, &[]) }),
            care_plan: Link { kind: "CarePlan", id: ids.of("CarePlan", agency, key) },
            people: People::default(),
            goals: Vec::new(),
            objectives: Vec::new(),
            told_on: met.or(agreed_on),
            agreed_on,
        };
        saying.people = People::gather(&saying);
        saying.goals = saying.links("Goal", "goal", plan.goals.iter().map(|goal| goal.goal_id.as_deref()));
        saying.objectives = saying.links("Goal", "objective", plan.objectives.iter().map(|step| step.id.as_deref()));
        saying
    }

    /// The link of a part of the plan.
    fn link(&self, kind: &'static str, part: &[&str]) -> Link {
        Link { kind, id: self.ids.part_of(self.care_plan.id, kind, part) }
    }

    /// Links of a list's entries: by their key, or by their place where the key is missing or was there before.
    fn links<'k>(&self, kind: &'static str, list: &str, keys: impl Iterator<Item = Option<&'k str>>) -> Vec<Link> {
        self.links_of(list, keys.map(|key| (kind, key)))
    }

    /// The same for a list whose entries differ in kind.
    fn links_of<'k>(&self, list: &str, keys: impl Iterator<Item = (&'static str, Option<&'k str>)>) -> Vec<Link> {
        let mut seen = BTreeSet::new();
        keys.enumerate()
            .map(|(place, (kind, key))| match key.and_then(lexical::text) {
                Some(key) if seen.insert(key) => self.link(kind, &[list, key]),
                Some(key) => self.link(kind, &[list, key, &(place + 1).to_string()]),
                None => self.link(kind, &[list, "", &(place + 1).to_string()]),
            })
            .collect()
    }

    /// The source's own key of a part of the plan, made one of its kind within the agency by the plan's key before it.
    fn own_key(&self, list: &str, key: Option<&String>) -> Option<Identifier<'a>> {
        let key = lexical::given(key)?;
        let plan = lexical::given(self.plan.plan_id.as_ref()).unwrap_or_default();
        let value = Some(IdentifierValue::Joined(format!("{plan}#{list}/{key}")));
        Some(Identifier { system: Some(self.ground.part_system.as_str()), value, ..Identifier::default() })
    }

    /// The goal or objective that a key names.
    fn goal_named(&self, key: Option<&str>) -> Option<Link> {
        let key = key?;
        self.plan.goals.iter().position(|goal| goal.goal_id.as_deref() == Some(key)).map(|at| self.goals[at])
    }

    fn objective_named(&self, key: Option<&str>) -> Option<Link> {
        let key = key?;
        self.plan.objectives.iter().position(|step| step.id.as_deref() == Some(key)).map(|at| self.objectives[at])
    }

    /// The one goal of the plan, when there is exactly one.
    fn only_goal(&self) -> Option<Link> {
        match self.goals[..] {
            [only] => Some(only),
            _ => None,
        }
    }

    /// The head of a resource about the person, with the labels of a Part 2 program.
    fn head(&self, link: Link, system: &'static str, profile: Vec<&'static str>) -> Head<'a> {
        self.vouched_head(link, system, profile, None)
    }

    /// The same for words, with the label that says who vouches for them.
    fn vouched_head(
        &self,
        link: Link,
        system: &'static str,
        profile: Vec<&'static str>,
        vouched: Option<&'static str>,
    ) -> Head<'a> {
        Head {
            resource_type: link.kind,
            id: link.id,
            meta: Meta { source: None, profile, security: label::security(vouched, self.part2) },
            text: None,
            extension: Vec::new(),
            identifier: vec![Identifier::ours(system, link.id)],
        }
    }
}

/// What has been said so far, and what the `CarePlan` and the Provenances will point to.
struct Written {
    resources: Vec<Resource>,
    /// CarePlan.careTeam.
    team: Option<Link>,
    /// The episode that the plan belongs to.
    episode: Option<Link>,
    /// CarePlan.addresses.
    needs: Vec<Link>,
    /// CarePlan.supportingInfo.
    supporting: Vec<Link>,
    /// The crisis plan that is still to be written.
    crisis: Option<crisis::CrisisPlan>,
    /// CarePlan.goal.
    goals: Vec<Link>,
    goals_eltss: bool,
    has_pco_goal: bool,
    /// CarePlan.activity.
    activity: Vec<Link>,
    services_eltss: bool,
    /// The Task of the next review, and reviews done.
    next_review: Option<Link>,
    reviews: Vec<Link>,
    /// Which words came from whom.
    words: Vec<provenance::Words>,
    /// Everything about the person that no words Provenance points to.
    recorded: Vec<Link>,
}

impl Default for Written {
    fn default() -> Self {
        Self {
            resources: Vec::with_capacity(32),
            team: None,
            episode: None,
            needs: Vec::new(),
            supporting: Vec::new(),
            crisis: None,
            goals: Vec::new(),
            goals_eltss: true,
            has_pco_goal: false,
            activity: Vec::new(),
            services_eltss: true,
            next_review: None,
            reviews: Vec::new(),
            words: Vec::new(),
            recorded: Vec::new(),
        }
    }
}

impl Written {
    /// Takes a resource that says who somebody is.
    fn name(&mut self, resource: Resource) {
        self.resources.push(resource);
    }

    /// Takes a resource of the plan, for the Provenance of the record's way.
    fn record(&mut self, resource: Resource) {
        self.recorded.push(Link { kind: resource.kind, id: resource.id });
        self.resources.push(resource);
    }

    /// Takes a resource that holds words of somebody who is known.
    fn words(&mut self, resource: Resource, spoken: Option<provenance::Spoken>) {
        let link = Link { kind: resource.kind, id: resource.id };
        match spoken {
            Some(spoken) => provenance::Words::join(&mut self.words, link, spoken),
            None => self.recorded.push(link),
        }
        self.resources.push(resource);
    }
}
