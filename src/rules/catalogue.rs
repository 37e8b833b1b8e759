//! The catalogue: one line a rule, sorted by id. Ids are permanent; a retired one stays below with its reason.

use super::{
    actions, data, file, goal, objectives, overrides, peer, process, rule::Rule, staff_text, strengths, whole_person,
};

/// Every rule.
pub const RULES: &[&Rule] = &[
    &actions::no_step::RULE,
    &actions::only_professional_steps::RULE,
    &actions::no_step_by_person::RULE,
    &actions::without_goal::RULE,
    &actions::professional_step_half_told::RULE,
    &objectives::barriers_before_goal::RULE,
    &whole_person::crisis_planning_not_recorded::RULE,
    &whole_person::crisis_without_preferences::RULE,
    &data::without_id::RULE,
    &data::without_status_or_start::RULE,
    &data::unknown_code::RULE,
    &data::dates_do_not_fit::RULE,
    &data::source_not_mapped::RULE,
    &data::version_with_other_content::RULE,
    &data::smi_sed_and_age::RULE,
    &data::status_and_age::RULE,
    &data::stratifier_not_known::RULE,
    &data::goal_without_start::RULE,
    &file::unreadable::RULE,
    &file::another_agency::RULE,
    &file::period_unclear::RULE,
    &file::received_before::RULE,
    &file::fewer_people::RULE,
    &file::note_not_plan::RULE,
    &goal::no_goal::RULE,
    &goal::without_words::RULE,
    &goal::placeholder::RULE,
    &goal::not_yet::RULE,
    &goal::not_in_own_words::RULE,
    &goal::clinical_beside_own::RULE,
    &goal::whose_words_unknown::RULE,
    &goal::told_by_others::RULE,
    &goal::treatment_wording::RULE,
    &goal::confirmed_treatment_wording::RULE,
    &goal::persons_part_unknown::RULE,
    &goal::wording_not_checked::RULE,
    &goal::without_original::RULE,
    &goal::damaged::RULE,
    &goal::only_moves_away::RULE,
    &goal::only_symptoms::RULE,
    &goal::count_or_attendance::RULE,
    &goal::none_ranked::RULE,
    &goal::same_for_several::RULE,
    &goal::unchanged::RULE,
    &goal::ready_made::RULE,
    &staff_text::wording_may_hurt::RULE,
    &staff_text::hard_to_read::RULE,
    &objectives::progress_is_attendance::RULE,
    &objectives::without_date_or_measure::RULE,
    &objectives::goal_without_objective::RULE,
    &overrides::answered::RULE,
    &overrides::unusable::RULE,
    &peer::leads_or_writes::RULE,
    &peer::invitation_not_recorded::RULE,
    &peer::given_clinical_task::RULE,
    &peer::in_involuntary_step::RULE,
    &peer::part_not_recorded::RULE,
    &peer::billable_without_skill::RULE,
    &process::taking_part_not_recorded::RULE,
    &process::language_access_not_recorded::RULE,
    &process::person_does_not_fully_agree::RULE,
    &process::copy_not_offered::RULE,
    &process::review_overdue::RULE,
    &process::preparation_not_recorded::RULE,
    &process::agreement_not_recorded::RULE,
    &strengths::no_strength::RULE,
    &strengths::placeholder::RULE,
    &strengths::about_treatment::RULE,
    &strengths::stock_phrases::RULE,
    &strengths::not_used::RULE,
    &strengths::none_told_by_person::RULE,
    &strengths::not_yet::RULE,
    &whole_person::no_transition_criteria::RULE,
    &whole_person::nothing_apart_from_services::RULE,
];

/// Ids that are never used again, each with the reason.
pub const RETIRED: &[(&str, &str)] = &[];

/// The rule with an id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    place(id).map(|place| RULES[place])
}

/// Where a rule stands in the catalogue.
pub(super) fn place(id: &str) -> Option<usize> {
    RULES.binary_search_by(|rule| rule.id.cmp(id)).ok()
}
