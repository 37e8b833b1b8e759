//! Our profiles and extensions as trees, made once out of the snapshots of the compiled definitions.
//!
//! A snapshot repeats what base R4 says; that does no harm, since a fault that base R4 tells already is told once.

use std::{
    collections::{BTreeSet, HashMap},
    sync::LazyLock,
};

use serde_json::Value;

use super::rules::{self, Rule};
use crate::{
    fhir::{
        check::table::{Table, table},
        definitions::definitions,
    },
    rules::Severity,
};

static PROFILES: LazyLock<HashMap<String, Profile>> = LazyLock::new(|| {
    let read: Vec<Value> = definitions("StructureDefinition").collect();
    let kinds = read.iter().filter_map(|one| Some((one["url"].as_str()?, one["type"].as_str()?))).collect();
    let sets = definitions("CodeSystem").filter_map(|one| codes(&one)).collect();
    let maker = Maker { table: table(), kinds, sets };
    read.iter().filter_map(|one| maker.profile(one)).map(|one| (one.url.clone(), one)).collect()
});

/// A profile or an extension of ours.
pub(super) struct Profile {
    /// Its canonical URL.
    pub(super) url: String,
    /// The type that it is about.
    pub(super) kind: String,
    /// What it is derived from.
    pub(super) base: String,
    /// The resource or extension itself.
    pub(super) root: Node,
}

/// An element, or a slice of one.
#[derive(Default)]
pub(super) struct Node {
    /// Its name; of a choice, without the type.
    pub(super) name: String,
    pub(super) is_choice: bool,
    pub(super) min: usize,
    /// None for any number.
    pub(super) max: Option<usize>,
    /// Types of a choice.
    pub(super) kinds: Vec<String>,
    /// Types that a reference may lead to; all when empty.
    pub(super) targets: Vec<String>,
    /// What it must hold, and may hold more than.
    pub(super) pattern: Option<Value>,
    /// The codes that it must have, with their system.
    pub(super) codes: Option<(String, BTreeSet<String>)>,
    /// Of an extension that is a slice: its definition.
    pub(super) extension: Option<String>,
    pub(super) rules: Vec<(&'static Rule, Severity, String)>,
    pub(super) children: Vec<Node>,
    pub(super) slices: Vec<Node>,
    /// What tells slices apart: `url`, `type`, or the element itself (`$this`).
    pub(super) told_by: String,
}

/// The profile or extension of an URL, with or without a version.
pub(super) fn carried(url: &str) -> Option<&'static Profile> {
    PROFILES.get(url.split('|').next().unwrap_or_default())
}

/// The questions of our questionnaire, by their linkId.
pub(super) static QUESTIONS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let mut all = BTreeSet::new();
    definitions("Questionnaire").for_each(|one| gather(&one, &mut all));
    all
});

fn gather(item: &Value, all: &mut BTreeSet<String>) {
    all.extend(item["linkId"].as_str().map(str::to_owned));
    item["item"].as_array().into_iter().flatten().for_each(|inner| gather(inner, all));
}

/// A code system of ours: the address of its value set, its own, and its codes.
fn codes(system: &Value) -> Option<(String, (String, BTreeSet<String>))> {
    let url = system["url"].as_str()?.to_owned();
    let listed = system["concept"].as_array()?.iter().filter_map(|one| one["code"].as_str().map(str::to_owned));
    Some((url.replace("/CodeSystem/", "/ValueSet/"), (url, listed.collect())))
}

struct Maker<'r> {
    table: &'static Table,
    kinds: HashMap<&'r str, &'r str>,
    sets: HashMap<String, (String, BTreeSet<String>)>,
}

impl Maker<'_> {
    fn profile(&self, definition: &Value) -> Option<Profile> {
        let text = |name: &str| definition[name].as_str().map(str::to_owned);
        let mut root = Node::default();
        for element in definition["snapshot"]["element"].as_array()? {
            let id = element["id"].as_str()?;
            let steps: Vec<&str> = id.split('.').skip(1).collect();
            *place(&mut root, &steps)? = self.node(id, element);
        }
        Some(Profile { url: text("url")?, kind: text("type")?, base: text("baseDefinition")?, root })
    }

    fn node(&self, id: &str, element: &Value) -> Node {
        let last = id.rsplit('.').next().unwrap_or_default();
        let name = last.split(':').next().unwrap_or_default();
        let kinds = element["type"].as_array().map(Vec::as_slice).unwrap_or_default();
        let members = element.as_object();
        let pattern = members.and_then(|all| {
            let is_pattern = |name: &str| name.starts_with("pattern") || name.starts_with("fixed");
            all.iter().find(|(name, _)| is_pattern(name)).map(|(_, value)| value.clone())
        });
        let binding = &element["binding"];
        let set = binding["valueSet"].as_str().filter(|_| binding["strength"] == "required");
        let discriminator = &element["slicing"]["discriminator"][0]["path"];
        Node {
            name: name.trim_end_matches("[x]").to_owned(),
            is_choice: name.ends_with("[x]"),
            min: element["min"].as_u64().and_then(|min| usize::try_from(min).ok()).unwrap_or_default(),
            max: element["max"].as_str().and_then(|max| max.parse().ok()),
            kinds: kinds.iter().filter_map(|kind| kind["code"].as_str().map(str::to_owned)).collect(),
            targets: self.targets(kinds),
            pattern,
            codes: set.and_then(|set| self.set(set)),
            extension: kinds.first().and_then(|kind| kind["profile"][0].as_str().map(str::to_owned)),
            rules: rules(element),
            children: Vec::new(),
            slices: Vec::new(),
            told_by: discriminator.as_str().unwrap_or_default().to_owned(),
        }
    }

    fn set(&self, url: &str) -> Option<(String, BTreeSet<String>)> {
        let url = url.split('|').next().unwrap_or_default();
        let narrative = || ["additional", "generated"].map(str::to_owned).into();
        let is_narrative = url.ends_with("/us-core-narrative-status");
        self.sets.get(url).cloned().or_else(|| is_narrative.then(|| (String::new(), narrative())))
    }

    /// The types of the targets; none where one of them is not known, or is any.
    fn targets(&self, kinds: &[Value]) -> Vec<String> {
        let all = kinds.iter().filter_map(|kind| kind["targetProfile"].as_array()).flatten();
        let found: Option<Vec<String>> = all.map(|target| self.target(target.as_str()?)).collect();
        found.unwrap_or_default()
    }

    fn target(&self, url: &str) -> Option<String> {
        if let Some(kind) = self.kinds.get(url) {
            return Some((*kind).to_owned());
        }
        // US Core names a profile for its type, and some for what they are about.
        let name = url.rsplit('/').next()?.trim_start_matches("us-core-");
        let name = name.split('-').next()?;
        let kind = self.table.resource_named(name)?;
        (!kind.is_empty()).then(|| kind.to_owned())
    }
}

/// The invariants that only our profiles, or those of US Core, ask for.
fn rules(element: &Value) -> Vec<(&'static Rule, Severity, String)> {
    let all = element["constraint"].as_array().map(Vec::as_slice).unwrap_or_default();
    let rule = |one: &Value| {
        let rule = rules::named(one["key"].as_str()?)?;
        let severity = if one["severity"] == "error" { Severity::Error } else { Severity::Warning };
        Some((rule, severity, one["human"].as_str()?.to_owned()))
    };
    all.iter().filter_map(rule).collect()
}

/// The place of an element of a snapshot; made when it is not there.
fn place<'n>(root: &'n mut Node, steps: &[&str]) -> Option<&'n mut Node> {
    let mut here = root;
    for step in steps {
        let (name, slice) = step.split_once(':').map_or((*step, None), |(name, slice)| (name, Some(slice)));
        let name = name.trim_end_matches("[x]");
        let at = here.children.iter().position(|one| one.name == name).unwrap_or_else(|| {
            here.children.push(Node { name: name.to_owned(), ..Node::default() });
            here.children.len() - 1
        });
        here = &mut here.children[at];
        if slice.is_some() {
            // The elements of a slice follow it, before the next slice begins.
            let is_new = steps.last() == Some(step);
            if is_new {
                here.slices.push(Node::default());
            }
            here = here.slices.last_mut()?;
        }
    }
    Some(here)
}

/// The keys of the invariants that are asked for here, by our definitions.
#[cfg(test)]
pub(super) fn asked_for() -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for one in definitions("StructureDefinition") {
        for element in one["snapshot"]["element"].as_array().map(Vec::as_slice).unwrap_or_default() {
            let all = element["constraint"].as_array().map(Vec::as_slice).unwrap_or_default();
            keys.extend(all.iter().filter_map(|one| one["key"].as_str().map(str::to_owned)));
        }
    }
    keys
}
