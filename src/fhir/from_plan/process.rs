//! How the plan came about and goes on: taking part and agreeing (`QuestionnaireResponse`), reviews, preparation.
//!
//! A next review is a Task and never counts as a step (D14). No signature is made up here (D16).

use super::{Saying, Written, crosswalk, person, steps};
use crate::{
    fhir::{
        claim,
        datatype::{Coding, Concept, Extension, Identifier, Note, Period, Reference, Value},
        lexical,
        resource::{self, Answer, AnswersBody, Item, ProcedureBody, Restriction, TaskBody},
        system::{self, code, extension, profile, sid},
    },
    plan::{
        Agreement, Planning, Progress, Review, YesNoUnknown,
        crisis::PersonAgrees,
        planning::{Choices, Interpreter, Preplanning, TookPart},
    },
};

/// Writes taking part, reviews and preparation.
pub(super) fn write(saying: &Saying<'_>, written: &mut Written) {
    write_participation(saying, written);
    write_preplanning(saying, written);
    write_reviews(saying, written);
    write_next_review(saying, written);
}

fn write_participation(saying: &Saying<'_>, written: &mut Written) {
    let mut item = Vec::new();
    push_choices(&mut item, saying);
    if let Some(agreement) = &saying.plan.agreement {
        push_agreement(&mut item, agreement);
    }
    if let Some(planning) = &saying.plan.planning {
        push_planning(&mut item, planning);
    }
    if item.is_empty() {
        return;
    }
    let link = saying.link("QuestionnaireResponse", &["participation"]);
    let signed = saying.plan.agreement.as_ref().and_then(|one| lexical::moment(one.person_signed_on.as_ref()));
    let authored = saying.told_on.or(signed);
    let body = AnswersBody {
        identifier: Identifier::ours(sid::PARTICIPATION, link.id),
        questionnaire: system::PARTICIPATION,
        status: "completed",
        subject: Reference::from(saying.patient),
        authored,
        author: saying.people.planner.map(Reference::from),
        source: person_took_part(saying).then(|| Reference::from(saying.patient)),
        item,
    };
    let profiles = claim::chosen([
        (authored.is_some(), profile::CORE_ANSWERS),
        (authored.is_some() && saying.eltss, profile::ELTSS_ANSWERS),
    ]);
    let mut head = saying.head(link, sid::PARTICIPATION, profiles);
    head.identifier.clear();
    written.supporting.push(link);
    written.record(resource::write(&head, &body));
}

/// Whether the record says that the person had a part in the planning.
pub(super) fn person_took_part(saying: &Saying<'_>) -> bool {
    let part = saying.plan.planning.as_ref().and_then(|planning| planning.person_took_part.as_ref());
    matches!(part, Some(TookPart::Yes | TookPart::Partly))
}

/// Whether the person took part in choosing the services: as all services say that tell it, else as for the planning.
fn took_part_in_selection(saying: &Saying<'_>) -> Option<bool> {
    let services = saying.plan.actions.iter().filter(|action| steps::is_service(action));
    let told: Vec<bool> = services
        .filter_map(|action| match action.chosen_by_person {
            Some(YesNoUnknown::Yes) => Some(true),
            Some(YesNoUnknown::No) => Some(false),
            _ => None,
        })
        .collect();
    match saying.plan.planning.as_ref().and_then(|planning| planning.person_took_part.as_ref()) {
        _ if !told.is_empty() && told.iter().all(|one| *one == told[0]) => Some(told[0]),
        Some(TookPart::Yes | TookPart::Partly) => Some(true),
        Some(TookPart::No) => Some(false),
        _ => None,
    }
}

/// The questions of eLTSS, in their order.
fn push_choices<'a>(item: &mut Vec<Item<'a>>, saying: &Saying<'a>) {
    let choices = saying.plan.planning.as_ref().and_then(|planning| planning.choices.as_ref());
    let choice = |of: fn(&Choices) -> Option<&YesNoUnknown>| choices.and_then(of);
    push_yes_no(item, "q1", choice(|choices| choices.setting.as_ref()));
    let alternatives = lexical::said(choices.and_then(|choices| choices.alternatives.as_ref()));
    push(item, "q2", alternatives.map(Value::Text));
    push_yes_no(item, "q3", choice(|choices| choices.services.as_ref()));
    push(item, "q4", took_part_in_selection(saying).map(Value::Boolean));
    let agrees = match saying.plan.agreement.as_ref().and_then(|agreement| agreement.person_agrees.as_ref()) {
        Some(PersonAgrees::Yes) => Some(true),
        Some(PersonAgrees::No) => Some(false),
        _ => None,
    };
    push(item, "q5", agrees.map(Value::Boolean));
    push_yes_no(item, "q6", choice(|choices| choices.providers.as_ref()));
    push_yes_no(item, "q7", choice(|choices| choices.informed.as_ref()));
}

/// An answer of yes or no; that it is not known is the question without one.
fn push_yes_no(item: &mut Vec<Item<'_>>, link_id: &'static str, said: Option<&YesNoUnknown>) {
    match said {
        Some(YesNoUnknown::Yes) => push(item, link_id, Some(Value::Boolean(true))),
        Some(YesNoUnknown::No) => push(item, link_id, Some(Value::Boolean(false))),
        Some(YesNoUnknown::Unknown) => item.push(Item { link_id, answer: Vec::new() }),
        Some(YesNoUnknown::Other(_)) | None => {}
    }
}

fn push_planning<'a>(item: &mut Vec<Item<'a>>, planning: &'a Planning) {
    let took_part = lexical::known(planning.person_took_part.as_ref());
    push(item, "ow-took-part", took_part.map(|part| Value::Coding(Coding::of(code::OWN_TOOK_PART, part))));
    push(item, "ow-meeting-date", lexical::date(planning.meeting_date.as_ref()).map(Value::Date));
    if let Some(answer) = planning.interpreter.as_ref().and_then(interpreter) {
        item.push(Item { link_id: "ow-interpreter", answer: vec![answer] });
    }
    push(item, "ow-experience-survey", lexical::given(planning.experience_survey_ref.as_ref()).map(Value::Text));
}

fn interpreter(interpreter: &Interpreter) -> Option<Answer<'_>> {
    let mut item = Vec::new();
    let language = interpreter.language.as_deref().and_then(person::language_coding);
    push(&mut item, "ow-interpreter-language", language.map(Value::Coding));
    let kind = lexical::known(interpreter.kind.as_ref());
    push(&mut item, "ow-interpreter-kind", kind.map(|kind| Value::Coding(Coding::of(code::OWN_INTERPRETER, kind))));
    let value = interpreter.used.map_or(Value::NoAnswer, Value::Boolean);
    (interpreter.used.is_some() || !item.is_empty()).then_some(Answer { value, item })
}

fn push_agreement<'a>(item: &mut Vec<Item<'a>>, agreement: &'a Agreement) {
    let said = lexical::known(agreement.person_agrees.as_ref());
    push(item, "ow-agrees", said.map(|said| Value::Coding(Coding::of(code::OWN_AGREES, said))));
    push(item, "ow-disagreement", lexical::said(agreement.disagreement_text.as_ref()).map(Value::Text));
    push(item, "ow-method", lexical::given(agreement.method.as_ref()).map(Value::Text));
    push_yes_no(item, "ow-copy-offered", agreement.copy_offered.as_ref());
    push(item, "ow-person-signed-on", lexical::date(agreement.person_signed_on.as_ref()).map(Value::Date));
    let representative = lexical::date(agreement.representative_signed_on.as_ref());
    push(item, "ow-representative-signed-on", representative.map(Value::Date));
}

fn push<'a>(item: &mut Vec<Item<'a>>, link_id: &'static str, value: Option<Value<'a>>) {
    let answer = value.map(|value| Answer { value, item: Vec::new() });
    item.extend(answer.map(|answer| Item { link_id, answer: vec![answer] }));
}

/// Talks and work before the meeting; a billing code is carried and decides nothing.
fn write_preplanning<'a>(saying: &Saying<'a>, written: &mut Written) {
    let talks = saying.plan.planning.as_ref().map_or(&[][..], |planning| &planning.preplanning);
    let links = saying.links("Procedure", "preplanning", talks.iter().map(|_| None));
    for (talk, link) in talks.iter().zip(links) {
        let kind = lexical::known(talk.kind.as_ref());
        let note: Vec<Note<'a>> = [("tool", &talk.tool), ("skill", &talk.skill)]
            .into_iter()
            .filter_map(|(concept, text)| lexical::given(text.as_ref()).map(|text| Note::about(concept, text)))
            .collect();
        let performed_date_time = lexical::date_time(talk.date.as_ref());
        let body = ProcedureBody {
            status: "completed",
            category: kind.map(|kind| Concept::of(code::OWN_PREPLANNING, kind)),
            code: preparation_code(saying, talk),
            subject: Reference::from(saying.patient),
            performed_date_time,
            note,
        };
        let profiles = claim::chosen([(performed_date_time.is_some(), profile::CORE_PROCEDURE)]);
        written.supporting.push(link);
        let mut head = saying.head(link, sid::PREPLANNING, profiles);
        head.extension.extend(support(talk));
        written.record(resource::write(&head, &body));
    }
}

/// Who supported the talk, with which competency, for how long, and whether it is billed.
fn support(talk: &Preplanning) -> Option<Extension<'_>> {
    let codes = [
        ("supportedBy", lexical::known(talk.supported_by.as_ref())),
        ("competency", lexical::known(talk.competency.as_ref())),
        ("billable", lexical::known(talk.billable.as_ref())),
    ];
    let codes = codes.into_iter().filter_map(|(url, code)| code.map(|code| Extension::of(url, Value::Code(code))));
    let minutes = talk.minutes.filter(|minutes| i32::try_from(*minutes).is_ok());
    let minutes = minutes.map(|minutes| Extension::of("minutes", Value::Whole(minutes)));
    Extension::group(extension::PREPLANNING_SUPPORT, codes.chain(minutes).collect())
}

fn preparation_code<'a>(saying: &Saying<'a>, talk: &'a Preplanning) -> Concept<'a> {
    let billed = talk.service_code.as_deref().and_then(lexical::code);
    let system = saying.ground.service_system.as_str();
    let coding = billed.map(|billed| {
        let is_hcpcs = crosswalk::is_hcpcs(billed);
        Coding::of(if is_hcpcs { code::HCPCS } else { system }, billed)
    });
    Concept { coding: coding.into_iter().collect(), text: Some("Preparation for the plan"), ..Concept::default() }
}

fn review_code<'a>() -> Concept<'a> {
    let coding = Coding::shown(code::SNOMED, "425268008", "Review of care plan");
    Concept { coding: vec![coding], ..Concept::default() }
}

fn write_reviews(saying: &Saying<'_>, written: &mut Written) {
    let reviews = &saying.plan.reviews;
    let links = saying.links("Procedure", "review", reviews.iter().map(|_| None));
    for (review, link) in reviews.iter().zip(links) {
        let performed_date_time = lexical::date_time(review.date.as_ref());
        let kind = lexical::known(review.kind.as_ref());
        let body = ProcedureBody {
            status: "completed",
            category: kind.map(|kind| Concept::of(code::OWN_REVIEW, kind)),
            code: review_code().with_text("Plan review"),
            subject: Reference::from(saying.patient),
            performed_date_time,
            note: progress(saying, review),
        };
        let profiles = claim::chosen([(performed_date_time.is_some(), profile::CORE_PROCEDURE)]);
        written.reviews.push(link);
        written.record(resource::write(&saying.head(link, sid::REVIEW, profiles), &body));
    }
}

/// What the review noted, goal by goal. Each goal has its notes too, with their day, for readers who look there.
fn progress<'a>(saying: &Saying<'a>, review: &'a Review) -> Vec<Note<'a>> {
    let noted = review.progress.iter().filter(|note| **note != Progress::default());
    noted
        .map(|note| {
            let goal = saying.goal_named(note.goal_id.as_deref());
            let extension = goal.map(|link| Extension::of(extension::PROGRESS_OF, Value::Reference(link)));
            Note { extension: extension.into_iter().collect(), ..Note::or_absent(lexical::said(note.text.as_ref())) }
        })
        .collect()
}

fn write_next_review(saying: &Saying<'_>, written: &mut Written) {
    let Some(due) = lexical::date(saying.plan.next_review_due.as_ref()) else { return };
    let link = saying.link("Task", &["next-review"]);
    let planner = saying.people.planner;
    let body = TaskBody {
        status: "requested",
        intent: "plan",
        code: Some(review_code().with_text("Next plan review")),
        description: None,
        person: Reference::from(saying.patient),
        authored_on: saying.agreed_on,
        requester: planner.map(Reference::from),
        owner: planner.map(Reference::from),
        reason_reference: None,
        note: Vec::new(),
        restriction: Some(Restriction { period: Period { start: None, end: Some(due) } }),
    };
    written.next_review = Some(link);
    written.record(resource::write(&saying.head(link, sid::REVIEW, Vec::new()), &body));
}
