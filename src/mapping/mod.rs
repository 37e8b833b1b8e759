//! Turns records of an agency's form into plans by a mapping file, and lists what was not read. Nothing is lost silently.
//!
//! A mapping is a folder with `mapping.toml`, `codes/*.csv`, `README.md` and `examples/`; it says which section of the plan
//! comes from where, and holds no logic beyond first-of, split, value map, default and an expression for the odd case.

use crate::plan::{Place, Places, Plan};

/// One record as it came out of a source, read or not.
#[derive(Debug)]
pub struct Mapped {
    /// The record's number in its source, counted from 1.
    pub ordinal: u64,
    /// Where it starts.
    pub start: Place,
    /// Its bytes, as received: the rows of a plan with their line ends, or the text of a JSON object.
    pub raw: Vec<u8>,
    /// The plan, or why there is none.
    pub read: Result<Read, Unreadable>,
}

/// A plan and what a mapping knows about its source.
#[derive(Debug)]
pub struct Read {
    /// The plan.
    pub plan: Plan,
    /// Where each value stood.
    pub places: Places,
    /// What the mapping did not read, in source order, each path once.
    pub unread: Vec<Unread>,
}

/// Source content that no part of the mapping read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The column's header or the element path (array steps written `[]`).
    pub path: String,
    /// Where it stands first.
    pub place: Place,
}

/// Why a record, or the rest of a file, could not be read. Its texts never hold the record's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// `FILE-001`.
    pub rule: &'static str,
    /// Where reading stopped.
    pub place: Place,
    /// What is wrong and what to do about it.
    pub message: String,
}
