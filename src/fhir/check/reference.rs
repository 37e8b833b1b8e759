//! What a reference leads to: its form, the type that it names, and resources within the same text.

use std::borrow::Cow;

use super::{fault::Path, primitive::Primitive, table::Member, tape::Tape, walk::Walk};

/// The resources contained in the one that is walked, and which of them someone refers to.
#[derive(Debug, Default)]
pub(super) struct Scope<'t> {
    contained: Vec<Contained<'t>>,
    inside: Option<usize>,
}

#[derive(Debug)]
struct Contained<'t> {
    id: Cow<'t, str>,
    kind: Cow<'t, str>,
    node: usize,
    is_used: bool,
}

impl<'t> Scope<'t> {
    /// The scope of a resource.
    pub(super) fn of(tape: &Tape<'t>, node: usize) -> Self {
        let list = tape.member(node, "contained").filter(|list| tape.first(*list) == b'[');
        let contained = |node| Contained {
            id: tape.said(node, "id").unwrap_or_default(),
            kind: tape.said(node, "resourceType").unwrap_or_default(),
            node,
            is_used: false,
        };
        let objects = list.into_iter().flat_map(|list| tape.within(list));
        Self { contained: objects.map(contained).collect(), inside: None }
    }

    /// Whether a contained resource is walked.
    pub(super) fn is_contained(&self) -> bool {
        self.inside.is_some()
    }

    pub(super) fn enter(&mut self, index: usize) {
        self.inside = Some(index);
    }

    pub(super) fn leave(&mut self) {
        self.inside = None;
    }

    /// Takes note of a URI that may lead to a contained resource, or from one to what contains it.
    pub(super) fn note(&mut self, uri: &str) {
        let Some(id) = uri.strip_prefix('#') else { return };
        let used = match self.inside {
            Some(inside) if id.is_empty() => self.contained.get_mut(inside),
            _ => self.contained.iter_mut().find(|one| one.id == id),
        };
        if let Some(used) = used {
            used.is_used = true;
        }
    }
}

impl Walk<'_> {
    /// A reference, after its elements were looked at.
    pub(super) fn reference(&mut self, member: &Member, at: usize, path: &Path<'_>) {
        let (said, named) = (self.tape.member(at, "reference"), self.tape.said(at, "type"));
        let text = said.and_then(|said| self.tape.string(said));
        let leads_to = match text.as_deref().filter(|text| !text.is_empty()).map(|text| self.leads_to(text)) {
            Some(Err((key, message))) => {
                let code = if key.is_empty() { "value" } else { "invariant" };
                self.fault(code, key, said.unwrap_or(at), &path.to("reference"), message);
                None
            }
            Some(Ok(kind)) => kind,
            None => None,
        };
        if let Some(text) = &text {
            self.scope.note(text);
        }
        if let (Some(kind), Some(named)) = (leads_to, &named)
            && kind != named
        {
            self.error("structure", at, &path.to("type"), "The type that is named and the reference do not agree.");
        }
        let named = named.and_then(|named| self.resource_name(&named));
        let Some(kind) = leads_to.or(named) else { return };
        if !member.targets.is_empty() && !member.targets.contains(&kind) {
            let (name, allowed) = (member.name, member.targets.join(", "));
            let message = format!("{name} leads to a {kind} here; FHIR R4 lets it lead to: {allowed}.");
            self.error("structure", at, path, message);
        }
    }

    /// The type of what a reference leads to, where that can be told; or what is wrong with it.
    fn leads_to(&self, reference: &str) -> Result<Option<&'static str>, (&'static str, &'static str)> {
        if let Some(id) = reference.strip_prefix('#') {
            if id.is_empty() && self.scope.is_contained() {
                return Ok(None);
            }
            let found = self.scope.contained.iter().find(|one| one.id == id && !id.is_empty());
            let found = found.ok_or(("ref-1", "This leads to a contained resource that is not here."))?;
            return Ok(self.resource_name(&found.kind));
        }
        if let Some(kind) = self.entries.kind_of(reference) {
            return Ok(self.resource_name(kind));
        }
        if reference.starts_with("urn:") {
            let is_lost = self.entries.is_transaction && reference.starts_with("urn:uuid:");
            return if is_lost { Err(("", "This leads to no entry of the transaction.")) } else { Ok(None) };
        }
        if reference.contains("://") {
            return Ok(self.kind_in(reference));
        }
        if let Some((kind, _)) = reference.split_once('?')
            && self.entries.is_transaction
        {
            return self.resource_name(kind).map(Some).ok_or(("", NO_REFERENCE));
        }
        let is_whole = without_version(reference).split('/').count() == 2;
        self.kind_in(reference).filter(|_| is_whole).map(Some).ok_or(("", NO_REFERENCE))
    }

    /// The type of what a reference leads to, where that can be told.
    pub(super) fn kind_of(&self, reference: &str) -> Option<&'static str> {
        self.leads_to(reference).ok().flatten()
    }

    /// The type in `…/Type/id`.
    fn kind_in(&self, reference: &str) -> Option<&'static str> {
        let mut parts = without_version(reference).rsplit('/');
        parts.next().filter(|id| Primitive::Id.fits(id))?;
        self.resource_name(parts.next()?)
    }

    fn resource_name(&self, name: &str) -> Option<&'static str> {
        let kind = self.table.get(self.table.find(name)?);
        kind.is_resource.then_some(kind.name)
    }

    /// Each contained resource must be referred to, or refer to what contains it.
    pub(super) fn tell_unreferenced(&mut self, path: &Path<'_>) {
        let lone = self.scope.contained.iter().enumerate().filter(|(_, one)| !one.is_used);
        let lone: Vec<(usize, usize)> = lone.map(|(index, one)| (index, one.node)).collect();
        for (index, node) in lone {
            let text = "Nothing in the resource refers to this contained one, nor does it refer to what contains it.";
            self.fault("invariant", "dom-3", node, &path.to("contained").nth(index), text);
        }
    }
}

const NO_REFERENCE: &str = "This is no reference of FHIR R4: a relative one reads Type/id.";

fn without_version(reference: &str) -> &str {
    reference.split_once("/_history/").map_or(reference, |(before, _)| before)
}
