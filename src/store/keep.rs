//! Keeps records within a transaction: loads what they touch, lets `decide` say what changes, writes it.
//!
//! Each statement is for the whole batch, its rows in one JSON parameter: a statement costs a round trip, even to `SQLite`.

use std::collections::{BTreeSet, HashMap};

use serde::Serialize;
use uuid::Uuid;

use super::{
    decide::{Changes, DeliveryLine, Filed, Known, Place, PlanNow, RecordLine, ResourceNow, RowChange, VersionLine, decide},
    driver::{Aside, Columns, Tx, Value},
    failure::StoreError,
    prepare::Prepared,
    rows::{Packed, damaged, id, pack, unpack},
};

/// Submissions that this transaction made, with their keys and agencies: none of their records is kept yet.
pub(super) type Fresh = HashMap<Uuid, (i64, String)>;

/// Keeps records; those kept already are left as they are.
pub(super) async fn keep(tx: &mut Tx, batch: &[(Uuid, &Prepared)], fresh: &Fresh) -> Result<Filed, StoreError> {
    if batch.is_empty() {
        return Ok(Filed::new());
    }
    let mut known = load(tx, batch, fresh).await?;
    let changes = decide(batch, &mut known)?;
    write(tx, &changes, &known).await?;
    Ok(changes.filed(&known))
}

async fn load(tx: &mut Tx, batch: &[(Uuid, &Prepared)], fresh: &Fresh) -> Result<Known, StoreError> {
    let mut known = Known { submissions: fresh.clone(), ..Known::default() };
    let older = batch.iter().filter(|(submission, _)| !fresh.contains_key(submission));
    let numbers: Vec<_> = older.map(|(submission, one)| (submission.to_string(), one.ordinal)).collect();
    if !numbers.is_empty() {
        let found = tx.rows(tx.dialect().state, &[Value::Text(&json(&numbers))], state).await?;
        for (submission, key, agency, kept) in found {
            known.submissions.insert(submission, (key, agency));
            known.kept.extend(kept.map(|ordinal| (key, ordinal)));
        }
    }
    load_plans(tx, batch, &mut known).await?;
    load_resources(tx, batch, &mut known).await?;
    Ok(known)
}

fn state(row: &dyn Columns) -> Result<(Uuid, i64, String, Option<i64>), StoreError> {
    Ok((id(&row.text(0)?)?, row.int(1)?, row.text(2)?, row.maybe_int(3)?))
}

async fn load_plans(tx: &mut Tx, batch: &[(Uuid, &Prepared)], known: &mut Known) -> Result<(), StoreError> {
    let name = |one: &Prepared| one.plan.as_ref().map(|plan| (one.agency.clone(), plan.plan_id.clone()));
    let names: BTreeSet<_> = batch.iter().filter_map(|(_, one)| name(one)).collect();
    if names.is_empty() {
        return Ok(());
    }
    let plans = tx.rows(tx.dialect().plans, &[Value::Text(&json(&names))], plan_now).await?;
    known.plans.extend(plans);
    let accepted: Vec<i64> =
        known.plans.values().filter(|plan| plan.accepted.is_some()).map(|plan| plan.plan_key).collect();
    if accepted.is_empty() {
        return Ok(());
    }
    let mut held: HashMap<i64, Vec<Packed>> =
        tx.rows(tx.dialect().accepted, &[Value::Text(&json(&accepted))], keyed_pack).await?.into_iter().collect();
    for plan in known.plans.values_mut() {
        plan.resources = held.remove(&plan.plan_key).unwrap_or_default();
    }
    Ok(())
}

fn plan_now(row: &dyn Columns) -> Result<((String, String), PlanNow), StoreError> {
    let now = PlanNow {
        plan_key: row.int(0)?,
        newest: row.int(3)?,
        content: row.text(4)?,
        accepted: row.maybe_int(5)?,
        resources: Vec::new(),
    };
    Ok(((row.text(1)?, row.text(2)?), now))
}

fn keyed_pack(row: &dyn Columns) -> Result<(i64, Vec<Packed>), StoreError> {
    Ok((row.int(0)?, unpack(&row.bytes(1)?)?))
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
    let packs = tx.rows(tx.dialect().packs, &[Value::Text(&json(keys))], keyed_pack).await?;
    Ok(packs.into_iter().flat_map(|(key, pack)| pack.into_iter().map(move |one| ((key, one.id), one))).collect())
}

async fn write(tx: &mut Tx, changes: &Changes<'_>, known: &Known) -> Result<(), StoreError> {
    let keys = write_versions(tx, &changes.versions).await?;
    write_resources(tx, known, &keys).await?;
    if !changes.plans.is_empty() {
        tx.change(tx.dialect().advance_plans, &[Value::Text(&json(&changes.plans))]).await?;
    }
    if !changes.records.is_empty() {
        let mut aside = Aside::default();
        let lines: Vec<_> = changes.records.iter().map(|line| record_line(line, &mut aside)).collect();
        tx.change(tx.dialect().records, &[Value::Text(&json(&lines)), aside.value()]).await?;
    }
    write_deliveries(tx, changes).await
}

fn record_line<'l>(line: &RecordLine<'l>, aside: &mut Aside) -> impl Serialize + use<'l> {
    let record = line.record;
    let (start, length) = aside.add(&record.raw);
    let (plan_key, version) = line.filed.unzip();
    (
        line.submission_key,
        record.ordinal,
        record.outcome.as_str(),
        record.received_at,
        plan_key,
        version,
        &*record.start,
        &*record.findings,
        &*record.unread,
        start,
        length,
    )
}

/// Enters plan versions; their keys by plan key and version.
async fn write_versions(tx: &mut Tx, versions: &[VersionLine<'_>]) -> Result<HashMap<(i64, i64), i64>, StoreError> {
    if versions.is_empty() {
        return Ok(HashMap::new());
    }
    let mut aside = Aside::default();
    let mut lines = Vec::with_capacity(versions.len());
    for line in versions {
        let (outcome, at) = (line.record.outcome.as_str(), line.record.received_at);
        let plan = aside.add(line.plan.json.as_bytes());
        let resources = line.resources.as_deref().map(|resources| aside.add(&pack(resources))).unzip();
        lines.push((line.plan_key, line.version, outcome, at, plan.0, plan.1, resources.0, resources.1));
    }
    let read = |row: &dyn Columns| Ok(((row.int(1)?, row.int(2)?), row.int(0)?));
    let keys = tx.rows(tx.dialect().versions, &[Value::Text(&json(&lines)), aside.value()], read).await?;
    Ok(keys.into_iter().collect())
}

async fn write_resources(tx: &mut Tx, known: &Known, keys: &HashMap<(i64, i64), i64>) -> Result<(), StoreError> {
    let changed = known.changed_resources();
    let line = |(id, now): &(Uuid, &ResourceNow)| {
        let key = match now.at {
            Place::Kept(key) => key,
            Place::Here(plan_key, version) => keys[&(plan_key, version)],
        };
        (id.simple().to_string(), key, i64::from(now.shared), i64::from(now.gone))
    };
    let (new, old): (Vec<_>, Vec<_>) = changed.iter().partition(|(_, now)| now.row == RowChange::Made);
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
