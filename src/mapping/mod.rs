//! Turns records of an agency's form into plans by a mapping file, and lists what was not read. Nothing is lost silently.
//!
//! A mapping is a folder with `mapping.toml`, `codes/*.csv`, `README.md` and `examples/`; it says which section of the plan
//! comes from where, and holds no logic beyond first-of, join, split, value map, default and an expression for the odd case.
//! `packs` finds mappings, `file` and `section` compile them, `records` runs them, `apply` is the run over one record.

mod fields;
mod dates;
mod codes;
mod rich_text;
mod expression;
mod selector;
mod file;
mod section;
mod apply;
mod rows;
mod tree;
mod model;
mod group;
mod records;
mod example;
mod packs;

use std::{io::BufRead, sync::Arc};

use crate::{
    plan::{Place, Places, Plan},
    source::{delimited::Layout, json::Documents},
};

pub use example::Example;
pub(crate) use model::unreadable as unreadable_json;
pub use packs::Packs;
pub use records::Records;

/// A mapping, compiled.
#[derive(Debug)]
pub struct Mapping {
    id: String,
    version: String,
    form: Form,
    layout: Layout,
    model: Option<Model>,
    /// The columns it reads, each with whether a file may lack it.
    columns: Vec<(Box<str>, bool)>,
    /// The columns that say which rows are one plan.
    rows_by: Vec<usize>,
    /// Columns or paths that are not to be read, for a stated reason.
    ignored: Vec<Box<str>>,
    gaps: Vec<String>,
    dates: dates::Dates,
    plan: Vec<(Box<str>, selector::Node)>,
}

/// A source whose shape is known, so that nothing is selected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Model {
    /// Our own plan model.
    Plan,
    /// FHIR R4, which is read by `fhir`.
    Fhir,
}

/// The form a mapping reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Delimited,
    Json,
    Ndjson,
}

/// Why mappings could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum MappingError {
    /// A mapping file means nothing, or something that is not allowed.
    #[error("{file}:{line}: {what}")]
    Refused {
        /// The file.
        file: String,
        /// The line.
        line: usize,
        /// What is wrong and what is allowed.
        what: String,
    },
    /// Two mappings have one id.
    #[error("{file}: the id {id} is taken by another mapping; please choose an id of your own, such as {id}-agency")]
    IdTaken {
        /// The file of the second.
        file: String,
        /// The id.
        id: String,
    },
    /// A folder cannot be read.
    #[error("{folder}: {source}; please check the folder named for mappings")]
    Folder {
        /// The folder.
        folder: String,
        /// Why.
        source: std::io::Error,
    },
}

impl Mapping {
    /// Reads a mapping from the text of its `mapping.toml`; `read_file` gives the files beside it, `label` names it in errors.
    pub fn read(label: &str, text: &str, read_file: &dyn Fn(&str) -> Option<Vec<u8>>) -> Result<Self, MappingError> {
        file::read(label, text, read_file)
    }

    /// Its permanent name.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its version, recorded on every plan it reads.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Parts of the plan that the source cannot give.
    pub fn gaps(&self) -> &[String] {
        &self.gaps
    }

    /// Whether it is for FHIR resources, which `fhir` reads.
    pub fn is_fhir(&self) -> bool {
        self.model == Some(Model::Fhir)
    }

    /// Whether an element path is not to be told as unread, for a stated reason.
    pub fn ignores(&self, path: &str) -> bool {
        self.ignored.iter().any(|ignored| **ignored == *path)
    }

    /// The JSON objects of a file as they come, for a reader of their own.
    pub fn documents(&self, file: &str, input: Box<dyn BufRead + Send>) -> Result<Documents, Unreadable> {
        records::documents(self, file, input)
    }

    /// Begins to read a file. What cannot be read at all is told here; a record that cannot be read is an item.
    pub fn open(self: &Arc<Self>, file: &str, input: Box<dyn BufRead + Send>) -> Result<Records, Unreadable> {
        Records::open(self, file, input)
    }
}

/// Names that a mistyped name may have meant, the nearest first, at most three.
fn nearest<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Vec<&'n str> {
    let plain = |text: &str| {
        text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect::<Vec<char>>()
    };
    let wanted = plain(name);
    let mut near: Vec<(usize, &str)> = names
        .map(|candidate| (distance(&wanted, &plain(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len().min(name.len()) / 5)
        .collect();
    near.sort_by_key(|(distance, _)| *distance);
    near.into_iter().map(|(_, candidate)| candidate).take(3).collect()
}

/// Letters to change, add or leave out to come from one to the other.
fn distance(one: &[char], other: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (above, letter) in one.iter().enumerate() {
        let mut corner = above;
        row[0] = above + 1;
        for (at, candidate) in other.iter().enumerate() {
            let change = corner + usize::from(letter != candidate);
            corner = row[at + 1];
            row[at + 1] = change.min(corner + 1).min(row[at] + 1);
        }
    }
    row[other.len()]
}

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
