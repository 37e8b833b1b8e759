//! The golden thread: which objectives, steps, barriers and strengths hang on which goal (domain model, section 3).
//!
//! Places in the plan's lists and counts, never text. Which goal a part names is for `plan::ties` to say, so that the person's
//! copy says the same. What of it is shown outside, and how it is called there, stands in `shown`.

mod shown;

use serde::Serialize;

use crate::plan::{
    Plan,
    action::Actor,
    ties::{Ties, places},
};

pub use shown::{Linked, Shown, ShownGoal, ShownObjective, ShownStep, Spot};

/// The golden thread of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thread {
    /// What hangs on each goal, in the order of the plan's goals.
    pub strands: Vec<Strand>,
    /// What hangs on no goal.
    pub loose: Strand,
    /// How many steps each takes.
    pub steps: StepsBy,
}

/// What hangs together: places in the plan's lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Strand {
    /// Strengths that help.
    pub strengths: Vec<usize>,
    /// Barriers in the way.
    pub barriers: Vec<usize>,
    /// Objectives that are live.
    pub objectives: Vec<usize>,
    /// Steps.
    pub actions: Vec<usize>,
}

/// How many steps each takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StepsBy {
    /// The person.
    pub person: usize,
    /// Family, friends and others of the person's own life.
    pub natural_support: usize,
    /// Peer supporters.
    pub peer: usize,
    /// Professionals.
    pub professional: usize,
    /// Clubs, congregations and others of the community.
    pub community: usize,
    /// Someone the record does not tell.
    pub unknown: usize,
}

impl Thread {
    /// Follows the thread through a plan.
    pub fn of(plan: &Plan) -> Self {
        let ties = Ties::of(plan);
        let mut thread = Self { strands: vec![Strand::default(); plan.goals.len()], ..Self::default() };
        thread.hang_strengths(plan);
        for place in 0..plan.barriers.len() {
            thread.strand(ties.only_goal).barriers.push(place);
        }
        for (place, objective) in plan.objectives.iter().enumerate().filter(|(_, objective)| objective.is_live()) {
            thread.strand(ties.goal_of_objective(objective)).objectives.push(place);
        }
        for (place, action) in plan.actions.iter().enumerate().filter(|(_, action)| action.is_step()) {
            thread.strand(ties.goal_of_action(action)).actions.push(place);
            thread.steps.count(action.actor.as_ref());
        }
        thread
    }

    fn strand(&mut self, goal: Option<usize>) -> &mut Strand {
        goal.and_then(|goal| self.strands.get_mut(goal)).unwrap_or(&mut self.loose)
    }

    /// A strength may help several goals; no goal is guessed for one that none uses.
    fn hang_strengths(&mut self, plan: &Plan) {
        let known = places(plan.strengths.iter().map(|strength| strength.strength_id.as_deref()));
        let mut helps = vec![false; plan.strengths.len()];
        for (goal, strand) in plan.goals.iter().zip(&mut self.strands) {
            for place in goal.strengths_used.iter().filter_map(|id| known.get(id.as_str())) {
                helps[*place] = true;
                strand.strengths.push(*place);
            }
        }
        self.loose.strengths.extend((0..helps.len()).filter(|place| !helps[*place]));
    }
}

impl StepsBy {
    /// All steps.
    pub fn all(self) -> usize {
        self.person + self.natural_support + self.peer + self.professional + self.community + self.unknown
    }

    fn count(&mut self, actor: Option<&Actor>) {
        *match actor {
            Some(Actor::Person) => &mut self.person,
            Some(Actor::NaturalSupport) => &mut self.natural_support,
            Some(Actor::Peer) => &mut self.peer,
            Some(Actor::Professional) => &mut self.professional,
            Some(Actor::Community) => &mut self.community,
            Some(Actor::Other(_)) | None => &mut self.unknown,
        } += 1;
    }
}
