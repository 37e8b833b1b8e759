//! Goals, objectives and the signs that less support is needed, from Goal resources.
//!
//! The text is taken byte for byte from `description.text` alone; a code or its display never stands in for it. Who a
//! reference, a Provenance or a label says spoke is found in `speaker`.

use std::collections::HashSet;

use super::{
    reading::{Reading, Who},
    scores, speaker, synonym,
    world::Node,
};
use crate::{
    fhir::system::{code, extension},
    plan::{
        Goal, Objective, Transition,
        date::PlanDate,
        goal::{Acceptance, Achievement, AchievementCode, GoalKind, GoalStatus},
    },
};

/// The code system in which some say that words are absent.
pub(super) const MARKED_ABSENT: &str = "http://terminology.hl7.org/CodeSystem/data-absent-reason";

/// Reads what the person wants, and what leads there.
pub(super) fn read(reading: &mut Reading<'_>) {
    let listed = listed(reading);
    let steps: HashSet<usize> = listed.iter().flat_map(|goal| toward(reading, *goal, "milestone")).collect();
    let further = steps.iter().filter(|of| listed.iter().all(|goal| goal.of != **of)).copied().collect::<Vec<_>>();
    let world = reading.world;
    let all = listed.into_iter().chain(further.into_iter().map(|of| world.node(of)).filter(Node::is_usable));
    let mut objectives = Vec::new();
    for goal in all {
        reading.used.insert(goal.of);
        let kind = goal.items("category").into_iter().find_map(|one| one.code_in(&[code::OWN_GOAL_KIND]));
        match kind.and_then(Node::text) {
            Some("objective") => objectives.push(goal),
            Some("transition-criteria") => read_transition(reading, goal),
            None if steps.contains(&goal.of) => objectives.push(goal),
            _ => read_goal(reading, goal),
        }
    }
    for objective in objectives {
        read_objective(reading, objective);
    }
    replacements(reading);
    ranks(reading);
}

/// The goal that came in a goal's place, where it is one of the plan's.
fn replacements(reading: &mut Reading<'_>) {
    for place in 0..reading.goals.len() {
        let after = toward(reading, reading.world.node(reading.goals[place]), "replacement");
        let after = after.into_iter().find_map(|of| reading.goals.iter().position(|goal| *goal == of));
        reading.plan.goals[place].replaced_by = after.and_then(|after| reading.plan.goals[after].goal_id.clone());
    }
}

/// The goals of the plan; where it names none, those of the person that overlap it and that no other plan names.
fn listed<'w>(reading: &mut Reading<'w>) -> Vec<Node<'w>> {
    let references = reading.care_plan.items("goal");
    let mut listed: Vec<Node<'w>> = Vec::new();
    for reference in &references {
        if reference.get("reference").is_none() && reference.get("identifier").is_none() {
            if reading.plan.no_goal.is_some() {
                reference.mark();
            }
            continue;
        }
        if let Some(goal) = reading.look(*reference).filter(|goal| goal.entry().kind == "Goal")
            && listed.iter().all(|known| known.of != goal.of)
        {
            reference.mark();
            listed.push(goal);
        }
    }
    if !references.is_empty() || reading.plan.no_goal.is_some() {
        return listed;
    }
    let world = reading.world;
    let taken: HashSet<usize> = world
        .all("CarePlan")
        .flat_map(|plan| plan.items("goal"))
        .filter_map(|goal| world.find(goal.value, goal.of))
        .collect();
    let open = world.all("Goal").filter(|goal| !goal.entry().is_contained() && !taken.contains(&goal.of));
    let found: Vec<Node<'w>> = open.filter(|goal| reading.is_about_person(*goal) && overlaps(reading, *goal)).collect();
    if !found.is_empty() {
        reading.inferred.push("CarePlan.goal");
    }
    found
}

fn overlaps(reading: &Reading<'_>, goal: Node<'_>) -> bool {
    let period = &reading.plan.period;
    let due = goal.items("target").first().and_then(|target| target.str("dueDate"));
    let before = |one: Option<&str>, other: Option<&str>| match (one, other) {
        (Some(one), Some(other)) => one[..one.len().min(10)] <= other[..other.len().min(10)],
        _ => true,
    };
    let (start, end) = (period.start.as_ref().map(PlanDate::as_str), period.end.as_ref().map(PlanDate::as_str));
    let is_ascii = [start, end, due, goal.str("startDate")].into_iter().flatten().all(str::is_ascii);
    is_ascii && before(goal.str("startDate"), end) && before(start, due)
}

/// The goals that a goal's relationship of this kind points to.
fn toward(reading: &Reading<'_>, goal: Node<'_>, kind: &str) -> Vec<usize> {
    let related = goal.extensions(extension::GOAL_RELATIONSHIP).into_iter();
    let such = related.filter(|one| one.part("type").is_some_and(|of| of.has_code(code::GOAL_RELATIONSHIP, kind)));
    such.filter_map(|one| {
        let target = one.part("target")?;
        let found = reading.world.find(target.value, target.of)?;
        one.mark();
        Some(found)
    })
    .collect()
}

fn read_goal<'w>(reading: &mut Reading<'w>, goal: Node<'w>) {
    let place = reading.plan.goals.len();
    let at = |field: &str| format!("/goals/{place}{field}");
    reading.note(at(""), goal);
    let goal_id = reading.key_of(&at("/goal_id"), "goal", goal);
    let statement = speaker::statement(reading, goal, &at("/statement"));
    let status = status(reading, goal, &at("/status"));
    let rank = rank(reading, goal, &at("/rank"));
    let mut read = Goal { goal_id, statement, rank, ..Goal::default() };
    (read.kind, read.domain) = categories(reading, goal, &at(""));
    if read.kind.is_none() {
        read.kind = kind_by_speaker(reading, goal);
    }
    read.start_date = reading.read(at("/start_date"), goal.get("startDate"));
    let due = goal.items("target").first().and_then(|target| target.get("dueDate"));
    read.target_score = scores::to_reach(reading, goal, &at("/target_score"));
    read.target_date = reading.read(at("/target_date"), due);
    read.achievement = achievement(reading, goal, status.as_ref(), &at("/achievement"));
    read.status = status;
    read.scale = scores::levels(reading, goal, &at("/scale"));
    read.acceptance = acceptance(reading, goal, &at("/acceptance"));
    goal.get("subject").filter(|subject| reading.is_person(*subject)).iter().for_each(|subject| subject.mark());
    reading.notes.extend(goal.items("note").into_iter().map(|note| (read.goal_id.clone(), note)));
    reading.goals.push(goal.of);
    reading.plan.goals.push(read);
}

/// Which place the goal has for the person, as our own Goal says it.
fn rank<'w>(reading: &mut Reading<'w>, goal: Node<'w>, at: &str) -> Option<u32> {
    let rank = goal.part(extension::GOAL_RANK)?;
    reading.note(at, rank);
    rank.mark();
    rank.value.as_u64().and_then(|rank| rank.try_into().ok())
}

/// What the person says to the goal; what others say to it is theirs. That they agree to the whole plan is the plan's to say.
fn acceptance<'w>(reading: &mut Reading<'w>, goal: Node<'w>, at: &str) -> Option<Acceptance> {
    let accepted = goal.extensions(extension::GOAL_ACCEPTANCE).into_iter();
    let (one, who) = accepted
        .filter_map(|one| Some((one, one.part("individual")?)))
        .find(|(_, individual)| reading.is_person(*individual))?;
    let status = one.extensions("status").first().copied().filter(|status| !status.is_assumed("valueCode"));
    let priority = one.part("priority").and_then(|priority| priority.code_in(&[code::GOAL_PRIORITY]));
    let read = Acceptance {
        status: reading.read(format!("{at}/status"), status.and_then(Node::any_value)),
        priority: reading.read(format!("{at}/priority"), priority),
    };
    one.part("priority").filter(|_| priority.is_some()).iter().for_each(|priority| priority.mark());
    who.mark();
    Some(read).filter(|read| *read != Acceptance::default())
}

/// A goal that the person expressed is theirs; one that staff expressed is a clinical one.
fn kind_by_speaker(reading: &Reading<'_>, goal: Node<'_>) -> Option<GoalKind> {
    let says = goal.get("expressedBy").and_then(|who| reading.who(who));
    match says {
        _ if reading.wrote(goal) => None,
        Some(Who::Person) => Some(GoalKind::LifeGoal),
        Some(Who::Staff) => Some(GoalKind::ClinicalGoal),
        Some(Who::Court) => Some(GoalKind::RequiredByOthers),
        _ => None,
    }
}

fn categories<'w>(
    reading: &mut Reading<'w>,
    goal: Node<'w>,
    at: &str,
) -> (Option<GoalKind>, Option<crate::plan::goal::GoalDomain>) {
    let (mut kind, mut domain) = (None, None);
    for category in goal.items("category") {
        if let Some(own) = category.code_in(&[code::OWN_GOAL_KIND]) {
            kind = reading.read(format!("{at}/kind"), Some(own));
        } else if let Some(own) = category.code_in(&[code::OWN_GOAL_DOMAIN]) {
            domain = reading.read(format!("{at}/domain"), Some(own));
        } else if let Some(theirs) = category.code_in(&synonym::PCO_DOMAINS) {
            let known = theirs.text().and_then(synonym::domain);
            if domain.is_none() && known.is_some() {
                reading.note(format!("{at}/domain"), theirs);
                domain = known;
            }
        } else if category.code_in(&synonym::PCO_CONCEPTS).is_none() {
            continue;
        }
        category.mark();
    }
    (kind, domain)
}

fn status<'w>(reading: &mut Reading<'w>, goal: Node<'w>, at: &str) -> Option<GoalStatus> {
    if goal.is_assumed("lifecycleStatus") {
        return None;
    }
    let reason = goal.part(extension::STATUS_REASON).and_then(|reason| reason.code_in(&[code::OWN_GOAL_REASON]));
    let plain = goal.str("statusReason").filter(|_| reading.wrote(goal));
    let reason = reason.and_then(Node::text).or(plain);
    let is_replaced = goal
        .extensions(extension::GOAL_RELATIONSHIP)
        .into_iter()
        .any(|one| one.part("type").is_some_and(|kind| kind.has_code(code::GOAL_RELATIONSHIP, "replacement")));
    let lifecycle: String = reading.read(at, goal.get("lifecycleStatus"))?;
    if reason.is_some() {
        goal.extensions(extension::STATUS_REASON).iter().for_each(|one| one.mark());
        if let Some(words) = goal.get("statusReason").filter(|words| words.text() == reason) {
            words.mark();
        }
    }
    Some(synonym::goal_status(&lifecycle, reason.or(is_replaced.then_some("replaced"))))
}

/// How far the goal has come. That an achieved goal was achieved is its status, unless a day is given.
fn achievement<'w>(
    reading: &mut Reading<'w>,
    goal: Node<'w>,
    status: Option<&GoalStatus>,
    at: &str,
) -> Option<Achievement> {
    let concept = goal.get("achievementStatus");
    let as_of = reading.read(format!("{at}/as_of"), goal.get("statusDate"));
    let code = concept.and_then(|concept| concept.code_in(&[code::ACHIEVEMENT]));
    let code: Option<AchievementCode> = reading.read(format!("{at}/code"), code);
    if code.is_some()
        && let Some(concept) = concept
    {
        concept.mark();
    }
    let is_assumed = concept.is_some_and(|concept| concept.part(extension::ASSUMED).is_some());
    let says_no_more = status == Some(&GoalStatus::Achieved) && code == Some(AchievementCode::Achieved);
    let says_no_more = says_no_more && as_of.is_none() && !reading.wrote(goal);
    let code = code.filter(|_| !says_no_more && !is_assumed);
    (code.is_some() || as_of.is_some()).then_some(Achievement { code, as_of })
}

fn read_objective<'w>(reading: &mut Reading<'w>, goal: Node<'w>) {
    let place = reading.plan.objectives.len();
    let at = |field: &str| format!("/objectives/{place}{field}");
    reading.note(at(""), goal);
    let id = reading.key_of(&at("/id"), "objective", goal);
    let description = goal.get("description");
    let text = description.and_then(|description| description.get("text"));
    let target = goal.items("target").first().copied();
    let measure = target.and_then(|target| target.get("measure")?.in_words());
    let outcome = goal.items("category").into_iter().find_map(|one| one.code_in(&[code::OWN_OUTCOME_TYPE]));
    let parents = (0..reading.goals.len())
        .find(|parent| toward(reading, reading.world.node(reading.goals[*parent]), "milestone").contains(&goal.of));
    let read = Objective {
        id,
        goal_id: parents.and_then(|parent| reading.plan.goals[parent].goal_id.clone()),
        text: reading.read(at("/text"), text),
        coding: speaker::codings(reading, description, &at("/coding")),
        measure: reading.read(at("/measure"), measure),
        due_date: reading.read(at("/due_date"), target.and_then(|target| target.get("dueDate"))),
        status: status(reading, goal, &at("/status")),
        outcome_type: reading.read(at("/outcome_type"), outcome),
    };
    for category in goal.items("category") {
        if category.code_in(&[code::OWN_GOAL_KIND, code::OWN_OUTCOME_TYPE]).is_some() {
            category.mark();
        }
    }
    reading.objectives.push(goal.of);
    reading.plan.objectives.push(read);
}

fn read_transition<'w>(reading: &mut Reading<'w>, goal: Node<'w>) {
    let text = goal.get("description").and_then(|description| description.get("text"));
    let criteria = reading.read("/transition/criteria_text", text);
    goal.items("category").iter().for_each(|one| one.mark());
    toward(reading, goal, "other");
    goal.get("lifecycleStatus").iter().for_each(|one| one.mark());
    reading.plan.transition.get_or_insert_with(Transition::default).criteria_text = criteria;
}

/// The order of the person's own list of priorities.
fn ranks(reading: &mut Reading<'_>) {
    let world = reading.world;
    for list in world.all("List") {
        let is_priorities = list.get("code").is_some_and(|concept| concept.has_code(code::LOINC, "81340-2"));
        if !is_priorities || !reading.is_about_person(list) {
            continue;
        }
        if reading.wrote(list) {
            // Our own goals say their rank.
            reading.used.insert(list.of);
            continue;
        }
        let mut rank = 0;
        for item in list.items("entry").into_iter().filter_map(|entry| entry.get("item")) {
            let (goals, _) = reading.goals_named(vec![item]);
            if let [place] = goals[..] {
                rank += 1;
                reading.used.insert(list.of);
                ["status", "mode", "code", "subject", "orderedBy"]
                    .iter()
                    .filter_map(|name| list.get(name))
                    .for_each(Node::mark);
                reading.note(format!("/goals/{place}/rank"), item);
                reading.plan.goals[place].rank = Some(rank);
            }
        }
    }
}

/// Whether a description says that its words are absent, as some record systems write in their place.
pub(super) fn is_marked_absent(description: Node<'_>) -> bool {
    let by_code = description.items("coding").iter().any(|coding| coding.says("system", MARKED_ABSENT));
    let beside = description.get("_text").is_some_and(|text| text.part(extension::DATA_ABSENT).is_some());
    by_code || beside || description.part(extension::DATA_ABSENT).is_some()
}
