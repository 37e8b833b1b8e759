//! Our profiles, extensions, code systems and the like, as `profiles/build` compiled them from `profiles/fsh`.
//!
//! They are carried in the program so that a service can show what its resources claim.

use include_dir::{Dir, include_dir};
use serde_json::Value;

static COMPILED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/profiles/compiled");

/// A definition by its type and id, such as `StructureDefinition` and `pcrp-careplan`.
pub fn definition(kind: &str, id: &str) -> Option<Value> {
    let file = COMPILED.get_file(format!("{kind}-{id}.json"))?;
    serde_json::from_slice(file.contents()).ok()
}
