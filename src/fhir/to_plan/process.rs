//! How the plan came about and goes on: taking part and agreeing, preparation, reviews, the crisis plan, and the record's way.

use serde_json::Value;

use super::{agents, directive, needs, reading::Reading, signing, steps, team::planning, world::Node};
use crate::{
    fhir::system::{code, extension, sid},
    plan::{
        Agreement, Progress, Review, YesNoUnknown,
        crisis::{Crisis, LinkedPlan, PersonAgrees},
        date::PlanDate,
        planning::{Choices, Interpreter, Preplanning, TookPart},
    },
    words::Words,
};

/// What eLTSS asks of taking part and choosing.
const ELTSS_QUESTIONS: [&str; 7] = ["q1", "q2", "q3", "q4", "q5", "q6", "q7"];

/// Reads what is left of the plan.
pub(super) fn read(reading: &mut Reading<'_>) {
    let care_plan = reading.care_plan;
    let mut named = care_plan.items("supportingInfo");
    named.extend(care_plan.items("activity").into_iter().flat_map(|one| one.items("outcomeReference")));
    let mut contracts = Vec::new();
    for reference in named {
        if reference.get("reference").is_none() && reading.plan.no_strengths.is_some() {
            reference.mark();
        }
        let Some(target) = reading.look(reference) else { continue };
        match target.entry().kind {
            "QuestionnaireResponse" => answers(reading, target),
            "Contract" => {
                contracts.push((reference, target));
                continue;
            }
            "DocumentReference" if directive::read(reading, target) => {}
            "Consent" if agents::read(reading, target) => {}
            "Procedure" if target.str("status").is_some_and(|status| matches!(status, "not-done" | "preparation")) => {
                continue;
            }
            "Procedure" if steps::is_review(target) => review(reading, target),
            "Procedure" if is_preparation(target) => preparation(reading, target),
            _ => continue,
        }
        reading.used.insert(target.of);
        reference.mark();
        for name in ["status", "subject"] {
            target.get(name).iter().for_each(|one| one.mark());
        }
    }
    for (reference, contract) in contracts {
        signing::of_contract(reading, contract);
        if reading.used.contains(&contract.of) {
            [Some(reference), contract.get("status"), contract.get("subject")]
                .iter()
                .flatten()
                .for_each(|one| one.mark());
        }
    }
    signing::of_provenances(reading);
    progress(reading);
    crisis_plans(reading);
    agents::of_directives(reading);
    source(reading);
}

fn answers<'w>(reading: &mut Reading<'w>, answers: Node<'w>) {
    let answer = |link: &str| {
        let item = answers.items("item").into_iter().find(|item| item.says("linkId", link))?;
        item.items("answer").first().copied()
    };
    let value = |link: &str| answer(link).and_then(Node::any_value);
    let coded = |link: &str| value(link).and_then(|value| value.get("code"));
    let yes = |link: &str| value(link).and_then(|value| value.value.as_bool());
    let took_part = reading.read("/planning/person_took_part", coded("ow-took-part"));
    // Ours may say of q4 what the services say.
    let q4 = yes("q4").filter(|_| !reading.wrote(answers));
    let took_part = took_part.or_else(|| q4.map(|yes| if yes { TookPart::Yes } else { TookPart::No }));
    let meeting = reading.read("/planning/meeting_date", value("ow-meeting-date"));
    let survey = reading.read("/planning/experience_survey_ref", value("ow-experience-survey"));
    let interpreter = answer("ow-interpreter").map(|answer| interpreter(reading, answer));
    let choices = choices(reading, answers);
    if took_part.is_some() || meeting.is_some() || survey.is_some() || interpreter.is_some() || choices.is_some() {
        let known = planning(reading);
        known.choices = choices;
        known.person_took_part = took_part;
        known.meeting_date = meeting;
        known.experience_survey_ref = survey;
        known.interpreter = interpreter;
    }
    let agrees: Option<PersonAgrees> = reading.read("/agreement/person_agrees", coded("ow-agrees"));
    let read = Agreement {
        person_agrees: agrees.or_else(|| yes("q5").map(|yes| if yes { PersonAgrees::Yes } else { PersonAgrees::No })),
        person_signed_on: reading.read("/agreement/person_signed_on", value("ow-person-signed-on")),
        method: reading.read("/agreement/method", value("ow-method")),
        copy_offered: yes_or_no(reading, answers, "ow-copy-offered"),
        disagreement_text: reading.read("/agreement/disagreement_text", value("ow-disagreement")),
        representative_signed_on: reading
            .read("/agreement/representative_signed_on", value("ow-representative-signed-on")),
    };
    if read != Agreement::default() {
        reading.note("/agreement", answers);
        reading.plan.agreement = Some(read);
    }
    let is_ours = reading.wrote(answers);
    answers.items("item").into_iter().for_each(|item| asked(item, is_ours));
    answers.get("questionnaire").iter().for_each(|one| one.mark());
}

/// What the person could choose.
fn choices<'w>(reading: &mut Reading<'w>, answers: Node<'w>) -> Option<Choices> {
    let item = answers.items("item").into_iter().find(|item| item.says("linkId", "q2"));
    let alternatives =
        item.and_then(|item| item.items("answer").first()?.any_value()).filter(|one| one.text().is_some());
    let answered = Choices {
        setting: yes_or_no(reading, answers, "q1"),
        alternatives: None,
        services: yes_or_no(reading, answers, "q3"),
        providers: yes_or_no(reading, answers, "q6"),
        informed: yes_or_no(reading, answers, "q7"),
    };
    if alternatives.is_none() && answered == Choices::default() {
        return None;
    }
    reading.note("/planning/choices", answers);
    Some(Choices { alternatives: reading.read("/planning/choices/alternatives", alternatives), ..answered })
}

/// An answer of yes or no. A question of ours without an answer says that it is not known.
fn yes_or_no(reading: &Reading<'_>, answers: Node<'_>, link: &str) -> Option<YesNoUnknown> {
    let item = answers.items("item").into_iter().find(|item| item.says("linkId", link))?;
    let answer = item.items("answer").first().and_then(|answer| answer.any_value());
    match answer.and_then(|answer| answer.value.as_bool()) {
        Some(true) => Some(YesNoUnknown::Yes),
        Some(false) => Some(YesNoUnknown::No),
        None => reading.wrote(answers).then_some(YesNoUnknown::Unknown),
    }
}

/// Says of a question that its answer was read; one of a kind that was not asked for stays unread.
fn asked(item: Node<'_>, is_ours: bool) {
    let link = item.str("linkId").unwrap_or_default();
    if link.starts_with("ow-") || is_ours && ELTSS_QUESTIONS.contains(&link) {
        return item.mark();
    }
    let answer = item.items("answer").first().copied();
    let value = answer.and_then(Node::any_value).map(|value| value.value);
    let fits = |value: &Value| if link == "q2" { value.is_string() } else { value.is_boolean() };
    if ELTSS_QUESTIONS.contains(&link) && value.is_some_and(fits) {
        [item.get("linkId"), item.get("text"), answer].iter().flatten().for_each(|one| one.mark());
    }
}

fn interpreter<'w>(reading: &mut Reading<'w>, answer: Node<'w>) -> Interpreter {
    let inner = |link: &str| {
        let item = answer.items("item").into_iter().find(|item| item.says("linkId", link))?;
        item.items("answer").first()?.any_value()?.get("code")
    };
    reading.note("/planning/interpreter", answer);
    Interpreter {
        used: answer.any_value().and_then(|value| value.value.as_bool()),
        language: reading.read("/planning/interpreter/language", inner("ow-interpreter-language")),
        kind: reading.read("/planning/interpreter/kind", inner("ow-interpreter-kind")),
    }
}

fn is_preparation(procedure: Node<'_>) -> bool {
    let by_category = procedure.get("category").is_some_and(|one| one.code_in(&[code::OWN_PREPLANNING]).is_some());
    by_category || procedure.items("identifier").iter().any(|one| one.says("system", sid::PREPLANNING))
}

fn preparation<'w>(reading: &mut Reading<'w>, talk: Node<'w>) {
    let place = reading.plan.planning.as_ref().map_or(0, |planning| planning.preplanning.len());
    let at = |field: &str| format!("/planning/preplanning/{place}{field}");
    reading.note(at(""), talk);
    let kind = talk.get("category").and_then(|one| one.code_in(&[code::OWN_PREPLANNING]));
    let billed = talk.get("code").and_then(|concept| concept.items("coding").first()?.get("code"));
    let mut read = Preplanning {
        date: reading.read(at("/date"), talk.get("performedDateTime")),
        kind: reading.read(at("/kind"), kind),
        service_code: reading.read(at("/service_code"), billed),
        ..Preplanning::default()
    };
    if let Some(support) = talk.extensions(extension::PREPLANNING_SUPPORT).first().copied() {
        read.supported_by = reading.read(at("/supported_by"), support.part("supportedBy"));
        read.competency = reading.read(at("/competency"), support.part("competency"));
        read.billable = reading.read(at("/billable"), support.part("billable"));
        let minutes = support.part("minutes");
        minutes.iter().for_each(|minutes| reading.note(at("/minutes"), *minutes));
        read.minutes = minutes.and_then(|minutes| minutes.value.as_u64()).and_then(|minutes| minutes.try_into().ok());
        support.mark();
    }
    for note in talk.items("note") {
        let kind = note.part(extension::ANNOTATION_TYPE).and_then(|kind| kind.code_in(&[code::OWN_PLAN_CONCEPT]));
        match kind.and_then(Node::text) {
            Some("tool") => read.tool = reading.read(at("/tool"), note.get("text")),
            Some("skill") => read.skill = reading.read(at("/skill"), note.get("text")),
            _ => continue,
        }
        note.mark();
    }
    for name in ["category", "code"] {
        talk.get(name).iter().for_each(|one| one.mark());
    }
    planning(reading).preplanning.push(read);
}

fn review<'w>(reading: &mut Reading<'w>, done: Node<'w>) {
    let at = format!("/reviews/{}", reading.plan.reviews.len());
    reading.note(&at, done);
    let kind = done.get("category").and_then(|one| one.code_in(&[code::OWN_REVIEW]));
    let day = done.get("performedDateTime").or_else(|| done.get("performedPeriod")?.get("start"));
    let read = Review {
        date: reading.read(format!("{at}/date"), day),
        kind: reading.read(format!("{at}/kind"), kind),
        progress: if reading.wrote(done) { noted(reading, done, &at) } else { Vec::new() },
    };
    for name in ["category", "code"] {
        done.get(name).iter().for_each(|one| one.mark());
    }
    reading.plan.reviews.push(read);
}

/// What our own review noted, goal by goal.
fn noted<'w>(reading: &mut Reading<'w>, done: Node<'w>, at: &str) -> Vec<Progress> {
    let mut all = Vec::new();
    for (place, note) in done.items("note").into_iter().enumerate() {
        let of = note.extensions(extension::PROGRESS_OF).into_iter().filter_map(Node::any_value).collect();
        let (goals, _) = reading.goals_named(of);
        let goal_id = goals.first().and_then(|goal| reading.plan.goals[*goal].goal_id.clone());
        all.push(Progress { goal_id, text: reading.read(format!("{at}/progress/{place}/text"), note.get("text")) });
        note.mark();
    }
    all
}

/// Notes on goals belong to the review of their day; a note of another day stays where it is.
fn progress(reading: &mut Reading<'_>) {
    for (goal_id, note) in std::mem::take(&mut reading.notes) {
        let day = note.str("time");
        let is_noted = |review: &Review| {
            let same =
                |one: &Progress| one.goal_id == goal_id && one.text.as_ref().map(Words::reveal) == note.str("text");
            review.date.as_ref().map(PlanDate::as_str) == day && review.progress.iter().any(same)
        };
        if reading.plan.reviews.iter().any(is_noted) {
            note.mark();
            continue;
        }
        let of = reading.plan.reviews.iter().position(|review| review.date.as_ref().map(PlanDate::as_str) == day);
        let Some(review) = of else { continue };
        let at = format!("/reviews/{review}/progress/{}", reading.plan.reviews[review].progress.len());
        let text = reading.read(format!("{at}/text"), note.get("text"));
        note.mark();
        reading.plan.reviews[review].progress.push(Progress { goal_id, text });
    }
}

/// `CarePlan`s that are part of this one say what helps in a crisis.
fn crisis_plans(reading: &mut Reading<'_>) {
    let world = reading.world;
    let of_this = |plan: &Node<'_>| {
        plan.items("partOf").into_iter().any(|part| world.find(part.value, part.of) == Some(reading.care_plan.of))
    };
    for plan in world.all("CarePlan").filter(of_this).filter(|one| !reading.is_about_another(*one)).collect::<Vec<_>>()
    {
        reading.used.insert(plan.of);
        plan.is_assumed("status");
        for name in ["partOf", "status", "intent", "category", "subject"] {
            plan.get(name).iter().for_each(|one| one.mark());
        }
        let mut crisis = reading.plan.crisis.clone().unwrap_or_default();
        if crisis.preferences.is_none() {
            crisis.preferences = reading.read("/crisis/preferences", plan.get("description"));
        }
        for note in plan.items("note") {
            let kind = note.part(extension::ANNOTATION_TYPE).and_then(|kind| kind.code_in(&[code::OWN_PLAN_CONCEPT]));
            if kind.and_then(Node::text) == Some("people-to-call") {
                let at = format!("/crisis/people_to_call/{}", crisis.people_to_call.len());
                let words = reading.read(at, note.get("text"));
                crisis.people_to_call.extend(words);
                note.mark();
            }
        }
        reading.plan.crisis = Some(crisis).filter(|crisis| *crisis != Crisis::default());
        for info in plan.items("supportingInfo") {
            in_a_crisis(reading, info);
        }
    }
}

fn in_a_crisis<'w>(reading: &mut Reading<'w>, info: Node<'w>) {
    if let Some(told) = reading.look(info) {
        let is_read = match told.entry().kind {
            "Observation" => super::told::in_a_crisis(reading, told),
            "RiskAssessment" => {
                needs::risk(reading, told);
                true
            }
            "DocumentReference" => reading.used.contains(&told.of) || directive::read(reading, told),
            "Consent" => reading.used.contains(&told.of) || agents::read(reading, told),
            _ => false,
        };
        info.mark_if(is_read);
        return;
    }
    if info.says("type", "DocumentReference") {
        let linked = LinkedPlan {
            kind: reading.read("/crisis/linked_plan/kind", info.get("display")),
            r#ref: reading.read("/crisis/linked_plan/ref", info.get("identifier").and_then(|one| one.get("value"))),
        };
        info.mark();
        reading.plan.crisis.get_or_insert_with(Crisis::default).linked_plan = Some(linked);
    }
}

/// Who sent the record; its way, which our Provenance tells, is in the `CarePlan` too.
fn source(reading: &mut Reading<'_>) {
    if !reading.is_own {
        return;
    }
    let world = reading.world;
    let patient = reading.patient.map(|patient| world.node(patient));
    if let Some(agency) = patient.and_then(|patient| patient.get("managingOrganization"))
        && let Some(agency) = reading.follow(agency)
    {
        let code = agency.items("identifier").into_iter().find(|one| one.says("system", sid::AGENCY_CODE));
        reading.plan.source.agency_id = reading.read("/source/agency_id", code.and_then(|code| code.get("value")));
        agency.mark();
    }
    for one in world.all("Provenance") {
        let targets = one.items("target");
        if targets.iter().any(|target| world.find(target.value, target.of).is_some_and(|of| reading.used.contains(&of)))
        {
            reading.used.insert(one.of);
            one.mark();
        }
    }
}
