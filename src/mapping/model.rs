//! Our own plan model read straight from JSON text, without a tree between; and what in it the model does not know.

use super::{
    Unread, Unreadable,
    fields::{self, Field, Group},
};
use crate::{
    plan::{Place, Plan, Unmapped},
    source::{
        json::Document,
        pointer::{self, Cursor},
    },
    words::Words,
};

/// Reads a plan; what is unknown is kept in `unmapped` and listed.
pub(super) fn read(document: &Document, start: &Place) -> Result<(Plan, Vec<Unread>), Unreadable> {
    let mut plan: Plan = serde_json::from_str(&document.text).map_err(|error| unreadable(&error, document, start))?;
    let mut unknown = Vec::new();
    let mut path = String::new();
    walk(&mut Cursor::new(&document.text), fields::plan(), &mut path, &mut unknown);
    let mut unread: Vec<Unread> = Vec::new();
    for (path, at, value) in unknown {
        let (line, column) = pointer::line_and_column(&document.text, at, document.line, document.column);
        if !unread.iter().any(|known| known.path == path) {
            let place = Place { line, column, field: Some(path.as_str().into()), ..start.clone() };
            unread.push(Unread { path: path.clone(), place });
        }
        plan.unmapped.push(Unmapped { path, value: Words::from(plain(value)) });
    }
    Ok((plan, unread))
}

type Unknown<'t> = (String, usize, &'t str);

fn walk<'t>(cursor: &mut Cursor<'t>, group: &Group, path: &mut String, unknown: &mut Vec<Unknown<'t>>) {
    if cursor.peek() != Some(b'{') {
        cursor.value();
        return;
    }
    cursor.enter();
    let mut last = 0;
    while let Some(name) = cursor.member() {
        let escaped = name.contains('\\').then(|| pointer::plain_name(name));
        let name = escaped.as_deref().unwrap_or(name);
        match group.get_next(name, &mut last) {
            Some(Field::One(_) | Field::Several(_)) => {
                cursor.value();
            }
            Some(Field::Group(inner)) => within(cursor, inner, name, path, unknown),
            Some(Field::List(inner)) => list(cursor, inner, name, path, unknown),
            None => {
                let at = cursor.at;
                let Some(value) = cursor.value() else { return };
                if !is_blank(value) {
                    unknown.push((if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }, at, value));
                }
            }
        }
    }
}

fn within<'t>(cursor: &mut Cursor<'t>, group: &Group, name: &str, path: &mut String, unknown: &mut Vec<Unknown<'t>>) {
    let before = path.len();
    if before > 0 {
        path.push('.');
    }
    path.push_str(name);
    walk(cursor, group, path, unknown);
    path.truncate(before);
}

fn list<'t>(cursor: &mut Cursor<'t>, group: &Group, name: &str, path: &mut String, unknown: &mut Vec<Unknown<'t>>) {
    if cursor.peek() != Some(b'[') {
        cursor.value();
        return;
    }
    let before = path.len();
    if before > 0 {
        path.push('.');
    }
    path.push_str(name);
    path.push_str("[]");
    cursor.enter();
    while cursor.element().is_some() {
        walk(cursor, group, path, unknown);
    }
    path.truncate(before);
}

fn is_blank(value: &str) -> bool {
    let inner = value.trim_matches(['"', '{', '}', '[', ']']);
    value == "null" || inner.trim().is_empty()
}

fn plain(value: &str) -> String {
    serde_json::from_str(value).unwrap_or_else(|_| value.to_owned())
}

/// Why a JSON text cannot be read, without its content.
pub(crate) fn unreadable(error: &serde_json::Error, document: &Document, start: &Place) -> Unreadable {
    let offset = offset(&document.text, error.line(), error.column());
    let pointer = pointer::around(&document.text, offset);
    let at = if error.is_data() { pointer::find(&document.text, &pointer).unwrap_or(offset) } else { offset };
    let (line, column) = pointer::line_and_column(&document.text, at, document.line, document.column);
    let field = (!pointer.is_empty()).then(|| pointer.as_str().into());
    let place = Place { line, column, field, ..start.clone() };
    let message = if error.is_data() {
        format!(
            "The value at {} is not what the plan model takes: {}.",
            if pointer.is_empty() { "the record" } else { &pointer },
            expected(error)
        )
    } else {
        format!("This record is no valid JSON: {}. Please export it again.", fault(error))
    };
    Unreadable { rule: "FILE-001", place, message }
}

/// What was expected and what kind of value was found, without the value.
fn expected(error: &serde_json::Error) -> String {
    const KINDS: [(&str, &str); 6] = [
        ("invalid type: string", "text"),
        ("invalid type: map", "an object"),
        ("invalid type: sequence", "a list"),
        ("invalid type: null", "null"),
        ("invalid type: boolean", "true or false"),
        ("invalid type: ", "a number"),
    ];
    let text = error.to_string();
    let text = text.rsplit_once(" at line ").map_or(&*text, |(text, _)| text);
    let wanted = text.rsplit_once(", expected ").map_or("a value of another kind", |(_, wanted)| wanted);
    let wanted = match wanted {
        _ if text.starts_with("duplicate field") => "each field once",
        "u8" => "a whole number from 0 to 255",
        "u32" => "a whole number from 0 up",
        wanted if wanted.starts_with("struct ") => "an object in { }",
        "a sequence" => "a list in [ ]",
        "a boolean" => "true or false",
        wanted => wanted,
    };
    match KINDS.iter().find(|(kind, _)| text.starts_with(kind)) {
        Some((_, found)) => format!("it is {found} where {wanted} is expected"),
        None => format!("expected is {wanted}"),
    }
}

/// The syntax fault; these texts of the parser never quote the input.
fn fault(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(text, _)| text.to_owned())
}

fn offset(text: &str, line: usize, column: usize) -> usize {
    let start = match line.checked_sub(2) {
        Some(breaks) => {
            text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').nth(breaks).map_or(0, |(at, _)| at + 1)
        }
        None => 0,
    };
    let mut at = (start + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
