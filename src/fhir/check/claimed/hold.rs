//! Goes down a profile and a resource together.

use serde_json::Value;

use super::{
    Look, items,
    rules::{Asked, Says},
    shape::{Node, Profile, QUESTIONS},
};
use crate::{
    fhir::check::{fault::Path, tape::Tape},
    rules::Severity,
};

/// Something that is held: where it is in the text, how it is called, and the resource that it is part of.
#[derive(Clone, Copy)]
struct At<'p> {
    node: usize,
    path: &'p Path<'p>,
    resource: usize,
}

impl Look<'_, '_> {
    /// Holds a resource or an extension against a profile.
    pub(super) fn against(&mut self, profile: &'static Profile, node: usize, path: &Path<'_>) {
        let is_extension = profile.kind == "Extension";
        if !is_extension && self.tape.said(node, "resourceType").is_none_or(|kind| kind != profile.kind) {
            let text = format!("The profile is one of {}, and this is another type.", profile.kind);
            return self.tell(Severity::Error, ("structure", ""), text.into(), node, path);
        }
        if self.tape.first(node) != b'{' {
            return;
        }
        let at = At { node, path, resource: self.resource_of(node) };
        self.rules(&profile.root, at);
        self.children(&profile.root, at);
        if is_extension {
            self.unknown_parts(&profile.root, at);
        }
        if profile.kind == "QuestionnaireResponse" {
            self.questions(at);
        }
    }

    /// Only what our questionnaire asks is answered.
    fn questions(&mut self, at: At<'_>) {
        let Some(list) = self.tape.member(at.node, "item") else { return };
        let all = at.path.to("item");
        for (index, item) in items(self.tape, list) {
            let own = Path { index, ..all };
            if self.tape.said(item, "linkId").is_some_and(|id| !QUESTIONS.contains(&*id)) {
                let text = "The questionnaire has no question of this linkId.";
                self.tell(Severity::Error, ("code-invalid", ""), text.into(), item, &own.to("linkId"));
            }
            self.questions(At { node: item, path: &own, ..at });
        }
    }

    /// The resource that a value is part of: the innermost that contains it.
    fn resource_of(&self, node: usize) -> usize {
        let is_around = |at: &usize| self.tape.next(*at) > node && self.tape.member(*at, "resourceType").is_some();
        (0..=node).rev().find(is_around).unwrap_or_default()
    }

    fn children(&mut self, node: &'static Node, at: At<'_>) {
        for child in &node.children {
            self.child(child, at);
        }
    }

    fn child(&mut self, child: &'static Node, at: At<'_>) {
        let own = at.path.to(&child.name);
        let members = members(self.tape, at.node, child);
        let all: Vec<_> = members.iter().flat_map(|member| items(self.tape, *member)).collect();
        let halves = || members.is_empty() && self.tape.member(at.node, &format!("_{}", child.name)).is_some();
        let many = if halves() { 1 } else { all.len() };
        self.count(child, many, at.node, &own, "");
        for (index, item) in &all {
            self.one(child, At { node: *item, path: &Path { index: *index, ..own }, ..at });
        }
        for slice in &child.slices {
            if tells(slice, &child.told_by).is_none() {
                continue;
            }
            let is_one = |item: usize| fits(self.tape, item, slice, &child.told_by);
            let of_slice: Vec<_> = all.iter().copied().filter(|(_, item)| is_one(*item)).collect();
            self.count(slice, of_slice.len(), at.node, &own, " of this kind");
            for (index, item) in of_slice {
                self.one(slice, At { node: item, path: &Path { index, ..own }, ..at });
            }
        }
    }

    /// How often an element, or one of a slice, may be there.
    fn count(&mut self, node: &Node, many: usize, at: usize, path: &Path<'_>, what: &str) {
        let name = path.name;
        if many < node.min {
            let text = match node.min {
                1 => format!("The profile needs {name}{what}; it is missing."),
                min => format!("The profile needs {name}{what} {min} times at least; it is there {many} times."),
            };
            self.tell(Severity::Error, ("required", ""), text.into(), at, path);
        }
        if let Some(max) = node.max.filter(|max| many > *max) {
            let text = match max {
                0 => format!("The profile has no {name}{what}; leave it out."),
                _ => format!("The profile takes {name}{what} {max} times at most; it is there {many} times."),
            };
            self.tell(Severity::Error, ("structure", ""), text.into(), at, path);
        }
    }

    /// One value of an element.
    fn one(&mut self, node: &'static Node, at: At<'_>) {
        let name = at.path.name;
        let wrong = |look: &mut Self, code: &'static str, text: String| {
            look.tell(Severity::Error, (code, ""), text.into(), at.node, at.path);
        };
        if node.is_choice && !is_of_kind(self.tape, at.node, node) {
            let kinds = node.kinds.join(", ");
            wrong(self, "structure", format!("The profile takes {name} as {kinds} only."));
        }
        if node.pattern.as_ref().is_some_and(|pattern| !holds_pattern(self.tape, at.node, pattern)) {
            wrong(self, "value", format!("The profile fixes what {name} says; this says something else."));
        }
        if node.codes.as_ref().is_some_and(|(system, codes)| {
            !is_coded(self.tape, at.node, |own, code| (own.is_none_or(|own| own == system)) && codes.contains(code))
        }) {
            wrong(self, "code-invalid", format!("The profile takes {name} of one set of codes; this is none of them."));
        }
        if !node.targets.is_empty() {
            let reference = self.tape.said(at.node, "reference");
            let kind = reference.and_then(|to| self.world.kind_of(self.tape, at.resource, &to));
            if let Some(kind) = kind.filter(|kind| !node.targets.contains(kind)) {
                let allowed = node.targets.join(", ");
                let kind = self.table.find(&kind).map_or("another type", |kind| self.table.get(kind).name);
                wrong(
                    self,
                    "structure",
                    format!("{name} leads to {kind} here; the profile lets it lead to: {allowed}."),
                );
            }
        }
        self.rules(node, at);
        if self.tape.first(at.node) == b'{' {
            self.children(node, at);
        }
    }

    fn rules(&mut self, node: &'static Node, at: At<'_>) {
        for (rule, severity, says) in &node.rules {
            let asked = Asked { tape: self.tape, world: self.world, node: at.node, resource: at.resource };
            let place = (at.node, at.path);
            match (rule.holds)(&asked) {
                Says::Yes => {}
                Says::No => {
                    self.tell(*severity, ("invariant", rule.key), says.as_str().into(), place.0, place.1);
                }
                Says::Unknown => {
                    let text = "Whether this holds cannot be told: what is referred to is not in this text.";
                    self.tell(Severity::Information, ("incomplete", rule.key), text.into(), place.0, place.1);
                }
            }
        }
    }

    /// Parts of an extension that its definition does not know.
    fn unknown_parts(&mut self, root: &'static Node, at: At<'_>) {
        let Some(parts) = root.children.iter().find(|child| child.name == "extension") else { return };
        let Some(list) = self.tape.member(at.node, "extension") else { return };
        let all = at.path.to("extension");
        for (index, item) in items(self.tape, list) {
            let is_known = parts.slices.iter().any(|slice| fits(self.tape, item, slice, "url"));
            let is_own = self.tape.said(item, "url").is_some_and(|url| !url.contains(':'));
            if is_own && !is_known {
                let text = "This extension has no part of this name.";
                self.tell(Severity::Error, ("structure", ""), text.into(), item, &Path { index, ..all });
            }
        }
    }
}

/// The members of an object that an element may be.
fn members(tape: &Tape<'_>, object: usize, node: &Node) -> Vec<usize> {
    if tape.first(object) != b'{' {
        return Vec::new();
    }
    let is_it = |at: &usize| {
        let name = tape.name(*at);
        if node.is_choice {
            let rest = name.strip_prefix(node.name.as_str()).unwrap_or_default();
            rest.starts_with(|letter: char| letter.is_ascii_uppercase())
        } else {
            name == node.name
        }
    };
    tape.within(object).filter(is_it).collect()
}

/// Whether a value of a choice is of a type that is taken; the member's name says the type.
fn is_of_kind(tape: &Tape<'_>, item: usize, node: &Node) -> bool {
    let kind = tape.name(item).strip_prefix(node.name.as_str()).unwrap_or_default();
    node.kinds.is_empty() || kind.is_empty() || node.kinds.iter().any(|one| one.eq_ignore_ascii_case(kind))
}

/// What a slice is told by; nothing where that is not to be told of a text.
fn tells<'n>(slice: &'n Node, told_by: &str) -> Option<Tell<'n>> {
    let fixed =
        |name: &str| slice.children.iter().find(|child| child.name == name).and_then(|child| child.pattern.as_ref());
    match told_by {
        "$this" => slice.pattern.as_ref().map(Tell::Itself),
        "url" => {
            let by_profile = slice.extension.as_deref().filter(|url| url.contains("://"));
            by_profile.or_else(|| fixed("url").and_then(Value::as_str)).map(Tell::Url)
        }
        name => fixed(name).map(Tell::Part),
    }
}

enum Tell<'n> {
    Itself(&'n Value),
    Url(&'n str),
    Part(&'n Value),
}

fn fits(tape: &Tape<'_>, item: usize, slice: &Node, told_by: &str) -> bool {
    match tells(slice, told_by) {
        Some(Tell::Itself(pattern)) => holds_pattern(tape, item, pattern),
        Some(Tell::Url(url)) => tape.said(item, "url").is_some_and(|own| own == url),
        Some(Tell::Part(pattern)) => tape.member(item, told_by).is_some_and(|part| holds_pattern(tape, part, pattern)),
        None => false,
    }
}

/// Whether a value holds all that a pattern does.
fn holds_pattern(tape: &Tape<'_>, node: usize, pattern: &Value) -> bool {
    match pattern {
        Value::Object(members) => {
            tape.first(node) == b'{'
                && members
                    .iter()
                    .all(|(name, part)| tape.member(node, name).is_some_and(|member| holds_pattern(tape, member, part)))
        }
        Value::Array(parts) => {
            tape.first(node) == b'['
                && parts.iter().all(|part| tape.within(node).any(|item| holds_pattern(tape, item, part)))
        }
        Value::String(text) => tape.string(node).is_some_and(|own| own == *text),
        other => serde_json::from_str::<Value>(tape.text(node)).is_ok_and(|own| own == *other),
    }
}

/// Whether a code, or a coding of a concept, is one of those wanted. A concept with no coding says why by an extension.
fn is_coded(tape: &Tape<'_>, node: usize, is_wanted: impl Fn(Option<&str>, &str) -> bool) -> bool {
    if let Some(code) = tape.string(node) {
        return is_wanted(None, &code);
    }
    let codings = tape.member(node, "coding").filter(|list| tape.first(*list) == b'[');
    let one = |coding: usize| {
        let (system, code) = (tape.said(coding, "system").unwrap_or_default(), tape.said(coding, "code"));
        code.is_some_and(|code| is_wanted(Some(&system), &code))
    };
    match codings {
        Some(list) => tape.within(list).any(one),
        None => tape.member(node, "text").is_none() && tape.member(node, "extension").is_some(),
    }
}
