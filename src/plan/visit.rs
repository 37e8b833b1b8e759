//! Walking a plan: every coded value and every date, each with its JSON pointer.
//!
//! Pointers are built only when asked for, so that a plan in order is walked without an allocation. A new coded or dated
//! field of the model needs its line here; a test compares this walk with the plan's JSON.

use std::fmt;

use super::{
    Agreement, Barrier, Crisis, Goal, NoGoal, NoStrengths, Objective, Override, PeerSupport, Period, Person, Plan,
    Planning, Program, Review, Source, Strength,
    action::{Action, StepNote},
    code::Vocabulary,
    date::PlanDate,
    goal::{Acceptance, Achievement, Attestation, Score, Statement},
    people::{Answer, DecisionSupport, Demographics, PersonStatus},
    planning::{Choices, Interpreter, Participant, Preplanning},
};

/// A spot in a plan. Its `Display` is the JSON pointer.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    around: Option<&'a At<'a>>,
    step: Step,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Root,
    Name(&'static str),
    Index(usize),
}

/// A coded value as it stands in a plan.
#[derive(Clone, Copy, Debug)]
pub struct Coded<'a> {
    vocabulary: &'static str,
    codes: &'static [&'static str],
    code: &'a str,
    is_other: bool,
}

impl Coded<'_> {
    /// The vocabulary's name.
    pub fn vocabulary(&self) -> &'static str {
        self.vocabulary
    }

    /// The vocabulary's codes.
    pub fn codes(&self) -> &'static [&'static str] {
        self.codes
    }

    /// The code as written.
    pub fn as_str(&self) -> &str {
        self.code
    }

    /// Whether the code is outside the vocabulary.
    pub fn is_other(&self) -> bool {
        self.is_other
    }
}

impl At<'_> {
    /// The field's name.
    pub fn name(&self) -> &'static str {
        self.names().next().unwrap_or_default()
    }

    /// The name of the list or group it stands in; empty for the plan itself.
    pub fn parent_name(&self) -> &'static str {
        self.names().nth(1).unwrap_or_default()
    }

    /// The names on the way here, places in lists left out, such as `goals.statement.lang`.
    pub fn path(&self) -> String {
        let mut names: Vec<&str> = self.names().collect();
        names.reverse();
        names.join(".")
    }

    /// Whether the names on the way here, places in lists left out, are these.
    pub fn is_under(&self, names: &[&str]) -> bool {
        self.names().eq(names.iter().rev().copied())
    }

    /// The names on the way here, the innermost first.
    fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::successors(Some(self), |at| at.around).filter_map(|at| match at.step {
            Step::Name(name) => Some(name),
            Step::Root | Step::Index(_) => None,
        })
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(around) = self.around {
            around.fmt(f)?;
        }
        match self.step {
            Step::Root => Ok(()),
            Step::Name(name) => write!(f, "/{name}"),
            Step::Index(index) => write!(f, "/{index}"),
        }
    }
}

impl Plan {
    /// Visits every coded value.
    pub fn codes(&self, visit: &mut dyn FnMut(&At<'_>, Coded<'_>)) {
        plan(self, &At { around: None, step: Step::Root }, &mut Walk { code: visit, date: &mut |_, _| {} });
    }

    /// Visits every date.
    pub fn dates(&self, visit: &mut dyn FnMut(&At<'_>, &PlanDate)) {
        plan(self, &At { around: None, step: Step::Root }, &mut Walk { code: &mut |_, _| {}, date: visit });
    }
}

/// What is done with the values met.
struct Walk<'v> {
    code: &'v mut dyn FnMut(&At<'_>, Coded<'_>),
    date: &'v mut dyn FnMut(&At<'_>, &PlanDate),
}

impl Walk<'_> {
    fn code<V: Vocabulary>(&mut self, at: &At<'_>, name: &'static str, value: Option<&V>) {
        if let Some(value) = value {
            self.coded(&At { around: Some(at), step: Step::Name(name) }, value);
        }
    }

    fn coded<V: Vocabulary>(&mut self, at: &At<'_>, value: &V) {
        let (vocabulary, codes, code) = (V::NAME, V::CODES, value.as_str());
        (self.code)(at, Coded { vocabulary, codes, code, is_other: value.is_other() });
    }

    fn date(&mut self, at: &At<'_>, name: &'static str, value: Option<&PlanDate>) {
        if let Some(value) = value {
            (self.date)(&At { around: Some(at), step: Step::Name(name) }, value);
        }
    }

    fn one<T>(&mut self, at: &At<'_>, name: &'static str, value: Option<&T>, walk: fn(&T, &At<'_>, &mut Walk<'_>)) {
        if let Some(value) = value {
            walk(value, &At { around: Some(at), step: Step::Name(name) }, self);
        }
    }

    fn each<T>(&mut self, at: &At<'_>, name: &'static str, values: &[T], walk: fn(&T, &At<'_>, &mut Walk<'_>)) {
        let list = At { around: Some(at), step: Step::Name(name) };
        for (index, value) in values.iter().enumerate() {
            walk(value, &At { around: Some(&list), step: Step::Index(index) }, self);
        }
    }
}

fn plan(plan: &Plan, at: &At<'_>, walk: &mut Walk<'_>) {
    walk.one(at, "source", Some(&plan.source), source);
    walk.code(at, "plan_type", plan.plan_type.as_ref());
    walk.code(at, "status", plan.status.as_ref());
    walk.one(at, "period", Some(&plan.period), period);
    walk.date(at, "finalized_on", plan.finalized_on.as_ref());
    walk.date(at, "next_review_due", plan.next_review_due.as_ref());
    walk.each(at, "reviews", &plan.reviews, review);
    walk.one(at, "program", plan.program.as_ref(), program);
    walk.one(at, "person", Some(&plan.person), person);
    walk.one(at, "planning", plan.planning.as_ref(), planning);
    walk.each(at, "goals", &plan.goals, goal);
    walk.one(at, "no_goal", plan.no_goal.as_ref(), no_goal);
    walk.each(at, "strengths", &plan.strengths, strength);
    walk.one(at, "no_strengths", plan.no_strengths.as_ref(), no_strengths);
    walk.each(at, "barriers", &plan.barriers, barrier);
    walk.each(at, "objectives", &plan.objectives, objective);
    walk.each(at, "actions", &plan.actions, action);
    walk.one(at, "peer_support", plan.peer_support.as_ref(), peer_support);
    walk.one(at, "crisis", plan.crisis.as_ref(), crisis);
    walk.one(at, "agreement", plan.agreement.as_ref(), agreement);
    walk.each(at, "overrides", &plan.overrides, answer_to_finding);
}

fn source(source: &Source, at: &At<'_>, walk: &mut Walk<'_>) {
    walk.date(at, "exported_at", source.exported_at.as_ref());
}

fn period(period: &Period, at: &At<'_>, walk: &mut Walk<'_>) {
    walk.date(at, "start", period.start.as_ref());
    walk.date(at, "end", period.end.as_ref());
}

fn review(review: &Review, at: &At<'_>, walk: &mut Walk<'_>) {
    walk.date(at, "date", review.date.as_ref());
    walk.code(at, "kind", review.kind.as_ref());
}

fn program(program: &Program, at: &At<'_>, walk: &mut Walk<'_>) {
    walk.code(at, "type", program.kind.as_ref());
}

fn person(person: &Person, at: &At<'_>, walk: &mut Walk<'_>) {
    walk.date(at, "birth_date", person.birth_date.as_ref());
    walk.one(at, "demographics", person.demographics.as_ref(), demographics);
    walk.one(at, "status", person.status.as_ref(), person_status);
    walk.each(at, "communication_modes", &person.communication_modes, |mode, at, walk| walk.coded(at, mode));
    walk.one(at, "decision_support", person.decision_support.as_ref(), decision_support);
}

fn demographics(demographics: &Demographics, at: &At<'_>, walk: &mut Walk<'_>) {
    walk.each(at, "race", &demographics.race, answer);
    walk.each(at, "ethnicity", &demographics.ethnicity, answer);
    walk.each(at, "sex", &demographics.sex, answer);
    walk.each(at, "gender", &demographics.gender, answer);
    walk.each(at, "tribal_affiliation", &demographics.tribal_affiliation, answer);
    walk.each(at, "religion", &demographics.religion, answer);
}

fn person_status(status: &PersonStatus, at: &At<'_>, walk: &mut Walk<'_>) {
    walk.one(at, "smi_sed", status.smi_sed.as_ref(), answer);
    walk.one(at, "living_situation", status.living_situation.as_ref(), answer);
    walk.one(at, "employment", status.employment.as_ref(), answer);
    walk.one(at, "not_in_labor_force", status.not_in_labor_force.as_ref(), answer);
    walk.one(at, "school_attendance", status.school_attendance.as_ref(), answer);
    walk.one(at, "county", status.county.as_ref(), answer);
    walk.each(at, "funding", &status.funding, answer);
}

fn answer(answer: &Answer, at: &At<'_>, walk: &mut Walk<'_>) {
    walk.code(at, "missing", answer.missing.as_ref());
    walk.date(at, "as_of", answer.as_of.as_ref());
}

fn decision_support(support: &DecisionSupport, at: &At<'_>, walk: &mut Walk<'_>) {
    walk.code(at, "type", support.kind.as_ref());
}

fn planning(planning: &Planning, at: &At<'_>, walk: &mut Walk<'_>) {
    walk.code(at, "person_took_part", planning.person_took_part.as_ref());
    walk.one(at, "interpreter", planning.interpreter.as_ref(), interpreter);
    walk.date(at, "meeting_date", planning.meeting_date.as_ref());
    walk.one(at, "choices", planning.choices.as_ref(), choices);
    walk.each(at, "preplanning", &planning.preplanning, preplanning);
    walk.each(at, "participants", &planning.participants, participant);
}

fn choices(choices: &Choices, at: &At<'_>, walk: &mut Walk<'_>) {
    walk.code(at, "setting", choices.setting.as_ref());
    walk.code(at, "services", choices.services.as_ref());
    walk.code(at, "providers", choices.providers.as_ref());
    walk.code(at, "informed", choices.informed.as_ref());
}

fn interpreter(interpreter: &Interpreter, at: &At<'_>, walk: &mut Walk<'_>) {
    walk.code(at, "kind", interpreter.kind.as_ref());
}

fn preplanning(talk: &Preplanning, at: &At<'_>, walk: &mut Walk<'_>) {
    walk.date(at, "date", talk.date.as_ref());
    walk.code(at, "kind", talk.kind.as_ref());
    walk.code(at, "supported_by", talk.supported_by.as_ref());
    walk.code(at, "competency", talk.competency.as_ref());
    walk.code(at, "billable", talk.billable.as_ref());
}

fn participant(participant: &Participant, at: &At<'_>, walk: &mut Walk<'_>) {
    walk.code(at, "role", participant.role.as_ref());
    walk.code(at, "relationship", participant.relationship.as_ref());
    walk.code(at, "function", participant.function.as_ref());
    walk.code(at, "invited_by_person", participant.invited_by_person.as_ref());
}

fn goal(goal: &Goal, at: &At<'_>, walk: &mut Walk<'_>) {
    walk.one(at, "statement", Some(&goal.statement), statement);
    walk.code(at, "kind", goal.kind.as_ref());
    walk.code(at, "domain", goal.domain.as_ref());
    walk.date(at, "start_date", goal.start_date.as_ref());
    walk.date(at, "target_date", goal.target_date.as_ref());
    walk.code(at, "status", goal.status.as_ref());
    walk.one(at, "acceptance", goal.acceptance.as_ref(), acceptance);
    walk.each(at, "scale", &goal.scale, |level, at, walk| walk.code(at, "level", level.level.as_ref()));
    walk.one(at, "achievement", goal.achievement.as_ref(), achievement);
    walk.each(at, "scores", &goal.scores, score);
    walk.code(at, "stage_of_change", goal.stage_of_change.as_ref());
}

fn statement(statement: &Statement, at: &At<'_>, walk: &mut Walk<'_>) {
    walk.code(at, "expressed_by", statement.expressed_by.as_ref());
    walk.code(at, "capture_method", statement.capture_method.as_ref());
    walk.one(at, "attestation", statement.attestation.as_ref(), attestation);
}

fn attestation(attestation: &Attestation, at: &At<'_>, walk: &mut Walk<'_>) {
    walk.code(at, "statement", attestation.statement.as_ref());
    walk.code(at, "by", attestation.by.as_ref());
    walk.code(at, "method", attestation.method.as_ref());
    walk.date(at, "date", attestation.date.as_ref());
}

fn acceptance(acceptance: &Acceptance, at: &At<'_>, walk: &mut Walk<'_>) {
    walk.code(at, "status", acceptance.status.as_ref());
    walk.code(at, "priority", acceptance.priority.as_ref());
}

fn achievement(achievement: &Achievement, at: &At<'_>, walk: &mut Walk<'_>) {
    walk.code(at, "code", achievement.code.as_ref());
    walk.date(at, "as_of", achievement.as_of.as_ref());
}

fn score(score: &Score, at: &At<'_>, walk: &mut Walk<'_>) {
    walk.date(at, "date", score.date.as_ref());
    walk.code(at, "phase", score.phase.as_ref());
    walk.code(at, "by", score.by.as_ref());
}

fn no_goal(no_goal: &NoGoal, at: &At<'_>, walk: &mut Walk<'_>) {
    walk.code(at, "reason", no_goal.reason.as_ref());
    walk.date(at, "recorded_on", no_goal.recorded_on.as_ref());
    walk.date(at, "next_conversation_by", no_goal.next_conversation_by.as_ref());
}

fn strength(strength: &Strength, at: &At<'_>, walk: &mut Walk<'_>) {
    walk.code(at, "category", strength.category.as_ref());
    walk.code(at, "told_by", strength.told_by.as_ref());
}

fn no_strengths(no_strengths: &NoStrengths, at: &At<'_>, walk: &mut Walk<'_>) {
    walk.code(at, "reason", no_strengths.reason.as_ref());
    walk.date(at, "next_conversation_by", no_strengths.next_conversation_by.as_ref());
}

fn barrier(barrier: &Barrier, at: &At<'_>, walk: &mut Walk<'_>) {
    walk.code(at, "kind", barrier.kind.as_ref());
}

fn objective(objective: &Objective, at: &At<'_>, walk: &mut Walk<'_>) {
    walk.date(at, "due_date", objective.due_date.as_ref());
    walk.code(at, "status", objective.status.as_ref());
    walk.code(at, "outcome_type", objective.outcome_type.as_ref());
}

fn action(action: &Action, at: &At<'_>, walk: &mut Walk<'_>) {
    walk.code(at, "actor", action.actor.as_ref());
    walk.code(at, "voluntary", action.voluntary.as_ref());
    walk.code(at, "chosen_by_person", action.chosen_by_person.as_ref());
    walk.code(at, "peer_function", action.peer_function.as_ref());
    walk.code(at, "professional_function", action.professional_function.as_ref());
    walk.code(at, "status", action.status.as_ref());
    walk.each(at, "progress", &action.progress, step_note);
}

fn step_note(note: &StepNote, at: &At<'_>, walk: &mut Walk<'_>) {
    walk.date(at, "date", note.date.as_ref());
}

fn peer_support(support: &PeerSupport, at: &At<'_>, walk: &mut Walk<'_>) {
    walk.code(at, "status", support.status.as_ref());
}

fn crisis(crisis: &Crisis, at: &At<'_>, walk: &mut Walk<'_>) {
    walk.code(at, "status", crisis.status.as_ref());
    walk.code(at, "pad_exists", crisis.pad_exists.as_ref());
    walk.each(at, "agents", &crisis.agents, |agent, at, walk| walk.code(at, "role", agent.role.as_ref()));
}

fn agreement(agreement: &Agreement, at: &At<'_>, walk: &mut Walk<'_>) {
    walk.code(at, "person_agrees", agreement.person_agrees.as_ref());
    walk.date(at, "person_signed_on", agreement.person_signed_on.as_ref());
    walk.code(at, "copy_offered", agreement.copy_offered.as_ref());
    walk.date(at, "representative_signed_on", agreement.representative_signed_on.as_ref());
}

fn answer_to_finding(answer: &Override, at: &At<'_>, walk: &mut Walk<'_>) {
    walk.code(at, "reason_code", answer.reason_code.as_ref());
    walk.date(at, "at", answer.at.as_ref());
    walk.date(at, "expires_on", answer.expires_on.as_ref());
}
