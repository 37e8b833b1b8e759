//! Which goal an objective or a step belongs to: by the keys by which the parts of a plan name each other.
//!
//! What names no goal belongs to the only live one where there is just one: a plan with one goal needs no keys. The rules'
//! golden thread and the person's copy both ask here.

use std::collections::BTreeMap;

use super::{Action, Goal, Objective, Plan};

/// How the parts of a plan name each other.
#[derive(Debug)]
pub struct Ties<'p> {
    /// The plan.
    pub plan: &'p Plan,
    goals: BTreeMap<&'p str, usize>,
    objectives: BTreeMap<&'p str, usize>,
    /// The place of the only live goal, where there is just one.
    pub only_goal: Option<usize>,
}

impl<'p> Ties<'p> {
    /// Reads the keys of a plan.
    pub fn of(plan: &'p Plan) -> Self {
        let mut live = plan.live_goals().map(|(place, _)| place);
        let only_goal = live.next().filter(|_| live.next().is_none());
        let goals = places(plan.goals.iter().map(|goal| goal.goal_id.as_deref()));
        Self {
            plan,
            goals,
            objectives: places(plan.objectives.iter().map(|objective| objective.id.as_deref())),
            only_goal,
        }
    }

    /// The place of the goal it names.
    pub fn goal_of_objective(&self, objective: &Objective) -> Option<usize> {
        let named = key(objective.goal_id.as_deref());
        named.and_then(|id| self.goals.get(id).copied()).or_else(|| self.goal_unnamed(named))
    }

    /// The place of the goal it names, else of that of the objective it names.
    pub fn goal_of_action(&self, action: &Action) -> Option<usize> {
        let named = key(action.goal_id.as_deref());
        if let Some(goal) = named.and_then(|id| self.goals.get(id)) {
            return Some(*goal);
        }
        match self.objective_of_action(action) {
            Some(place) => self.goal_of_objective(&self.plan.objectives[place]),
            None => self.goal_unnamed(named),
        }
    }

    /// The place of the objective it names.
    pub fn objective_of_action(&self, action: &Action) -> Option<usize> {
        self.objectives.get(key(action.objective_id.as_deref())?).copied()
    }

    /// The only live goal, for what names none, or when that goal has no key to be named by.
    fn goal_unnamed(&self, named: Option<&str>) -> Option<usize> {
        let nameless = |goal: &Goal| key(goal.goal_id.as_deref()).is_none();
        self.only_goal.filter(|only| named.is_none() || nameless(&self.plan.goals[*only]))
    }
}

/// Where each key stands; of two that are alike, the first.
pub(crate) fn places<'p>(keys: impl Iterator<Item = Option<&'p str>>) -> BTreeMap<&'p str, usize> {
    let mut places = BTreeMap::new();
    for (place, id) in keys.enumerate() {
        if let Some(id) = key(id) {
            places.entry(id).or_insert(place);
        }
    }
    places
}

fn key(id: Option<&str>) -> Option<&str> {
    id.filter(|id| !id.trim().is_empty())
}
