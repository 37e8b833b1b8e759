//! One value of a criterion, and whether an element of a resource fits it.

use serde_json::Value;
use uuid::Uuid;

use super::{
    moment::{Stretch, When},
    table::{Form, Parameter},
};

/// What an element is wanted to be.
#[derive(Debug)]
pub(super) enum Wanted {
    /// A code or identifier; of any system, of none, or of one.
    Token {
        system: System,
        code: String,
    },
    When(When),
    Reference {
        kind: Option<String>,
        id: String,
    },
}

#[derive(Debug)]
pub(super) enum System {
    Any,
    None,
    Named(String),
}

impl Wanted {
    /// The value of a parameter; none where it does not read as one. `kind` is what a modifier says: `subject:Patient`.
    pub(super) fn of(form: Form, text: &str, kind: Option<&str>) -> Option<Self> {
        match form {
            Form::Token => Some(token(text)),
            Form::Date => When::of(text).map(Self::When),
            Form::Reference => {
                let (text, _) = text.split_once("/_history/").unwrap_or((text, ""));
                let (named, id) = pointed_to(text).map_or((None, text), |(named, id)| (Some(named), id));
                let kind = named.or(kind).map(str::to_owned);
                (!id.is_empty()).then(|| Self::Reference { kind, id: id.to_owned() })
            }
        }
    }

    pub(super) fn fits(&self, element: &Value) -> bool {
        match self {
            Self::Token { system, code } => token_fits(system, code, element),
            Self::When(when) => Stretch::of_element(element).is_some_and(|there| when.holds(there)),
            Self::Reference { kind, id } => {
                let pointed = element.get("reference").and_then(Value::as_str).and_then(pointed_to);
                pointed.is_some_and(|(to, its)| its == id && kind.as_deref().is_none_or(|kind| kind == to))
            }
        }
    }

    /// The id of a resource of ours that only it can fit.
    pub(super) fn only_id(&self) -> Option<Uuid> {
        match self {
            Self::Reference { kind, id } if kind.as_deref().is_none_or(|kind| kind == "Patient") => {
                Uuid::try_parse(id).ok()
            }
            _ => None,
        }
    }
}

/// `code`, `system|code`, `|code` or `system|`.
fn token(text: &str) -> Wanted {
    let (system, code) = match text.split_once('|') {
        None => (System::Any, text),
        Some(("", code)) => (System::None, code),
        Some((system, code)) => (System::Named(system.to_owned()), code),
    };
    Wanted::Token { system, code: code.to_owned() }
}

fn token_fits(system: &System, code: &str, element: &Value) -> bool {
    match element {
        // A code's system is the element's own.
        Value::String(text) => text == code,
        Value::Bool(answer) => code == if *answer { "true" } else { "false" },
        Value::Object(members) => match members.get("coding").and_then(Value::as_array) {
            Some(codings) => codings.iter().any(|coding| coded(system, code, coding)),
            None => coded(system, code, element),
        },
        _ => false,
    }
}

/// A Coding or an Identifier.
fn coded(system: &System, code: &str, element: &Value) -> bool {
    let text = |name: &str| element.get(name).and_then(Value::as_str);
    let its = text("code").or_else(|| text("value"));
    let system_fits = match system {
        System::Any => true,
        System::None => text("system").is_none(),
        System::Named(system) => text("system") == Some(system),
    };
    let any_code = code.is_empty() && matches!(system, System::Named(_));
    system_fits && (any_code || its == Some(code))
}

/// Type and id of a reference.
pub(super) fn pointed_to(reference: &str) -> Option<(&str, &str)> {
    let (before, id) = reference.rsplit_once('/')?;
    Some((before.rsplit('/').next().unwrap_or(before), id))
}

/// The elements that a parameter looks at.
pub(super) fn elements<'v>(resource: &'v Value, parameter: &Parameter) -> Vec<&'v Value> {
    let mut found = Vec::new();
    for path in parameter.path.split('|') {
        gather(resource, path.split('.'), &mut found);
    }
    found
}

fn gather<'v, 'p>(value: &'v Value, mut steps: impl Iterator<Item = &'p str> + Clone, found: &mut Vec<&'v Value>) {
    if let Value::Array(all) = value {
        all.iter().for_each(|one| gather(one, steps.clone(), found));
    } else if let Some(step) = steps.next() {
        if let Some(next) = value.get(step) {
            gather(next, steps, found);
        }
    } else {
        found.push(value);
    }
}
