//! Holds resources against the profiles of ours that they claim, or that the caller names, and every extension of ours against its
//! definition, wherever it stands: counts, types, patterns, codes, slices, targets and the invariants of our own.
//!
//! `shape` makes trees of the compiled definitions, once; `hold` goes down a tree and a resource together; `rules` are the
//! invariants; `world` finds what a reference leads to within the same text. What base R4 says is told by `walk` alone. Profiles of
//! other guides are not carried: but what ours are derived from is in our own, as far as it can be told of one text.

mod hold;
mod rules;
mod shape;
mod world;

use std::borrow::Cow;

use super::{
    fault::{Fault, Found, Path},
    table::{Holds, Table, Type, table},
    tape::{Tape, unescaped},
};
use crate::{fhir::system::OWN_BASE, plan::Place, rules::Severity};
use shape::{Profile, carried};
use world::World;

/// Whether a profile is one that is carried.
pub(super) fn is_carried(url: &str) -> bool {
    carried(url).is_some()
}

/// What is wrong with a text by the profiles of ours. `named` is held against the whole, claimed or not.
pub(super) fn hold(tape: &Tape<'_>, named: Option<&str>) -> Vec<Found> {
    let world = World::of(tape);
    let mut look = Look { table: table(), tape, world: &world, found: Vec::new(), others: 0 };
    let kind = tape.said(0, "resourceType").and_then(|kind| look.table.find(&kind));
    let name = kind.map_or("Resource", |kind| look.table.get(kind).name);
    let root = Path { above: None, name, index: None };
    if let Some(profile) = named.and_then(carried) {
        look.against(profile, 0, &root);
    }
    look.resource(0, root, named);
    if look.others > 0 {
        let message = format!("{} claims of profiles of other guides (meta.profile) were not looked at.", look.others);
        look.tell(Severity::Information, ("not-supported", ""), message.into(), 0, &root);
    }
    look.found
}

/// A look at one text.
struct Look<'l, 't> {
    table: &'static Table,
    tape: &'l Tape<'t>,
    world: &'l World<'t>,
    found: Vec<Found>,
    /// Claims that were not looked at.
    others: usize,
}

impl Look<'_, '_> {
    /// A resource, those in it, and all extensions of ours.
    fn resource(&mut self, at: usize, path: Path<'_>, named: Option<&str>) {
        let kind = self.tape.said(at, "resourceType").and_then(|kind| self.table.find(&kind));
        let Some(kind) = kind.map(|kind| self.table.get(kind)).filter(|kind| kind.is_resource) else { return };
        let claims = self.tape.member(at, "meta").and_then(|meta| self.tape.member(meta, "profile"));
        let claims: Vec<usize> = claims.map(|list| self.tape.within(list).collect()).unwrap_or_default();
        let urls: Vec<_> = claims.iter().filter_map(|claim| Some((*claim, self.tape.string(*claim)?))).collect();
        let known: Vec<&Profile> = urls.iter().filter_map(|(_, url)| carried(url)).collect();
        for (index, (claim, url)) in urls.iter().enumerate() {
            let bare = url.split('|').next().unwrap_or_default();
            match carried(url) {
                Some(profile) if named.and_then(carried).is_none_or(|named| named.url != profile.url) || at != 0 => {
                    self.against(profile, at, &path);
                }
                Some(_) => {}
                None if bare.starts_with(OWN_BASE) => {
                    let (meta, all) = (path.to("meta"), "We have no such profile, though its address is one of ours.");
                    let place = meta.to("profile").nth(index);
                    self.tell(Severity::Warning, ("not-found", ""), all.into(), *claim, &place);
                }
                // What ours is derived from is in it.
                None if known.iter().any(|profile| profile.base == bare) => {}
                None => self.others += 1,
            }
        }
        self.members(kind, at, &path);
    }

    /// Looks for extensions of ours and for resources within an object.
    fn members(&mut self, kind: &'static Type, node: usize, path: &Path<'_>) {
        if self.tape.first(node) != b'{' {
            return;
        }
        let members: Vec<usize> = self.tape.within(node).collect();
        for at in members {
            let written = unescaped(self.tape.name(at));
            let (plain, is_half) = written.strip_prefix('_').map_or((&*written, false), |plain| (plain, true));
            let Some(member) = kind.member(plain) else { continue };
            let below = match member.holds {
                Holds::Object(kind) | Holds::Reference(kind) | Holds::Coding(kind) | Holds::CodeableConcept(kind) => {
                    kind
                }
                Holds::Primitive(_) if is_half => self.table.element,
                Holds::Resource => usize::MAX,
                Holds::Primitive(_) | Holds::TypeName => continue,
            };
            let own = path.to(kind.elements[member.element].name);
            for (index, item) in items(self.tape, at) {
                let own = Path { index, ..own };
                if below == usize::MAX {
                    self.resource(item, own, None);
                } else {
                    self.extension(plain, item, &own);
                    self.members(self.table.get(below), item, &own);
                }
            }
        }
    }

    fn extension(&mut self, name: &str, item: usize, path: &Path<'_>) {
        let is_one = matches!(name, "extension" | "modifierExtension");
        let Some(url) = Some(item).filter(|_| is_one).and_then(|item| self.tape.said(item, "url")) else { return };
        match carried(&url) {
            Some(profile) => self.against(profile, item, path),
            None if url.starts_with(OWN_BASE) => {
                let text = "We have no such extension, though its address is one of ours.";
                self.tell(Severity::Warning, ("not-found", ""), text.into(), item, path);
            }
            None => {}
        }
    }

    fn tell(
        &mut self,
        severity: Severity,
        (code, key): (&'static str, &'static str),
        message: Cow<'static, str>,
        at: usize,
        path: &Path<'_>,
    ) {
        let fault = Fault { severity, code, message, key, expression: path.expression(), place: Place::default() };
        self.found.push(Found { at: self.tape.offset(at), fault });
    }
}

/// The values of a member with their indices; one that does not repeat has none.
fn items(tape: &Tape<'_>, member: usize) -> Vec<(Option<usize>, usize)> {
    if tape.first(member) == b'[' {
        return tape.within(member).enumerate().map(|(index, item)| (Some(index), item)).collect();
    }
    vec![(None, member)]
}
