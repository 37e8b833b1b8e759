//! What holds of a Bundle as a whole: its entries' URLs, and what each of its types asks of every entry.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

use super::{fault::Path, invariant::Here, tape::Tape};

/// The entries of the Bundle that is walked, by fullUrl.
#[derive(Debug, Default)]
pub(super) struct Entries<'t> {
    kinds: HashMap<Cow<'t, str>, Cow<'t, str>>,
    /// Whether references between entries are rewritten, so that each must find its entry.
    pub(super) is_transaction: bool,
}

impl<'t> Entries<'t> {
    /// The entries of a Bundle.
    pub(super) fn of(tape: &Tape<'t>, node: usize) -> Self {
        let list = tape.member(node, "entry").filter(|list| tape.first(*list) == b'[');
        let entry = |entry| {
            let resource = tape.member(entry, "resource")?;
            Some((tape.said(entry, "fullUrl")?, tape.said(resource, "resourceType").unwrap_or_default()))
        };
        let kinds = list.into_iter().flat_map(|list| tape.within(list)).filter_map(entry).collect();
        Self { kinds, is_transaction: tape.said(node, "type").is_some_and(|kind| kind == "transaction") }
    }

    /// The type of the entry of a fullUrl.
    pub(super) fn kind_of(&self, url: &str) -> Option<&str> {
        self.kinds.get(url).map(|kind| &**kind)
    }
}

/// The types that ask something of each entry, or forbid it; another type is told as a wrong code.
const TYPES: [&str; 9] = [
    "batch",
    "batch-response",
    "collection",
    "document",
    "history",
    "message",
    "searchset",
    "transaction",
    "transaction-response",
];

/// Looks at a Bundle whose entries were looked at one by one.
pub(super) fn look(here: &mut Here<'_, '_, '_>) {
    let kind = here.text("type").unwrap_or_default();
    let entries = here.items("entry");
    if here.has("total") && !matches!(&*kind, "searchset" | "history") {
        here.fault("bdl-1", "total", "Only a searchset or a history tells a total.");
    }
    if kind == "document" {
        document(here, &entries);
    }
    if kind == "message" && !begins_with(here, &entries, "MessageHeader") {
        here.fault("bdl-12", "entry", "A message begins with its MessageHeader.");
    }
    if !TYPES.contains(&&*kind) {
        return;
    }
    let mut seen = HashSet::new();
    for (index, entry) in entries.into_iter().enumerate() {
        one(here, &kind, entry, index, &mut seen);
    }
}

fn document(here: &mut Here<'_, '_, '_>, entries: &[usize]) {
    let identifier = here.node("identifier");
    let names = |name| identifier.is_some_and(|identifier| here.tape().member(identifier, name).is_some());
    if !names("system") || !names("value") {
        here.fault("bdl-9", "identifier", "A document needs an identifier with system and value.");
    }
    if !here.has("timestamp") {
        here.fault("bdl-10", "timestamp", "A document needs its timestamp.");
    }
    if !begins_with(here, entries, "Composition") {
        here.fault("bdl-11", "entry", "A document begins with its Composition.");
    }
}

fn begins_with(here: &Here<'_, '_, '_>, entries: &[usize], kind: &str) -> bool {
    let resource = entries.first().and_then(|entry| here.tape().member(*entry, "resource"));
    resource.and_then(|resource| here.tape().said(resource, "resourceType")).is_some_and(|name| name == kind)
}

fn one<'t>(
    here: &mut Here<'_, 't, '_>,
    kind: &str,
    entry: usize,
    index: usize,
    seen: &mut HashSet<(Cow<'t, str>, Cow<'t, str>)>,
) {
    let has = |name: &str| here.tape().member(entry, name).is_some();
    let (is_asked, is_answered) = (has("request"), has("response"));
    let is_searched = has("search");
    let all = here.path.to("entry");
    let path = &all.nth(index);
    let mut tell = |key, path: &Path<'_>, text| here.walk.fault("invariant", key, entry, path, text);
    if is_asked != matches!(kind, "batch" | "transaction" | "history") {
        tell(
            "bdl-3",
            &path.to("request"),
            "Every entry of a batch, transaction or history has a request, and no other has.",
        );
    }
    if is_answered != matches!(kind, "batch-response" | "transaction-response" | "history") {
        tell("bdl-4", &path.to("response"), "Every entry of a response or history has a response, and no other has.");
    }
    if is_searched && kind != "searchset" {
        tell("bdl-2", &path.to("search"), "Only entries of a searchset tell of the search.");
    }
    full_url(here, kind, entry, path, seen);
}

fn full_url<'t>(
    here: &mut Here<'_, 't, '_>,
    kind: &str,
    entry: usize,
    path: &Path<'_>,
    seen: &mut HashSet<(Cow<'t, str>, Cow<'t, str>)>,
) {
    let tape = here.tape();
    let Some(url) = tape.said(entry, "fullUrl") else { return };
    let resource = tape.member(entry, "resource");
    let told = |name: &str| resource.and_then(|resource| tape.said(resource, name));
    let meta = resource.and_then(|resource| tape.member(resource, "meta"));
    let version = meta.and_then(|meta| tape.said(meta, "versionId")).unwrap_or_default();
    let own = told("resourceType").zip(told("id")).map(|(kind, id)| format!("{kind}/{id}"));
    // A fullUrl with our type in it is a server's place for the resource, and then ends with its id.
    let is_place = |own: &String| {
        let kind = &own[..=own.find('/').unwrap_or_default()];
        url.contains("://")
            && url.rsplit_once('/').is_some_and(|(before, _)| before.ends_with(kind.trim_end_matches('/')))
    };
    let is_elsewhere = own.filter(is_place).is_some_and(|own| !url.ends_with(&own));
    let is_version = url.contains("/_history/");
    let path = &path.to("fullUrl");
    let mut tell = |code, key, text| here.walk.fault(code, key, entry, path, text);
    if is_version {
        tell("invariant", "bdl-8", "A fullUrl names no version.");
    }
    if is_elsewhere {
        tell("value", "", "The fullUrl names another id than the resource.");
    }
    if kind != "history" && !seen.insert((url, version)) {
        tell("invariant", "bdl-7", "Two entries have this fullUrl; each has its own.");
    }
}
