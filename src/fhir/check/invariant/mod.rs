//! What must hold between the elements of one object: HL7's invariants, each a key, a place, a sentence and a function.
//!
//! Left out are the invariants of definitions (`StructureDefinition`, Questionnaire, Measure and the like), which no one sends
//! with a plan, and those that only advise (dom-6).

mod datatypes;
mod resources;

use std::borrow::Cow;

use super::{
    bundle,
    fault::Path,
    table::Type,
    tape::Tape,
    walk::{NONE, Walk},
};
use crate::rules::Severity;

/// Something that must hold of an object of a type.
pub(super) struct Invariant {
    /// The types, by name; of parts, the path.
    on: &'static [&'static str],
    /// HL7's key; empty where R4's prose asks for it.
    key: &'static str,
    severity: Severity,
    /// The element that is at fault; empty for the object itself.
    at: &'static str,
    /// What should be, as a sentence.
    says: &'static str,
    holds: fn(&Here<'_, '_, '_>) -> bool,
}

impl std::fmt::Debug for Invariant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.key)
    }
}

/// The invariants of a type.
pub(super) fn of(name: &str) -> Vec<&'static Invariant> {
    let all = datatypes::ALL.iter().chain(resources::ALL);
    all.filter(|one| one.on.contains(&name)).collect()
}

/// An object whose elements were looked at one by one.
pub(super) struct Here<'w, 't, 'p> {
    pub(super) walk: &'w mut Walk<'t>,
    pub(super) kind: &'static Type,
    pub(super) base: usize,
    pub(super) node: usize,
    pub(super) path: &'w Path<'p>,
}

impl<'t> Here<'_, 't, '_> {
    /// Looks at all that must hold.
    pub(super) fn hold(mut self) {
        for one in &self.kind.invariants {
            if !(one.holds)(&self) {
                let code = if one.key.is_empty() { "value" } else { "invariant" };
                self.tell(one.severity, code, one.key, one.at, one.says);
            }
        }
        if self.kind.name == "Bundle" {
            bundle::look(&mut self);
        }
    }

    /// An invariant does not hold, at an element of this object.
    pub(super) fn fault(&mut self, key: &'static str, at: &'static str, says: &'static str) {
        self.tell(Severity::Error, "invariant", key, at, says);
    }

    fn tell(
        &mut self,
        severity: Severity,
        code: &'static str,
        key: &'static str,
        at: &'static str,
        says: &'static str,
    ) {
        let own = self.path.to(at);
        let path = if at.is_empty() { self.path } else { &own };
        let node = self.node(at).unwrap_or(self.node);
        self.walk.push(severity, code, says, key, self.walk.tape.offset(node), path.expression());
    }

    /// The text's values.
    pub(super) fn tape(&self) -> &Tape<'t> {
        &self.walk.tape
    }

    /// Whether an element is there, by its value or by an extension.
    pub(super) fn has(&self, name: &str) -> bool {
        self.kind.element(name).is_some_and(|element| {
            let slot = self.base + element * 2;
            self.walk.slots[slot] != NONE || self.walk.slots[slot + 1] != NONE
        })
    }

    /// An element's value.
    pub(super) fn node(&self, name: &str) -> Option<usize> {
        let element = self.kind.element(name)?;
        Some(self.walk.slots[self.base + element * 2]).filter(|node| *node != NONE)
    }

    /// The values of an element that repeats.
    pub(super) fn items(&self, name: &str) -> Vec<usize> {
        let list = self.node(name).filter(|list| self.tape().first(*list) == b'[');
        list.map(|list| self.tape().within(list).collect()).unwrap_or_default()
    }

    /// What an element that is a text says.
    pub(super) fn text(&self, name: &str) -> Option<Cow<'t, str>> {
        self.node(name).and_then(|node| self.tape().string(node))
    }

    /// The number that an element is.
    pub(super) fn number(&self, name: &str) -> Option<f64> {
        self.node(name).and_then(|node| self.tape().text(node).parse().ok())
    }

    /// Whether an element that is a `CodeableConcept` has a coding.
    pub(super) fn is_coded(&self, name: &str, system: &str, codes: &[&str]) -> bool {
        let Some(codings) = self.node(name).and_then(|concept| self.tape().member(concept, "coding")) else {
            return false;
        };
        self.tape().within(codings).any(|coding| {
            let said = |name: &str| self.tape().said(coding, name);
            said("system").is_some_and(|own| own == system) && said("code").is_some_and(|code| codes.contains(&&*code))
        })
    }

    /// Whether a profile is claimed.
    pub(super) fn claims(&self, profile: &str) -> bool {
        let claimed = self.node("meta").and_then(|meta| self.tape().member(meta, "profile"));
        claimed.is_some_and(|list| {
            let mut claims = self.tape().within(list).filter_map(|claim| self.tape().string(claim));
            claims.any(|claim| claim.split('|').next() == Some(profile))
        })
    }
}

/// Whether a date or time surely lies after another. Of different precision, only what both say is compared.
fn is_after(one: &str, other: &str) -> bool {
    if let (Ok(one), Ok(other)) = (one.parse::<jiff::Timestamp>(), other.parse::<jiff::Timestamp>()) {
        return one > other;
    }
    let day = |moment: &str| moment.split('T').next().unwrap_or_default().len();
    let shared = day(one).min(day(other));
    one.get(..shared) > other.get(..shared)
}
