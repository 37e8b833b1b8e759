//! `Words`: text a person said, or that was written about them.
//!
//! Its `Debug` and `Display` print only a length, so that no log line, error text or panic can carry it. `reveal` is the
//! way out for code, and serialising is the way out for plan JSON and FHIR; both are for the plan's own path only.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Text kept byte for byte as the source gave it.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Words(String);

impl Words {
    /// The text itself. Every call is a place where a person's words leave the type that protects them.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether nothing but white space was given.
    pub fn is_blank(&self) -> bool {
        self.0.trim().is_empty()
    }
}

impl From<String> for Words {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Words {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Words({} characters)", self.0.chars().count())
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({} characters)", self.0.chars().count())
    }
}
