//! What the person wants (Goal), the objectives toward it, and the signs that less support is needed.
//!
//! The person's text is `description.text`, byte for byte; no code ever stands in its place (D4). Objectives are Goals of
//! their own, tied by goal-relationship (D8).

use super::{Saying, Written, crosswalk, observations, provenance, scores, speaker};
use crate::{
    fhir::{
        claim::{GoalFacts, Scaling},
        datatype::{Beside, Coding, Concept, Extension, Link, Note, Reference, Value},
        label, lexical,
        resource::{self, GoalBody, ListBody, ListEntry, Target},
        system::{code, extension, profile, sid},
    },
    plan::{
        Goal, Objective,
        crisis::PersonAgrees,
        goal::{self, ExpressedBy, GoalKind, GoalStatus},
    },
};

/// Writes life goals, objectives and the transition's signs.
pub(super) fn write(saying: &Saying<'_>, written: &mut Written) {
    let mut ranked = Vec::new();
    for (goal, link) in saying.plan.goals.iter().zip(saying.goals.clone()) {
        let is_pco = write_goal(saying, goal, link, written);
        ranked.extend(goal.rank.filter(|_| is_pco).map(|rank| (rank, link)));
    }
    write_priorities(saying, ranked, written);
    for (objective, link) in saying.plan.objectives.iter().zip(saying.objectives.clone()) {
        write_objective(saying, objective, link, written);
    }
    write_transition(saying, written);
}

/// Writes a goal, and says whether PCO's measures count it.
fn write_goal<'a>(saying: &Saying<'a>, goal: &'a Goal, link: Link, written: &mut Written) -> bool {
    let statement = &goal.statement;
    let text = lexical::said(statement.text.as_ref());
    let expressed_by = speaker::reference(saying, statement.expressed_by.as_ref());
    let person_speaks = speaker::speaker_of(statement)
        .is_some_and(|by| matches!(by, ExpressedBy::Person | ExpressedBy::PersonWithSupport));
    let why = observations::write_why(saying, goal, link, written);
    let mut body = body(saying, goal.status.as_ref());
    body.category = categories(goal);
    body.description = description(saying, goal, text);
    body.start_date = lexical::date(goal.start_date.as_ref());
    body.target = scores::targets(goal);
    set_achievement(&mut body, goal);
    body.expressed_by = expressed_by.map(Reference::from);
    body.addresses.extend(why.map(Reference::from));
    if saying.only_goal() == Some(link) {
        body.addresses.extend(written.needs.iter().copied().map(Reference::from));
    }
    body.note = progress(saying, goal);
    let facts = GoalFacts {
        eltss_patient: saying.eltss,
        has_start: body.start_date.is_some(),
        is_person_centered: is_person_centered(goal),
        scaled: scores::scaling(goal),
        is_own_words: saying.passed.own_words && text.is_some() && person_speaks && goal.is_live(),
        expressed_by,
        addresses_eltss: saying.eltss || body.addresses.is_empty(),
    };
    body.outcome_reference = scores::write(saying, goal, link, facts, written);
    let vouched = label::vouched(speaker::speaker_of(statement), statement.capture_method.as_ref());
    let mut head = saying.vouched_head(link, sid::GOAL, facts.profiles(), vouched);
    head.extension = extensions(saying, goal);
    head.identifier.extend(saying.own_key("goal", goal.goal_id.as_ref()));
    let spoken = text.and_then(|_| provenance::Spoken::of_goal(saying, statement));
    written.words(resource::write(&head, &body), spoken);
    count(written, link, facts);
    facts.is_pco()
}

/// The words, and beside them the codes that came with them; none is added on our initiative (D4).
fn description<'a>(saying: &Saying<'a>, goal: &'a Goal, text: Option<&'a str>) -> Concept<'a> {
    let coding: Vec<Coding<'a>> = goal.statement.coding.iter().filter_map(coding).collect();
    let beside_text = speaker::language_of_goal(saying, &goal.statement);
    if text.is_none() && coding.is_empty() {
        return Concept { beside_text, ..without_words() };
    }
    let mut said = Concept { coding, text, beside_text, ..Concept::default() };
    if text.is_some() {
        said.id = Some("own-words").filter(|_| !is_said_by_professionals(goal));
    } else {
        said.beside_text.extension.insert(0, Extension::absent("unknown"));
    }
    said
}

/// A code as it came. A system that is no URI is told beside it.
fn coding(given: &goal::Coding) -> Option<Coding<'_>> {
    let named = lexical::given(given.system.as_ref());
    let system = named.and_then(lexical::uri);
    let recorded = named.filter(|_| system.is_none());
    let extension = recorded.map(|word| Extension::of(extension::AS_RECORDED, Value::Text(word))).into_iter().collect();
    let code = given.code.as_deref().and_then(lexical::code);
    let display = lexical::given(given.display.as_ref());
    (named.is_some() || code.is_some() || display.is_some()).then_some(Coding { extension, system, code, display })
}

/// What comes first for the person: PCO's list, of the goals that it counts.
fn write_priorities(saying: &Saying<'_>, mut ranked: Vec<(u32, Link)>, written: &mut Written) {
    if ranked.is_empty() {
        return;
    }
    ranked.sort_by_key(|(rank, _)| *rank);
    let link = saying.link("List", &["priorities"]);
    let body = ListBody {
        status: "current",
        mode: "working",
        title: "What comes first for me",
        code: Concept::of(code::LOINC, "81340-2"),
        subject: Reference::from(saying.patient),
        ordered_by: Concept::of(code::LIST_ORDER, "priority"),
        entry: ranked.into_iter().map(|(_, goal)| ListEntry { item: Reference::from(goal) }).collect(),
    };
    written.supporting.push(link);
    written.record(resource::write(&saying.head(link, sid::PRIORITIES, vec![profile::PCO_PRIORITIES]), &body));
}

fn write_objective<'a>(saying: &Saying<'a>, objective: &'a Objective, link: Link, written: &mut Written) {
    let mut body = body(saying, objective.status.as_ref());
    body.category = vec![Concept::of(code::OWN_GOAL_KIND, "objective")];
    let outcome = lexical::known(objective.outcome_type.as_ref());
    body.category.extend(outcome.map(|outcome| Concept::of(code::OWN_OUTCOME_TYPE, outcome)));
    let words = lexical::said(objective.text.as_ref()).map_or_else(without_words, Concept::said);
    body.description = Concept { coding: objective.coding.iter().filter_map(coding).collect(), ..words };
    let measure = lexical::said(objective.measure.as_ref()).map(Concept::said);
    let due_date = lexical::date(objective.due_date.as_ref());
    body.target.extend(Target::given(Target { measure, detail_quantity: None, due_date }));
    let facts = plain_facts(saying);
    let mut head = saying.head(link, sid::GOAL, facts.profiles());
    head.identifier.extend(saying.own_key("objective", objective.id.as_ref()));
    written.record(resource::write(&head, &body));
    count(written, link, facts);
}

/// How the person will know that they need less support: a Goal of its own kind, tied to every goal that is live.
fn write_transition(saying: &Saying<'_>, written: &mut Written) {
    let criteria =
        saying.plan.transition.as_ref().and_then(|transition| lexical::said(transition.criteria_text.as_ref()));
    let Some(criteria) = criteria else { return };
    let link = saying.link("Goal", &["transition"]);
    let mut body = body(saying, Some(&GoalStatus::Proposed));
    body.category = vec![Concept::of(code::OWN_GOAL_KIND, "transition-criteria")];
    body.description = Concept::said(criteria);
    let facts = plain_facts(saying);
    let mut head = saying.head(link, sid::GOAL, facts.profiles());
    head.extension = saying.plan.live_goals().map(|(at, _)| relationship("other", saying.goals[at])).collect();
    written.record(resource::write(&head, &body));
    count(written, link, facts);
}

fn body<'a>(saying: &Saying<'a>, status: Option<&'a GoalStatus>) -> GoalBody<'a> {
    let known = status.and_then(crosswalk::goal_status);
    let lifecycle = known.map_or(crosswalk::goal_status_in(saying.plan.status.as_ref()), |(lifecycle, ..)| lifecycle);
    GoalBody {
        lifecycle_status: lifecycle,
        beside_lifecycle: if status.is_some() { Beside::default() } else { Beside::assumed() },
        achievement_status: known
            .and_then(|(_, achieved, _)| achieved)
            .map(|code| Concept { extension: vec![Extension::assumed()], ..Concept::of(code::ACHIEVEMENT, code) }),
        category: Vec::new(),
        description: Concept::default(),
        subject: Reference::from(saying.patient),
        start_date: None,
        target: Vec::new(),
        status_date: None,
        status_reason: known.and_then(|(.., reason)| reason),
        expressed_by: None,
        addresses: Vec::new(),
        note: Vec::new(),
        outcome_reference: Vec::new(),
    }
}

fn plain_facts(saying: &Saying<'_>) -> GoalFacts {
    GoalFacts {
        eltss_patient: saying.eltss,
        has_start: false,
        is_person_centered: false,
        scaled: Scaling::None,
        is_own_words: false,
        expressed_by: None,
        addresses_eltss: true,
    }
}

fn count(written: &mut Written, link: Link, facts: GoalFacts) {
    written.goals.push(link);
    written.goals_eltss &= facts.is_eltss();
    written.has_pco_goal |= facts.is_pco();
}

/// A goal whose words the source did not give: said to be absent, never filled in.
fn without_words<'a>() -> Concept<'a> {
    Concept { extension: vec![Extension::absent("unknown")], ..Concept::default() }
}

fn is_said_by_professionals(goal: &Goal) -> bool {
    matches!(goal.statement.expressed_by, Some(ExpressedBy::Staff | ExpressedBy::CourtOrAgency))
}

/// Whether PCO's measures may count the goal as the person's.
fn is_person_centered(goal: &Goal) -> bool {
    let others = matches!(goal.kind, Some(GoalKind::ClinicalGoal | GoalKind::RequiredByOthers));
    !others && !is_said_by_professionals(goal)
}

/// One concept a code system: PCO's slices look at whole concepts.
fn categories(goal: &Goal) -> Vec<Concept<'_>> {
    let mut categories = Vec::with_capacity(4);
    if is_person_centered(goal) {
        categories.push(Concept::of(code::PCO, "person-centered"));
    }
    categories.extend(lexical::known(goal.kind.as_ref()).map(|kind| Concept::of(code::OWN_GOAL_KIND, kind)));
    categories.extend(lexical::known(goal.domain.as_ref()).map(|area| Concept::of(code::OWN_GOAL_DOMAIN, area)));
    let pco = goal.domain.as_ref().and_then(crosswalk::pco_domain);
    categories.extend(pco.map(|area| Concept::of(code::PCO_DOMAIN, area)));
    categories
}

fn set_achievement<'a>(body: &mut GoalBody<'a>, goal: &'a Goal) {
    let Some(achievement) = &goal.achievement else { return };
    if let Some(code) = lexical::known(achievement.code.as_ref()) {
        body.achievement_status = Some(Concept::of(code::ACHIEVEMENT, code));
    }
    body.status_date = lexical::date(achievement.as_of.as_ref());
}

/// What reviews noted of this goal.
fn progress<'a>(saying: &Saying<'a>, goal: &Goal) -> Vec<Note<'a>> {
    let Some(id) = goal.goal_id.as_deref() else { return Vec::new() };
    let reviews = saying.plan.reviews.iter();
    reviews
        .flat_map(|review| {
            let time = lexical::date_time(review.date.as_ref());
            let of_goal = review.progress.iter().filter(move |note| note.goal_id.as_deref() == Some(id));
            of_goal
                .filter_map(move |note| lexical::said(note.text.as_ref()).map(|text| Note { time, ..Note::said(text) }))
        })
        .collect()
}

fn extensions<'a>(saying: &Saying<'a>, goal: &'a Goal) -> Vec<Extension<'a>> {
    let mut extensions: Vec<Extension<'a>> = acceptance(saying, goal).into_iter().collect();
    let toward = saying.plan.objectives.iter().zip(&saying.objectives);
    let mine = toward.filter(|(objective, _)| objective.goal_id.is_some() && objective.goal_id == goal.goal_id);
    extensions.extend(mine.map(|(_, link)| relationship("milestone", *link)));
    let after = saying.goal_named(goal.replaced_by.as_deref());
    extensions.extend(after.map(|link| relationship("replacement", link)));
    let ended = goal.status.as_ref().and_then(crosswalk::goal_status).and_then(|(.., reason)| reason);
    let rank = goal.rank.filter(|rank| i32::try_from(*rank).is_ok());
    extensions.extend(rank.map(|rank| Extension::of(extension::GOAL_RANK, Value::Whole(rank))));
    let reason = ended.map(|reason| Value::Concept(Concept::of(code::OWN_GOAL_REASON, reason)));
    extensions.extend(reason.map(|reason| Extension::of(extension::STATUS_REASON, reason)));
    extensions.extend(scores::levels(goal));
    extensions.extend(speaker::capture_of_goal(saying, &goal.statement));
    extensions
}

/// What the person says to the goal; who agrees to the whole plan is taken to agree to each goal that is theirs.
fn acceptance<'a>(saying: &Saying<'a>, goal: &'a Goal) -> Option<Extension<'a>> {
    let agreed = saying.plan.agreement.as_ref().is_some_and(|one| one.person_agrees == Some(PersonAgrees::Yes));
    let agreed = agreed && is_person_centered(goal) && goal.is_live();
    let given = goal.acceptance.as_ref();
    let status = given.and_then(|one| lexical::known(one.status.as_ref())).map(Value::Code);
    let status = status.or(agreed.then_some(Value::AssumedCode("agree")));
    let priority = given.and_then(|one| lexical::known(one.priority.as_ref()));
    let priority = priority.map(|priority| Value::Concept(Concept::of(code::GOAL_PRIORITY, priority)));
    let said: Vec<Extension<'a>> = [("status", status), ("priority", priority)]
        .into_iter()
        .filter_map(|(url, value)| value.map(|value| Extension::of(url, value)))
        .collect();
    let individual = Extension::of("individual", Value::Reference(saying.patient));
    let is_said = !said.is_empty();
    let parts = std::iter::once(individual).chain(said).collect();
    is_said.then_some(Extension::of(extension::GOAL_ACCEPTANCE, Value::Parts(parts)))
}

fn relationship<'a>(kind: &'static str, target: Link) -> Extension<'a> {
    let kind = Value::Concept(Concept::of(code::GOAL_RELATIONSHIP, kind));
    let parts = vec![Extension::of("type", kind), Extension::of("target", Value::Reference(target))];
    Extension::of(extension::GOAL_RELATIONSHIP, Value::Parts(parts))
}
