//! Reads the sections and selectors of a mapping file into their compiled form, field by field along the plan model.

use std::fmt::Write;

use toml::de::DeTable;

use super::{
    Form,
    codes::{Match, Unknown},
    expression::Expression,
    fields::{Field, Group, Kind},
    file::{Fault, Reading, Toml, fault, tabled, text, texts, texts_of},
    selector::{Condition, Each, From, Node, Origin, Path, Section, Selector, Test},
};

const SECTION_KEYS: [&str; 4] = ["each", "of", "key", "when"];
const SELECTOR_KEYS: [&str; 15] = [
    "column",
    "path",
    "first_of",
    "join",
    "value",
    "expression",
    "with",
    "when",
    "split",
    "codes",
    "match",
    "unknown",
    "default",
    "rich_text",
    "separator",
];

type Fields = Vec<(Box<str>, Node)>;

/// Reads what a table says of a group of fields; `besides` are keys that are no fields.
pub(super) fn plan_fields(
    table: &DeTable<'_>,
    group: &Group,
    path: &str,
    besides: &[&str],
    reading: &Reading<'_>,
) -> Result<Fields, Fault> {
    let mut read = Fields::new();
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        if besides.contains(&name) {
            continue;
        }
        let full = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        let Some(field) = group.get(name) else {
            let what = format!("the plan model has no {full}; {}", allowed(name, group, besides));
            return Err(Fault { at: key.span().start, what });
        };
        let node = match field {
            Field::One(kind) => Node::One {
                kind: *kind,
                selector: selector(value, *kind, &full, reading)?,
                keeps_raw: name == "text" && group.get("raw").is_some(),
            },
            Field::Several(kind) => Node::Several { kind: *kind, selectors: selectors(value, *kind, &full, reading)? },
            Field::Group(inner) => Node::Group(plan_fields(tabled(value)?, inner, &full, &[], reading)?),
            Field::List(inner) => Node::List(sections(value, inner, &full, reading)?),
        };
        read.push((name.into(), node));
    }
    Ok(read)
}

/// Joins two parts that speak of the same group. The error is the name of a field given by both.
pub(super) fn merge(into: &mut Fields, more: Fields) -> Result<(), Box<str>> {
    for (name, node) in more {
        match (into.iter_mut().find(|(known, _)| *known == name), node) {
            (None, node) => into.push((name, node)),
            (Some((_, Node::Group(known))), Node::Group(more)) => merge(known, more)?,
            (Some(_), _) => return Err(name),
        }
    }
    Ok(())
}

fn allowed(name: &str, group: &Group, besides: &[&str]) -> String {
    let names: Vec<&str> = group.names().chain(besides.iter().copied()).collect();
    let near = super::nearest(name, names.iter().copied());
    if near.is_empty() {
        format!("there are: {}", names.join(", "))
    } else {
        format!("did you mean {}?", near.join(" or "))
    }
}

fn sections(value: &Toml<'_>, group: &Group, path: &str, reading: &Reading<'_>) -> Result<Vec<Section>, Fault> {
    let Some(tables) = value.get_ref().as_array() else {
        return Err(fault(value, &format!("{path} is a list; write [[{path}]] for each kind of item")));
    };
    tables.iter().map(|one| section(one, group, path, reading)).collect()
}

fn section(value: &Toml<'_>, group: &Group, path: &str, reading: &Reading<'_>) -> Result<Section, Fault> {
    let table = tabled(value)?;
    let fields = plan_fields(table, group, path, &SECTION_KEYS, reading)?;
    let each = each(value, table, reading)?;
    let key = texts_of(table, "key")?;
    match (&each, key.is_empty(), reading.form) {
        (Each::Row, _, Form::Delimited) | (_, true, _) => {}
        _ => return Err(fault(value, "key belongs to each = \"row\"")),
    }
    let splits = fields
        .iter()
        .filter(|(_, node)| matches!(node, Node::One { selector, .. } if selector.split.is_some()))
        .count();
    if splits != usize::from(matches!(each, Each::Split)) {
        return Err(fault(
            value,
            "each = \"split\" takes exactly one field with split = \"…\", and split takes each = \"split\"",
        ));
    }
    let key = key.iter().map(|(name, _)| reading.column(name)).collect();
    Ok(Section { each, key, when: conditions(table, reading)?, fields })
}

fn each(value: &Toml<'_>, table: &DeTable<'_>, reading: &Reading<'_>) -> Result<Each, Fault> {
    let of = table.get("of");
    let Some(each) = table.get("each") else {
        return Err(fault(
            value,
            "each is missing; it is \"record\", \"row\", \"element\" (with of = \"path[]\") or \"split\"",
        ));
    };
    match (text(each)?, of, reading.form) {
        ("record", None, _) => Ok(Each::Record),
        ("split", None, _) => Ok(Each::Split),
        ("row", None, Form::Delimited) => Ok(Each::Row),
        ("element", Some(of), Form::Json | Form::Ndjson) => {
            Path::read(text(of)?).map(Each::Element).map_err(|what| fault(of, &what))
        }
        ("row", _, _) => Err(fault(
            each,
            "each = \"row\" is for delimited files; a JSON record has each = \"element\" with of = \"path[]\"",
        )),
        ("element", _, _) => Err(fault(each, "each = \"element\" is for JSON and needs of = \"path[]\"")),
        _ => Err(fault(each, "each is \"record\", \"row\", \"element\" or \"split\"; of goes with \"element\" only")),
    }
}

fn selectors(value: &Toml<'_>, kind: Kind, path: &str, reading: &Reading<'_>) -> Result<Vec<Selector>, Fault> {
    match value.get_ref().as_array() {
        Some(values) => values.iter().map(|one| selector(one, kind, path, reading)).collect(),
        None => selector(value, kind, path, reading).map(|one| vec![one]),
    }
}

fn selector(value: &Toml<'_>, kind: Kind, path: &str, reading: &Reading<'_>) -> Result<Selector, Fault> {
    let table = tabled(value)?;
    for (key, _) in table {
        if !SELECTOR_KEYS.contains(&key.get_ref().as_ref()) {
            let what = format!("{path} cannot take {}; a selector knows {}", key.get_ref(), SELECTOR_KEYS.join(", "));
            return Err(Fault { at: key.span().start, what });
        }
    }
    if kind == Kind::OwnWords {
        verbatim(table, path)?;
    }
    let codes = match table.get("codes") {
        Some(file) => {
            let how = choice(table, "match", &[("whole", Match::Whole), ("word", Match::Word)])?;
            let unknown = choice(table, "unknown", &[("keep", Unknown::Keep), ("drop", Unknown::Drop)])?;
            Some(reading.codes(text(file)?, how, unknown).map_err(|what| fault(file, &what))?)
        }
        None => None,
    };
    Ok(Selector {
        from: from(value, table, kind, path, reading)?,
        when: conditions(table, reading)?,
        split: filled(table, "split")?,
        codes,
        default: filled(table, "default")?,
        rich_text: truth(table, "rich_text")?.unwrap_or(false),
    })
}

/// Words a person said are carried, never made: only selectors that take them as they are.
fn verbatim(table: &DeTable<'_>, path: &str) -> Result<(), Fault> {
    const REFUSED: [&str; 5] = ["expression", "codes", "default", "value", "join"];
    match table.iter().find(|(key, _)| REFUSED.contains(&key.get_ref().as_ref())) {
        None => Ok(()),
        Some((key, _)) => {
            let what = format!(
                "{path} holds the person's own words, so they are taken as they stand: {} is not possible here, only column, path, first_of, when, split and rich_text",
                key.get_ref()
            );
            Err(Fault { at: key.span().start, what })
        }
    }
}

fn from(value: &Toml<'_>, table: &DeTable<'_>, kind: Kind, path: &str, reading: &Reading<'_>) -> Result<From, Fault> {
    const WAYS: [&str; 6] = ["column", "path", "first_of", "join", "value", "expression"];
    let given: Vec<&str> = WAYS.iter().copied().filter(|way| table.get(*way).is_some()).collect();
    let [way] = given[..] else {
        return Err(fault(value, &format!("{path} needs exactly one of {}", WAYS.join(", "))));
    };
    let whence = &table[way];
    match way {
        "column" | "path" => origin(table, value, reading).map(From::Origin),
        "first_of" => selectors(whence, kind, path, reading).map(From::FirstOf),
        "join" => {
            let separator = filled(table, "separator")?.unwrap_or_else(|| "-".into());
            Ok(From::Join(selectors(whence, kind, path, reading)?, separator))
        }
        "value" => text(whence).map(|constant| From::Value(constant.into())),
        _ => {
            let mut inputs = Vec::new();
            for (name, input) in table.get("with").map(tabled).transpose()?.into_iter().flatten() {
                inputs.push((name.get_ref().as_ref().into(), selector(input, Kind::Text, path, reading)?));
            }
            let names: Vec<&str> = inputs.iter().map(|(name, _): &(Box<str>, _)| &**name).collect();
            let expression = Expression::new(text(whence)?, &names).map_err(|what| fault(whence, &what))?;
            Ok(From::Expression(expression, inputs))
        }
    }
}

fn origin(table: &DeTable<'_>, value: &Toml<'_>, reading: &Reading<'_>) -> Result<Origin, Fault> {
    match (table.get("column"), table.get("path"), reading.form) {
        (Some(column), None, Form::Delimited) => Ok(Origin::Column(reading.column(text(column)?))),
        (None, Some(path), Form::Json | Form::Ndjson) => {
            Path::read(text(path)?).map(Origin::Path).map_err(|what| fault(path, &what))
        }
        (Some(column), None, _) => Err(fault(column, "this form has no columns; write path = \"…\"")),
        (None, Some(path), _) => Err(fault(path, "this form has no paths; write column = \"…\"")),
        _ => Err(fault(value, "name one column or one path")),
    }
}

fn conditions(table: &DeTable<'_>, reading: &Reading<'_>) -> Result<Vec<Condition>, Fault> {
    let Some(when) = table.get("when") else { return Ok(Vec::new()) };
    match when.get_ref().as_array() {
        Some(several) => several.iter().map(|one| condition(one, reading)).collect(),
        None => condition(when, reading).map(|one| vec![one]),
    }
}

fn condition(value: &Toml<'_>, reading: &Reading<'_>) -> Result<Condition, Fault> {
    let table = tabled(value)?;
    if let Some((key, _)) =
        table.iter().find(|(key, _)| !["column", "path", "is", "is_not", "given"].contains(&key.get_ref().as_ref()))
    {
        return Err(Fault {
            at: key.span().start,
            what: format!("when knows column, path, is, is_not and given, not {}", key.get_ref()),
        });
    }
    let listed =
        |values: &Toml<'_>| texts(values).map(|values| values.into_iter().map(|(one, _)| one.into()).collect());
    let test = match (table.get("is"), table.get("is_not"), truth(table, "given")?) {
        (Some(values), None, None) => Test::Is(listed(values)?),
        (None, Some(values), None) => Test::IsNot(listed(values)?),
        (None, None, Some(given)) => Test::Given(given),
        _ => return Err(fault(value, "when needs one of is, is_not and given")),
    };
    Ok(Condition { of: origin(table, value, reading)?, test })
}

fn filled(table: &DeTable<'_>, name: &str) -> Result<Option<Box<str>>, Fault> {
    let Some(value) = table.get(name) else { return Ok(None) };
    match text(value)? {
        "" => Err(fault(value, &format!("{name} is blank"))),
        given => Ok(Some(given.into())),
    }
}

fn truth(table: &DeTable<'_>, name: &str) -> Result<Option<bool>, Fault> {
    let Some(value) = table.get(name) else { return Ok(None) };
    value.get_ref().as_bool().map(Some).ok_or_else(|| fault(value, &format!("{name} is true or false")))
}

fn choice<T: Copy + Default>(table: &DeTable<'_>, name: &str, choices: &[(&str, T)]) -> Result<T, Fault> {
    let Some(value) = table.get(name) else { return Ok(T::default()) };
    let given = text(value)?;
    let chosen = choices.iter().find(|(known, _)| *known == given).map(|(_, choice)| *choice);
    chosen.ok_or_else(|| {
        let mut what = format!("{name} is ");
        for (index, (known, _)) in choices.iter().enumerate() {
            let _ = write!(what, "{}\"{known}\"", if index == 0 { "" } else { " or " });
        }
        fault(value, &what)
    })
}
