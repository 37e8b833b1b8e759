//! Reads `mapping.toml` and refuses, with its line and what is allowed, whatever it cannot mean: unknown keys and fields,
//! and any change to a field that holds the person's own words. Sections and selectors are read by `section`.

use std::{cell::RefCell, collections::HashMap, sync::Arc};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    Form, Mapping, MappingError, Model,
    codes::Codes,
    dates::Dates,
    fields,
    section::{merge, plan_fields},
};
use crate::source::{delimited::Layout, encoding::Encoding};

const META: [&str; 14] = [
    "id",
    "version",
    "title",
    "model",
    "form",
    "encoding",
    "delimiter",
    "dates",
    "zone",
    "record",
    "gaps",
    "ignore",
    "optional_columns",
    "plan",
];

/// A file beside `mapping.toml`, by its path from there.
pub(super) type ReadFile<'f> = &'f dyn Fn(&str) -> Option<Vec<u8>>;

/// What is wrong, and at which byte of the file.
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) what: String,
}

pub(super) type Toml<'t> = Spanned<DeValue<'t>>;

/// What is gathered while a file is read.
pub(super) struct Reading<'f> {
    pub(super) form: Form,
    read_file: ReadFile<'f>,
    columns: RefCell<Vec<Box<str>>>,
    codes: RefCell<HashMap<String, Arc<Codes>>>,
}

/// Reads the text of a mapping file.
pub(super) fn read(label: &str, text: &str, read_file: ReadFile<'_>) -> Result<Mapping, MappingError> {
    let parsed = DeTable::parse(text)
        .map_err(|error| Fault { at: error.span().map_or(0, |span| span.start), what: error.message().to_owned() });
    parsed.and_then(|table| mapping(table.get_ref(), read_file)).map_err(|fault| MappingError::Refused {
        file: label.to_owned(),
        line: memchr::memchr_iter(b'\n', &text.as_bytes()[..fault.at.min(text.len())]).count() + 1,
        what: fault.what,
    })
}

fn mapping(table: &DeTable<'_>, read_file: ReadFile<'_>) -> Result<Mapping, Fault> {
    let form = form(table)?;
    let reading = Reading { form, read_file, columns: RefCell::default(), codes: RefCell::default() };
    let model = model(table, form)?;
    let plan = plan_sections(table, &reading, model.is_some())?;
    if model == Some(Model::Fhir) && !plan.is_empty() {
        return Err(Fault { at: 0, what: "FHIR is read as it stands: nothing can be selected beside it".to_owned() });
    }
    let rows_by = rows_by(table, &reading)?;
    let ignored = ignored(table)?;
    let optional = texts_of(table, "optional_columns")?;
    let columns = reading.columns.into_inner();
    if let Some((name, at)) = optional.iter().find(|(name, _)| !columns.iter().any(|column| **column == **name)) {
        return Err(Fault {
            at: *at,
            what: format!("optional_columns names {name}, which nothing in this mapping reads"),
        });
    }
    let is_optional = |column: &str| optional.iter().any(|(name, _)| name == column);
    Ok(Mapping {
        id: required(table, "id")?,
        version: required(table, "version")?,
        form,
        layout: Layout { delimiter: delimiter(table)?, encoding: encoding(table)? },
        model,
        columns: columns
            .into_iter()
            .map(|name| (is_optional(&name), name))
            .map(|(optional, name)| (name, optional))
            .collect(),
        rows_by,
        ignored,
        gaps: gaps(table)?,
        dates: dates(table)?,
        plan,
    })
}

fn plan_sections(
    table: &DeTable<'_>,
    reading: &Reading<'_>,
    is_model: bool,
) -> Result<Vec<(Box<str>, super::selector::Node)>, Fault> {
    let mut plan = match table.get("plan") {
        Some(scalars) => plan_fields(tabled(scalars)?, fields::plan(), "", &[], reading)?,
        None => Vec::new(),
    };
    merge(&mut plan, plan_fields(table, fields::plan(), "", &META, reading)?)
        .map_err(|name| Fault { at: 0, what: format!("{name} is given twice") })?;
    if plan.is_empty() && !is_model {
        return Err(Fault { at: 0, what: "nothing is mapped: there is no [plan] and no [[goals]]".to_owned() });
    }
    Ok(plan)
}

fn model(table: &DeTable<'_>, form: Form) -> Result<Option<Model>, Fault> {
    let Some(model) = table.get("model") else { return Ok(None) };
    let known = match text(model)? {
        "plan" => Model::Plan,
        "fhir" => Model::Fhir,
        _ => return Err(fault(model, "model can only be \"plan\" (our own plan model) or \"fhir\" (FHIR R4)")),
    };
    if form == Form::Delimited {
        let what = "our own plan model and FHIR are JSON: form must be \"json\" or \"ndjson\"";
        return Err(Fault { at: 0, what: what.to_owned() });
    }
    Ok(Some(known))
}

fn form(table: &DeTable<'_>) -> Result<Form, Fault> {
    let Some(form) = table.get("form") else {
        return Err(Fault { at: 0, what: "form is missing; it is \"delimited\", \"json\" or \"ndjson\"".to_owned() });
    };
    match text(form)? {
        "delimited" => Ok(Form::Delimited),
        "json" => Ok(Form::Json),
        "ndjson" => Ok(Form::Ndjson),
        _ => Err(fault(form, "form is \"delimited\", \"json\" or \"ndjson\"")),
    }
}

fn encoding(table: &DeTable<'_>) -> Result<Encoding, Fault> {
    let Some(encoding) = table.get("encoding") else { return Ok(Encoding::default()) };
    Encoding::named(text(encoding)?)
        .ok_or_else(|| fault(encoding, "encoding is \"utf-8\", \"windows-1252\" or \"detect\""))
}

fn delimiter(table: &DeTable<'_>) -> Result<Option<u8>, Fault> {
    let Some(delimiter) = table.get("delimiter") else { return Ok(None) };
    match text(delimiter)? {
        "detect" => Ok(None),
        "comma" | "," => Ok(Some(b',')),
        "pipe" | "|" => Ok(Some(b'|')),
        "tab" | "\t" => Ok(Some(b'\t')),
        "semicolon" | ";" => Ok(Some(b';')),
        _ => Err(fault(delimiter, "delimiter is \"comma\", \"pipe\", \"tab\", \"semicolon\" or \"detect\"")),
    }
}

fn dates(table: &DeTable<'_>) -> Result<Dates, Fault> {
    let formats = texts_of(table, "dates")?;
    let names: Vec<&str> = formats.iter().map(|(format, _)| format.as_str()).collect();
    let zone = table.get("zone").map(text).transpose()?;
    let at = formats.first().map(|(_, at)| *at).or(table.get("zone").map(|zone| zone.span().start)).unwrap_or(0);
    Dates::new(&names, zone).map_err(|what| Fault { at, what })
}

fn gaps(table: &DeTable<'_>) -> Result<Vec<String>, Fault> {
    let gaps = texts_of(table, "gaps")?;
    for (gap, at) in &gaps {
        let mut group = Some(fields::plan());
        for name in gap.split('.') {
            let field = group.and_then(|group| group.get(name.trim_end_matches("[]")));
            group = match field {
                Some(fields::Field::Group(inner) | fields::Field::List(inner)) => Some(inner),
                Some(_) => None,
                None => return Err(Fault { at: *at, what: format!("the plan model has no {gap}") }),
            };
        }
    }
    Ok(gaps.into_iter().map(|(gap, _)| gap).collect())
}

fn rows_by(table: &DeTable<'_>, reading: &Reading<'_>) -> Result<Vec<usize>, Fault> {
    let Some(record) = table.get("record") else { return Ok(Vec::new()) };
    if let Some((key, _)) = tabled(record)?.iter().find(|(key, _)| key.get_ref() != "rows_by") {
        return Err(Fault { at: key.span().start, what: format!("record knows rows_by only, not {}", key.get_ref()) });
    }
    if reading.form != Form::Delimited {
        return Err(fault(record, "rows_by groups the rows of delimited files; a JSON record is one object"));
    }
    let columns = texts_of(tabled(record)?, "rows_by")?;
    Ok(columns.iter().map(|(name, _)| reading.column(name)).collect())
}

fn ignored(table: &DeTable<'_>) -> Result<Vec<Box<str>>, Fault> {
    let Some(ignore) = table.get("ignore") else { return Ok(Vec::new()) };
    let mut names = Vec::new();
    for (name, reason) in tabled(ignore)? {
        if text(reason)?.trim().is_empty() {
            return Err(fault(reason, "please say why this is not read"));
        }
        names.push(name.get_ref().as_ref().into());
    }
    Ok(names)
}

fn required(table: &DeTable<'_>, name: &str) -> Result<String, Fault> {
    let value = table.get(name).ok_or_else(|| Fault { at: 0, what: format!("{name} is missing") })?;
    let given = text(value)?;
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    if given.is_empty() || !given.chars().all(is_plain) {
        return Err(fault(value, &format!("{name} is made of letters, digits, - _ and .")));
    }
    Ok(given.to_owned())
}

impl Reading<'_> {
    /// The index of a column in the mapping's list, entered when it is new.
    pub(super) fn column(&self, name: &str) -> usize {
        let mut columns = self.columns.borrow_mut();
        columns.iter().position(|known| **known == *name).unwrap_or_else(|| {
            columns.push(name.into());
            columns.len() - 1
        })
    }

    /// A value map, read once for each way it is used.
    pub(super) fn codes(
        &self,
        path: &str,
        how: super::codes::Match,
        unknown: super::codes::Unknown,
    ) -> Result<Arc<Codes>, String> {
        let key = format!("{path} {how:?} {unknown:?}");
        if let Some(codes) = self.codes.borrow().get(&key) {
            return Ok(Arc::clone(codes));
        }
        let is_beside = !path.starts_with('/') && !path.split(['/', '\\']).any(|part| part == "..");
        let csv = (self.read_file)(path).filter(|_| is_beside);
        let csv =
            csv.ok_or_else(|| format!("{path} cannot be read; value maps stand in codes/ beside mapping.toml"))?;
        let codes = Arc::new(Codes::read(&csv, how, unknown).map_err(|what| format!("{path}: {what}"))?);
        self.codes.borrow_mut().insert(key, Arc::clone(&codes));
        Ok(codes)
    }
}

pub(super) fn fault(value: &Toml<'_>, what: &str) -> Fault {
    Fault { at: value.span().start, what: what.to_owned() }
}

pub(super) fn text<'v>(value: &'v Toml<'_>) -> Result<&'v str, Fault> {
    value.get_ref().as_str().ok_or_else(|| fault(value, "this must be text in quotes"))
}

pub(super) fn tabled<'v, 't>(value: &'v Toml<'t>) -> Result<&'v DeTable<'t>, Fault> {
    value.get_ref().as_table().ok_or_else(|| fault(value, "this must be a table, as in { column = \"NAME\" }"))
}

/// The texts of a list, each with its place; a lone text is a list of one.
pub(super) fn texts(value: &Toml<'_>) -> Result<Vec<(String, usize)>, Fault> {
    let one = |value: &Toml<'_>| text(value).map(|given| (given.to_owned(), value.span().start));
    match value.get_ref().as_array() {
        Some(values) => values.iter().map(one).collect(),
        None => one(value).map(|one| vec![one]),
    }
}

pub(super) fn texts_of(table: &DeTable<'_>, name: &str) -> Result<Vec<(String, usize)>, Fault> {
    table.get(name).map_or(Ok(Vec::new()), texts)
}
