//! FHIR → plan: our own Bundles without loss, and what others say, as far as it can be understood (fhir.md, section 6).
//!
//! A Bundle that is whole (collection, transaction, document …) is read by itself; resources that stand alone or on the
//! pages of a search are held until the file ends, since one may point to another. Each `CarePlan` that is part of no other
//! becomes a plan. A `CarePlan` that is nothing but a text is a note (FILE-006) and no plan. From the top: `documents` cuts the
//! file into worlds, `world` finds and remembers, `reading` ties the parts together, `leftovers` tells what was not read.
//! Which words and codes others use is in `synonym`.

mod documents;
mod world;
mod reading;
mod person;
mod care_plan;
mod goals;
mod speaker;
mod told;
mod needs;
mod readiness;
mod scores;
mod status;
mod steps;
mod team;
mod signing;
mod directive;
mod agents;
mod process;
mod synonym;
mod leftovers;

pub use documents::{element_path, open};
pub(in crate::fhir) use leftovers::shown;
