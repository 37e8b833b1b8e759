//! Rules on files, raised by the pipeline before there is a plan; their pages' examples are raw files. One pair of files a rule.

pub(super) mod another_agency;
pub(super) mod fewer_people;
pub(super) mod period_unclear;
pub(super) mod unreadable;
pub(super) mod received_before;
pub(super) mod note_not_plan;
