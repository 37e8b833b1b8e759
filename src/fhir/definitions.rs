//! Our profiles, extensions, code systems and the like, as `profiles/build` compiled them from `profiles/fsh`.
//!
//! They are carried in the program, so that a service can show what its resources claim, and hold resources against it.

use include_dir::{Dir, include_dir};
use serde_json::Value;

static COMPILED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/profiles/compiled");

/// A definition by its type and id, such as `StructureDefinition` and `pcrp-careplan`.
pub fn definition(kind: &str, id: &str) -> Option<Value> {
    let file = COMPILED.get_file(format!("{kind}-{id}.json"))?;
    serde_json::from_slice(file.contents()).ok()
}

/// All definitions of a type.
pub(super) fn definitions(kind: &str) -> impl Iterator<Item = Value> {
    let begin = format!("{kind}-");
    let of_kind =
        COMPILED.files().filter(move |file| file.path().to_str().is_some_and(|path| path.starts_with(&begin)));
    of_kind.filter_map(|file| serde_json::from_slice(file.contents()).ok())
}
