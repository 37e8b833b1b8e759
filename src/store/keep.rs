//! Keeps records within a transaction: loads what they touch, lets `decide` say what changes, writes it.
//!
//! Each statement is for the whole batch, its rows in one JSON parameter, and several share a trip where they can: a trip to
//! `SQLite`'s own thread costs more than what most of them do there.

use std::collections::{BTreeSet, HashMap};

use serde::Serialize;
use uuid::Uuid;

use super::{
    decide::{Filed, Known, Place, PlanNow, ResourceNow, RowChange, decide},
    dialect::Dialect,
    driver::{Aside, Columns, Statement, Tx, Value},
    failure::StoreError,
    lines::Lines,
    prepare::Prepared,
    rows::{damaged, id, small, unpack},
    whole::{Whole, entry},
};

/// Submissions that this transaction made, with their keys and agencies: none of their records is kept yet.
pub(super) type Fresh = HashMap<Uuid, (i64, String)>;

/// Keeps records; those kept already are left as they are.
pub(super) async fn keep(tx: &mut Tx, batch: &[(Uuid, &Prepared)], fresh: &Fresh) -> Result<Filed, StoreError> {
    if batch.is_empty() {
        return Ok(Filed::new());
    }
    let mut known = Known { submissions: fresh.clone(), ..Known::default() };
    let older = batch.iter().filter(|(submission, _)| !fresh.contains_key(submission));
    let numbers: Vec<_> = older.map(|(submission, one)| (submission.to_string(), one.ordinal)).collect();
    let state = list_unless_empty(&numbers).map(|list| Wanted::listed(Loads::State, tx.dialect().state, list));
    let wanted: Vec<_> = state.into_iter().chain(touched(batch, tx.dialect())).collect();
    load(tx, &wanted, &mut known).await?;
    let changes = decide(batch, &mut known)?;
    let now = if changes.deliveries.is_empty() { 0 } else { tx.now().await? };
    let lines = Lines::of(&changes, &known, now);
    tx.several(&lines.statements(tx.dialect()), &mut |_, _| Ok(())).await?;
    Ok(changes.filed(&known))
}

/// Enters whole submissions, keeps their records and commits, in as few trips as can be. Where some were entered before,
/// nothing is kept and nothing answered.
pub(super) async fn keep_whole(mut tx: Tx, all: &[&Whole]) -> Result<Option<(Fresh, Filed)>, StoreError> {
    let records = all.iter().flat_map(|whole| whole.records.iter().map(|record| (whole.id, record)));
    let batch: Vec<(Uuid, &Prepared)> = records.collect();
    let (lines, aside) = entry(all);
    let enter = Wanted { aside: Some(aside), ..Wanted::listed(Loads::Entered, tx.dialect().receive, lines) };
    let wanted: Vec<_> = [enter].into_iter().chain(touched(&batch, tx.dialect())).collect();
    let mut known = Known::default();
    load(&mut tx, &wanted, &mut known).await?;
    if known.submissions.len() < all.len() {
        return Ok(None);
    }
    for whole in all {
        if let Some((_, agency)) = known.submissions.get_mut(&whole.id) {
            agency.clone_from(&whole.new.agency);
        }
    }
    let changes = decide(&batch, &mut known)?;
    let now = if changes.deliveries.is_empty() { 0 } else { tx.now().await? };
    let lines = Lines::of(&changes, &known, now);
    let dialect = tx.dialect();
    tx.end(&lines.statements(dialect)).await?;
    let filed = changes.filed(&known);
    Ok(Some((known.submissions, filed)))
}

/// What is to be loaded of the plans and resources that records touch.
fn touched(batch: &[(Uuid, &Prepared)], dialect: &'static Dialect) -> impl Iterator<Item = Wanted> + use<> {
    let plans = || batch.iter().filter_map(|(_, one)| Some((&*one.agency, one.plan.as_ref()?)));
    let names: BTreeSet<_> = plans().map(|(agency, plan)| (agency, &*plan.plan_id)).collect();
    let ids: BTreeSet<Uuid> = plans().flat_map(|(_, plan)| &plan.resources).map(|one| one.id).collect();
    let (names, ids) = (list_unless_empty(&names), list_unless_empty(&ids_of(ids.iter())));
    let lists = [(Loads::Plans, dialect.plans, names), (Loads::Resources, dialect.resources, ids)];
    let listed = lists.into_iter().filter_map(|(what, sql, list)| Some(Wanted::listed(what, sql, list?)));
    listed.chain([Wanted { what: Loads::Newest, sql: NEWEST, list: None, aside: None }])
}

async fn load(tx: &mut Tx, wanted: &[Wanted], known: &mut Known) -> Result<(), StoreError> {
    load_all(tx, wanted, known).await?;
    known.kept_at = known.kept_at.max(tx.now().await?);
    load_accepted(tx, known).await
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
    load_all(tx, &[Wanted::listed(Loads::Resources, tx.dialect().resources, ids)], known).await
}

fn ids_of<'u>(ids: impl IntoIterator<Item = &'u Uuid>) -> Vec<uuid::fmt::Simple> {
    ids.into_iter().map(|id| id.simple()).collect()
}

pub(super) fn list_unless_empty<L>(list: &L) -> Option<String>
where
    L: Serialize,
    for<'l> &'l L: IntoIterator,
{
    list.into_iter().next().is_some().then(|| json(list))
}

/// What a statement loads.
#[derive(Clone, Copy)]
enum Loads {
    /// Submissions entered by it; those that were there already are left out.
    Entered,
    State,
    Plans,
    Resources,
    /// The moment of the last batch.
    Newest,
}

pub(super) const NEWEST: &str =
    "select kept_at from plan_version where resources is not null order by kept_at desc, plan_version_key desc limit 1";

struct Wanted {
    what: Loads,
    sql: &'static str,
    list: Option<String>,
    aside: Option<Aside>,
}

impl Wanted {
    fn listed(what: Loads, sql: &'static str, list: String) -> Self {
        Self { what, sql, list: Some(list), aside: None }
    }

    fn statement(&self) -> Statement<'_> {
        let values = self.list.iter().map(|list| Value::Text(list)).chain(self.aside.iter().map(Aside::value));
        (self.sql, values.collect())
    }
}

async fn load_all(tx: &mut Tx, wanted: &[Wanted], known: &mut Known) -> Result<(), StoreError> {
    let statements: Vec<Statement<'_>> = wanted.iter().map(Wanted::statement).collect();
    let mut read = |at: usize, row: &dyn Columns| -> Result<(), StoreError> {
        match wanted[at].what {
            Loads::Entered => {
                let (submission, key) = (id(&row.text(0)?)?, row.int(1)?);
                known.submissions.insert(submission, (key, String::new()));
            }
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

pub(super) fn json(list: &impl Serialize) -> String {
    serde_json::to_string(list).expect("the plain lists above made sure that they can be said as JSON")
}
