//! What was not read: every leaf of the resources that the plan draws on, and the resources that it does not draw on.
//!
//! A value is carried in `unmapped` only when it is about the same person.

use std::collections::HashSet;

use serde_json::Value;

use super::{
    reading::Reading,
    world::{Node, World},
};
use crate::{fhir::lexical, plan::Unmapped, words::Words};

/// Something that was not read: its element path, and where it stands first.
pub(super) struct Left {
    pub(super) path: String,
    pub(super) spot: String,
}

/// Members that say how a resource travelled, never what it says.
const BOOKKEEPING: [&str; 4] = ["resourceType", "id", "contained", "language"];

/// What our own resources say again that the plan says elsewhere.
const SAID_AGAIN: &[(&str, &[&str])] = &[
    (
        "Patient",
        &[
            "extension(patient-interpreterRequired)",
            "extension(us-core-race)",
            "extension(us-core-ethnicity)",
            "extension(us-core-genderIdentity)",
            "extension(us-core-tribal-affiliation)",
            "extension(patient-religion)",
            "gender",
            "name",
            "managingOrganization",
        ],
    ),
    ("EpisodeOfCare", &["period", "managingOrganization", "careManager"]),
    ("List", &["status", "mode", "title", "code", "subject", "orderedBy", "entry"]),
    ("Practitioner", &["name"]),
    ("PractitionerRole", &["code", "practitioner", "organization", "telecom"]),
    ("RelatedPerson", &["active", "patient", "relationship", "name"]),
    ("Organization", &["active", "name"]),
    ("CareTeam", &["subject", "status"]),
    (
        "CarePlan",
        &[
            "intent",
            "category",
            "title",
            "subject",
            "period",
            "created",
            "author",
            "contributor",
            "careTeam",
            "addresses",
            "supportingInfo",
            "goal",
            "activity",
            "partOf",
            "status",
        ],
    ),
    (
        "Goal",
        &[
            "description",
            "achievementStatus",
            "subject",
            "addresses",
            "expressedBy",
            "extension(goal-acceptance)",
            "category",
            "statusReason",
            "outcomeReference",
        ],
    ),
    (
        "Observation",
        &["effectiveDateTime", "performer", "focus", "hasMember", "category", "_valueString", "dataAbsentReason"],
    ),
    ("Condition", &["category", "evidence", "code"]),
    ("RiskAssessment", &["occurrenceDateTime"]),
    ("Procedure", &["category"]),
    ("QuestionnaireResponse", &["authored", "author", "source", "questionnaire", "identifier"]),
    ("ServiceRequest", &["authoredOn", "requester", "performer", "intent", "code", "reasonReference"]),
    ("Task", &["authoredOn", "requester", "owner", "intent", "code", "reasonReference"]),
];

/// Lists what a plan left, and carries it. `is_first` says that resources which no plan draws on are told with this one.
pub(super) fn gather(reading: &mut Reading<'_>, drawn_on: &HashSet<usize>, is_first: bool) -> Vec<Left> {
    let world = reading.world;
    let is_own = reading.is_own;
    let mut left = Leaving { is_own, all: Vec::new(), paths: HashSet::new(), carried: Vec::new() };
    for inferred in std::mem::take(&mut reading.inferred) {
        let path = format!("{inferred} (linked by person and period)");
        left.say(path, || reading.care_plan.spot(), Some("not named by the plan"));
    }
    for at in 0..world.entries.len() {
        let node = world.node(at);
        let used = reading.used.contains(&at);
        if used {
            left.within(node.value, shown(node.entry().kind), node, true);
        } else if is_first && !drawn_on.contains(&at) && !(is_own && is_somebody(node)) {
            let text = reading.is_about_person(node).then(|| node.value.to_string());
            left.say(shown(node.entry().kind), || node.spot(), text.as_deref());
        }
    }
    reading.plan.unmapped.extend(left.carried);
    left.all
}

/// Whether a resource of ours only says who somebody is.
fn is_somebody(node: Node<'_>) -> bool {
    let entry = node.entry();
    entry.is_ours && matches!(entry.kind, "Practitioner" | "PractitionerRole" | "RelatedPerson" | "Organization")
}

/// Every resource that one of the plans draws on.
pub(super) fn drawn_on(readings: &[Reading<'_>], world: &World<'_>) -> HashSet<usize> {
    let mut all: HashSet<usize> = readings.iter().flat_map(|reading| &reading.used).copied().collect();
    all.retain(|at| *at < world.entries.len());
    all
}

struct Leaving {
    is_own: bool,
    all: Vec<Left>,
    paths: HashSet<String>,
    carried: Vec<Unmapped>,
}

impl Leaving {
    fn say(&mut self, path: String, spot: impl FnOnce() -> String, value: Option<&str>) {
        if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
            let one = Unmapped { path: path.clone(), value: Words::from(value) };
            self.carried.push(one);
        }
        // A spot costs a walk through its resource, and only the first of a path is told.
        if self.paths.insert(path.clone()) {
            self.all.push(Left { path, spot: spot() });
        }
    }

    fn within(&mut self, value: &Value, path: String, of: Node<'_>, is_root: bool) {
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    if is_root && name == "identifier" && of.entry().is_ours {
                        let all = member.as_array().map_or(std::slice::from_ref(member), Vec::as_slice);
                        let theirs = all.iter().filter(|one| !is_given_by_us(one));
                        theirs.for_each(|one| self.within(one, format!("{path}.identifier[]"), of, false));
                    } else if !(is_root && self.is_passed_over(of, name, member)) {
                        self.member(name, member, &path, of, is_root);
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.within(item, format!("{path}[]"), of, false)),
            Value::Null => {}
            leaf if of.world.was_read(leaf) => {}
            leaf => {
                let text = leaf.as_str().map_or_else(|| leaf.to_string(), str::to_owned);
                if !text.trim().is_empty() {
                    self.say(path, || Node { value: find_same(of, leaf), ..of }.spot(), Some(&text));
                }
            }
        }
    }

    fn is_passed_over(&self, of: Node<'_>, name: &str, member: &Value) -> bool {
        let entry = of.entry();
        let is_ours = self.is_own && entry.is_ours;
        match name {
            "meta" | "text" if is_ours => true,
            "text" => member["status"].as_str().is_some_and(|status| status != "additional"),
            "meta" => ["tag", "security", "extension"].iter().all(|part| member.get(part).is_none()),
            name => BOOKKEEPING.contains(&name) || is_ours && is_said_again(entry.kind, name),
        }
    }

    fn member(&mut self, name: &str, member: &Value, path: &str, of: Node<'_>, is_root: bool) {
        if !matches!(name, "extension" | "modifierExtension") {
            return self.within(member, format!("{path}.{}", shown(name)), of, false);
        }
        for one in member.as_array().into_iter().flatten() {
            let url = one["url"].as_str().unwrap_or_default();
            let step = format!("{name}({})", shown(url.rsplit('/').next().unwrap_or_default()));
            if is_root && self.is_own && of.entry().is_ours && is_said_again(of.entry().kind, &step) {
                continue;
            }
            for (inner, value) in one.as_object().into_iter().flatten().filter(|(inner, _)| *inner != "url") {
                self.member(inner, value, &format!("{path}.{step}"), of, false);
            }
        }
    }
}

/// The same leaf, borrowed for as long as its resource is.
fn find_same<'w>(of: Node<'w>, leaf: &Value) -> &'w Value {
    fn within<'w>(here: &'w Value, leaf: &Value) -> Option<&'w Value> {
        if std::ptr::eq(here, leaf) {
            return Some(here);
        }
        match here {
            Value::Object(members) => members.values().find_map(|member| within(member, leaf)),
            Value::Array(items) => items.iter().find_map(|item| within(item, leaf)),
            _ => None,
        }
    }
    within(of.value, leaf).unwrap_or(of.value)
}

fn is_given_by_us(identifier: &Value) -> bool {
    identifier["system"].as_str().is_some_and(|system| system.starts_with(crate::fhir::OWN_BASE))
}

fn is_said_again(kind: &str, name: &str) -> bool {
    SAID_AGAIN.iter().any(|(known, names)| *known == kind && names.contains(&name))
}

/// A name of an element as it may be shown: a stranger's file could hold anything where a name belongs.
pub(in crate::fhir) fn shown(name: &str) -> String {
    let fits = name.len() <= 64
        && lexical::code(name).is_some()
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.".contains(&b));
    if fits { name.to_owned() } else { "?".to_owned() }
}
