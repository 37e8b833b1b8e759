//! What the `CarePlan` says by itself: its keys, status and period, what is absent and why, offers, answers to findings, notes.

use super::{
    reading::Reading,
    synonym,
    world::{Node, same, type_and_id},
};
use crate::{
    fhir::system::{OWN_BASE, code, extension, sid},
    plan::{
        InterpretiveSummary, NoGoal, NoStrengths, Override, PeerSupport, Program, Transition, crisis::Crisis,
        goal::NoGoalReason, people::DecisionSupport,
    },
};

const SCHEMA_VERSION: &str = "1.0";

/// Reads the `CarePlan`.
pub(super) fn read(reading: &mut Reading<'_>) {
    let care_plan = reading.care_plan;
    reading.plan.schema_version = Some(SCHEMA_VERSION.to_owned());
    keys(reading, care_plan);
    if care_plan.says("intent", "plan") {
        care_plan.get("intent").iter().for_each(|one| one.mark());
    }
    let status = care_plan.get("status").filter(|_| !care_plan.is_assumed("status"));
    reading.plan.status = reading.read("/status", status);
    if let Some(period) = care_plan.get("period") {
        reading.plan.period.start = reading.read("/period/start", period.get("start"));
        reading.plan.period.end = reading.read("/period/end", period.get("end"));
    }
    reading.plan.finalized_on = reading.read("/finalized_on", care_plan.part(extension::FINALIZED_ON));
    let reason = care_plan.part(extension::STATUS_REASON).and_then(Node::in_words);
    reading.plan.status_reason = reading.read("/status_reason", reason);
    replaced(reading, care_plan);
    categories(reading, care_plan);
    reading.plan.source.part2 = is_part_2(care_plan).then_some(true);
    source_record(reading, care_plan);
    program(reading, care_plan);
    absences(reading, care_plan);
    offers(reading, care_plan);
    let support = reading.read("/person/decision_support/type", care_plan.part(extension::DECISION_SUPPORT));
    reading.plan.person.decision_support = support.map(|kind| DecisionSupport { kind: Some(kind) });
    for answer in care_plan.extensions(extension::RULE_OVERRIDE) {
        let answer = answer_to_finding(reading, answer);
        reading.plan.overrides.push(answer);
    }
    notes(reading, care_plan);
}

fn keys<'w>(reading: &mut Reading<'w>, care_plan: Node<'w>) {
    let mut others: Vec<Node<'w>> = Vec::new();
    for identifier in care_plan.items("identifier") {
        let value = identifier.get("value");
        match identifier.str("system") {
            Some(sid::PLAN | sid::PLAN_VERSION) => {}
            Some(system) if system.starts_with(OWN_BASE) && system.ends_with("/plan") => {
                reading.plan.plan_id = reading.read("/plan_id", value);
            }
            Some(system) if system.starts_with(OWN_BASE) && system.ends_with("/record") => {
                reading.plan.source.record_id = reading.read("/source/record_id", value);
            }
            _ => others.extend(value.map(|_| identifier)),
        }
    }
    if reading.is_own {
        return;
    }
    let official = others.iter().find(|one| one.says("use", "official")).or(others.first()).copied();
    if let Some(official) = official {
        official.mark();
    }
    let key = official.and_then(|one| one.get("value")).or(care_plan.get("id"));
    reading.plan.plan_id = reading.read("/plan_id", key);
    reading.plan.source.record_id = reading.read("/source/record_id", care_plan.get("id"));
    if let Some(meta) = care_plan.get("meta") {
        reading.plan.source.record_version = reading.read("/source/record_version", meta.get("versionId"));
        let system = meta.get("source").filter(|source| source.text().is_some_and(|text| !text.starts_with('#')));
        reading.plan.source.system = reading.read("/source/system", system);
    }
}

/// The plans in whose place this one came: by the key that the reference gives, else by that of the plan it leads to.
fn replaced<'w>(reading: &mut Reading<'w>, care_plan: Node<'w>) {
    for reference in care_plan.items("replaces") {
        let given = reference.get("identifier").and_then(|identifier| identifier.get("value"));
        let earlier = || {
            let earlier = reading.world.node(reading.world.find(reference.value, reference.of)?);
            let keys = earlier.items("identifier").into_iter();
            let mut keys = keys.filter(|one| !one.says("system", sid::PLAN) && !one.says("system", sid::PLAN_VERSION));
            let official = keys.clone().find(|one| one.says("use", "official")).or_else(|| keys.next());
            official.and_then(|one| one.get("value")).or(earlier.get("id")).filter(|_| earlier.of != care_plan.of)
        };
        let at = format!("/replaces/{}", reading.plan.replaces.len());
        let key = given.or_else(earlier).and_then(Node::text).map(str::to_owned).or_else(|| {
            let written = type_and_id(reference.str("reference")?).rsplit('/').next()?;
            Some(written.to_owned()).filter(|id| !id.is_empty() && !id.starts_with('#'))
        });
        if let Some(key) = key {
            reading.note(at, reference);
            reference.mark();
            reading.plan.replaces.push(key);
        }
    }
}

fn categories<'w>(reading: &mut Reading<'w>, care_plan: Node<'w>) {
    for category in care_plan.items("category") {
        if let Some(kind) = category.code_in(&[code::OWN_PLAN_TYPE]) {
            reading.plan.plan_type = reading.read("/plan_type", Some(kind));
            category.mark();
        }
        let is_known = |coding: &Node<'w>| {
            let system = coding.str("system").unwrap_or_default();
            synonym::is_bookkeeping(system) || same(system, code::OWN_PLAN_CATEGORY)
        };
        if category.items("coding").iter().any(is_known) {
            category.mark();
        }
    }
}

/// Whether the security labels name 42 CFR Part 2.
fn is_part_2(resource: Node<'_>) -> bool {
    let labels = resource.get("meta").map(|meta| meta.items("security")).unwrap_or_default();
    let names = |label: &Node<'_>| {
        label.says("code", "42CFRPart2")
            || label.part(extension::LABEL_BASIS).is_some_and(|basis| basis.says("code", "42CFRPart2"))
    };
    let is_part_2 = labels.iter().any(names);
    for label in labels {
        let system = label.str("system").unwrap_or_default();
        if [code::ACT, code::CONFIDENTIALITY, code::OBSERVATION_VALUE].iter().any(|known| same(known, system)) {
            label.mark();
        }
    }
    is_part_2
}

/// What our own `CarePlan` says of the way that its record came.
fn source_record<'w>(reading: &mut Reading<'w>, care_plan: Node<'w>) {
    let Some(record) = care_plan.extensions(extension::SOURCE_RECORD).first().copied() else { return };
    let flag = |url: &str| record.part(url).and_then(|part| part.value.as_bool());
    let source = &mut reading.plan.source;
    source.lossy = flag("lossy");
    source.part2 = source.part2.or(flag("part2"));
    reading.plan.source.system = reading.read("/source/system", record.part("system"));
    reading.plan.source.record_version = reading.read("/source/record_version", record.part("recordVersion"));
    reading.plan.source.exported_at = reading.read("/source/exported_at", record.part("exportedAt"));
    record.mark();
}

/// The program, from the episode that the plan belongs to.
fn program<'w>(reading: &mut Reading<'w>, care_plan: Node<'w>) {
    let Some(reference) = care_plan.part(extension::EPISODE) else { return };
    let Some(episode) = reading.follow(reference).filter(|one| one.entry().kind == "EpisodeOfCare") else { return };
    let mut read = Program::default();
    for kind in episode.items("type") {
        let is_level = kind.has_code(code::OWN_PLAN_CONCEPT, "level-of-care");
        let named = kind.code_in(&[code::OWN_PROGRAM_TYPE]);
        if is_level {
            read.level_of_care = reading.read("/program/level_of_care", kind.get("text"));
        } else if read.name.is_none() && read.kind.is_none() {
            read.kind = reading.read("/program/type", named);
            read.name = reading.read("/program/name", kind.in_words());
        } else {
            continue;
        }
        kind.mark();
    }
    for name in ["status", "patient"] {
        episode.get(name).iter().for_each(|one| one.mark());
    }
    if read != Program::default() {
        reading.note("/program", episode);
        reading.plan.program = Some(read);
    }
}

fn absences<'w>(reading: &mut Reading<'w>, care_plan: Node<'w>) {
    for absence in care_plan.extensions(extension::SECTION_ABSENCE) {
        match absence.part("section").and_then(Node::text) {
            Some("goal") => {
                let absent = NoGoal {
                    reason: reading.read("/no_goal/reason", absence.part("reason")),
                    explanation: reading.read("/no_goal/explanation", absence.part("explanation")),
                    recorded_on: reading.read("/no_goal/recorded_on", absence.part("recordedOn")),
                    next_conversation_by: reading
                        .read("/no_goal/next_conversation_by", absence.part("nextConversationBy")),
                    recorded_by: reading.read("/no_goal/recorded_by", absence.part("recordedBy")),
                };
                reading.plan.no_goal = Some(absent);
            }
            Some("strengths") => {
                let next = reading.read("/no_strengths/next_conversation_by", absence.part("nextConversationBy"));
                let reason = reading.read("/no_strengths/reason", absence.part("reason"));
                reading.plan.no_strengths = Some(NoStrengths { reason, next_conversation_by: next });
            }
            _ => continue,
        }
        absence.mark();
    }
    let declined = care_plan
        .items("goal")
        .into_iter()
        .find(|goal| goal.part(extension::DATA_ABSENT).is_some_and(|reason| reason.text() == Some("asked-declined")));
    if let Some(declined) = declined.filter(|_| reading.plan.no_goal.is_none()) {
        reading.note("/no_goal/reason", declined);
        declined.mark();
        reading.plan.no_goal = Some(NoGoal { reason: Some(NoGoalReason::Declined), ..NoGoal::default() });
    }
}

fn offers<'w>(reading: &mut Reading<'w>, care_plan: Node<'w>) {
    for offer in care_plan.extensions(extension::PLAN_OFFER) {
        let status = offer.part("status");
        match offer.part("offer").and_then(Node::text) {
            Some("peer-support") => {
                let status = reading.read("/peer_support/status", status);
                reading.plan.peer_support = Some(PeerSupport { status });
            }
            Some("crisis-planning") => {
                let status = reading.read("/crisis/status", status);
                reading.plan.crisis.get_or_insert_with(Crisis::default).status = status;
            }
            Some("psychiatric-advance-directive") => {
                let exists = reading.read("/crisis/pad_exists", status);
                reading.plan.crisis.get_or_insert_with(Crisis::default).pad_exists = exists;
            }
            _ => continue,
        }
        offer.mark();
    }
}

fn answer_to_finding<'w>(reading: &mut Reading<'w>, answer: Node<'w>) -> Override {
    let at = |field: &str| format!("/overrides/{field}");
    let at = |reading: &Reading<'w>, field: &str| at(&format!("{}/{field}", reading.plan.overrides.len()));
    let mut part = |field: &str, url: &str| {
        let at = at(reading, field);
        reading.read::<String>(at, answer.part(url))
    };
    let (rule_id, pointer) = (part("rule_id", "rule"), part("pointer", "pointer"));
    let (by_role, by_id) = (part("by_role", "byRole"), part("by_id", "by"));
    let (reason_code, reason_text) = (part("reason_code", "reasonCode"), part("reason_text", "reasonText"));
    let (at, expires_on) = (part("at", "at"), part("expires_on", "expiresOn"));
    answer.mark();
    Override {
        rule_id,
        pointer,
        reason_code: reason_code.as_deref().map(Into::into),
        reason_text: reason_text.map(Into::into),
        by_role,
        by_id,
        at: at.map(Into::into),
        expires_on: expires_on.map(Into::into),
    }
}

fn notes<'w>(reading: &mut Reading<'w>, care_plan: Node<'w>) {
    for note in care_plan.items("note") {
        let kind = note.part(extension::ANNOTATION_TYPE).and_then(|kind| kind.code_in(&[code::OWN_PLAN_CONCEPT]));
        match kind.and_then(Node::text) {
            Some("interpretive-summary") => {
                let text = reading.read("/interpretive_summary/text", note.get("text"));
                let author = reading.read("/interpretive_summary/author", note.get("authorString"));
                note.get("_text").iter().for_each(|beside| beside.mark());
                reading.plan.interpretive_summary = Some(InterpretiveSummary { text, author });
            }
            Some("supports-after") => {
                let text = reading.read("/transition/supports_after", note.get("text"));
                reading.plan.transition.get_or_insert_with(Transition::default).supports_after = text;
            }
            _ => continue,
        }
        for kind in note.extensions(extension::ANNOTATION_TYPE) {
            kind.mark();
        }
    }
}
