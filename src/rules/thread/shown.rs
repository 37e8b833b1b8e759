//! The golden thread as it is shown outside: keys, kinds, days and counts, so that a goal without a step, or a step that
//! serves no goal, can be seen at a glance. Nothing here can hold prose: a key is shown only when it looks like one, a code
//! only when its vocabulary has it, a day only when it is one.

use serde::Serialize;

use super::{StepsBy, Strand, Thread};
use crate::{
    plan::{Goal, Plan, code::Vocabulary, date::PlanDate, ties::Ties},
    rules::{Phrases, Verdict, goals_in_own_words},
    words::Words,
};

/// Longest key that is shown, in characters.
const LONGEST_KEY: usize = 64;

/// The golden thread of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown<'p> {
    /// Every goal of the plan, in its order.
    pub goals: Vec<ShownGoal<'p>>,
    /// What hangs on no goal.
    pub not_linked: Linked<'p>,
    /// How many steps each takes.
    pub steps_by: StepsBy,
}

/// A goal and what hangs on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShownGoal<'p> {
    /// Where it stands, and whose kind of goal it is.
    #[serde(flatten)]
    pub spot: Spot<'p>,
    /// How far it has come, as `goal-status` says it.
    pub status: Option<&'p str>,
    /// Whether measure PCRP-04 counts it.
    pub in_own_words: bool,
    /// Whether there is still a way to go and no step on it.
    pub no_steps_yet: bool,
    /// What hangs on it.
    #[serde(flatten)]
    pub linked: Linked<'p>,
}

/// What hangs together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Linked<'p> {
    /// Strengths, with their category.
    pub strengths: Vec<Spot<'p>>,
    /// Barriers.
    pub barriers: Vec<Spot<'p>>,
    /// Objectives, with the steps that serve each.
    pub objectives: Vec<ShownObjective<'p>>,
    /// Steps that serve none of these objectives.
    pub steps: Vec<ShownStep<'p>>,
}

/// A part of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Spot<'p> {
    /// JSON pointer into the plan.
    pub pointer: String,
    /// Its key, where it has one that looks like a key.
    pub id: Option<&'p str>,
    /// What kind it is of.
    pub kind: Option<&'p str>,
}

/// An objective and its steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShownObjective<'p> {
    /// Where it stands, and what kind of change it measures.
    #[serde(flatten)]
    pub spot: Spot<'p>,
    /// By when, a FHIR date.
    pub due: Option<&'p str>,
    /// Whether it says what is measured.
    pub has_measure: bool,
    /// The steps that serve it.
    pub steps: Vec<ShownStep<'p>>,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShownStep<'p> {
    /// JSON pointer into the plan.
    pub pointer: String,
    /// Its key, where it has one that looks like a key.
    pub id: Option<&'p str>,
    /// Who takes it, as `action-actor` says it.
    pub by: Option<&'p str>,
    /// Where it stands, as `action-status` says it.
    pub status: Option<&'p str>,
}

impl<'p> Shown<'p> {
    /// What is shown of a plan and its verdict, given the agency's ready-made phrases.
    pub fn of(plan: &'p Plan, verdict: &Verdict, phrases: &Phrases) -> Self {
        let (thread, ties) = (Thread::of(plan), Ties::of(plan));
        let own_words = goals_in_own_words(plan, verdict, phrases);
        let goals = plan.goals.iter().zip(&thread.strands).enumerate().map(|(place, (goal, strand))| ShownGoal {
            spot: spot("goals", place, goal.goal_id.as_deref(), code(goal.kind.as_ref())),
            status: code(goal.status.as_ref()),
            in_own_words: own_words.contains(&place),
            no_steps_yet: Goal::is_open(goal) && strand.actions.is_empty(),
            linked: ties.linked(strand),
        });
        Self { goals: goals.collect(), not_linked: ties.linked(&thread.loose), steps_by: thread.steps }
    }
}

impl Linked<'_> {
    /// Whether nothing hangs here.
    pub fn is_empty(&self) -> bool {
        self.strengths.is_empty() && self.barriers.is_empty() && self.objectives.is_empty() && self.steps.is_empty()
    }
}

impl<'p> Ties<'p> {
    fn linked(&self, strand: &Strand) -> Linked<'p> {
        let plan = self.plan;
        let strength = |place: usize| {
            let strength = &plan.strengths[place];
            spot("strengths", place, strength.strength_id.as_deref(), code(strength.category.as_ref()))
        };
        let barrier = |place: usize| {
            let barrier = &plan.barriers[place];
            spot("barriers", place, barrier.id.as_deref(), code(barrier.kind.as_ref()))
        };
        Linked {
            strengths: strand.strengths.iter().copied().map(strength).collect(),
            barriers: strand.barriers.iter().copied().map(barrier).collect(),
            objectives: strand.objectives.iter().map(|place| self.objective(*place, strand)).collect(),
            steps: self.steps(strand, None),
        }
    }

    fn objective(&self, place: usize, strand: &Strand) -> ShownObjective<'p> {
        let objective = &self.plan.objectives[place];
        ShownObjective {
            spot: spot("objectives", place, objective.id.as_deref(), code(objective.outcome_type.as_ref())),
            due: objective.due_date.as_ref().and_then(PlanDate::date_part),
            has_measure: objective.measure.as_ref().is_some_and(|measure: &Words| !measure.is_blank()),
            steps: self.steps(strand, Some(place)),
        }
    }

    /// The strand's steps that serve one of its objectives, or none of them.
    fn steps(&self, strand: &Strand, objective: Option<usize>) -> Vec<ShownStep<'p>> {
        let plan = self.plan;
        let serves = |place: usize| {
            self.objective_of_action(&plan.actions[place]).filter(|place| strand.objectives.contains(place))
        };
        let step = |place: usize| {
            let action = &plan.actions[place];
            ShownStep {
                pointer: format!("/actions/{place}"),
                id: shown_key(action.id.as_deref()),
                by: code(action.actor.as_ref()),
                status: code(action.status.as_ref()),
            }
        };
        strand.actions.iter().copied().filter(|place| serves(*place) == objective).map(step).collect()
    }
}

fn spot<'p>(list: &str, place: usize, id: Option<&'p str>, kind: Option<&'p str>) -> Spot<'p> {
    Spot { pointer: format!("/{list}/{place}"), id: shown_key(id), kind }
}

fn code<V: Vocabulary>(code: Option<&V>) -> Option<&str> {
    code.map(V::as_known)
}

/// A mapping may have taken a field of prose for a key; then it has blanks or is long.
fn shown_key(id: Option<&str>) -> Option<&str> {
    let is_key = |id: &&str| {
        let is_short = id.chars().nth(LONGEST_KEY).is_none();
        !id.is_empty() && is_short && !id.contains(|c: char| c.is_whitespace() || c.is_control())
    };
    id.filter(is_key)
}
