//! Judges a plan: does it hold the person's own words and strengths? A poor plan is a verdict, never an error.

mod finding;

pub use finding::{Finding, Outcome, Severity, Verdict};
