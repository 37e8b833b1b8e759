//! What comes back and is only what we wrote: the same content under the server's ids, labels and narrative, or a text as the
//! server keeps texts. Pure.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::store::hex;

/// Lengths at which servers are known to cut a text.
const CUTS: [usize; 2] = [255, 4000];
/// What a server writes anew at the top of a resource.
const REWRITTEN: [&str; 4] = ["id", "meta", "text", "identifier"];
const ENTITIES: [(&str, &str); 6] =
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&amp;", "&")];

/// SHA-256 of what a resource says, without what a server rewrites: its own ids, meta, narrative, references, the order of
/// members.
pub fn content_hash(resource: &Value) -> String {
    let mut hash = Sha256::new();
    if let Some(members) = resource.as_object() {
        let mut kept: Vec<_> = members.iter().filter(|(name, _)| !REWRITTEN.contains(&name.as_str())).collect();
        kept.sort_by_key(|(name, _)| *name);
        for (name, value) in kept {
            add_text(&mut hash, b'm', name);
            add(&mut hash, value);
        }
    }
    hex(&hash.finalize())
}

/// Whether a text is another as a server keeps it: white space folded, characters escaped, or cut at a known length.
pub fn is_as_kept(ours: &str, theirs: &str) -> bool {
    let folded = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let plain = |text: &str| {
        let open = ENTITIES.iter().fold(text.to_owned(), |text, (entity, is)| text.replace(entity, is));
        folded(&open)
    };
    let is_cut = CUTS.contains(&theirs.chars().count()) || CUTS.contains(&theirs.len());
    is_cut && ours.starts_with(theirs) || folded(ours) == folded(theirs) || plain(ours) == plain(theirs)
}

fn add(hash: &mut Sha256, value: &Value) {
    match value {
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().filter(|(name, _)| *name != "reference").collect();
            sorted.sort_by_key(|(name, _)| *name);
            hash.update(b"{");
            for (name, value) in sorted {
                add_text(hash, b'm', name);
                add(hash, value);
            }
            hash.update(b"}");
        }
        Value::Array(items) => {
            hash.update(b"[");
            items.iter().for_each(|item| add(hash, item));
            hash.update(b"]");
        }
        Value::String(text) => add_text(hash, b's', text),
        other => add_text(hash, b'v', &other.to_string()),
    }
}

fn add_text(hash: &mut Sha256, kind: u8, text: &str) {
    hash.update([kind]);
    hash.update(text.len().to_le_bytes());
    hash.update(text);
}
