//! Follows a compiled mapping over one record: writes the plan as JSON text into one buffer, reads it back as a `Plan`,
//! and notes where every value came from. What the record is (rows or a tree) is behind `Material`.

use std::{borrow::Cow, fmt::Write};

use super::{
    codes::{Coded, Unknown},
    dates::Dates,
    expression::Expression,
    fields::Kind,
    rich_text,
    selector::{Condition, Each, From, Node, Origin, Section, Selector},
};
use crate::plan::{Places, Plan, place::Spot};

/// A record that values can be taken from. A scope is the part of it that one item is made of.
pub(super) trait Material {
    type Scope<'m>
    where
        Self: 'm;

    /// The first value given at the origin, with what is needed to mark it as read.
    fn value<'m>(&'m self, origin: &Origin, when: &[Condition], scope: &Self::Scope<'m>) -> Option<Found<'m>>;
    /// Every distinct value given at the origin.
    fn values<'m>(&'m self, origin: &Origin, when: &[Condition], scope: &Self::Scope<'m>) -> Vec<Found<'m>>;
    /// Whether anything in the scope passes.
    fn passes(&self, when: &[Condition], scope: &Self::Scope<'_>) -> bool;
    /// The parts of the scope that a section makes items of.
    fn parts<'m>(&'m self, section: &Section, scope: &Self::Scope<'m>) -> Vec<Self::Scope<'m>>;
    /// Says that a value became part of the plan.
    fn read(&self, found: &Found<'_>, scope: &Self::Scope<'_>);
    /// The column or the element path of a spot.
    fn name(&self, at: &At) -> String;
    /// Tells every value that did not, with its path.
    fn leftovers(&self, tell: &mut dyn FnMut(&str, &str, Spot<'_>));
}

/// A value and where it stood.
#[derive(Clone, Debug)]
pub(super) struct Found<'m> {
    pub(super) text: Cow<'m, str>,
    pub(super) at: At,
}

/// Where a value stood.
#[derive(Clone, Debug)]
pub(super) enum At {
    Cell(u32, u32),
    /// JSON pointer into the record, and a number that names the value within it.
    Element(String, usize),
}

/// What was written of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Written {
    Nothing,
    Constants,
    Values,
}

/// A value on its way into a field.
struct Given<'m> {
    text: Cow<'m, str>,
    from: Option<Found<'m>>,
    also: Vec<Found<'m>>,
    raw: Option<Cow<'m, str>>,
}

/// One part of a split field.
struct Part<'m> {
    text: &'m str,
    from: &'m Found<'m>,
}

/// Follows a mapping over one record.
pub(super) struct Apply<'m, M: Material> {
    material: &'m M,
    dates: &'m Dates,
    out: &'m mut Vec<u8>,
    pointer: String,
    places: Places,
    originals: Vec<(Found<'m>, String)>,
}

/// What following a mapping gave.
pub(super) struct Applied {
    pub(super) plan: Plan,
    pub(super) places: Places,
    /// Rich text that has no field for its original beside it.
    pub(super) originals: Vec<(At, String)>,
}

/// Makes the plan. `out` is a buffer to use again; nothing comes back if what was written is no plan.
pub(super) fn apply<'m, M: Material>(
    fields: &'m [(Box<str>, Node)],
    material: &'m M,
    whole: &M::Scope<'m>,
    dates: &'m Dates,
    out: &'m mut Vec<u8>,
) -> Option<Applied> {
    out.clear();
    let mut run = Apply {
        material,
        dates,
        out,
        pointer: String::with_capacity(64),
        places: Places::default(),
        originals: Vec::new(),
    };
    run.group(fields, whole, None);
    let plan = serde_json::from_slice(run.out).ok()?;
    let originals = run.originals.into_iter().map(|(found, original)| (found.at, original)).collect();
    Some(Applied { plan, places: run.places, originals })
}

impl<'m, M: Material> Apply<'m, M> {
    fn group(&mut self, fields: &'m [(Box<str>, Node)], scope: &M::Scope<'m>, part: Option<&Part<'_>>) -> Written {
        self.out.push(b'{');
        let (mut written, mut is_first) = (Written::Nothing, true);
        for (name, node) in fields {
            let (before, path) = (self.out.len(), self.pointer.len());
            if !is_first {
                self.out.push(b',');
            }
            self.out.push(b'"');
            self.out.extend_from_slice(name.as_bytes());
            self.out.extend_from_slice(b"\":");
            self.pointer.push('/');
            self.pointer.push_str(name);
            let what = self.node(node, scope, part);
            self.pointer.truncate(path);
            if what == Written::Nothing {
                self.out.truncate(before);
            } else {
                is_first = false;
            }
            written = written.max(what);
        }
        self.out.push(b'}');
        written
    }

    fn node(&mut self, node: &'m Node, scope: &M::Scope<'m>, part: Option<&Part<'_>>) -> Written {
        match node {
            Node::One { selector, .. } if selector.split.is_some() => {
                part.map_or(Written::Nothing, |part| self.part(part))
            }
            Node::One { kind, selector, keeps_raw } => self.one(*kind, selector, *keeps_raw, scope),
            Node::Several { kind, selectors } => self.several(*kind, selectors, scope),
            Node::Group(fields) => self.group(fields, scope, part),
            Node::List(sections) => self.list(sections, scope),
        }
    }

    fn list(&mut self, sections: &'m [Section], scope: &M::Scope<'m>) -> Written {
        self.out.push(b'[');
        let (mut count, mut seen) = (0, Vec::new());
        for section in sections {
            for item in self.material.parts(section, scope) {
                match section.each {
                    Each::Split => self.split_items(section, &item, &mut count, &mut seen),
                    _ => self.item(section, &item, None, &mut count),
                }
            }
        }
        self.out.push(b']');
        if count > 0 { Written::Values } else { Written::Nothing }
    }

    /// Writes an item, and takes it back when the source gave nothing for it.
    fn item(&mut self, section: &'m Section, scope: &M::Scope<'m>, part: Option<&Part<'_>>, count: &mut usize) {
        let (before, path, known) = (self.out.len(), self.pointer.len(), self.places.count());
        if *count > 0 {
            self.out.push(b',');
        }
        let _ = write!(self.pointer, "/{count}");
        let written = self.group(&section.fields, scope, part);
        self.pointer.truncate(path);
        if written == Written::Values {
            *count += 1;
        } else {
            self.out.truncate(before);
            self.places.forget_beyond(known);
        }
    }

    /// Writes an item for every part that no row before gave.
    fn split_items(&mut self, section: &'m Section, scope: &M::Scope<'m>, count: &mut usize, seen: &mut Vec<String>) {
        let split = section.fields.iter().find_map(|(_, node)| match node {
            Node::One { kind, selector, .. } => selector.split.as_deref().map(|separator| (*kind, selector, separator)),
            _ => None,
        });
        let Some((kind, selector, separator)) = split else { return };
        let Some(mut given) = self.resolve(kind, selector, scope) else { return };
        self.keep_original(&mut given);
        let Some(from) = &given.from else { return };
        for text in given.text.split(separator).map(str::trim).filter(|part| !part.is_empty()) {
            if !seen.iter().any(|known| known == text) {
                self.item(section, scope, Some(&Part { text, from }), count);
                seen.push(text.to_owned());
            }
        }
        self.material.read(from, scope);
    }

    fn part(&mut self, part: &Part<'_>) -> Written {
        self.text(part.text);
        self.note(&part.from.at);
        Written::Values
    }

    fn one(&mut self, kind: Kind, selector: &'m Selector, keeps_raw: bool, scope: &M::Scope<'m>) -> Written {
        let Some(mut given) = self.resolve(kind, selector, scope) else { return Written::Nothing };
        if !self.write(kind, &given.text) {
            return Written::Nothing;
        }
        if keeps_raw && let Some(raw) = given.raw.take() {
            self.out.extend_from_slice(b",\"raw\":");
            self.text(&raw);
        }
        self.keep_original(&mut given);
        let Some(from) = &given.from else { return Written::Constants };
        self.note(&from.at);
        self.material.read(from, scope);
        given.also.iter().for_each(|found| self.material.read(found, scope));
        Written::Values
    }

    fn several(&mut self, kind: Kind, selectors: &'m [Selector], scope: &M::Scope<'m>) -> Written {
        self.out.push(b'[');
        let start = self.out.len();
        let path = self.pointer.len();
        let mut count = 0;
        for selector in selectors {
            let found = match &selector.from {
                From::Origin(origin) => self.material.values(origin, &selector.when, scope),
                _ => Vec::new(),
            };
            let given: Vec<Given<'m>> = match &selector.from {
                From::Origin(_) => found.into_iter().filter_map(|one| refined(kind, selector, given(one))).collect(),
                _ => self.resolve(kind, selector, scope).into_iter().collect(),
            };
            for mut one in given {
                self.keep_original(&mut one);
                let separator = selector.split.as_deref();
                let parts = separator
                    .map_or_else(|| vec![&*one.text], |separator| one.text.split(separator).map(str::trim).collect());
                for part in parts.into_iter().filter(|part| !part.is_empty()) {
                    let before = self.out.len();
                    if self.out.len() > start {
                        self.out.push(b',');
                    }
                    if !self.write(kind, part) {
                        self.out.truncate(before);
                        continue;
                    }
                    let _ = write!(self.pointer, "/{count}");
                    one.from.iter().for_each(|from| self.note(&from.at));
                    self.pointer.truncate(path);
                    count += 1;
                }
                one.from.iter().chain(&one.also).for_each(|found| self.material.read(found, scope));
            }
        }
        self.out.push(b']');
        if count > 0 { Written::Values } else { Written::Nothing }
    }

    fn resolve(&self, kind: Kind, selector: &'m Selector, scope: &M::Scope<'m>) -> Option<Given<'m>> {
        let given = self.from(kind, selector, scope).and_then(|given| refined(kind, selector, given));
        let default = || selector.default.as_deref().map(constant);
        given.or_else(default)
    }

    fn from(&self, kind: Kind, selector: &'m Selector, scope: &M::Scope<'m>) -> Option<Given<'m>> {
        if !matches!(selector.from, From::Origin(_)) && !self.material.passes(&selector.when, scope) {
            return None;
        }
        match &selector.from {
            From::Origin(origin) => self.material.value(origin, &selector.when, scope).map(given),
            From::Value(value) => Some(constant(value)),
            From::FirstOf(selectors) => selectors.iter().find_map(|one| self.resolve(kind, one, scope)),
            From::Join(selectors, separator) => {
                let parts = selectors.iter().filter_map(|one| self.resolve(Kind::Text, one, scope));
                joined(parts.collect(), separator)
            }
            From::Expression(expression, inputs) => self.computed(expression, inputs, scope),
        }
    }

    fn computed(
        &self,
        expression: &Expression,
        inputs: &'m [(Box<str>, Selector)],
        scope: &M::Scope<'m>,
    ) -> Option<Given<'m>> {
        let given: Vec<(&str, Option<Given<'m>>)> =
            inputs.iter().map(|(name, selector)| (&**name, self.resolve(Kind::Text, selector, scope))).collect();
        let values = given.iter().map(|(name, given)| (*name, given.as_ref().map_or("", |given| &*given.text)));
        let text = expression.text(values)?;
        let mut found =
            given.into_iter().filter_map(|(_, given)| given).flat_map(|given| given.from.into_iter().chain(given.also));
        Some(Given { text: text.into(), from: found.next(), also: found.collect(), raw: None })
    }

    /// Writes a value as its field takes it; says whether it could.
    fn write(&mut self, kind: Kind, text: &str) -> bool {
        match kind {
            Kind::OwnWords | Kind::Prose | Kind::Text | Kind::Code => self.text(text),
            Kind::Date => {
                let accepts_short_year = !self.pointer.ends_with("birth_date");
                let date = self.dates.read(text, accepts_short_year);
                self.text(&date);
            }
            Kind::Whole(most) => match text.parse::<u64>() {
                Ok(number) if number <= most => self.out.extend_from_slice(number.to_string().as_bytes()),
                _ => return false,
            },
            Kind::Number => match text.parse::<serde_json::Number>() {
                Ok(number) => self.out.extend_from_slice(number.to_string().as_bytes()),
                Err(_) => return false,
            },
            Kind::Flag => match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "y" | "1" => self.out.extend_from_slice(b"true"),
                "false" | "no" | "n" | "0" => self.out.extend_from_slice(b"false"),
                _ => return false,
            },
        }
        true
    }

    fn text(&mut self, text: &str) {
        serde_json::to_writer(&mut *self.out, text)
            .expect("the buffer in memory above made sure that writing succeeds");
    }

    fn note(&mut self, at: &At) {
        self.places.note_spot(&self.pointer, at.spot());
    }

    fn keep_original(&mut self, given: &mut Given<'m>) {
        if let (Some(raw), Some(from)) = (given.raw.take(), &given.from) {
            self.originals.push((from.clone(), raw.into_owned()));
        }
    }
}

impl At {
    pub(super) fn of(spot: Spot<'_>) -> Self {
        match spot {
            Spot::Cell(row, column) => Self::Cell(row, column),
            Spot::Element(pointer) => Self::Element(pointer.to_owned(), 0),
        }
    }

    pub(super) fn spot(&self) -> Spot<'_> {
        match self {
            Self::Cell(row, column) => Spot::Cell(*row, *column),
            Self::Element(pointer, _) => Spot::Element(pointer),
        }
    }
}

fn given(found: Found<'_>) -> Given<'_> {
    Given { text: found.text.clone(), from: Some(found), also: Vec::new(), raw: None }
}

fn constant(value: &str) -> Given<'_> {
    Given { text: value.into(), from: None, also: Vec::new(), raw: None }
}

fn joined<'m>(parts: Vec<Given<'m>>, separator: &str) -> Option<Given<'m>> {
    let text = parts.iter().map(|part| &*part.text).collect::<Vec<_>>().join(separator);
    let mut found = parts.into_iter().flat_map(|part| part.from.into_iter().chain(part.also));
    let from = found.next()?;
    Some(Given { text: text.into(), from: Some(from), also: found.collect(), raw: None })
}

/// Takes formatting out, white space off what is no prose, and looks codes up.
fn refined<'m>(kind: Kind, selector: &'m Selector, mut given: Given<'m>) -> Option<Given<'m>> {
    if selector.rich_text {
        let plain = rich_text::stripped(&given.text).into_owned();
        if plain != given.text {
            given.raw = Some(std::mem::replace(&mut given.text, plain.into()));
        }
    }
    if !matches!(kind, Kind::OwnWords | Kind::Prose) && given.text.trim().len() != given.text.len() {
        given.text = given.text.trim().to_owned().into();
    }
    if let Some(codes) = &selector.codes {
        match codes.look_up(&given.text) {
            Coded::Code(code) => given.text = code.into(),
            Coded::Nothing => return None,
            Coded::Unknown if codes.unknown == Unknown::Drop => return None,
            Coded::Unknown => {}
        }
    }
    (!given.text.trim().is_empty()).then_some(given)
}
