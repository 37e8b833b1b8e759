//! Keeps records within a transaction: loads what they touch, lets `decide` say what changes, writes it.
//!
//! Small rows go in one statement for the whole batch; records and plan versions, which are large, one statement each.

use std::collections::{BTreeSet, HashMap, hash_map::Entry};

use serde::Serialize;
use uuid::Uuid;

use super::{
    decide::{Changes, DeliveryLine, Known, Place, PlanNow, ResourceNow, VersionLine, decide},
    driver::{Columns, Tx, Value},
    failure::StoreError,
    prepare::Prepared,
    rows::{Packed, damaged, pack, unpack},
};

/// Keeps records; those kept already are left as they are.
pub(super) async fn keep(tx: &mut Tx, batch: &[(Uuid, &Prepared)]) -> Result<(), StoreError> {
    if batch.is_empty() {
        return Ok(());
    }
    let mut known = load(tx, batch).await?;
    let changes = decide(batch, &mut known)?;
    write(tx, &changes, &known).await
}

async fn load(tx: &mut Tx, batch: &[(Uuid, &Prepared)]) -> Result<Known, StoreError> {
    let mut known = Known::default();
    for (submission, _) in batch {
        if let Entry::Vacant(free) = known.submissions.entry(*submission) {
            let name = submission.to_string();
            let found = tx.row(SUBMISSION, &[Value::Text(&name)], |row| Ok((row.int(0)?, row.text(1)?))).await?;
            free.insert(found.ok_or_else(|| StoreError::Refused { code: "no such submission".to_owned() })?);
        }
    }
    let numbers: Vec<_> =
        batch.iter().map(|(submission, one)| (known.submissions[submission].0, one.ordinal)).collect();
    let kept =
        tx.rows(tx.dialect().kept, &[Value::Text(&json(&numbers))], |row| Ok((row.int(0)?, row.int(1)?))).await?;
    known.kept.extend(kept);
    load_plans(tx, batch, &mut known).await?;
    load_resources(tx, batch, &mut known).await?;
    Ok(known)
}

const SUBMISSION: &str = "select submission_key, agency from submission where submission_id = $1";

async fn load_plans(tx: &mut Tx, batch: &[(Uuid, &Prepared)], known: &mut Known) -> Result<(), StoreError> {
    let name = |one: &Prepared| one.plan.as_ref().map(|plan| (one.agency.clone(), plan.plan_id.clone()));
    let names: BTreeSet<_> = batch.iter().filter_map(|(_, one)| name(one)).collect();
    if names.is_empty() {
        return Ok(());
    }
    let names = json(&names);
    tx.change(tx.dialect().make_plans, &[Value::Text(&names)]).await?;
    let plans = tx.rows(tx.dialect().plans, &[Value::Text(&names)], plan_now).await?;
    known.plans.extend(plans);
    Ok(())
}

fn plan_now(row: &dyn Columns) -> Result<((String, String), PlanNow), StoreError> {
    let resources = row.maybe_text(6)?.map(|pack| unpack(&pack)).transpose()?.unwrap_or_default();
    let now = PlanNow {
        plan_key: row.int(0)?,
        newest: row.int(3)?,
        content: row.text(4)?,
        accepted: row.maybe_int(5)?,
        resources,
    };
    Ok(((row.text(1)?, row.text(2)?), now))
}

struct Row {
    id: Uuid,
    plan_version_key: i64,
    plan_key: i64,
    shared: bool,
    gone: bool,
}

fn resource_row(row: &dyn Columns) -> Result<Row, StoreError> {
    Ok(Row {
        id: Uuid::from_slice(&row.bytes(0)?).map_err(|_| damaged("resource.resource_id"))?,
        plan_version_key: row.int(1)?,
        plan_key: row.int(2)?,
        shared: row.int(3)? != 0,
        gone: row.int(4)? != 0,
    })
}

async fn load_resources(tx: &mut Tx, batch: &[(Uuid, &Prepared)], known: &mut Known) -> Result<(), StoreError> {
    let new =
        batch.iter().filter_map(|(_, one)| one.plan.as_ref()).flat_map(|plan| &plan.resources).map(|(_, id, _)| *id);
    let held = known.plans.values().flat_map(|plan| &plan.resources).map(|one| one.id);
    let ids: BTreeSet<String> = new.chain(held).map(|id| id.simple().to_string()).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let rows = tx.rows(tx.dialect().resources, &[Value::Text(&json(&ids))], resource_row).await?;
    let own: HashMap<(i64, Uuid), &Packed> =
        known.plans.values().flat_map(|plan| plan.resources.iter().map(|one| ((plan.plan_key, one.id), one))).collect();
    // What a plan alone names stands in its newest accepted version; only for the rest another pack must be read.
    let own_content = |row: &Row| own.get(&(row.plan_key, row.id)).filter(|_| !row.shared && !row.gone);
    let elsewhere: BTreeSet<i64> =
        rows.iter().filter(|row| own_content(row).is_none()).map(|row| row.plan_version_key).collect();
    let packs = packs(tx, &elsewhere).await?;
    let mut found = HashMap::with_capacity(rows.len());
    for row in &rows {
        let content = match own_content(row) {
            Some(content) => (*content).clone(),
            None => packs.get(&(row.plan_version_key, row.id)).cloned().ok_or_else(|| damaged("resource"))?,
        };
        let now = ResourceNow::loaded(row.plan_version_key, row.plan_key, row.shared, row.gone, content);
        found.insert(row.id, now);
    }
    known.resources = found;
    Ok(())
}

async fn packs(tx: &mut Tx, keys: &BTreeSet<i64>) -> Result<HashMap<(i64, Uuid), Packed>, StoreError> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let read = |row: &dyn Columns| Ok((row.int(0)?, unpack(&row.text(1)?)?));
    let packs = tx.rows(tx.dialect().packs, &[Value::Text(&json(keys))], read).await?;
    Ok(packs.into_iter().flat_map(|(key, pack)| pack.into_iter().map(move |one| ((key, one.id), one))).collect())
}

async fn write(tx: &mut Tx, changes: &Changes<'_>, known: &Known) -> Result<(), StoreError> {
    let mut keys = HashMap::with_capacity(changes.versions.len());
    for line in &changes.versions {
        keys.insert((line.plan_key, line.version), write_version(tx, line).await?);
    }
    write_resources(tx, known, &keys).await?;
    if !changes.plans.is_empty() {
        tx.change(tx.dialect().advance_plans, &[Value::Text(&json(&changes.plans))]).await?;
    }
    for line in &changes.records {
        let record = line.record;
        let values = [
            Value::Int(line.submission_key),
            Value::Int(record.ordinal),
            Value::Text(record.outcome.as_str()),
            Value::Int(record.received_at),
            Value::MaybeInt(line.filed.map(|(plan_key, _)| plan_key)),
            Value::MaybeInt(line.filed.map(|(_, version)| version)),
            Value::Text(&record.start),
            Value::Text(&record.findings),
            Value::Text(&record.unread),
            Value::Bytes(&record.raw),
        ];
        tx.change(RECORD, &values).await?;
    }
    write_deliveries(tx, changes).await
}

const RECORD: &str = "insert into record (submission_key, ordinal, outcome, received_at, plan_key, version, start, findings, \
    unread, raw) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

async fn write_version(tx: &mut Tx, line: &VersionLine<'_>) -> Result<i64, StoreError> {
    let resources = line.resources.as_deref().map(pack).transpose()?;
    let values = [
        Value::Int(line.plan_key),
        Value::Int(line.version),
        Value::Text(line.record.outcome.as_str()),
        Value::Int(line.record.received_at),
        Value::Text(&line.plan.json),
        Value::MaybeText(resources.as_deref()),
    ];
    let key = tx.row(VERSION, &values, |row| row.int(0)).await?;
    key.ok_or_else(|| damaged("plan_version"))
}

const VERSION: &str = "insert into plan_version (plan_key, version, outcome, received_at, json, resources) \
    values ($1, $2, $3, $4, $5, $6) returning plan_version_key";

async fn write_resources(tx: &mut Tx, known: &Known, keys: &HashMap<(i64, i64), i64>) -> Result<(), StoreError> {
    let changed = known.changed_resources();
    let line = |(id, now): &(Uuid, &ResourceNow)| {
        let key = match now.at {
            Place::Kept(key) => key,
            Place::Here(plan_key, version) => keys[&(plan_key, version)],
        };
        (id.simple().to_string(), key, i64::from(now.shared), i64::from(now.gone))
    };
    let (new, old): (Vec<_>, Vec<_>) = changed.iter().partition(|(_, now)| now.is_new);
    for (lines, sql) in [(new, tx.dialect().make_resources), (old, tx.dialect().point_resources)] {
        if !lines.is_empty() {
            let lines: Vec<_> = lines.into_iter().map(line).collect();
            tx.change(sql, &[Value::Text(&json(&lines))]).await?;
        }
    }
    Ok(())
}

async fn write_deliveries(tx: &mut Tx, changes: &Changes<'_>) -> Result<(), StoreError> {
    if changes.deliveries.is_empty() {
        return Ok(());
    }
    let now = tx.now().await?;
    if changes
        .overtaken
        .iter()
        .any(|(plan_key, _)| changes.plans.iter().any(|(key, newest, ..)| key == plan_key && *newest > 1))
    {
        tx.change(tx.dialect().supersede, &[Value::Text(&json(&changes.overtaken)), Value::Int(now)]).await?;
    }
    let line = |one: &DeliveryLine<'_>| {
        json(&(one.connection, one.agency, one.person_id, one.plan_key, one.version, one.state))
    };
    let lines: Vec<String> = changes.deliveries.iter().map(line).collect();
    let lines = format!("[{}]", lines.join(","));
    tx.change(tx.dialect().deliver, &[Value::Text(&lines), Value::Int(now)]).await?;
    Ok(())
}

pub(super) fn json(list: &impl Serialize) -> String {
    serde_json::to_string(list).expect("the plain lists above made sure that they can be said as JSON")
}
