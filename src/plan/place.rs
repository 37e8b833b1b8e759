//! Addresses: where a value stands in the plan (a JSON pointer) and where it stood in the source.
//!
//! Lines and characters are worked out only when a finding asks for them; until then a spot is two numbers or a path, and
//! what it means is known by the source that was read (`Locate`). The readers themselves live in `source` and `mapping`.

use std::{fmt, ops::Range, sync::Arc};

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

/// Where a value stood, as the reader of its source counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot<'p> {
    /// A field of a row: index of the row within the record, index of the column.
    Cell(u32, u32),
    /// An element: a JSON pointer into the source record.
    Element(&'p str),
}

/// A source record that can say where a spot is.
pub trait Locate: fmt::Debug + Send + Sync {
    /// The place, when the spot exists.
    fn place(&self, spot: Spot<'_>) -> Option<Place>;
}

/// Which plan path came from which spot: what a mapping knows and a plan need not.
#[derive(Clone, Debug, Default)]
pub struct Places {
    start: Place,
    paths: String,
    known: Vec<Known>,
    stated: Vec<Place>,
    source: Option<Arc<dyn Locate>>,
    is_same_shape: bool,
}

#[derive(Clone, Debug)]
struct Known {
    pointer: Range<usize>,
    spot: KnownSpot,
}

#[derive(Clone, Debug)]
enum KnownSpot {
    Cell(u32, u32),
    Element(Range<usize>),
    Stated(usize),
}

impl Places {
    /// No value known yet; everything points to the record's start.
    pub fn starting_at(start: Place) -> Self {
        Self { start, ..Self::default() }
    }

    /// A source that has the plan's own shape: a pointer into the plan is a pointer into the record.
    pub fn of_same_shape(start: Place, source: Arc<dyn Locate>) -> Self {
        Self { start, source: Some(source), is_same_shape: true, ..Self::default() }
    }

    /// Where the record starts.
    pub fn start(&self) -> &Place {
        &self.start
    }

    /// Says where the value at a JSON pointer came from.
    pub fn note(&mut self, pointer: impl AsRef<str>, place: Place) {
        self.stated.push(place);
        let stated = KnownSpot::Stated(self.stated.len() - 1);
        self.keep(pointer.as_ref(), stated);
    }

    /// Says from which spot of the source the value at a JSON pointer came.
    pub fn note_spot(&mut self, pointer: &str, spot: Spot<'_>) {
        let spot = match spot {
            Spot::Cell(row, column) => KnownSpot::Cell(row, column),
            Spot::Element(path) => KnownSpot::Element(self.push(path)),
        };
        self.keep(pointer, spot);
    }

    /// How many spots are known.
    pub fn count(&self) -> usize {
        self.known.len()
    }

    /// Forgets all but the first spots, when what they spoke of was taken back.
    pub fn forget_beyond(&mut self, count: usize) {
        self.known.truncate(count);
    }

    /// Gives the source that knows what the spots mean.
    pub fn located_by(&mut self, start: Place, source: Arc<dyn Locate>) {
        self.start = start;
        self.source = Some(source);
    }

    /// The spot of the value, else of the nearest thing around it, else of something inside it, else the record's start.
    pub fn of(&self, pointer: &str) -> Place {
        let mut around = pointer;
        loop {
            if let Some(place) = self.exactly(around).or_else(|| self.inside(around)) {
                return place;
            }
            match around.rfind('/') {
                Some(0) | None => return self.start.clone(),
                Some(cut) => around = &around[..cut],
            }
        }
    }

    fn exactly(&self, pointer: &str) -> Option<Place> {
        if self.is_same_shape && !pointer.is_empty() {
            return self.source.as_ref()?.place(Spot::Element(pointer));
        }
        let known = self.known.iter().find(|known| &self.paths[known.pointer.clone()] == pointer)?;
        self.place_of(known)
    }

    fn inside(&self, pointer: &str) -> Option<Place> {
        if pointer.len() <= 1 {
            return None;
        }
        let is_inside = |known: &&Known| {
            let path = &self.paths[known.pointer.clone()];
            path.strip_prefix(pointer).is_some_and(|rest| rest.starts_with('/'))
        };
        self.known.iter().find(is_inside).and_then(|known| self.place_of(known))
    }

    fn place_of(&self, known: &Known) -> Option<Place> {
        let spot = match &known.spot {
            KnownSpot::Stated(index) => return self.stated.get(*index).cloned(),
            KnownSpot::Cell(row, column) => Spot::Cell(*row, *column),
            KnownSpot::Element(path) => Spot::Element(&self.paths[path.clone()]),
        };
        self.source.as_ref()?.place(spot)
    }

    fn keep(&mut self, pointer: &str, spot: KnownSpot) {
        let pointer = self.push(pointer);
        self.known.push(Known { pointer, spot });
    }

    fn push(&mut self, text: &str) -> Range<usize> {
        let start = self.paths.len();
        self.paths.push_str(text);
        start..self.paths.len()
    }
}
