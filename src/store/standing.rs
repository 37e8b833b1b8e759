//! A plan as it stands: its newest accepted version with the plan itself and all its resources, found by one of them; and what
//! another version said. For whoever changes a part of it.

use uuid::Uuid;

use super::{
    AgencyScope, Store, StoreError, StoredResource,
    driver::{Columns, Value},
    rows::{Packed, small, unpack},
};

/// The newest accepted version of a plan.
#[derive(Clone, Debug)]
pub struct StandingPlan {
    /// The agency.
    pub agency: String,
    /// The agency's plan id.
    pub plan_id: String,
    /// The version.
    pub version: u32,
    /// The plan model as JSON.
    pub json: String,
    /// Its resources, in the order of saying.
    pub resources: Vec<StoredResource>,
}

impl Store {
    /// The plan that a resource belongs to, or belonged to; none where there never was one that the caller may see.
    pub async fn standing_plan(&self, id: Uuid, scope: &AgencyScope) -> Result<Option<StandingPlan>, StoreError> {
        let values = [Value::Bytes(id.as_bytes()), scope.value()];
        let read = |row: &dyn Columns| -> Result<_, StoreError> {
            Ok(StandingPlan {
                agency: row.text(0)?,
                plan_id: row.text(1)?,
                version: small(row.int(2)?)?,
                json: row.text(3)?,
                resources: stored(&row.bytes(4)?)?,
            })
        };
        self.pool.row(STANDING, &values, read).await
    }

    /// The resources of a version of a plan; none when it was rejected.
    pub async fn said_in(&self, agency: &str, plan_id: &str, version: u32) -> Result<Vec<StoredResource>, StoreError> {
        let values = [Value::Text(agency), Value::Text(plan_id), Value::Int(version.into())];
        let found = self.pool.row(SAID_IN, &values, |row| stored(&row.bytes(0)?)).await?;
        Ok(found.unwrap_or_default())
    }
}

fn stored(pack: &[u8]) -> Result<Vec<StoredResource>, StoreError> {
    unpack(pack)?.into_iter().map(Packed::stored).collect()
}

const STANDING: &str = "select p.agency, p.plan_id, a.version, a.json, a.resources from resource r \
    join plan_version v on v.plan_version_key = r.plan_version_key join plan p on p.plan_key = v.plan_key \
    join plan_version a on a.plan_key = p.plan_key and a.version = p.accepted \
    where r.resource_id = $1 and ($2 is null or p.agency = $2)";

const SAID_IN: &str = "select v.resources from plan_version v join plan p on p.plan_key = v.plan_key \
    where p.agency = $1 and p.plan_id = $2 and v.version = $3 and v.resources is not null";
