//! Rules on steps: are there any, who takes them, and what for? One pair of files a rule.

pub(super) mod no_step;
pub(super) mod only_professional_steps;
pub(super) mod no_step_by_person;
pub(super) mod without_goal;
pub(super) mod professional_step_half_told;
