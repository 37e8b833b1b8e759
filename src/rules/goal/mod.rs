//! Rules on goals: is there one, and is it in the person's own words? One pair of files a rule.

pub(super) mod no_goal;
pub(super) mod without_words;
pub(super) mod placeholder;
pub(super) mod not_yet;
pub(super) mod not_in_own_words;
pub(super) mod clinical_beside_own;
pub(super) mod whose_words_unknown;
pub(super) mod told_by_others;
pub(super) mod treatment_wording;
pub(super) mod confirmed_treatment_wording;
pub(super) mod persons_part_unknown;
pub(super) mod wording_not_checked;
pub(super) mod without_original;
pub(super) mod damaged;
pub(super) mod only_moves_away;
pub(super) mod only_symptoms;
pub(super) mod count_or_attendance;
pub(super) mod none_ranked;
pub(super) mod same_for_several;
pub(super) mod unchanged;
pub(super) mod ready_made;
