//! Runs a mapping over a file, record by record. A record that cannot be read is an item like any other.

use std::{cell::Cell, io::BufRead, iter, sync::Arc};

use serde_json::Value;

use super::{
    Form, Mapped, Mapping, Model, Read, Unread, Unreadable,
    apply::{Applied, At, Material, apply},
    group::{Gathered, Groups},
    model, nearest,
    rows::{Columns, Rows},
    tree::Tree,
};
use crate::{
    plan::{
        Place, Places, Plan, Unmapped,
        place::{Locate, Spot},
    },
    source::{
        Broken, BrokenRecord,
        delimited::Table,
        json::{Document, Documents},
        ndjson::Lines,
        pointer,
        row::Row,
    },
    words::Words,
};

const UNREADABLE: &str = "FILE-001";
const SCHEMA_VERSION: &str = "1.0";

/// The records of one file.
pub struct Records {
    mapping: Arc<Mapping>,
    file: Arc<str>,
    source: Source,
    ordinal: u64,
    buffer: Vec<u8>,
}

enum Source {
    Rows { groups: Box<Groups>, columns: Arc<Columns>, marks: Vec<Cell<bool>> },
    Documents(Box<dyn Iterator<Item = Result<Document, BrokenRecord>> + Send>),
    Made(Box<dyn Iterator<Item = Mapped> + Send>),
}

impl Records {
    pub(super) fn open(mapping: &Arc<Mapping>, file: &str, input: Box<dyn BufRead + Send>) -> Result<Self, Unreadable> {
        let file: Arc<str> = file.into();
        let whole = |broken: Broken| unreadable(&file, broken);
        let source = match mapping.form {
            Form::Delimited => {
                let table = Table::open(input, mapping.layout).map_err(whole)?;
                let columns = mapping.columns_of(&table).map_err(whole)?;
                let key = mapping.rows_by.iter().filter_map(|column| columns.places[*column]).collect();
                Source::Rows {
                    groups: Box::new(Groups::new(table, key)),
                    columns: Arc::new(columns),
                    marks: Vec::new(),
                }
            }
            Form::Json => Source::Documents(Box::new(Documents::open(input, mapping.layout.encoding).map_err(whole)?)),
            Form::Ndjson => Source::Documents(Box::new(Lines::open(input, mapping.layout.encoding).map_err(whole)?)),
        };
        Ok(Self { mapping: Arc::clone(mapping), file, source, ordinal: 0, buffer: Vec::new() })
    }

    /// Records that a reader above makes of a mapping's documents.
    pub fn made(mapping: &Arc<Mapping>, file: &str, records: Box<dyn Iterator<Item = Mapped> + Send>) -> Self {
        let mapping = Arc::clone(mapping);
        Self { mapping, file: file.into(), source: Source::Made(records), ordinal: 0, buffer: Vec::new() }
    }

    /// The header line of a delimited file as received, else nothing.
    pub fn preamble(&self) -> &[u8] {
        match &self.source {
            Source::Rows { groups, .. } => groups.table().preamble(),
            Source::Documents(_) | Source::Made(_) => &[],
        }
    }

    /// The mapping that reads them.
    pub fn mapping(&self) -> &Arc<Mapping> {
        &self.mapping
    }
}

impl Iterator for Records {
    type Item = Mapped;

    fn next(&mut self) -> Option<Mapped> {
        let Self { mapping, file, source, buffer, .. } = self;
        let (start, raw, read) = match source {
            Source::Rows { groups, columns, marks } => match groups.next()? {
                Gathered::Plan(rows) => {
                    mapping.read_rows(file, rows, columns, groups.table().delimiter(), marks, buffer)
                }
                Gathered::Broken(broken) => refused(file, broken),
            },
            Source::Made(records) => return records.next(),
            Source::Documents(documents) => match documents.next()? {
                Ok(document) => mapping.read_document(file, document, buffer),
                Err(broken) => refused(file, broken),
            },
        };
        self.ordinal += 1;
        Some(Mapped { ordinal: self.ordinal, start, raw, read })
    }
}

/// Opens a file as JSON objects.
pub(super) fn documents(
    mapping: &Mapping,
    file: &str,
    input: Box<dyn BufRead + Send>,
) -> Result<Documents, Unreadable> {
    Documents::open(input, mapping.layout.encoding).map_err(|broken| unreadable(&file.into(), broken))
}

type Outcome = (Place, Vec<u8>, Result<Read, Unreadable>);

impl Mapping {
    /// Finds the mapping's columns in a file's header.
    fn columns_of(&self, table: &Table) -> Result<Columns, Broken> {
        let headers = table.headers();
        let find = |name: &str| {
            let exact: Vec<usize> = (0..headers.len()).filter(|at| headers[*at] == name).collect();
            if exact.is_empty() {
                (0..headers.len()).filter(|at| headers[*at].eq_ignore_ascii_case(name)).collect()
            } else {
                exact
            }
        };
        let line = u32::try_from(memchr::memchr_iter(b'\n', table.preamble()).count().max(1)).unwrap_or(1);
        let fault =
            |column: usize, message: String| Broken { line, column: u32::try_from(column).unwrap_or(0), message };
        let (mut places, mut missing) = (Vec::with_capacity(self.columns.len()), Vec::new());
        for (name, is_optional) in &self.columns {
            match find(name)[..] {
                [] => {
                    places.push(None);
                    missing.extend((!is_optional).then_some(&**name));
                }
                [at] => places.push(Some(at)),
                [_, second, ..] => {
                    return Err(fault(
                        second + 1,
                        format!(
                            "The header names the column {name} more than once, so mapping {} cannot tell which to read. Please rename one.",
                            self.id
                        ),
                    ));
                }
            }
        }
        if !missing.is_empty() {
            return Err(fault(0, self.missing(&missing, headers, table.delimiter())));
        }
        let ignored =
            headers.iter().map(|header| self.ignored.iter().any(|name| name.eq_ignore_ascii_case(header))).collect();
        Ok(Columns { headers: distinct(headers), places, ignored })
    }

    /// All columns that a file lacks, in one message, each with the headers that may be meant for it.
    fn missing(&self, names: &[&str], headers: &[String], delimiter: u8) -> String {
        let near_one = |name: &&str| {
            let near = nearest(name, headers.iter().map(String::as_str));
            (!near.is_empty()).then(|| format!("{} for {name}", near.join(" or ")))
        };
        let near: Vec<String> = names.iter().filter_map(near_one).collect();
        let hint = match (&near[..], headers) {
            ([], [one]) if one.contains([',', ';', '|', '\t']) => {
                format!(
                    "The header was read with {} between columns, which gives one column only; please check the delimiter in the mapping.",
                    delimiter_name(delimiter)
                )
            }
            ([], _) => "Please check that the file is the export this mapping is for.".to_owned(),
            _ => format!("The file may have {}; please rename it there, or name it in the mapping.", near.join(", ")),
        };
        let columns = if names.len() == 1 { "the column" } else { "the columns" };
        format!("Mapping {} needs {columns} {}, which this file does not have. {hint}", self.id, names.join(", "))
    }

    fn read_rows(
        &self,
        file: &Arc<str>,
        rows: Vec<Row>,
        columns: &Arc<Columns>,
        delimiter: u8,
        marks: &mut Vec<Cell<bool>>,
        buffer: &mut Vec<u8>,
    ) -> Outcome {
        let start = Place { file: Arc::clone(file), line: rows[0].line, column: 0, field: None };
        let raw = rows.iter().map(|row| &*row.raw).collect::<Vec<_>>().concat();
        marks.clear();
        marks.resize(rows.len() * columns.headers.len(), Cell::new(false));
        let material = Rows { of_plan: &rows, columns, marks };
        let whole: Vec<u32> = (0..u32::try_from(rows.len()).unwrap_or(u32::MAX)).collect();
        for row in &whole {
            self.rows_by.iter().for_each(|column| material.mark_column(*row, *column));
        }
        let applied = apply(&self.plan, &material, &whole, &self.dates, buffer);
        let (plan, places, left) = match applied {
            Some(applied) => self.completed(applied, &material),
            None => return (start.clone(), raw, Err(no_plan(start))),
        };
        let source = Arc::new(RowSource { file: Arc::clone(file), columns: Arc::clone(columns), delimiter, rows });
        (start.clone(), raw, Ok(finished(plan, places, left, start, source)))
    }

    fn read_document(&self, file: &Arc<str>, document: Document, buffer: &mut Vec<u8>) -> Outcome {
        let start = Place { file: Arc::clone(file), line: document.line, column: document.column, field: None };
        let raw = document.raw();
        let read = if self.model == Some(Model::Plan) {
            self.read_model(document, &start)
        } else {
            self.read_tree(document, &start, buffer)
        };
        (start, raw, read)
    }

    fn read_model(&self, document: Document, start: &Place) -> Result<Read, Unreadable> {
        let (mut plan, unread) = model::read(&document, start)?;
        self.sign(&mut plan);
        let source = Arc::new(DocumentSource { file: Arc::clone(&start.file), document });
        Ok(Read { plan, places: Places::of_same_shape(start.clone(), source), unread })
    }

    fn read_tree(&self, document: Document, start: &Place, buffer: &mut Vec<u8>) -> Result<Read, Unreadable> {
        let tree: Value =
            serde_json::from_str(&document.text).map_err(|error| model::unreadable(&error, &document, start))?;
        let material = Tree::new(&tree, &self.ignored);
        let applied = apply(&self.plan, &material, &material.whole(), &self.dates, buffer)
            .ok_or_else(|| no_plan(start.clone()))?;
        let (plan, places, left) = self.completed(applied, &material);
        let source = Arc::new(DocumentSource { file: Arc::clone(&start.file), document });
        Ok(finished(plan, places, left, start.clone(), source))
    }

    /// Adds what the mapping knows and what it left.
    fn completed<M: Material>(&self, applied: Applied, material: &M) -> (Plan, Places, Vec<(String, At)>) {
        let Applied { mut plan, places, originals } = applied;
        self.sign(&mut plan);
        plan.schema_version.get_or_insert_with(|| SCHEMA_VERSION.to_owned());
        for (at, original) in originals {
            plan.unmapped.push(Unmapped { path: material.name(&at), value: Words::from(original) });
        }
        let mut left: Vec<(String, At)> = Vec::new();
        material.leftovers(&mut |path, value, spot| {
            if !left.iter().any(|(known, _)| known == path) {
                left.push((path.to_owned(), At::of(spot)));
            }
            if !plan.unmapped.iter().any(|known| known.path == path && known.value.reveal() == value) {
                plan.unmapped.push(Unmapped { path: path.to_owned(), value: Words::from(value) });
            }
        });
        (plan, places, left)
    }

    fn sign(&self, plan: &mut Plan) {
        plan.source.mapping_id = Some(self.id.clone());
        plan.source.mapping_version = Some(self.version.clone());
    }
}

fn finished(plan: Plan, mut places: Places, left: Vec<(String, At)>, start: Place, source: Arc<dyn Locate>) -> Read {
    let place = |at: &At| source.place(at.spot()).unwrap_or_else(|| start.clone());
    let unread = left.into_iter().map(|(path, at)| Unread { place: place(&at), path }).collect();
    places.located_by(start, source);
    Read { plan, places, unread }
}

fn refused(file: &Arc<str>, broken: BrokenRecord) -> Outcome {
    let start = Place { file: Arc::clone(file), line: broken.line, column: 0, field: None };
    (start, broken.raw, Err(unreadable(file, broken.broken)))
}

fn unreadable(file: &Arc<str>, broken: Broken) -> Unreadable {
    let place = Place { file: Arc::clone(file), line: broken.line, column: broken.column, field: None };
    Unreadable { rule: UNREADABLE, place, message: broken.message }
}

fn no_plan(place: Place) -> Unreadable {
    let message =
        "This mapping makes no plan of this record. Please check that it is the mapping for this file.".to_owned();
    Unreadable { rule: UNREADABLE, place, message }
}

/// Headers with a number behind each repetition.
fn distinct(headers: &[String]) -> Vec<Arc<str>> {
    let name = |(at, header): (usize, &String)| {
        let before = headers[..at].iter().filter(|other| *other == header).count();
        let header = if header.is_empty() { format!("column {}", at + 1) } else { header.clone() };
        if before == 0 { header.into() } else { format!("{header} ({})", before + 1).into() }
    };
    iter::zip(0.., headers).map(name).collect()
}

fn delimiter_name(delimiter: u8) -> &'static str {
    match delimiter {
        b',' => "a comma",
        b'|' => "a pipe",
        b'\t' => "a tab",
        b';' => "a semicolon",
        _ => "the character named by its first line",
    }
}

#[derive(Debug)]
struct RowSource {
    file: Arc<str>,
    columns: Arc<Columns>,
    delimiter: u8,
    rows: Vec<Row>,
}

impl Locate for RowSource {
    fn place(&self, spot: Spot<'_>) -> Option<Place> {
        let Spot::Cell(row, column) = spot else { return None };
        let line = self.rows.get(row as usize)?.line_of(column as usize, self.delimiter);
        let field = self.columns.headers.get(column as usize).cloned();
        Some(Place { file: Arc::clone(&self.file), line, column: column + 1, field })
    }
}

#[derive(Debug)]
struct DocumentSource {
    file: Arc<str>,
    document: Document,
}

impl Locate for DocumentSource {
    fn place(&self, spot: Spot<'_>) -> Option<Place> {
        let Spot::Element(path) = spot else { return None };
        let at = pointer::find(&self.document.text, path)?;
        let (line, column) =
            pointer::line_and_column(&self.document.text, at, self.document.line, self.document.column);
        Some(Place { file: Arc::clone(&self.file), line, column, field: Some(path.into()) })
    }
}
