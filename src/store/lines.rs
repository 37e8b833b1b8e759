//! What keeping records writes, said as the lists that drive its statements.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    RetryPolicy,
    decide::{Before, Changes, DeliveryLine, Known, Place, RecordLine, ResourceNow, RowChange, VersionLine},
    dialect::Dialect,
    driver::{Aside, Statement, Value},
    keep::{json, list_unless_empty},
    prepare::hex,
    rows::pack,
    wording::Lists,
};
use uuid::Uuid;

/// The lists, so that they can be bound; none where there is nothing to write.
pub(super) struct Lines {
    versions: Option<String>,
    made: Option<String>,
    made_aside: Aside,
    moved: Option<String>,
    before: Option<String>,
    plans: Option<String>,
    records: Option<String>,
    overtaken: Option<String>,
    deliveries: Option<String>,
    aside: Aside,
    wordings: Lists,
    now: i64,
}

impl Lines {
    /// What changes, with the database's moment for deliveries.
    pub(super) fn of(changes: &Changes<'_>, known: &Known, now: i64) -> Self {
        let mut aside = Aside::default();
        let versions: Vec<_> = changes.versions.iter().map(|line| version_line(line, &mut aside)).collect();
        let records: Vec<_> = changes.records.iter().map(|line| record_line(line, &mut aside)).collect();
        let (made, moved): (Vec<_>, Vec<_>) =
            known.changed_resources().into_iter().partition(|(_, now)| now.row == RowChange::Made);
        let (made, made_aside) = made_lines(&made);
        let is_overtaken = |plan_key| changes.plans.iter().any(|(key, newest, ..)| *key == plan_key && *newest > 1);
        let overtaken = !changes.deliveries.is_empty() && changes.overtaken.iter().any(|(key, _)| is_overtaken(*key));
        Self {
            made: list_unless_empty(&made),
            made_aside,
            moved: list_unless_empty(&moved.iter().map(resource_line).collect::<Vec<_>>()),
            versions: list_unless_empty(&versions),
            records: list_unless_empty(&records),
            before: list_unless_empty(&changes.before.iter().map(before_line).collect::<Vec<_>>()),
            plans: list_unless_empty(&changes.plans),
            overtaken: overtaken.then(|| json(&changes.overtaken)),
            deliveries: listed(changes.deliveries.iter().map(delivery_line)),
            aside,
            wordings: Lists::of(changes),
            now,
        }
    }

    /// What to run, in this order.
    pub(super) fn statements(&self, dialect: &'static Dialect) -> Vec<Statement<'_>> {
        let (aside, now) = (Some(self.aside.value()), Some(Value::Int(self.now)));
        let before = [
            (dialect.versions, &self.versions, aside),
            (dialect.make_resources, &self.made, Some(self.made_aside.value())),
            (dialect.point_resources, &self.moved, None),
            (dialect.resources_before, &self.before, None),
            (dialect.advance_plans, &self.plans, None),
            (dialect.records, &self.records, aside),
        ];
        let after = [(dialect.supersede, &self.overtaken, now), (dialect.deliver, &self.deliveries, now)];
        let mut statements = driven(before).collect::<Vec<_>>();
        statements.extend(self.wordings.statements(dialect));
        statements.extend(driven(after));
        statements
    }
}

type Driven<'l> = (&'static str, &'l Option<String>, Option<Value<'l>>);

fn driven<'l>(lists: impl IntoIterator<Item = Driven<'l>>) -> impl Iterator<Item = Statement<'l>> {
    lists.into_iter().filter_map(|(sql, list, besides)| {
        let list = list.as_deref()?;
        Some((sql, [Value::Text(list)].into_iter().chain(besides).collect()))
    })
}

/// A list of lines that are said already.
fn listed(lines: impl Iterator<Item = String>) -> Option<String> {
    let lines: Vec<String> = lines.collect();
    (!lines.is_empty()).then(|| format!("[{}]", lines.join(",")))
}

fn delivery_line(one: &DeliveryLine<'_>) -> String {
    let [most, first, longest] = RetryPolicy::columns(one.to.retry);
    let connection = &one.to.connection;
    json(&(connection, one.agency, one.person_id, one.plan_key, one.version, one.state, most, first, longest))
}

fn record_line<'l>(line: &RecordLine<'l>, aside: &mut Aside) -> impl Serialize + use<'l> {
    let record = line.record;
    let texts = [&record.start, &record.findings, &record.unread].map(|text| aside.add(text.as_bytes()));
    let (start, length) = aside.add(&record.raw);
    let (plan_key, version) = line.filed.unzip();
    (
        line.submission_key,
        record.ordinal,
        record.outcome.as_str(),
        record.received_at,
        plan_key,
        version,
        texts[0].0,
        texts[0].1,
        texts[1].0,
        texts[1].1,
        texts[2].0,
        texts[2].1,
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
    (id.simple(), key, plan_key, version, shared, gone, now.version, now.updated_at, hex(&now.digest))
}

/// What resources made together have in common: the plan version and its number, shared, gone, version, moment.
type Common = (Option<i64>, Option<i64>, i64, i64, u32, i64);

/// Resources made, by what they have in common: most of a plan's differ only in what is aside.
fn made_lines(made: &[(Uuid, &ResourceNow)]) -> (Vec<impl Serialize + use<>>, Aside) {
    let mut alike: BTreeMap<Common, Vec<(&Uuid, &ResourceNow)>> = BTreeMap::new();
    for (id, now) in made {
        let (_, plan_key, version) = place_columns(now.at);
        let common = (plan_key, version, i64::from(now.shared), i64::from(now.gone), now.version, now.updated_at);
        alike.entry(common).or_default().push((id, now));
    }
    let mut aside = Aside::default();
    let mut line = |(common, all): (Common, Vec<(&Uuid, &ResourceNow)>)| {
        let (plan_key, version, shared, gone, of, updated_at) = common;
        let kinds: Vec<&'static str> = all.iter().map(|(_, now)| now.kind).collect();
        let bytes: Vec<u8> =
            all.iter().flat_map(|(id, now)| id.as_bytes().iter().chain(&now.digest)).copied().collect();
        (plan_key, version, shared, gone, of, updated_at, aside.add(&bytes).0, kinds)
    };
    let lines = alike.into_iter().map(&mut line).collect();
    (lines, aside)
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
