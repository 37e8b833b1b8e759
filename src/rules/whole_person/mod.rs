//! Rules on the person beyond services: who they are, what they want in a crisis, and afterwards. One pair of files a rule.

pub(super) mod nothing_apart_from_services;
pub(super) mod crisis_planning_not_recorded;
pub(super) mod crisis_without_preferences;
pub(super) mod no_transition_criteria;
