//! Submissions: beginning one (the same bytes are one), its preamble, its end and its receipt.

use std::collections::HashMap;

use uuid::Uuid;

use super::{
    AgencyScope, Begun, NewSubmission, Receipt, Store, StoreError, SubmissionState,
    driver::{Columns, Tx, Value},
    rows::{column, count, damaged, micros, receipt},
};
use crate::rules::Outcome;

/// Makes the submission, or finds the one of the same bytes.
pub(super) async fn begin(tx: &mut Tx, new: &NewSubmission) -> Result<Begun, StoreError> {
    let id = Uuid::now_v7();
    let name = id.to_string();
    let values = [
        Value::Text(&name),
        Value::Text(&new.agency),
        Value::Text(&new.mapping),
        Value::Text(&new.mapping_version),
        Value::Text(&new.policy),
        Value::Text(&new.sha256),
        Value::Int(column(new.size)),
        Value::Text(&new.caller),
        Value::Text(&new.file),
        Value::Int(micros(new.received_at)),
    ];
    if tx.change(BEGIN, &values).await? == 1 {
        return Ok(Begun::New(id));
    }
    let found = tx.row(SAME, &[values[1], values[5], values[2], values[3], values[4]], receipt).await?;
    let found = found.ok_or_else(|| damaged("submission"))?;
    if found.state == SubmissionState::Complete {
        return Ok(Begun::AlreadyReceived(found));
    }
    let kept = tx.row(KEPT_WITHOUT_GAP, &[Value::Text(&found.id.to_string())], |row| row.maybe_int(0)).await?;
    Ok(Begun::GoesOn { id: found.id, kept: count(kept.flatten().unwrap_or(0))? })
}

const BEGIN: &str = "insert into submission (submission_id, agency, mapping, mapping_version, policy, sha256, size, caller, file, \
    received_at, state) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'receiving') \
    on conflict (agency, sha256, mapping, mapping_version, policy) do nothing";

const SAME: &str = "select submission_id, agency, mapping, policy, file, sha256, received_at, state, records, accepted, warned, \
    rejected from submission where agency = $1 and sha256 = $2 and mapping = $3 and mapping_version = $4 and policy = $5";

/// The first record that has no next one, if the first of all is there.
const KEPT_WITHOUT_GAP: &str = "select min(r.ordinal) from record r join submission s on s.submission_key = r.submission_key \
    where s.submission_id = $1 \
    and exists (select 1 from record f where f.submission_key = s.submission_key and f.ordinal = 1) \
    and not exists (select 1 from record n where n.submission_key = r.submission_key and n.ordinal = r.ordinal + 1)";

pub(super) async fn preamble(tx: &mut Tx, id: Uuid, bytes: &[u8]) -> Result<(), StoreError> {
    let changed = tx.change(PREAMBLE, &[Value::Text(&id.to_string()), Value::Bytes(bytes)]).await?;
    if changed == 1 { Ok(()) } else { Err(no_such_submission()) }
}

const PREAMBLE: &str = "update submission set preamble = $2 where submission_id = $1";

/// Counts the records and closes the submission; closing a closed one only answers its receipt.
pub(super) async fn finish(tx: &mut Tx, id: Uuid) -> Result<Receipt, StoreError> {
    let name = id.to_string();
    let mut found = tx
        .row(RECEIPT, &[Value::Text(&name), Value::MaybeText(None)], receipt)
        .await?
        .ok_or_else(no_such_submission)?;
    if found.state == SubmissionState::Complete {
        return Ok(found);
    }
    let counts = tx.rows(COUNTS, &[Value::Text(&name)], outcome_count).await?;
    add_counts(&mut found, counts)?;
    let values = [
        Value::Text(&name),
        Value::Int(column(found.records)),
        Value::Int(column(found.accepted)),
        Value::Int(column(found.warned)),
        Value::Int(column(found.rejected)),
    ];
    tx.change(FINISH, &values).await?;
    found.state = SubmissionState::Complete;
    Ok(found)
}

const RECEIPT: &str = "select submission_id, agency, mapping, policy, file, sha256, received_at, state, records, accepted, warned, \
    rejected from submission where submission_id = $1 and ($2 is null or agency = $2)";

const COUNTS: &str = "select r.outcome, count(*) from record r join submission s on s.submission_key = r.submission_key \
    where s.submission_id = $1 group by r.outcome";

const FINISH: &str = "update submission set state = 'complete', records = $2, accepted = $3, warned = $4, rejected = $5 \
    where submission_id = $1";

fn outcome_count(row: &dyn Columns) -> Result<(String, i64), StoreError> {
    Ok((row.text(0)?, row.int(1)?))
}

fn add_counts(receipt: &mut Receipt, counts: Vec<(String, i64)>) -> Result<(), StoreError> {
    let counts: HashMap<String, i64> = counts.into_iter().collect();
    let of = |outcome: Outcome| count(counts.get(outcome.as_str()).copied().unwrap_or(0));
    receipt.accepted = of(Outcome::Accepted)?;
    receipt.warned = of(Outcome::AcceptedWithWarnings)?;
    receipt.rejected = of(Outcome::Rejected)?;
    receipt.records = receipt.accepted + receipt.warned + receipt.rejected;
    Ok(())
}

fn no_such_submission() -> StoreError {
    StoreError::Refused { code: "no such submission".to_owned() }
}

impl Store {
    /// A submission's receipt, with the counts so far while it is being received.
    pub async fn receipt(&self, id: Uuid, scope: &AgencyScope) -> Result<Option<Receipt>, StoreError> {
        let name = id.to_string();
        let Some(mut found) = self.pool.row(RECEIPT, &[Value::Text(&name), scope.value()], receipt).await? else {
            return Ok(None);
        };
        if found.state == SubmissionState::Receiving {
            add_counts(&mut found, self.pool.rows(COUNTS, &[Value::Text(&name)], outcome_count).await?)?;
        }
        Ok(Some(found))
    }
}
