//! One JSON record as material for a mapping: elements by path, and which of them were read.

use std::{cell::RefCell, collections::HashSet, ptr};

use serde_json::Value;

use super::{
    apply::{At, Found, Material},
    selector::{Condition, Each, Origin, Path, Section, Step, Test},
};
use crate::plan::place::Spot;

/// One JSON record.
pub(super) struct Tree<'t> {
    pub(super) root: &'t Value,
    pub(super) ignored: &'t [Box<str>],
    read: RefCell<HashSet<usize>>,
}

/// An element and its JSON pointer.
#[derive(Clone, Debug)]
pub(super) struct Element<'t> {
    pub(super) value: &'t Value,
    pub(super) pointer: String,
}

impl<'t> Tree<'t> {
    pub(super) fn new(root: &'t Value, ignored: &'t [Box<str>]) -> Self {
        Self { root, ignored, read: RefCell::default() }
    }

    pub(super) fn whole(&self) -> Element<'t> {
        Element { value: self.root, pointer: String::new() }
    }

    fn elements(&self, path: &Path, scope: &Element<'t>) -> Vec<Element<'t>> {
        let start = if path.is_from_root { self.whole() } else { scope.clone() };
        path.steps
            .iter()
            .fold(vec![start], |reached, step| reached.iter().flat_map(|element| element.step(step)).collect())
    }

    fn found(&self, origin: &Origin, when: &[Condition], scope: &Element<'t>) -> Vec<Found<'t>> {
        let Origin::Path(path) = origin else { return Vec::new() };
        if !self.passes(when, scope) {
            return Vec::new();
        }
        self.elements(path, scope).into_iter().filter_map(Element::found).collect()
    }

    fn tell_within(&self, element: &Element<'t>, path: &str, tell: &mut dyn FnMut(&str, &str, Spot<'_>)) {
        if self.ignored.iter().any(|ignored| **ignored == *path) {
            return;
        }
        match element.value {
            Value::Object(members) => {
                for name in members.keys() {
                    let inner = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                    element.member(name).iter().for_each(|member| self.tell_within(member, &inner, tell));
                }
            }
            Value::Array(items) => {
                for index in 0..items.len() {
                    element.item(index).iter().for_each(|item| self.tell_within(item, &format!("{path}[]"), tell));
                }
            }
            _ if self.read.borrow().contains(&number(element.value)) => {}
            _ => {
                if let Some(found) = element.clone().found() {
                    tell(path, &found.text, Spot::Element(&element.pointer));
                }
            }
        }
    }
}

fn number(value: &Value) -> usize {
    ptr::from_ref(value).addr()
}

impl<'t> Element<'t> {
    fn member(&self, name: &str) -> Option<Self> {
        let value = self.value.as_object()?.get(name)?;
        let escaped = name.replace('~', "~0").replace('/', "~1");
        Some(Self { value, pointer: format!("{}/{escaped}", self.pointer) })
    }

    fn item(&self, index: usize) -> Option<Self> {
        let value = self.value.as_array()?.get(index)?;
        Some(Self { value, pointer: format!("{}/{index}", self.pointer) })
    }

    fn step(&self, step: &Step) -> Vec<Self> {
        match step {
            Step::Member(name) => self.member(name).into_iter().collect(),
            Step::Index(index) => self.item(*index).into_iter().collect(),
            Step::All => (0..self.value.as_array().map_or(0, Vec::len)).filter_map(|index| self.item(index)).collect(),
        }
    }

    /// The element as text, when it is a value and not blank.
    fn found(self) -> Option<Found<'t>> {
        let text = match self.value {
            Value::String(text) => text.as_str().into(),
            Value::Number(number) => number.to_string().into(),
            Value::Bool(truth) => truth.to_string().into(),
            Value::Null | Value::Array(_) | Value::Object(_) => return None,
        };
        let found = Found { text, at: At::Element(self.pointer, number(self.value)) };
        (!found.text.trim().is_empty()).then_some(found)
    }
}

impl<'t> Material for Tree<'t> {
    type Scope<'m>
        = Element<'t>
    where
        Self: 'm;

    fn value<'m>(&'m self, origin: &Origin, when: &[Condition], scope: &Element<'t>) -> Option<Found<'m>> {
        self.found(origin, when, scope).into_iter().next()
    }

    fn values<'m>(&'m self, origin: &Origin, when: &[Condition], scope: &Element<'t>) -> Vec<Found<'m>> {
        self.found(origin, when, scope)
    }

    fn passes(&self, when: &[Condition], scope: &Element<'t>) -> bool {
        when.iter().all(|condition| {
            let found = self.found(&condition.of, &[], scope).into_iter().next();
            if let (Some(found), Test::Is(_) | Test::IsNot(_)) = (&found, &condition.test) {
                self.read(found, scope);
            }
            condition.test.holds(found.as_ref().map(|found| &*found.text))
        })
    }

    fn parts<'m>(&'m self, section: &Section, scope: &Element<'t>) -> Vec<Element<'t>> {
        let parts = match &section.each {
            Each::Element(path) => self.elements(path, scope),
            _ => vec![scope.clone()],
        };
        parts.into_iter().filter(|part| self.passes(&section.when, part)).collect()
    }

    fn read(&self, found: &Found<'_>, _: &Element<'t>) {
        if let At::Element(_, number) = &found.at {
            self.read.borrow_mut().insert(*number);
        }
    }

    fn name(&self, at: &At) -> String {
        let At::Element(pointer, _) = at else { return String::new() };
        let is_index = |step: &str| step.bytes().all(|byte| byte.is_ascii_digit());
        let steps =
            pointer.split('/').skip(1).map(|step| if is_index(step) { "[]".to_owned() } else { format!(".{step}") });
        steps.collect::<String>().trim_start_matches('.').to_owned()
    }

    fn leftovers(&self, tell: &mut dyn FnMut(&str, &str, Spot<'_>)) {
        self.tell_within(&self.whole(), "", tell);
    }
}
