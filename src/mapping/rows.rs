//! The rows of one plan as material for a mapping: which fields are read, and which rows make one item.

use std::cell::Cell;

use super::{
    apply::{At, Found, Material},
    selector::{Condition, Each, Origin, Section, Test},
};
use crate::{plan::place::Spot, source::row::Row};

/// Where a file's columns are, as its header says.
#[derive(Debug)]
pub(super) struct Columns {
    /// The headers, made distinct.
    pub(super) headers: Vec<std::sync::Arc<str>>,
    /// Of each column of the mapping, its index in the file.
    pub(super) places: Vec<Option<usize>>,
    /// Of each column of the file, whether the mapping says that it is not to be read.
    pub(super) ignored: Vec<bool>,
}

/// The rows of one plan.
pub(super) struct Rows<'r> {
    pub(super) of_plan: &'r [Row],
    pub(super) columns: &'r Columns,
    pub(super) marks: &'r [Cell<bool>],
}

impl Rows<'_> {
    fn field(&self, row: u32, column: usize) -> Option<(&str, usize)> {
        let place = self.columns.places[column]?;
        let text = self.of_plan[row as usize].field(place);
        (!text.trim().is_empty()).then_some((text, place))
    }

    /// Says that a column of the mapping was read for what it is.
    pub(super) fn mark_column(&self, row: u32, column: usize) {
        self.columns.places[column].into_iter().for_each(|place| self.mark(row, place));
    }

    fn mark(&self, row: u32, place: usize) {
        self.marks[row as usize * self.columns.headers.len() + place].set(true);
    }

    /// Tests read what they look at.
    fn row_passes(&self, when: &[Condition], row: u32) -> bool {
        when.iter().all(|condition| {
            let Origin::Column(column) = &condition.of else { return false };
            let value = self.field(row, *column);
            if let (Some((_, place)), Test::Is(_) | Test::IsNot(_)) = (value, &condition.test) {
                self.mark(row, place);
            }
            condition.test.holds(value.map(|(text, _)| text))
        })
    }

    fn found(&self, row: u32, column: usize) -> Option<Found<'_>> {
        let (text, place) = self.field(row, column)?;
        Some(Found { text: text.into(), at: At::Cell(row, u32::try_from(place).ok()?) })
    }

    fn has_same_key(&self, key: &[usize], one: u32, other: u32) -> bool {
        let field = |row, column: &usize| self.field(row, *column).map_or("", |(text, _)| text.trim());
        key.iter().all(|column| field(one, column) == field(other, column))
    }
}

impl Material for Rows<'_> {
    type Scope<'m>
        = Vec<u32>
    where
        Self: 'm;

    fn value(&self, origin: &Origin, when: &[Condition], scope: &Vec<u32>) -> Option<Found<'_>> {
        let Origin::Column(column) = origin else { return None };
        self.columns.places[*column]?;
        scope.iter().filter(|row| self.row_passes(when, **row)).find_map(|row| self.found(*row, *column))
    }

    fn values<'m>(&'m self, origin: &Origin, when: &[Condition], scope: &Vec<u32>) -> Vec<Found<'m>> {
        let Origin::Column(column) = origin else { return Vec::new() };
        let mut found: Vec<Found<'m>> = Vec::new();
        for one in scope.iter().filter(|row| self.row_passes(when, **row)).filter_map(|row| self.found(*row, *column)) {
            if !found.iter().any(|known| known.text == one.text) {
                found.push(one);
            }
        }
        found
    }

    fn passes(&self, when: &[Condition], scope: &Vec<u32>) -> bool {
        when.is_empty() || scope.iter().any(|row| self.row_passes(when, *row))
    }

    fn parts(&self, section: &Section, scope: &Vec<u32>) -> Vec<Vec<u32>> {
        if matches!(section.each, Each::Record) {
            return if self.passes(&section.when, scope) { vec![scope.clone()] } else { Vec::new() };
        }
        let mut parts: Vec<Vec<u32>> = Vec::new();
        for row in scope {
            for column in &section.key {
                self.field(*row, *column).into_iter().for_each(|(_, place)| self.mark(*row, place));
            }
            if !self.row_passes(&section.when, *row) {
                continue;
            }
            let same =
                parts.iter_mut().find(|part| !section.key.is_empty() && self.has_same_key(&section.key, part[0], *row));
            match same {
                Some(part) => part.push(*row),
                None => parts.push(vec![*row]),
            }
        }
        parts
    }

    /// Rows of the scope that repeat the value are read with it; another value there stays unread.
    fn read(&self, found: &Found<'_>, scope: &Vec<u32>) {
        let At::Cell(row, place) = found.at else { return };
        let place = place as usize;
        self.mark(row, place);
        let text = self.of_plan[row as usize].field(place);
        for other in scope.iter().filter(|other| **other != row) {
            if self.of_plan[*other as usize].field(place) == text {
                self.mark(*other, place);
            }
        }
    }

    fn name(&self, at: &At) -> String {
        let At::Cell(_, place) = at else { return String::new() };
        self.columns.headers[*place as usize].to_string()
    }

    fn leftovers(&self, tell: &mut dyn FnMut(&str, &str, Spot<'_>)) {
        let width = self.columns.headers.len();
        for (row, (fields, marks)) in self.of_plan.iter().zip(self.marks.chunks(width)).enumerate() {
            for (place, mark) in marks.iter().enumerate() {
                let text = fields.field(place);
                if !mark.get() && !self.columns.ignored[place] && !text.trim().is_empty() {
                    let spot =
                        Spot::Cell(u32::try_from(row).unwrap_or(u32::MAX), u32::try_from(place).unwrap_or(u32::MAX));
                    tell(&self.columns.headers[place], text, spot);
                }
            }
        }
    }
}
