//! The fields of the plan model and what kind of value each takes, as `profiles/plan.schema.json` states them.
//! It says what a mapping file may name; what a value means is for the plan and the rules.

use std::sync::LazyLock;

use serde_json::Value;

/// What kind of value a field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text the person said: byte for byte, never coded, derived or filled in.
    OwnWords,
    /// Text that staff wrote.
    Prose,
    /// An id, a name, a short label.
    Text,
    /// A code.
    Code,
    /// A date or a time.
    Date,
    /// A whole number up to this.
    Whole(u64),
    /// A number.
    Number,
    /// True or false.
    Flag,
}

/// A field of the plan model.
#[derive(Debug)]
pub(super) enum Field {
    One(Kind),
    Several(Kind),
    Group(Group),
    List(Group),
}

/// Fields that belong together.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) members: Vec<(Box<str>, Field)>,
}

impl Group {
    pub(super) fn get(&self, name: &str) -> Option<&Field> {
        self.members.iter().find(|(known, _)| **known == *name).map(|(_, field)| field)
    }

    /// As `get`, looking first behind the field found last: most records keep the order of the model.
    pub(super) fn get_next(&self, name: &str, last: &mut usize) -> Option<&Field> {
        let is_it = |at: &usize| *self.members[*at].0 == *name;
        let at = (*last..self.members.len()).chain(0..*last).find(is_it)?;
        *last = at + 1;
        Some(&self.members[at].1)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|(name, _)| &**name)
    }
}

static PLAN: LazyLock<Group> = LazyLock::new(|| {
    let schema: Value = serde_json::from_str(include_str!("../../profiles/plan.schema.json"))
        .expect("the test of the plan schema above made sure that it is JSON");
    group(&schema, &schema)
});

/// The fields of a plan.
pub(super) fn plan() -> &'static Group {
    &PLAN
}

fn group(schema: &Value, whole: &Value) -> Group {
    let properties = schema["properties"].as_object().into_iter().flatten();
    Group { members: properties.map(|(name, property)| (name.as_str().into(), field(property, whole))).collect() }
}

fn field(property: &Value, whole: &Value) -> Field {
    if let Some(definition) = referred(property, whole) {
        return Field::Group(group(definition, whole));
    }
    let Some(items) = property.get("items") else { return Field::One(kind(property)) };
    match referred(items, whole) {
        Some(definition) => Field::List(group(definition, whole)),
        None => Field::Several(kind(items)),
    }
}

fn referred<'s>(property: &Value, whole: &'s Value) -> Option<&'s Value> {
    property["$ref"].as_str().and_then(|reference| whole.pointer(reference.trim_start_matches('#')))
}

fn kind(property: &Value) -> Kind {
    match property["x-kind"].as_str().unwrap_or_default() {
        "own-words" => Kind::OwnWords,
        "prose" => Kind::Prose,
        "code" => Kind::Code,
        "date" => Kind::Date,
        "whole" => Kind::Whole(property["maximum"].as_u64().unwrap_or(u64::from(u32::MAX))),
        "number" => Kind::Number,
        "flag" => Kind::Flag,
        _ => Kind::Text,
    }
}
