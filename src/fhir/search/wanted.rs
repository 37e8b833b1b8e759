//! One value of a criterion, and whether an element of a resource fits it.

use serde_json::Value;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
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
    Text {
        how: How,
        text: String,
    },
}

/// How a text must stand to the one wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    Begins,
    Contains,
    /// Letter by letter.
    Exact,
}

#[derive(Debug)]
pub(super) enum System {
    Any,
    None,
    Named(String),
}

impl Wanted {
    /// The value of a parameter; none where it does not read as one. `kind` is what a modifier says: `subject:Patient`, `name:exact`.
    pub(super) fn of(form: Form, text: &str, kind: Option<&str>) -> Option<Self> {
        match form {
            Form::Text => {
                let how = kind.map_or(Some(How::Begins), How::named)?;
                Some(Self::Text { how, text: if how == How::Exact { text.to_owned() } else { folded(text) } })
            }
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
            Self::Text { how, text } => texts(element).any(|own| how.fits(own, text)),
            Self::When(when) => Stretch::of_element(element).is_some_and(|there| when.holds(there)),
            Self::Reference { kind, id } => {
                let pointed = element.get("reference").and_then(Value::as_str).and_then(pointed_to);
                pointed.is_some_and(|(to, its)| its == id && kind.as_deref().is_none_or(|kind| kind == to))
            }
        }
    }

    /// Whether it is a code, of whatever system.
    pub(super) fn is_any_code(&self) -> bool {
        matches!(self, Self::Token { system: System::Any, .. })
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

impl How {
    /// What a modifier says.
    pub(super) fn named(modifier: &str) -> Option<Self> {
        match modifier {
            "contains" => Some(Self::Contains),
            "exact" => Some(Self::Exact),
            _ => None,
        }
    }

    fn fits(self, own: &str, wanted: &str) -> bool {
        match self {
            Self::Begins => folded(own).starts_with(wanted),
            Self::Contains => folded(own).contains(wanted),
            Self::Exact => own == wanted,
        }
    }
}

/// A text without its accents and cases.
pub(super) fn folded(text: &str) -> String {
    text.nfd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase).collect()
}

/// A text, or the parts of a name.
pub(super) fn texts(element: &Value) -> impl Iterator<Item = &str> {
    const PARTS: [&str; 5] = ["text", "family", "given", "prefix", "suffix"];
    let parts = PARTS.iter().filter_map(|part| element.get(part));
    let lists = parts.flat_map(|part| part.as_array().map_or(std::slice::from_ref(part), Vec::as_slice));
    lists.chain([element]).filter_map(Value::as_str)
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

/// The code of a Coding, or the value of an Identifier.
fn code_of(element: &Value) -> Option<&str> {
    let text = |name: &str| element.get(name).and_then(Value::as_str);
    text("code").or_else(|| text("value"))
}

/// A Coding or an Identifier.
fn coded(system: &System, code: &str, element: &Value) -> bool {
    let its = code_of(element);
    let text = |name: &str| element.get(name).and_then(Value::as_str);
    let system_fits = match system {
        System::Any => true,
        System::None => text("system").is_none(),
        System::Named(system) => text("system") == Some(system),
    };
    let any_code = code.is_empty() && matches!(system, System::Named(_));
    system_fits && (any_code || its == Some(code))
}

/// The codes that `token_fits` holds a code against, whatever their system.
pub(super) fn tokens(element: &Value) -> impl Iterator<Item = &str> {
    let codings = element.get("coding").and_then(Value::as_array).map(Vec::as_slice);
    let objects = codings.unwrap_or_else(|| std::slice::from_ref(element));
    let plain = match element {
        Value::String(text) => Some(text.as_str()),
        Value::Bool(true) => Some("true"),
        Value::Bool(false) => Some("false"),
        _ => None,
    };
    objects.iter().filter_map(code_of).chain(plain)
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
