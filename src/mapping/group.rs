//! Puts the rows of a delimited file together that are one plan: consecutive rows with the same key columns.
//!
//! A plan is whole or it is not read: when one of its rows cannot be read, all of it waits. Rows of one plan that stand
//! apart are reported rather than made into a second plan. Of the plans gone by, only a hash of the key is kept.

use std::{
    collections::{HashSet, VecDeque},
    hash::{DefaultHasher, Hash, Hasher},
};

use crate::source::{Broken, BrokenRecord, RECORD_CAP, delimited::Table, row::Row};

const MOST_WAITING: usize = 256;

/// The rows of one plan, or what could not be read.
pub(super) enum Gathered {
    Plan(Vec<Row>),
    Broken(BrokenRecord),
}

/// Gathers the rows of a table.
pub(super) struct Groups {
    table: Table,
    /// Where the key columns are in the file; none: every row is a plan.
    key: Vec<usize>,
    next: Option<Row>,
    ready: VecDeque<Gathered>,
    seen: HashSet<u64>,
}

impl Groups {
    pub(super) fn new(table: Table, key: Vec<usize>) -> Self {
        Self { table, key, next: None, ready: VecDeque::new(), seen: HashSet::new() }
    }

    pub(super) fn table(&self) -> &Table {
        &self.table
    }

    fn gather(&mut self) -> Option<Gathered> {
        let first = match self.next.take() {
            Some(row) => row,
            None => match self.table.next()? {
                Ok(row) => row,
                Err(broken) => return Some(Gathered::Broken(broken)),
            },
        };
        if self.key.is_empty() || self.key.iter().all(|column| first.field(*column).trim().is_empty()) {
            return Some(Gathered::Plan(vec![first]));
        }
        let mut group = Group::of(first);
        while group.waiting.len() < MOST_WAITING && self.take_next(&mut group) {}
        let is_new = self.seen.insert(hash(&self.key, &group.rows[0]));
        let (plan, waiting) = group.finish(is_new);
        self.ready.extend(waiting.into_iter().map(Gathered::Broken));
        Some(plan)
    }

    /// Adds the next row when it belongs to the group. Says whether there may be more.
    fn take_next(&mut self, group: &mut Group) -> bool {
        match self.table.next() {
            None => false,
            Some(Ok(row)) if self.is_same(&group.rows[0], &row) => {
                group.broken.append(&mut group.waiting);
                group.push(row);
                true
            }
            Some(Ok(row)) => {
                self.next = Some(row);
                false
            }
            Some(Err(broken)) => {
                let is_last = broken.is_last;
                let belongs = broken.row.as_ref().is_some_and(|row| self.is_same(&group.rows[0], row));
                if belongs { &mut group.broken } else { &mut group.waiting }.push(broken);
                !is_last
            }
        }
    }

    fn is_same(&self, one: &Row, other: &Row) -> bool {
        self.key.iter().all(|column| one.field(*column).trim() == other.field(*column).trim())
    }
}

impl Iterator for Groups {
    type Item = Gathered;

    fn next(&mut self) -> Option<Gathered> {
        self.ready.pop_front().or_else(|| self.gather())
    }
}

struct Group {
    rows: Vec<Row>,
    size: usize,
    is_too_long: bool,
    /// Rows of this plan that cannot be read.
    broken: Vec<BrokenRecord>,
    /// Rows that cannot be read and may belong to this plan or to none.
    waiting: Vec<BrokenRecord>,
}

impl Group {
    fn of(first: Row) -> Self {
        let size = first.raw.len();
        Self { rows: vec![first], size, is_too_long: false, broken: Vec::new(), waiting: Vec::new() }
    }

    fn push(&mut self, row: Row) {
        self.size += row.raw.len();
        self.is_too_long |= self.size > RECORD_CAP;
        if !self.is_too_long {
            self.rows.push(row);
        }
    }

    fn finish(mut self, is_new: bool) -> (Gathered, Vec<BrokenRecord>) {
        let waiting = std::mem::take(&mut self.waiting);
        let line = self.rows[0].line;
        let plan = if let Some(first) = self.broken.first().map(|first| first.broken.clone()) {
            let message =
                format!("{} The row belongs to a plan of several rows, so none of that plan was read.", first.message);
            self.refused(Broken { message, ..first })
        } else if self.is_too_long {
            let message = format!(
                "The rows of this plan come to more than {} MB, which is more than one plan may be. Please check the columns that tell plans apart.",
                RECORD_CAP >> 20
            );
            self.refused(Broken { line, column: 0, message })
        } else if is_new {
            Gathered::Plan(self.rows)
        } else {
            let message = "Rows of this plan also stand further up, apart from these. Please sort the export by the columns that tell plans apart, so that the rows of one plan follow each other.".to_owned();
            self.refused(Broken { line, column: 0, message })
        };
        (plan, waiting)
    }

    fn refused(self, broken: Broken) -> Gathered {
        let line = self.rows[0].line;
        let mut parts: Vec<(u32, Vec<u8>)> = self.rows.into_iter().map(|row| (row.line, row.raw)).collect();
        parts.extend(self.broken.into_iter().map(|broken| (broken.line, broken.raw)));
        parts.sort_by_key(|(line, _)| *line);
        let raw = parts.into_iter().flat_map(|(_, raw)| raw).collect();
        Gathered::Broken(BrokenRecord { broken, raw, line, row: None, is_last: false })
    }
}

fn hash(key: &[usize], row: &Row) -> u64 {
    let mut hasher = DefaultHasher::new();
    for column in key {
        row.field(*column).trim().hash(&mut hasher);
    }
    hasher.finish()
}
