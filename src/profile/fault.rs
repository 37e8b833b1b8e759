//! Why a policy cannot be used: one fault, with file, line and what to do. Nothing is judged before all files are in
//! order.

use std::{io, path::PathBuf};

use crate::rules::{Severity, catalogue::RETIRED};

/// Why a policy cannot be used, and where.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// There is no such policy.
    #[error("there is no policy \"{name}\"; take observe, standard or strict")]
    UnknownPolicy {
        /// The name asked for.
        name: String,
    },
    /// A file of policies or phrases that cannot be opened.
    #[error(
        "cannot read the file {}: {kind}. Please check gate.state_policy, gate.agency.policy and \
         gate.agency.phrases in the settings; built in are observe, standard and strict",
        file.display()
    )]
    NoFile {
        /// The file.
        file: PathBuf,
        /// What the system says.
        kind: io::ErrorKind,
    },
    /// The file is no TOML or has a key or value that policies do not have; or a list of phrases has a poor line.
    #[error("{file} line {line}: {fault}")]
    Unreadable {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// What the reader says.
        fault: String,
    },
    /// A rule that the catalogue does not have.
    #[error("{file} line {line}: there is no rule {rule}{why}; `ownwords rules` lists them")]
    UnknownRule {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// The rule's id.
        rule: String,
        /// Why, when it was retired.
        why: String,
    },
    /// A rule of the catalogue that a built-in policy does not name.
    #[error("{file} line {line}: {rule} is missing; say error, warning, information or off")]
    MissingRule {
        /// The file.
        file: String,
        /// The line of the table, counted from 1.
        line: usize,
        /// The rule's id.
        rule: &'static str,
    },
    /// A severity under the rule's floor.
    #[error("{file} line {line}: {rule} may not weigh less than {}", floor.as_str())]
    BelowFloor {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// The rule's id.
        rule: &'static str,
        /// The least it may weigh.
        floor: Severity,
    },
    /// Something that only the state may do, or that would make less of what it fixed.
    #[error("{at}: {fault}")]
    Lowers {
        /// File and line, or the setting.
        at: String,
        /// What is not for the agency, and what to do.
        fault: String,
    },
    /// A line that changes nothing, and so does not what whoever wrote it thinks.
    #[error("{file} line {line}: {fault}")]
    NoEffect {
        /// The file.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// Why, and what to do.
        fault: String,
    },
}

/// A file being read, for lines in messages.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) file: &'a str,
    pub(super) text: &'a str,
}

impl Source<'_> {
    /// Reads the file as TOML into what it should be.
    pub(super) fn read<T: serde::de::DeserializeOwned>(self) -> Result<T, ProfileError> {
        let at = |error: &toml::de::Error| self.line(error.span().map_or(0, |span| span.start));
        toml::from_str(self.text).map_err(|error| self.unreadable(at(&error), error.message()))
    }

    /// The line of a byte, counted from 1.
    pub(super) fn line(self, byte: usize) -> usize {
        1 + self.text.bytes().take(byte).filter(|byte| *byte == b'\n').count()
    }

    pub(super) fn unreadable(self, line: usize, fault: impl Into<String>) -> ProfileError {
        ProfileError::Unreadable { file: self.file.to_owned(), line, fault: fault.into() }
    }

    pub(super) fn unknown_rule(self, line: usize, rule: &str) -> ProfileError {
        let retired = RETIRED.iter().find(|(id, _)| *id == rule);
        let why = retired.map_or_else(String::new, |(_, reason)| format!(" any more ({reason})"));
        ProfileError::UnknownRule { file: self.file.to_owned(), line, rule: rule.to_owned(), why }
    }
}
