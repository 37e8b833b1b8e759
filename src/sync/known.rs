//! What is known of our resources at a server: the ids that they have there, and the versions. Pure.

use std::collections::HashMap;

use uuid::Uuid;

use super::bundle::Part;

/// The types and ids that the server knows resources by, by our own id.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    ids: HashMap<Uuid, (String, String)>,
    /// The version of a resource there that we know, where it is written to in that one only.
    tags: HashMap<Uuid, String>,
}

impl Known {
    /// The server's id of a resource of ours.
    pub(super) fn get(&self, id: Uuid) -> Option<&str> {
        self.ids.get(&id).map(|(_, remote_id)| remote_id.as_str())
    }

    /// Notes the server's id.
    pub(super) fn note(&mut self, kind: &str, id: Uuid, remote_id: &str) {
        self.ids.insert(id, (kind.to_owned(), remote_id.to_owned()));
    }

    /// The version of a resource there that we know, as the server told it.
    pub(super) fn tag(&self, id: Uuid) -> Option<&str> {
        self.tags.get(&id).map(String::as_str)
    }

    /// Whether one of the parts is to be written in a known version only.
    pub(super) fn is_guarded(&self, parts: &[&Part]) -> bool {
        parts.iter().any(|part| self.tags.contains_key(&part.id()))
    }

    /// Notes the version, or that it is not known any more.
    pub(super) fn note_tag(&mut self, id: Uuid, tag: Option<String>) {
        if let Some(tag) = tag {
            self.tags.insert(id, tag)
        } else {
            self.tags.remove(&id)
        };
    }

    /// A reference of ours with the server's id, when it is known.
    pub(super) fn resolve(&self, reference: &str) -> Option<String> {
        let (kind, remote_id) = self.ids.get(&our_id(reference)?)?;
        Some(format!("{kind}/{remote_id}"))
    }
}

/// The id in `Type/id` or `urn:uuid:id`.
pub(super) fn our_id(reference: &str) -> Option<Uuid> {
    let id = reference.strip_prefix("urn:uuid:").or_else(|| reference.split_once('/').map(|(_, id)| id))?;
    Uuid::parse_str(id).ok()
}
