//! Reads back what was kept: records, raw bytes, plan versions, and what a report counts. An agency's scope is part
//! of the statement, so that no caller can forget it.

use jiff::Timestamp;
use uuid::Uuid;

use super::{
    AgencyScope, PlanVersion, RecordRow, Store, StoreError,
    driver::Value,
    rows::{column, count, micros, plan_version, record},
};
use crate::rules::Outcome;

impl AgencyScope {
    pub(super) fn value(&self) -> Value<'_> {
        Value::MaybeText(match self {
            Self::All => None,
            Self::Only(agency) => Some(agency),
        })
    }
}

impl Store {
    /// A submission's records after an ordinal, in order. Whether the caller may see the submission, `receipt` says.
    pub async fn records(
        &self,
        id: Uuid,
        after_ordinal: u64,
        limit: u32,
        only: Option<Outcome>,
    ) -> Result<Vec<RecordRow>, StoreError> {
        let name = id.to_string();
        let values = [
            Value::Text(&name),
            Value::Int(column(after_ordinal)),
            Value::Int(limit.into()),
            Value::MaybeText(only.map(Outcome::as_str)),
        ];
        self.pool.rows(RECORDS, &values, record).await
    }

    /// A record's bytes as received.
    pub async fn raw(&self, id: Uuid, ordinal: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let name = id.to_string();
        self.pool.row(RAW, &[Value::Text(&name), Value::Int(column(ordinal))], |row| row.bytes(0)).await
    }

    /// Every version of a plan, oldest first, with the findings of the record that made it.
    pub async fn plan_versions(&self, agency: &str, plan_id: &str) -> Result<Vec<PlanVersion>, StoreError> {
        self.pool.rows(PLAN_VERSIONS, &[Value::Text(agency), Value::Text(plan_id)], plan_version).await
    }

    /// For each plan the newest record received from `from` on and before `to`: the version it made or restated, with that
    /// record's outcome and findings. In byte order of agency and plan id; the next page starts after the last pair.
    pub async fn latest_plans(
        &self,
        from: Timestamp,
        to: Timestamp,
        scope: &AgencyScope,
        after: Option<(String, String)>,
        limit: u32,
    ) -> Result<Vec<PlanVersion>, StoreError> {
        let start = match scope {
            AgencyScope::All => (String::new(), String::new()),
            AgencyScope::Only(agency) => (agency.clone(), String::new()),
        };
        let (agency, plan_id) = after.map_or(start.clone(), |after| after.max(start));
        let values = [
            Value::Int(micros(from)),
            Value::Int(micros(to)),
            scope.value(),
            Value::Text(&agency),
            Value::Text(&plan_id),
            Value::Int(limit.into()),
        ];
        self.pool.rows(LATEST_PLANS, &values, plan_version).await
    }

    /// How many records of each agency, received from `from` on and before `to`, could not be filed under a plan.
    pub async fn unfiled(
        &self,
        from: Timestamp,
        to: Timestamp,
        scope: &AgencyScope,
    ) -> Result<Vec<(String, u64)>, StoreError> {
        let values = [Value::Int(micros(from)), Value::Int(micros(to)), scope.value()];
        self.pool.rows(UNFILED, &values, |row| Ok((row.text(0)?, count(row.int(1)?)?))).await
    }
}

const RECORDS: &str = "select r.ordinal, p.plan_id, r.version, p.newest, r.start, r.outcome, r.findings, r.unread \
    from record r join submission s on s.submission_key = r.submission_key left join plan p on p.plan_key = r.plan_key \
    where s.submission_id = $1 and r.ordinal > $2 and ($4 is null or r.outcome = $4) order by r.ordinal limit $3";

const RAW: &str = "select r.raw from record r join submission s on s.submission_key = r.submission_key \
    where s.submission_id = $1 and r.ordinal = $2";

const PLAN_VERSIONS: &str = "select p.agency, p.plan_id, v.version, v.outcome, v.json, r.findings, v.received_at \
    from plan p join plan_version v on v.plan_key = p.plan_key join record r on r.record_key = \
    (select min(f.record_key) from record f where f.plan_key = v.plan_key and f.version = v.version) \
    where p.agency = $1 and p.plan_id = $2 order by v.version";

const LATEST_PLANS: &str = "select p.agency, p.plan_id, v.version, r.outcome, v.json, r.findings, r.received_at \
    from plan p join record r on r.record_key = (select n.record_key from record n \
    where n.plan_key = p.plan_key and n.received_at >= $1 and n.received_at < $2 \
    order by n.received_at desc, n.record_key desc limit 1) \
    join plan_version v on v.plan_key = r.plan_key and v.version = r.version \
    where (p.agency, p.plan_id) > ($4, $5) and ($3 is null or p.agency = $3) order by p.agency, p.plan_id limit $6";

const UNFILED: &str = "select s.agency, count(*) from record r join submission s on s.submission_key = r.submission_key \
    where r.plan_key is null and r.received_at >= $1 and r.received_at < $2 and ($3 is null or s.agency = $3) \
    group by s.agency order by s.agency";
