//! The resources that were read together: found by their identity, and looked at through `Node`s that remember what was read.
//!
//! What a resource means is for the other files. A reference is resolved by fullUrl, by type and id, inside its container,
//! or by identifier; of two versions of one resource the newer stands.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    ptr,
};

use serde_json::Value;

use crate::fhir::system::{OWN_BASE, extension};

/// All resources of one Bundle, or of one file of loose resources.
pub(super) struct World<'w> {
    pub(super) entries: Vec<Entry<'w>>,
    names: HashMap<String, usize>,
    /// `Type/id` that different resources here have.
    shared: HashSet<String>,
    read: RefCell<HashSet<usize>>,
}

/// One resource and where it stands.
pub(super) struct Entry<'w> {
    pub(super) kind: &'w str,
    pub(super) value: &'w Value,
    pub(super) document: usize,
    pub(super) pointer: String,
    within: Option<usize>,
    full_url: Option<&'w str>,
    /// It carries an identifier that we gave.
    pub(super) is_ours: bool,
    /// A newer version of it is here too.
    is_superseded: bool,
}

/// A value inside a resource.
#[derive(Clone, Copy)]
pub(super) struct Node<'w> {
    pub(super) world: &'w World<'w>,
    pub(super) of: usize,
    pub(super) value: &'w Value,
}

impl<'w> World<'w> {
    /// Takes in every resource of these documents, those inside Bundles and contained ones too.
    pub(super) fn of(documents: &'w [Value]) -> Self {
        let mut world =
            Self { entries: Vec::new(), names: HashMap::new(), shared: HashSet::new(), read: RefCell::default() };
        for (at, document) in documents.iter().enumerate() {
            world.add(document, at, "", None, None);
        }
        world
    }

    fn add(
        &mut self,
        value: &'w Value,
        document: usize,
        pointer: &str,
        full_url: Option<&'w str>,
        within: Option<usize>,
    ) {
        let Some(kind) = value["resourceType"].as_str() else { return };
        if kind == "Bundle" {
            for (at, entry) in list(&value["entry"]).enumerate() {
                let inner = format!("{pointer}/entry/{at}/resource");
                if let Some(resource) = entry.get("resource") {
                    self.add(resource, document, &inner, entry["fullUrl"].as_str(), None);
                }
            }
            return;
        }
        let at = self.entries.len();
        let is_ours = list(&value["identifier"]).chain([&value["identifier"]]).any(|one| {
            one["system"].as_str().is_some_and(|system| system.starts_with(OWN_BASE) && system.contains("/sid/"))
        });
        let pointer = pointer.to_owned();
        self.entries.push(Entry { kind, value, document, pointer, within, full_url, is_ours, is_superseded: false });
        self.name(at);
        for (inner, contained) in list(&value["contained"]).enumerate() {
            let pointer = format!("{}/contained/{inner}", self.entries[at].pointer);
            self.add(contained, document, &pointer, None, Some(at));
        }
    }

    fn name(&mut self, at: usize) {
        let Entry { kind, value, within, full_url, .. } = self.entries[at];
        let id = value["id"].as_str();
        if let Some(outer) = within {
            if let Some(id) = id {
                self.names.insert(format!("{outer}#{id}"), at);
            }
            return;
        }
        let local = id.map(|id| format!("{kind}/{id}"));
        let Some(identity) = full_url.map(str::to_owned).or_else(|| local.clone()) else { return };
        let before = self.names.get(&identity).copied();
        let stands = match before {
            Some(other) if !is_newer(value, self.entries[other].value) => other,
            _ => at,
        };
        if let Some(other) = before {
            let old = if stands == at { other } else { at };
            self.entries[old].is_superseded = true;
        }
        self.names.insert(identity, stands);
        if let Some(local) = local {
            match self.names.get(&local) {
                Some(known) if *known != stands && Some(*known) != before => drop(self.shared.insert(local)),
                _ => drop(self.names.insert(local, stands)),
            }
        }
        for identifier in list(&value["identifier"]) {
            if let (Some(system), Some(value)) = (identifier["system"].as_str(), identifier["value"].as_str()) {
                self.names.entry(format!("{system}|{value}")).or_insert(at);
            }
        }
    }

    /// The resource that a reference means.
    pub(super) fn find(&self, reference: &Value, from: usize) -> Option<usize> {
        let by_identifier = || {
            let identifier = &reference["identifier"];
            let name = format!("{}|{}", identifier["system"].as_str()?, identifier["value"].as_str()?);
            self.names.get(&name).copied()
        };
        let Some(written) = reference["reference"].as_str() else { return by_identifier() };
        if let Some(id) = written.strip_prefix('#') {
            let outer = self.entries[from].within.unwrap_or(from);
            return if id.is_empty() { Some(outer) } else { self.names.get(&format!("{outer}#{id}")).copied() };
        }
        let plain = written.split_once("/_history/").map_or(written, |(plain, _)| plain);
        let known = self.beside(plain, from).or_else(|| {
            let mut names = [plain, type_and_id(plain)].into_iter().filter(|name| !self.shared.contains(*name));
            names.find_map(|name| self.names.get(name))
        });
        known.copied().or_else(by_identifier)
    }

    /// What `Type/id` means first: the resource on the same server. Two servers give one id to different people.
    fn beside(&self, plain: &str, from: usize) -> Option<&usize> {
        let url = self.entries[self.entries[from].within.unwrap_or(from)].full_url?;
        let base = url.strip_suffix(type_and_id(url)).filter(|base| base.contains("://"))?;
        self.names.get(&format!("{base}{plain}"))
    }

    /// The root of a resource.
    pub(super) fn node(&'w self, of: usize) -> Node<'w> {
        Node { world: self, of, value: self.entries[of].value }
    }

    /// Every resource of a kind that may be read.
    pub(super) fn all(&'w self, kind: &'static str) -> impl Iterator<Item = Node<'w>> {
        (0..self.entries.len())
            .filter(move |at| self.entries[*at].kind == kind)
            .map(|at| self.node(at))
            .filter(Node::is_usable)
    }

    /// Whether a value was read.
    pub(super) fn was_read(&self, value: &Value) -> bool {
        self.read.borrow().contains(&ptr::from_ref(value).addr())
    }
}

impl Entry<'_> {
    /// Whether it stands for itself.
    pub(super) fn is_contained(&self) -> bool {
        self.within.is_some()
    }
}

impl<'w> Node<'w> {
    /// A member.
    pub(super) fn get(self, name: &str) -> Option<Self> {
        Some(Self { value: self.value.get(name)?, ..self })
    }

    /// The items of a member that is a list, or the one that stands in place of a list.
    pub(super) fn items(self, name: &str) -> Vec<Self> {
        match self.value.get(name) {
            Some(Value::Array(items)) => items.iter().map(|value| Self { value, ..self }).collect(),
            Some(value) => vec![Self { value, ..self }],
            None => Vec::new(),
        }
    }

    /// The value, when it is text.
    pub(super) fn text(self) -> Option<&'w str> {
        self.value.as_str()
    }

    /// A member that is text.
    pub(super) fn str(self, name: &str) -> Option<&'w str> {
        self.get(name)?.text()
    }

    /// Whether a member says this.
    pub(super) fn says(self, name: &str, text: &str) -> bool {
        self.str(name) == Some(text)
    }

    /// The extensions of a URL.
    pub(super) fn extensions(self, url: &str) -> Vec<Self> {
        self.items("extension").into_iter().filter(|one| one.says("url", url)).collect()
    }

    /// The value of the first extension of a URL.
    pub(super) fn part(self, url: &str) -> Option<Self> {
        self.extensions(url).first()?.any_value()
    }

    /// `value[x]`, whatever its type.
    pub(super) fn any_value(self) -> Option<Self> {
        let (_, value) = self.value.as_object()?.iter().find(|(name, _)| name.starts_with("value"))?;
        Some(Self { value, ..self })
    }

    /// Whether a member only stands in for a value that its source did not give; then it is read as not given.
    pub(super) fn is_assumed(self, name: &str) -> bool {
        let beside = self.get(&format!("_{name}")).filter(|beside| beside.part(extension::ASSUMED).is_some());
        beside.iter().for_each(|beside| beside.mark());
        beside.iter().for_each(|_| self.get(name).iter().for_each(|value| value.mark()));
        beside.is_some()
    }

    /// The code of a `CodeableConcept` in one of these systems.
    pub(super) fn code_in(self, systems: &[&str]) -> Option<Self> {
        let has =
            |coding: &Self| coding.str("system").is_some_and(|system| systems.iter().any(|one| same(one, system)));
        self.items("coding").into_iter().find(has)?.get("code")
    }

    /// Whether a `CodeableConcept` has this code.
    pub(super) fn has_code(self, system: &str, code: &str) -> bool {
        let is = |coding: &Self| coding.says("code", code) && coding.str("system").is_some_and(|one| same(one, system));
        self.items("coding").iter().any(is)
    }

    /// What a `CodeableConcept` says in words: its text, else a display.
    pub(super) fn in_words(self) -> Option<Self> {
        let filled = |node: &Self| node.text().is_some_and(|text| !text.trim().is_empty());
        let display = || self.items("coding").into_iter().find_map(|coding| coding.get("display").filter(filled));
        self.get("text").filter(filled).or_else(display)
    }

    /// Says that the value and everything in it was read.
    pub(super) fn mark(self) {
        fn within(value: &Value, read: &mut HashSet<usize>) {
            match value {
                Value::Object(members) => members.values().for_each(|member| within(member, read)),
                Value::Array(items) => items.iter().for_each(|item| within(item, read)),
                leaf => drop(read.insert(ptr::from_ref(leaf).addr())),
            }
        }
        within(self.value, &mut self.world.read.borrow_mut());
    }

    /// Says so where it is so.
    pub(super) fn mark_if(self, was_read: bool) {
        if was_read {
            self.mark();
        }
    }

    /// The resource it stands in.
    pub(super) fn entry(self) -> &'w Entry<'w> {
        &self.world.entries[self.of]
    }

    /// Whether the resource may be read.
    pub(super) fn is_usable(&self) -> bool {
        self.is_current() && (self.entry().kind == "CarePlan" || !self.is_in_error())
    }

    /// Whether it is the newest version, and nothing in it changes its meaning in a way we do not know.
    pub(super) fn is_current(&self) -> bool {
        let entry = self.entry();
        let is_modified = ["modifierExtension", "implicitRules"].iter().any(|name| entry.value.get(name).is_some());
        !entry.is_superseded && (entry.kind == "CarePlan" || !is_modified)
    }

    /// Whether it was entered in error.
    fn is_in_error(&self) -> bool {
        let root = self.world.node(self.of);
        let is_wrong = |coding: &Self| coding.says("code", "entered-in-error") || coding.says("code", "refuted");
        ["status", "lifecycleStatus"].iter().any(|name| root.says(name, "entered-in-error"))
            || root.get("verificationStatus").is_some_and(|status| status.items("coding").iter().any(is_wrong))
    }

    /// Where it stands: the document, and the JSON pointer in it.
    pub(super) fn spot(self) -> String {
        let entry = self.entry();
        let mut path = format!("{}:{}", entry.document, entry.pointer);
        path_to(entry.value, self.value, &mut path);
        path
    }
}

/// The last two steps of a URL, a version left out.
pub(super) fn type_and_id(url: &str) -> &str {
    let url = url.split_once("/_history/").map_or(url, |(plain, _)| plain);
    url.rmatch_indices('/').nth(1).map_or(url, |(cut, _)| &url[cut + 1..])
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// One code system, whether written with `http`, `https` or a version behind a bar.
pub(super) fn same(one: &str, other: &str) -> bool {
    let plain = |system: &str| -> String {
        let system = system.split('|').next().unwrap_or_default();
        system.strip_prefix("https://").map_or_else(|| system.to_owned(), |rest| format!("http://{rest}"))
    };
    one == other || plain(one) == plain(other)
}

/// Whether one version of a resource is newer than another; without a word on it, the later one is.
fn is_newer(one: &Value, other: &Value) -> bool {
    let number = |value: &Value| value["meta"]["versionId"].as_str().and_then(|version| version.parse::<u64>().ok());
    let time = |value: &'_ Value| value["meta"]["lastUpdated"].as_str().map(str::to_owned);
    match (number(one), number(other), time(one), time(other)) {
        (Some(one), Some(other), ..) => one >= other,
        (.., Some(one), Some(other)) => one >= other,
        _ => true,
    }
}

fn path_to(within: &Value, wanted: &Value, path: &mut String) -> bool {
    if ptr::eq(within, wanted) {
        return true;
    }
    let before = path.len();
    let mut step = |name: &str, inner: &Value| {
        path.push('/');
        path.push_str(name);
        let found = path_to(inner, wanted, path);
        if !found {
            path.truncate(before);
        }
        found
    };
    match within {
        Value::Object(members) => {
            members.iter().any(|(name, member)| step(&name.replace('~', "~0").replace('/', "~1"), member))
        }
        Value::Array(items) => items.iter().enumerate().any(|(at, item)| step(&at.to_string(), item)),
        _ => false,
    }
}
