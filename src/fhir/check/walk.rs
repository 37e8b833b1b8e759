//! Holds a resource against FHIR's types, value by value in the order of the text.
//!
//! While an object is walked, `slots` keeps the place of each of its elements: two a piece, the value and, of primitives, the
//! other half (`_name`) with id and extensions.

use std::borrow::Cow;

use super::{
    bundle::Entries,
    code,
    fault::{Found, Path},
    invariant::Here,
    narrative,
    primitive::{self, Json, Primitive},
    reference::Scope,
    table::{Element, Holds, Member, Table, Type, table},
    tape::{Tape, unescaped},
};
use crate::rules::Severity;

/// A slot of an element that is not there.
pub(super) const NONE: usize = usize::MAX;

/// A check on its way through one text.
pub(super) struct Walk<'t> {
    pub(super) table: &'static Table,
    pub(super) tape: Tape<'t>,
    pub(super) slots: Vec<usize>,
    pub(super) entries: Entries<'t>,
    pub(super) scope: Scope<'t>,
    pub(super) found: Vec<Found>,
    /// Whether something is wrong with an element of the object at hand itself; then what must hold between them is not asked.
    pub(super) is_flawed: bool,
    /// Profiles that are claimed.
    pub(super) claims: usize,
}

impl<'t> Walk<'t> {
    /// Everything that is wrong with the resource of a text; whether claims of profiles are told as not looked at, the caller says.
    pub(super) fn over(tape: Tape<'t>, tells_claims: bool) -> (Vec<Found>, Tape<'t>) {
        let mut walk = Self {
            table: table(),
            tape,
            slots: Vec::with_capacity(256),
            entries: Entries::default(),
            scope: Scope::default(),
            found: Vec::new(),
            is_flawed: false,
            claims: 0,
        };
        let name = walk.tape.said(0, "resourceType").and_then(|name| walk.table.find(&name));
        let name = name.map_or("Resource", |kind| walk.table.get(kind).name);
        walk.resource(0, Path { above: None, name, index: None });
        if tells_claims {
            walk.tell_claims(name);
        }
        (walk.found, walk.tape)
    }

    /// A resource by itself, in a Bundle, in Parameters, or contained in another.
    pub(super) fn resource(&mut self, node: usize, path: Path<'_>) {
        if self.tape.text(node).as_bytes().first() != Some(&b'{') {
            return self.error("structure", node, &path, "A resource is an object in { }.");
        }
        let Some(name) = self.tape.member(node, "resourceType") else {
            return self.error(
                "required",
                node,
                &path.to("resourceType"),
                "resourceType is missing: which resource is this?",
            );
        };
        let kind = self.tape.string(name).and_then(|name| self.table.find(&name));
        let Some(kind) = kind.filter(|kind| self.table.get(*kind).is_resource) else {
            let text = "This is no resource type of FHIR R4.";
            return self.error("not-supported", name, &path.to("resourceType"), text);
        };
        let is_contained = self.scope.is_contained();
        let above = (!is_contained).then(|| std::mem::replace(&mut self.scope, Scope::of(&self.tape, node)));
        let outer = (self.table.get(kind).name == "Bundle")
            .then(|| std::mem::replace(&mut self.entries, Entries::of(&self.tape, node)));
        self.object(kind, node, &path);
        if let Some(above) = above {
            self.tell_unreferenced(&path);
            self.scope = above;
        }
        if let Some(outer) = outer {
            self.entries = outer;
        }
    }

    /// An object of a type. Says whether there is one that holds something.
    pub(super) fn object(&mut self, kind: usize, node: usize, path: &Path<'_>) -> bool {
        if self.tape.first(node) != b'{' {
            self.error("structure", node, path, "Here FHIR wants an object in { }.");
            return false;
        }
        // The other half of a primitive may be an id alone, since the value says something.
        let may_be_id = kind == self.table.element;
        if self.tape.within(node).all(|at| self.tape.name(at) == "id" && !may_be_id) {
            self.fault(
                "invariant",
                "ele-1",
                node,
                path,
                "This element is empty; leave it out, or say something in it.",
            );
            return false;
        }
        let is_flawed = std::mem::replace(&mut self.is_flawed, false);
        let table = self.table;
        let kind = table.get(kind);
        let base = self.slots.len();
        self.slots.resize(base + kind.elements.len() * 2, NONE);
        let (mut at, end) = (node + 1, self.tape.next(node));
        while at < end {
            self.member(kind, base, at, path);
            at = self.tape.next(at);
        }
        self.complete(kind, base, node, path);
        if !self.is_flawed {
            Here { walk: self, kind, base, node, path }.hold();
        }
        self.slots.truncate(base);
        self.is_flawed = is_flawed;
        true
    }

    fn member(&mut self, kind: &'static Type, base: usize, at: usize, path: &Path<'_>) {
        let written = self.tape.name(at);
        let Some((member, is_half)) = known(kind, written) else { return self.tell_unknown(kind, at, path) };
        let element = &kind.elements[member.element];
        let own = path.to(element.name);
        let slots = base + member.element * 2;
        let (slot, other) = (slots + usize::from(is_half), self.slots[slots + usize::from(!is_half)]);
        if self.slots[slot] != NONE {
            return self.tell_twice(member, at, &own, self.slots[slot]);
        }
        if other != NONE && unescaped(self.tape.name(other)).trim_start_matches('_') != member.name {
            return self.tell_twice(member, at, &own, other);
        }
        self.slots[slot] = at;
        self.value(element, member, at, is_half, own);
    }

    fn value(&mut self, element: &'static Element, member: &'static Member, at: usize, is_half: bool, path: Path<'_>) {
        let is_list = self.tape.first(at) == b'[';
        match (element.is_list, is_list) {
            (true, false) => {
                self.error("structure", at, &path, format!("{} repeats, so JSON has a list in [ ].", element.name));
                if self.tape.first(at) == b'{' {
                    self.one(element, member, at, is_half, &path);
                }
            }
            (false, true) => self.error(
                "structure",
                at,
                &path,
                format!("{} is there once at most, so JSON has no list.", element.name),
            ),
            (false, false) => self.one(element, member, at, is_half, &path),
            (true, true) => {
                let (mut item, end) = (at + 1, self.tape.next(at));
                if item == end {
                    self.error("structure", at, &path, "This list is empty; leave it out.");
                }
                let mut index = 0;
                while item < end {
                    // In a list of primitives, null stands for the half that is not there; `complete` looks at both.
                    if !(element.is_primitive && self.tape.first(item) == b'n') {
                        self.one(element, member, item, is_half, &path.nth(index));
                    }
                    item = self.tape.next(item);
                    index += 1;
                }
            }
        }
    }

    fn one(&mut self, element: &'static Element, member: &'static Member, at: usize, is_half: bool, path: &Path<'_>) {
        if self.tape.first(at) == b'n' {
            return self.error("structure", at, path, "FHIR's JSON has no null here; leave the element out.");
        }
        let kind = match member.holds {
            Holds::Object(kind) | Holds::Reference(kind) | Holds::Coding(kind) | Holds::CodeableConcept(kind) => kind,
            _ => self.table.element,
        };
        let is_object = is_half || !matches!(member.holds, Holds::Primitive(_) | Holds::Resource | Holds::TypeName);
        if is_object && (!self.object(kind, at, path) || is_half) {
            return;
        }
        match member.holds {
            Holds::Primitive(kind) => self.primitive(element, kind, at, path),
            Holds::Reference(_) => self.reference(member, at, path),
            Holds::Coding(_) => code::coding(self, element, at, path),
            Holds::CodeableConcept(_) => code::concept(self, element, at, path),
            Holds::Resource => self.inner_resource(element, at, path),
            Holds::Object(_) | Holds::TypeName => {}
        }
    }

    fn inner_resource(&mut self, element: &Element, at: usize, path: &Path<'_>) {
        let is_contained = element.name == "contained";
        if is_contained {
            if self.scope.is_contained() {
                let text = "A contained resource contains none itself.";
                return self.fault("invariant", "dom-2", at, path, text);
            }
            self.scope.enter(path.index.unwrap_or_default());
        }
        self.resource(at, *path);
        if is_contained {
            self.scope.leave();
            self.contained_meta(at, path);
        }
    }

    /// What a contained resource may not say of itself.
    fn contained_meta(&mut self, at: usize, path: &Path<'_>) {
        const NOT_SAID: [(&str, &str, &str); 3] = [
            ("versionId", "dom-4", "A contained resource has no version of its own."),
            ("lastUpdated", "dom-4", "A contained resource has no time of change of its own."),
            (
                "security",
                "dom-5",
                "A contained resource carries no security label; label the whole, or do not contain it.",
            ),
        ];
        let Some(meta) = self.tape.member(at, "meta") else { return };
        for (name, key, message) in NOT_SAID {
            if let Some(said) = self.tape.member(meta, name) {
                self.fault("invariant", key, said, &path.to("meta").to(name), message);
            }
        }
    }

    fn primitive(&mut self, element: &Element, kind: Primitive, at: usize, path: &Path<'_>) {
        let wanted = kind.json();
        if Json::of(self.tape.first(at)) != Some(wanted) {
            let message = format!("{} is a {}, which JSON writes as {}.", element.name, kind.name(), wanted.name());
            return self.error("value", at, path, message);
        }
        let value: Cow<'t, str> = match wanted {
            Json::Text => match self.tape.string(at) {
                Some(text) => text,
                None => {
                    return self.error("value", at, path, "This text holds half of a character (a lone surrogate).");
                }
            },
            _ => self.tape.text(at).into(),
        };
        if value.is_empty() {
            return self.error("value", at, path, "This text is empty; leave the element out.");
        }
        if !kind.fits(&value) {
            let message = format!("{} has not the form of a {} of FHIR R4.", element.name, kind.name());
            return self.error("value", at, path, message);
        }
        match kind {
            Primitive::Code => code::code(self, element, &value, at, path),
            Primitive::Xhtml => {
                for (key, message) in narrative::faults(&value) {
                    self.fault("invariant", key, at, path, message);
                }
            }
            Primitive::String | Primitive::Markdown if primitive::is_odd(&value, matches!(value, Cow::Owned(_))) => {
                let text =
                    "FHIR R4 advises against texts of white space only, and against vertical tabs and form feeds.";
                self.push(Severity::Warning, "value", text, "", self.tape.offset(at), path.expression());
            }
            Primitive::Uri | Primitive::Canonical | Primitive::Url => self.scope.note(&value),
            _ => {}
        }
        if element.name == "profile" && path.above.is_some_and(|above| above.name == "meta") {
            self.claims += 1;
        }
    }

    /// What is missing, and whether the halves of primitives fit together.
    fn complete(&mut self, kind: &'static Type, base: usize, node: usize, path: &Path<'_>) {
        for (index, element) in kind.elements.iter().enumerate() {
            let (value, half) = (self.slots[base + index * 2], self.slots[base + index * 2 + 1]);
            if value == NONE && half == NONE {
                if element.is_required {
                    let message = format!("{} needs {}; it is missing.", kind.name, element.name);
                    self.error("required", node, &path.to(element.name), message);
                }
            } else if element.is_list && element.is_primitive {
                self.halves(value, half, &path.to(element.name));
            }
        }
    }

    fn halves(&mut self, value: usize, half: usize, path: &Path<'_>) {
        let items = |list: usize| -> Vec<usize> {
            if list == NONE || self.tape.first(list) != b'[' { Vec::new() } else { self.tape.within(list).collect() }
        };
        let (values, halves) = (items(value), items(half));
        let is_null = |item: Option<&usize>| item.is_none_or(|item| self.tape.first(*item) == b'n');
        let most = values.len().max(halves.len());
        let empty: Vec<usize> = (0..most).filter(|at| is_null(values.get(*at)) && is_null(halves.get(*at))).collect();
        let does_not_fit = value != NONE && half != NONE && values.len() != halves.len();
        let list = if value == NONE { half } else { value };
        for index in empty {
            self.error("structure", list, &path.nth(index), "This item is null and has no id or extension either.");
        }
        if does_not_fit {
            self.error("structure", list, path, "The list and its other half with id and extensions differ in length.");
        }
    }
}

/// The member of a name, and whether the name means its other half.
fn known(kind: &'static Type, written: &str) -> Option<(&'static Member, bool)> {
    let find = |name: &str| match name.strip_prefix('_') {
        None => kind.member(name).map(|member| (member, false)),
        Some(name) => {
            let primitive =
                |member: &&Member| matches!(member.holds, Holds::Primitive(kind) if kind != Primitive::ElementId);
            kind.member(name).filter(primitive).map(|member| (member, true))
        }
    };
    find(written).or_else(|| written.contains('\\').then(|| find(&unescaped(written))).flatten())
}
