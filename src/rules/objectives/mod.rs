//! Rules on objectives and barriers: do they lead to what the person wants? One pair of files a rule.

pub(super) mod progress_is_attendance;
pub(super) mod without_date_or_measure;
pub(super) mod goal_without_objective;
pub(super) mod barriers_before_goal;
