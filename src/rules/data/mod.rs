//! Rules on the record itself: ids, status, codes and dates. One pair of files a rule.

pub(super) mod without_id;
pub(super) mod without_status_or_start;
pub(super) mod unknown_code;
pub(super) mod dates_do_not_fit;
pub(super) mod source_not_mapped;
pub(super) mod version_with_other_content;
pub(super) mod smi_sed_and_age;
pub(super) mod status_and_age;
pub(super) mod stratifier_not_known;
pub(super) mod goal_without_start;
