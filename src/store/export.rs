//! Bulk exports as rows: begun with a snapshot, claimed with a lease, brought on step by step, removed when their time is over.
//! What they write, and where, is not known here.

use std::time::Duration;

use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    AgencyScope, Store, StoreError, Walk,
    driver::{Columns, Tx, Value},
    keep::json,
    rows::{damaged, id, micros, moment, parsed},
    snapshot::begin_alone,
};

/// Exports of one scope that may be open at once.
const OPEN_AT_ONCE: i64 = 4;

/// How long a record may be on its way from its reception to its commit. Asked for by a `_since` that no export has given.
const LATE_HOURS: i64 = 1;

/// An export to begin.
#[derive(Clone, Debug)]
pub struct NewExport<'n> {
    /// Its id.
    pub id: Uuid,
    /// Whose records.
    pub scope: &'n AgencyScope,
    /// What is asked for, JSON.
    pub asked: String,
    /// Only what changed after this moment.
    pub since: Option<Timestamp>,
    /// How long it is kept.
    pub keep: Duration,
}

/// Where an export stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportState {
    /// It is being written, or waits for it.
    Open,
    /// Its files are whole.
    Done,
    /// It could not be written.
    Failed,
}

impl ExportState {
    const ALL: [Self; 3] = [Self::Open, Self::Done, Self::Failed];

    fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// A file of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportFile {
    /// Its name.
    pub name: String,
    /// The type of the resources in it.
    pub kind: String,
    /// How many bytes of it count.
    pub bytes: u64,
    /// How many resources.
    pub lines: u64,
}

/// An export.
#[derive(Clone, Debug)]
pub struct Export {
    /// Its id.
    pub id: Uuid,
    /// Whose records.
    pub scope: AgencyScope,
    /// What is asked for, JSON.
    pub asked: String,
    /// Where it stands.
    pub state: ExportState,
    /// When its snapshot was taken.
    pub taken_at: Timestamp,
    /// All that is to be walked.
    pub whole: Walk,
    /// Plan versions up to this one are in the files.
    pub written: i64,
    /// Its files.
    pub files: Vec<ExportFile>,
    /// Until when it is kept.
    pub expires_at: Timestamp,
    token: i64,
}

impl Export {
    /// Names the claim by which it is written.
    pub fn claim(&self) -> (Uuid, i64) {
        (self.id, self.token)
    }
}

impl Store {
    /// Begins an export of all that can be seen now. None when too many of the same scope are open.
    pub async fn begin_export(&self, new: &NewExport<'_>) -> Result<Option<Timestamp>, StoreError> {
        let mut tx = begin_alone(&self.pool).await?;
        let open = tx.row(OPEN, &[new.scope.value()], |row| row.int(0)).await?.unwrap_or_default();
        if open >= OPEN_AT_ONCE {
            return Ok(None);
        }
        let now = tx.now().await?;
        let taken_at = now - now.rem_euclid(1000);
        let up_to = tx.row(LAST_VERSION, &[], |row| row.int(0)).await?.unwrap_or_default();
        let (after, received_from) = match new.since {
            Some(since) => after(&mut tx, since).await?,
            None => (0, i64::MIN),
        };
        tx.change(SNAPSHOT, &[Value::Int(taken_at), Value::Int(up_to)]).await?;
        let id = new.id.to_string();
        let keep = i64::try_from(new.keep.as_micros()).unwrap_or(i64::MAX);
        let values = [
            Value::Text(&id),
            new.scope.value(),
            Value::Text(&new.asked),
            Value::Int(taken_at),
            Value::Int(after),
            Value::Int(up_to),
            Value::Int(received_from),
            Value::Int(now.saturating_add(keep)),
        ];
        tx.change(BEGIN, &values).await?;
        tx.commit().await?;
        moment(taken_at).map(Some)
    }

    /// An export within the scope.
    pub async fn export(&self, id: Uuid, scope: &AgencyScope) -> Result<Option<Export>, StoreError> {
        let id = id.to_string();
        self.pool.row(READ, &[Value::Text(&id), scope.value()], export).await
    }

    /// Removes an export within the scope; whether it was there.
    pub async fn remove_export(&self, id: Uuid, scope: &AgencyScope) -> Result<bool, StoreError> {
        let id = id.to_string();
        Ok(self.pool.change(REMOVE, &[Value::Text(&id), scope.value()]).await? == 1)
    }

    /// Claims the oldest open export that nobody is writing.
    pub async fn claim_export(&self, lease: Duration) -> Result<Option<Export>, StoreError> {
        let now = self.pool.now().await?;
        let Some(mut found) = self.pool.row(CLAIMABLE, &[Value::Int(now)], export).await? else { return Ok(None) };
        let id = found.id.to_string();
        let until = Value::Int(now.saturating_add(length(lease)));
        let claimed = self.pool.change(CLAIM, &[Value::Text(&id), Value::Int(found.token), until]).await?;
        found.token += 1;
        Ok(Some(found).filter(|_| claimed == 1))
    }

    /// Says how far an export is, and holds it on. False, and nothing changed, when it was removed or another has claimed it.
    pub async fn advance_export(
        &self,
        (id, token): (Uuid, i64),
        state: ExportState,
        written: i64,
        files: Vec<ExportFile>,
        lease: Duration,
    ) -> Result<bool, StoreError> {
        let (id, files) = (id.to_string(), json(&files));
        let until = self.pool.now().await?.saturating_add(length(lease));
        let values = [
            Value::Text(&id),
            Value::Int(token),
            Value::Text(state.as_str()),
            Value::Int(written),
            Value::Text(&files),
            Value::Int(until),
        ];
        Ok(self.pool.change(ADVANCE, &values).await? == 1)
    }

    /// Exports whose time is over.
    pub async fn expired_exports(&self) -> Result<Vec<Uuid>, StoreError> {
        let now = self.pool.now().await?;
        self.pool.rows(EXPIRED, &[Value::Int(now)], |row| id(&row.text(0)?)).await
    }
}

/// After which plan version, and received from when on, everything is that changed after a moment. A moment that was given as
/// the time of an export is exact; another one goes back to the one before and, by reception, a while more.
async fn after(tx: &mut Tx, since: Timestamp) -> Result<(i64, i64), StoreError> {
    let at = micros(since);
    let before = tx.row(SNAPSHOT_BEFORE, &[Value::Int(at)], |row| Ok((row.int(0)?, row.int(1)?))).await?;
    let late = since.checked_sub(LATE_HOURS.hours()).map_or(i64::MIN, micros);
    Ok(match before {
        Some((taken_at, key)) if taken_at == at => (key, i64::MIN),
        Some((_, key)) => (key, late),
        None => (0, late),
    })
}

fn length(lease: Duration) -> i64 {
    i64::try_from(lease.as_micros()).unwrap_or(i64::MAX)
}

fn export(row: &dyn Columns) -> Result<Export, StoreError> {
    let state = row.text(3)?;
    let (after, received_from) = (row.int(5)?, row.int(7)?);
    Ok(Export {
        id: id(&row.text(0)?)?,
        scope: row.maybe_text(1)?.map_or(AgencyScope::All, AgencyScope::Only),
        asked: row.text(2)?,
        state: ExportState::ALL
            .into_iter()
            .find(|known| known.as_str() == state)
            .ok_or_else(|| damaged("export.state"))?,
        taken_at: moment(row.int(4)?)?,
        whole: Walk { after, up_to: row.int(6)?, received_from, with_gone: after > 0 || received_from > i64::MIN },
        written: row.int(8)?,
        files: parsed("export.files", &row.text(9)?)?,
        token: row.int(10)?,
        expires_at: moment(row.int(11)?)?,
    })
}

const OPEN: &str = "select count(*) from export where state = 'open' and coalesce(agency, '') = coalesce($1, '')";

const LAST_VERSION: &str = "select coalesce(max(plan_version_key), 0) from plan_version";

const SNAPSHOT: &str = "insert into snapshot (taken_at, plan_version_key) values ($1, $2) on conflict do nothing";

const SNAPSHOT_BEFORE: &str =
    "select taken_at, plan_version_key from snapshot where taken_at <= $1 order by taken_at desc limit 1";

const BEGIN: &str = "insert into export (export_id, agency, asked, state, taken_at, after_key, up_to, received_from, written, \
    files, expires_at) values ($1, $2, $3, 'open', $4, $5, $6, $7, $5, '[]', $8)";

const READ: &str = "select export_id, agency, asked, state, taken_at, after_key, up_to, received_from, written, files, token, \
    expires_at from export where export_id = $1 and ($2 is null or agency = $2)";

const REMOVE: &str = "delete from export where export_id = $1 and ($2 is null or agency = $2)";

const CLAIMABLE: &str = "select export_id, agency, asked, state, taken_at, after_key, up_to, received_from, written, files, \
    token, expires_at from export where state = 'open' and (lease_until is null or lease_until <= $1) \
    order by export_key limit 1";

const CLAIM: &str =
    "update export set token = token + 1, lease_until = $3 where export_id = $1 and token = $2 and state = 'open'";

const ADVANCE: &str = "update export set state = $3, written = $4, files = $5, lease_until = $6 \
    where export_id = $1 and token = $2 and state = 'open'";

const EXPIRED: &str = "select export_id from export where expires_at <= $1";
