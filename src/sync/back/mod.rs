//! Reads back from an EHR what became of our plans there, and merges it.
//!
//! A **round** (`round`) goes through the persons whose plans were delivered, one after the other, within bounds of memory,
//! and stops where the server asks for it. Of a person (`person`) it reads care plans, goals, what was told and services,
//! page by page (`pages`): all of them in a whole comparison, else those that changed since the last round began by the
//! server's own clock, with an overlap that is longer than the slowest write there. A server that does not heed
//! `_lastUpdated` is read whole and compared by content.
//!
//! What comes back and is what we wrote is an **echo** (`echo`). What differs is merged field by field (`merge`), by a table of
//! fields and their owners (`field`): base is what both agreed on last, namely what we wrote or, when it was read back since,
//! what was read. The plan that comes of it goes through `pipeline` as every record does, judged and with a version of its
//! own, and is not delivered: the EHR says so already. What a person has to decide becomes a **review**, with both versions,
//! until somebody with a name resolves it (`resolve`).
//!
//! Where a connection names a group (`read.bulk_group`), its **bulk export** (`job`) is read in place of searches: asked for,
//! looked after without waiting for it, read line by line (`files`) into the store, and merged person by person as everything
//! is. Its moment becomes the next `_since` only when all of it was read. In a whole comparison whoever it
//! does not hold is searched for, and so is everybody where the server gives none.
//!
//! A server may **notify** us that something changed. That only enters whose it is as to be read again, and wakes the worker
//! (`worker`), which reads these people by searches: so what is told twice, late, falsely or never does no harm.
//!
//! A resource that cannot be found is gone only when it was answered 404 or 410 twice, a day apart; a 403, an empty search
//! or half a search never says so. Where something of ours is somebody else's there, the records of the person are asked whether
//! they were joined (`moved`). Persons with a delivery on its way are left for the next round, and once more where
//! a delivery came between reading and merging: so what we wrote ourselves is never taken for the EHR's change.

pub mod echo;
pub mod field;
pub mod merge;
mod files;
mod job;
mod known;
mod moved;
mod pages;
mod person;
mod resolve;
mod round;
mod settings;
mod worker;

pub(super) use person::KINDS;
pub use resolve::{Keep, ResolveError, Resolved, resolve};
pub use round::{Back, PullError, Pulled, Wanted};
pub use settings::{ReadFile, Reading};
pub use worker::{Nudge, run};
