//! Who does what: from Task, ServiceRequest and `activity.detail`. A Task that stands for the next review is no step.

use super::{
    reading::{Reading, Who},
    synonym,
    world::Node,
};
use crate::{
    fhir::{
        from_plan::ROLE_WORDS,
        system::{OWN_BASE, code, extension},
    },
    plan::{
        Action,
        action::{ActionStatus, Actor, StepNote},
    },
};

const REVIEW: &str = "425268008";

/// How often, in words for the rhythms that have one.
const RHYTHMS: [((u64, u64, &str), &str); 8] = [
    ((1, 1, "d"), "daily"),
    ((1, 1, "wk"), "weekly"),
    ((2, 1, "wk"), "twice a week"),
    ((1, 2, "wk"), "every two weeks"),
    ((1, 1, "mo"), "monthly"),
    ((2, 1, "mo"), "twice a month"),
    ((1, 3, "mo"), "quarterly"),
    ((1, 1, "a"), "yearly"),
];

/// Reads every step of the plan.
pub(super) fn read(reading: &mut Reading<'_>) {
    for activity in reading.care_plan.items("activity") {
        if let Some(detail) = activity.get("detail") {
            // An activity that is not to be done is no step.
            if is_to_be_done(detail) && !detail.says("status", "entered-in-error") {
                from_detail(reading, detail);
                progress(reading, activity);
            }
            continue;
        }
        let Some(reference) = activity.get("reference") else { continue };
        let Some(step) = reading.look(reference).or_else(|| reading.withdrawn(reference)) else { continue };
        match step.entry().kind {
            "Task" if is_review(step) => next_review(reading, step),
            "Task" => from_task(reading, step),
            "ServiceRequest" if is_to_be_done(step) => from_service(reading, step),
            _ => continue,
        }
        if !is_review(step) {
            progress(reading, activity);
        }
        reading.used.insert(step.of);
        reference.mark();
    }
}

/// What was noted of the step that was read last.
fn progress<'w>(reading: &mut Reading<'w>, activity: Node<'w>) {
    let Some(step) = reading.plan.actions.len().checked_sub(1) else { return };
    for (place, note) in activity.items("progress").into_iter().enumerate() {
        let at = format!("/actions/{step}/progress/{place}");
        reading.note(&at, note);
        let by = note.get("authorReference");
        let read = StepNote {
            date: reading.read(format!("{at}/date"), note.get("time")),
            text: reading.read(format!("{at}/text"), note.get("text")),
            author: match by {
                Some(by) => reading.name_of(by),
                None => reading.read(format!("{at}/author"), note.get("authorString")),
            },
        };
        by.filter(|_| read.author.is_some()).iter().for_each(|by| by.mark());
        note.get("_text").filter(|_| reading.wrote(reading.care_plan)).iter().for_each(|beside| beside.mark());
        reading.plan.actions[step].progress.push(read);
    }
}

fn is_to_be_done(step: Node<'_>) -> bool {
    step.get("doNotPerform").is_none_or(|not| not.value != true)
}

/// Whether it is a review of the plan.
pub(super) fn is_review(resource: Node<'_>) -> bool {
    resource.get("code").is_some_and(|concept| concept.has_code(code::SNOMED, REVIEW))
}

fn next_review<'w>(reading: &mut Reading<'w>, task: Node<'w>) {
    let due = task.get("restriction").and_then(|one| one.get("period")?.get("end"));
    reading.plan.next_review_due = reading.read("/next_review_due", due);
    for name in ["code", "status", "intent", "for"] {
        task.get(name).iter().for_each(|one| one.mark());
    }
}

fn from_task<'w>(reading: &mut Reading<'w>, task: Node<'w>) {
    let owner = task.get("owner");
    let text = task.get("description").or_else(|| task.get("code")?.in_words());
    let mut step = begin(reading, task, text, owner);
    let at = place(reading);
    if !reading.wrote(task) && step.actor.is_none() {
        step.actor = owner.and_then(|owner| reading.who(owner)).and_then(|who| match who {
            Who::Organization => Some(Actor::Community),
            other => actor(other),
        });
    }
    step.frequency = choice(reading, task, "frequency", &at);
    step.status = match task.str("status") {
        Some("requested" | "draft") if reading.wrote(task) => None,
        Some("entered-in-error") => Some(ActionStatus::EnteredInError),
        Some(status) => synonym::step_status(status),
        None => None,
    };
    if task.str("intent").is_some_and(|intent| matches!(intent, "plan" | "order" | "proposal")) {
        task.get("intent").iter().for_each(|one| one.mark());
    }
    finish(reading, task, step);
}

fn from_service<'w>(reading: &mut Reading<'w>, service: Node<'w>) {
    let performer = service.items("performer").first().copied();
    let text = service.get("code").and_then(Node::in_words);
    let mut step = begin(reading, service, text, performer);
    let at = place(reading);
    if !reading.wrote(service) && step.actor.is_none() {
        let directed = service.part(synonym::DIRECTED_BY).and_then(|by| by.in_words().or(Some(by))?.text());
        let by_self = directed.is_some_and(|by| by.trim().eq_ignore_ascii_case("self"));
        service.extensions(synonym::DIRECTED_BY).iter().filter(|_| by_self).for_each(|one| one.mark());
        let is_peer = service.get("code").is_some_and(synonym::is_peer_service);
        let by = performer.and_then(|performer| reading.who(performer)).and_then(actor);
        step.actor = match by {
            _ if by_self => Some(Actor::Person),
            None | Some(Actor::Professional) if is_peer => Some(Actor::Peer),
            None => Some(Actor::Professional),
            by => by,
        };
    }
    if let Some(timing) = service.get("occurrenceTiming") {
        step.frequency = frequency(reading, timing, &at);
    }
    let period = service.get("occurrencePeriod");
    if step.duration.is_none()
        && let Some(period) = period
    {
        step.duration = duration(reading, period, &at);
    }
    let own = service.extensions(extension::ACTION_CHOICE).first().and_then(|one| one.part("status"));
    step.status = match reading.read(format!("{at}/status"), own) {
        Some(status) => Some(status),
        None if reading.wrote(service) => None,
        None => service.str("status").and_then(synonym::step_status),
    };
    if service.says("intent", "plan") {
        service.get("intent").iter().for_each(|one| one.mark());
    }
    finish(reading, service, step);
}

fn from_detail<'w>(reading: &mut Reading<'w>, detail: Node<'w>) {
    let performer = detail.items("performer").first().copied();
    let text = detail.get("description").or_else(|| detail.get("code")?.in_words());
    let mut step = begin(reading, detail, text, performer);
    let at = place(reading);
    let is_peer = detail.get("code").is_some_and(synonym::is_peer_service);
    step.actor = match performer.and_then(|performer| reading.who(performer)).and_then(actor) {
        None | Some(Actor::Professional) if is_peer => Some(Actor::Peer),
        by => by,
    };
    if let Some(timing) = detail.get("scheduledTiming") {
        step.frequency = frequency(reading, timing, &at);
    } else if detail.get("scheduledString").is_some() {
        step.frequency = reading.read(format!("{at}/frequency"), detail.get("scheduledString"));
    } else if let Some(period) = detail.get("scheduledPeriod") {
        step.duration = duration(reading, period, &at);
    }
    step.status = detail.str("status").and_then(synonym::step_status);
    let (goals, objectives) = reading.goals_named(detail.items("goal"));
    tie(reading, &mut step, &goals, &objectives);
    finish(reading, detail, step);
}

fn place(reading: &Reading<'_>) -> String {
    format!("/actions/{}", reading.plan.actions.len())
}

/// What all three forms share.
fn begin<'w>(reading: &mut Reading<'w>, step: Node<'w>, text: Option<Node<'w>>, doer: Option<Node<'w>>) -> Action {
    let at = place(reading);
    reading.note(&at, step);
    let is_resource = step.value.get("resourceType").is_some();
    let id = if is_resource { reading.key_of(&format!("{at}/id"), "action", step) } else { None };
    let text = reading.read(format!("{at}/text"), text);
    let mut read = Action { id, text, ..Action::default() };
    choices(reading, step, &mut read, &at);
    if let Some(concept) = step.get("code") {
        read.service_code = service_code(reading, step, concept, &at);
    }
    let note = step.items("note").first().and_then(|note| note.get("text"));
    read.purpose = reading.read(format!("{at}/purpose"), note);
    if let Some(doer) = doer {
        done_by(reading, doer, &mut read, &at);
    }
    unlike(reading, step, &mut read, &at);
    let mut toward: Vec<Node<'w>> =
        step.extensions(extension::PERTAINS_TO_GOAL).into_iter().filter_map(Node::any_value).collect();
    toward.extend(step.items("reasonReference"));
    step.extensions(extension::PERTAINS_TO_GOAL).iter().filter_map(|one| one.get("url")).for_each(Node::mark);
    let (goals, objectives) = reading.goals_named(toward);
    tie(reading, &mut read, &goals, &objectives);
    read
}

fn tie(reading: &Reading<'_>, step: &mut Action, goals: &[usize], objectives: &[usize]) {
    if let (Some(goal), None) = (goals.first(), &step.goal_id) {
        step.goal_id.clone_from(&reading.plan.goals[*goal].goal_id);
    }
    if let (Some(objective), None) = (objectives.first(), &step.objective_id) {
        step.objective_id.clone_from(&reading.plan.objectives[*objective].id);
    }
}

fn choice<'w, T: for<'t> From<&'t str>>(reading: &mut Reading<'w>, step: Node<'w>, url: &str, at: &str) -> Option<T> {
    let part = step.extensions(extension::ACTION_CHOICE).first().and_then(|one| one.part(url));
    reading.read(format!("{at}/{url}"), part)
}

fn choices<'w>(reading: &mut Reading<'w>, step: Node<'w>, read: &mut Action, at: &str) {
    read.actor = choice(reading, step, "actor", at);
    read.voluntary = choice(reading, step, "voluntary", at);
    read.chosen_by_person = choice(reading, step, "chosenByPerson", at);
    read.peer_function = choice(reading, step, "peerFunction", at);
    read.professional_function = choice(reading, step, "professionalFunction", at);
    read.setting = choice(reading, step, "setting", at);
    read.modality = choice(reading, step, "modality", at);
    read.duration = choice(reading, step, "duration", at);
    let known = step.extensions(extension::ACTION_CHOICE);
    known.iter().filter_map(|one| one.get("url")).for_each(Node::mark);
    for part in known.iter().flat_map(|one| one.items("extension")) {
        part.get("url").iter().for_each(|url| url.mark());
    }
}

/// A service code that an agency bills by; other codings stay beside the text.
fn service_code<'w>(reading: &mut Reading<'w>, step: Node<'w>, concept: Node<'w>, at: &str) -> Option<String> {
    let is_own = |coding: &Node<'w>| {
        coding.str("system").is_some_and(|system| system.starts_with(OWN_BASE) && system.ends_with("/service"))
    };
    let own = concept.items("coding").into_iter().find(is_own).and_then(|coding| coding.get("code"));
    let known = concept.code_in(&[code::HCPCS]).or(own);
    for coding in concept.items("coding") {
        let is_ours = is_own(&coding) || reading.wrote(step);
        if is_ours
            || coding.get("code").map(|code| std::ptr::from_ref(code.value))
                == known.map(|one| std::ptr::from_ref(one.value))
        {
            coding.mark();
        }
    }
    reading.read(format!("{at}/service_code"), known)
}

/// What our own step says of who does it, where that is not what the reference tells.
fn unlike<'w>(reading: &mut Reading<'w>, step: Node<'w>, read: &mut Action, at: &str) {
    for choice in step.extensions(extension::ACTION_CHOICE) {
        for (url, field) in [("actorName", "actor_name"), ("relationship", "relationship")] {
            let Some(part) = choice.extensions(url).first().copied() else { continue };
            let slot = if url == "actorName" { &mut read.actor_name } else { &mut read.relationship };
            *slot = reading.read(format!("{at}/{field}"), part.any_value());
            part.mark();
        }
    }
}

fn done_by<'w>(reading: &mut Reading<'w>, doer: Node<'w>, read: &mut Action, at: &str) {
    if reading.is_person(doer) {
        doer.mark();
        return;
    }
    reading.note(format!("{at}/actor_name"), doer);
    read.actor_name = reading.name_of(doer);
    if let Some(target) = reading.follow(doer) {
        let relationship = target.items("relationship").first().copied();
        let words = relationship.and_then(Node::in_words);
        let is_role =
            |words: &Node<'w>| target.entry().is_ours && words.text().is_some_and(|words| ROLE_WORDS.contains(&words));
        read.relationship = reading.read(format!("{at}/relationship"), words.filter(|words| !is_role(words)));
        relationship.iter().for_each(|one| one.mark());
        ["patient", "active"].iter().filter_map(|name| target.get(name)).for_each(Node::mark);
    } else if read.actor_name.is_some() {
        doer.mark();
    }
}

fn actor(who: Who) -> Option<Actor> {
    Some(match who {
        Who::Person => Actor::Person,
        Who::Guardian | Who::Family => Actor::NaturalSupport,
        Who::Peer => Actor::Peer,
        Who::Staff | Who::Organization => Actor::Professional,
        Who::Court => return None,
    })
}

fn frequency<'w>(reading: &mut Reading<'w>, timing: Node<'w>, at: &str) -> Option<String> {
    let repeat = timing.get("repeat");
    let number = |name: &str| repeat.and_then(|repeat| repeat.get(name)?.value.as_u64());
    let unit = repeat.and_then(|repeat| repeat.str("periodUnit"));
    if let Some(words) = timing.get("code").and_then(Node::in_words) {
        timing.get("code").iter().for_each(|code| code.mark());
        repeat.iter().for_each(|repeat| repeat.mark());
        return reading.read(format!("{at}/frequency"), Some(words));
    }
    let (times, period, unit) = (number("frequency").unwrap_or(1), number("period")?, unit?);
    let known = RHYTHMS.iter().find(|(rhythm, _)| *rhythm == (times, period, unit));
    let words = known.map_or_else(|| format!("{times} in {period} {unit}"), |(_, words)| (*words).to_owned());
    reading.note(format!("{at}/frequency"), timing);
    for name in ["frequency", "period", "periodUnit"] {
        repeat.and_then(|repeat| repeat.get(name)).iter().for_each(|one| one.mark());
    }
    Some(words)
}

fn duration<'w>(reading: &mut Reading<'w>, period: Node<'w>, at: &str) -> Option<String> {
    let words = match (period.str("start"), period.str("end")) {
        (Some(start), Some(end)) => format!("{start} to {end}"),
        (Some(start), None) => format!("from {start}"),
        (None, Some(end)) => format!("until {end}"),
        (None, None) => return None,
    };
    reading.note(format!("{at}/duration"), period);
    period.mark();
    Some(words)
}

fn finish<'w>(reading: &mut Reading<'w>, step: Node<'w>, read: Action) {
    for name in ["status", "subject", "for"] {
        step.get(name).iter().for_each(|one| one.mark());
    }
    reading.plan.actions.push(read);
}
