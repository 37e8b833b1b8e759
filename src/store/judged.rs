//! What was judged, read back so that rules can look at it again: the plans of a submission's records, and their verdicts.

use uuid::Uuid;

use super::{
    KeptFinding, Store, StoreError,
    driver::Value,
    rows::{column, count},
};
use crate::rules::{Finding, Outcome, Verdict, catalogue};

/// A verdict as kept, without its messages, as far as its rules are still in the catalogue.
pub fn verdict(findings: &[KeptFinding]) -> Verdict {
    let finding = |kept: &KeptFinding| {
        Some(Finding {
            rule: catalogue::rule(&kept.rule)?.id,
            severity: kept.severity,
            pointer: kept.pointer.clone(),
            message: String::new(),
            diagnostics: kept.diagnostics.clone(),
        })
    };
    Verdict { findings: findings.iter().filter_map(finding).collect() }
}

impl Store {
    /// The plans, as JSON, of a submission's records between two ordinals, both included; a record that made no version of a
    /// plan has none. Whether the caller may see the submission, `receipt` says.
    pub async fn plans_of(
        &self,
        id: Uuid,
        (first, last): (u64, u64),
        only: Option<Outcome>,
    ) -> Result<Vec<(u64, String)>, StoreError> {
        let name = id.to_string();
        let values = [
            Value::Text(&name),
            Value::Int(column(first)),
            Value::Int(column(last)),
            Value::MaybeText(only.map(Outcome::as_str)),
        ];
        self.pool.rows(PLANS_OF, &values, |row| Ok((count(row.int(0)?)?, row.text(1)?))).await
    }
}

const PLANS_OF: &str = "select r.ordinal, v.json from record r join submission s on s.submission_key = r.submission_key \
    join plan_version v on v.plan_key = r.plan_key and v.version = r.version where s.submission_id = $1 \
    and r.ordinal >= $2 and r.ordinal <= $3 and ($4 is null or r.outcome = $4) order by r.ordinal";
