//! Keeps records within a transaction: loads what they touch, lets `decide` say what changes, writes it.
//!
//! Each statement is for the whole batch, its rows in one JSON parameter, and several share a trip where they can: a trip to
//! `SQLite`'s own thread costs more than what most of them do there.

use std::collections::{BTreeSet, HashMap};

use serde::Serialize;
use uuid::Uuid;

use super::{
    RetryPolicy,
    decide::{
        Before, Changes, DeliveryLine, Filed, Known, Place, PlanNow, RecordLine, ResourceNow, RowChange, VersionLine,
        decide,
    },
    driver::{Aside, Columns, Statement, Tx, Value},
    failure::StoreError,
    prepare::{Prepared, hex},
    rows::{damaged, id, pack, small, unpack},
    wording::Lists,
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
    let plans = || batch.iter().filter_map(|(_, one)| Some((&*one.agency, one.plan.as_ref()?)));
    let names: BTreeSet<_> = plans().map(|(agency, plan)| (agency, &*plan.plan_id)).collect();
    let ids: BTreeSet<Uuid> = plans().flat_map(|(_, plan)| &plan.resources).map(|one| one.id).collect();
    let (numbers, names, ids) =
        (list_unless_empty(&numbers), list_unless_empty(&names), list_unless_empty(&ids_of(ids.iter())));
    let dialect = tx.dialect();
    let wanted = [(Loads::State, dialect.state, numbers), (Loads::Plans, dialect.plans, names)];
    let wanted = wanted.into_iter().chain([(Loads::Resources, dialect.resources, ids)]);
    let wanted = wanted.filter_map(|(what, sql, list)| Some((what, sql, Some(list?))));
    let wanted: Vec<_> = wanted.chain([(Loads::Newest, NEWEST, None)]).collect();
    load_all(tx, &wanted, &mut known).await?;
    known.kept_at = known.kept_at.max(tx.now().await?);
    load_accepted(tx, &mut known).await?;
    Ok(known)
}

/// What the plans' accepted versions hold, and where what is not said any more stands.
async fn load_accepted(tx: &mut Tx, known: &mut Known) -> Result<(), StoreError> {
    let accepted: Vec<i64> =
        known.plans.values().filter(|plan| plan.accepted.is_some()).map(|plan| plan.plan_key).collect();
    if accepted.is_empty() {
        return Ok(());
    }
    let mut held: HashMap<i64, Vec<Uuid>> =
        tx.rows(tx.dialect().accepted, &[Value::Text(&json(&accepted))], keyed_ids).await?.into_iter().collect();
    for plan in known.plans.values_mut() {
        plan.resources = held.remove(&plan.plan_key).unwrap_or_default();
    }
    let held = known.plans.values().flat_map(|plan| &plan.resources);
    let missing: BTreeSet<&Uuid> = held.filter(|id| !known.resources.contains_key(id)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let ids = json(&ids_of(missing));
    let wanted = (Loads::Resources, tx.dialect().resources, Some(ids));
    load_all(tx, &[wanted], known).await
}

fn ids_of<'u>(ids: impl IntoIterator<Item = &'u Uuid>) -> Vec<uuid::fmt::Simple> {
    ids.into_iter().map(|id| id.simple()).collect()
}

fn list_unless_empty<L>(list: &L) -> Option<String>
where
    L: Serialize,
    for<'l> &'l L: IntoIterator,
{
    list.into_iter().next().is_some().then(|| json(list))
}

/// What a statement loads.
#[derive(Clone, Copy)]
enum Loads {
    State,
    Plans,
    Resources,
    /// The moment of the last batch.
    Newest,
}

pub(super) const NEWEST: &str =
    "select kept_at from plan_version where resources is not null order by kept_at desc, plan_version_key desc limit 1";

type Wanted = (Loads, &'static str, Option<String>);

async fn load_all(tx: &mut Tx, wanted: &[Wanted], known: &mut Known) -> Result<(), StoreError> {
    let mut statements: Vec<Statement<'_>> = Vec::with_capacity(wanted.len());
    for (_, sql, list) in wanted {
        statements.push((*sql, list.iter().map(|list| Value::Text(list)).collect()));
    }
    let mut read = |at: usize, row: &dyn Columns| -> Result<(), StoreError> {
        match wanted[at].0 {
            Loads::State => {
                let (submission, key, agency) = (id(&row.text(0)?)?, row.int(1)?, row.text(2)?);
                known.submissions.insert(submission, (key, agency));
                known.kept.extend(row.maybe_int(3)?.map(|ordinal| (key, ordinal)));
            }
            Loads::Plans => known.plans.extend([plan_now(row)?]),
            Loads::Resources => known.resources.extend([resource_now(row)?]),
            Loads::Newest => known.kept_at = row.int(0)?,
        }
        Ok(())
    };
    tx.several(&statements, &mut read).await
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

fn keyed_ids(row: &dyn Columns) -> Result<(i64, Vec<Uuid>), StoreError> {
    Ok((row.int(0)?, unpack(&row.bytes(1)?)?.into_iter().map(|one| one.id).collect()))
}

fn resource_now(row: &dyn Columns) -> Result<(Uuid, ResourceNow), StoreError> {
    let id = Uuid::from_slice(&row.bytes(0)?).map_err(|_| damaged("resource.resource_id"))?;
    let now = ResourceNow {
        at: Place::Kept(row.int(1)?),
        plan_key: row.int(2)?,
        shared: row.int(3)? != 0,
        gone: row.int(4)? != 0,
        version: small(row.int(5)?)?,
        updated_at: row.int(6)?,
        digest: row.bytes(7)?.try_into().map_err(|_| damaged("resource.digest"))?,
        kind: "",
        row: RowChange::Stays,
    };
    Ok((id, now))
}

async fn write(tx: &mut Tx, changes: &Changes<'_>, known: &Known) -> Result<(), StoreError> {
    let dialect = tx.dialect();
    let mut aside = Aside::default();
    let versions: Vec<_> = changes.versions.iter().map(|line| version_line(line, &mut aside)).collect();
    let records: Vec<_> = changes.records.iter().map(|line| record_line(line, &mut aside)).collect();
    let (made, moved): (Vec<_>, Vec<_>) =
        known.changed_resources().into_iter().partition(|(_, now)| now.row == RowChange::Made);
    let resources =
        |list: &[(Uuid, &ResourceNow)]| list_unless_empty(&list.iter().map(resource_line).collect::<Vec<_>>());
    let (made, moved) = (resources(&made), resources(&moved));
    let (versions, records) = (list_unless_empty(&versions), list_unless_empty(&records));
    let before = list_unless_empty(&changes.before.iter().map(before_line).collect::<Vec<_>>());
    let plans = list_unless_empty(&changes.plans);
    let mut statements: Vec<Statement<'_>> = Vec::with_capacity(6);
    let lists = [
        (dialect.versions, &versions, Some(aside.value())),
        (dialect.make_resources, &made, None),
        (dialect.point_resources, &moved, None),
        (dialect.resources_before, &before, None),
        (dialect.advance_plans, &plans, None),
        (dialect.records, &records, Some(aside.value())),
    ];
    for (sql, list, bytes) in lists {
        statements.extend(list.as_deref().map(|list| (sql, [Value::Text(list)].into_iter().chain(bytes).collect())));
    }
    let wordings = Lists::of(changes);
    statements.extend(wordings.statements(dialect));
    tx.several(&statements, &mut |_, _| Ok(())).await?;
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

fn version_line<'l>(line: &VersionLine<'l>, aside: &mut Aside) -> impl Serialize + use<'l> {
    let (outcome, at) = (line.record.outcome.as_str(), line.record.received_at);
    let plan = aside.add(line.plan.json.as_bytes());
    let resources = line.resources.as_deref().map(|resources| aside.add(&pack(resources))).unzip();
    let edition = line.plan.edition.as_ref().map(|(version, content)| (&**version, &**content)).unzip();
    (
        line.plan_key,
        line.version,
        outcome,
        at,
        plan.0,
        plan.1,
        resources.0,
        resources.1,
        edition.0,
        edition.1,
        line.kept_at,
    )
}

fn resource_line((id, now): &(Uuid, &ResourceNow)) -> impl Serialize + use<> {
    let (key, plan_key, version) = place_columns(now.at);
    let (shared, gone) = (i64::from(now.shared), i64::from(now.gone));
    (id.simple(), key, plan_key, version, shared, gone, now.version, now.updated_at, hex(&now.digest), now.kind)
}

fn before_line(one: &Before) -> impl Serialize + use<> {
    let (key, plan_key, version) = place_columns(one.at);
    (one.id.simple(), key, plan_key, version, one.version, i64::from(one.gone), one.updated_at)
}

/// A plan version by its key or, made by this batch, by its plan and number.
fn place_columns(place: Place) -> (Option<i64>, Option<i64>, Option<i64>) {
    match place {
        Place::Kept(key) => (Some(key), None, None),
        Place::Here(plan_key, version) => (None, Some(plan_key), Some(version)),
    }
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
        let [most, first, longest] = RetryPolicy::columns(one.to.retry);
        let connection = &one.to.connection;
        json(&(connection, one.agency, one.person_id, one.plan_key, one.version, one.state, most, first, longest))
    };
    let lines: Vec<String> = changes.deliveries.iter().map(line).collect();
    let lines = format!("[{}]", lines.join(","));
    tx.change(tx.dialect().deliver, &[Value::Text(&lines), Value::Int(now)]).await?;
    Ok(())
}

pub(super) fn json(list: &impl Serialize) -> String {
    serde_json::to_string(list).expect("the plain lists above made sure that they can be said as JSON")
}
