//! Rules on strengths: what is strong in the person and their life. One pair of files a rule.

pub(super) mod no_strength;
pub(super) mod placeholder;
pub(super) mod about_treatment;
pub(super) mod stock_phrases;
pub(super) mod not_used;
pub(super) mod none_told_by_person;
pub(super) mod not_yet;

use super::{
    reading::{Reading, answer},
    wording::Text,
};
use crate::plan::strength::ToldBy;

/// The place of the first strength when every one that is told reads so, and the person told none of them.
fn first_when_every(reading: &Reading<'_>, reads_so: impl Fn(&Text<'_>) -> bool) -> Option<usize> {
    let (first, _) = reading.told_strengths().next()?;
    let every = reading.told_strengths().all(|(_, strength)| {
        strength.told_by != Some(ToldBy::Person) && answer(strength).is_some_and(|text| reads_so(&text))
    });
    every.then_some(first)
}
