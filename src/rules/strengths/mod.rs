//! Rules on strengths: what is strong in the person and their life. One pair of files a rule.

pub(super) mod no_strength;
pub(super) mod placeholder;
pub(super) mod not_yet;
