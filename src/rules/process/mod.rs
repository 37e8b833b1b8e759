//! Rules on how the plan came about and goes on: taking part, language, agreement, reviews. One pair of files a rule.

pub(super) mod taking_part_not_recorded;
pub(super) mod language_access_not_recorded;
pub(super) mod person_does_not_fully_agree;
pub(super) mod copy_not_offered;
pub(super) mod review_overdue;
pub(super) mod preparation_not_recorded;
pub(super) mod agreement_not_recorded;
