//! The plan itself (CarePlan): what ties goals, strengths, steps and team together, and what only it can say.
//!
//! It comes after everything it points to, since its claims rest on theirs.

use uuid::Uuid;

use super::{Saying, Written, crisis, crosswalk, narrative, process};
use crate::{
    fhir::{
        claim::PlanFacts,
        datatype::{Concept, Extension, Identifier, Link, Note, Period, Reference, Value},
        lexical,
        resource::{self, Activity, CarePlanBody},
        system::{code, extension, sid},
    },
    plan::{Action, InterpretiveSummary, Override, Plan, action::StepNote},
};

/// Writes the `CarePlan`, after the crisis plan that is part of it.
pub(super) fn write(saying: &Saying<'_>, written: &mut Written) {
    let start = lexical::date(saying.plan.period.start.as_ref());
    let facts = PlanFacts {
        eltss_patient: saying.eltss,
        has_start: start.is_some(),
        goals_eltss: written.goals_eltss,
        has_pco_goal: written.has_pco_goal,
        services_eltss: written.services_eltss,
        has_activity: !written.activity.is_empty() || written.next_review.is_some(),
        passed_gates: saying.passed.own_words && saying.passed.strengths,
    };
    if let Some(crisis_plan) = written.crisis.take() {
        crisis::write_plan(saying, crisis_plan, facts.is_eltss(), written);
    }
    let mut head = saying.head(saying.care_plan, sid::PLAN, facts.profiles());
    head.meta.source = saying.plan.source.system.as_deref().and_then(lexical::uri);
    head.text = Some(narrative::of_plan(saying));
    head.extension = extensions(saying);
    head.extension.extend(written.episode.map(|link| Extension::of(extension::EPISODE, Value::Reference(link))));
    head.identifier.extend(further_identifiers(saying));
    let body = body(saying, start, written);
    written.record(resource::write(&head, &body));
}

/// The version of the plan, by which a delivery can be found again, and the agency's own keys.
fn further_identifiers<'a>(saying: &Saying<'a>) -> impl Iterator<Item = Identifier<'a>> {
    let version = Uuid::new_v5(&saying.care_plan.id, &saying.ground.digest);
    let version = Identifier::ours(sid::PLAN_VERSION, version);
    let plan = lexical::given(saying.plan.plan_id.as_ref());
    let record = lexical::given(saying.plan.source.record_id.as_ref());
    let plan = plan.map(|id| Identifier::theirs(saying.ground.plan_system.as_str(), id));
    let record = record.map(|id| Identifier::theirs(saying.ground.record_system.as_str(), id));
    std::iter::once(version).chain(plan).chain(record)
}

fn body<'a>(saying: &Saying<'a>, start: Option<&'a str>, written: &Written) -> CarePlanBody<'a> {
    let planner = saying.people.planner;
    let person = process::person_took_part(saying).then_some(saying.patient);
    let beside = planner.filter(|planner| Some(*planner) != person);
    CarePlanBody {
        replaces: replaced(saying),
        part_of: Vec::new(),
        status: crosswalk::plan_status(saying.plan.status.as_ref()),
        beside_status: crosswalk::beside_plan_status(saying.plan.status.as_ref()),
        intent: "plan",
        category: categories(saying),
        title: Some("Person-centered recovery plan"),
        subject: Reference::from(saying.patient),
        period: Period::of(start, lexical::date(saying.plan.period.end.as_ref())),
        created: saying.agreed_on,
        author: planner.map(Reference::from),
        contributor: references(person.into_iter().chain(beside)),
        care_team: references(written.team),
        addresses: references(written.needs.iter().copied()),
        supporting_info: supporting_info(saying, written),
        goal: goals(saying, written),
        activity: activities(saying, written),
        note: notes(saying),
    }
}

/// Plans that came before, by the agency's own key: they need not be where this one goes.
fn replaced<'a>(saying: &Saying<'a>) -> Vec<Reference<'a>> {
    let keys = saying.plan.replaces.iter().filter_map(|key| lexical::text(key));
    keys.map(|key| {
        let identifier = Identifier::theirs(saying.ground.plan_system.as_str(), key);
        Reference { kind: Some("CarePlan"), identifier: Some(Box::new(identifier)), ..Reference::default() }
    })
    .collect()
}

fn references<'a>(links: impl IntoIterator<Item = Link>) -> Vec<Reference<'a>> {
    links.into_iter().map(Reference::from).collect()
}

fn categories<'a>(saying: &Saying<'a>) -> Vec<Concept<'a>> {
    let mut categories = vec![
        Concept::of(code::CAREPLAN_CATEGORY, "assess-plan"),
        Concept::of(code::PCO, "person-centered"),
        Concept::of(code::OWN_PLAN_CATEGORY, "pcrp").with_text("Person-centered recovery plan"),
    ];
    let kind = lexical::known(saying.plan.plan_type.as_ref());
    categories.extend(kind.map(|kind| Concept::of(code::OWN_PLAN_TYPE, kind)));
    categories
}

/// Goals, or the standard word for why there is none (D18).
fn goals<'a>(saying: &Saying<'a>, written: &Written) -> Vec<Reference<'a>> {
    let mut goals = references(written.goals.iter().copied());
    if saying.goals.is_empty()
        && let Some(absent) = &saying.plan.no_goal
    {
        let reason = absence_reason(lexical::known(absent.reason.as_ref()));
        goals.push(Reference { extension: vec![Extension::absent(reason)], ..Reference::default() });
    }
    goals
}

fn supporting_info<'a>(saying: &Saying<'a>, written: &Written) -> Vec<Reference<'a>> {
    let mut info = references(written.supporting.iter().copied());
    if saying.plan.strengths.is_empty()
        && let Some(absent) = &saying.plan.no_strengths
    {
        let reason = absence_reason(lexical::known(absent.reason.as_ref()));
        let extension = vec![Extension::absent(reason)];
        info.push(Reference { extension, kind: Some("Observation"), ..Reference::default() });
    }
    if written.next_review.is_none() {
        info.extend(written.reviews.iter().copied().map(Reference::from));
    }
    info
}

fn absence_reason(reason: Option<&str>) -> &'static str {
    match reason {
        Some("declined") => "asked-declined",
        Some("crisis-admission") => "not-asked",
        _ => "temp-unknown",
    }
}

/// Steps, each by reference; reviews done ride with the next one, since PCO wants a reference in every activity.
fn activities<'a>(saying: &Saying<'a>, written: &Written) -> Vec<Activity<'a>> {
    let steps = written.activity.iter().copied().zip(&saying.plan.actions);
    let mut activities: Vec<Activity<'a>> = steps
        .map(|(link, action)| Activity {
            outcome_reference: Vec::new(),
            progress: progress(action),
            reference: Reference::from(link),
        })
        .collect();
    activities.extend(written.next_review.map(|link| Activity {
        outcome_reference: references(written.reviews.iter().copied()),
        progress: Vec::new(),
        reference: Reference::from(link),
    }));
    activities
}

/// What was noted of a step on the way.
fn progress(action: &Action) -> Vec<Note<'_>> {
    let noted = action.progress.iter().filter(|note| **note != StepNote::default());
    noted
        .map(|note| Note {
            author: lexical::given(note.author.as_ref()),
            time: lexical::date_time(note.date.as_ref()),
            ..Note::or_absent(lexical::said(note.text.as_ref()))
        })
        .collect()
}

fn notes<'a>(saying: &Saying<'a>) -> Vec<Note<'a>> {
    let mut notes = Vec::new();
    if let Some(summary) = &saying.plan.interpretive_summary
        && *summary != InterpretiveSummary::default()
    {
        let author = lexical::given(summary.author.as_ref());
        let text = lexical::said(summary.text.as_ref());
        notes.push(Note { author, ..Note::or_absent(text).of_kind("interpretive-summary") });
    }
    let after =
        saying.plan.transition.as_ref().and_then(|transition| lexical::said(transition.supports_after.as_ref()));
    notes.extend(after.map(|text| Note::about("supports-after", text)));
    notes
}

fn extensions<'a>(saying: &Saying<'a>) -> Vec<Extension<'a>> {
    let plan = saying.plan;
    let mut extensions = Vec::new();
    let finalized = lexical::date(plan.finalized_on.as_ref());
    extensions.extend(finalized.map(|day| Extension::of(extension::FINALIZED_ON, Value::Date(day))));
    let reason = lexical::said(plan.status_reason.as_ref()).map(|reason| Value::Concept(Concept::said(reason)));
    extensions.extend(reason.map(|reason| Extension::of(extension::STATUS_REASON, reason)));
    extensions.extend(source_record(plan));
    if let Some(absent) = &plan.no_goal {
        let mut parts = absence("goal", lexical::known(absent.reason.as_ref()));
        push_text(&mut parts, "explanation", lexical::said(absent.explanation.as_ref()));
        push_date(&mut parts, "recordedOn", lexical::date(absent.recorded_on.as_ref()));
        push_date(&mut parts, "nextConversationBy", lexical::date(absent.next_conversation_by.as_ref()));
        push_text(&mut parts, "recordedBy", lexical::given(absent.recorded_by.as_ref()));
        extensions.push(Extension::of(extension::SECTION_ABSENCE, Value::Parts(parts)));
    }
    if let Some(absent) = &plan.no_strengths {
        let mut parts = absence("strengths", lexical::known(absent.reason.as_ref()));
        push_date(&mut parts, "nextConversationBy", lexical::date(absent.next_conversation_by.as_ref()));
        extensions.push(Extension::of(extension::SECTION_ABSENCE, Value::Parts(parts)));
    }
    let peer = plan.peer_support.as_ref().and_then(|peer| lexical::known(peer.status.as_ref()));
    let crisis = plan.crisis.as_ref().and_then(|crisis| lexical::known(crisis.status.as_ref()));
    extensions.extend(peer.map(|status| offer("peer-support", status)));
    extensions.extend(crisis.map(|status| offer("crisis-planning", status)));
    let directive = plan.crisis.as_ref().and_then(|crisis| lexical::known(crisis.pad_exists.as_ref()));
    extensions.extend(directive.map(|exists| offer("psychiatric-advance-directive", exists)));
    let support = plan.person.decision_support.as_ref().and_then(|support| lexical::known(support.kind.as_ref()));
    extensions.extend(support.map(|kind| Extension::of(extension::DECISION_SUPPORT, Value::Code(kind))));
    extensions.extend(plan.overrides.iter().filter_map(answered_finding));
    extensions
}

/// What R4 has no element for of the way a record came: a Provenance takes other days too, and a label is there or not.
fn source_record(plan: &Plan) -> Option<Extension<'_>> {
    let source = &plan.source;
    let mut parts = Vec::new();
    push_text(&mut parts, "system", lexical::given(source.system.as_ref()));
    push_text(&mut parts, "recordVersion", lexical::given(source.record_version.as_ref()));
    let exported = lexical::date_time(source.exported_at.as_ref());
    parts.extend(exported.map(|moment| Extension::of("exportedAt", Value::DateTime(moment))));
    parts.extend(source.lossy.map(|lossy| Extension::of("lossy", Value::Boolean(lossy))));
    let no_program = source.part2.filter(|is| !is);
    parts.extend(no_program.map(|is| Extension::of("part2", Value::Boolean(is))));
    Extension::group(extension::SOURCE_RECORD, parts)
}

fn absence<'a>(section: &'static str, reason: Option<&'a str>) -> Vec<Extension<'a>> {
    let section = Extension::of("section", Value::Code(section));
    let reason = reason.map(|reason| Extension::of("reason", Value::Code(reason)));
    std::iter::once(section).chain(reason).collect()
}

fn offer<'a>(what: &'static str, status: &'a str) -> Extension<'a> {
    let parts = vec![Extension::of("offer", Value::Code(what)), Extension::of("status", Value::Code(status))];
    Extension::of(extension::PLAN_OFFER, Value::Parts(parts))
}

/// An agency's answer to a finding.
fn answered_finding(answer: &Override) -> Option<Extension<'_>> {
    let mut parts = Vec::new();
    push_code(&mut parts, "rule", answer.rule_id.as_deref().and_then(lexical::code));
    push_text(&mut parts, "pointer", lexical::given(answer.pointer.as_ref()));
    push_code(&mut parts, "reasonCode", lexical::known(answer.reason_code.as_ref()));
    push_text(&mut parts, "reasonText", lexical::said(answer.reason_text.as_ref()));
    push_text(&mut parts, "byRole", lexical::given(answer.by_role.as_ref()));
    push_text(&mut parts, "by", lexical::given(answer.by_id.as_ref()));
    push_date(&mut parts, "at", lexical::date(answer.at.as_ref()));
    push_date(&mut parts, "expiresOn", lexical::date(answer.expires_on.as_ref()));
    Extension::group(extension::RULE_OVERRIDE, parts)
}

fn push_text<'a>(parts: &mut Vec<Extension<'a>>, url: &'static str, text: Option<&'a str>) {
    parts.extend(text.map(|text| Extension::of(url, Value::Text(text))));
}

fn push_code<'a>(parts: &mut Vec<Extension<'a>>, url: &'static str, code: Option<&'a str>) {
    parts.extend(code.map(|code| Extension::of(url, Value::Code(code))));
}

fn push_date<'a>(parts: &mut Vec<Extension<'a>>, url: &'static str, date: Option<&'a str>) {
    parts.extend(date.map(|date| Extension::of(url, Value::Date(date))));
}
