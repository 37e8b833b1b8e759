//! Which version of which record each kept version of a plan is: two hashes beside it, by which a record that came again under
//! the same version with other content is known.

use super::{Store, StoreError, driver::Columns, keep::json, prepare::hex, rows::damaged};
use crate::rules::edition::{Edition, Hash};

/// The versions of records asked for, each with the id of its plan, as a list; nothing where there is none to ask for.
pub(super) fn looked_for(asked: &[(&str, &Edition)]) -> Option<String> {
    // PostgreSQL's JSON takes no such sign, nor its text: no plan of such an id is kept there.
    let asked = asked.iter().filter(|(plan_id, _)| !plan_id.contains('\0'));
    let list: Vec<_> = asked.map(|(plan_id, edition)| (*plan_id, hex(&edition.version))).collect();
    (!list.is_empty()).then(|| json(&list))
}

impl Store {
    /// What is kept of these versions of records, each asked for with the id of its plan. A version that never came has none;
    /// one that came with several contents has several.
    pub async fn editions(&self, agency: &str, asked: &[(&str, &Edition)]) -> Result<Vec<Edition>, StoreError> {
        Ok(self.beside(agency, &[], asked).await?.editions)
    }
}

pub(super) fn kept(row: &dyn Columns) -> Result<Edition, StoreError> {
    let hash = |at: usize| Hash::try_from(row.bytes(at)?).map_err(|_| damaged("plan_version.edition"));
    Ok(Edition { version: hash(0)?, content: hash(1)? })
}
