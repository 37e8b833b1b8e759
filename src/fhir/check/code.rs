//! Codes of required bindings: a code, a Coding, a `CodeableConcept`.

use super::{fault::Path, table::Element, walk::Walk};

/// A code must be one of the set's.
pub(super) fn code(walk: &mut Walk<'_>, element: &Element, value: &str, at: usize, path: &Path<'_>) {
    let Some(set) = element.set.map(|set| walk.table.set(set)) else { return };
    if !set.has_code(value) {
        let message =
            format!("{} takes the codes of FHIR's value set {} only; this is none of them.", element.name, set.name);
        walk.error("code-invalid", at, path, message);
    }
}

/// A Coding must be one of the set's.
pub(super) fn coding(walk: &mut Walk<'_>, element: &Element, at: usize, path: &Path<'_>) {
    let Some(set) = element.set.map(|set| walk.table.set(set)) else { return };
    if !is_of(walk, element, at) {
        let message =
            format!("{} takes the codings of FHIR's value set {} only; this is none of them.", element.name, set.name);
        walk.error("code-invalid", at, path, message);
    }
}

/// One coding of a `CodeableConcept` must be one of the set's; text alone does not do.
pub(super) fn concept(walk: &mut Walk<'_>, element: &Element, at: usize, path: &Path<'_>) {
    let Some(set) = element.set.map(|set| walk.table.set(set)) else { return };
    let codings = walk.tape.member(at, "coding").filter(|list| walk.tape.first(*list) == b'[');
    let has_one = codings.is_some_and(|list| walk.tape.within(list).any(|coding| is_of(walk, element, coding)));
    // Why there is no code may be said by an extension, and by that alone.
    let says_why =
        codings.is_none() && walk.tape.member(at, "text").is_none() && walk.tape.member(at, "extension").is_some();
    if !has_one && !says_why {
        let message =
            format!("{} needs a coding of FHIR's value set {}; none of its codings is one.", element.name, set.name);
        walk.error("code-invalid", at, path, message);
    }
}

fn is_of(walk: &Walk<'_>, element: &Element, coding: usize) -> bool {
    let Some(set) = element.set.map(|set| walk.table.set(set)) else { return true };
    let (system, code) = (walk.tape.said(coding, "system"), walk.tape.said(coding, "code"));
    code.is_some_and(|code| set.has(&system.unwrap_or_default(), &code))
}
