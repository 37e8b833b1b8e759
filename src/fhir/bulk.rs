//! What HL7's Bulk Data Access says besides resources: the manifest of an export, what was taken out, and the Group that holds
//! everyone of an agency, so that a client which knows nobody can ask for them.

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Ids, found::instant, system::sid};

/// The form of an export's files.
pub const NDJSON: &str = "application/fhir+ndjson";

/// Whether a client asks for this form; a plus sign that was not escaped arrives as a space.
pub fn is_ndjson(form: &str) -> bool {
    matches!(form, NDJSON | "application/fhir ndjson" | "application/ndjson" | "ndjson")
}

/// A file of an export.
#[derive(Clone, Debug)]
pub struct Output {
    /// The type of what is in it.
    pub kind: String,
    /// Where it is.
    pub url: String,
    /// How many lines.
    pub count: u64,
}

/// What an export came to.
#[derive(Debug)]
pub struct Manifest<'m> {
    /// The moment it shows.
    pub taken_at: Timestamp,
    /// The address that was asked.
    pub request: &'m str,
    /// Whether its files want the caller's token.
    pub needs_token: bool,
    /// Resources.
    pub output: Vec<Output>,
    /// Bundles of what was taken out.
    pub deleted: Vec<Output>,
    /// Outcomes.
    pub outcomes: Vec<Output>,
}

impl Manifest<'_> {
    /// As the client reads it.
    pub fn json(&self) -> Value {
        let list = |files: &[Output]| -> Vec<Value> {
            files.iter().map(|file| json!({"type": file.kind, "url": file.url, "count": file.count})).collect()
        };
        json!({
            "transactionTime": instant(self.taken_at),
            "request": self.request,
            "requiresAccessToken": self.needs_token,
            "output": list(&self.output),
            "deleted": list(&self.deleted),
            "error": list(&self.outcomes),
        })
    }
}

/// That a resource was taken out: a Bundle, one a line.
pub fn deletion(kind: &str, id: Uuid) -> Value {
    let request = json!({"method": "DELETE", "url": format!("{kind}/{id}")});
    json!({"resourceType": "Bundle", "type": "transaction", "entry": [{"request": request}]})
}

/// The id of the Group of an agency.
pub fn group_id(ids: &Ids, agency: &str) -> Uuid {
    ids.of("Group", agency, &[])
}

/// The Group of an agency. It names no members: an export of it does.
pub fn group(ids: &Ids, agency: &str) -> Value {
    json!({
        "resourceType": "Group",
        "id": group_id(ids, agency),
        "identifier": [{"system": sid::AGENCY_CODE, "value": agency}],
        "active": true,
        "type": "person",
        "actual": true,
        "name": "Everyone with a plan of this agency",
    })
}
