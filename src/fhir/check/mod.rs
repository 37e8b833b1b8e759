//! Checks resources against base FHIR R4: elements and their counts, forms of values, codes of required bindings, choices of
//! type, what references lead to, and the invariants that bite.
//!
//! The JSON text itself is walked, so that doubled names, forms of numbers and places in the text can be told. `tape` lists
//! its values, `table` knows FHIR's types (made by `profiles/make_table` out of HL7's definitions), `walk` holds the one
//! against the other, `primitive`, `code`, `reference` and `narrative` look at single values, `invariant` at what must hold
//! between them. Profiles are not looked at here: a claimed one is named as not checked.
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
    let no_utf8 = |error: str::Utf8Error| {
        let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]).into_owned();
        no_json(
            &before,
            Unread { at: before.len(), message: "These bytes are no UTF-8, in which FHIR's JSON is written." },
        )
    };
    check_text(str::from_utf8(bytes).map_err(no_utf8)?)
}

/// As `check`, of a text.
pub fn check_text(text: &str) -> Result<Vec<Fault>, NoJson> {
    let tape = Tape::of(text).map_err(|unread| no_json(text, unread))?;
    let found = Walk::over(tape);
    Ok(fault::placed(text, found))
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
