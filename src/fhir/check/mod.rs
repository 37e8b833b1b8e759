//! Checks resources against base FHIR R4: elements and their counts, forms of values, codes of required bindings, choices of
//! type, what references lead to, and the invariants that bite.
//!
//! The JSON text itself is walked, so that doubled names, forms of numbers and places in the text can be told. `tape` lists
//! its values, `table` knows FHIR's types (made by `profiles/make_table` out of HL7's definitions), `walk` holds the one
//! against the other, `primitive`, `code`, `reference` and `narrative` look at single values, `invariant` at what must hold
//! between them. `claimed` holds against our own profiles, where that is asked for; otherwise a claimed profile is named as not
//! checked, whoever's it is.
//!
//! No message holds a value of the resource. A name that FHIR does not know is told only where it has a name's form.

mod tape;
mod primitive;
mod table;
mod fault;
mod tell;
mod walk;
mod code;
mod reference;
mod narrative;
mod bundle;
mod invariant;
mod claimed;
mod asked;

use std::str;

pub use asked::{Asked, answer};
pub use fault::Fault;

use tape::{Tape, Unread};
use walk::Walk;

/// A body that is no JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoJson {
    /// The line, counted from 1.
    pub line: u32,
    /// The character, counted from 1.
    pub column: u32,
    /// What is wrong.
    pub message: &'static str,
}

/// What is wrong with a resource, in the order in which it stands in the text.
pub fn check(bytes: &[u8]) -> Result<Vec<Fault>, NoJson> {
    check_text(text_of(bytes)?)
}

/// As `check`, and by the profiles of ours that are claimed.
pub fn check_claims(bytes: &[u8]) -> Result<Vec<Fault>, NoJson> {
    claims_of(text_of(bytes)?, None)
}

/// As `check`, of a text.
pub fn check_text(text: &str) -> Result<Vec<Fault>, NoJson> {
    let (found, _) = Walk::over(tape_of(text)?, true);
    Ok(fault::placed(text, found))
}

/// As `check_claims`, of a text, and by a profile of ours that is named.
fn claims_of(text: &str, named: Option<&str>) -> Result<Vec<Fault>, NoJson> {
    let (mut found, tape) = Walk::over(tape_of(text)?, false);
    for one in claimed::hold(&tape, named) {
        if found.len() < fault::MOST && !found.iter().any(|told| told.says_as_much(&one)) {
            found.push(one);
        }
    }
    Ok(fault::placed(text, found))
}

/// The first name that is there twice in one object, whatever FHIR has to say of it.
pub fn doubled(text: &str) -> Result<Option<Fault>, NoJson> {
    let tape = tape_of(text)?;
    let Some(at) = tape.doubled() else { return Ok(None) };
    let (line, column) = fault::place_of(text, tape.offset(at));
    let message = "A name is there twice in one object; only one of the two would be read.";
    Ok(Some(NoJson { line, column, message }.into()))
}

fn tape_of(text: &str) -> Result<Tape<'_>, NoJson> {
    Tape::of(text).map_err(|unread| no_json(text, unread))
}

fn text_of(bytes: &[u8]) -> Result<&str, NoJson> {
    let no_utf8 = |error: str::Utf8Error| {
        let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]).into_owned();
        no_json(
            &before,
            Unread { at: before.len(), message: "These bytes are no UTF-8, in which FHIR's JSON is written." },
        )
    };
    str::from_utf8(bytes).map_err(no_utf8)
}

/// Whether FHIR R4 has a resource of this name.
pub fn is_resource(name: &str) -> bool {
    let table = table::table();
    table.find(name).is_some_and(|kind| table.get(kind).is_resource)
}

fn no_json(text: &str, unread: Unread) -> NoJson {
    let (line, column) = fault::place_of(text, unread.at);
    NoJson { line, column, message: unread.message }
}
