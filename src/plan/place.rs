//! Addresses: where a value stands in the plan (a JSON pointer) and where it stood in the source.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A spot in the source, as the agency's staff would look it up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    /// The file's name as it was given.
    pub file: Arc<str>,
    /// The line, counted from 1; 0 when the source has no lines.
    pub line: u32,
    /// The character (JSON) or the field (delimited) within the line, counted from 1; 0 when not known.
    pub column: u32,
    /// The column's header, or the element path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<Arc<str>>,
}

/// Which plan path came from which spot: what a mapping knows and a plan need not.
#[derive(Clone, Debug, Default)]
pub struct Places {
    start: Place,
    known: Vec<(String, Place)>,
}

impl Places {
    /// No value known yet; everything points to the record's start.
    pub fn starting_at(start: Place) -> Self {
        Self { start, known: Vec::new() }
    }

    /// Where the record starts.
    pub fn start(&self) -> &Place {
        &self.start
    }

    /// Says where the value at a JSON pointer came from.
    pub fn note(&mut self, pointer: impl Into<String>, place: Place) {
        self.known.push((pointer.into(), place));
    }

    /// The spot of the value, else of the nearest thing around it, else of something inside it, else the record's start.
    pub fn of(&self, pointer: &str) -> &Place {
        let mut around = pointer;
        loop {
            if let Some((_, place)) = self.known.iter().find(|(known, _)| known == around) {
                return place;
            }
            let inside = |known: &str| known.strip_prefix(around).is_some_and(|rest| rest.starts_with('/'));
            if around.len() > 1
                && let Some((_, place)) = self.known.iter().find(|(known, _)| inside(known))
            {
                return place;
            }
            match around.rfind('/') {
                Some(0) | None => return &self.start,
                Some(cut) => around = &around[..cut],
            }
        }
    }
}
