//! What is told beside goals: strengths in their three forms, preferences, what matters, the whole person; from Observation.
//!
//! Barriers, needs and risks are read in `needs`, how ready the person is and what was scored in `readiness`.

use std::collections::HashSet;

use super::{
    needs, readiness,
    reading::{Reading, Who},
    scores, status, synonym,
    world::Node,
};
use crate::{
    fhir::system::{code, extension},
    plan::{Preference, Strength, WholePerson, crisis::Crisis, strength::ToldBy},
    words::Words,
};

/// Reads everything that is told of the person and is no goal.
pub(super) fn read(reading: &mut Reading<'_>) {
    let headed = under_strengths(reading);
    let mut barriers: Vec<usize> = Vec::new();
    for told in gathered(reading) {
        match told.entry().kind {
            "Observation" => observation(reading, told, &headed, &mut barriers),
            "RiskAssessment" => needs::risk(reading, told),
            _ => {}
        }
    }
    needs::read(reading, &barriers);
    protective_factors(reading);
    strengths_of_the_person(reading, &headed);
}

/// What the plan points to, then whatever points to one of its goals, each once.
fn gathered<'w>(reading: &mut Reading<'w>) -> Vec<Node<'w>> {
    let world = reading.world;
    let goals: Vec<Node<'w>> = reading.goals.iter().map(|of| world.node(*of)).collect();
    let named = reading.care_plan.items("supportingInfo").into_iter();
    let named = named.chain(goals.iter().flat_map(|goal| goal.items("addresses"))).collect::<Vec<_>>();
    let mut found: Vec<Node<'w>> = Vec::new();
    for reference in named {
        if let Some(target) = reading.look(reference) {
            found.push(target);
            if matches!(target.entry().kind, "Observation" | "RiskAssessment") {
                reference.mark();
            }
        }
    }
    for kind in ["Observation", "RiskAssessment"] {
        for one in world.all(kind) {
            let mut toward = one.items("focus");
            toward.extend(one.extensions(extension::PERTAINS_TO_GOAL).into_iter().filter_map(Node::any_value));
            let is_toward = |reference: &Node<'w>| {
                world.find(reference.value, reference.of).is_some_and(|target| reading.goals.contains(&target))
            };
            if toward.iter().any(is_toward) && !reading.is_about_another(one) {
                found.push(one);
            }
        }
    }
    let members: Vec<Node<'w>> = found.iter().flat_map(|one| one.items("hasMember")).collect();
    found.extend(members.into_iter().filter_map(|member| reading.look(member)));
    let mut seen = HashSet::new();
    found.retain(|one| seen.insert(one.of));
    found
}

/// Reads an Observation that a crisis plan points to.
pub(super) fn in_a_crisis<'w>(reading: &mut Reading<'w>, told: Node<'w>) -> bool {
    let before = reading.used.len();
    observation(reading, told, &HashSet::new(), &mut Vec::new());
    reading.used.len() > before
}

/// Resources that a document lists under a heading that says strengths.
fn under_strengths(reading: &Reading<'_>) -> HashSet<usize> {
    let world = reading.world;
    let sections = world.all("Composition").flat_map(|document| document.items("section"));
    let headed = sections.filter(|section| section.str("title").is_some_and(synonym::says_strength));
    let entries = headed.flat_map(|section| section.items("entry"));
    entries.filter_map(|entry| world.find(entry.value, entry.of)).collect()
}

fn observation<'w>(reading: &mut Reading<'w>, told: Node<'w>, headed: &HashSet<usize>, barriers: &mut Vec<usize>) {
    let Some(concept) = told.get("code") else { return };
    let own = concept.code_in(&[code::OWN_PLAN_CONCEPT]).and_then(Node::text);
    let is_what_matters = told
        .items("category")
        .iter()
        .any(|one| one.code_in(&synonym::PCO_CONCEPTS).is_some_and(|code| code.text() == Some("what-matters")));
    let asked = concept.code_in(&[code::OWN_PERSON_STATUS]).and_then(Node::text);
    let done = match own {
        _ if asked.is_some() => status::answer(reading, told, asked.unwrap_or_default()),
        Some("score") => scores::own(reading, told, concept),
        Some("why-it-matters") => why(reading, told),
        Some("stage-of-change") => readiness::stage(reading, told),
        Some(concept) => whole_person(reading, told, concept),
        None if headed.contains(&told.of) || synonym::is_strength(concept) => strength(reading, told),
        None if synonym::is_barrier(concept) => needs::barrier(reading, told, barriers),
        None if concept.has_code(code::LOINC, "95541-9") || concept.has_code(code::LOINC, "75773-2") => {
            preference(reading, told)
        }
        None if synonym::is_preference(told) => preference(reading, told),
        None if concept.code_in(&synonym::FUNDING).is_some() => status::funding(reading, told),
        None if concept.code_in(&[code::PCO_READINESS]).is_some() => readiness::read(reading, told, concept),
        None if is_what_matters || concept.has_code(code::SNOMED, "247751003") => matters(reading, told, concept),
        None => scores::theirs(reading, told, concept),
    };
    if done {
        reading.used.insert(told.of);
        concept.mark();
        for name in ["status", "subject"] {
            told.get(name).iter().for_each(|one| one.mark());
        }
        for category in told.items("category") {
            let is_known = |coding: &Node<'w>| coding.str("system").is_some_and(synonym::is_bookkeeping);
            if category.items("coding").iter().any(is_known) {
                category.mark();
            }
        }
    }
}

/// The text of an Observation.
pub(super) fn text_of(told: Node<'_>) -> Option<Node<'_>> {
    told.get("valueString").or_else(|| told.get("valueCodeableConcept")?.in_words())
}

fn strength<'w>(reading: &mut Reading<'w>, told: Node<'w>) -> bool {
    let text = if told.entry().kind == "Condition" { told.get("code").and_then(Node::in_words) } else { text_of(told) };
    if text.is_none() && !reading.wrote(told) {
        return false;
    }
    let place = reading.plan.strengths.len();
    let at = |field: &str| format!("/strengths/{place}{field}");
    reading.note(at(""), told);
    let capture = told.extensions(extension::WORDS_CAPTURE).first().copied();
    let part = |url: &str| capture.and_then(|capture| capture.part(url));
    let kind = told.items("category").into_iter().find_map(|one| one.code_in(&[code::OWN_STRENGTH_KIND]));
    let mut read = Strength {
        strength_id: reading.key_of(&at("/strength_id"), "strength", told),
        text: reading.read(at("/text"), text),
        category: reading.read(at("/category"), kind),
        told_by: reading.read(at("/told_by"), part("expressedBy")),
        prompt: reading.read(at("/prompt"), part("prompt")),
    };
    capture.iter().for_each(|one| one.mark());
    if told.entry().kind == "Condition" {
        for name in ["clinicalStatus", "verificationStatus", "subject", "category"] {
            told.get(name).iter().for_each(|one| one.mark());
        }
    }
    told.items("category")
        .iter()
        .filter(|one| one.code_in(&[code::OWN_STRENGTH_KIND]).is_some())
        .for_each(|one| one.mark());
    if read.told_by.is_none() && !reading.wrote(told) {
        read.told_by = teller(reading, told, &at("/told_by"));
    }
    let toward = told.extensions(extension::PERTAINS_TO_GOAL);
    let (goals, _) = reading.goals_named(toward.iter().filter_map(|one| one.any_value()).collect());
    toward.iter().for_each(|one| one.get("url").iter().for_each(|url| url.mark()));
    if let Some(id) = &read.strength_id {
        goals.into_iter().for_each(|goal| reading.plan.goals[goal].strengths_used.push(id.clone()));
    }
    reading.used.insert(told.of);
    reading.strengths.push((told.of, read.strength_id.clone()));
    reading.plan.strengths.push(read);
    true
}

fn teller<'w>(reading: &mut Reading<'w>, told: Node<'w>, at: &str) -> Option<ToldBy> {
    let performer = told.items("performer").first().copied().or(told.get("asserter"))?;
    let teller = match reading.who(performer)? {
        Who::Person => ToldBy::Person,
        Who::Guardian | Who::Family => ToldBy::Family,
        Who::Peer => ToldBy::Peer,
        Who::Staff => ToldBy::Staff,
        Who::Court | Who::Organization => return None,
    };
    reading.note(at, performer);
    performer.mark();
    Some(teller)
}

/// Forms 2 and 3 of strengths: the extension on a goal, and the protective factor among the conditions.
fn protective_factors(reading: &mut Reading<'_>) {
    let world = reading.world;
    for (place, of) in reading.goals.clone().into_iter().enumerate() {
        for factor in world.node(of).extensions(extension::PROTECTIVE_FACTOR) {
            protective_factor(reading, factor, &[place]);
        }
    }
    for activity in reading.care_plan.items("activity") {
        for factor in activity.extensions(extension::PROTECTIVE_FACTOR) {
            let step = activity.get("reference").and_then(|step| reading.look(step));
            let toward = step.map(|step| step.extensions(extension::PERTAINS_TO_GOAL)).unwrap_or_default();
            let toward = toward.into_iter().filter_map(Node::any_value);
            let toward = toward.chain(activity.get("detail").map(|detail| detail.items("goal")).unwrap_or_default());
            let (goals, _) = reading.goals_named(toward.collect());
            protective_factor(reading, factor, &goals);
        }
    }
    for condition in world.all("Condition") {
        let is_known = reading.strengths.iter().any(|(of, _)| *of == condition.of);
        let is_factor = condition.items("category").into_iter().any(synonym::is_protective);
        if is_factor && !is_known && reading.is_about_person(condition) {
            strength(reading, condition);
        }
    }
}

/// One factor, for these goals: the strength that it points to, or the words that it has itself.
fn protective_factor<'w>(reading: &mut Reading<'w>, factor: Node<'w>, goals: &[usize]) {
    let told = factor.part("reference").and_then(|one| reading.look(one));
    let told = told.filter(|told| matches!(told.entry().kind, "Observation" | "Condition"));
    let words = factor.part("concept").and_then(Node::in_words);
    let id = if let Some(told) = told {
        let is_known = |reading: &Reading<'_>| reading.strengths.iter().position(|(of, _)| *of == told.of);
        if is_known(reading).is_none() && !strength(reading, told) {
            return;
        }
        is_known(reading).and_then(|known| reading.strengths[known].1.clone())
    } else if let Some(words) = words {
        let place = reading.plan.strengths.len();
        reading.note(format!("/strengths/{place}"), factor);
        let goal = goals.first().and_then(|goal| reading.plan.goals[*goal].goal_id.clone()).unwrap_or_default();
        let id = format!("{goal}-{}", place + 1);
        let text = reading.read(format!("/strengths/{place}/text"), Some(words));
        reading.plan.strengths.push(Strength { strength_id: Some(id.clone()), text, ..Strength::default() });
        Some(id)
    } else {
        return;
    };
    factor.mark();
    for goal in goals {
        let used = &mut reading.plan.goals[*goal].strengths_used;
        used.extend(id.clone().filter(|id| !used.contains(id)));
    }
}

/// Strengths of the person that no plan here points to, where this plan points to none.
fn strengths_of_the_person(reading: &mut Reading<'_>, headed: &HashSet<usize>) {
    if !reading.plan.strengths.is_empty() || reading.plan.no_strengths.is_some() {
        return;
    }
    let world = reading.world;
    let elsewhere: HashSet<usize> = world
        .all("CarePlan")
        .flat_map(|plan| plan.items("supportingInfo"))
        .filter_map(|info| world.find(info.value, info.of))
        .collect();
    for told in world.all("Observation").filter(|told| !elsewhere.contains(&told.of)) {
        let says = told.get("code").is_some_and(synonym::is_strength) || headed.contains(&told.of);
        if says && reading.is_about_person(told) {
            observation(reading, told, headed, &mut Vec::new());
        }
    }
    if !reading.plan.strengths.is_empty() {
        reading.inferred.push("CarePlan.supportingInfo");
    }
}

fn preference<'w>(reading: &mut Reading<'w>, told: Node<'w>) -> bool {
    let text = text_of(told);
    if text.is_none() && !reading.wrote(told) {
        return false;
    }
    let at = format!("/preferences/{}", reading.plan.preferences.len());
    let language = told.get("_valueString").and_then(|beside| beside.part(extension::LANGUAGE));
    let lang = reading.read(format!("{at}/lang"), language);
    told.get("_valueString").iter().for_each(|beside| beside.mark());
    let text = reading.read(format!("{at}/text"), text);
    let theirs = told.part(synonym::PRECONDITION);
    let condition = told.part(extension::APPLIES_WHEN).or(theirs.and_then(|one| one.in_words().or(Some(one))));
    let condition = reading.read(format!("{at}/condition"), condition);
    reading.plan.preferences.push(Preference { text, lang, condition });
    true
}

fn whole_person<'w>(reading: &mut Reading<'w>, told: Node<'w>, concept: &str) -> bool {
    let text = text_of(told);
    let crisis = |reading: &mut Reading<'w>, list: &str, pick: fn(&mut Crisis) -> &mut Vec<Words>| {
        let known = pick(reading.plan.crisis.get_or_insert_with(Crisis::default)).len();
        let words: Option<Words> = reading.read(format!("/crisis/{list}/{known}"), text);
        pick(reading.plan.crisis.get_or_insert_with(Crisis::default)).extend(words);
    };
    match concept {
        "what-helps" => crisis(reading, "what_helps", |crisis| &mut crisis.what_helps),
        "what-to-avoid" => crisis(reading, "what_to_avoid", |crisis| &mut crisis.what_to_avoid),
        "crisis-preference" => {
            let words = reading.read("/crisis/preferences", text);
            reading.plan.crisis.get_or_insert_with(Crisis::default).preferences = words;
        }
        "how-described" => reading.plan.person.how_described = reading.read("/person/how_described", text),
        "role" | "interest" => {
            let (list, name) = if concept == "role" { (0, "roles") } else { (1, "interests") };
            let whole = reading.plan.whole_person.get_or_insert_with(WholePerson::default);
            let known = [&whole.roles, &whole.interests][list].len();
            let words: Option<Words> = reading.read(format!("/whole_person/{name}/{known}"), text);
            let whole = reading.plan.whole_person.get_or_insert_with(WholePerson::default);
            if list == 0 { whole.roles.extend(words) } else { whole.interests.extend(words) }
        }
        _ => return one_of_a_kind(reading, concept, text),
    }
    true
}

fn one_of_a_kind<'w>(reading: &mut Reading<'w>, concept: &str, text: Option<Node<'w>>) -> bool {
    let (name, pick): (&str, fn(&mut WholePerson) -> &mut Option<Words>) = match concept {
        "vision" => ("vision", |whole| &mut whole.vision),
        "important-to-me" => ("important_to_me", |whole| &mut whole.important_to_me),
        "what-gives-life" => ("what_gives_life", |whole| &mut whole.what_gives_life),
        "culture" => ("culture", |whole| &mut whole.culture),
        "faith" => ("faith", |whole| &mut whole.faith),
        "own-explanation" => ("how_i_understand_it", |whole| &mut whole.how_i_understand_it),
        _ => return false,
    };
    if reading.plan.whole_person.as_mut().is_some_and(|whole| pick(whole).is_some()) || text.is_none() {
        return false;
    }
    let words = reading.read(format!("/whole_person/{name}"), text);
    *pick(reading.plan.whole_person.get_or_insert_with(WholePerson::default)) = words;
    true
}

/// What matters: why a goal that addresses it matters, else what is important to the person.
fn matters<'w>(reading: &mut Reading<'w>, told: Node<'w>, concept: Node<'w>) -> bool {
    let is_purpose = concept.has_code(code::SNOMED, "247751003");
    why(reading, told)
        || one_of_a_kind(reading, if is_purpose { "what-gives-life" } else { "important-to-me" }, text_of(told))
}

fn why<'w>(reading: &mut Reading<'w>, told: Node<'w>) -> bool {
    let Some(text) = text_of(told) else { return false };
    let world = reading.world;
    let mut found = false;
    for place in 0..reading.goals.len() {
        let addresses = world.node(reading.goals[place]).items("addresses");
        let this = addresses.into_iter().find(|one| world.find(one.value, one.of) == Some(told.of));
        if let Some(this) = this.filter(|_| reading.plan.goals[place].why_it_matters.is_none()) {
            this.mark();
            found = true;
            reading.plan.goals[place].why_it_matters =
                reading.read(format!("/goals/{place}/why_it_matters"), Some(text));
        }
    }
    found
}
