//! What a reference leads to within the same text: an entry of a Bundle, or a contained resource.

use std::{borrow::Cow, collections::HashMap};

use crate::fhir::check::{primitive::Primitive, tape::Tape};

/// The resources of a text by the names that references may call them.
pub(super) struct World<'t> {
    by_url: HashMap<Cow<'t, str>, usize>,
    by_name: HashMap<String, usize>,
}

impl<'t> World<'t> {
    pub(super) fn of(tape: &Tape<'t>) -> Self {
        let mut world = Self { by_url: HashMap::new(), by_name: HashMap::new() };
        let entries = tape.member(0, "entry").filter(|list| tape.first(*list) == b'[');
        for entry in entries.into_iter().flat_map(|list| tape.within(list)) {
            let Some(resource) = tape.member(entry, "resource") else { continue };
            if let Some(url) = tape.said(entry, "fullUrl") {
                world.by_url.insert(url, resource);
            }
            world.name(tape, resource);
        }
        world.name(tape, 0);
        world
    }

    fn name(&mut self, tape: &Tape<'t>, resource: usize) {
        if let (Some(kind), Some(id)) = (tape.said(resource, "resourceType"), tape.said(resource, "id")) {
            self.by_name.insert(format!("{kind}/{id}"), resource);
        }
    }

    /// The resource that a reference within another leads to.
    pub(super) fn resolve(&self, tape: &Tape<'t>, within: usize, reference: &str) -> Option<usize> {
        if let Some(id) = reference.strip_prefix('#') {
            let contained = tape.member(within, "contained").filter(|list| tape.first(*list) == b'[')?;
            return tape.within(contained).find(|one| tape.said(*one, "id").is_some_and(|own| own == id));
        }
        let bare = reference.split_once("/_history/").map_or(reference, |(before, _)| before);
        self.by_url.get(bare).or_else(|| self.by_name.get(bare)).copied()
    }

    /// The type of what a reference leads to, where that can be told.
    pub(super) fn kind_of(&self, tape: &Tape<'t>, within: usize, reference: &str) -> Option<String> {
        if let Some(resource) = self.resolve(tape, within, reference) {
            return tape.said(resource, "resourceType").map(Cow::into_owned);
        }
        let bare = reference.split_once("/_history/").map_or(reference, |(before, _)| before);
        let (before, id) = bare.rsplit_once('/').filter(|(_, id)| Primitive::Id.fits(id))?;
        let kind = before.rsplit('/').next()?;
        (!id.is_empty() && kind.starts_with(|letter: char| letter.is_ascii_uppercase())).then(|| kind.to_owned())
    }
}
